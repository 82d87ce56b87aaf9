"""The verdict on a live case."""

import pytest

from app.cases import moves, service
from app.cases.states import CaseState
from tests.cases import stages

S = CaseState


def test_a_target_that_is_met_is_noted_once(db, audited):
    case = stages.live()
    service.fund(case)
    first = case.funded_at
    service.fund(case)
    assert case.state == S.FUNDED and case.funded_at == first and audited(case).count("case.funded") == 1


def test_counting_ends_in_a_target_missed(db, audited):
    case = stages.live()
    service.start_closing(case)
    assert case.state == S.CLOSING and case.closed_at is None
    service.end_unfunded(case)
    assert case.state == S.UNFUNDED and case.closed_at == case.raising_ended_at is not None
    assert audited(case)[-2:] == ["case.closing", "case.unfunded"]


def test_a_funded_case_stops_raising_once_and_stays_funded(db, audited):
    case = stages.live()
    service.fund(case)
    service.end_raising(case)
    first = case.raising_ended_at
    service.end_raising(case)
    assert case.state == S.FUNDED and case.raising_ended_at == first
    assert audited(case).count("case.raising_ended") == 1 and not case.takes_pledges(case.opened_at)


@pytest.mark.parametrize("verdict", [service.fund, service.start_closing, service.end_unfunded])
@pytest.mark.parametrize("state", [S.DRAFT, S.IN_REVIEW, S.APPROVED, S.CONCLUDED])
def test_there_is_no_verdict_on_what_does_not_raise(case, verdict, state):
    case.state = state
    with pytest.raises(moves.IllegalMove):
        verdict(case)
