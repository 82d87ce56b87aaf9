"""What a backer can do with a pledge, and what a saved card does to it."""

import hashlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app.audit.models import AuditEntry
from app.cases.models import Case, CaseGrant
from app.core import clock as now
from app.core.money import Money
from app.database import db as database
from app.jobs import queue
from app.pledges import checkout, closing, collection, service
from app.pledges.models import Pledge
from app.pledges.states import Shown
from tests.pledges.money import (
    GOOD,
    OTHER,
    back,
    cards_left,
    case_of,
    finish,
    letters,
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

pytestmark = pytest.mark.usefixtures("promises")


def change_case(slug, **values):
    database.session.query(Case).filter_by(slug=slug).update(values)
    database.session.commit()


# ---------------------------------------------------------------- starting
def test_the_same_form_makes_one_pledge_and_the_last_words_count(inside, river):
    first = start(river, pounds(25), form_key="a" * 32)
    assert start(river, pounds(50), form_key="a" * 32, name="Omid R") == first
    assert (row(first).amount, row(first).name) == (pounds(50), "Omid R")


def test_a_form_that_has_made_a_pledge_changes_it_no_more(inside, river):
    pledge = back(river, pounds(25), form_key="a" * 32)
    assert start(river, pounds(50), form_key="a" * 32) == pledge
    assert (state_of(pledge), row(pledge).amount) == ("pledged", pounds(25))


def test_a_form_of_one_case_makes_no_pledge_to_another(inside, river, funded):
    start(river, pounds(25), form_key="a" * 32)
    with pytest.raises(service.CannotChange):
        start(funded, pounds(25), form_key="a" * 32)


@pytest.mark.parametrize(("pence", "error"), [(499, service.BelowMinimum), (500_001, service.AboveMaximum)])
def test_the_limits_are_exact(inside, river, pence, error):
    with pytest.raises(error):
        start(river, Money(pence, "GBP"))
    database.session.rollback()
    assert start(river, Money(pence + (1 if pence < 500 else -1), "GBP"))


@pytest.mark.parametrize(
    "values",
    [
        {"state": "closing"},
        {"state": "unfunded"},
        {"state": "funded", "raising_ended_at": now.now()},
        {"suspended_at": now.now()},
        {"deadline_at": now.now() - timedelta(seconds=1)},
    ],
)
def test_a_case_that_takes_no_pledges_gets_none(inside, river, values):
    change_case(river, **values)
    with pytest.raises(service.CaseNotOpen):
        start(river, pounds(25))


def test_the_words_agreed_to_are_kept_with_version_hash_and_moment(inside, river):
    kept = row(start(river, pounds(25), consent_text="Your card will be charged."))
    assert kept.consent_hash == hashlib.sha256(b"2026-11\nYour card will be charged.").hexdigest()
    assert kept.terms_version == "2026-11" and now.now() - kept.consented_at < timedelta(minutes=1)


def test_the_same_form_sent_by_many_at_once_makes_one_pledge(app, inside, river):
    barrier = threading.Barrier(8)

    def send(_n):
        with app.app_context():
            barrier.wait()
            return start(river, pounds(25), form_key="a" * 32)

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(send, range(8)))) == 1
    assert states() == ["started"]


def test_a_form_sent_again_while_its_card_is_saved_does_not_change_what_was_agreed(app, inside, river, monkeypatch):
    """The card is saved between our look at the pledge and our change of it."""
    pledge = start(river, pounds(25), form_key="a" * 32)
    url = checkout.open_page(pledge)
    stand_in.pay(url, GOOD)
    look, looked = service.locked, []

    def saved_meanwhile(pledge_id):
        if not looked:
            looked.append(pledge_id)
            database.session.rollback()
            in_another_thread(app, checkout.fold_page, session_of(url))
        return look(pledge_id)

    monkeypatch.setattr(service, "locked", saved_meanwhile)
    start(river, pounds(50), form_key="a" * 32)
    assert looked and (state_of(pledge), row(pledge).amount) == ("pledged", pounds(25))


def in_another_thread(app, work, *values):
    def inside_a_context():
        with app.app_context():
            return work(*values)

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(inside_a_context).result()


# ---------------------------------------------------------------- a saved card
def test_a_pledge_joins_once_however_often_its_page_is_read(inside, river):
    url = checkout.open_page(pledge := start(river, pounds(25)))
    stand_in.pay(url, GOOD)
    for _ in range(3):
        assert checkout.fold_page(session_of(url)) == pledge
    assert (state_of(pledge), letters(), pages(pledge)) == ("pledged", ["pledges.thanks"], ["complete"])


