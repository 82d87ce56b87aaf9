"""The way to the hosted page and back: one open page, whatever the provider answers."""

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from app.core import clock as now
from app.database import db as database
from app.payments.gateway import KeyRefused, OutcomeUnknown, Refused
from app.payments.provider import gateway
from app.payments.stripe_gateway import StripeGateway
from app.pledges import checkout, service
from app.pledges.models import CheckoutSession, Pledge
from tests.pledges.money import (
    DAY,
    GOOD,
    back,
    case_of,
    finish,
    letters,
    move,
    pages,
    pounds,
    row,
    session_of,
    start,
    state_of,
)
from tests.support import stand_in
from tests.support.portal import settings

pytestmark = pytest.mark.usefixtures("promises")
OPENING = "POST /v1/checkout/sessions$"
READING = r"GET /v1/checkout/sessions/\w+"


def fault(stripe, match, kind, times=3):
    stripe.control("faults", faults=[{"match": match, "kind": kind, "times": times}])


def opened(stripe, pledge):
    """The states at Stripe of every page that was opened for the pledge, oldest first."""
    found = stripe.client.v1.checkout.sessions.list({"customer": row(pledge).customer_id, "limit": 100})
    return [session.status for session in found.data][::-1]


# ---------------------------------------------------------------- one open page
def test_the_page_promises_what_was_agreed_and_carries_ids_only(inside, river, stripe):
    pledge = start(river, pounds(25))
    session = stripe.client.v1.checkout.sessions.retrieve(session_of(checkout.open_page(pledge)))
    assert "£25.00 once, and only if pledges reach £50" in session.custom_text.submit.message
    assert session.mode == "setup" and session.client_reference_id == f"pledge_{pledge}"
    assert set(session.metadata.to_dict()) == {"pledge", "case"} and session.customer_email is None


def test_a_new_page_closes_the_one_before(inside, river, stripe):
    pledge = start(river, pounds(25))
    first, second = checkout.open_page(pledge), checkout.open_page(pledge)
    assert first != second and pages(pledge) == ["expired", "open"] == opened(stripe, pledge)
    finish(second)
    assert state_of(pledge) == "pledged"


def test_a_page_that_was_completed_is_the_answer_to_the_next_click(inside, river):
    pledge = start(river, pounds(25))
    stand_in.pay(checkout.open_page(pledge), GOOD)
    assert "/pledges/" in checkout.open_page(pledge)
    assert (state_of(pledge), pages(pledge)) == ("pledged", ["complete"])


@pytest.mark.parametrize("state", ["abandoned", "withdrawn", "released", "due", "charging", "collected", "lapsed"])
def test_a_pledge_that_needs_no_card_gets_no_page(inside, river, state):
    pledge = start(river, pounds(25))
    database.session.get_one(Pledge, pledge).state = state
    database.session.commit()
    assert "/pledges/" in checkout.open_page(pledge) and pages(pledge) == []
    database.session.get_one(Pledge, pledge).state = "started"
    database.session.commit()


def test_a_case_that_closed_opens_no_page(inside, river, stripe):
    pledge = start(river, pounds(25))
    move(stripe, 11 * DAY)
    with pytest.raises(service.CaseNotOpen):
        checkout.open_page(pledge)
    database.session.rollback()


def test_many_clicks_at_once_leave_one_open_page(app, inside, river, stripe):
    pledge, barrier = start(river, pounds(25)), threading.Barrier(6)

    def click(_n):
        with app.app_context():
            barrier.wait()
            try:
                return checkout.open_page(pledge)
            except OutcomeUnknown:  # Stripe was busy with the other click's request
                return None

    with ThreadPoolExecutor(6) as threads:
        urls = [url for url in threads.map(click, range(6)) if url]
    last = checkout.open_page(pledge)
    assert urls and pages(pledge)[-1] == "open" and opened(stripe, pledge).count("open") == 1
    finish(last)
    assert state_of(pledge) == "pledged"


# ---------------------------------------------------------------- no answer
@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "500", "429"])
def test_a_page_whose_opening_got_no_answer_is_replaced(inside, river, stripe, kind):
    pledge = start(river, pounds(25))
    fault(stripe, OPENING, kind)
    with pytest.raises(OutcomeUnknown):
        checkout.open_page(pledge)
    assert pages(pledge) == ["opening"]
    finish(checkout.open_page(pledge))
    assert (state_of(pledge), pages(pledge)) == ("pledged", ["expired", "complete"])
    assert opened(stripe, pledge) == ["expired", "complete"]


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "500"])
def test_a_customer_whose_making_got_no_answer_is_made_once(inside, river, stripe, kind):
    pledge = start(river, pounds(25))
    fault(stripe, "POST /v1/customers$", kind)
    with pytest.raises(OutcomeUnknown):
        checkout.open_page(pledge)
    finish(checkout.open_page(pledge))
    customers = stripe.client.v1.customers.list().data
    assert [customer.id for customer in customers] == [row(pledge).customer_id]


def test_the_reader_closes_a_page_that_nobody_can_have_seen(inside, river, stripe):
    pledge = start(river, pounds(25))
    fault(stripe, OPENING, "drop_after")
    with pytest.raises(OutcomeUnknown):
        checkout.open_page(pledge)
    assert checkout.read_due() == 1 and pages(pledge) == ["opening"]  # the click may still be at it
    move(stripe, 120)
    checkout.read_due()
    assert pages(pledge) == ["expired"] == opened(stripe, pledge)


