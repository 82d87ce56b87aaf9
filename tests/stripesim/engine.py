"""A model of the charge engine and its ledger, small enough to mutate, to test the stand-in and the design by.

The rule that makes double charging impossible: ONE PaymentIntent for a pledge. An intent can succeed at most once, so
it, not the idempotency key (which Stripe may forget after 24 hours), is the token. Amounts are pence.
"""

import json
import os
import sqlite3
import time

import stripe

SCHEMA = """
create table if not exists pledge(
  id integer primary key, case_id int not null, amount int not null check(amount>0),
  tip int not null default 0 check(tip>=0), customer text, pm text, pi text unique,
  state text not null default 'pledged' check(state in ('card_pending','pledged','due','charging','retry',
    'action_required','collected','expired','cancelled')),
  attempts int not null default 0, next_at int not null default 0,
  lease_until int not null default 0, lease_by text, last_code text);
create table if not exists attempt(
  pledge int not null, n int not null, idem text not null unique, pm text not null,
  state text not null check(state in('sent','ok','declined','action','superseded')), code text, primary key(pledge,n));
create unique index if not exists one_open_attempt on attempt(pledge) where state='sent';
create table if not exists webhook_event(id text primary key, type text, received int, done int default 0, body text);
create table if not exists entry(id integer primary key, key text not null unique, txn text unique, kind text, at int);
create table if not exists posting(entry int not null references entry, account text not null, amount int not null);
create table if not exists outbox(id integer primary key, key text unique, kind text, pledge int, body text);
"""
RETRY_DAYS = [1, 3, 5, 7]  # after 5 tries in 16 days: expired. Visa's and Mastercard's limits are far above this
HARD = {
    "lost_card",
    "stolen_card",
    "pickup_card",
    "fraudulent",
    "invalid_account",
    "expired_card",
    "incorrect_number",
    "restricted_card",
    "revocation_of_all_authorizations",
    "stop_payment_order",
    "transaction_not_allowed",
}
UNKNOWN = (stripe.APIConnectionError, stripe.RateLimitError, stripe.APIError, stripe.IdempotencyError)


def connect(path):
    db = sqlite3.connect(path, timeout=30, isolation_level=None)
    db.row_factory = sqlite3.Row
    db.execute("pragma journal_mode=wal")
    db.execute("pragma synchronous=off")  # tests kill processes, not machines
    db.execute("pragma busy_timeout=30000")
    db.executescript(SCHEMA)
    return db


class tx:
    def __init__(self, db):
        self.db = db

    def __enter__(self):
        self.db.execute("begin immediate")
        return self.db

    def __exit__(self, failed, *_):
        self.db.execute("rollback" if failed else "commit")


# ------------------------------------------------------------- ledger
def post(db, key, kind, lines, txn=None, at=None):
    """One balanced entry, at most once for a key. `lines`: {account: signed pence}, debit positive."""
    lines = {account: n for account, n in lines.items() if n}
    assert sum(lines.values()) == 0, (key, lines)
    cur = db.execute(
        "insert into entry(key,txn,kind,at) values(?,?,?,?) on conflict do nothing",
        (key, txn, kind, at or int(time.time())),
    )
    if cur.rowcount == 0:
        return False
    db.executemany("insert into posting values(?,?,?)", [(cur.lastrowid, account, n) for account, n in lines.items()])
    return True


def balance(db, account):
    return db.execute("select coalesce(sum(amount),0) from posting where account=?", (account,)).fetchone()[0]


