"""The letters that we wrote to somebody: kinds and dates. What one says is made when it is sent, and not kept."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, false, func, or_, select, update

from app.accounts.personal import Person, letter_keys
from app.core import clock
from app.database import db
from app.jobs.models import Job
from app.mail.models import OutgoingLetter
from app.pledges import personal as pledges
from app.pledges.models import Pledge

HOLDS = frozenset({"letters.to_address"})


def _theirs(person: Person) -> list[OutgoingLetter]:
    """Letters to their address, about their pledges, and about their account, wherever those went.

    Anybody can type anybody's address with a pledge, so what else went to the address of a pledge is not theirs to see.
    """
    made = select(Pledge.id, Pledge.email).where(pledges.theirs(person), Pledge.pledged_at.is_not(None))
    wrote = {row.id: row.email for row in db.session.execute(made)}
    keys = letter_keys(person.user) if person.user is not None else []
    about_account = or_(false(), *(OutgoingLetter.key.like(pattern) for pattern in keys))
    own = or_(and_(OutgoingLetter.to == person.email, OutgoingLetter.to != ""), about_account)
    others = and_(OutgoingLetter.to.in_(set(wrote.values())), ~own)
    found = list(db.session.scalars(select(OutgoingLetter).where(own)))
    found += [
        row for row in db.session.scalars(select(OutgoingLetter).where(others)) if row.facts.get("pledge") in wrote
    ]
    return sorted((row for row in found if row.to), key=lambda row: row.id)


def about(person: Person) -> dict[str, Any]:
    """Kind, address and dates of each letter."""
    return {
        "letters": [
            {
                "kind": row.name,
                "to": row.to,
                "lang": row.lang,
                "written_at": row.created_at.isoformat(),
                "sent_at": row.sent_at.isoformat() if row.sent_at else None,
            }
            for row in _theirs(person)
        ]
    }


def duties(person: Person) -> list[str]:
    """None."""
    return []


def erase(person: Person) -> None:
    """Empty their addresses; what waits to be sent is dropped. The keys stay, so that no letter comes twice."""
    ids = [row.id for row in _theirs(person)]
    for start in range(0, len(ids), 500):
        forget(ids[start : start + 500])


def old(before: datetime) -> Any:
    """Ids of letters that were sent or dropped before that moment and still have an address."""
    done = func.coalesce(OutgoingLetter.sent_at, OutgoingLetter.dropped_at)
    return select(OutgoingLetter.id).where(done <= before, OutgoingLetter.to != "")


def forget(ids: list[int]) -> None:
    """Empty the addresses of these letters, and what the mail server said, which may name them."""
    unsent = OutgoingLetter.sent_at.is_(None) & OutgoingLetter.dropped_at.is_(None)
    emptied = {
        OutgoingLetter.to: "",
        OutgoingLetter.last_error: None,
        OutgoingLetter.dropped_at: case((unsent, clock.now()), else_=OutgoingLetter.dropped_at),
    }
    db.session.execute(update(OutgoingLetter).where(OutgoingLetter.id.in_(ids)).values(emptied))


def old_errors(before: datetime) -> Any:
    """Ids of jobs that failed, were done or given up before that moment, and still have the error's words."""
    done = func.coalesce(Job.done_at, Job.dead_at)
    return select(Job.id).where(done <= before, Job.last_error.is_not(None))


def forget_errors(ids: list[int]) -> None:
    """Take the words of the errors away."""
    db.session.execute(update(Job).where(Job.id.in_(ids)).values(last_error=None))
