import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
import stripe

from tests.stripesim.engine import Engine, balance, connect, prorata, reconcile
from tests.support.stand_in import StandIn, authenticate, signed

ROOT = Path(__file__).resolve().parents[2]
NOWHERE = "http://127.0.0.1:9"
DECLINED, DISPUTED, REFUND_FAILS = "4000000000000341", "4000000000000259", "4000000000005126"
ASKS_ONCE, ASKS_ALWAYS = "4000002500003155", "4000002760003184"


class Env:
    """A Stripe account, a database beside it, and a clock that moves both."""

    def __init__(self, sim: StandIn, folder: Path) -> None:
        self.sim, self.path, self.offset = sim, folder / "pledges.db", 0
        self.db, self.c, self.ctl = connect(self.path), sim.client, sim.control

    def now(self):
        return time.time() + self.offset

    def advance(self, days):
        self.offset += days * 86400
        self.ctl("clock", advance=days * 86400)

    def lease_runs_out(self):
        self.offset += 300

    def engine(self, **options):
        return Engine(options.pop("db", self.db), self.c, self.now, **options)

    def card(self, number):
        card = {"number": number, "exp_month": 12, "exp_year": 2034, "cvc": "123"}
        return self.c.v1.payment_methods.create({"type": "card", "card": card}).id

    def pledge(self, number="4242424242424242", amount=5000, tip=0, case=1):
        customer = self.c.v1.customers.create({"email": "b@example.org"}).id
        pm = self.card(number)
        setup = {"customer": customer, "usage": "off_session", "allowed_payment_method_types": ["card"]}
        s = self.c.v1.setup_intents.create(setup)
        s = self.c.v1.setup_intents.confirm(s.id, {"payment_method": pm, "return_url": NOWHERE})
        if s.status == "requires_action":
            authenticate(s.next_action.redirect_to_url.url)
        return self.db.execute(
            "insert into pledge(case_id,amount,tip,customer,pm,state) values(?,?,?,?,?,'due') returning id",
            (case, amount, tip, customer, pm),
        ).fetchone()[0]

    def change_card(self, pledge):
        """The backer gives a card that works."""
        pm = self.card("4242424242424242")
        self.c.v1.payment_methods.attach(pm, {"customer": self.row(pledge)["customer"]})
        self.db.execute("update pledge set pm=? where id=?", (pm, pledge))

    def row(self, pledge):
        return self.db.execute("select * from pledge where id=?", (pledge,)).fetchone()

    def state(self, pledge):
        return self.row(pledge)["state"]

    def letters(self):
        return [kind for (kind,) in self.db.execute("select kind from outbox order by id")]

    def charges(self):
        return list(self.c.v1.charges.list({"limit": 100}).auto_paging_iter())

    def charged(self):
        return sorted(ch.amount for ch in self.charges() if ch.paid)

    def failed(self):
        return sum(not ch.paid for ch in self.charges())

    def books_are_right(self):
        return reconcile(self.db, self.c) == []


@pytest.fixture
def env(sim, tmp_path):
    env = Env(sim, tmp_path)
    yield env
    env.db.close()


def together(*jobs):
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_due_pledge_is_collected_once_and_the_ledger_balances(env):
    p = env.pledge(tip=250)
    assert env.engine().run() == 1
    assert env.state(p) == "collected" and env.charged() == [5250]
    assert balance(env.db, "liab:case:1") == -5000 and balance(env.db, "income:tips") == -250
    assert balance(env.db, "expense:stripe_fees") == 99
    assert env.books_are_right() and env.engine().run() == 0


def test_a_declined_card_is_tried_again_and_then_the_pledge_expires(env):
    p = env.pledge(DECLINED)
    states = []
    for days in (0, 1, 3, 5, 7):
        env.advance(days)
        env.engine().run()
        states.append(env.state(p))
    assert states == ["retry"] * 4 + ["expired"] and env.charged() == []
    assert env.letters() == ["update_card"] * 4 + ["expired"]