# ------------------------------------------------------------- charging
class Engine:
    """`on(where, pledge)` is called at the places where a test may want to kill us."""

    def __init__(self, db, client, now=time.time, worker=None, on=None):
        self.db, self.c, self.worker = db, client, worker or f"w{os.getpid()}"
        self.now = lambda: int(now())
        self.on = on or (lambda *_: None)

    def claim(self):
        """Take one due pledge under a lease. A dead worker's lease runs out; its pledge is then recovered."""
        with tx(self.db) as db:
            row = db.execute(
                "select id from pledge where (state in('due','retry') and next_at<=? or state='charging')"
                " and lease_until<? order by next_at,id limit 1",
                (self.now(), self.now()),
            ).fetchone()
            if not row:
                return None
            db.execute(
                "update pledge set state='charging', lease_until=?, lease_by=? where id=?",
                (self.now() + 120, self.worker, row["id"]),
            )
            return row["id"]

    def run(self):
        n = 0
        while (pledge := self.claim()) is not None:
            self.charge(pledge)
            n += 1
        return n

    def pledge(self, pid):
        return self.db.execute("select * from pledge where id=?", (pid,)).fetchone()

    def open_attempt(self, pid):
        return self.db.execute("select * from attempt where pledge=? and state='sent'", (pid,)).fetchone()

    def charge(self, pid):
        p = self.pledge(pid)
        if not p["pi"]:  # 1. the token, unconfirmed: harmless if orphaned
            pi = self.c.v1.payment_intents.create(
                {
                    "amount": p["amount"] + p["tip"],
                    "currency": "gbp",
                    "customer": p["customer"],
                    "allowed_payment_method_types": ["card"],
                    "transfer_group": f"case_{p['case_id']}",
                    "statement_descriptor_suffix": f"CASE {p['case_id']}",
                    "description": f"Pledge {pid}",
                    "metadata": {"pledge_id": str(pid), "case_id": str(p["case_id"])},
                },
                {"idempotency_key": f"pledge:{pid}:pi"},
            )
            with tx(self.db) as db:
                db.execute("update pledge set pi=? where id=? and pi is null", (pi.id, pid))
            p = self.pledge(pid)
        self.on("pi_stored", pid)
        a = self.open_attempt(pid)
        if a:  # 2a. unknown outcome of an earlier try: ask Stripe first
            pi = self.c.v1.payment_intents.retrieve(p["pi"])
            if pi.status not in ("requires_confirmation", "requires_payment_method"):
                return self.apply(pi)
            # else send the SAME confirm under the SAME key: Stripe replays its answer if it ran, runs it if it did not
        else:  # 2b. write the attempt down before sending it
            with tx(self.db) as db:
                n = p["attempts"] + 1
                db.execute(
                    "insert into attempt(pledge,n,idem,pm,state) values(?,?,?,?,'sent')",
                    (pid, n, f"pledge:{pid}:confirm:{n}", p["pm"]),
                )
                db.execute("update pledge set attempts=? where id=?", (n, pid))
            a = self.open_attempt(pid)
        self.on("attempt_stored", pid)
        try:  # 3. the only call that moves money
            pi = self.c.v1.payment_intents.confirm(
                p["pi"],
                {
                    "payment_method": a["pm"],
                    "off_session": True,
                    "payment_method_options": {"card": {"stored_credential_usage": "unscheduled"}},
                },
                {"idempotency_key": a["idem"]},
            )
        except stripe.CardError:
            self.on("confirmed", pid)
            return self.apply(self.c.v1.payment_intents.retrieve(p["pi"]), a["n"])
        except stripe.InvalidRequestError as error:
            if error.code == "payment_intent_unexpected_state":
                return self.apply(self.c.v1.payment_intents.retrieve(p["pi"]))
            raise
        except UNKNOWN:
            with tx(self.db) as db:  # stays 'charging': recovered later
                db.execute("update pledge set lease_until=? where id=?", (self.now() + 30, pid))
            return "unknown"
        self.on("confirmed", pid)
        return self.apply(pi)

    def apply(self, pi, attempt=None):
        """Fold an intent AS STRIPE NOW HAS IT into our state. Worker, webhook and reconciler call it, in any order.

        A failure counts only for the attempt whose own answer it was: a late payment_failed event must not mark a newer
        try.
        """
        if pi.status == "succeeded":
            charge = pi.latest_charge if isinstance(pi.latest_charge, str) else pi.latest_charge.id
            ch = self.c.v1.charges.retrieve(charge, {"expand": ["balance_transaction"]})
            b = ch.balance_transaction
        with tx(self.db) as db:
            p = db.execute("select * from pledge where pi=?", (pi.id,)).fetchone()
            if not p:
                return "foreign"
            if p["state"] == "collected":
                return "already"
            if pi.status == "succeeded":
                db.execute("update attempt set state='ok' where pledge=? and state='sent'", (p["id"],))
                db.execute("update pledge set state='collected', lease_until=0 where id=?", (p["id"],))
                collected(db, p, ch.id, b)
                db.execute(
                    "insert into outbox(key,kind,pledge) values(?,?,?) on conflict do nothing",
                    (f"receipt:{p['id']}", "receipt", p["id"]),
                )
                return "collected"
            if pi.status == "canceled":
                db.execute("update pledge set state='cancelled', lease_until=0 where id=?", (p["id"],))
                return "cancelled"
            error = pi.last_payment_error
            if pi.status == "requires_payment_method" and error and attempt:
                n, code = attempt, getattr(error, "decline_code", None) or error.code
                marked = db.execute(
                    "update attempt set state='declined', code=? where pledge=? and n=? and state='sent'",
                    (code, p["id"], n),
                )
                if marked.rowcount == 0:
                    return "stale"
                auth = error.code == "authentication_required"
                hard = code in HARD or getattr(error, "advice_code", None) == "do_not_try_again"
                last = n > len(RETRY_DAYS)
                state = "action_required" if (auth or hard) and not last else "expired" if last else "retry"
                pause = RETRY_DAYS[min(n, len(RETRY_DAYS)) - 1] * 86400
                db.execute(
                    "update pledge set state=?, next_at=?, lease_until=0, last_code=? where id=?",
                    (state, self.now() + pause, code, p["id"]),
                )
                letter = "authenticate" if auth else "update_card" if not last else "expired"
                db.execute(
                    "insert into outbox(key,kind,pledge,body) values(?,?,?,?) on conflict do nothing",
                    (f"dun:{p['id']}:{n}", letter, p["id"], code),
                )
                return state
            return pi.status

    # ---------------------------------------------------------- webhook
    def webhook(self, payload, sig, secret):
        """Verify, store once, answer 200; work happens from the table. Raises SignatureVerificationError."""
        event = stripe.Webhook.construct_event(payload, sig, secret)
        with tx(self.db) as db:
            new = db.execute(
                "insert into webhook_event(id,type,received,body) values(?,?,?,?) on conflict do nothing",
                (event.id, event.type, self.now(), payload.decode()),
            ).rowcount
        return bool(new)

    def drain(self):
        """Work off the stored events. The event's own object is never believed: it is read again."""
        rows = self.db.execute("select * from webhook_event where done=0 order by received, id").fetchall()
        for row in rows:
            o, kind = json.loads(row["body"])["data"]["object"], row["type"]
            if kind.startswith("payment_intent."):
                self.apply(self.c.v1.payment_intents.retrieve(o["id"]))
            elif kind.startswith(("charge.dispute.", "refund.")):
                reconcile(self.db, self.c)
            with tx(self.db) as db:
                db.execute("update webhook_event set done=1 where id=?", (row["id"],))
        return len(rows)


