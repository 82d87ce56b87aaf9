"""The life of a case."""

import pytest

from app.cases.states import EDITABLE, MOVES, PUBLISHED, CaseState, Verdict, judge

S = CaseState
LEGAL = {
    (S.DRAFT, S.IN_REVIEW),
    (S.IN_REVIEW, S.CHANGES_REQUESTED),
    (S.IN_REVIEW, S.APPROVED),
    (S.IN_REVIEW, S.DECLINED),
    (S.CHANGES_REQUESTED, S.IN_REVIEW),
    (S.DECLINED, S.CHANGES_REQUESTED),
    (S.DECLINED, S.IN_REVIEW),
    (S.APPROVED, S.OPEN),
    (S.APPROVED, S.CHANGES_REQUESTED),
    (S.OPEN, S.CLOSING),
    (S.OPEN, S.FUNDED),
    (S.OPEN, S.UNFUNDED),
    (S.CLOSING, S.FUNDED),
    (S.CLOSING, S.UNFUNDED),
    (S.FUNDED, S.CONCLUDED),
}


@pytest.mark.parametrize("old", S)
@pytest.mark.parametrize("new", S)
def test_a_move_is_legal_repeated_or_illegal(old, new):
    expected = Verdict.REPEATED if old == new else Verdict.LEGAL if (old, new) in LEGAL else Verdict.ILLEGAL
    assert judge(old, new) is expected


def test_every_state_says_where_it_leads():
    assert MOVES.keys() == set(S)


def test_every_state_is_reached_from_a_draft():
    reached, ahead = {S.DRAFT}, [S.DRAFT]
    while ahead:
        found = MOVES[ahead.pop()] - reached
        reached |= found
        ahead += found
    assert reached == set(S)


def test_what_was_published_stays_published():
    for state in PUBLISHED:
        assert MOVES[state] <= PUBLISHED


def test_a_page_goes_live_only_by_way_of_an_approval():
    leads_to_live = {state for state in S if MOVES[state] & PUBLISHED and state not in PUBLISHED}
    leads_to_approval = {state for state in S if S.APPROVED in MOVES[state]}
    assert (leads_to_live, leads_to_approval) == ({S.APPROVED}, {S.IN_REVIEW})


def test_nobody_edits_what_a_reviewer_reads_or_the_public_sees():
    assert not EDITABLE & PUBLISHED
    assert {state for state in S if S.IN_REVIEW in MOVES[state]} == EDITABLE | {S.DECLINED}
