"""What time does to a badge: it runs out, and the register that it was compared with is read again."""

from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from app.audit.service import record
from app.core import clock
from app.core.text import fold
from app.database import db
from app.lawyers import service, suspension
from app.lawyers.labels import NAME_DIFFERS, NOT_FOUND
from app.lawyers.models import Lawyer, RegisterSnapshot
from app.lawyers.registers import CannotSay, FileFed, Found, Held, fresh_since, latest
from app.lawyers.states import LawyerState, RegisterStatus
from app.mail.outbox import post
from app.settings.queries import in_force

NOTICES = (30, 7)  # days before a badge runs out
STOPS = frozenset({RegisterStatus.SUSPENDED, RegisterStatus.STRUCK_OFF})


# ---------------------------------------------------------------- running out
def runs_out_at(lawyer: Lawyer) -> datetime | None:
    """When the badge comes down by itself; None for one that does not stand."""
    if not lawyer.is_verified or lawyer.verified_at is None:
        return None
    days: int = in_force().verification_days
    return lawyer.verified_at + timedelta(days=days)


def running_out() -> list[int]:
    """Ids of the lawyers whose badges run out within the first notice, or have."""
    days = in_force().verification_days - max(NOTICES)
    until = clock.now() - timedelta(days=days)
    found = select(Lawyer.id).where(Lawyer.state == LawyerState.VERIFIED, Lawyer.verified_at <= until)
    return list(db.session.scalars(found.order_by(Lawyer.id)))


def remind_or_lapse(lawyer_id: int) -> None:
    """Tell the lawyer once for each of NOTICES that the badge runs out; when its time is over, it comes down."""
    lawyer = service.locked(db.session.get_one(Lawyer, lawyer_id))
    until = runs_out_at(lawyer)
    if until is None:
        return
    if until <= clock.now():
        lawyer.version += 1
        lawyer.checks = []  # they are too old to rely on
        service.come_down(lawyer, "lapsed")
        record("lawyer.pending_again", lawyer, because="lapsed")
        return
    left = until - clock.now()
    due = [days for days in NOTICES if left <= timedelta(days=days)]
    if due and lawyer.renewal_at is None:
        facts = {"lawyer": lawyer.id, "until": until.isoformat()}
        key = f"lawyers.expiring:{lawyer.id}:{until.isoformat()}:{min(due)}"
        post(key, "lawyers.expiring", to=lawyer.user.email, lang=lawyer.user.lang, facts=facts)


# ---------------------------------------------------------------- the register again
def _compared() -> list[int]:
    """Ids of the latest snapshots that are fresh enough to compare lawyers with."""
    last = select(func.max(RegisterSnapshot.id)).group_by(RegisterSnapshot.regulator)
    fresh = select(RegisterSnapshot.id).where(RegisterSnapshot.id.in_(last), RegisterSnapshot.as_of >= fresh_since())
    return list(db.session.scalars(fresh))


def due_for_recheck() -> list[int]:
    """Ids of lawyers with a badge, or with one that waits, whom nobody has looked up in the latest fresh snapshot."""
    fresh = _compared()
    theirs = (
        select(Lawyer.id)
        .join(RegisterSnapshot, RegisterSnapshot.regulator == Lawyer.regulator)
        .where(
            RegisterSnapshot.id.in_(fresh),
            (Lawyer.state == LawyerState.VERIFIED)
            | ((Lawyer.state == LawyerState.APPLIED) & Lawyer.pending_since.is_not(None)),
            or_(Lawyer.register_snapshot_id.is_(None), Lawyer.register_snapshot_id != RegisterSnapshot.id),
        )
    )
    return list(db.session.scalars(theirs.order_by(Lawyer.id)))


def recheck(lawyer_id: int) -> Lawyer:
    """Look one lawyer up in the latest snapshot. What a person must look at is flagged; "suspended" and "struck off"
    suspend at once. Each snapshot is asked once, so that what staff settle stays settled until the next.
    """
    lawyer = service.locked(db.session.get_one(Lawyer, lawyer_id))
    answer = FileFed().look_up(lawyer)
    if isinstance(answer, CannotSay) or answer.snapshot_id == lawyer.register_snapshot_id:
        return lawyer
    status = answer.status if isinstance(answer, Found) else NOT_FOUND
    lawyer.register_status, lawyer.register_source, lawyer.register_on = status, answer.source, answer.as_of
    lawyer.register_snapshot_id = answer.snapshot_id
    flag = _flag_of(lawyer, answer)
    if flag and flag != lawyer.flag:
        record("lawyer.flagged", lawyer, flag=flag, snapshot=answer.snapshot_id)
    lawyer.flag, lawyer.flagged_at = flag, (lawyer.flagged_at or clock.now()) if flag else None
    if flag in STOPS:
        suspension.suspend_by_register(lawyer, flag)
    return lawyer


def _flag_of(lawyer: Lawyer, answer: object) -> str:
    """What of the answer waits for a person, or nothing."""
    if not isinstance(answer, Found):
        return NOT_FOUND
    if answer.status != RegisterStatus.PRACTISING:
        return answer.status
    return "" if same_name(answer.name, lawyer.register_name or lawyer.user.name) else NAME_DIFFERS


def same_name(one: str, other: str) -> bool:
    """Whether two spellings are the same words, in any order and with any accents, capitals and commas."""
    return _words(one) == _words(other)


def _words(name: str) -> list[str]:
    return sorted("".join(sign if sign.isalnum() else " " for sign in fold(name)).split())


def flagged() -> list[Lawyer]:
    """Lawyers of whom a register said something that a person must look at, the first told first."""
    found = select(Lawyer).where(Lawyer.flag != "").order_by(Lawyer.flagged_at, Lawyer.id)
    return list(db.session.scalars(found))


def held() -> list[Held]:
    """The registers that we hold, and the regulators of verified lawyers of whom we hold none, by name."""
    counted = dict(
        db.session.execute(
            select(Lawyer.regulator, func.count())
            .where(Lawyer.state == LawyerState.VERIFIED)
            .group_by(Lawyer.regulator)
        ).all()
    )
    names = {*counted, *db.session.scalars(select(RegisterSnapshot.regulator).distinct())}
    return [Held(name, latest(name), counted.get(name, 0)) for name in sorted(names)]