def test_a_card_authenticated_when_saved_is_charged_off_session(env):
    p = env.pledge(ASKS_ONCE)
    env.engine().run()
    assert env.state(p) == "collected"


def test_a_card_that_always_asks_is_charged_when_its_owner_answers(env):
    p = env.pledge(ASKS_ALWAYS)
    env.engine().run()
    assert env.state(p) == "action_required"
    pi, pm = env.row(p)["pi"], env.row(p)["pm"]
    intent = env.c.v1.payment_intents.confirm(pi, {"payment_method": pm, "return_url": f"{NOWHERE}/back"})
    assert intent.status == "requires_action" and intent.next_action.type == "redirect_to_url"
    assert authenticate(intent.next_action.redirect_to_url.url).startswith(f"{NOWHERE}/back?payment_intent={pi}")
    assert env.engine().apply(env.c.v1.payment_intents.retrieve(pi)) == "collected" and env.charged() == [5000]


@pytest.mark.parametrize("kind", ["drop_after", "drop_before", "500", "429"])
@pytest.mark.parametrize("call", ["POST /v1/payment_intents$", "/confirm$"])
def test_a_network_fault_never_charges_twice(env, kind, call):
    p = env.pledge()
    env.ctl("faults", faults=[{"match": call, "kind": kind}])
    with suppress(stripe.StripeError):
        env.engine().run()
    env.lease_runs_out()
    env.engine().run()
    assert env.state(p) == "collected" and env.charged() == [5000] and env.books_are_right()


def test_a_forgotten_idempotency_key_charges_once_all_the_same(env):
    p = env.pledge()
    env.ctl("faults", faults=[{"match": "/confirm$", "kind": "drop_after"}])
    env.engine().run()
    assert env.state(p) == "charging" and env.charged() == [5000]
    env.ctl("prune_idempotency")
    env.advance(2)
    env.engine().run()
    assert env.state(p) == "collected" and env.charged() == [5000]


KILLED_AT = """
import os, sys, stripe
from tests.stripesim.engine import Engine, connect
path, key, url, place = sys.argv[1:]
client = stripe.StripeClient(key, base_addresses={"api": url})
Engine(connect(path), client, on=lambda where, _: where == place and os.kill(os.getpid(), 9)).run()
"""


@pytest.mark.parametrize("place", ["pi_stored", "attempt_stored", "confirmed"])
def test_a_worker_killed_anywhere_charges_once(env, place):
    p = env.pledge()
    command = [sys.executable, "-c", KILLED_AT, str(env.path), env.sim.key, env.sim.url, place]
    killed = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert killed.returncode == -signal.SIGKILL
    assert env.engine().run() == 0, "its lease still holds"
    env.lease_runs_out()
    assert env.engine().run() == 1
    assert env.state(p) == "collected" and env.charged() == [5000] and env.books_are_right()


def test_a_late_failure_event_does_not_mark_a_newer_attempt(env):
    p = env.pledge(DECLINED)
    env.engine().run()
    env.advance(1)
    env.change_card(p)

    def late(where, _):  # the first attempt's event lands between write-down and sending of the second
        if where == "attempt_stored":
            env.engine().apply(env.c.v1.payment_intents.retrieve(env.row(p)["pi"]))

    env.engine(on=late).run()
    assert [state for (state,) in env.db.execute("select state from attempt order by n")] == ["declined", "ok"]
    assert env.state(p) == "collected"
    assert env.letters() == ["update_card", "receipt"], "no letter about a failure for a payment that went through"


def test_a_crash_before_sending_a_second_attempt_sends_it_later(env):
    p = env.pledge(DECLINED)
    env.engine().run()
    env.advance(1)

    def crash(where, _):
        if where == "attempt_stored":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        env.engine(on=crash).run()
    assert env.failed() == 1
    env.lease_runs_out()
    env.engine().run()
    assert env.failed() == 2 and env.state(p) == "retry"


