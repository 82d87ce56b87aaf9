"""What this room holds about somebody who reported a page: see `accounts.personal`."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update

from app.accounts.personal import Person, told
from app.database import db
from app.moderation.models import Report

HOLDS = frozenset({"reports.email"})


def _theirs(person: Person) -> ColumnElement[bool]:
    return (Report.email == person.email) & (Report.email != "")


def about(person: Person) -> dict[str, Any]:
    """What they reported with their address."""
    rows = db.session.scalars(select(Report).where(_theirs(person)).order_by(Report.id))
    return {"reports": [told(row, "closed_because") for row in rows]}


def duties(person: Person) -> list[str]:
    """None."""
    return []


def erase(person: Person) -> None:
    """Take the address away; the concern stays, and gets no answer."""
    db.session.execute(update(Report).where(_theirs(person)).values(email=""))


def closed(before: datetime) -> Any:
    """Ids of reports that were closed before that moment and still have an address."""
    return select(Report.id).where(Report.closed_at <= before, Report.email != "")


def forget(ids: list[int]) -> None:
    """Take the addresses of these reports away."""
    db.session.execute(update(Report).where(Report.id.in_(ids)).values(email=""))
