"""Before a page is live: it is sent in, and staff decide on it."""

import pytest
from sqlalchemy import func, select

from app.cases import drafting, moves, review
from app.cases.models import CaseReview
from app.cases.states import CaseState
from app.lawyers.states import LawyerState
from tests.cases import stages
from tests.cases.stages import STORY
from tests.people import dara, kian, mina

S = CaseState


def test_a_complete_page_goes_to_a_reviewer_and_the_lawyer_is_told(case, audited, told, clock):
    review.submit(case)
    assert case.state == S.IN_REVIEW and case.submitted_at is not None
    assert audited(case)[-1] == "case.submitted" and told(case) == ["cases.submitted"]


def test_sending_in_again_is_quiet(case, audited, told):
    review.submit(case)
    first = case.submitted_at
    review.submit(case)
    assert case.submitted_at == first
    assert audited(case).count("case.submitted") == 1 and len(told(case)) == 1


@pytest.mark.parametrize("step", drafting.STEPS)
def test_a_page_that_lacks_a_part_is_not_sent_in(case, step):
    case.steps_done = ",".join(name for name in drafting.STEPS if name != step)
    with pytest.raises(review.NotComplete):
        review.submit(case)
    assert case.state == S.DRAFT


def test_a_lawyer_who_is_not_verified_writes_but_does_not_send_in(db):
    case = stages.draft(kian())
    with pytest.raises(moves.NotVerified):
        review.submit(case)


@pytest.mark.parametrize("state", [S.APPROVED, S.DECLINED, S.OPEN, S.FUNDED])
def test_what_was_decided_is_not_sent_in_again(case, state):
    case.state = state
    with pytest.raises(moves.IllegalMove):
        review.submit(case)


# ---------------------------------------------------------------- decisions
DECISIONS = {
    S.APPROVED: ("approve", stages.approve),
    S.CHANGES_REQUESTED: ("request_changes", review.request_changes),
    S.DECLINED: ("decline", review.decline),
}


@pytest.mark.parametrize("state", DECISIONS)
def test_a_decision_moves_the_page_is_kept_and_told(db, audited, told, state):
    name, decide = DECISIONS[state]
    case = stages.in_review()
    assert decide(case, mina(), "Because.") is True
    review = db.session.scalars(select(CaseReview)).one()
    assert case.state == state
    assert (review.decision, review.comment, review.reviewer_id) == (name, "Because.", mina().id)
    assert audited(case)[-1] == f"case.{name}" and told(case)[-1] == f"cases.{state}"


@pytest.mark.parametrize("state", DECISIONS)
def test_the_same_decision_again_is_quiet(db, audited, told, state):
    name, decide = DECISIONS[state]
    case = stages.in_review()
    decide(case, mina(), "Because.")
    assert decide(case, dara(), "Me too.") is False
    assert db.session.scalar(select(func.count()).select_from(CaseReview)) == 1
    assert audited(case).count(f"case.{name}") == 1 and told(case).count(f"cases.{state}") == 1


@pytest.mark.parametrize(("first", "second"), [(a, b) for a in DECISIONS for b in DECISIONS if a != b])
def test_another_decision_after_the_first_is_refused(db, first, second):
    case = stages.in_review()
    DECISIONS[first][1](case, mina(), "Because.")
    with pytest.raises(moves.IllegalMove):
        DECISIONS[second][1](case, dara(), "No, because.")
    assert case.state == first


@pytest.mark.parametrize("state", DECISIONS)
def test_nobody_decides_on_their_own_case(db, state):
    case = stages.in_review()
    with pytest.raises(review.OwnCase):
        DECISIONS[state][1](case, case.lawyer.user, "I like it.")
    assert case.state == S.IN_REVIEW


@pytest.mark.parametrize("decide", [review.request_changes, review.decline])
@pytest.mark.parametrize("comment", ["", " \n\t"])
def test_whoever_gives_a_page_back_says_why(db, decide, comment):
    case = stages.in_review()
    with pytest.raises(review.NoReason) as refused:
        decide(case, mina(), comment)
    assert refused.value.field == "comment" and case.state == S.IN_REVIEW


def test_an_approval_needs_no_words(db):
    assert stages.approved().state == S.APPROVED


def test_the_page_of_a_lawyer_who_lost_the_badge_is_not_approved(db):
    case = stages.in_review()
    case.lawyer.state = LawyerState.SUSPENDED
    with pytest.raises(moves.NotVerified, match="The lawyer’s verification"):
        stages.approve(case)
    assert review.decline(case, mina(), "The certificate has lapsed.")


def test_nobody_approves_a_page_that_changed_after_they_read_it(db):
    case = stages.in_review()
    seen = case.version
    review.request_changes(case, mina(), "Say who benefits.")
    drafting.tell_story(case, "Another summary", STORY)
    stages.consented(case)
    review.submit(case)
    with pytest.raises(moves.IllegalMove):
        stages.approve(case, dara(), seen=seen)
    assert stages.approve(case, dara(), seen=case.version)


def test_a_page_given_back_comes_in_again_and_is_told_anew(db, told):
    case = stages.in_review()
    for _ in range(2):
        review.request_changes(case, mina(), "Say who benefits.")
        review.submit(case)
    assert told(case) == ["cases.submitted", *["cases.changes_requested", "cases.submitted"] * 2]


@pytest.mark.parametrize("state", [S.DRAFT, S.OPEN, S.UNFUNDED])
@pytest.mark.parametrize("decision", DECISIONS)
def test_only_what_was_sent_in_is_decided_on(case, state, decision):
    case.state = state
    with pytest.raises(moves.IllegalMove):
        DECISIONS[decision][1](case, mina(), "Because.")
