"""The one appeal against the refusal of a page: to somebody else than whoever refused it."""

from sqlalchemy import select

from app.accounts.models import User
from app.audit.service import record
from app.cases import client
from app.cases.drafting import BadChoice
from app.cases.models import Case, CaseAppeal, CaseReview
from app.cases.moves import IllegalMove, held, move, tell_lawyer
from app.cases.review import NoReason, OwnCase
from app.cases.states import CaseState
from app.core import clock
from app.core.errors import N_, Conflict, Invalid
from app.database import db

LONGEST_WORDS = 4000  # characters
# What another reviewer can decide, and where the page goes then.
DECISIONS: dict[str, CaseState | None] = {
    "uphold": None,
    "changes": CaseState.CHANGES_REQUESTED,
    "review": CaseState.IN_REVIEW,
}


class NoWords(Invalid):
    """An appeal that does not say what was wrong."""

    message = N_("Say what the reviewer has overlooked or misread.")
    field = "words"


class SameReviewer(Conflict):
    """Whoever refused a page does not decide about the refusal."""

    message = N_("You turned this page down yourself. Somebody else must decide on the appeal.")


def of_case(case: Case) -> CaseAppeal | None:
    """The appeal about `case`, waiting or decided."""
    return db.session.scalar(select(CaseAppeal).where(CaseAppeal.case_id == case.id))


def appeal(case: Case, words: str) -> bool:
    """The lawyer asks for another pair of eyes; False if they did before. Raises NoWords, IllegalMove."""
    case = held(case)
    if of_case(case) is not None:
        return False
    if case.state != CaseState.DECLINED:
        raise IllegalMove()
    if not words.strip():
        raise NoWords()
    db.session.add(CaseAppeal(case_id=case.id, words=words))
    record("case.appealed", case, actor_id=case.lawyer.user_id)
    return True


def refused_by(case: Case) -> set[int]:
    """Who turned the page down: the ids of their accounts."""
    declines = select(CaseReview.reviewer_id).where(CaseReview.case_id == case.id, CaseReview.decision == "decline")
    return set(db.session.scalars(declines))


def decide(case: Case, reviewer: User, decision: str, comment: str) -> bool:
    """Answer the appeal: one of DECISIONS, in words. False if the same was decided before.

    Raises OwnCase, SameReviewer, BadChoice, NoReason, IllegalMove for one that was decided otherwise, or never made.
    """
    case = held(case)
    if case.lawyer.user_id == reviewer.id:
        raise OwnCase()
    if reviewer.id in refused_by(case):
        raise SameReviewer()
    if decision not in DECISIONS:
        raise BadChoice(field="decision")
    if not comment.strip():
        raise NoReason()
    row = of_case(case)
    if row is None or row.decision not in ("", decision):
        raise IllegalMove()
    if row.decision:
        return False
    row.decision, row.comment = decision, comment
    row.decided_by, row.decided_at = reviewer.id, clock.now()
    record("case.appeal_decided", case, actor_id=reviewer.id, decision=decision)
    _send_on(case, reviewer, DECISIONS[decision], comment)
    tell_lawyer(case, "appeal_decided")
    return True


def _send_on(case: Case, reviewer: User, state: CaseState | None, comment: str) -> None:
    if state is None:
        return
    version = case.version
    move(case, state)
    if state == CaseState.CHANGES_REQUESTED:
        review = CaseReview(case_id=case.id, reviewer_id=reviewer.id, decision="request_changes", comment=comment)
        review.case_version = version
        db.session.add(review)
    else:
        case.submitted_at = clock.now()
        client.ask_again(case)
