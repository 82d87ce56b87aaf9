"""Letters that did not get out and jobs that failed: what an operator looks at, and trying again.

Nothing of what a letter or a job is about is shown: an error's kind stands here, its words may hold a name or a title.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from app.audit.service import record
from app.core import clock
from app.core.errors import NotFound
from app.database import db
from app.jobs.models import Job
from app.mail.models import OutgoingLetter

MOST = 100


@dataclass(frozen=True)
class Failure:
    """A letter or a job that failed. `to` is an address that cannot be read whole; empty for a job.

    `next_at` is when it is tried again by itself; None: it was given up.
    """

    id: int
    name: str
    to: str
    since: datetime
    attempts: int
    next_at: datetime | None
    error: str


def _letters_failed() -> ColumnElement[bool]:
    unsent = and_(OutgoingLetter.sent_at.is_(None), OutgoingLetter.dropped_at.is_(None))
    return and_(unsent, OutgoingLetter.last_error.is_not(None))


def _jobs_failed() -> ColumnElement[bool]:
    again = and_(Job.done_at.is_(None), Job.last_error.is_not(None))
    return or_(Job.dead_at.is_not(None), again)


def letters(limit: int = MOST) -> list[Failure]:
    """Letters that could not be handed over, the oldest first. They are tried again for ever."""
    rows = select(OutgoingLetter).where(_letters_failed()).order_by(OutgoingLetter.created_at, OutgoingLetter.id)
    return [
        Failure(row.id, row.name, masked(row.to), row.created_at, row.attempts, row.next_at, _kind(row.last_error))
        for row in db.session.scalars(rows.limit(limit))
    ]


def jobs(limit: int = MOST) -> list[Failure]:
    """Jobs that were given up, and those that failed and are tried again; the oldest first."""
    rows = select(Job).where(_jobs_failed()).order_by(Job.created_at, Job.id)
    return [
        Failure(
            row.id,
            row.name,
            "",
            row.created_at,
            row.attempts,
            None if row.dead_at else row.run_at,
            _kind(row.last_error),
        )
        for row in db.session.scalars(rows.limit(limit))
    ]


def summary() -> tuple[int, datetime | None]:
    """How many letters and jobs failed, and since when the oldest waits."""
    of_letters = db.session.execute(select(func.count(), func.min(OutgoingLetter.created_at)).where(_letters_failed()))
    of_jobs = db.session.execute(select(func.count(), func.min(Job.created_at)).where(_jobs_failed()))
    counted = [of_letters.one(), of_jobs.one()]
    return sum(number for number, _since in counted), min((since for _n, since in counted if since), default=None)


def masked(address: str) -> str:
    """`address` so that a colleague recognises it and nobody learns it."""
    name, _at, domain = address.partition("@")
    return f"{name[:1]}…@{domain}"


def _kind(error: str | None) -> str:
    return (error or "").strip().split(":")[0].split("\n")[0][:80]


def try_letter(letter_id: int, *, by_id: int) -> None:
    """Send a letter that failed at the next beat; quiet if it went out meanwhile."""
    _again(OutgoingLetter, letter_id, _letters_failed(), by_id, next_at=clock.now())


def try_job(job_id: int, *, by_id: int) -> None:
    """Do a job that failed at the next beat, with all its attempts before it; quiet if it was done meanwhile."""
    _again(Job, job_id, _jobs_failed(), by_id, run_at=clock.now(), dead_at=None, attempts=0)


def _again(table: type[Job] | type[OutgoingLetter], row_id: int, failed: Any, by_id: int, **values: Any) -> None:
    row = db.session.get(table, row_id)
    if row is None:
        raise NotFound()
    tried = update(table).where(table.id == row_id, failed).values(**values).returning(table.id)
    if db.session.scalar(tried) is not None:
        record("operations.tried_again", row, actor_id=by_id)
