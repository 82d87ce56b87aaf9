"""The same pledge with every order in which its word can come: webhook twice, first, or never."""

import pytest

from tests.journeys.backer import GOOD
from tests.pledges.backing import said
from tests.pledges.money import charged, move
from tests.support import stand_in
from tests.support.portal import WEBHOOK_SECRET


@pytest.fixture
def ring(client, stripe):
    """`ring()` brings every event that Stripe has so far."""

    def bring():
        for event in stripe.events():
            body, headers = stand_in.signed(event, WEBHOOK_SECRET)
            assert client.post("/webhooks/stripe", data=body, headers=headers).status_code == 200

    return bring


def ends_well(omid, stripe, told):
    """Three letters, one charge."""
    assert len(omid.letters()) == 3 and told("Receipt", "رسید") in omid.letters()[-1]
    assert list(charged(stripe).values()) == [1]
    return True


def test_each_webhook_comes_twice(omid, river, stripe, work, ring, told):
    omid.pledges(river)
    for _ in range(3):
        ring()
        ring()
        work(1)
    assert ends_well(omid, stripe, told)


def test_the_webhook_comes_before_the_browser(omid, river, stripe, work, ring, told):
    back = stand_in.pay(omid.goes_to_hosted_page(river), GOOD)
    ring()
    work(1)
    assert len(omid.letters()) == 0 or told("recorded", "ثبت شد") in omid.letters()[0]
    thanks = omid.comes_back(back)
    assert told("Your pledge of £50.00 is recorded.", "۵۰٫۰۰ پوند") in said(thanks)
    work()
    ring()
    work(1)
    assert ends_well(omid, stripe, told)


def test_neither_webhook_nor_browser_ever_comes(omid, river, stripe, work, clock, told):
    stand_in.pay(omid.goes_to_hosted_page(river), GOOD)
    work(1)
    assert omid.letters() == []
    move(stripe, 120)
    work(4)
    assert ends_well(omid, stripe, told)


def test_the_browser_comes_twice_and_late(omid, river, stripe, work, ring, told):
    back = stand_in.pay(omid.goes_to_hosted_page(river), GOOD)
    omid.comes_back(back)
    work(1)
    omid.comes_back(back)
    work()
    assert told("£50.00", "۵۰٫۰۰ پوند") in said(omid.comes_back(back))
    assert ends_well(omid, stripe, told)


def test_the_charge_is_heard_of_only_by_webhook(omid, river, stripe, work, ring, told):
    omid.pledges(river)
    work(1)
    stripe.control("faults", faults=[{"match": "confirm", "kind": "drop_after", "times": 3}])
    work(1)
    assert len(omid.letters()) == 2
    ring()
    work(2)
    assert ends_well(omid, stripe, told)
