"""What can happen: somebody takes what we hold about them, or has it erased; a question is answered by letter."""

import io
import json
import re
import zipfile
from typing import Any

from flask_babel import gettext as _

from app.accounts.personal import Person
from app.audit.service import record
from app.cases import veiling
from app.core import clock
from app.core.errors import N_, Conflict
from app.database import db
from app.lawyers import personal as lawyers
from app.lawyers.queries import by_user
from app.privacy import asking, registry
from app.privacy.models import PrivacyLink
from app.search import index
from app.storage import files


class CannotErase(Conflict):
    """Something still runs that needs the data; `reasons` are sentences in the present language."""

    message = N_("Your data cannot be deleted yet.")

    def __init__(self, reasons: list[str]) -> None:
        super().__init__()
        self.reasons = reasons


# ---------------------------------------------------------------- having it
def export(person: Person) -> bytes:
    """Everything that we hold about `person` as a ZIP: one JSON file for each kind, what they sent us, and a README."""
    with veiling.watching() as seen:
        found, packed = registry.about(person), io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("README.txt", _readme(person))
        for name, value in found.items():
            if value not in ([], {}, None):
                told = _told(person, value, seen)
                pack.writestr(f"{name}.json", json.dumps(told, ensure_ascii=False, indent=2) + "\n")
        for file in lawyers.papers(person):
            path = files.path_of(file)
            if path.is_file():
                pack.write(path, f"files/{re.sub(r'[^A-Za-z0-9._-]', '_', file.name)}")
    return packed.getvalue()


def _told(person: Person, value: Any, seen: veiling.Seen) -> Any:
    """`value` without the names that may not be told of cases that are others'."""
    lawyer = by_user(person.user.id) if person.user else None
    return veiling.finished(value, seen, but=lambda case: lawyer is not None and case.lawyer_id == lawyer.id)


def exported(person: Person) -> None:
    """Note that an account's data were taken."""
    if person.user is not None:
        record("privacy.exported", person.user, actor_id=person.user.id)


def _readme(person: Person) -> str:
    whose = person.user.email if person.user else person.email
    lines = [
        _("What we hold about %(email)s", email=whose),
        clock.now().isoformat(timespec="seconds"),
        "",
        _("Each file holds one kind of data, as JSON: plain text that any program can read."),
        _("Moments are in UTC. Amounts are in the smallest unit of their currency, such as pence."),
        _("Your password and the secret of your codes are not in it, to keep you safe. Your card number we never had."),
        _("A case that not everybody may know of is not named."),
        "",
        *(f"{name}.json: {words}" for name, words in contents().items()),
        "",
    ]
    return "\n".join(lines)


def contents() -> dict[str, str]:
    """The files that an export may have, and what is in each, in the present language."""
    return {
        "account": _("your account"),
        "sign_ins": _("where and when you signed in"),
        "passkeys": _("your passkeys"),
        "recovery_codes_left": _("how many recovery codes you have left"),
        "staff_roles": _("your roles as a member of staff"),
        "links": _("links that we sent to confirm something"),
        "log": _("what you did, by kind and time"),
        "lawyer": _("your application as a lawyer"),
        "application_draft": _("an application that you have not sent in"),
        "checks": _("what staff checked about you"),
        "decisions": _("what staff decided about you"),
        "files": _("files that you sent us"),
        "cases": _("your cases, with what reviewers answered"),
        "client_consents": _("what you were asked, and answered, as a lawyer’s client"),
        "invitations": _("invitations to private cases that you got"),
        "pledges": _("your pledges, with what you agreed to"),
        "emails_stopped": _("cases about which you want no emails"),
        "reports": _("pages that you reported"),
        "asked": _("when you asked for your data"),
        "letters": _("emails that we wrote to you, by kind and time"),
    }


def answer(link_id: int, *, may_write: bool) -> None:
    """Send the link to what we hold, or, if that is nothing, forget that somebody asked."""
    link = asking.working(link_id)
    if link is None:
        return
    if may_write and (asking.account_of(link) is not None or holds(Person(None, link.email))):
        asking.send(link)
    else:
        db.session.delete(link)


def holds(person: Person) -> dict[str, int]:
    """How many of what we hold about an address; the asking itself does not count."""
    found = registry.about(person)
    return {name: len(rows) for name, rows in found.items() if isinstance(rows, list) and rows and name != "asked"}


# ---------------------------------------------------------------- having it erased
def erase(person: Person) -> None:
    """Take name, address and words away everywhere; sums, books and states stay as they are. Raises CannotErase."""
    reasons = registry.duties(person)
    if reasons:
        raise CannotErase(reasons)
    lawyer = by_user(person.user.id) if person.user else None
    said = f"{lawyer.user.name} {lawyer.firm} {lawyer.town}" if lawyer else ""
    registry.erase(person)
    db.session.flush()
    if lawyer is not None:
        index.forget_lawyer(lawyer.id, said)


def erase_by_link(token: str) -> None:
    """The same for the address whose letter brought `token`. Raises LinkEnded, CannotErase."""
    link = asking.find(token)
    record("privacy.erased", link)
    db.session.flush()
    erase(asking.use(token))


def person_of(link: PrivacyLink) -> Person:
    """Whose data a link opens."""
    return Person(None, link.email)
