"""The law of a pledge's moves."""

import pytest

from app.cases.states import Verdict
from app.pledges.states import COUNTED, FAILING, LIVE, MOVES, PledgeState, judge

S = PledgeState
# Written out once more, so that a move added or lost by accident is seen here.
LEGAL = {
    S.STARTED: "pledged due abandoned",
    S.ABANDONED: "",
    S.PLEDGED: "due withdrawn released",
    S.WITHDRAWN: "",
    S.RELEASED: "",
    S.DUE: "charging collected cancelled",
    S.CANCELLED: "",
    S.CHARGING: "collected retry action_required lapsed cancelled",
    S.RETRY: "charging collected lapsed action_required cancelled",
    S.ACTION_REQUIRED: "charging retry collected lapsed cancelled",
    S.LAPSED: "collected",
    S.COLLECTED: "",
}
PAIRS = [(old, new) for old in S for new in S if old != new]


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_every_other_move_is_illegal(old, new):
    assert judge(old, new) is (Verdict.LEGAL if new in LEGAL[old].split() else Verdict.ILLEGAL)


@pytest.mark.parametrize("state", S)
def test_a_repeated_move_is_quiet(state):
    assert judge(state, state) is Verdict.REPEATED


def test_every_state_is_reached_from_the_first():
    found, last = {S.STARTED}, set()
    while found != last:
        last = set(found)
        found |= {new for old in last for new in MOVES[old]}
    assert found == set(S)


def test_no_card_can_be_charged_without_the_verdict_on_its_case():
    """Only `due` leads to a charge, and only a card that is saved, or a case that is funded, leads to `due`."""
    assert {old for old in S if S.CHARGING in MOVES[old]} == {S.DUE, S.RETRY, S.ACTION_REQUIRED}
    assert {old for old in S if S.DUE in MOVES[old]} == {S.STARTED, S.PLEDGED}


def test_nothing_leads_out_of_an_end_but_money_that_has_moved():
    ends = {S.ABANDONED, S.WITHDRAWN, S.RELEASED, S.CANCELLED, S.LAPSED, S.COLLECTED}
    assert {(old, new) for old in ends for new in MOVES[old]} == {(S.LAPSED, S.COLLECTED)}


def test_what_is_live_is_counted_and_what_has_ended_is_not():
    assert FAILING < LIVE < COUNTED and {S.RELEASED} == COUNTED - LIVE
    assert COUNTED & {S.STARTED, S.ABANDONED, S.WITHDRAWN, S.CANCELLED, S.LAPSED} == set()
