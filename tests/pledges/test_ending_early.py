"""Hosted pages that are open while a case is ended: whoever completes one is not charged and leaves no card."""

import pytest

from app.database import db as database
from app.jobs import queue
from app.payments.gateway import OutcomeUnknown
from app.payments.stripe_gateway import StripeGateway
from app.pledges import checkout, closing, collection
from tests.pledges.money import (
    back,
    cards_left,
    case_of,
    finish,
    letters,
    of_case,
    pages,
    pounds,
    start,
    state_of,
    tries,
)
from tests.support.stand_in import pay

pytestmark = pytest.mark.usefixtures("promises")


def end(slug):
    assert closing.end_early(of_case(slug), "It is over.", by="lawyer", actor_id=None)
    database.session.commit()


def test_everybody_is_let_go_and_no_card_stays(inside, river, stripe):
    for _backer in range(2):
        back(river, pounds(10))
    end(river)
    queue.drain()
    collection.charge_due()
    assert cards_left(stripe) == [] and tries(stripe) == 0 and case_of(river).state == "unfunded"


def test_a_page_that_is_open_is_closed_at_the_provider(inside, river, stripe):
    pledge_id = start(river, pounds(10))
    checkout.open_page(pledge_id)
    end(river)
    queue.drain()
    assert pages(pledge_id) == ["expired"]


def test_a_page_that_was_completed_meanwhile_leaves_neither_pledge_nor_card(inside, river, stripe):
    pledge_id = start(river, pounds(10))
    url = checkout.open_page(pledge_id)
    pay(url, "4242424242424242")
    end(river)
    queue.drain()
    assert state_of(pledge_id) == "abandoned" and cards_left(stripe) == [] and "pledges.too_late" in letters()


def test_while_the_provider_is_away_the_pages_are_closed_later(inside, river, stripe, monkeypatch, clock):
    pledge_id = start(river, pounds(10))
    checkout.open_page(pledge_id)
    end(river)
    with monkeypatch.context() as away:
        away.setattr(StripeGateway, "expire_session", lambda *_: (_ for _ in ()).throw(OutcomeUnknown("away")))
        queue.drain()
    assert pages(pledge_id) == ["open"]
    clock.move(121)
    queue.drain()
    assert pages(pledge_id) == ["expired"]


def test_after_the_end_of_fundraising_what_was_pledged_is_charged_and_nothing_joins(inside, river, stripe):
    first, late = back(river, pounds(50)), start(river, pounds(10))
    url = checkout.open_page(late)
    assert closing.check_target(of_case(river))
    database.session.commit()
    assert closing.end_raising(of_case(river), actor_id=None)
    database.session.commit()
    finish(url)
    queue.drain()
    collection.charge_due()
    assert (state_of(first), state_of(late)) == ("collected", "abandoned") and tries(stripe) == 1
