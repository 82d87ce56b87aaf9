"""How a case goes from one state to the next: held against everybody else, judged, moved, and its lawyer told."""

from sqlalchemy import select

from app.cases.models import Case
from app.cases.states import CaseState, Verdict, judge
from app.core import clock
from app.core.errors import N_, Conflict
from app.database import db
from app.mail.outbox import post


class IllegalMove(Conflict):
    """The case has left the state from which this is possible."""

    message = N_("The case has changed meanwhile. Look at it again before you go on.")


class NotVerified(Conflict):
    """Only verified lawyers send pages in and publish them."""

    message = N_("Your verification must be complete before the page can go to a reviewer or live.")


def held(case: Case) -> Case:
    """The case, read anew and held until the transaction ends, so that two decisions cannot pass each other."""
    return db.session.scalars(
        select(Case).where(Case.id == case.id).with_for_update(of=Case).execution_options(populate_existing=True)
    ).one()


def move(case: Case, state: CaseState) -> bool:
    """Change the state; False for a repeated move. The caller holds the case. Raises IllegalMove."""
    verdict = judge(CaseState(case.state), state)
    if verdict is Verdict.ILLEGAL:
        raise IllegalMove()
    if verdict is Verdict.REPEATED:
        return False
    case.state = state
    case.publish_at = None  # set only while it is approved, and true only of that approval
    case.version += 1
    case.updated_at = clock.now()
    return True


def tell_lawyer(case: Case, event: str) -> None:
    """Write the letter `cases.<event>` to the lawyer down, once for each version of the case."""
    user = case.lawyer.user
    key = f"case:{case.id}:{event}:{case.version}"
    post(key, f"cases.{event}", to=user.email, lang=user.lang, facts={"case": case.id})
