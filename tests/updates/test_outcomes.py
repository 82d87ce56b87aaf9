"""How a case ends."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from app.cases.models import Case
from app.jobs.models import Job
from app.storage import files
from app.updates import outcomes, queries, service
from app.updates.states import SUCCESSES, Code
from tests.cases import stages
from tests.updates import making


def record(case, finding=None, **values):
    return outcomes.record_outcome(case, finding or making.finding(), **values)


def story_jobs(db):
    return list(db.session.scalars(select(Job).where(Job.name == "stories.draft")))


def test_an_outcome_concludes_the_case_and_is_its_last_update(case, audited):
    making.post(case)
    outcome, is_first = record(case)
    assert is_first and case.state == "concluded" and case.raising_ended_at and not case.takes_pledges(case.opened_at)
    assert outcome.update.n == 2 and outcome.update.kind == "outcome" and audited(outcome) == ["outcome.recorded"]
    assert "case.concluded" in audited(case)


def test_its_title_on_the_timeline_is_built_from_the_code(case):
    record(case, making.finding("lost", court="The High Court, which we won over"))
    (line,) = queries.timeline(case, as_backer=False, limit=1)
    assert line.title.startswith("Lost. ") and line.is_ours and "<strong>nobody had been asked</strong>" in line.html


@pytest.mark.parametrize("code", Code)
def test_every_code_can_be_recorded(case, code):
    document = making.order() if code == "won" else None
    outcome, _is_first = record(case, making.finding(code), document=document)
    assert outcome.code == code and case.state == "concluded"


def test_won_without_a_document_is_refused(case):
    with pytest.raises(outcomes.NoDocument):
        record(case, making.finding("won"))
    assert case.state == "funded" and queries.outcome_of(case) is None


def test_a_picture_is_no_order(case):
    picture = files.keep(BytesIO(b"\x89PNG\r\n\x1a\n" + b"0" * 50), "order.png", by_id=None)
    with pytest.raises(outcomes.NotPdf):
        record(case, making.finding("won"), document=picture)


def test_the_second_time_is_quiet_and_changes_nothing(case):
    first, _ = record(case)
    again, is_first = record(case, making.finding("won"), document=making.order())
    assert again is first and not is_first and first.code == "lost" and queries.count(case) == 1


@pytest.mark.parametrize("make", [stages.live, stages.draft, stages.approved])
def test_only_a_case_that_met_its_target_has_an_outcome(db, make):
    with pytest.raises(outcomes.NotFunded):
        record(make())


def test_a_day_that_has_not_come_is_refused(case):
    with pytest.raises(outcomes.InTheFuture):
        record(case, making.finding(decided_on=stages.day(1)))


def test_a_day_before_the_page_went_live_is_refused_with_that_day(case):
    with pytest.raises(outcomes.BeforeTheCase) as refused:
        record(case, making.finding(decided_on=stages.day(-1)))
    assert refused.value.values == {"opened": stages.day(0)} and record(case)[1]


@pytest.mark.parametrize("field", ["court", "effect", "account"])
def test_what_every_outcome_tells_must_be_there(case, field):
    with pytest.raises(outcomes.Incomplete) as refused:
        record(case, making.finding(**{field: "  "}))
    assert refused.value.field == field


def test_an_unknown_code_is_refused(case):
    with pytest.raises(outcomes.BadCode):
        record(case, making.finding("triumph"))


def test_a_case_that_still_raises_ends_that_too(case):
    assert case.raising_ended_at is None
    record(case)
    assert case.raising_ended_at is not None


def test_the_account_can_be_corrected_and_the_headline_stays(case):
    outcome, _ = record(case)
    assert service.correct(outcome.update, "We won", "In truth.", seen=1)
    line = queries.line_of(outcome.update, as_backer=False)
    assert line.title.startswith("Lost. ") and "In truth" in line.html


# ---------------------------------------------------------------- stories
@pytest.mark.parametrize("code", Code)
def test_a_story_is_drafted_only_of_a_success_to_which_the_lawyer_agreed(case, db, code):
    document = making.order() if code == "won" else None
    outcome, _ = record(case, making.finding(code), document=document, tells_story=True)
    assert outcome.tells_story == bool(story_jobs(db)) == (code in SUCCESSES)


def test_without_the_lawyers_word_there_is_no_story_until_it_is_given(case, db):
    outcome, _ = record(case, making.finding("settled"))
    assert story_jobs(db) == []
    outcomes.consent_to_story(outcome, True)
    outcomes.consent_to_story(outcome, True)
    assert outcome.tells_story and len(story_jobs(db)) == 1
    outcomes.consent_to_story(outcome, False)
    assert not outcome.tells_story


def test_a_loss_cannot_be_agreed_into_a_success(case):
    outcome, _ = record(case)
    with pytest.raises(outcomes.NoSuccess):
        outcomes.consent_to_story(outcome, True)


def test_a_private_case_is_never_told(db):
    outcome, _ = record(making.funded_private(), making.finding("settled"), tells_story=True)
    assert story_jobs(db) == [] and db.session.get_one(Case, outcome.case_id).state == "concluded"


def test_a_decision_of_yesterday_counts_if_the_page_was_there(case):
    case.opened_at -= timedelta(days=3)
    assert record(case, making.finding(decided_on=stages.day(-1)))[1]
