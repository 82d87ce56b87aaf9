"""What the standing of a lawyer does to the money of their cases.

While a badge rests, their cases take no pledges and nothing is collected. While a badge that stood is checked again,
their open cases stay open, but nothing is collected. What was due waits, and goes on as if no time had passed.
"""

from datetime import datetime

from sqlalchemy import select

from app.cases import queries as cases
from app.cases import service as case_service
from app.core import clock
from app.database import db
from app.jobs.queue import defer
from app.lawyers import service as lawyers
from app.lawyers.models import Lawyer
from app.lawyers.states import LawyerState
from app.pledges.models import Pledge
from app.pledges.states import FAILING, PledgeState


def follow(lawyer: Lawyer) -> None:
    """Bring the cases of `lawyer` in line with how the badge stands now; again is quiet. The caller commits."""
    lawyer = lawyers.locked(lawyer)
    rests = lawyer.state == LawyerState.SUSPENDED
    running = cases.running_of(lawyer.id)
    for case in running:
        if rests:
            case_service.suspend(case, "lawyer", "lawyer", actor_id=None)
        elif case_service.lift(case, "lawyer", actor_id=None):
            # What reached the target just before it was suspended was not counted then.
            defer("pledges.check_target", {"case_id": case.id})
    if lawyer.is_verified and lawyer.frozen_since is not None:
        go_on([case.id for case in running], lawyer.frozen_since)
        lawyer.frozen_since = None


def go_on(case_ids: list[int], since: datetime) -> None:
    """Give failing pledges back the time that went by since `since`, in which nothing was collected for these cases."""
    moment = clock.now()
    failing = select(Pledge).where(Pledge.case_id.in_(case_ids), Pledge.state.in_(FAILING)).with_for_update()
    for pledge in db.session.scalars(failing.order_by(Pledge.id).execution_options(populate_existing=True)):
        assert pledge.first_failed_at is not None and pledge.next_at is not None
        lost = moment - max(since, pledge.first_failed_at)
        pledge.first_failed_at += lost
        if pledge.state == PledgeState.ACTION_REQUIRED or pledge.next_at > moment:
            pledge.next_at += lost