def test_saving_a_card_charges_nothing(inside, river, stripe):
    back(river, pounds(25))
    assert tries(stripe) == 0 and cards_left(stripe) == ["4242"]


def test_what_was_agreed_on_the_way_to_the_page_is_what_counts(inside, river):
    """The form was sent again, with another amount, while the first page was being completed."""
    pledge = start(river, pounds(25), form_key="a" * 32)
    url = checkout.open_page(pledge)
    start(river, pounds(50), form_key="a" * 32, consent_text="£50")
    finish(url)
    assert row(pledge).amount == pounds(25) and "£25.00 once" in row(pledge).consent_text


def test_a_card_for_a_case_that_closed_meanwhile_is_forgotten_and_told_once(inside, river, stripe):
    pledge = start(river, pounds(25))
    url = checkout.open_page(pledge)
    change_case(river, state="unfunded")
    for _ in range(2):
        finish_if_open(url)
    queue.drain()
    assert (state_of(pledge), letters(), cards_left(stripe)) == ("abandoned", ["pledges.too_late"], [])


def finish_if_open(url):
    try:
        finish(url)
    except AssertionError:
        checkout.fold_page(session_of(url))


def test_a_card_for_a_suspended_case_is_forgotten(inside, river, stripe):
    pledge = start(river, pounds(25))
    url = checkout.open_page(pledge)
    change_case(river, suspended_at=now.now())
    finish(url)
    queue.drain()
    assert state_of(pledge) == "abandoned" and cards_left(stripe) == []


def test_the_backer_of_a_private_case_may_go_on_seeing_it(inside, private):
    pledge = back(private, pounds(25))
    granted = database.session.query(CaseGrant).filter_by(kind="pledge").one()
    assert (granted.case_id, granted.label) == (of_case(private), row(pledge).public_id)


# ---------------------------------------------------------------- raising
def raised(pledge, amount, tip=None):
    """The address of the page on which the backer agrees to more."""
    return checkout.open_page(pledge, amount=amount, tip=tip)


def test_a_raise_counts_when_its_page_is_completed(inside, river, stripe):
    pledge = back(river, pounds(25))
    url = raised(pledge, pounds(40), Money(400, "GBP"))
    assert row(pledge).total == pounds(25)
    finish(url, OTHER)
    queue.drain()
    assert (row(pledge).total, cards_left(stripe)) == (Money(4400, "GBP"), ["4444"])
    assert "£44.00 once" in row(pledge).consent_text and letters()[-1] == "pledges.changed"


def test_a_raise_that_is_completed_once_the_target_is_met_is_charged_once_as_agreed(inside, river, stripe):
    pledge = back(river, pounds(25))
    url = raised(pledge, pounds(40))
    back(river, pounds(25))
    assert closing.check_target(of_case(river))
    database.session.commit()
    finish(url, OTHER)
    collection.charge_due()
    assert row(pledge).amount == pounds(40) and sorted(amounts(stripe)) == [2500, 4000]


def amounts(stripe):
    return [charge.amount for charge in stripe.client.v1.charges.list().data if charge.status == "succeeded"]


def test_a_raise_that_is_completed_after_the_charge_charges_nothing_more(inside, river, stripe):
    pledge = back(river, pounds(50))
    url = raised(pledge, pounds(60))
    assert closing.check_target(of_case(river))
    database.session.commit()
    collection.charge_due()
    finish(url, OTHER)
    queue.drain()
    assert (state_of(pledge), row(pledge).amount, amounts(stripe)) == ("collected", pounds(50), [5000])
    assert cards_left(stripe) == [] and row(pledge).card_last4 == "4242"


def test_a_raise_that_comes_too_late_leaves_the_pledge_and_its_card(inside, river, stripe):
    pledge = back(river, pounds(25))
    url = raised(pledge, pounds(40))
    change_case(river, suspended_at=now.now())
    finish(url, OTHER)
    queue.drain()
    assert (state_of(pledge), row(pledge).amount) == ("pledged", pounds(25))
    assert cards_left(stripe) == ["4242"] and "pledges.too_late" not in letters()


# ---------------------------------------------------------------- withdrawing
def withdraw(pledge):
    service.withdraw(pledge)
    database.session.commit()


