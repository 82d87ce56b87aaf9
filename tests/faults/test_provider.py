"""A provider that breaks off, refuses, hurries us, forgets our keys, and tells everything twice and in any order."""

import time

import pytest

from app.core.money import Money
from app.database import db as database
from app.jobs import queue
from app.pledges import checkout, closing, collection, reconcile
from app.pledges.models import WebhookEvent
from tests.faults import killed, work
from tests.faults.served import served
from tests.pledges.money import (
    ASKS_EACH_TIME,
    DAY,
    DECLINED,
    GOOD,
    NO_FUNDS,
    OTHER,
    back,
    charged,
    end_leases,
    letters,
    move,
    of_case,
    pounds,
    row,
    start,
    state_of,
    states,
)
from tests.support import stand_in
from tests.support.portal import WEBHOOK_SECRET

pytestmark = [pytest.mark.faults, pytest.mark.timeout(0)]
KINDS = ("drop_before", "drop_after", "500", "429", "slow")
CALLS = (
    "POST /v1/payment_intents$",
    r"POST /v1/payment_intents/pi_\w+/confirm",
    r"POST /v1/payment_intents/pi_\w+/cancel",
    "GET /v1/payment_intents/",
    "POST /v1/checkout/sessions",
    "GET /v1/checkout/sessions/",
    "GET /v1/balance_transactions",
    "GET /v1/charges/",
    "/detach$",
)


def break_something(stripe, chance):
    """A handful of faults at random places, each for one to four requests (three are one call, with its repeats)."""
    faults = [
        {"match": chance.choice(CALLS), "kind": chance.choice(KINDS), "times": chance.randint(1, 4), "seconds": 0.01}
        for _ in range(chance.randint(0, 4))
    ]
    stripe.control("faults", faults=faults)


def mend(stripe):
    stripe.control("faults", faults=[])


def settle(stripe, days=9):
    """Let time pass, without any fault, until nothing is left to do."""
    mend(stripe)
    for _ in range(days):
        for _ in range(2):
            end_leases()
            work.one_round()
        move(stripe, DAY)


def test_whatever_breaks_each_good_card_is_charged_once_and_no_bad_one(
    app, inside, funded, stripe, chance, runs, sound
):
    """Faults, kills, forgotten keys and passing days, mixed by chance; then time heals everything."""
    good, bad = [], []
    for n in range(runs // 2):
        mend(stripe)
        card = chance.choice([GOOD, OTHER, DECLINED, NO_FUNDS, ASKS_EACH_TIME])
        pledge = back(funded, pounds(chance.randint(5, 90)), card, Money(chance.randint(0, 500), "GBP"))
        (good if card in (GOOD, OTHER) else bad).append(pledge)
        break_something(stripe, chance)
        if chance.random() < 0.3:
            killed.run(app, work.one_round, line=chance.randint(1, 4000))
        else:
            work.one_round()
        if chance.random() < 0.2:
            stripe.control("prune_idempotency")
        if chance.random() < 0.3:
            move(stripe, chance.randint(1, DAY // 4))
        end_leases()
        assert not {one: times for one, times in charged(stripe).items() if times > 1}, n
    settle(stripe)
    assert {state_of(pledge) for pledge in good} == {"collected"}
    assert {state_of(pledge) for pledge in bad} <= {"lapsed"}


def test_two_workers_at_once_charge_each_pledge_once(app, inside, funded, stripe, chance, runs, sound):
    """Two processes, and a third that wakes up from a lease that is over, among faults."""
    for _ in range(max(1, runs // 20)):
        pledges = [back(funded, pounds(5)) for _ in range(8)]
        break_something(stripe, chance)
        claimed = collection.claim()
        running = [killed.start(app, collection.charge_due) for _ in range(2)]
        for process in running:
            killed.finish(process)
        mend(stripe)
        end_leases()
        collection.charge_due()
        collection.charge(claimed)
        assert {state_of(pledge) for pledge in pledges} == {"collected"}


def test_many_schedulers_do_the_minutes_work_once(app, inside, river, stripe, sound):
    back(river, pounds(50))
    running = [killed.start(app, work.rounds, 3) for _ in range(3)]
    for process in running:
        killed.finish(process)
    end_leases()
    work.rounds(2)
    assert states() == ["collected"]
    ticks = queue.Job.uniq.startswith("tick:pledges.lapse")
    assert 1 <= database.session.query(queue.Job).filter(ticks).count() <= 2  # the minutes may have changed meanwhile
    database.session.rollback()
    assert letters().count("pledges.receipt") == letters().count("cases.target_met") == 1


# ---------------------------------------------------------------- webhooks
@pytest.fixture
def ringing(app, stripe):
    """Stripe brings its webhooks by itself, each twice, those of one request in any order."""
    with served(app) as origin:
        stripe.listen(f"{origin}/webhooks/stripe", WEBHOOK_SECRET)
        yield


def held(stripe, chance):
    """Bring what was held back: in any order, some of it twice, some of it never."""
    waiting = [event["id"] for event in stripe.control("webhooks/held")]
    chosen = [event for event in waiting if chance.random() < 0.8]
    chosen += [event for event in chosen if chance.random() < 0.5]
    chance.shuffle(chosen)
    if chosen:
        assert all(answered for _id, answered in stripe.control("webhooks/deliver", ids=chosen))


def test_webhooks_twice_shuffled_late_and_lost_come_to_the_same_end(
    inside, ringing, river, stripe, chance, runs, sound
):
    """Nobody comes back by browser; what webhooks do not bring, page reader and reconciler do."""
    stripe.control("config", config={"mode": "manual"})
    pledges = []
    for _ in range(max(4, runs // 4)):
        pledge = start(river, pounds(10))
        stand_in.pay(checkout.open_page(pledge), chance.choice([GOOD, GOOD, DECLINED]))
        pledges.append(pledge)
        held(stripe, chance)
        if chance.random() < 0.5:
            queue.drain()
    move(stripe, 200)
    work.rounds(2)
    stripe.control("faults", faults=[{"match": "confirm", "kind": "drop_after", "times": 9}])
    back(river, pounds(50))
    assert closing.check_target(of_case(river)) or "due" in states()
    database.session.commit()
    for _ in range(4):
        collection.charge_due()
        held(stripe, chance)
        queue.drain()
    reconcile.reconcile()
    settle(stripe)
    assert set(states()) <= {"collected", "lapsed"} and "collected" in states()
    for pledge in pledges:
        told = letters(row(pledge).email)
        assert told.count("pledges.thanks") == 1 and told.count("pledges.receipt") == (state_of(pledge) == "collected")


def test_webhooks_that_come_by_themselves_twice_each_do_their_work_once(inside, ringing, river, stripe, sound):
    stripe.control("config", config={"duplicate": True, "shuffle": True})
    pledge = start(river, pounds(50))
    stand_in.pay(checkout.open_page(pledge), GOOD)
    wait_for(lambda: kinds("checkout.session.completed"))
    work.rounds(3)
    assert state_of(pledge) == "collected"
    wait_for(lambda: kinds("payment_intent.succeeded"))
    work.rounds(1)
    assert kinds("checkout.session.completed") == kinds("payment_intent.succeeded") == 1
    assert letters(row(pledge).email) == ["pledges.thanks", "pledges.target_met", "pledges.receipt"]


def kinds(kind):
    """How many events of this kind stand in our books."""
    found = database.session.query(WebhookEvent).filter_by(type=kind).count()
    database.session.rollback()
    return found


def wait_for(there, seconds=20):
    """Wait until `there()`, which another thread brings about."""
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)