def test_a_declined_attempt_whose_answer_was_lost_is_not_sent_again(env):
    p = env.pledge(DECLINED)
    env.engine().run()
    env.advance(1)
    env.ctl("faults", faults=[{"match": "/confirm$", "kind": "drop_after"}])
    env.engine().run()
    assert env.failed() == 2 and env.state(p) == "charging"
    env.lease_runs_out()
    env.engine().run()
    assert env.failed() == 2 and env.state(p) == "retry"


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
def test_a_card_changed_while_the_outcome_is_unknown_waits_for_the_next_attempt(env, kind):
    """The same key with other parameters would be refused by Stripe for ever: a re-send carries its attempt's card."""
    p = env.pledge(DECLINED)
    env.ctl("faults", faults=[{"match": "/confirm$", "kind": kind}])
    env.engine().run()
    env.change_card(p)
    env.lease_runs_out()
    env.engine().run()
    assert env.state(p) == "retry" and env.failed() == 1
    env.advance(1)
    env.engine().run()
    assert env.state(p) == "collected" and env.charged() == [5000]


def test_eight_workers_under_faults_charge_forty_pledges_once_each(env):
    pledges = [env.pledge(amount=1000 + i) for i in range(40)]
    kinds = ("drop_after", "500", "429", "drop_before")
    env.ctl("faults", faults=[{"match": "POST", "kind": kind, "times": 4} for kind in kinds])

    def work():
        db = connect(env.path)
        for _ in range(30):
            with suppress(stripe.StripeError):
                env.engine(db=db).run()
        db.close()

    together(*[work] * 8)
    env.lease_runs_out()
    env.engine().run()
    assert {env.state(p) for p in pledges} == {"collected"}
    assert env.charged() == [1000 + i for i in range(40)] and env.books_are_right()


def test_workers_who_ignore_the_lease_charge_once_all_the_same(env):
    p = env.pledge()

    def work():
        db = connect(env.path)
        with suppress(Exception):  # they trip over each other, which is the point
            env.engine(db=db).charge(p)
        db.close()

    together(*[work] * 6)
    env.lease_runs_out()
    env.engine().run()
    assert env.charged() == [5000] and env.state(p) == "collected"


def test_webhooks_replayed_shuffled_and_forged_change_nothing(env):
    secret = env.c.v1.webhook_endpoints.create({"url": f"{NOWHERE}/wh", "enabled_events": ["*"]}).secret
    env.ctl("config", config={"mode": "manual"})
    good, bad = env.pledge(), env.pledge(DECLINED)
    engine = env.engine()
    engine.run()
    before = list(map(tuple, env.db.execute("select * from posting")))
    held = env.ctl("webhooks/held")
    random.shuffle(held)
    assert held
    for event in held + held:
        body, headers = signed(env.c.v1.events.retrieve(event["id"]).to_dict(), secret)
        engine.webhook(body, headers["Stripe-Signature"], secret)
        _, old = signed(body, secret, at=time.time() - 400)
        for payload, signature in ((body + b" ", headers["Stripe-Signature"]), (body, old["Stripe-Signature"])):
            with pytest.raises(stripe.SignatureVerificationError):
                engine.webhook(payload, signature, secret)
    assert engine.drain() == len(held)
    assert list(map(tuple, env.db.execute("select * from posting"))) == before and env.charged() == [5000]
    assert env.state(good) == "collected" and env.state(bad) == "retry"


