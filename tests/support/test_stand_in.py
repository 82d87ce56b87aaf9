import time

import pytest
import stripe

from tests.support.stand_in import CardRefused, authenticate, made_up_event, pay, signed, stand_in

BACK = "http://127.0.0.1:9/done?session={CHECKOUT_SESSION_ID}"


@pytest.fixture(scope="module")
def running():
    with stand_in() as running:
        yield running


@pytest.fixture
def sim(running):
    return running.account()


def saving_page(sim):
    return sim.client.v1.checkout.sessions.create({"mode": "setup", "currency": "gbp", "success_url": BACK})


def saved(sim, session):
    return sim.client.v1.checkout.sessions.retrieve(session.id, {"expand": ["setup_intent.payment_method"]})


@pytest.mark.parametrize("number", ["4242424242424242", "4000002500003155"])
def test_paying_with_a_good_card_ends_at_our_own_address(sim, number):
    session = saving_page(sim)
    assert pay(session.url, number, name="Omid") == f"http://127.0.0.1:9/done?session={session.id}"
    card = saved(sim, session).setup_intent.payment_method
    assert (card.card.last4, card.billing_details.name) == (number[-4:], "Omid")


def test_a_declined_card_says_so_and_another_can_follow(sim):
    session = saving_page(sim)
    with pytest.raises(CardRefused, match=r"402 Your card was declined\."):
        pay(session.url, "4000000000000002")
    assert saved(sim, session).status == "open"
    assert pay(session.url, "4242424242424242").endswith(session.id)


def test_failing_at_the_bank_leads_back_to_the_page(sim):
    session = saving_page(sim)
    with pytest.raises(CardRefused, match="We are unable to authenticate"):
        pay(session.url, "4000002500003155", three_ds="fail")
    assert saved(sim, session).status == "open"


def test_a_bank_page_on_its_own_can_be_answered(sim):
    card = {"number": "4000002760003184", "exp_month": 12, "exp_year": 2034}
    pm = sim.client.v1.payment_methods.create({"type": "card", "card": card}).id
    asked = {
        "amount": 500,
        "currency": "gbp",
        "payment_method": pm,
        "confirm": True,
        "return_url": "http://127.0.0.1:9/x",
    }
    intent = sim.client.v1.payment_intents.create(asked)
    assert "redirect_status=succeeded" in authenticate(intent.next_action.redirect_to_url.url)


def test_a_signed_body_verifies_and_its_events_are_ours_to_read(sim):
    customer = sim.client.v1.customers.create({}).id
    (event,) = sim.events("customer.created")
    body, headers = signed(event, "whsec_test")
    assert stripe.Webhook.construct_event(body, headers["Stripe-Signature"], "whsec_test").data.object.id == customer


def test_a_body_signed_long_ago_or_by_another_does_not_verify():
    event = made_up_event("customer.created", id="cus_1")
    for secret, at in (("whsec_other", None), ("whsec_test", time.time() - 400)):
        body, headers = signed(event, secret, at)
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(body, headers["Stripe-Signature"], "whsec_test")


def test_accounts_see_nothing_of_each_other(sim):
    sim.client.v1.customers.create({})
    assert sim.account().client.v1.customers.list().data == []
    assert len(sim.account(sim.namespace).client.v1.customers.list().data) == 1
