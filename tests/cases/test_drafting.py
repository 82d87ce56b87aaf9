"""Writing a page: it is begun, and each part of it is saved by itself."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.cases import drafting, kinds, queries
from app.cases.drafting import CostsRisk, Line, Parties
from app.cases.labels import COSTS_RISKS, FILED_STAGES, KINDS
from app.cases.models import Case
from app.cases.states import CaseState, Visibility
from app.core.money import Money
from tests.cases import stages
from tests.cases.stages import PARTIES, STORY, day
from tests.people import leila

S = CaseState


def pounds(amount):
    return Money(round(amount * 100), "GBP")


def lines(*amounts):
    return [Line(f"Line {n}", "", Money(minor, "GBP")) for n, minor in enumerate(amounts, 1)]


def done(case):
    return case.steps_done.split(",")


def test_a_new_case_is_a_draft_whose_address_tells_nothing(db, audited):
    case = stages.empty_draft(leila(), Visibility.PRIVATE, "fa")
    assert (case.state, case.visibility, case.lang) == (S.DRAFT, Visibility.PRIVATE, "fa")
    assert case.slug == case.public_id and len(case.public_id) == 20
    assert done(case) == ["visibility"] and case.time_zone == "Europe/London"
    assert audited(case) == ["case.opened"]


def test_a_language_that_we_do_not_speak_is_refused(db, case):
    with pytest.raises(drafting.BadChoice) as refused:
        stages.empty_draft(leila(), lang="tlh")
    assert refused.value.field == "lang"
    with pytest.raises(drafting.BadChoice):
        drafting.set_visibility(case, Visibility.PUBLIC, "tlh")


def test_a_draft_may_become_private_and_public_again(case):
    drafting.set_visibility(case, Visibility.PRIVATE, "en")
    assert case.is_private
    drafting.set_visibility(case, Visibility.PUBLIC, "fa")
    assert not case.is_private and case.lang == "fa"


def test_steps_are_done_one_by_one_and_listed_in_their_order(db):
    case = stages.empty_draft()
    assert drafting.missing(case) == ["about", "parties", "story", "budget", "stages", "deadline"]
    drafting.tell_story(case, "A summary", STORY)
    drafting.describe(case, title="A title", area=stages.area(), kind="inquest")
    assert done(case) == ["visibility", "about", "story"]
    assert drafting.missing(case) == ["parties", "budget", "stages", "deadline"]


def test_a_step_that_is_emptied_again_is_not_done_any_more(case):
    drafting.describe(case, title="", area=stages.area(), kind="litigation")
    assert drafting.missing(case) == ["about"]


def test_each_save_raises_the_version(case):
    before = case.version
    drafting.tell_story(case, "A summary", STORY)
    assert case.version == before + 1


@pytest.mark.parametrize("lacking", ["title", "area", "kind"])
def test_the_first_part_needs_title_area_and_type(db, lacking):
    case = stages.empty_draft()
    whole = {"title": "A title", "area": stages.area(), "kind": "litigation"}
    drafting.describe(case, **{**whole, lacking: None if lacking != "title" else ""})
    assert "about" in drafting.missing(case)


def test_a_type_of_case_that_is_not_offered_is_refused(case):
    with pytest.raises(drafting.BadChoice) as refused:
        drafting.describe(case, title="A title", area=stages.area(), kind="duel")
    assert refused.value.field == "kind"


@pytest.mark.parametrize("kind", KINDS)
def test_every_type_of_case_that_is_offered_is_taken(case, kind):
    drafting.describe(case, title="A title", area=stages.area(), kind=kind)
    assert case.kind == kind


@pytest.mark.parametrize("lacking", [name for name in PARTIES if name != "claim_number"])
def test_every_fact_about_the_parties_is_needed(case, lacking):
    drafting.set_parties(case, Parties(**{**PARTIES, lacking: ""}))
    assert drafting.missing(case) == ["parties"]


@pytest.mark.parametrize("stage", kinds.KINDS["litigation"].stages)
def test_a_claim_number_is_needed_once_a_claim_is_filed(case, stage):
    drafting.set_parties(case, Parties(**{**PARTIES, "legal_stage": stage, "claim_number": ""}))
    assert drafting.missing(case) == (["parties"] if stage in FILED_STAGES else [])


def test_a_legal_stage_that_is_not_offered_is_refused(case):
    with pytest.raises(drafting.BadChoice) as refused:
        drafting.set_parties(case, Parties(**{**PARTIES, "legal_stage": "ordeal"}))
    assert refused.value.field == "legal_stage"


def test_a_story_is_rendered_and_sanitised_when_it_is_written(case):
    drafting.tell_story(case, "A summary", STORY + "\n\n**Bold** <script>alert(1)</script> [x](javascript:1)")
    assert "<strong>Bold</strong>" in case.story_html and "<script" not in case.story_html
    assert 'href="javascript' not in case.story_html and case.story_policy > 0
    assert case.story_markdown.endswith("[x](javascript:1)")


def test_a_story_of_a_few_words_is_not_done(case):
    short = " ".join(["word"] * (drafting.SHORTEST_STORY - 1))
    drafting.tell_story(case, "A summary", short)
    assert drafting.missing(case) == ["story"]
    drafting.tell_story(case, "A summary", short + " more")
    assert drafting.missing(case) == []


# ---------------------------------------------------------------- budget
def test_the_target_is_what_lines_and_fees_come_to(case):
    drafting.set_budget(case, lines(100_000, 50_000), None)
    assert sum((line.amount for line in case.budget), Money.zero("GBP")) == pounds(1500)
    assert case.target - drafting.fees_in(case.target).total == pounds(1500)


@pytest.mark.settings(unfiled_cap=1_000_000_00)
@given(st.lists(st.integers(1, 9_000_000), min_size=1, max_size=drafting.MOST_LINES))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_lines_are_the_target_leaves_them_to_the_penny(case, amounts):
    total = Money(sum(amounts), "GBP")
    right = drafting.target_for(total)
    if not pounds(500) <= right <= pounds(1_000_000):
        with pytest.raises(drafting.BadTarget):
            drafting.set_budget(case, lines(*amounts), None)
        return
    drafting.set_budget(case, lines(*amounts), right)
    assert case.target == right and [line.amount.minor for line in case.budget] == amounts
    assert case.target - drafting.fees_in(case.target).total == total
    for penny in (Money(1, "GBP"), Money(-1, "GBP")):
        with pytest.raises(drafting.DoesNotAddUp) as refused:
            drafting.set_budget(case, lines(*amounts), right + penny)
        assert refused.value.values == {"right": right, "given": right + penny}


def test_a_target_off_by_a_penny_is_told_the_right_sum(case):
    before = case.target, case.version
    right = drafting.target_for(pounds(1500))
    with pytest.raises(drafting.DoesNotAddUp) as refused:
        drafting.set_budget(case, lines(150_000), right + Money(1, "GBP"))
    assert refused.value.field == "target" and refused.value.values["right"] == right
    assert (case.target, case.version) == before


def test_new_lines_take_the_place_of_the_old(db, case):
    drafting.set_budget(case, lines(100_000, 50_000, 25_000), None)
    drafting.set_budget(case, lines(60_000), None)
    db.session.flush()
    db.session.expire(case)
    assert [(line.position, line.amount.minor) for line in case.budget] == [(1, 60_000)]


def test_a_budget_needs_a_line(case):
    with pytest.raises(drafting.NoLines):
        drafting.set_budget(case, [], None)


@pytest.mark.parametrize("minor", [1, 40_000, 100_000_000])
def test_a_target_outside_the_limits_is_refused(case, minor):
    with pytest.raises(drafting.BadTarget) as refused:
        drafting.set_budget(case, lines(minor), None)
    assert refused.value.values["least"] == pounds(500) and refused.value.values["most"] == pounds(1_000_000)


@pytest.mark.settings(unfiled_cap=1_000_000_00)
def test_the_smallest_and_the_largest_target_are_taken(case):
    for wanted in (pounds(500), pounds(1_000_000)):
        left = wanted - drafting.fees_in(wanted).total
        drafting.set_budget(case, [Line("All", "", left)], None)
        assert abs(case.target.minor - wanted.minor) <= 1


# ---------------------------------------------------------------- deadline
def risk(kind="none", cap=None, note="A note"):
    return CostsRisk(kind, cap, note, "none")


@pytest.mark.parametrize(("ahead", "is_good"), [(6, False), (7, True), (60, True), (61, False)])
def test_a_deadline_is_seven_to_sixty_days_away(case, ahead, is_good):
    if is_good:
        drafting.set_deadline(case, day(ahead), risk())
        assert drafting.missing(case) == []
        return
    with pytest.raises(drafting.BadDeadline) as refused:
        drafting.set_deadline(case, day(ahead), risk())
    assert refused.value.values == {"least": 7, "most": 60, "first": day(7), "last": day(60)}


@pytest.mark.parametrize(
    ("closes", "utc"),
    [
        (date(2027, 3, 27), datetime(2027, 3, 27, 13, tzinfo=UTC)),
        (date(2027, 3, 28), datetime(2027, 3, 28, 12, tzinfo=UTC)),  # clocks went forward that night
        (date(2027, 10, 30), datetime(2027, 10, 30, 12, tzinfo=UTC)),
        (date(2027, 10, 31), datetime(2027, 10, 31, 13, tzinfo=UTC)),  # and back
    ],
)
def test_pledging_closes_at_one_in_the_afternoon_of_the_court_on_both_sides_of_a_clock_change(closes, utc):
    assert drafting.deadline_on(closes, "Europe/London") == utc


def test_today_is_the_day_where_the_court_is(db, clock):
    clock.set(datetime(2027, 6, 1, 23, 30, tzinfo=UTC))  # half past midnight in London
    drafting.check_deadline(date(2027, 6, 9), "Europe/London")
    with pytest.raises(drafting.BadDeadline):
        drafting.check_deadline(date(2027, 6, 8), "Europe/London")
    drafting.check_deadline(date(2027, 6, 8), "UTC")


@pytest.mark.parametrize("evening", [datetime(2027, 3, 28, 12, tzinfo=UTC), datetime(2027, 10, 31, 13, tzinfo=UTC)])
def test_the_second_of_the_deadline_counts_and_the_next_does_not(db, clock, evening):
    clock.set(evening - timedelta(days=10))
    case = stages.live(closes_in=10)
    assert case.deadline_at == evening
    for seconds, is_open in ((-1, True), (0, True), (1, False)):
        moment = evening + timedelta(seconds=seconds)
        assert case.takes_pledges(moment) is is_open
        clock.set(moment - timedelta(seconds=0.5) * (not seconds))  # the clock runs on while the question is asked
        assert (db.session.scalar(select(Case.id).where(queries.takes_pledges())) == case.id) is is_open


@pytest.mark.parametrize("kind", ["dice", "Capped"])
def test_a_costs_risk_that_is_not_offered_is_refused(case, kind):
    with pytest.raises(drafting.BadChoice) as refused:
        drafting.set_deadline(case, day(30), risk(kind))
    assert refused.value.field == "costs_risk"


@pytest.mark.parametrize(
    ("kind", "costs", "is_done"),
    [
        ("litigation", risk(""), False),
        ("litigation", risk("capped"), False),
        ("litigation", risk("capped", pounds(5000)), True),
        ("litigation", risk("capped", pounds(5000), ""), False),
        ("litigation", risk("uncapped", None, ""), False),
        ("litigation", risk("uncapped"), True),
        ("litigation", risk("none", None, ""), True),
        ("advice", risk("uncapped", None, ""), True),
        ("advice", risk("", None, ""), False),
    ],
)
def test_what_the_costs_panel_needs(case, kind, costs, is_done):
    drafting.describe(case, title="A title", area=stages.area(), kind=kind)
    drafting.set_deadline(case, day(30), costs)
    assert ("deadline" in drafting.missing(case)) is not is_done


def test_a_cap_is_forgotten_when_there_is_none_any_more(case):
    drafting.set_deadline(case, day(30), risk("capped", pounds(5000)))
    assert case.costs_cap == pounds(5000)
    drafting.set_deadline(case, day(30), risk("uncapped", pounds(5000)))
    assert case.costs_cap is None and set(COSTS_RISKS) == {"capped", "uncapped", "none"}


def test_a_deadline_may_be_left_open_for_now(case):
    drafting.set_deadline(case, None, risk())
    assert case.deadline_at is None and drafting.missing(case) == ["deadline"]


def test_a_deadline_that_came_too_near_is_missing_again(case, clock):
    clock.move(25 * 86_400)
    assert drafting.missing(case) == ["deadline"]


# ---------------------------------------------------------------- when it may be written
EDITS = {
    "set_visibility": lambda case: drafting.set_visibility(case, Visibility.PRIVATE, "en"),
    "describe": lambda case: drafting.describe(case, title="Other", area=None, kind=None),
    "set_parties": lambda case: drafting.set_parties(case, Parties(**PARTIES)),
    "tell_story": lambda case: drafting.tell_story(case, "Other", STORY),
    "set_budget": lambda case: drafting.set_budget(case, lines(100_000), None),
    "set_deadline": lambda case: drafting.set_deadline(case, day(20), risk()),
}


@pytest.mark.parametrize("state", [state for state in S if state not in (S.DRAFT, S.CHANGES_REQUESTED)])
@pytest.mark.parametrize("edit", EDITS)
def test_a_page_is_edited_only_while_it_is_the_lawyers(case, edit, state):
    case.state = state
    before = case.title, case.version, case.visibility
    with pytest.raises(drafting.NotEditable):
        EDITS[edit](case)
    assert (case.title, case.version, case.visibility) == before


@pytest.mark.parametrize("edit", EDITS)
def test_a_page_that_needs_changes_is_edited(case, edit):
    case.state = S.CHANGES_REQUESTED
    EDITS[edit](case)
