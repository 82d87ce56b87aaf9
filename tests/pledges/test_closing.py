"""The two verdicts on a case, to the penny and to the second."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.cases import drafting
from app.cases import service as cases
from app.cases.models import Case
from app.core import clock as now
from app.core.money import Money
from app.database import db as database
from app.i18n.format import moment_text
from app.jobs import queue
from app.payments.gateway import OutcomeUnknown
from app.payments.stripe_gateway import StripeGateway
from app.pledges import checkout, closing, collection, jobs, service
from app.pledges.models import Pledge
from tests.pledges.conftest import open_case
from tests.pledges.money import (
    DAY,
    GOOD,
    OTHER,
    back,
    cards_left,
    case_of,
    letters,
    move,
    move_to,
    of_case,
    pages,
    pounds,
    row,
    session_of,
    start,
    state_of,
    states,
    tries,
)
from tests.support import stand_in
from tests.support.portal import settings

pytestmark = pytest.mark.usefixtures("promises")


def check(slug):
    met = closing.check_target(of_case(slug))
    database.session.commit()
    return met


def close(slug):
    return closing.close(of_case(slug))


def pass_deadline(stripe, slug, seconds=1.0):
    """Let it be so many seconds after the deadline."""
    deadline = case_of(slug).deadline_at
    database.session.rollback()
    move_to(stripe, deadline + timedelta(seconds=seconds))


# ---------------------------------------------------------------- the target
def test_the_target_met_to_the_penny_makes_every_pledge_due(inside, river):
    back(river, Money(2501, "GBP"))
    back(river, Money(2499, "GBP"))
    assert check(river) and case_of(river).state == "funded"
    assert states() == ["due", "due"]


def test_a_penny_below_the_target_nothing_happens(inside, river):
    back(river, Money(2500, "GBP"))
    back(river, Money(2499, "GBP"))
    assert not check(river) and case_of(river).state == "open"
    assert states() == ["pledged", "pledged"]


def test_tips_do_not_count_towards_the_target(inside, river):
    back(river, Money(4999, "GBP"), tip=pounds(50))
    assert not check(river)


def test_only_pledges_that_stand_count(inside, river):
    gone = back(river, pounds(25))
    back(river, pounds(25))
    start(river, pounds(25))
    service.withdraw(gone)
    database.session.commit()
    assert not check(river)


def test_everyone_is_told_once_that_the_target_is_met(inside, river):
    back(river, pounds(50), email="a@example.org")
    assert check(river) and not check(river)
    assert letters("a@example.org") == ["pledges.thanks", "pledges.target_met"]
    assert letters("leila@example.org") == ["cases.target_met"]


def test_a_suspended_case_meets_no_target(inside, river):
    back(river, pounds(50))
    case_of(river).suspended_at = now.now()
    database.session.commit()
    assert not check(river)


def test_a_target_that_is_met_after_the_deadline_waits_for_the_count(inside, river, stripe):
    back(river, pounds(50))
    pass_deadline(stripe, river)
    assert not check(river) and case_of(river).state == "open"


def test_pledges_that_come_while_the_target_is_checked_are_all_charged(app, inside, river, stripe):
    """A card saved during the verdict waits for it, and then belongs to a funded case."""
    back(river, pounds(50))
    url = checkout.open_page(late := start(river, pounds(25)))
    stand_in.pay(url, GOOD)
    has_case, go_on = threading.Event(), threading.Event()

    def verdict():
        with app.app_context():
            closing.cases.locked(of_case(river))
            has_case.set()
            go_on.wait(10)
            met = closing.check_target(case_of(river).id)
            database.session.commit()
            return met

    def join():
        with app.app_context():
            has_case.wait(10)
            checkout.fold_page(session_of(url))

    with ThreadPoolExecutor(2) as threads:
        one, other = threads.submit(verdict), threads.submit(join)
        has_case.wait(10)
        threading.Event().wait(0.2)
        go_on.set()
        assert one.result(20) and other.result(20) is None
    collection.charge_due()
    assert states() == ["collected", "collected"] and state_of(late) == "collected"


# ---------------------------------------------------------------- the deadline missed
def test_a_missed_target_charges_nobody_and_forgets_every_card(inside, river, stripe):
    back(river, pounds(25), email="a@example.org")
    back(river, pounds(10), OTHER, email="b@example.org")
    pass_deadline(stripe, river)
    assert close(river) == "unfunded" and close(river) == "unfunded"
    queue.drain()
    assert (states(), cards_left(stripe), tries(stripe)) == (["released", "released"], [], 0)
    assert stripe.client.v1.payment_intents.list().data == []
    for backer in ("a@example.org", "b@example.org"):
        assert letters(backer) == ["pledges.thanks", "pledges.target_missed"]
    assert letters("leila@example.org") == ["cases.target_missed"]


def test_a_card_is_forgotten_however_long_the_provider_is_away(inside, river, stripe):
    back(river, pounds(25))
    pass_deadline(stripe, river)
    close(river)
    for _ in range(30):
        stripe.control("faults", faults=[{"match": "detach", "kind": "500", "times": 3}])
        queue.drain()
        move(stripe, 3600)
    stripe.control("faults", faults=[])
    queue.drain()
    assert cards_left(stripe) == []


def test_a_suspended_case_is_unfunded_at_its_deadline_whatever_was_pledged(inside, river, stripe):
    back(river, pounds(50))
    case_of(river).suspended_at = now.now()
    database.session.commit()
    pass_deadline(stripe, river)
    assert close(river) == "unfunded" and states() == ["released"]


def test_before_its_deadline_a_case_is_not_closed(inside, river, stripe):
    back(river, pounds(25))
    pass_deadline(stripe, river, -2)
    assert closing.due_for_closing() == [] and close(river) == "open"
    assert states() == ["pledged"]


def test_a_target_met_in_the_last_second_is_met(inside, river, stripe):
    back(river, pounds(50))
    pass_deadline(stripe, river)
    assert close(river) == "funded" and states() == ["due"]
    assert case_of(river).raising_ended_at is not None
    collection.charge_due()
    assert states() == ["collected"]


def test_a_funded_case_ends_its_raising_at_the_deadline(inside, funded, stripe):
    pass_deadline(stripe, funded)
    assert closing.due_for_closing() == [of_case(funded)]
    assert close(funded) == "funded" and closing.due_for_closing() == []
    with pytest.raises(service.CaseNotOpen):
        start(funded, pounds(25))


def test_two_that_close_at_once_close_once(app, inside, river, stripe):
    back(river, pounds(25), email="a@example.org")
    checkout.open_page(start(river, pounds(10)))
    pass_deadline(stripe, river)
    barrier = threading.Barrier(2)

    def one_of_two(_n):
        with app.app_context():
            barrier.wait()
            return close(river)

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(one_of_two, range(2))) == ["unfunded", "unfunded"]
    assert letters("a@example.org") == ["pledges.thanks", "pledges.target_missed"]


# ---------------------------------------------------------------- pages at the deadline
@pytest.fixture
def completed(inside, river, stripe):
    """`completed(seconds)`: a page that is completed so many seconds before (or after) the deadline; its pledge.

    Neither the browser nor a webhook brings word of it.
    """

    def complete(seconds):
        pass_deadline(stripe, river, -600)
        pledge = start(river, pounds(50))
        url = checkout.open_page(pledge)
        pass_deadline(stripe, river, seconds)
        stand_in.pay(url, GOOD)
        return pledge

    return complete


def test_a_page_completed_a_second_before_the_deadline_counts(completed, river, stripe):
    pledge = completed(-1)
    pass_deadline(stripe, river, 5)
    assert close(river) == "funded" and state_of(pledge) == "due"
    assert letters(row(pledge).email) == ["pledges.thanks", "pledges.target_met"]


def test_a_page_completed_a_second_after_the_deadline_does_not(completed, river, stripe):
    pledge = completed(1.5)
    assert close(river) == "unfunded"
    queue.drain()
    assert (state_of(pledge), cards_left(stripe)) == ("abandoned", [])
    assert letters(row(pledge).email) == ["pledges.too_late"]


def test_the_browser_cannot_decide_what_only_the_count_can(completed, river, stripe):
    """Word of the page comes after the deadline; when it was completed, only the provider can tell."""
    pledge = completed(-1)
    pass_deadline(stripe, river, 5)
    checkout.fold_page(row(pledge).pages[0].session_id)
    assert (state_of(pledge), pages(pledge)) == ("started", ["open"])
    close(river)
    assert state_of(pledge) == "due"


def test_a_raise_completed_in_time_counts_at_the_deadline(inside, river, stripe):
    pledge = back(river, pounds(25))
    pass_deadline(stripe, river, -600)
    url = checkout.open_page(pledge, amount=pounds(50))
    stand_in.pay(url, OTHER)
    pass_deadline(stripe, river)
    assert close(river) == "funded" and (state_of(pledge), row(pledge).amount) == ("due", pounds(50))


def test_a_page_nobody_completed_is_closed_with_the_case(inside, river, stripe):
    pass_deadline(stripe, river, -600)
    pledge = start(river, pounds(50))
    url = checkout.open_page(pledge)
    pass_deadline(stripe, river)
    assert close(river) == "unfunded" and pages(pledge) == ["expired"]
    with pytest.raises(AssertionError):
        stand_in.pay(url, GOOD)


def test_a_page_whose_opening_was_never_answered_holds_up_no_case(inside, river, stripe):
    pass_deadline(stripe, river, -600)
    pledge = start(river, pounds(50))
    stripe.control("faults", faults=[{"match": "POST /v1/checkout/sessions$", "kind": "drop_after", "times": 3}])
    with pytest.raises(OutcomeUnknown):
        checkout.open_page(pledge)
    pass_deadline(stripe, river)
    assert close(river) == "unfunded" and pages(pledge) == ["expired"]


def test_without_the_provider_the_verdict_waits(completed, river, stripe):
    pledge = completed(-1)
    pass_deadline(stripe, river, 5)
    stripe.control("faults", faults=[{"match": "checkout/sessions", "kind": "500", "times": 50}])
    jobs.close_case(of_case(river))
    assert (case_of(river).state, state_of(pledge)) == ("closing", "started")
    stripe.control("faults", faults=[])
    jobs.close_case(of_case(river))
    assert (case_of(river).state, state_of(pledge)) == ("funded", "due")


def test_while_it_is_counted_no_pledge_arrives_or_leaves(inside, river, stripe):
    pledge = back(river, pounds(25))
    pass_deadline(stripe, river)
    cases.start_closing(closing.cases.locked(of_case(river)))
    database.session.commit()
    with pytest.raises(service.TooLateToWithdraw):
        service.withdraw(pledge)
    database.session.rollback()
    with pytest.raises(service.CaseNotOpen):
        start(river, pounds(25))
    database.session.rollback()
    close(river)
    assert state_of(pledge) == "released"


class Silent(StripeGateway):
    """Its log of events does not have the page yet."""

    def completed_at(self, session_id, since):
        return None


def test_a_page_of_which_the_event_log_knows_nothing_yet_is_waited_for(completed, app, river, stripe, monkeypatch):
    pledge = completed(-1)
    pass_deadline(stripe, river, 5)
    known = settings(app.config["AMICUS"].data_dir, stripe_api_base=stripe.url, stripe_secret_key=stripe.key)
    with monkeypatch.context() as patch:
        patch.setitem(app.extensions, "amicus_gateway", Silent(known))
        with pytest.raises(OutcomeUnknown):
            close(river)
        assert case_of(river).state == "closing"
    assert close(river) == "funded" and state_of(pledge) == "due"


def test_a_case_does_not_wait_for_ever_for_the_event_log(completed, app, river, stripe, monkeypatch):
    pledge = completed(-1)
    pass_deadline(stripe, river, 3700)
    known = settings(app.config["AMICUS"].data_dir, stripe_api_base=stripe.url, stripe_secret_key=stripe.key)
    monkeypatch.setitem(app.extensions, "amicus_gateway", Silent(known))
    assert close(river) == "unfunded" and state_of(pledge) == "abandoned"


def test_a_page_of_another_account_holds_up_its_own_case_and_no_other(inside, river, stripe):
    open_case(inside, "other")
    pass_deadline(stripe, river, -600)
    lost, good = start(river, pounds(10)), start(river, pounds(50))
    stand_in.pay(checkout.open_page(good), GOOD)
    checkout.open_page(lost)
    session = row(lost).pages[0].session_id
    database.session.query(checkout.CheckoutSession).filter_by(session_id=session).update({"session_id": "cs_x"})
    database.session.commit()
    pass_deadline(stripe, "other")
    jobs.close_cases()
    queue.drain()
    assert (case_of(river).state, case_of("other").state, state_of(good)) == ("closing", "unfunded", "pledged")


# ---------------------------------------------------------------- the clock changes
@pytest.mark.parametrize(
    ("day", "told", "utc"),
    [
        (date(2027, 3, 28), "BST", datetime(2027, 3, 28, 12, tzinfo=ZoneInfo("UTC"))),  # an hour was lost that night
        (date(2027, 10, 31), "GMT", datetime(2027, 10, 31, 13, tzinfo=ZoneInfo("UTC"))),  # an hour came twice
    ],
)
def test_across_the_clock_change_the_deadline_is_the_one_that_was_told(inside, stripe, day, told, utc):
    deadline = drafting.deadline_on(day, "Europe/London")
    assert deadline == utc and "13:00" in moment_text(deadline, "Europe/London")
    move_to(stripe, utc - timedelta(days=3))
    slug = open_case(inside, "change", deadline_at=deadline)
    early, late = start(slug, pounds(50)), start(slug, pounds(10))
    pass_deadline(stripe, slug, -60)
    first, second = checkout.open_page(early), checkout.open_page(late)
    pass_deadline(stripe, slug, -1)
    stand_in.pay(first, GOOD)
    pass_deadline(stripe, slug, 1.5)
    stand_in.pay(second, OTHER)
    assert close(slug) == "funded" and [state_of(early), state_of(late)] == ["due", "abandoned"]


# ---------------------------------------------------------------- awake
def test_closing_is_woken_until_it_is_done(inside, river, stripe):
    back(river, pounds(25))
    jobs.close_cases()
    assert queue.drain() == 0
    pass_deadline(stripe, river)
    jobs.close_cases()
    jobs.close_cases()
    assert queue.drain() >= 1 and case_of(river).state == "unfunded"
    move(stripe, DAY)
    jobs.close_cases()
    assert database.session.query(Case).filter_by(state="unfunded").count() == 1
    assert [job.name for job in open_jobs()] == []


def open_jobs():
    return database.session.query(queue.Job).filter_by(done_at=None, name="pledges.close_case").all()


def test_many_cards_are_forgotten_in_one_go(inside, river, stripe):
    """One of them is on its way out already; that must not undo the verdict."""
    pledges = [back(river, pounds(5)) for _ in range(3)]
    service.forget_card(database.session.get_one(Pledge, pledges[0]).payment_method)
    database.session.commit()
    pass_deadline(stripe, river)
    close(river)
    queue.drain()
    assert states() == ["released"] * 3 and cards_left(stripe) == []
