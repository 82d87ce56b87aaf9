"""The gateway against the stand-in, over HTTP, with the real library."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from app.core.clock import real_now
from app.database import db as database
from app.payments import brake
from app.payments.gateway import (
    CARD_UNUSABLE,
    ForgedEvent,
    KeyRefused,
    OutcomeUnknown,
    Refused,
    SetupRequest,
    TooFast,
)
from app.payments.provider import gateway as present_gateway
from app.payments.stripe_gateway import EVENT_AGE_SECONDS, MOST_EVENT_BYTES, StripeGateway, _Pace
from tests.support import portal
from tests.support.portal import WEBHOOK_SECRET
from tests.support.stand_in import CardRefused, authenticate, made_up_event, pay, signed

# The provider is the same whatever the database; how an open transaction is seen is tested in tests/test_database.py.
pytestmark = pytest.mark.one_database
GOOD, OTHER_BRAND = "4242424242424242", "5555555555554444"
DECLINED_LATER, ASKS_EACH_TIME = "4000000000000341", "4000002760003184"
BACK = "https://localhost/back"


@pytest.fixture
def gateway(app):
    """The portal's gateway to an empty account, its context open."""
    with app.app_context():
        yield present_gateway()


@pytest.fixture
def customer(gateway):
    return gateway.create_customer(reference="pledge_1", key="pledge:1:customer")


def open_page(gateway, customer, key="pledge:1:page:1"):
    request = SetupRequest(
        customer=customer,
        reference="pledge_1",
        success_url=f"{BACK}?session_id={{CHECKOUT_SESSION_ID}}",
        cancel_url=BACK,
        locale="en-GB",
        currency="gbp",
        promise="You pay nothing today.",
        metadata={"pledge": "1", "case": "7"},
    )
    return gateway.open_setup(request, key=key)


def save_card(gateway, customer, number=GOOD):
    """Id of a card that the customer saved on the hosted page."""
    page = open_page(gateway, customer, key=f"page:{number}")
    pay(page.url, number)
    return gateway.read_session(page.session_id).card.payment_method


def new_intent(gateway, customer, key="pledge:1:pi", amount=2500):
    return gateway.create_intent(
        amount=amount,
        currency="gbp",
        customer=customer,
        reference="pledge_1",
        metadata={"pledge": "1", "case": "7"},
        key=key,
    )


def confirm(gateway, intent, card, n=1, **how):
    how = {"off_session": True, "return_url": None, **how}
    return gateway.confirm_intent(intent.id, payment_method=card, key=f"pledge:1:confirm:{n}", **how)


# ---------------------------------------------------------------- saving a card
def test_a_hosted_page_saves_a_card_and_charges_nothing(gateway, customer, stripe):
    page = open_page(gateway, customer)
    before = gateway.read_session(page.session_id)
    assert (before.status, before.card, before.metadata) == ("open", None, {"pledge": "1", "case": "7"})
    assert page.expires_at > real_now() and before.url == page.url
    pay(page.url, OTHER_BRAND)
    after = gateway.read_session(page.session_id)
    assert after.status == "complete"
    assert (after.card.brand, after.card.last4, after.card.expires) == ("mastercard", "4444", "2034-12")
    assert stripe.client.v1.charges.list().data == []


def test_only_ids_are_told_to_the_provider(gateway, customer, stripe):
    page = open_page(gateway, customer)
    session = stripe.client.v1.checkout.sessions.retrieve(page.session_id)
    assert session.metadata.to_dict() == {"pledge": "1", "case": "7"}
    assert stripe.client.v1.customers.retrieve(customer).email is None


def test_the_same_key_opens_the_same_page(gateway, customer):
    assert open_page(gateway, customer) == open_page(gateway, customer)
    assert open_page(gateway, customer, key="pledge:1:page:2").session_id != open_page(gateway, customer).session_id


def test_a_page_that_is_open_can_be_closed_and_then_takes_no_card(gateway, customer):
    page = open_page(gateway, customer)
    assert gateway.expire_session(page.session_id).status == "expired"
    assert gateway.expire_session(page.session_id).status == "expired"
    with pytest.raises((CardRefused, AssertionError)):
        pay(page.url, GOOD)


def test_a_page_that_is_complete_stays_so(gateway, customer):
    page = open_page(gateway, customer)
    pay(page.url, GOOD)
    closed = gateway.expire_session(page.session_id)
    assert closed.status == "complete" and closed.card.last4 == "4242"


