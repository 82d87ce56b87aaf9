"""Checks and tidying by the clock."""

from app.jobs.queue import job
from app.operations import invariants
from app.storage import files


@job("operations.check_books", every_minutes=10)
def check_books() -> None:
    invariants.check()


@job("operations.prune", every_minutes=24 * 60)
def prune() -> None:
    """Delete files that no row knows. What people left behind goes by its own clock: see `privacy.retention`."""
    files.sweep()
