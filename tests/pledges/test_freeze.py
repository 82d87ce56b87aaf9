"""What the standing of a lawyer does to the money of their cases: it waits, and goes on as if no time had passed."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from app.cases import queries as cases
from app.cases import service as case_service
from app.core.clock import now
from app.database import db as database
from app.jobs import queue
from app.lawyers import service as lawyers
from app.lawyers import suspension
from app.lawyers.models import Lawyer
from app.lawyers.states import LawyerState
from app.pledges import closing, collection, freeze, service
from tests.people import dara, mina
from tests.pledges.money import (
    ASKS_EACH_TIME,
    DAY,
    NO_FUNDS,
    back,
    case_of,
    charged,
    details,
    letters,
    move,
    move_to,
    of_case,
    pounds,
    row,
    state_of,
)

pytestmark = pytest.mark.usefixtures("promises")


def suspend(slug):
    lawyer = case_of(slug).lawyer
    suspension.suspend(lawyer, "Looked into.", mina())
    freeze.follow(lawyer)
    database.session.commit()


def lift(slug):
    lawyer = case_of(slug).lawyer
    for member in (mina(), dara()):
        suspension.lift(lawyer, member, "Settled.")
    freeze.follow(lawyer)
    database.session.commit()


def come_down(slug):
    lawyers.come_down(case_of(slug).lawyer, "changed")
    database.session.commit()


def verify_again(slug):
    lawyer = case_of(slug).lawyer
    lawyer.state, lawyer.pending_since, lawyer.verified_at = LawyerState.VERIFIED, None, now()
    freeze.follow(lawyer)
    database.session.commit()


def starts(slug):
    try:
        service.start(case_of(slug), details(pounds(25)))
        return True
    except service.CaseNotOpen:
        return False
    finally:
        database.session.rollback()


def met(slug):
    done = closing.check_target(of_case(slug))
    database.session.commit()
    return done


# ---------------------------------------------------------------- new pledges
def test_no_case_of_a_suspended_lawyer_takes_pledges_until_it_is_lifted(inside, river, funded):
    assert starts(river) and starts(funded), "the control"
    suspend(river)
    assert not starts(river) and not starts(funded) and case_of(river).is_frozen
    lift(river)
    assert starts(river) and starts(funded) and not case_of(river).is_frozen


def test_a_case_stays_open_while_its_lawyer_is_checked_again(inside, river):
    come_down(river)
    assert starts(river) and case_of(river).is_frozen and not case_of(river).suspended_at


def test_a_case_that_staff_hold_too_stays_held(inside, river):
    case_service.suspend(case_of(river), "staff", "other", actor_id=None)
    suspend(river)
    lift(river)
    assert case_of(river).suspended_at and not starts(river)
    case_service.lift(case_of(river), "staff", actor_id=None)
    assert starts(river)


def test_the_worker_lets_cases_follow_where_no_door_did(inside, river):
    lawyer = case_of(river).lawyer
    suspension.suspend(lawyer, "Looked into.", mina())
    database.session.commit()
    assert starts(river)
    queue.drain()
    assert not starts(river)


# ---------------------------------------------------------------- what is due
@pytest.mark.parametrize(("stop", "go"), [(suspend, lift), (come_down, verify_again)])
def test_what_is_due_waits_and_is_collected_once_afterwards(inside, river, stripe, stop, go):
    pledge = back(river, pounds(50))
    assert met(river)
    stop(river)
    collection.charge_due()
    assert state_of(pledge) == "due" and not charged(stripe)
    go(river)
    collection.charge_due()
    assert state_of(pledge) == "collected"


@pytest.mark.parametrize(("stop", "go"), [(suspend, lift), (come_down, verify_again)])
def test_a_failing_pledge_gets_back_the_days_that_went_by(inside, river, stripe, stop, go):
    pledge = back(river, pounds(50), NO_FUNDS)
    assert met(river)
    collection.charge_due()
    assert state_of(pledge) == "retry"
    stop(river)
    move(stripe, 30 * DAY)
    collection.charge_due()
    collection.lapse_due()
    assert state_of(pledge) == "retry"
    go(river)
    collection.charge_due()
    assert state_of(pledge) == "retry" and row(pledge).next_at > now(), "the second of four days, not the end"


def test_a_backer_who_must_act_is_not_given_up_on_meanwhile(inside, river, stripe):
    pledge = back(river, pounds(50), ASKS_EACH_TIME)
    assert met(river)
    collection.charge_due()
    assert state_of(pledge) == "action_required"
    suspend(river)
    with pytest.raises(collection.ChargingStopped):
        collection.authenticate(pledge)
    move(stripe, 30 * DAY)
    collection.lapse_due()
    assert state_of(pledge) == "action_required"
    lift(river)
    collection.lapse_due()
    assert state_of(pledge) == "action_required" and "pledges.lapsed" not in letters()
    move(stripe, 8 * DAY)
    collection.lapse_due()
    assert state_of(pledge) == "lapsed", "the control: its time does end"


# ---------------------------------------------------------------- the deadline and the target
@pytest.mark.parametrize("is_suspended", [True, False])
def test_a_case_that_is_suspended_at_its_deadline_is_unfunded(inside, river, stripe, is_suspended):
    pledge = back(river, pounds(50))
    if is_suspended:
        suspend(river)
    deadline = case_of(river).deadline_at
    database.session.rollback()
    move_to(stripe, deadline + timedelta(seconds=1))
    closing.close(of_case(river))
    assert (case_of(river).state, state_of(pledge)) == (("unfunded", "released") if is_suspended else ("funded", "due"))
    if is_suspended:
        lift(river)
        assert case_of(river).state == "unfunded" and not starts(river)


def test_a_target_reached_just_before_the_suspension_counts_when_it_is_lifted(inside, river):
    back(river, pounds(50))
    suspend(river)
    assert not met(river)
    lift(river)
    queue.drain()
    assert case_of(river).state == "funded"


def test_following_twice_changes_nothing_more(inside, river):
    suspend(river)
    since = case_of(river).suspended_at
    freeze.follow(case_of(river).lawyer)
    assert case_of(river).suspended_at == since
    database.session.commit()


def test_the_database_and_the_row_agree_on_what_is_frozen(inside, river):
    for at in (None, now()):
        database.session.execute(update(Lawyer).values(frozen_since=at))
        database.session.commit()
        joined = database.session.query(type(case_of(river))).join(Lawyer).filter(cases.frozen()).count()
        assert bool(joined) is case_of(river).is_frozen is (at is not None)
    database.session.execute(update(Lawyer).values(frozen_since=None))
    database.session.commit()
