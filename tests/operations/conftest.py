"""A case whose books are sound, with one pledge collected, one that waits and one that failed."""

import itertools

import pytest

from app.cases.models import Case
from app.core.clock import now
from app.core.money import Money
from app.database import db as database
from app.payments.gateway import Intent, Payment
from app.pledges import collection, totals
from app.pledges.models import ChargeAttempt, Pledge
from app.pledges.states import PledgeState as S
from tests import people

_numbers = itertools.count(1)


@pytest.fixture
def house(app):
    """The portal with its context open."""
    with app.app_context():
        yield app


@pytest.fixture
def case(house):
    """A funded case without pledges."""
    case = Case(
        slug="river",
        lawyer=people.leila(),
        title="Clean water",
        state="funded",
        target=Money(5000, "GBP"),
        funded_at=now(),
    )
    database.session.add(case)
    database.session.commit()
    return case


def pledged(case, *states, minor=2500, tip=0):
    """A pledge that went through `states`, in each of which it was committed."""
    n = next(_numbers)
    person = {"name": "Omid", "email": f"omid{n}@example.org", "lang": "en", "consented_at": now()}
    card = {"customer_id": "cus_1", "payment_method": "pm_1", "intent_id": f"pi_{n}", "card_last4": "4242"}
    agreed = {"consent_text": "£25", "consent_hash": "0" * 64, "terms_version": "1"}
    sums = {"amount": Money(minor, "GBP"), "tip": Money(tip, "GBP")}
    pledge = Pledge(form_key=f"form {n}", case_id=case.id, state=S.STARTED, **person, **card, **agreed, **sums)
    database.session.add(pledge)
    for state in states:
        database.session.flush()
        totals.change(pledge, state=state)
    pledge.next_at = now()
    database.session.commit()
    return pledge


def charged(case, minor=2500, tip=250, fee=60):
    """A pledge that was collected, booked as the worker books it."""
    pledge = pledged(case, S.DUE, S.CHARGING, minor=minor, tip=tip)
    database.session.add(ChargeAttempt(pledge_id=pledge.id, n=1, payment_method="pm_1"))
    database.session.commit()
    payment = Payment(f"ch_{pledge.id}", f"txn_{pledge.id}", minor + tip, fee, "gbp", "4242")
    collection.apply(Intent(pledge.intent_id, "succeeded", minor + tip, "gbp", payment=payment))
    return pledge


@pytest.fixture
def sound(case):
    """The case, with pledges in several states and totals of which a part is folded."""
    charged(case)
    pledged(case, S.DUE)
    totals.roll_up()
    charged(case, minor=1000, tip=0)
    pledged(case, S.DUE, S.CHARGING, S.RETRY)
    return case
