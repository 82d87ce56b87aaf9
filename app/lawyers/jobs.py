"""What the clock does for lawyers."""

from app.database import db
from app.jobs.queue import job
from app.lawyers import renewal
from app.pledges import freeze


@job("lawyers.run_out", every_minutes=24 * 60)
def run_out() -> None:
    """Remind lawyers whose badges run out, and take those down whose time is over; each by itself."""
    for lawyer_id in renewal.running_out():
        renewal.remind_or_lapse(lawyer_id)
        db.session.commit()


@job("lawyers.recheck", every_minutes=24 * 60)
def recheck() -> None:
    """Compare lawyers with the latest registers; each by itself, and their cases with them."""
    for lawyer_id in renewal.due_for_recheck():
        freeze.follow(renewal.recheck(lawyer_id))
        db.session.commit()
