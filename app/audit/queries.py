"""Reading the audit log."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.audit.models import AuditEntry
from app.database import db

PAGE = 100


@dataclass(frozen=True)
class Filter:
    """What the log is narrowed to; None and empty mean any. `by_system`: what nobody did. Days are whole, both counted.

    `before` is the id of the last entry of the page before.
    """

    action: str = ""
    actor_id: int | None = None
    by_system: bool = False
    subject_kind: str = ""
    subject_id: int | None = None
    first_on: date | None = None
    last_on: date | None = None
    before: int | None = None


def entries(wanted: Filter, zone: ZoneInfo, limit: int) -> list[AuditEntry]:
    """The entries, the latest first; `zone` says when a day begins."""
    query = select(AuditEntry)
    if wanted.action:
        query = query.where(AuditEntry.action == wanted.action)
    if wanted.by_system:
        query = query.where(AuditEntry.actor_id.is_(None))
    elif wanted.actor_id is not None:
        query = query.where(AuditEntry.actor_id == wanted.actor_id)
    if wanted.subject_kind:
        query = query.where(AuditEntry.subject_kind == wanted.subject_kind)
    if wanted.subject_id is not None:
        query = query.where(AuditEntry.subject_id == wanted.subject_id)
    if wanted.first_on is not None:
        query = query.where(AuditEntry.at >= _midnight(wanted.first_on, zone))
    if wanted.last_on is not None:
        query = query.where(AuditEntry.at < _midnight(wanted.last_on + timedelta(days=1), zone))
    if wanted.before is not None:
        query = query.where(AuditEntry.id < wanted.before)
    return list(db.session.scalars(query.order_by(AuditEntry.id.desc()).limit(limit)))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def actions() -> list[str]:
    """Every kind of entry there is, by name."""
    return list(db.session.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action)))


def subject_kinds() -> list[str]:
    """Every kind of thing that something was done to, by the name of its table."""
    return list(db.session.scalars(select(AuditEntry.subject_kind).distinct().order_by(AuditEntry.subject_kind)))
