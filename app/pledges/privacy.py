"""What a change of who sees a page means for its backers.

When it becomes private they go on seeing what they backed, each by a right of their own. When it becomes public nobody
learns who backed it while it was private: they agreed to be named before a few, not before everybody.
"""

from sqlalchemy import exists, select, update

from app.accounts.models import User
from app.cases import access, visibility
from app.cases.models import Case, CaseGrant
from app.database import db
from app.pledges.models import Pledge
from app.pledges.states import COUNTED, Shown


def make_private(case: Case, *, actor_id: int | None) -> bool:
    """As `visibility.make_private`, and every backer keeps the page."""
    if not visibility.make_private(case, actor_id=actor_id):
        return False
    holds = exists().where(CaseGrant.kind == "pledge", CaseGrant.label == Pledge.public_id)
    theirs = select(Pledge.public_id).where(Pledge.case_id == case.id, Pledge.state.in_(COUNTED), ~holds)
    for label in db.session.scalars(theirs.order_by(Pledge.id)).all():
        access.grant_for_pledge(case, label)
    return True


def make_public(case: Case, reviewer: User, *, seen: int | None = None) -> bool:
    """As `visibility.make_public`; whoever pledged before is shown without their name and message."""
    if not visibility.make_public(case, reviewer, seen=seen):
        return False
    before = update(Pledge).where(Pledge.case_id == case.id, Pledge.shown != Shown.ANONYMOUS)
    db.session.execute(before.values(shown=Shown.ANONYMOUS, message="").execution_options(synchronize_session="fetch"))
    return True
