"""Runs of the fault tests: how many (FAULT_RUNS, 20 unless told), and from which seed (FAULT_SEED, printed)."""

import os
import random

import pytest
from stripe import HTTPClient

from app.database import db as database
from tests.pledges import money
from tests.pledges.conftest import funded, inside, open_case, promises, river  # noqa: F401  fixtures

RUNS = int(os.environ.get("FAULT_RUNS", "20"))


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    """Stripe's library waits a moment before it asks again; not here."""
    monkeypatch.setattr(HTTPClient, "INITIAL_DELAY", 0.01)
    monkeypatch.setattr(HTTPClient, "MAX_DELAY", 0.02)


@pytest.fixture
def chance(request):
    """A source of chance whose seed is printed when the test fails."""
    seed = int(os.environ.get("FAULT_SEED", random.SystemRandom().randrange(10**9)))
    print(f"FAULT_SEED={seed} for {request.node.nodeid}")
    return random.Random(seed)


@pytest.fixture
def runs():
    """How often each fault is repeated."""
    return RUNS


@pytest.fixture
def sound(inside, stripe):  # noqa: F811
    """`sound()`: nobody charged twice, nothing lost, books equal to Stripe's account."""

    def look():
        money.check(stripe)

    yield look
    database.session.rollback()
    look()