def test_the_provider_says_when_a_page_was_completed(gateway, customer):
    start, page = real_now(), open_page(gateway, customer)
    assert gateway.completed_at(page.session_id, start) is None
    pay(page.url, GOOD)
    assert abs(gateway.completed_at(page.session_id, start) - start) < timedelta(seconds=60)


def test_a_card_is_forgotten_and_a_second_time_is_quiet(gateway, customer, stripe):
    card = save_card(gateway, customer)
    gateway.detach(card)
    gateway.detach(card)
    assert stripe.client.v1.payment_methods.list({"customer": customer, "type": "card"}).data == []


# ---------------------------------------------------------------- charging
def test_an_intent_charges_nothing_until_it_is_confirmed(gateway, customer, stripe):
    intent = new_intent(gateway, customer)
    assert (intent.status, intent.payment) == ("requires_payment_method", None)
    assert stripe.client.v1.charges.list().data == []
    assert new_intent(gateway, customer).id == intent.id


def test_a_payment_tells_what_was_paid_and_what_was_kept(gateway, customer, stripe):
    paid = confirm(gateway, new_intent(gateway, customer), save_card(gateway, customer))
    assert paid.status == "succeeded" and paid.metadata == {"pledge": "1", "case": "7"}
    assert (paid.payment.gross, paid.payment.fee, paid.payment.currency) == (2500, 58, "gbp")
    (charge,) = stripe.client.v1.charges.list().data
    assert (paid.payment.charge, charge.transfer_group) == (charge.id, "case_7")
    assert gateway.read_intent(paid.id) == paid == gateway.read_intent_of_charge(charge.id)


@pytest.mark.parametrize("key", [1, 2])
def test_an_intent_succeeds_once_whatever_the_key(gateway, customer, stripe, key):
    intent, card = new_intent(gateway, customer), save_card(gateway, customer)
    first = confirm(gateway, intent, card)
    assert confirm(gateway, intent, card, n=key) == first
    assert len(stripe.client.v1.charges.list().data) == 1


def test_a_decline_is_an_answer_and_no_error(gateway, customer):
    card = save_card(gateway, customer, DECLINED_LATER)
    declined = confirm(gateway, new_intent(gateway, customer), card)
    assert (declined.status, declined.payment) == ("requires_payment_method", None)
    assert (declined.error_code, declined.decline_code) == ("card_declined", "generic_decline")


def test_after_a_decline_another_card_pays_the_same_intent(gateway, customer):
    intent = new_intent(gateway, customer)
    confirm(gateway, intent, save_card(gateway, customer, DECLINED_LATER))
    assert confirm(gateway, intent, save_card(gateway, customer), n=2).status == "succeeded"


def test_a_bank_that_wants_to_ask_refuses_while_the_backer_is_away(gateway, customer):
    card = save_card(gateway, customer, ASKS_EACH_TIME)
    refused = confirm(gateway, new_intent(gateway, customer), card)
    assert refused.error_code == "authentication_required" and refused.payment is None


def test_a_bank_that_wants_to_ask_gives_its_page_while_the_backer_is_there(gateway, customer):
    intent, card = new_intent(gateway, customer), save_card(gateway, customer, ASKS_EACH_TIME)
    asked = confirm(gateway, intent, card, off_session=False, return_url=BACK)
    assert asked.status == "requires_action" and asked.payment is None
    assert authenticate(asked.action_url).startswith(BACK)
    assert gateway.read_intent(intent.id).status == "succeeded"


def test_an_intent_is_cancelled_unless_it_was_paid(gateway, customer):
    unpaid, paid = new_intent(gateway, customer), new_intent(gateway, customer, key="pledge:2:pi")
    confirm(gateway, paid, save_card(gateway, customer))
    assert gateway.cancel_intent(unpaid.id, key="a").status == "canceled"
    assert gateway.cancel_intent(unpaid.id, key="b").status == "canceled"
    assert gateway.cancel_intent(paid.id, key="c").payment.gross == 2500


def test_the_account_is_read_oldest_first(gateway, customer):
    card = save_card(gateway, customer)
    for n, amount in enumerate((500, 2500)):
        confirm(gateway, new_intent(gateway, customer, key=f"pledge:{n}:pi", amount=amount), card, n=n)
    lines = gateway.balance_lines(since=None)
    assert [(line.category, line.amount, line.net, line.currency) for line in lines] == [
        ("charge", 500, 500 - lines[0].fee, "gbp"),
        ("charge", 2500, 2500 - 58, "gbp"),
    ]
    assert lines == gateway.balance_lines(since=real_now() - timedelta(hours=1))
    assert gateway.balance_lines(since=real_now() + timedelta(hours=1)) == []


