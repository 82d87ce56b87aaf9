"""Backing and charging without a browser, and the promises that must hold after whatever happened.

Functions that take no `app` need an application context and no open transaction; they leave none.
"""

from collections import Counter
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import select

from app.cases.models import Case
from app.core import clock
from app.core.money import Money
from app.database import db
from app.ledger import queries as books
from app.ledger import service as ledger
from app.mail.models import OutgoingLetter
from app.operations import invariants
from app.pledges import checkout, service
from app.pledges.models import ChargeAttempt, CheckoutSession, Pledge
from app.pledges.states import PledgeState, Shown
from tests.support.stand_in import StandIn, pay

GOOD = "4242424242424242"
OTHER = "5555555555554444"
DECLINED = "4000000000000341"  # saved without trouble, declined when charged
NO_FUNDS = "4000008260003178"  # the bank asks when it is saved; each charge: insufficient funds
ASKS_EACH_TIME = "4000002760003184"  # the bank wants every payment approved
ASKS_ONCE = "4000002500003155"  # the bank asks when it is saved, not off-session after that
DAY = 24 * 3600
_number = count(1)


def pounds(amount: int) -> Money:
    """Whole pounds."""
    return Money(amount * 100, "GBP")


def case_of(slug: str) -> Case:
    """The case; leaves the transaction open."""
    return db.session.scalars(select(Case).where(Case.slug == slug)).one()


def of_case(slug: str) -> int:
    """The case's id."""
    found = case_of(slug).id
    db.session.rollback()
    return found


def details(amount: Money, tip: Money | None = None, **values: Any) -> service.PledgeDetails:
    """What a form brings; a new form each time."""
    n = next(_number)
    known = {"form_key": f"{n:032}", "name": "Omid Rahimi", "email": f"omid{n}@example.org", "lang": "en"}
    shown = {"shown": Shown.NAME_AND_AMOUNT, "message": "", "consent_text": "Agreed."}
    return service.PledgeDetails(**{**known, **shown, "amount": amount, "tip": tip or Money.zero("GBP"), **values})


def start(slug: str, amount: Money, tip: Money | None = None, **values: Any) -> int:
    """A pledge whose card is not saved yet; its id."""
    pledge_id = service.start(case_of(slug), details(amount, tip, **values)).id
    db.session.commit()
    return pledge_id


def back(slug: str, amount: Money, card: str = GOOD, tip: Money | None = None, **values: Any) -> int:
    """A pledge all the way through the hosted page and back; its id."""
    pledge_id = start(slug, amount, tip, **values)
    finish(checkout.open_page(pledge_id), card)
    return pledge_id


def finish(url: str, card: str = GOOD) -> None:
    """Type the card into the hosted page and come back as the browser does."""
    pay(url, card)
    checkout.fold_page(session_of(url))


def session_of(url: str) -> str:
    """The hosted page's id, from its address."""
    return url.split("/c/pay/")[1].split("?")[0]


def row(pledge_id: int) -> Pledge:
    """The pledge as it stands, with its attempts and pages, taken out of the session."""
    pledge = db.session.scalars(select(Pledge).where(Pledge.id == pledge_id)).one()
    _ = pledge.attempts, pledge.pages, pledge.case
    db.session.expunge_all()
    db.session.rollback()
    return pledge


def state_of(pledge_id: int) -> str:
    return row(pledge_id).state


def states() -> list[str]:
    """The state of each pledge, oldest first."""
    found = list(db.session.scalars(select(Pledge.state).order_by(Pledge.id)))
    db.session.rollback()
    return found


def attempts(pledge_id: int) -> list[str]:
    """The state of each try to charge the pledge, oldest first."""
    found = select(ChargeAttempt.state).where(ChargeAttempt.pledge_id == pledge_id).order_by(ChargeAttempt.n)
    told = list(db.session.scalars(found))
    db.session.rollback()
    return told


def pages(pledge_id: int) -> list[str]:
    """The state of each hosted page of the pledge, oldest first."""
    found = select(CheckoutSession.state).where(CheckoutSession.pledge_id == pledge_id).order_by(CheckoutSession.n)
    told = list(db.session.scalars(found))
    db.session.rollback()
    return told


def letters(to: str | None = None) -> list[str]:
    """Names of the letters written down, oldest first; only those to `to`, if given."""
    found = select(OutgoingLetter.name).order_by(OutgoingLetter.id)
    told = list(db.session.scalars(found if to is None else found.where(OutgoingLetter.to == to)))
    db.session.rollback()
    return told


def end_leases() -> None:
    """Let every worker that held a pledge be long dead."""
    for pledge in db.session.scalars(select(Pledge).where(Pledge.leased_until.is_not(None))):
        pledge.leased_until = clock.real_now() - service.timedelta(seconds=1)
    db.session.commit()


def move(stripe: StandIn, seconds: float) -> None:
    """Let time pass for us and for Stripe, whose clock has whole seconds."""
    clock.move(seconds)
    behind = int(clock.now().timestamp()) - stripe.control("clock")["now"]
    stripe.control("clock", advance=behind)


def move_to(stripe: StandIn, moment: datetime) -> None:
    """Let it be `moment` for us and for Stripe."""
    move(stripe, (moment - clock.now()).total_seconds())


# ---------------------------------------------------------------- Stripe's side
def charged(stripe: StandIn) -> Counter[int]:
    """How often Stripe charged each pledge, by the pledge's id."""
    found: Counter[int] = Counter()
    for charge in stripe.client.v1.charges.list({"limit": 100}).auto_paging_iter():
        if charge.status == "succeeded":
            found[int(charge.metadata["pledge"])] += 1
    return found


def tries(stripe: StandIn) -> int:
    """How many charges were tried, with or without success."""
    return len(list(stripe.client.v1.charges.list({"limit": 100}).auto_paging_iter()))


def cards_left(stripe: StandIn) -> list[str]:
    """Last digits of the cards that Stripe still keeps for us."""
    methods = stripe.client.v1.payment_methods.list({"limit": 100}).auto_paging_iter()
    return sorted(method.card.last4 for method in methods if method.customer)


def net(stripe: StandIn) -> int:
    """What Stripe's own account of us comes to, in pence."""
    return sum(line.net for line in stripe.client.v1.balance_transactions.list({"limit": 100}).auto_paging_iter())


# ---------------------------------------------------------------- the promises
def check(stripe: StandIn) -> None:
    """None charged twice, none lost: the promises of the books hold, and they equal Stripe's account."""
    by_stripe = charged(stripe)
    twice = {pledge: times for pledge, times in by_stripe.items() if times > 1}
    assert not twice, f"charged more than once: {twice}"
    collected = set(db.session.scalars(select(Pledge.id).where(Pledge.state == PledgeState.COLLECTED)))
    broken, ours = invariants.broken(), books.balance(ledger.STRIPE, "GBP").minor
    db.session.rollback()
    assert collected == set(by_stripe), f"Stripe charged {sorted(by_stripe)}, our books say {sorted(collected)}"
    assert broken == []
    assert ours == net(stripe)
