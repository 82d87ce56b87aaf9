"""What a case's page brings together, in every state of a case."""

from datetime import timedelta

import pytest
from flask import current_app

from app.cases import service
from app.cases.models import Case
from app.core import clock as house_clock
from app.core.money import Money
from app.i18n.locale import using_language
from app.pages import case_page
from app.pages.case_page import Phase
from app.pledges.queries import BackerLine
from app.pledges.states import PledgeState
from tests.cases import stages
from tests.cases.backed import pledge
from tests.people import leila


def funded(**values):
    case = stages.live(**values)
    service.fund(case)
    return case


# ---------------------------------------------------------------- the phase
def test_a_page_that_is_not_live_is_before(db):
    for case in (stages.empty_draft(), stages.draft(), stages.in_review(), stages.approved()):
        assert case_page.phase_of(case) is Phase.BEFORE


def test_an_open_case_takes_pledges_until_its_deadline_and_is_then_counted(db, clock):
    case = stages.live()
    clock.set(case.deadline_at - timedelta(seconds=1))
    assert case_page.phase_of(case) is Phase.OPEN
    clock.set(case.deadline_at + timedelta(seconds=1))
    assert case_page.phase_of(case) is Phase.COUNTING
    service.start_closing(case)
    assert case_page.phase_of(case) is Phase.COUNTING


def test_a_funded_case_goes_on_raising_until_it_ends(db):
    case = funded()
    assert case_page.phase_of(case) is Phase.MET
    service.end_raising(case)
    assert case_page.phase_of(case) is Phase.ENDED


def test_a_funded_case_past_its_deadline_has_ended(db, clock):
    case = funded()
    clock.set(case.deadline_at + timedelta(seconds=1))
    assert case_page.phase_of(case) is Phase.ENDED


def test_a_verdict_outlives_a_suspension(db):
    case = stages.live()
    case.suspended_at = house_clock.now()
    assert case_page.phase_of(case) is Phase.PAUSED
    service.start_closing(case)
    assert case_page.phase_of(case) is Phase.PAUSED
    service.end_unfunded(case)
    assert case_page.phase_of(case) is Phase.UNFUNDED


def test_a_concluded_case_says_so(db):
    case = funded()
    case.state = "concluded"
    page = case_page.of(case)
    assert page.phase is Phase.CONCLUDED and page.is_met and not page.takes_pledges


def test_the_verdict_stands_while_a_funded_case_is_paused(db):
    case = funded()
    case.suspended_at = house_clock.now()
    page = case_page.of(case)
    assert page.is_met and not page.takes_pledges


# ---------------------------------------------------------------- time
def test_days_are_counted_in_the_zone_of_the_case(db, clock):
    case = stages.live()
    case.time_zone = "Pacific/Auckland"
    clock.set(case.deadline_at - timedelta(hours=3))
    assert case_page.of(case).days_left == 1  # late in the evening there, and the deadline is after midnight
    clock.set(case.deadline_at - timedelta(minutes=1))
    assert case_page.of(case).days_left == 0


def test_nobody_is_told_of_days_left_once_the_deadline_has_passed(db, clock):
    case = stages.live()
    case.suspended_at = house_clock.now()
    assert case_page.of(case).days_left == 30
    clock.set(case.deadline_at + timedelta(seconds=1))
    assert case_page.of(case).days_left is None


# ---------------------------------------------------------------- money
def test_a_draft_without_a_target_has_neither_totals_nor_budget(db):
    page = case_page.of(stages.empty_draft())
    assert page.totals is None and page.budget == [] and page.backers == [] and page.chart is None


def test_a_draft_with_a_target_shows_what_its_page_will_begin_with(db):
    case = stages.draft()
    totals = case_page.of(case).totals
    assert totals is not None and totals.target == case.target
    assert totals.pledged == Money(0, "GBP") and totals.backers == 0


def test_the_budget_with_its_fees_adds_up_to_the_target(db):
    case = stages.live()
    budget = case_page.of(case).budget
    assert [label for label, _detail, _amount in budget] == ["Counsel’s fee", "Fees"]
    assert sum((amount for *_words, amount in budget), Money.zero("GBP")) == case.target


def test_a_target_without_fees_has_no_line_for_them(db):
    case = stages.live()
    case.target = Money(450_000, "GBP")
    assert [label for label, *_rest in case_page.of(case).budget] == ["Counsel’s fee"]


