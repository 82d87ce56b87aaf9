"""What the outbox does with stories."""

from app.database import db
from app.jobs.queue import job
from app.stories import service
from app.updates.models import Outcome


@job("stories.draft")
def draft(outcome_id: int) -> None:
    service.draft(db.session.get_one(Outcome, outcome_id))
