"""Going live at a planned time."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.cases import client, publishing
from app.cases.client import NoConsent
from app.cases.drafting import BadDeadline
from app.cases.models import Case, CaseGrant
from app.cases.moves import IllegalMove
from app.cases.publishing import BadMoment
from app.cases.states import Visibility
from app.core import clock
from app.database import db as database
from app.jobs import worker
from app.mail.models import OutgoingLetter
from tests.cases import stages
from tests.people import browser_of, leila
from tests.support.forms import send

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def clock_moves(clock):
    """`clock_moves(time)` lets so much time go by."""
    return lambda by: clock.move(by.total_seconds())


def planned(ahead=HOUR, **words):
    case = stages.approved(**words)
    publishing.plan(case, clock.now() + ahead)
    return case


def letters():
    return {letter.name for letter in database.session.scalars(select(OutgoingLetter))}


def test_a_page_goes_live_at_its_time_and_not_a_second_before(db, clock_moves):
    case = planned()
    clock_moves(HOUR - SECOND)
    assert publishing.publish_due() == 0 and case.state == "approved"
    clock_moves(SECOND)
    assert publishing.publish_due() == 1
    assert (case.state, case.slug, case.publish_at) == ("open", "keep-thornley-library-open", None)
    assert "cases.published" in letters() and publishing.publish_due() == 0


def test_the_worker_publishes_it_within_a_second(app, clock_moves):
    with app.app_context():
        case_id = planned().id
        database.session.commit()
        clock_moves(HOUR)
        worker.beat(app)
        assert database.session.get_one(Case, case_id).state == "open"


def test_a_plan_can_be_changed_and_called_off(db, clock_moves):
    case = planned()
    publishing.plan(case, clock.now() + 2 * HOUR)
    clock_moves(HOUR)
    assert publishing.publish_due() == 0
    assert publishing.call_off(case) and not publishing.call_off(case)
    clock_moves(HOUR)
    assert publishing.publish_due() == 0 and case.state == "approved"


@pytest.mark.parametrize("ahead", [timedelta(0), -HOUR, publishing.LATEST + HOUR])
def test_only_the_near_future_can_be_planned(db, ahead):
    with pytest.raises(BadMoment):
        planned(ahead)


def test_the_deadline_must_fit_the_day_of_going_live(db):
    case = stages.approved(closes_in=30)
    with pytest.raises(BadDeadline):
        publishing.plan(case, clock.now() + timedelta(days=28))
    publishing.plan(case, clock.now() + timedelta(days=28), stages.day(40))
    assert case.deadline_at.date() == stages.day(40)


def test_only_what_is_approved_and_agreed_to_is_planned(db):
    with pytest.raises(IllegalMove):
        publishing.plan(stages.in_review(), clock.now() + HOUR)
    case = stages.approved()
    client.take_back(case)
    with pytest.raises(NoConsent):
        publishing.plan(case, clock.now() + HOUR)


def test_what_cannot_go_live_any_more_stays_and_the_lawyer_is_told(db, clock_moves):
    case = planned()
    client.take_back(case)
    clock_moves(HOUR)
    assert publishing.publish_due() == 0
    assert (case.state, case.publish_at) == ("approved", None) and "cases.not_published" in letters()


def test_a_client_who_wants_changes_ends_the_plan(db, clock_moves):
    case = planned()
    client.wish_changes(client.token_of(stages.asked(case)), "Leave my street out.")
    assert (case.state, case.publish_at) == ("changes_requested", None)
    clock_moves(HOUR)
    assert publishing.publish_due() == 0


def test_a_private_page_goes_live_without_a_link_that_nobody_has_seen(db, clock_moves):
    case = stages.approved(None, Visibility.PRIVATE)
    publishing.plan(case, clock.now() + HOUR)
    clock_moves(HOUR)
    assert publishing.publish_due() == 1
    assert case.slug == case.public_id and database.session.scalar(select(CaseGrant.id)) is None


def test_the_lawyer_plans_in_the_courts_time(app):
    with app.app_context():
        case = stages.approved()
        case.time_zone = "Europe/Berlin"
        public_id, day = case.public_id, stages.day(3, "Europe/Berlin")
        database.session.commit()
    browser, path = browser_of(app, leila), f"/dashboard/cases/{public_id}/plan"
    at = {"day": [str(day.day), str(day.month), str(day.year)], "at": "۰۹:۳۰"}
    assert send(browser, path, **at | {"at": "9.30 h"}).status_code == 400
    assert send(browser, path, **at).status_code == 303
    with app.app_context():
        moment = database.session.scalars(select(Case)).one().publish_at
        assert (moment.date(), moment.hour, moment.minute) == (day, 8, 30)
    assert "goes live by itself" in browser.get(f"/dashboard/cases/{public_id}").text
    assert browser.get(f"/cases/{public_id}").status_code == 404
    assert send(browser, path, off="1").status_code == 303
    with app.app_context():
        assert database.session.scalars(select(Case)).one().publish_at is None
