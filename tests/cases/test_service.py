"""What can happen to a case."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.accounts.models import User
from app.audit.models import AuditEntry
from app.cases import client, drafting, fields, kinds, moves, publishing, queries, review, service
from app.cases.drafting import CostsRisk, Line, Parties
from app.cases.labels import COSTS_RISKS, FILED_STAGES, KINDS
from app.cases.models import Case, CaseGrant, CaseReview
from app.cases.states import CaseState, Visibility
from app.core import ids
from app.core.errors import DomainError
from app.core.money import Money
from app.database import db as database
from app.lawyers.states import LawyerState
from app.mail.models import OutgoingLetter
from tests.cases import stages
from tests.cases.stages import PARTIES, STORY, day
from tests.people import dara, kian, leila, mina

S = CaseState


def pounds(amount):
    return Money(round(amount * 100), "GBP")


def lines(*amounts):
    return [Line(f"Line {n}", "", Money(minor, "GBP")) for n, minor in enumerate(amounts, 1)]


def done(case):
    return case.steps_done.split(",")


# ---------------------------------------------------------------- writing the page
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


# ---------------------------------------------------------------- sending in
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


# ---------------------------------------------------------------- review
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


# ---------------------------------------------------------------- going live
def test_a_public_page_goes_live_under_its_title_without_a_link(db, audited, told):
    case = stages.approved()
    assert publishing.publish(case) is None
    assert (case.state, case.slug) == (S.OPEN, "keep-thornley-library-open") and case.opened_at
    assert queries.links(case) == []
    assert audited(case)[-1] == "case.published" and told(case)[-1] == "cases.published"


def test_a_private_page_keeps_an_address_that_tells_nothing_and_gets_a_link(db, audited):
    case, token = stages.live_private()
    assert case.slug == case.public_id and "thornley" not in case.slug
    (link,) = queries.links(case)
    assert link.token_hash == ids.hash_token(token) and token not in repr(vars(link))
    assert audited(case)[-2:] == ["case.published", "case.link_made"]


def test_publishing_again_is_quiet_and_shows_no_link(db, audited):
    case, _token = stages.live_private()
    assert publishing.publish(case) is None
    assert len(queries.links(case)) == 1 and audited(case).count("case.published") == 1


def test_two_pages_of_one_title_have_two_addresses(db):
    assert [stages.live().slug for _ in range(3)] == [
        "keep-thornley-library-open",
        "keep-thornley-library-open-2",
        "keep-thornley-library-open-3",
    ]


@pytest.mark.parametrize(("title", "slug"), [("New", "new-2"), ("!!!", "case"), ("کتابخانهٔ شهر", "کتابخانه-شهر")])
def test_no_title_makes_an_address_that_leads_elsewhere(db, title, slug):
    assert stages.live(title=title).slug == slug


@pytest.mark.parametrize("state", [S.DRAFT, S.IN_REVIEW, S.CHANGES_REQUESTED, S.DECLINED, S.UNFUNDED])
def test_only_an_approved_page_goes_live(case, state):
    case.state = state
    with pytest.raises(moves.IllegalMove):
        publishing.publish(case)
    assert case.opened_at is None


def test_a_lawyer_who_lost_the_badge_does_not_publish(db):
    case = stages.approved()
    case.lawyer.state = LawyerState.SUSPENDED
    with pytest.raises(moves.NotVerified):
        publishing.publish(case)


def test_a_deadline_that_came_too_near_is_chosen_anew_when_publishing(db, clock):
    case = stages.approved()
    clock.move(25 * 86_400)
    with pytest.raises(drafting.BadDeadline):
        publishing.publish(case)
    with pytest.raises(drafting.BadDeadline):
        publishing.publish(case, day(3))
    publishing.publish(case, day(14))
    assert case.deadline_at == drafting.deadline_on(day(14), "Europe/London")


# ---------------------------------------------------------------- links
def test_every_further_link_is_another_and_none_is_stored(db, audited):
    case, first = stages.live_private()
    second = publishing.make_link(case, "For the choir")
    assert first != second and all(len(token) == 32 for token in (first, second))
    assert [link.label for link in queries.links(case)] == ["", "For the choir"]
    assert audited(case).count("case.link_made") == 2


def test_revoking_ends_one_link_and_no_other(db, audited):
    case, _token = stages.live_private()
    publishing.make_link(case)
    first, second = queries.links(case)
    publishing.revoke_link(case, first.id)
    publishing.revoke_link(case, first.id)
    db.session.refresh(first)
    assert first.revoked_at is not None and second.revoked_at is None
    assert audited(case).count("case.link_revoked") == 1


def test_a_lawyer_revokes_neither_anothers_link_nor_a_backers_right(db):
    case, _token = stages.live_private()
    other, _token = stages.live_private(title="Another")
    backers = CaseGrant(case_id=case.id, kind="pledge", label="pledge1")
    db.session.add(backers)
    db.session.flush()
    for grant in (backers, *queries.links(other)):
        publishing.revoke_link(case, grant.id)
        db.session.refresh(grant)
        assert grant.revoked_at is None


# ---------------------------------------------------------------- the verdict
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


# ---------------------------------------------------------------- at the same moment
def at_once(app, acts):
    """Run each of `acts` (session-bound functions of no argument) in a transaction of its own, eight at a time."""

    def run(act):
        with app.app_context():
            try:
                result = act()
                database.session.commit()
                return result
            except DomainError as error:
                database.session.rollback()
                return error

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(run, acts))


def found(public_id):
    return database.session.scalars(select(Case).where(Case.public_id == public_id)).one()


def person(email):
    return database.session.scalars(select(User).where(User.email == email)).one()


def count(app, model, *conditions):
    with app.app_context():
        return database.session.scalar(select(func.count()).select_from(model).where(*conditions))


def test_twenty_approvals_at_once_are_one(app, made):
    public_id = made(stages.in_review)
    answers = at_once(app, [lambda: stages.approve(found(public_id), person("mina@example.org"))] * 20)
    assert sorted(answers) == [False] * 19 + [True]
    assert count(app, CaseReview) == 1
    assert count(app, AuditEntry, AuditEntry.action == "case.approve") == 1
    assert count(app, OutgoingLetter, OutgoingLetter.name == "cases.approved") == 1


def test_of_opposite_decisions_at_once_one_holds_and_the_others_are_told(app, made):
    public_id = made(stages.in_review)

    def approve():
        return stages.approve(found(public_id), person("mina@example.org"))

    def decline():
        return review.decline(found(public_id), person("dara@example.org"), "No.")

    answers = at_once(app, [approve, decline] * 10)
    assert answers.count(True) == 1 and answers.count(False) == 9
    assert sum(isinstance(answer, moves.IllegalMove) for answer in answers) == 10
    assert count(app, CaseReview) == 1


def test_twenty_times_publish_at_once_shows_one_link(app, made):
    public_id = made(stages.approved, None, Visibility.PRIVATE)
    answers = at_once(app, [lambda: publishing.publish(found(public_id))] * 20)
    assert len([token for token in answers if token]) == 1 and answers.count(None) == 19
    assert count(app, CaseGrant) == 1
    assert count(app, OutgoingLetter, OutgoingLetter.name == "cases.published") == 1


def test_pages_of_one_title_that_go_live_at_once_have_addresses_of_their_own(app, made):
    ids_ = [made(stages.approved) for _ in range(8)]
    answers = at_once(app, [lambda public_id=public_id: publishing.publish(found(public_id)) for public_id in ids_])
    assert answers == [None] * 8
    with app.app_context():
        assert len(set(database.session.scalars(select(Case.slug)))) == 8


def test_twenty_times_sent_in_at_once_is_once(app, made):
    public_id = made(stages.draft)
    assert at_once(app, [lambda: review.submit(found(public_id))] * 20) == [None] * 20
    assert count(app, OutgoingLetter, OutgoingLetter.name == "cases.submitted") == 1


def test_a_link_revoked_twenty_times_at_once_is_revoked_once(app, made):
    public_id = made(stages.live_private)
    with app.app_context():
        grant_id = queries.links(found(public_id))[0].id
    at_once(app, [lambda: publishing.revoke_link(found(public_id), grant_id)] * 20)
    assert count(app, AuditEntry, AuditEntry.action == "case.link_revoked") == 1


def test_twenty_answers_of_a_client_at_once_count_as_one(app, made):
    public_id = made(stages.in_review)
    with app.app_context():
        token = client.token_of(stages.asked(found(public_id)))
        seen = fields.fingerprint(found(public_id))
        database.session.commit()
    yes, no = (lambda: client.agree(token, seen=seen)), (lambda: client.wish_changes(token, "Less."))
    answers = at_once(app, [yes, no] * 10)
    assert sorted(map(str, answers)) == ["False"] * 19 + ["True"]
    assert count(app, AuditEntry, AuditEntry.action.in_(("case.client_agreed", "case.client_wants_changes"))) == 2


def test_a_consent_that_is_taken_back_while_the_page_is_published_is_never_missing_to_a_live_page(app, made):
    public_id = made(stages.approved)
    at_once(app, [lambda: publishing.publish(found(public_id)), lambda: client.take_back(found(public_id))] * 8)
    with app.app_context():
        case = found(public_id)
        assert (case.state == S.OPEN) == client.standing(case).is_given
