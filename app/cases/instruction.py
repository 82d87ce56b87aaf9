"""Proof of instruction: that a client asked this lawyer to act.

The lawyer says what was signed, by whom and when, and may send the paper, which only reviewers see. It is good for one
client and one lawyer: when either changes, it counts no longer and is asked for anew. The public page tells that it was
seen, and never who signed.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.accounts.models import User
from app.audit.models import AuditEntry
from app.audit.service import record
from app.cases.files import Sent
from app.cases.labels import INSTRUCTIONS
from app.cases.models import Case, CaseInstruction
from app.core import clock
from app.core.errors import N_, Conflict, Invalid, NotFound
from app.database import db
from app.storage import files
from app.storage.models import StoredFile


class Resting(Conflict):
    """The page is with a reviewer or over, or staff have accepted what was sent."""

    message = N_("The proof of instruction cannot be changed now.")


class BadKind(Invalid):
    """None of `labels.INSTRUCTIONS`."""

    message = N_("Choose one of the answers.")
    field = "instruction_kind"


class SignedInTheFuture(Invalid):
    """A signature of tomorrow."""

    message = N_("The day cannot be in the future.")
    field = "instruction_on"


class NotStated(Invalid):
    """A paper of which nobody says what it is."""

    message = N_("Say what was signed, by whom and when.")
    field = "instruction_kind"


class NoInstruction(Conflict):
    """Nothing says that this client has instructed this lawyer."""

    message = N_("There is no proof of instruction for this client and this lawyer. Ask for changes.")


class NotSeen(Conflict):
    """A decision by somebody who did not look at the paper."""

    message = N_("Open the proof of instruction first: whoever approves has seen it.")
    field = "checks"


@dataclass(frozen=True)
class Statement:
    """What was signed (of `labels.INSTRUCTIONS`), by whom and when; a draft may lack any of it."""

    kind: str = ""
    signed_by: str = ""
    signed_on: date | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing of it is missing."""
        return bool(self.kind and self.signed_by and self.signed_on)


# ---------------------------------------------------------------- looking
def statement_of(row: CaseInstruction | None) -> Statement:
    """What a row says."""
    return Statement(row.kind, row.signed_by, row.signed_on) if row is not None else Statement()


def standing(case: Case) -> CaseInstruction | None:
    """The whole statement about the client and the lawyer of now, if there is one."""
    row = case.instruction
    fits = row is not None and row.stated_for == case.client_key and statement_of(row).is_whole
    return row if fits else None


def may_change(case: Case) -> bool:
    """Whether its lawyer may say it, or send the paper: before a review, and when staff have accepted nothing that is
    good for the client and the lawyer of now.
    """
    return case.taken_down_at is None and (case.is_editable or (case.is_published and not case.is_instructed))


# ---------------------------------------------------------------- the lawyer
def state(case: Case, said: Statement, *, by_id: int | None) -> CaseInstruction | None:
    """Keep what was signed, for the client and the lawyer of now; a paper that was sent about others goes.

    The caller holds the case. Raises Resting, BadKind, SignedInTheFuture.
    """
    if not may_change(case):
        raise Resting()
    if said.kind and said.kind not in INSTRUCTIONS:
        raise BadKind()
    if said.signed_on is not None and said.signed_on > clock.now().date():
        raise SignedInTheFuture()
    row = case.instruction
    if row is None and said == Statement():
        return None
    if row is None:
        row = CaseInstruction(case=case, stated_for=case.client_key)
        db.session.add(row)
    elif statement_of(row) == said and row.stated_for == case.client_key:
        return row
    if row.stated_for != case.client_key and row.paper is not None:
        files.delete(row.paper)
    row.kind, row.signed_by, row.signed_on = said.kind, said.signed_by, said.signed_on
    row.stated_for, row.decided_at = case.client_key, None
    db.session.flush()
    record("case.instruction_stated", row, actor_id=by_id, case=case.id)
    return row


def add_paper(case: Case, sent: Sent, *, by_id: int | None) -> CaseInstruction:
    """Keep the paper in the place of one that was sent before; the same file a second time is quiet.

    The caller holds the case. Raises Resting, NotStated.
    """
    if not may_change(case):
        raise Resting()
    row = standing(case)
    if row is None:
        raise NotStated()
    if row.paper is not None and row.sent_sha256 == sent.sha256:
        files.delete(sent.file)
        return row
    if row.paper is not None:
        files.delete(row.paper)
    row.file, row.sent_sha256, row.sent_at, row.decided_at = sent.file, sent.sha256, clock.now(), None
    db.session.flush()
    record("case.instruction_sent", row, actor_id=by_id, case=case.id, file=sent.file.public_id)
    return row


# ---------------------------------------------------------------- staff
def see(case: Case, by: User) -> StoredFile:
    """The paper, for a reviewer to look at, which is noted. Raises NotFound."""
    row = case.instruction
    if row is None or row.paper is None:
        raise NotFound()
    record("case.instruction_seen", row, actor_id=by.id, case=case.id, file=row.paper.public_id)
    return row.paper


def require(case: Case, reviewer: User) -> CaseInstruction:
    """What `reviewer` may rely on when they approve the page. Raises NoInstruction, NotSeen."""
    row = standing(case)
    if row is None:
        raise NoInstruction()
    if row.paper is not None and not was_seen(row, row.paper, "case.instruction_seen", reviewer):
        raise NotSeen()
    return row


def accept(case: Case, row: CaseInstruction) -> None:
    """The page is approved: from now on it tells that the lawyer is instructed, and when the paper was seen."""
    case.instruction_for = case.client_key
    case.instruction_seen_at = clock.now() if row.paper is not None else None
    row.decided_at = clock.now()


def accept_late(case: Case, reviewer: User) -> bool:
    """Accept it for a page that is live, whose client or lawyer has changed; False if that was done before.

    The caller holds the case, and has refused its own lawyer. Raises NoInstruction, NotSeen.
    """
    row = require(case, reviewer)
    if not case.is_published or case.is_instructed:
        return False
    accept(case, row)
    record("case.instruction_accepted", row, actor_id=reviewer.id, case=case.id)
    return True


def settle(case: Case) -> None:
    """The page was turned down: from now on the time runs after which the paper is deleted."""
    row = case.instruction
    if row is not None:
        row.decided_at = clock.now()


def was_seen(row: object, paper: StoredFile, action: str, by: User) -> bool:
    """Whether the log says that `by` opened `paper`, which belongs to `row`."""
    db.session.flush()
    looks = select(AuditEntry.details).where(
        AuditEntry.action == action,
        AuditEntry.subject_kind == row.__tablename__,  # type: ignore[attr-defined]
        AuditEntry.subject_id == row.id,  # type: ignore[attr-defined]
        AuditEntry.actor_id == by.id,
    )
    return any(details.get("file") == paper.public_id for details in db.session.scalars(looks))
