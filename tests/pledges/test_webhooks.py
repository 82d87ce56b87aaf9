"""The provider's webhook: a hint that is verified, written down once, and never believed."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.database import db as database
from app.jobs import queue
from app.jobs.models import Job
from app.payments.stripe_gateway import EVENT_AGE_SECONDS, MOST_EVENT_BYTES
from app.pledges import checkout, closing, collection
from app.pledges.models import Pledge, WebhookEvent
from tests.pledges.money import (
    GOOD,
    OTHER,
    back,
    charged,
    end_leases,
    finish,
    letters,
    of_case,
    pages,
    pounds,
    row,
    session_of,
    start,
    state_of,
)
from tests.support import stand_in
from tests.support.portal import WEBHOOK_SECRET
from tests.support.stand_in import made_up_event, signed

pytestmark = pytest.mark.usefixtures("promises")
DOOR = "/webhooks/stripe"


@pytest.fixture
def ring(client):
    """`ring(event)` brings an event as Stripe does; the status of our answer."""

    def bring(event, secret=WEBHOOK_SECRET, at=None):
        body, headers = signed(event, secret, at)
        return client.post(DOOR, data=body, headers=headers).status_code

    return bring


def rows():
    found = [(event.type, event.handled_at is not None) for event in database.session.query(WebhookEvent)]
    database.session.rollback()
    return found


def event_of(stripe, kind):
    """The last event of its type."""
    return stripe.events(kind)[-1]


@pytest.fixture
def completed(inside, river, stripe):
    """A page that was completed while the browser never came back: its pledge, and Stripe's event."""
    pledge = start(river, pounds(25))
    stand_in.pay(checkout.open_page(pledge), GOOD)
    return pledge, event_of(stripe, "checkout.session.completed")


# ---------------------------------------------------------------- twice, late, never
def test_an_event_brings_what_the_browser_did_not(completed, ring):
    pledge, event = completed
    assert ring(event) == 200 and state_of(pledge) == "started"  # the answer does not wait for the work
    queue.drain()
    assert (state_of(pledge), letters(), rows()) == (
        "pledged",
        ["pledges.thanks"],
        [("checkout.session.completed", True)],
    )


def test_an_event_that_comes_again_is_answered_and_done_once(completed, ring):
    _pledge, event = completed
    assert [ring(event) for _ in range(3)] == [200, 200, 200]
    assert database.session.query(Job).count() == 1
    queue.drain()
    assert ring(event) == 200 and queue.drain() == 0
    assert letters() == ["pledges.thanks"]


def test_the_same_event_from_many_at_once_is_written_once(app, completed):
    _pledge, event = completed
    body, headers = signed(event, WEBHOOK_SECRET)

    def bring(_n):
        return app.test_client().post(DOOR, data=body, headers=headers).status_code

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(bring, range(8))) == {200}
    assert rows() == [("checkout.session.completed", False)]


def test_an_event_before_the_browser_and_one_after_come_to_the_same(completed, ring, client):
    pledge, event = completed
    ring(event)
    queue.drain()
    session_id = row(pledge).pages[0].session_id
    back_again = client.get(f"/cases/river/back/returned?session_id={session_id}")
    assert back_again.status_code == 303 and back_again.location.endswith("/thanks")
    assert (state_of(pledge), letters(), pages(pledge)) == ("pledged", ["pledges.thanks"], ["complete"])


def test_without_any_event_the_page_reader_comes_to_the_same(completed, clock):
    pledge, _event = completed
    clock.move(100)
    queue.defer("pledges.read_pages")
    database.session.commit()
    queue.drain()
    assert (state_of(pledge), letters(), pages(pledge)) == ("pledged", ["pledges.thanks"], ["complete"])


def test_an_event_about_a_charge_we_never_heard_of_books_it(inside, funded, stripe, ring):
    pledge = back(funded, pounds(25))
    stripe.control("faults", faults=[{"match": "confirm", "kind": "drop_after", "times": 3}])
    collection.charge_due()
    assert ring(event_of(stripe, "payment_intent.succeeded")) == 200
    queue.drain()
    assert state_of(pledge) == "collected" and letters()[-1] == "pledges.receipt"
    end_leases()
    assert collection.charge_due() == 0


def test_an_event_of_an_old_failure_does_not_fail_a_newer_try(inside, funded, stripe, ring):
    pledge = back(funded, pounds(25), "4000000000000341")
    collection.charge_due()
    failed = event_of(stripe, "payment_intent.payment_failed")
    finish(checkout.open_page(pledge), OTHER)
    ring(failed)
    queue.drain()
    assert state_of(pledge) == "retry"
    collection.charge_due()
    assert state_of(pledge) == "collected"


def test_an_event_is_only_a_hint(completed, ring, stripe):
    """Its words are signed, but what counts is what Stripe says when it is asked."""
    pledge, event = completed
    event["data"]["object"] |= {"status": "expired", "amount_total": 1, "setup_intent": None}
    ring(event)
    queue.drain()
    assert state_of(pledge) == "pledged"


def test_without_the_provider_an_event_is_kept_until_it_can_be_read(completed, ring, stripe, clock):
    pledge, event = completed
    ring(event)
    stripe.control("faults", faults=[{"match": "GET /v1/checkout", "kind": "500", "times": 3}])
    queue.drain()
    assert rows() == [("checkout.session.completed", False)]
    clock.move(60)
    queue.drain()
    assert (state_of(pledge), rows()) == ("pledged", [("checkout.session.completed", True)])


