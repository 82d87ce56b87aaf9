"""What the clock does with pledges."""

import pytest

from app.database import db as database
from app.jobs import queue, worker
from app.jobs.models import Job
from app.pledges import checkout, closing, collection, jobs
from tests.pledges.money import (
    DAY,
    GOOD,
    OTHER,
    back,
    cards_left,
    case_of,
    finish,
    letters,
    move,
    pounds,
    row,
    start,
    state_of,
    states,
)
from tests.support import stand_in

pytestmark = pytest.mark.usefixtures("promises")


def rounds(app, number=3):
    """So many rounds of the worker, with what the minute brings."""
    for _ in range(number):
        queue.defer_ticks()
        database.session.commit()
        worker.beat(app)


def test_everything_that_is_deferred_has_a_reader():
    names = {"check_target", "close_case", "detach_card", "handle_event", "read_pages", "lapse", "abandon"}
    assert {f"pledges.{name}" for name in names | {"reconcile", "reconcile_all"}} <= queue.READERS.keys()


def test_two_rounds_bring_a_case_from_its_last_pledge_to_the_receipt(inside, river, outbox):
    back(river, pounds(50), email="a@example.org")
    rounds(inside, 2)
    assert states() == ["collected"] and case_of(river).state == "funded"
    database.session.rollback()
    assert len(outbox.to("a@example.org")) == 2  # thanks, and that the target is met: before the charge, as promised
    rounds(inside, 1)
    assert "Receipt" in outbox.subjects("a@example.org")[-1] and len(outbox.to("a@example.org")) == 3


def test_a_round_that_finds_nothing_does_nothing(inside, river, outbox):
    back(river, pounds(25))
    rounds(inside, 2)
    before = len(outbox.messages)
    rounds(inside, 2)
    assert len(outbox.messages) == before and states() == ["pledged"]


def test_a_missed_deadline_is_closed_without_being_asked(inside, river, stripe):
    back(river, pounds(25))
    move(stripe, 10 * DAY + 5)
    rounds(inside, 2)
    assert states() == ["released"] and cards_left(stripe) == []


def test_a_word_that_never_came_is_asked_for(inside, river, stripe):
    stand_in.pay(checkout.open_page(start(river, pounds(50))), GOOD)
    move(stripe, 120)
    rounds(inside, 3)
    assert states() == ["collected"]


def test_a_pledge_lapses_without_being_asked(inside, funded, stripe):
    back(funded, pounds(25), "4000000000000341")
    for _ in range(9):
        rounds(inside, 2)
        move(stripe, DAY)
    assert states() == ["lapsed"] and letters()[-1] == "pledges.lapsed"


def test_an_unfinished_pledge_is_let_go_without_being_asked(inside, river, stripe):
    checkout.open_page(start(river, pounds(25)))
    move(stripe, DAY + 60)
    rounds(inside, 1)
    move(stripe, DAY + 60)
    rounds(inside, 1)
    assert states() == ["abandoned"]


def test_the_hourly_run_books_what_nobody_reported(inside, funded, stripe):
    pledge = back(funded, pounds(25))
    stripe.control("faults", faults=[{"match": "confirm", "kind": "drop_after", "times": 3}])
    collection.charge_due()
    queue.defer("pledges.reconcile")
    database.session.commit()
    queue.drain()
    assert state_of(pledge) == "collected"


def test_a_card_goes_however_often_the_provider_fails(inside, river, stripe):
    pledge = back(river, pounds(25))
    card = row(pledge).payment_method
    stripe.control("faults", faults=[{"match": "detach", "kind": "500", "times": 3}])
    with pytest.raises(queue.Postpone):
        jobs.detach_card(card)
    jobs.detach_card(card)
    jobs.detach_card(card)  # gone already, which is what was wanted
    assert cards_left(stripe) == []
    finish(checkout.open_page(pledge), OTHER)


def test_a_beat_that_fails_stops_no_other(inside, river, monkeypatch):
    back(river, pounds(50))
    monkeypatch.setattr(worker, "BEATS", [lambda: 1 / 0, *worker.BEATS])
    rounds(inside, 2)
    assert states() == ["collected"]


def test_a_verdict_that_fails_is_tried_again(inside, river, stripe, monkeypatch):
    back(river, pounds(50))
    with monkeypatch.context() as patch:
        patch.setattr(closing, "post_many", lambda *_: 1 / 0)
        rounds(inside, 1)
    assert states() == ["pledged"] and case_of(river).state == "open"
    database.session.rollback()
    move(stripe, 10)
    rounds(inside, 2)
    assert states() == ["collected"]


def test_closing_that_cannot_reach_the_provider_leaves_no_pile_of_work(inside, river, stripe, monkeypatch):
    checkout.open_page(start(river, pounds(25)))
    move(stripe, 10 * DAY - 3600)
    checkout.open_page(start(river, pounds(25)))
    move(stripe, 3605)
    stripe.control("faults", faults=[{"match": "checkout/sessions/cs_", "kind": "500", "times": 10_000}])
    for _ in range(4):
        jobs.close_cases()
        queue.drain()
        move(stripe, 30)
    left = database.session.query(Job).filter_by(name="pledges.close_case", done_at=None).count()
    assert left == 0 and case_of(river).state == "closing"
    database.session.rollback()
    stripe.control("faults", faults=[])
    rounds(inside, 2)
    assert case_of(river).state == "unfunded"


def test_totals_and_letters_do_not_wait_for_a_slow_provider(inside, funded, stripe):
    """Charging stops beginning anew after a second, however many are due."""
    for _ in range(3):
        back(funded, pounds(5))
    stripe.control(
        "faults", faults=[{"match": "POST /v1/payment_intents$", "kind": "slow", "seconds": 1.2, "times": 9}]
    )
    jobs.charge_due()
    assert sorted(states()) == ["collected", "due", "due"]
