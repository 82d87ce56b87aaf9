"""What this room holds about somebody who wants no letters: see `accounts.personal`."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, select

from app.accounts.personal import Person
from app.cases import access
from app.cases.models import Case
from app.cases.personal import is_over
from app.database import db
from app.updates.models import UpdateOptout
from app.web.visitor import NOBODY

HOLDS = frozenset({"update_optouts.email"})


def _theirs(person: Person) -> ColumnElement[bool]:
    return (UpdateOptout.email == person.email) & (UpdateOptout.email != "")


def about(person: Person) -> dict[str, Any]:
    """The cases about which they want no letters; a private one has no name here."""
    query = select(UpdateOptout.at, Case).join(Case, Case.id == UpdateOptout.case_id)
    rows = db.session.execute(query.where(_theirs(person)).order_by(UpdateOptout.id)).all()
    named = access.seen_among({case.id for _at, case in rows}, NOBODY)
    return {
        "emails_stopped": [
            {"at": at.isoformat(), "case": case.title if case.id in named else None} for at, case in rows
        ]
    }


def duties(person: Person) -> list[str]:
    """None."""
    return []


def erase(person: Person) -> None:
    """Forget it: without an address nobody is written to."""
    db.session.execute(delete(UpdateOptout).where(_theirs(person)))


def over(before: datetime) -> Any:
    """Ids of refusals of letters about cases that ended before that moment."""
    return select(UpdateOptout.id).join(Case, Case.id == UpdateOptout.case_id).where(is_over(before))


def forget(ids: list[int]) -> None:
    """Delete these refusals."""
    db.session.execute(delete(UpdateOptout).where(UpdateOptout.id.in_(ids)))
