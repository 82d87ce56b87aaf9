"""What the clock does for lawyers."""

from app.jobs.queue import job
from app.lawyers import service


@job("lawyers.forget_evidence", every_minutes=24 * 60)
def forget_evidence() -> None:
    """Delete evidence that is no longer needed."""
    service.forget_evidence()
