"""When the next update of a case is due, and how late it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.cases import access
from app.cases.models import Case
from app.cases.states import CaseState
from app.core import clock
from app.database import db
from app.lawyers.models import Lawyer
from app.settings.queries import in_force
from app.updates.models import Update
from app.updates.states import Kind
from app.web.visitor import Visitor

# Courts set the pace then, and what there is to tell often comes a few days after the day itself.
SLOW_STAGES = frozenset({"hearing", "judgment"})
MORE_DAYS = 7
SOON = 7  # days before it is due on which the lawyer is reminded
REMINDERS = (-7, 0, 7, 14)  # days after it is due
LONG_OVERDUE = 14  # days late from which staff look into it
MOST_UNCHANGED = 2  # "nothing has changed", one after the other


@dataclass(frozen=True)
class Duty:
    """An update that is owed. `days_late` is negative while there is time, 0 on the day itself."""

    due_on: date
    days_late: int

    @property
    def is_late(self) -> bool:
        return self.days_late > 0

    @property
    def is_soon(self) -> bool:
        """Whether it is time to write, or past it."""
        return self.days_late >= -SOON


def of(case: Case, last_posted_at: datetime | None) -> Duty | None:
    """What `case` owes, its last update being of `last_posted_at`; None unless it is funded and not concluded."""
    if case.state != CaseState.FUNDED or case.funded_at is None:
        return None
    zone = ZoneInfo(case.time_zone)
    days = in_force().update_duty_days + (MORE_DAYS if case.legal_stage in SLOW_STAGES else 0)
    since = max(case.funded_at, last_posted_at or case.funded_at)
    due_on = since.astimezone(zone).date() + timedelta(days=days)
    return Duty(due_on, (clock.now().astimezone(zone).date() - due_on).days)


def of_many(cases: Sequence[Case]) -> dict[int, Duty]:
    """What each of `cases` owes, by its id; one question to the database."""
    owing = [case for case in cases if case.state == CaseState.FUNDED]
    if not owing:
        return {}
    last = select(Update.case_id, func.max(Update.posted_at)).where(Update.case_id.in_([case.id for case in owing]))
    posted = dict(db.session.execute(last.group_by(Update.case_id)).all())
    found = {case.id: of(case, posted.get(case.id)) for case in owing}
    return {case_id: duty for case_id, duty in found.items() if duty is not None}


def long_overdue(viewer: Visitor) -> list[tuple[Case, Duty]]:
    """Cases that `viewer` may see whose updates are LONG_OVERDUE or later, the latest of all first."""
    days = in_force().update_duty_days + LONG_OVERDUE - 1  # days, not hours, decide: see `of`
    old = Case.funded_at < clock.now() - timedelta(days=days)
    funded = select(Case).where(access.visible_to(viewer), Case.state == CaseState.FUNDED, old)
    cases = db.session.scalars(funded.options(joinedload(Case.lawyer).joinedload(Lawyer.user))).all()
    owed = of_many(cases)
    late = [(case, owed[case.id]) for case in cases if owed[case.id].days_late >= LONG_OVERDUE]
    return sorted(late, key=lambda pair: (pair[1].due_on, pair[0].id))


def reminder(duty: Duty) -> int | None:
    """Which of REMINDERS it is time for, None before the first: after a pause only the latest is sent."""
    return max((days for days in REMINDERS if days <= duty.days_late), default=None)


def punctuality(case_id: int) -> tuple[int, int]:
    """How many of a case's updates that were due came in time, and how many were due."""
    due = select(Update.posted_at, Update.due_on, Case.time_zone).join(Case, Case.id == Update.case_id)
    rows = db.session.execute(due.where(Update.case_id == case_id, Update.due_on.is_not(None))).all()
    in_time = sum(bool(at and due_on and at.astimezone(ZoneInfo(zone)).date() <= due_on) for at, due_on, zone in rows)
    return in_time, len(rows)


def unchanged_running(case_id: int) -> int:
    """How many of the last updates, one after the other, said that nothing has changed."""
    last = select(Update.kind).where(Update.case_id == case_id, Update.n.is_not(None))
    kinds = db.session.scalars(last.order_by(Update.n.desc()).limit(MOST_UNCHANGED + 1)).all()
    return next((place for place, kind in enumerate(kinds) if kind != Kind.NO_CHANGE), len(kinds))
