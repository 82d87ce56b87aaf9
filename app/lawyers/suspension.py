"""Badges that rest, because a member of staff or a register says so, and the two of staff who let them stand again.

While a badge rests no case of the lawyer takes pledges, and nothing is collected or paid out for any.
"""

from app.accounts.models import User
from app.audit.service import record
from app.core.errors import N_, Conflict
from app.lawyers import service
from app.lawyers.models import Lawyer
from app.lawyers.states import LawyerState

LIFT, SUSPEND, SETTLE = "lift", "suspend", "settle"


class CannotSuspend(Conflict):
    """There is no badge that could rest."""

    message = N_("This lawyer was never verified, so there is nothing to suspend.")


class NotSuspended(Conflict):
    """Somebody else has lifted it."""

    message = N_("This verification is not suspended any more.")


class NotFlagged(Conflict):
    """Somebody else has settled it, or the register says something else now."""

    message = N_("There is nothing to settle any more.")


def suspend(lawyer: Lawyer, reason: str, by: User) -> bool:
    """Let the badge rest at once; False if it does already. The lawyer reads the reason.

    Raises NotAllowedToVerify, NoReason, CannotSuspend.
    """
    lawyer, reason = service.locked(lawyer), reason.strip()
    service.refuse_unless_may_verify(lawyer, by)
    if lawyer.state == LawyerState.SUSPENDED:
        return False
    if not reason:
        raise service.NoReason()
    if not lawyer.was_verified:
        raise CannotSuspend()
    service.note_decision(lawyer, by, SUSPEND, reason)
    service.rest(lawyer, "staff", reason)
    record("lawyer.suspended", lawyer, actor_id=by.id, because="staff")
    return True


def suspend_by_register(lawyer: Lawyer, status: str) -> None:
    """A register says that the lawyer is suspended or struck off. The caller holds the lawyer."""
    if lawyer.state != LawyerState.SUSPENDED:
        service.rest(lawyer, status, "")
        record("lawyer.suspended", lawyer, because=status)


def lift(lawyer: Lawyer, by: User, reason: str, *, seen: int | None = None) -> bool:
    """Say that `by` would let the badge stand again; the second to say so does it: then True.

    A lawyer who waited to be checked again when it was suspended waits on. Raises NotAllowedToVerify, NoReason,
    NotSuspended, Changed.
    """
    lawyer, reason = service.locked(lawyer), reason.strip()
    service.refuse_unless_may_verify(lawyer, by)
    if lawyer.state != LawyerState.SUSPENDED:
        raise NotSuspended()
    if seen is not None and seen != lawyer.version:
        raise service.Changed()
    if not reason:
        raise service.NoReason(N_("Say why, in a sentence or more. It is kept with your name."))
    agreed = service.note_decision(lawyer, by, LIFT, reason)
    if len(agreed) < service.DECIDERS:
        return False
    lawyer.state = LawyerState.APPLIED if lawyer.pending_since else LawyerState.VERIFIED
    if lawyer.pending_since:
        lawyer.decided_at = None
    lawyer.suspended_at = lawyer.flagged_at = None
    lawyer.suspended_because = lawyer.suspension_reason = lawyer.flag = ""
    lawyer.version += 1
    for decision in agreed:
        record("lawyer.lifted", lawyer, actor_id=decision.decided_by)
    service.tell(lawyer, "lawyers.restored")
    service.follow(lawyer)
    return True


def settle(lawyer: Lawyer, by: User, reason: str) -> None:
    """What the register said was looked into and means nothing. Raises NotAllowedToVerify, NoReason, NotFlagged."""
    lawyer, reason = service.locked(lawyer), reason.strip()
    service.refuse_unless_may_verify(lawyer, by)
    if not lawyer.flag:
        raise NotFlagged()
    if not reason:
        raise service.NoReason(N_("Say why, in a sentence or more. It is kept with your name."))
    flag, lawyer.flag, lawyer.flagged_at = lawyer.flag, "", None
    service.note_decision(lawyer, by, SETTLE, reason)
    record("lawyer.flag_settled", lawyer, actor_id=by.id, flag=flag)