def test_an_account_longer_than_a_page_is_read_whole(gateway, customer):
    card = save_card(gateway, customer)
    for n in range(103):
        gateway._client.v1.payment_intents.create(
            {
                "amount": 500 + n,
                "currency": "gbp",
                "customer": customer,
                "payment_method": card,
                "confirm": True,
                "off_session": True,
            }
        )
    assert [line.amount for line in gateway.balance_lines(since=None)] == list(range(500, 603))


def test_confirmations_keep_under_the_providers_pace():
    pace, start = _Pace(50), time.monotonic()
    for _ in range(6):
        pace.wait()
    assert time.monotonic() - start >= 5 / 50


# ---------------------------------------------------------------- what may go wrong
def fail(stripe, match, kind, times=1):
    stripe.control("faults", faults=[{"match": match, "kind": kind, "times": times}])


def customers(stripe):
    return stripe.client.v1.customers.list().data


def test_a_call_inside_a_transaction_is_refused_before_it_is_made(gateway, stripe):
    brake.is_on()
    with pytest.raises(RuntimeError, match="inside a database transaction"):
        gateway.create_customer(reference="pledge_1", key="k")
    assert customers(stripe) == []
    database.session.commit()
    assert gateway.create_customer(reference="pledge_1", key="k")  # the same call, and nothing but that was wrong


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "500"])
def test_a_short_trouble_is_passed_over_and_has_one_effect(gateway, stripe, kind):
    fail(stripe, "POST /v1/customers", kind)
    made = gateway.create_customer(reference="pledge_1", key="k")
    assert [customer.id for customer in customers(stripe)] == [made]


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "500"])
def test_a_long_trouble_leaves_the_outcome_open_and_the_same_key_goes_on(gateway, stripe, kind):
    fail(stripe, "POST /v1/customers", kind, times=20)
    with pytest.raises(OutcomeUnknown) as unknown:
        gateway.create_customer(reference="pledge_1", key="k")
    assert not isinstance(unknown.value, TooFast)
    stripe.control("faults", faults=[])
    made = gateway.create_customer(reference="pledge_1", key="k")
    assert [customer.id for customer in customers(stripe)] == [made]


def test_a_charge_whose_answer_was_lost_is_found_by_reading(gateway, customer, stripe):
    intent, card = new_intent(gateway, customer), save_card(gateway, customer)
    fail(stripe, "POST /v1/payment_intents/.*/confirm", "drop_after", times=20)
    with pytest.raises(OutcomeUnknown):
        confirm(gateway, intent, card)
    assert gateway.read_intent(intent.id).payment.gross == 2500
    assert len(stripe.client.v1.charges.list().data) == 1


def test_being_asked_to_slow_down_is_told_as_that(gateway, stripe):
    fail(stripe, "POST /v1/customers", "429", times=20)
    with pytest.raises(TooFast):
        gateway.create_customer(reference="pledge_1", key="k")
    assert customers(stripe) == []


def test_a_key_that_is_not_accepted_is_told_as_that(gateway, stripe, tmp_path):
    stranger = portal.settings(tmp_path, stripe_api_base=stripe.url, stripe_secret_key="nobody's key")
    with pytest.raises(KeyRefused):
        StripeGateway(stranger).create_customer(reference="pledge_1", key="k")


def test_what_the_provider_will_not_do_is_told_with_its_code(gateway):
    with pytest.raises(Refused) as refused:
        gateway.read_session("cs_test_nothing")
    assert refused.value.code == "resource_missing"


def test_a_key_that_was_used_for_something_else_is_refused(gateway, customer):
    new_intent(gateway, customer, amount=2500)
    with pytest.raises(Refused, match="key_of_another_request"):
        new_intent(gateway, customer, amount=2600)


def test_a_card_that_is_gone_is_told_as_that(gateway, customer):
    card = save_card(gateway, customer)
    gateway.detach(card)
    with pytest.raises(Refused) as refused:
        confirm(gateway, new_intent(gateway, customer), card)
    assert refused.value.code == CARD_UNUSABLE


def test_without_the_provider_nothing_is_known(gateway, tmp_path):
    alone = StripeGateway(portal.settings(tmp_path, stripe_api_base="http://127.0.0.1:9"))
    with pytest.raises(OutcomeUnknown):
        alone.read_intent("pi_1")