def test_a_page_that_stripe_refuses_to_open_is_over(inside, river, stripe):
    pledge = back(river, pounds(25))
    stripe.client.v1.customers.delete(row(pledge).customer_id)
    with pytest.raises(Refused):
        checkout.open_page(pledge, amount=pounds(50))
    assert pages(pledge) == ["complete", "expired"] and row(pledge).amount == pounds(25)


def test_a_site_that_moved_while_a_page_was_being_opened_opens_a_new_one(inside, river, stripe):
    """The addresses of the way back are part of the request, so its key is good no more."""
    pledge = start(river, pounds(25))
    fault(stripe, OPENING, "drop_after")
    with pytest.raises(OutcomeUnknown):
        checkout.open_page(pledge)
    database.session.get_one(Pledge, pledge).link_version = 2
    database.session.commit()
    finish(checkout.open_page(pledge))
    assert (state_of(pledge), pages(pledge)) == ("pledged", ["expired", "complete"])


# ---------------------------------------------------------------- no word from browser or webhook
def test_the_reader_brings_the_end_that_nobody_reported(inside, river, stripe):
    pledge = start(river, pounds(25))
    stand_in.pay(checkout.open_page(pledge), GOOD)
    assert checkout.read_due() == 0
    move(stripe, 100)
    assert checkout.read_due() == 1
    assert (state_of(pledge), letters()) == ("pledged", ["pledges.thanks"])


def test_the_pauses_between_two_looks_grow(inside, river, stripe):
    checkout.open_page(start(river, pounds(25)))
    looks = []
    for minute in range(6 * 60):
        if checkout.read_due():
            looks.append(minute)
        move(stripe, 60)
    # Each round of the test takes a second or two of its own, which brings a look forward: in an hour by some minutes.
    pauses = [later - earlier for earlier, later in pairwise([0, *looks])]
    wanted = [2, 3, 6, 12, 24, 48, 60, 60]
    assert all(most * 0.9 - 1 <= pause <= most for pause, most in zip(pauses, wanted, strict=False)), pauses
    assert len(pauses) >= 7


def test_a_page_that_ran_out_ends_and_its_pledge_is_let_go_after_two_days(inside, river, stripe):
    pledge = start(river, pounds(25))
    checkout.open_page(pledge)
    move(stripe, DAY + 60)
    checkout.read_due()
    assert pages(pledge) == ["expired"] and checkout.abandon_stale() == 0
    move(stripe, DAY)
    assert checkout.abandon_stale() == 1
    assert (state_of(pledge), letters()) == ("abandoned", [])


def test_a_pledge_with_an_open_page_is_not_let_go(inside, river, stripe):
    pledge = start(river, pounds(25))
    move(stripe, 3 * DAY)
    url = checkout.open_page(pledge)
    assert checkout.abandon_stale() == 0
    finish(url)
    assert state_of(pledge) == "pledged"


def test_one_page_that_cannot_be_read_holds_up_no_other(inside, river, stripe):
    lost, found = start(river, pounds(25)), start(river, pounds(10))
    checkout.open_page(lost)
    database.session.query(CheckoutSession).update({"session_id": "cs_test_of_another_account"})
    database.session.commit()
    stand_in.pay(checkout.open_page(found), GOOD)
    move(stripe, 100)
    checkout.read_due()
    assert [state_of(lost), state_of(found)] == ["started", "pledged"]
    before = row(lost).pages[0].read_next_at
    assert row(lost).pages[0].state == "open" and before > now.now()


def test_without_the_provider_the_reader_asks_once_and_not_for_every_page(inside, river, stripe):
    for _ in range(3):
        checkout.open_page(start(river, pounds(10)))
    move(stripe, 100)
    fault(stripe, READING, "500", times=100)
    assert checkout.read_due() == 1
    stripe.control("faults", faults=[])
    assert checkout.read_due() == 2


# ---------------------------------------------------------------- at the provider's side
def test_a_page_of_somebody_else_is_nobodys(inside, stripe):
    assert checkout.fold_page("cs_test_unknown") is None


def test_a_bank_that_asks_when_the_card_is_saved(inside, river):
    pledge = back(river, pounds(25), "4000002500003155")
    assert state_of(pledge) == "pledged"


@pytest.mark.parametrize("number", ["4000000000000002", "4000000000009995", "4000000000000069"])
def test_a_card_refused_on_the_page_makes_no_pledge(inside, river, number):
    pledge = start(river, pounds(25))
    url = checkout.open_page(pledge)
    with pytest.raises(stand_in.CardRefused):
        stand_in.pay(url, number)
    checkout.fold_page(session_of(url))
    assert (state_of(pledge), pages(pledge)) == ("started", ["open"])
    finish(url)
    assert state_of(pledge) == "pledged"


def test_a_refused_key_is_told_and_changes_nothing(app, inside, river, stripe, monkeypatch):
    pledge = start(river, pounds(25))
    wrong = settings(app.config["AMICUS"].data_dir, stripe_api_base=stripe.url, stripe_secret_key="sk_nobody")
    with monkeypatch.context() as patch:
        patch.setitem(app.extensions, "amicus_gateway", StripeGateway(wrong))
        with pytest.raises(KeyRefused):
            checkout.open_page(pledge)
    finish(checkout.open_page(pledge))
    assert state_of(pledge) == "pledged"


def test_no_call_is_made_inside_a_transaction(inside, river):
    pledge = start(river, pounds(25))
    url = checkout.open_page(pledge)
    case_of(river)
    with pytest.raises(RuntimeError, match="inside a database transaction"):
        gateway().read_session(session_of(url))
    database.session.rollback()
