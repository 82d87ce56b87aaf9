"""Every room that holds something about people, and the reasons why some columns that name a person are in none.

The order is that in which things are erased: letters while the addresses of pledges are still known, the account last.
"""

from collections.abc import Iterable
from typing import Any, Protocol

from app.accounts import personal as accounts
from app.accounts.personal import Person
from app.cases import personal as cases
from app.lawyers import personal as lawyers
from app.moderation import personal as moderation
from app.pledges import personal as pledges
from app.privacy import asking, letters
from app.updates import personal as updates


class Room(Protocol):
    """What such a room offers; see `accounts.personal`."""

    HOLDS: frozenset[str]

    def about(self, person: Person) -> dict[str, Any]: ...

    def duties(self, person: Person) -> list[str]: ...

    def erase(self, person: Person) -> None: ...


ROOMS: tuple[Room, ...] = (letters, asking, moderation, updates, pledges, cases, lawyers, accounts)

# Columns that point to a person and are exported with nobody: why.
_STAFF = "an act of staff: it is in the person's log (audit_entries), and belongs to what it was done to"
NOT_HELD: dict[str, str] = {
    "staff_roles.given_by": _STAFF,
    "lawyer_checks.checked_by": _STAFF,
    "lawyer_decisions.decided_by": _STAFF,
    "register_snapshots.imported_by": _STAFF,
    "case_reviews.reviewer_id": _STAFF,
    "case_appeals.decided_by": _STAFF,
    "case_filings.decided_by": _STAFF,
    "setting_changes.by_id": _STAFF,
    "setting_answers.proposed_by": _STAFF,
    "setting_answers.by_id": _STAFF,
    "reports.taken_by": _STAFF,
    "reports.closed_by": _STAFF,
    "staff_notes.written_by": _STAFF,
    "stories.published_by": _STAFF,
    "restricted_names.by_id": "who hid a name: an act of staff, or of the lawyer of the case, whom the log names",
    "restricted_names.lifted_by": _STAFF,
    "case_grants.created_by": "who made a link to their own case, which is exported with the case",
    "case_documents.added_by": "a paper of the person's own case, which is exported with it",
    "case_pictures.added_by": "a picture of the person's own case, which is exported with it",
    "case_versions.by_id": "who changed the person's own case, which anybody may read on its page",
    "case_stage_changes.actor_id": "a change to the person's own case, which anybody may read on its page",
    "stored_files.created_by": "files are exported where they belong: evidence with the lawyer's application",
}


def about(person: Person) -> dict[str, Any]:
    """Everything that we hold about `person`, by what it is: plain values, lists and dicts, as JSON takes them."""
    found: dict[str, Any] = {}
    for room in reversed(ROOMS):
        for name, value in room.about(person).items():
            found[name] = [*found.get(name, ()), *value] if isinstance(value, list) else value
    return found


def duties(person: Person) -> list[str]:
    """Why their data cannot be erased yet, each a sentence in the present language."""
    return [reason for room in ROOMS for reason in room.duties(person)]


def erase(person: Person) -> None:
    """Take it all away, room by room."""
    for room in ROOMS:
        room.erase(person)


def held(rooms: Iterable[Room] = ROOMS) -> frozenset[str]:
    """Columns, as `table.column`, by which something about a person is found."""
    return frozenset(column for room in rooms for column in room.HOLDS)