# ---------------------------------------------------------------- webhooks
def read(gateway, event, secret=WEBHOOK_SECRET, at=None):
    body, headers = signed(event, secret, at)
    return gateway.read_event(body, headers["Stripe-Signature"])


def test_a_signed_event_is_read_as_a_hint(gateway):
    event = made_up_event("payment_intent.succeeded", id="pi_1")
    hint = read(gateway, event)
    assert (hint.id, hint.type, hint.object_id) == (event["id"], "payment_intent.succeeded", "pi_1")
    assert hint.created == datetime.fromtimestamp(event["created"], UTC)


def test_events_of_the_stand_in_itself_are_read(gateway, customer, stripe):
    (event,) = stripe.events("customer.created")
    assert read(gateway, event).object_id == customer


def test_an_event_about_something_without_an_id_is_read_too(gateway):
    event = made_up_event("balance.available", id="x")
    event["data"]["object"] = {"object": "balance"}
    assert read(gateway, event).object_id == ""


def test_a_body_altered_after_signing_is_forged(gateway):
    body, headers = signed(made_up_event("payment_intent.succeeded", id="pi_1"), WEBHOOK_SECRET)
    with pytest.raises(ForgedEvent):
        gateway.read_event(body.replace(b"pi_1", b"pi_2"), headers["Stripe-Signature"])


@pytest.mark.parametrize("signature", ["", "t=1", "t=x,v1=y", "v1=abc", "t=,v1=,", "nothing", "t=1,v1=\u0660"])
def test_a_signature_that_is_none_is_forged(gateway, signature):
    with pytest.raises(ForgedEvent):
        gateway.read_event(b"{}", signature)


def test_a_signature_by_another_secret_is_forged(gateway):
    with pytest.raises(ForgedEvent):
        read(gateway, made_up_event("x", id="x"), secret="whsec_of_somebody_else")


@pytest.mark.parametrize(("seconds", "good"), [(-EVENT_AGE_SECONDS - 10, False), (-200, True), (200, True)])
def test_an_event_is_believed_for_five_minutes(gateway, seconds, good):
    event = made_up_event("x", id="x")
    if good:
        assert read(gateway, event, at=time.time() + seconds)
    else:
        with pytest.raises(ForgedEvent):
            read(gateway, event, at=time.time() + seconds)


def test_an_event_from_the_future_is_forged_though_the_library_believes_it(gateway):
    with pytest.raises(ForgedEvent, match="dated in the future"):
        read(gateway, made_up_event("x", id="x"), at=time.time() + EVENT_AGE_SECONDS + 10)


@pytest.mark.parametrize("other", [{"livemode": True}, {"account": "acct_1"}])
def test_an_event_of_another_mode_or_account_is_forged(gateway, other):
    with pytest.raises(ForgedEvent, match="another mode or account"):
        read(gateway, made_up_event("x", id="x") | other)


def test_with_a_live_key_only_live_events_count(tmp_path):
    live = StripeGateway(portal.settings(tmp_path, stripe_api_base="", stripe_secret_key="sk_live_never_used"))
    event = made_up_event("x", id="x")
    assert read(live, event | {"livemode": True})
    with pytest.raises(ForgedEvent):
        read(live, event)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{}", b"\xff", b'{"id": "e", "type": "x", "data": {"object": null}, "created": 1}']
)
def test_a_signed_body_that_is_no_event_is_forged(gateway, body):
    with pytest.raises(ForgedEvent):
        read(gateway, body)


def test_a_body_above_the_limit_is_not_even_verified(gateway):
    event = made_up_event("x", id="x", padding="x" * MOST_EVENT_BYTES)
    with pytest.raises(ForgedEvent, match="too large"):
        read(gateway, event)
    assert read(gateway, json.dumps(event)[:-1].encode().replace(b"x" * 10_000, b"") + b"}")


@pytest.mark.parametrize(("size", "status"), [(10, 200), (MOST_EVENT_BYTES, 413)])
def test_the_door_answers_by_size(client, size, status):
    body, headers = signed(made_up_event("x", id="x", padding="x" * size), WEBHOOK_SECRET)
    assert client.post("/webhooks/stripe", data=body, headers=headers).status_code == status


def test_the_door_refuses_what_is_forged(client):
    body, headers = signed(made_up_event("x", id="x"), "whsec_of_somebody_else")
    assert client.post("/webhooks/stripe", data=body, headers=headers).status_code == 400
