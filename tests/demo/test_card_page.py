"""The hand at the stand-in's card page."""

import pytest

from demo.card_page import NotSaved, pay
from tests.support.stand_in import StandIn

BACK = "http://localhost:8800/back?session_id={CHECKOUT_SESSION_ID}"


@pytest.fixture
def session(stripe):
    """A hosted page that saves a card."""
    client = stripe.client
    customer = client.v1.customers.create({})
    wish = {"mode": "setup", "currency": "gbp", "customer": customer.id, "success_url": BACK, "cancel_url": BACK}
    return client.v1.checkout.sessions.create(wish)


def card_of(stripe: StandIn, session):
    found = stripe.client.v1.checkout.sessions.retrieve(session.id, {"expand": ["setup_intent.payment_method"]})
    return found.setup_intent.payment_method.card.last4


@pytest.mark.parametrize("number", ["4242424242424242", "4000 0027 6000 3184"])
def test_a_card_is_saved_with_the_banks_approval_if_it_asks(stripe, session, number):
    assert pay(session.url, number, "Nell") == BACK.format(CHECKOUT_SESSION_ID=session.id)
    assert card_of(stripe, session) == number[-4:]


def test_a_card_that_is_refused_is_told_in_the_words_of_the_page(session):
    with pytest.raises(NotSaved, match="declined"):
        pay(session.url, "4000000000000002", "Nell")


def test_a_page_that_takes_no_card_is_told(session, stripe):
    stripe.client.v1.checkout.sessions.expire(session.id)
    with pytest.raises(NotSaved, match="no card form"):
        pay(session.url, "4242424242424242", "Nell")
