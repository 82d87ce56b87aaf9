"""What the clock does for privacy."""

import structlog

from app.database import db
from app.jobs.queue import job
from app.privacy import retention, service

log = structlog.get_logger()


@job("privacy.retain", every_minutes=24 * 60)
def retain() -> None:
    """Let go what has been kept long enough: see `retention.RULES`. Each slice is a transaction of its own."""
    for rule in retention.RULES:
        gone = 0
        while number := retention.run(rule):
            db.session.commit()
            gone += number
        if gone:
            log.info("let go", rule=rule.name, number=gone)


@job("privacy.answer")
def answer(link: int, may_write: bool) -> None:
    """Answer somebody without an account who asked what we hold."""
    service.answer(link, may_write=may_write)