# ------------------------------------------------------------- every balance transaction <-> exactly one entry
def collected(db, pledge, charge, b):
    """Book a successful charge with its balance transaction `b`."""
    case = f"liab:case:{pledge['case_id']}"
    lines = {"asset:stripe": b.amount, case: -pledge["amount"], "income:tips": -pledge["tip"]}
    post(db, f"charge:{charge}", "pledge_collected", lines, b.id)
    post(db, f"fee:{b.id}", "stripe_fee", {"expense:stripe_fees": b.fee, "asset:stripe": -b.fee})


def case_account(group):
    return f"liab:case:{group.split('_')[1]}"


def reconcile(db, c):
    """Walk Stripe's balance transactions; post what we lack; return the differences that a person must look at."""
    diffs, total = [], 0
    for b in c.v1.balance_transactions.list({"limit": 100}).auto_paging_iter():
        total += b.net
        if db.execute("select 1 from entry where txn=?", (b.id,)).fetchone():
            continue
        with tx(db):
            category = b.reporting_category
            if category == "charge":
                ch = c.v1.charges.retrieve(b.source)
                p = db.execute("select * from pledge where pi=?", (ch.payment_intent,)).fetchone()
                if p:
                    collected(db, p, ch.id, b)
                    db.execute("update pledge set state='collected' where id=?", (p["id"],))
                else:
                    diffs.append(("charge without pledge", b.id, b.amount))
                    lines = {"asset:stripe": b.amount, "liab:suspense": -b.amount}
                    post(db, f"charge:{ch.id}", "unidentified", lines, b.id)
                    post(db, f"fee:{b.id}", "stripe_fee", {"expense:stripe_fees": b.fee, "asset:stripe": -b.fee})
            elif category == "refund":
                r = c.v1.refunds.retrieve(b.source)
                case = f"liab:case:{c.v1.charges.retrieve(r.charge).metadata.to_dict().get('case_id', '?')}"
                post(db, f"refund:{r.id}", "refund", {case: -b.amount, "asset:stripe": b.amount}, b.id)
            elif category == "refund_failure":
                lines = {"asset:stripe": b.amount, "liab:unclaimed": -b.amount}
                post(db, f"refund_failed:{b.source}", "refund_failed", lines, b.id)
            elif category in ("dispute", "dispute_reversal"):
                post(
                    db,
                    f"dispute:{b.id}",
                    category,
                    {"asset:disputes": -b.amount, "asset:stripe": b.amount},
                    b.id,
                )
                post(db, f"fee:{b.id}", "dispute_fee", {"expense:dispute_fees": b.fee, "asset:stripe": -b.fee})
            elif category == "transfer":
                t = c.v1.transfers.retrieve(b.source)
                lines = {case_account(t.transfer_group): -b.amount, "asset:stripe": b.amount}
                post(db, f"transfer:{t.id}", "released", lines, b.id)
            elif category == "transfer_reversal":
                t = next(
                    t
                    for t in c.v1.transfers.list({"limit": 100}).auto_paging_iter()
                    if any(r["id"] == b.source for r in t.reversals.to_dict()["data"])
                )
                lines = {"asset:stripe": b.amount, case_account(t.transfer_group): -b.amount}
                post(db, f"reversal:{b.source}", "returned_by_lawyer", lines, b.id)
            elif category == "fee":
                lines = {"expense:stripe_fees": -b.net, "asset:stripe": b.net}
                post(db, f"stripe_fee:{b.id}", "stripe_account_fee", lines, b.id)
            elif category == "payout":
                lines = {"asset:bank": -b.amount, "asset:stripe": b.amount}
                post(db, f"payout:{b.source}", "platform_payout", lines, b.id)
            else:
                diffs.append(("unknown category", category, b.type, b.id))
    if balance(db, "asset:stripe") != total:
        diffs.append(("balance", balance(db, "asset:stripe"), total))
    return diffs


# ------------------------------------------------------------- pro-rata refunds to the penny
def prorata(pool, weights):
    """Split `pool` pence over {id: weight} by largest remainder: the sum is exact, nobody gets more than they gave."""
    total = sum(weights.values())
    assert 0 <= pool <= total
    share = {k: pool * w // total for k, w in weights.items()}
    left = pool - sum(share.values())
    for k in sorted(weights, key=lambda k: (-(pool * weights[k] % total), k))[:left]:
        share[k] += 1
    return share
