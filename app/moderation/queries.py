"""What is asked about reports, and about what was done to pages. Nothing is changed here."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import User
from app.audit.models import AuditEntry
from app.cases.labels import REASONS
from app.cases.models import Case
from app.core.errors import NotFound
from app.database import db
from app.lawyers.models import Lawyer
from app.moderation.labels import MEASURES
from app.moderation.models import Report, StaffNote
from app.moderation.states import ReportState
from app.updates.models import Update
from app.updates.states import Kind

PAGE = 50
UNDONE = (ReportState.OPEN, ReportState.LOOKING)


def find(public_id: str) -> Report:
    """A report, for staff. Raises NotFound."""
    query = select(Report).where(Report.public_id == public_id).options(*_loaded(), selectinload(Report.notes))
    report = db.session.scalars(query).one_or_none()
    if report is None:
        raise NotFound()
    return report


def _loaded() -> tuple[Any, ...]:
    return joinedload(Report.case), joinedload(Report.lawyer).joinedload(Lawyer.user)


def waiting() -> list[Report]:
    """The reports that are not closed, the oldest first."""
    query = select(Report).where(Report.state.in_(UNDONE)).options(*_loaded())
    return list(db.session.scalars(query.order_by(Report.id)))


def closed(*, before: str = "", limit: int = PAGE) -> list[Report]:
    """The closed ones, the latest first; those made before the one whose public id is `before`."""
    query = select(Report).where(Report.state == ReportState.CLOSED).options(*_loaded())
    last = db.session.scalar(select(Report.id).where(Report.public_id == before)) if before.isalnum() else None
    if last is not None:
        query = query.where(Report.id < last)
    return list(db.session.scalars(query.order_by(Report.id.desc()).limit(limit)))


def others_about(report: Report) -> int:
    """How many more reports there are about the same case, or the same lawyer's page."""
    same = Report.case_id == report.case_id if report.case_id is not None else Report.lawyer_id == report.lawyer_id
    found = db.session.scalar(select(func.count()).select_from(Report).where(same, Report.id != report.id))
    return int(found or 0)


def names(user_ids: set[int | None]) -> dict[int, str]:
    """The names of these accounts."""
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(user_ids - {None})))
    return {row.id: row.name for row in rows}


def notes_about(case: Case) -> list[StaffNote]:
    """What staff wrote to the lawyer about `case`, the latest first."""
    query = select(StaffNote).join(StaffNote.report).where(Report.case_id == case.id).order_by(StaffNote.id.desc())
    return list(db.session.scalars(query))


def update_of(report: Report) -> Update | None:
    """The update that is reported, if it can be taken down by itself: the outcome stands with its case."""
    if report.kind != "update":
        return None
    one = select(Update).where(Update.case_id == report.case_id, Update.n == report.place, Update.kind != Kind.OUTCOME)
    return db.session.scalars(one).one_or_none()


# ---------------------------------------------------------------- what everybody may read
@dataclass(frozen=True)
class Measure:
    """Something that was suspended or taken down. `kind` is of `labels.MEASURES`, `code` of `cases.labels.REASONS`."""

    id: int
    at: datetime
    kind: str
    code: str


@dataclass(frozen=True)
class Quarter:
    """How many measures of each kind a quarter (1 to 4) of a year brought, in the kinds' order; none is left out."""

    year: int
    number: int
    counts: list[tuple[str, int]]
    total: int


def log(*, before: int | None = None, limit: int = PAGE) -> list[Measure]:
    """The measures, the latest first, from the audit log: nobody can alter or remove one.

    A case that stands still for its lawyer's sake is not counted again beside the lawyer.
    """
    query = select(AuditEntry.id, AuditEntry.at, AuditEntry.action, AuditEntry.details)
    query = query.where(AuditEntry.action.in_(MEASURES))
    if before is not None:
        query = query.where(AuditEntry.id < before)
    found: list[Measure] = []
    for id_, at, kind, details in db.session.execute(query.order_by(AuditEntry.id.desc())):
        if details.get("cause") == "lawyer":
            continue
        found.append(Measure(id_, at, kind, _code(kind, details)))
        if len(found) == limit:
            break
    return found


def _code(kind: str, details: dict[str, Any]) -> str:
    code = "lawyer" if kind == "lawyer.suspended" else str(details.get("code", ""))
    return code if code in REASONS else "other"


def by_quarter() -> list[Quarter]:
    """The same, counted, the latest quarter first."""
    zone = ZoneInfo(current_app.config["AMICUS"].court_time_zone)
    counted: Counter[tuple[int, int, str]] = Counter()
    for measure in log(limit=10**9):
        day = measure.at.astimezone(zone)
        counted[day.year, (day.month + 2) // 3, measure.kind] += 1
    quarters = sorted({(year, number) for year, number, _kind in counted}, reverse=True)
    found = []
    for year, number in quarters:
        counts = [(kind, counted[year, number, kind]) for kind in MEASURES]
        found.append(Quarter(year, number, counts, sum(count for _kind, count in counts)))
    return found
