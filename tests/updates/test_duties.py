"""The duty clock: when the next update is due, who is late, and who was in time."""

from datetime import date, datetime, timedelta

import pytest

from app.cases import service as cases
from app.updates import duties, service
from app.updates.duties import Duty
from tests.cases import stages
from tests.updates import making

DAY = 86400


def test_the_first_update_is_due_sixty_days_after_the_target_was_met(case):
    case.legal_stage = "permission"
    assert duties.of(case, None) == Duty(stages.day(60), -60)


def test_the_clock_starts_anew_with_every_update(case, clock):
    clock.move(20 * DAY)
    posted = making.post(case, making.WORDS)
    duty = duties.of_many([case])[case.id]
    assert duty.due_on == stages.day(60) and duty.days_late == -60 and posted.due_on == stages.day(40)


@pytest.mark.parametrize(("stage", "days"), [("permission", 60), ("hearing", 67), ("judgment", 67), ("appeal", 60)])
def test_around_a_hearing_and_a_judgment_there_is_a_week_more(case, stage, days):
    case.legal_stage = stage
    assert duties.of(case, None).due_on == stages.day(days)


def test_an_update_that_reports_the_hearing_brings_that_week(case):
    making.post(case, service.Words("The hearing is over", "Now we wait.", "everyone", "hearing"))
    assert case.legal_stage == "hearing" and duties.of_many([case])[case.id].due_on == stages.day(67)


def test_only_a_funded_case_owes_updates(db):
    for case in (stages.live(), stages.in_review(title="Waiting")):
        assert duties.of(case, None) is None
    ended = making.concluded("lost").case
    assert duties.of(ended, None) is None and duties.of_many([ended]) == {}


def test_the_day_turns_in_the_zone_of_the_case(case, clock):
    case.time_zone = "Pacific/Auckland"
    case.funded_at = datetime.fromisoformat("2027-01-01T12:00:00+00:00")  # the second of January there
    clock.set(datetime.fromisoformat("2027-03-03T10:59:00+00:00"))
    assert duties.of(case, None) == Duty(date(2027, 3, 3), 0)
    clock.set(datetime.fromisoformat("2027-03-03T11:01:00+00:00"))
    assert duties.of(case, None).days_late == 1 and duties.of(case, None).is_late


def test_a_week_before_it_is_time_to_write(case, clock):
    case.legal_stage = "issued"
    clock.move(52 * DAY)
    assert not duties.of(case, None).is_soon
    clock.move(DAY)
    assert duties.of(case, None).is_soon and not duties.of(case, None).is_late


@pytest.mark.parametrize(
    ("late", "expected"), [(-8, None), (-7, -7), (-1, -7), (0, 0), (6, 0), (7, 7), (13, 7), (14, 14), (90, 14)]
)
def test_one_reminder_belongs_to_each_stretch_of_time(late, expected):
    assert duties.reminder(Duty(date(2027, 1, 1), late)) == expected


def test_nothing_has_changed_is_counted_from_the_last_update_back(case):
    assert duties.unchanged_running(case.id) == 0
    making.post(case)
    service.say_unchanged(case, after=1)
    assert duties.unchanged_running(case.id) == 1
    service.say_unchanged(case, after=2)
    assert duties.unchanged_running(case.id) == 2
    making.post(case)
    assert duties.unchanged_running(case.id) == 0


def test_punctuality_counts_what_was_due(case, clock):
    case.legal_stage = "issued"
    for days, _late in ((10, False), (60, False), (61, True)):
        clock.move(days * DAY)
        making.post(case)
    assert duties.punctuality(case.id) == (2, 3)


def test_what_was_posted_before_the_target_was_met_was_not_due(db):
    case = stages.live()
    making.post(case)
    assert duties.punctuality(case.id) == (0, 0)


def test_many_cases_are_asked_about_at_once(db):
    first, second = making.funded(title="One"), making.funded(title="Two")
    second.funded_at -= timedelta(days=90)
    cases.told_more(second, "issued")
    cases.told_more(first, "issued")
    assert {key: duty.days_late for key, duty in duties.of_many([first, second]).items()} == {
        first.id: -60,
        second.id: 30,
    }
