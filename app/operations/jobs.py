"""Checks and tidying by the clock."""

from app.jobs.queue import job
from app.operations import invariants
from app.storage import files
from app.web import throttle


@job("operations.check_books", every_minutes=10)
def check_books() -> None:
    invariants.check()


@job("operations.prune", every_minutes=24 * 60)
def prune() -> None:
    """Delete what nothing looks at any more. Letters and jobs that are done stay: their keys let none come twice."""
    throttle.prune()
    files.sweep()
