"""Stopping charges when something is wrong, and going on again."""

import structlog
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from app.core import clock
from app.database import db, is_sqlite
from app.payments.models import Brake

log = structlog.get_logger()


def is_on(name: str = "charging") -> str | None:
    """Why `name` is stopped, or None while it runs."""
    return db.session.scalar(select(Brake.reason).where(Brake.name == name))


def pull(reason: str, name: str = "charging") -> None:
    """Stop `name`; the first reason stays. The alarm is the error line in the log."""
    log.error("brake pulled", brake=name, reason=reason)
    dialect = sqlite if is_sqlite() else postgresql
    row = dialect.insert(Brake).values(name=name, reason=reason, at=clock.now())
    db.session.execute(row.on_conflict_do_nothing(index_elements=["name"]))


def release(name: str = "charging") -> None:
    """Let `name` go on."""
    db.session.execute(delete(Brake).where(Brake.name == name))
