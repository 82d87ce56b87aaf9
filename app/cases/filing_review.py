"""What reviewers decide about a filing in court: whoever decides has opened the proof, and it is not their own case."""

from app.accounts.models import User
from app.audit.service import record
from app.cases.court_filing import Resting, may_send
from app.cases.instruction import was_seen
from app.cases.models import Case, CaseFiling
from app.cases.moves import held
from app.cases.review import NoReason, OwnCase
from app.core import clock
from app.core.errors import N_, Conflict, NotFound
from app.database import db
from app.mail.outbox import post
from app.storage.models import StoredFile


class NotSeen(Conflict):
    """A decision by somebody who did not look at the paper."""

    message = N_("Open the proof first: whoever decides has seen it.")


class Decided(Conflict):
    """Somebody was faster, or the lawyer has sent another."""

    message = N_("This filing is decided already, or the lawyer has sent another one.")


def see(row: CaseFiling, by: User) -> StoredFile:
    """The proof, for a reviewer to look at, which is noted. Raises NotFound."""
    if row.paper is None:
        raise NotFound()
    record("case.filing_seen", row, actor_id=by.id, case=row.case_id, file=row.paper.public_id)
    return row.paper


def check(row: CaseFiling, by: User) -> bool:
    """A reviewer has found it filed: the page tells it and the cap lifts; False if it was found before.

    Raises OwnCase, Decided, Resting, NotSeen.
    """
    case = _decided_on(row, by)
    if row.state == "checked":
        return False
    _refuse_unless_waiting(row, by)
    if not may_send(case):
        raise Resting()
    case.filed_court, case.filed_number, case.filed_on = row.court, row.claim_number, row.filed_on
    case.filing_checked_at = clock.now()
    _decide(row, by, "checked")
    return True


def refuse(row: CaseFiling, by: User, reason: str) -> bool:
    """A reviewer does not find it filed; False if they said so before. Raises OwnCase, Decided, NotSeen, NoReason."""
    _decided_on(row, by)
    if not reason.strip():
        raise NoReason()
    if row.state == "refused":
        return False
    _refuse_unless_waiting(row, by)
    row.reason = reason
    _decide(row, by, "refused")
    return True


def _decided_on(row: CaseFiling, by: User) -> Case:
    """The case, held, and the row, read anew, so that two decisions cannot pass each other."""
    case = held(row.case)
    db.session.refresh(row)
    if case.lawyer.user_id == by.id:
        raise OwnCase()
    return case


def _refuse_unless_waiting(row: CaseFiling, by: User) -> None:
    if row.state != "sent":
        raise Decided()
    if row.paper is not None and not was_seen(row, row.paper, "case.filing_seen", by):
        raise NotSeen()


def _decide(row: CaseFiling, by: User, state: str) -> None:
    row.state, row.decided_by, row.decided_at = state, by.id, clock.now()
    record(f"case.filing_{state}", row, actor_id=by.id, case=row.case_id)
    user = row.case.lawyer.user
    post(f"filing:{row.id}:{state}", f"cases.filing_{state}", to=user.email, lang=user.lang, facts={"filing": row.id})
