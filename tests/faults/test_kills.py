"""Processes killed at any line of ours: of opening a page, saving a card, a verdict, a charge, a round of the worker.

Each run kills one process at one line, which chance picks out of its part of all the lines, and lets the next process
take over once the lease is over. Whatever was being done must be done, and done once.
"""

from collections import Counter
from datetime import timedelta

import pytest

from app.cases.models import Case
from app.core.money import Money
from app.database import db as database
from app.jobs import queue
from app.mail.models import OutgoingLetter
from app.pledges import checkout, closing, collection, reconcile
from app.pledges.models import Pledge
from tests.faults import killed, work
from tests.pledges.conftest import open_case
from tests.pledges.money import (
    ASKS_EACH_TIME,
    DECLINED,
    GOOD,
    attempts,
    back,
    cards_left,
    case_of,
    charged,
    end_leases,
    finish,
    letters,
    move,
    move_to,
    of_case,
    pages,
    pounds,
    row,
    session_of,
    start,
    state_of,
    states,
)
from tests.support import stand_in

pytestmark = [pytest.mark.faults, pytest.mark.timeout(0)]


@pytest.fixture
def kill(app, chance, runs):
    """`kill(prepare, do, part=1)` yields, for each of the runs, what `prepare()` made and the line it was killed at.

    `do(made)` names the work and its arguments. `part` divides the number of runs. A first run that nobody kills tells
    how many lines there are; what it made is yielded too. Where the next run has fewer, it tells anew.
    """

    def each(prepare, do, part=1):
        made = prepare()
        lines = killed.run(app, *do(made)).lines
        yield made, "not killed"
        number, kills = max(4, runs // part), 0
        for n in range(number):
            line = 1 + int((n + chance.random()) * len(lines) / number)
            made = prepare()
            outcome = killed.run(app, *do(made), line=line)
            where, lines, kills = lines[line - 1], outcome.lines or lines, kills + outcome.killed
            end_leases()
            yield made, where
        assert kills > number // 2

    return each


# ---------------------------------------------------------------- a pledge
def test_a_form_whose_process_is_killed_makes_one_pledge_when_it_is_sent_again(inside, river, stripe, kill, sound):
    keys = iter(f"{n:032}" for n in range(10_000, 20_000))
    for key, where in kill(lambda: next(keys), lambda key: (work.begin, river, key), part=4):
        pledge = start(river, pounds(25), form_key=key)
        finish(checkout.open_page(pledge))
        assert database.session.query(Pledge).filter_by(form_key=key).count() == 1, where
        assert (state_of(pledge), set(pages(pledge))) in (
            ("pledged", {"complete"}),
            ("pledged", {"expired", "complete"}),
        ), where
        open_at_stripe = {"customer": row(pledge).customer_id, "status": "open"}
        assert stripe.client.v1.checkout.sessions.list(open_at_stripe).data == [], where


def test_a_card_whose_saving_is_killed_joins_once(inside, river, stripe, kill, sound):
    def prepare():
        pledge = start(river, pounds(5))
        stand_in.pay(url := checkout.open_page(pledge), GOOD)
        return pledge, session_of(url)

    for (pledge, _session), where in kill(prepare, lambda made: (checkout.fold_page, made[1]), part=4):
        move(stripe, 100)
        checkout.read_due()
        assert (state_of(pledge), pages(pledge)) == ("pledged", ["complete"]), where
        assert letters(row(pledge).email) == ["pledges.thanks"], where


# ---------------------------------------------------------------- the verdicts
@pytest.fixture
def fresh_case(app, inside):
    """`fresh_case()`: another case with a target of £50; its slug."""
    number = iter(range(1000))

    def make():
        database.session.rollback()
        return open_case(app, f"case-{next(number)}")

    return make


def test_a_verdict_killed_at_any_line_is_given_once_and_told_once(inside, stripe, fresh_case, kill, sound):
    def prepare():
        slug = fresh_case()
        return slug, [back(slug, pounds(25)), back(slug, pounds(25))]

    for (slug, pledges), where in kill(prepare, lambda made: (work.verdict, of_case(made[0])), part=4):
        work.verdict(of_case(slug))
        assert [state_of(pledge) for pledge in pledges] == ["due", "due"], where
        for pledge in pledges:
            assert letters(row(pledge).email) == ["pledges.thanks", "pledges.target_met"], where


def test_a_closing_killed_at_any_line_releases_everyone_once(inside, stripe, fresh_case, kill, sound):
    def prepare():
        slug = fresh_case()
        deadline = case_of(slug).deadline_at
        database.session.rollback()
        pledge, late, unseen = back(slug, pounds(25)), start(slug, pounds(5)), start(slug, pounds(5))
        move_to(stripe, deadline - timedelta(seconds=60))
        for unfinished in (late, unseen):
            checkout.open_page(unfinished)
        move_to(stripe, deadline + timedelta(seconds=2))
        return slug, pledge

    for (slug, pledge), where in kill(prepare, lambda made: (closing.close, of_case(made[0])), part=4):
        closing.close(of_case(slug))
        queue.drain()
        assert (state_of(pledge), case_of(slug).state) == ("released", "unfunded"), where
        database.session.rollback()
        assert letters(row(pledge).email) == ["pledges.thanks", "pledges.target_missed"], where
        assert database.session.query(Case).filter_by(state="closing").count() == 0
        database.session.rollback()
    assert cards_left(stripe) == []


# ---------------------------------------------------------------- a charge
def test_a_charge_killed_at_any_line_is_made_once(inside, funded, stripe, kill, sound):
    def prepare():
        return back(funded, pounds(25), tip=Money(125, "GBP"))

    for pledge, where in kill(prepare, lambda _made: (collection.charge_due,)):
        collection.charge_due()
        assert (state_of(pledge), attempts(pledge)) == ("collected", ["succeeded"]), where
        assert letters(row(pledge).email) == ["pledges.thanks", "pledges.receipt"], where
    assert set(charged(stripe).values()) == {1}


def test_a_charge_killed_at_any_line_whose_keys_are_forgotten_is_made_once(inside, funded, stripe, kill, sound):
    for pledge, where in kill(lambda: back(funded, pounds(25)), lambda _made: (work.charge_without_keys,), part=4):
        stripe.control("prune_idempotency")
        collection.charge_due()
        assert (state_of(pledge), charged(stripe)[pledge]) == ("collected", 1), where


def test_without_the_one_intent_the_same_kills_charge_twice(app, inside, funded, stripe, chance, runs):
    """What the guard is good for. With an intent for each try, a kill after Stripe's success charges again."""
    back(funded, pounds(25))
    lines = killed.run(app, work.charge_with_an_intent_for_each_try).lines
    confirmed = next(n for n, place in enumerate(lines) if place.endswith(" _confirm"))
    pledge, number, n = 0, 8, 0
    while not (twice := max(charged(stripe).values(), default=0)) > 1 and n < number:
        pledge = back(funded, pounds(25))
        line = confirmed + int((n + chance.random()) * (len(lines) - confirmed) / number)
        assert killed.run(app, work.charge_with_an_intent_for_each_try, line=line + 1).killed
        end_leases()
        work.charge_with_an_intent_for_each_try()
        n += 1
    assert twice == 2 and charged(stripe)[pledge] == 2


def test_a_decline_killed_at_any_line_is_tried_once_and_told_once(inside, funded, stripe, kill, sound):
    def prepare():
        return back(funded, pounds(25), DECLINED)

    for pledge, where in kill(prepare, lambda _made: (collection.charge_due,), part=4):
        collection.charge_due()
        assert (state_of(pledge), attempts(pledge)) == ("retry", ["declined"]), where
        assert letters(row(pledge).email) == ["pledges.thanks", "pledges.card_failed"], where
        tried = stripe.client.v1.charges.list({"payment_intent": row(pledge).intent_id}).data
        assert len(tried) == 1, where


def test_an_approval_killed_at_any_line_can_still_be_given(inside, funded, stripe, kill, sound):
    def prepare():
        pledge = back(funded, pounds(25), ASKS_EACH_TIME)
        collection.charge_due()
        assert state_of(pledge) == "action_required"
        return pledge

    for pledge, where in kill(prepare, lambda pledge: (collection.authenticate, pledge), part=4):
        collection.charge_due()
        assert state_of(pledge) == "action_required", where
        stand_in.authenticate(collection.authenticate(pledge))
        assert collection.look_again(pledge) == "collected", where


def test_a_return_from_the_bank_killed_at_any_line_is_booked_by_the_reconciler(inside, funded, stripe, kill, sound):
    def prepare():
        pledge = back(funded, pounds(25), ASKS_EACH_TIME)
        collection.charge_due()
        stand_in.authenticate(collection.authenticate(pledge))
        return pledge

    for pledge, where in kill(prepare, lambda pledge: (collection.look_again, pledge), part=4):
        reconcile.reconcile()
        assert state_of(pledge) == "collected", where
        assert letters(row(pledge).email)[-1] == "pledges.receipt", where


def test_a_lapse_killed_at_any_line_ends_the_pledge_once(inside, funded, stripe, kill, sound):
    def prepare():
        pledge = back(funded, pounds(25), ASKS_EACH_TIME)
        collection.charge_due()
        collection.authenticate(pledge)
        database.session.query(Pledge).filter_by(id=pledge).update({"next_at": Pledge.started_at})
        database.session.commit()
        return pledge

    for pledge, where in kill(prepare, lambda _made: (collection.lapse_due,), part=4):
        collection.lapse_due()
        assert state_of(pledge) == "lapsed", where
        assert letters(row(pledge).email)[-1] == "pledges.lapsed", where
        assert stripe.client.v1.payment_intents.retrieve(row(pledge).intent_id).status == "canceled", where


# ---------------------------------------------------------------- the whole worker
def test_a_worker_killed_at_any_line_leaves_the_next_one_to_finish(inside, stripe, fresh_case, kill, outbox, sound):
    """From the saved card to the receipt in the mail. A letter may be handed over twice, under one Message-ID."""

    def prepare():
        slug = fresh_case()
        return back(slug, pounds(50), email=f"{slug}@example.org")

    for pledge, where in kill(prepare, lambda _made: (work.rounds, 3), part=4):
        work.rounds(4)
        assert state_of(pledge) == "collected", where
        mails = Counter(mail["Message-ID"] for mail in outbox.to(row(pledge).email))
        subjects = {mail["Message-ID"]: mail["Subject"].split(":")[0] for mail in outbox.to(row(pledge).email)}
        assert {"Receipt"} <= set(subjects.values()) and len(subjects) == len(set(subjects.values())), where
        assert max(mails.values()) <= 2, where
    assert database.session.query(OutgoingLetter).filter_by(sent_at=None, dropped_at=None).count() == 0
    database.session.rollback()
    assert set(states()) == {"collected"}