# ---------------------------------------------------------------- about nothing of ours
@pytest.mark.parametrize(
    ("kind", "thing"),
    [
        ("checkout.session.completed", "cs_test_unknown"),
        ("payment_intent.succeeded", "pi_unknown"),
        ("charge.succeeded", "ch_unknown"),
        ("something.new", "thing_1"),
    ],
)
def test_an_event_about_an_unknown_object_is_answered_and_forgotten(inside, ring, kind, thing):
    assert ring(made_up_event(kind, id=thing)) == 200
    assert queue.drain() == 1 and rows() == [(kind, True)]
    assert database.session.query(Job).filter(Job.done_at.is_(None)).count() == 0


def test_an_event_about_something_without_an_id_is_answered(inside, ring):
    event = made_up_event("balance.available", id="x")
    event["data"]["object"] = {"object": "balance"}
    assert ring(event) == 200
    event = made_up_event("balance.available", id=None)
    assert ring(event) == 200 and queue.drain() == 2


def test_somebody_elses_intent_on_our_account_is_left_alone(inside, river, ring, stripe):
    pledge = back(river, pounds(25))
    foreign = stripe.client.v1.payment_intents.create({"amount": 500, "currency": "gbp"})
    ring(made_up_event("payment_intent.created", id=foreign.id))
    queue.drain()
    assert row(pledge).intent_id is None


# ---------------------------------------------------------------- forged
def test_another_secret_is_refused(completed, ring):
    _pledge, event = completed
    assert ring(event, "whsec_of_somebody_else") == 400 and rows() == []


@pytest.mark.parametrize("seconds", [-EVENT_AGE_SECONDS - 10, EVENT_AGE_SECONDS + 10])
def test_an_old_signature_and_one_from_the_future_are_refused(completed, ring, seconds):
    _pledge, event = completed
    assert ring(event, at=time.time() + seconds) == 400 and rows() == []


@pytest.mark.parametrize("seconds", [-EVENT_AGE_SECONDS + 30, EVENT_AGE_SECONDS - 30])
def test_a_clock_that_is_a_little_wrong_is_forgiven(completed, ring, seconds):
    _pledge, event = completed
    assert ring(event, at=time.time() + seconds) == 200


@pytest.mark.parametrize("change", [{"livemode": True}, {"account": "acct_of_somebody"}])
def test_another_mode_and_another_account_are_refused(completed, ring, change):
    _pledge, event = completed
    assert ring({**event, **change}) == 400 and rows() == []


def test_a_body_that_was_altered_on_the_way_is_refused(completed, client):
    _pledge, event = completed
    body, headers = signed(event, WEBHOOK_SECRET)
    assert client.post(DOOR, data=body.replace(b'"complete"', b'"expired"'), headers=headers).status_code == 400
    assert client.post(DOOR, data=body, headers={}).status_code == 400
    for wrong in ("", "t=1", "v1=00", "t=x,v1=00", "=", "t=1,v1=é"):
        assert client.post(DOOR, data=body, headers={"Stripe-Signature": wrong}).status_code == 400
    assert rows() == []


@pytest.mark.parametrize("body", [b"", b"x", b"[]", b"{}", b"null", b'{"id": "evt_1"}', b"\xff\xfe", b'{"data": []}'])
def test_a_signed_body_that_is_no_event_is_refused(inside, ring, body):
    assert ring(body) == 400 and rows() == []


def test_a_body_that_is_too_large_is_refused_however_it_is_sent(inside, client, ring):
    huge = made_up_event("something.new", id="x", more="x" * MOST_EVENT_BYTES)
    assert ring(huge) == 413
    body, headers = signed(huge, WEBHOOK_SECRET)
    chunked = client.post(DOOR, data=body, headers=headers, environ_overrides={"CONTENT_LENGTH": ""})
    assert chunked.status_code in (400, 413) and rows() == []


def test_the_door_takes_posts_only(client):
    assert client.get(DOOR).status_code == 405


def test_every_door_of_the_provider_needs_no_session(completed, ring, client):
    _pledge, event = completed
    body, headers = signed(event, WEBHOOK_SECRET)
    assert "Set-Cookie" not in client.post(DOOR, data=body, headers=headers).headers


# ---------------------------------------------------------------- the whole way, by events only
def test_from_card_to_receipt_by_events_only(inside, river, stripe, ring):
    pledge = start(river, pounds(50))
    stand_in.pay(checkout.open_page(pledge), GOOD)
    for event in stripe.events():
        ring(event)
    queue.drain()
    assert closing.check_target(of_case(river))
    database.session.commit()
    stripe.control("faults", faults=[{"match": "confirm", "kind": "drop_after", "times": 3}])
    collection.charge_due()
    for event in reversed(stripe.events()):
        ring(event)
    queue.drain()
    assert state_of(pledge) == "collected" and charged(stripe) == {pledge: 1}
    assert database.session.get_one(Pledge, pledge).collected_at is not None


def test_the_page_that_the_events_name_is_the_one_that_is_folded(inside, river, stripe, ring):
    first, second = start(river, pounds(10)), start(river, pounds(15))
    one, other = checkout.open_page(first), checkout.open_page(second)
    stand_in.pay(one, GOOD)
    event = event_of(stripe, "checkout.session.completed")
    assert event["data"]["object"]["id"] == session_of(one) != session_of(other)
    ring(event)
    queue.drain()
    assert [state_of(first), state_of(second)] == ["pledged", "started"]
