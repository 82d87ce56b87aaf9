"""Deferring work, and doing it.

A row of `jobs` is written in the transaction that makes the work necessary, so neither can exist without the other.
A worker takes it under a lease, runs the reader registered for its name and marks it done in the reader's own last
transaction. A worker that dies loses nothing: when the lease is over another takes the row. Readers must therefore
bear repetition.
"""

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.core import clock
from app.database import db, is_sqlite
from app.jobs.models import Job

log = structlog.get_logger()
Reader = Callable[..., None]
READERS: dict[str, Reader] = {}
LEASE = timedelta(seconds=120)
MOST_ATTEMPTS = 12


class Postpone(Exception):
    """Raised by a reader that must be called again `seconds` from now; it counts as no failure."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


@dataclass(frozen=True)
class Tick:
    """Work by the clock: `name` is deferred once in every `minutes`."""

    name: str
    minutes: int


TICKS: list[Tick] = []


def job(name: str, *, every_minutes: int | None = None) -> Callable[[Reader], Reader]:
    """Register the reader of jobs called `name`, and its schedule if it has one."""

    def register(reader: Reader) -> Reader:
        if name in READERS:
            raise ValueError(f"Two readers for the job {name}")
        READERS[name] = reader
        if every_minutes:
            TICKS.append(Tick(name, every_minutes))
        return reader

    return register


def defer(
    name: str, args: dict[str, Any] | None = None, *, run_at: datetime | None = None, uniq: str | None = None
) -> bool:
    """Write work down in the present transaction. With `uniq`, at most one such row ever exists; False if it did."""
    values = {
        "name": name,
        "args": args or {},
        "uniq": uniq,
        "run_at": run_at or clock.now(),
        "created_at": clock.now(),
        "attempts": 0,
    }
    if uniq is None:
        db.session.execute(insert(Job).values(**values))
        return True
    dialect = sqlite if is_sqlite() else postgresql
    statement = dialect.insert(Job).values(**values).on_conflict_do_nothing(index_elements=["uniq"]).returning(Job.id)
    return db.session.execute(statement).first() is not None


def defer_many(name: str, args: dict[str, dict[str, Any]]) -> None:
    """Write many pieces of one kind of work down: `args` of each by its `uniq`; those that exist stay as they are."""
    dialect = sqlite if is_sqlite() else postgresql
    moment = clock.now()
    rows = [
        {"name": name, "args": values, "uniq": uniq, "run_at": moment, "created_at": moment, "attempts": 0}
        for uniq, values in args.items()
    ]
    for start in range(0, len(rows), 500):
        statement = dialect.insert(Job).values(rows[start : start + 500])
        db.session.execute(statement.on_conflict_do_nothing(index_elements=["uniq"]))


def defer_ticks() -> None:
    """Defer every scheduled job that is due in this stretch of time, each once however many schedulers call."""
    minute = int(clock.now().timestamp()) // 60
    for tick in TICKS:
        defer(tick.name, uniq=f"tick:{tick.name}:{minute // tick.minutes}")


@dataclass(frozen=True)
class Claimed:
    """A job in this worker's hands."""

    id: int
    name: str
    args: dict[str, Any]
    attempts: int


def claim() -> Claimed | None:
    """Take the oldest due job under a lease, in a transaction of its own."""
    real = clock.real_now()
    free = (Job.leased_until.is_(None)) | (Job.leased_until < real)
    due = (
        select(Job.id)
        .where(Job.done_at.is_(None), Job.dead_at.is_(None), Job.run_at <= clock.now(), free)
        .order_by(Job.run_at, Job.id)
        .limit(1)
    )
    if not is_sqlite():
        due = due.with_for_update(skip_locked=True)
    row = db.session.execute(
        update(Job)
        .where(Job.id == due.scalar_subquery(), free)
        .values(leased_until=real + LEASE, attempts=Job.attempts + 1)
        .returning(Job.id, Job.name, Job.args, Job.attempts)
        .execution_options(synchronize_session=False)
    ).first()
    db.session.commit()
    return Claimed(*row) if row else None


def run(claimed: Claimed) -> bool:
    """Call the reader; mark the job done in its last transaction, or put it back with a growing pause. True if done."""
    try:
        reader = READERS[claimed.name]
        reader(**claimed.args)
        _set(claimed, done_at=clock.now(), leased_until=None)
        db.session.commit()
    except Postpone as again:
        db.session.rollback()
        _set(
            claimed,
            run_at=clock.now() + timedelta(seconds=again.seconds),
            leased_until=None,
            attempts=claimed.attempts - 1,
        )
        db.session.commit()
        return False
    except Exception as error:  # whatever a reader raises, the row must be put back and the worker must go on
        db.session.rollback()
        dead = claimed.attempts >= MOST_ATTEMPTS
        log.error("job failed", job=claimed.name, id=claimed.id, attempts=claimed.attempts, dead=dead, exc_info=True)
        _set(
            claimed,
            run_at=clock.now() + timedelta(seconds=min(2**claimed.attempts, 3600)),
            leased_until=None,
            dead_at=clock.now() if dead else None,
            last_error="".join(traceback.format_exception_only(error))[:2000],
        )
        db.session.commit()
        return False
    finally:
        db.session.remove()
    return True


def _set(claimed: Claimed, **values: Any) -> None:
    db.session.execute(
        update(Job).where(Job.id == claimed.id).values(**values).execution_options(synchronize_session=False)
    )


def drain(limit: int = 1000) -> int:
    """Do due jobs until none is left or `limit` are tried; how many were tried."""
    for done in range(limit):
        claimed = claim()
        if claimed is None:
            db.session.remove()
            return done
        run(claimed)
    return limit