def test_a_withdrawn_pledge_forgets_its_card_and_is_told_once(inside, river, stripe):
    pledge = back(river, pounds(25))
    withdraw(pledge)
    withdraw(pledge)
    queue.drain()
    assert (state_of(pledge), letters()) == ("withdrawn", ["pledges.thanks", "pledges.withdrawn"])
    assert cards_left(stripe) == []
    assert [entry.action for entry in database.session.query(AuditEntry)] == ["pledge.withdrawn"]


def test_a_pledge_can_be_withdrawn_until_24_hours_before_the_deadline(inside, river, clock):
    early, late = back(river, pounds(25)), back(river, pounds(10))
    last = case_of(river).deadline_at - timedelta(hours=24)
    clock.set(last - timedelta(seconds=1))
    withdraw(early)
    clock.set(last + timedelta(seconds=1))
    with pytest.raises(service.TooLateToWithdraw):
        withdraw(late)
    database.session.rollback()
    assert states() == ["withdrawn", "pledged"]


@pytest.mark.parametrize("state", ["started", "due", "charging", "retry", "action_required", "collected", "released"])
def test_only_a_pledge_that_stands_is_withdrawn(inside, river, state):
    pledge = start(river, pounds(25))
    database.session.get_one(Pledge, pledge).state = state
    with pytest.raises(service.TooLateToWithdraw):
        service.withdraw(pledge)
    database.session.rollback()


def test_a_page_completed_after_the_withdrawal_brings_nothing_back(inside, river, stripe):
    pledge = back(river, pounds(25))
    url = raised(pledge, pounds(40))
    withdraw(pledge)
    finish(url, OTHER)
    queue.drain()
    assert (state_of(pledge), row(pledge).amount, cards_left(stripe)) == ("withdrawn", pounds(25), [])


def test_a_withdrawal_and_the_verdict_at_the_same_moment_do_not_wait_for_each_other(app, inside, river):
    """Each takes the case and then the pledge. In two orders, one of them would be refused by PostgreSQL."""
    pledge = back(river, pounds(50))
    has_case, go_on = threading.Event(), threading.Event()

    def verdict():
        with app.app_context():
            closing.cases.locked(of_case(river))
            has_case.set()
            go_on.wait(10)
            met = closing.check_target(case_of(river).id)
            database.session.commit()
            return met

    def take_back():
        with app.app_context():
            has_case.wait(10)
            try:
                withdraw(pledge)
            except service.TooLateToWithdraw:
                database.session.rollback()

    with ThreadPoolExecutor(2) as threads:
        one, other = threads.submit(verdict), threads.submit(take_back)
        has_case.wait(10)
        time.sleep(0.3)  # the withdrawal comes to the lock and stops there
        go_on.set()
        assert one.result(20) and other.result(20) is None
    assert state_of(pledge) == "due"


# ---------------------------------------------------------------- lowering and appearance
def test_a_lower_amount_needs_no_page(inside, river):
    pledge = back(river, pounds(25), tip=Money(250, "GBP"))
    service.lower(pledge, pounds(10), Money(0, "GBP"))
    database.session.commit()
    assert row(pledge).total == pounds(10) and letters()[-1] == "pledges.changed"


@pytest.mark.parametrize(
    ("amount", "tip", "error"),
    [(2501, 0, service.CannotChange), (2500, 1, service.CannotChange), (499, 0, service.BelowMinimum)],
)
def test_lowering_never_raises_what_is_charged(inside, river, amount, tip, error):
    pledge = back(river, pounds(25))
    with pytest.raises(error):
        service.lower(pledge, Money(amount, "GBP"), Money(tip, "GBP"))
    database.session.rollback()
    assert row(pledge).total == pounds(25)


def test_a_pledge_that_is_due_is_lowered_no_more(inside, river):
    pledge = back(river, pounds(50))
    assert closing.check_target(of_case(river))
    database.session.commit()
    with pytest.raises(service.CannotChange):
        service.lower(pledge, pounds(10), Money(0, "GBP"))
    database.session.rollback()


def test_name_and_message_may_change_in_any_state(inside, river):
    pledge = back(river, pounds(25))
    service.change(pledge, name="O. R.", shown=Shown.ANONYMOUS, message="Good luck")
    database.session.commit()
    assert (row(pledge).name, row(pledge).shown, state_of(pledge)) == ("O. R.", "anonymous", "pledged")