# ---------------------------------------------------------------- backers
def test_the_page_shows_the_newest_backers_and_knows_of_more(db):
    case = stages.live()
    for n in range(case_page.ON_PAGE):
        pledge(case, 10, name=f"Backer {n}")
    assert not case_page.of(case).has_more_backers
    pledge(case, 10, name="Sara Moradi")
    page = case_page.of(case)
    assert page.has_more_backers and len(page.backers) == case_page.ON_PAGE
    assert page.backers[0].name == "Sara Moradi" and all(isinstance(line, BackerLine) for line in page.backers)


def test_pledged_collected_and_failing_stay_apart(db):
    case = funded()
    pledge(case, 30, PledgeState.COLLECTED)
    pledge(case, 20, PledgeState.RETRY)
    totals = case_page.of(case).totals
    assert (totals.pledged.minor, totals.collected.minor, totals.failing.minor) == (5000, 3000, 2000)


# ---------------------------------------------------------------- the chart
def chart_of(case):
    return case_page.of(case).chart


def test_the_chart_waits_for_five_backers(db):
    case = stages.live()
    for _n in range(case_page.FEWEST_FOR_CHART - 1):
        pledge(case, 10)
    assert chart_of(case) is None
    pledge(case, 10)
    assert chart_of(case).points == [0, 5000]


def test_the_chart_has_a_point_for_each_day_and_runs_to_today(db, clock):
    case = stages.live()
    for days in (0, 0, 2, 2, 3):
        clock.set(case.opened_at + timedelta(days=days))
        pledge(case, 10)
    clock.set(case.opened_at + timedelta(days=4))
    chart = chart_of(case)
    assert chart.points == [0, 2000, 2000, 4000, 5000, 5000]
    assert chart.is_current and chart.x_marks[0] == case.opened_at.date()
    assert chart.weeks == [(case.opened_at.date() + timedelta(days=4), Money(5000, "GBP"))]


def test_the_chart_of_a_case_that_has_ended_stops_there(db, clock):
    case = stages.live()
    for _n in range(5):
        pledge(case, 10)
    clock.set(case.deadline_at + timedelta(days=90))
    chart = chart_of(case)
    assert not chart.is_current and chart.x_marks[-1] == case.deadline_at.date()
    assert len(chart.points) == 1 + 31 and chart.weeks[-1][0] == case.deadline_at.date()


def test_the_top_of_the_chart_is_a_round_number_above_target_and_pledges(db):
    case = stages.live()
    for _n in range(5):
        pledge(case, 2000)
    chart = chart_of(case)
    assert chart.top == 1_200_000 and chart.top >= max(*chart.points, case.target.minor)
    assert [mark.minor for mark in chart.y_marks] == [1_200_000, 900_000, 600_000, 300_000, 0]


@pytest.mark.parametrize(
    ("most", "step"), [(0, 100), (400, 100), (401, 200), (2_000_000, 500_000), (2_000_001, 600_000), (97, 100)]
)
def test_steps_are_round(most, step):
    assert case_page._step(most) == step


# ---------------------------------------------------------------- addresses
def test_a_public_page_has_an_address_in_each_language(db):
    page, base = case_page.of(stages.live()), current_app.config["AMICUS"].base_url
    path = "/cases/keep-thornley-library-open"
    assert page.urls == {"en": base + path, "fa": f"{base}/fa{path}"}
    assert page.share_url == page.urls["en"]


def test_the_address_to_share_is_that_of_the_present_language(db):
    case = stages.live()
    with using_language("fa"):
        assert "/fa/cases/" in case_page.of(case).share_url


def test_neither_a_private_page_nor_a_draft_has_an_address_to_share(db):
    for case in (stages.live_private()[0], stages.draft()):
        page = case_page.of(case)
        assert page.urls == {} and page.share_url == ""


def test_the_qr_code_is_black_on_white_and_has_no_style(db):
    drawing = case_page.of(stages.live()).qr
    assert drawing.startswith('<svg aria-hidden="true"') and "style" not in drawing and "class" not in drawing
    assert 'stroke="#000"' in drawing and 'fill="#fff"' in drawing


def test_a_lawyer_who_is_no_longer_verified_loses_the_badge(db):
    case: Case = stages.live()
    assert len(case_page.of(case).lawyer.checks) == 3
    leila().state = "declined"
    assert not case_page.of(case).lawyer.is_verified and case_page.of(case).lawyer.checks == []