def firm(env):
    """An account that went through Stripe's onboarding."""
    controller = {
        "stripe_dashboard": {"type": "express"},
        "fees": {"payer": "application"},
        "losses": {"payments": "application"},
    }
    account = env.c.v1.accounts.create(
        {"country": "GB", "controller": controller, "capabilities": {"transfers": {"requested": True}}}
    ).id
    with pytest.raises(stripe.InvalidRequestError):  # not before it was onboarded
        env.c.v1.transfers.create({"amount": 1, "currency": "gbp", "destination": account})
    urls = {"refresh_url": f"{NOWHERE}/again", "return_url": f"{NOWHERE}/ok"}
    link = env.c.v1.account_links.create({"account": account, "type": "account_onboarding", **urls})
    assert authenticate(link.url) == f"{NOWHERE}/ok"
    return account


def test_money_is_released_to_the_firm_and_cannot_come_back_once_paid_out(env):
    for amount in (3333, 3333, 3334, 5001):
        env.pledge(amount=amount)
    env.engine().run()
    account, transfers = firm(env), []
    for ch in env.c.v1.charges.list({"transfer_group": "case_1"}).data:
        whole = {"amount": ch.amount, "currency": "gbp", "destination": account, "source_transaction": ch.id}
        transfers.append(env.c.v1.transfers.create(whole, {"idempotency_key": f"release:{ch.id}"}).id)
        with pytest.raises(stripe.InvalidRequestError):
            env.c.v1.transfers.create({**whole, "amount": 1})
    assert env.books_are_right() and balance(env.db, "liab:case:1") == 0
    theirs = {"stripe_account": account}
    assert env.c.v1.balance.retrieve({}, theirs).pending[0].amount == 15001
    env.advance(4)
    (payout,) = env.c.v1.payouts.list({}, theirs).data
    assert payout.amount == 15001 and payout.status == "paid"
    rows = env.c.v1.balance_transactions.list({"payout": payout.id, "limit": 100}, theirs).data
    assert len(rows) == 5 and sum(row.net for row in rows) == 0  # four payments and the payout
    with pytest.raises(stripe.InvalidRequestError) as refused:
        env.c.v1.transfers.reversals.create(transfers[0], {"amount": 1})
    assert refused.value.code == "balance_insufficient"


def test_unspent_money_returns_pro_rata_and_once(env):
    given = {env.pledge(amount=amount): amount for amount in (3333, 3333, 3334, 5001)}
    env.engine().run()
    shares = prorata(4999, given)
    assert sum(shares.values()) == 4999
    for p, amount in shares.items():
        for _ in (1, 2):
            env.c.v1.refunds.create(
                {"payment_intent": env.row(p)["pi"], "amount": amount, "metadata": {"pledge_id": str(p)}},
                {"idempotency_key": f"return:r1:{p}"},
            )
    assert env.books_are_right() and balance(env.db, "liab:case:1") == -(15001 - 4999)


def test_a_dispute_won_and_a_refund_that_failed_are_in_the_books(env):
    env.pledge(DISPUTED)
    p = env.pledge(REFUND_FAILS)
    env.engine().run()
    assert env.books_are_right()
    assert balance(env.db, "asset:disputes") == 5000 and balance(env.db, "expense:dispute_fees") == 2000
    (dispute,) = env.c.v1.disputes.list().data
    evidence = {"evidence": {"uncategorized_text": "winning_evidence"}, "submit": True}
    env.c.v1.disputes.update(dispute.id, evidence)
    refund = env.c.v1.refunds.create({"payment_intent": env.row(p)["pi"], "amount": 700})
    assert env.c.v1.refunds.retrieve(refund.id).status == "failed" and env.books_are_right()
    assert balance(env.db, "asset:disputes") == 0 and balance(env.db, "liab:unclaimed") == -700


def test_pro_rata_shares_are_exact_and_fair():
    for _ in range(2000):
        given = {i: random.randint(1, 10 ** random.randint(1, 7)) for i in range(random.randint(1, 50))}
        pool, total = random.randint(0, sum(given.values())), sum(given.values())
        shares = prorata(pool, given)
        assert sum(shares.values()) == pool
        assert all(0 <= shares[k] <= given[k] for k in given)
        assert all(abs(shares[k] * total - pool * given[k]) < total for k in given)
