"""Journeys: over HTTP only, in both languages, with the real worker's rounds and a real mail server."""

import pytest
from stripe import HTTPClient

from app.database import db as database
from app.jobs import queue, worker
from app.payments.provider import gateway
from tests.journeys.backer import Backer
from tests.pledges import money
from tests.pledges.conftest import funded, river  # noqa: F401  fixtures


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    """Stripe's library waits a moment before it asks again; not here."""
    monkeypatch.setattr(HTTPClient, "INITIAL_DELAY", 0.01)
    monkeypatch.setattr(HTTPClient, "MAX_DELAY", 0.02)


@pytest.fixture(params=["en", "fa"])
def lang(request):
    return request.param


@pytest.fixture
def omid(app, outbox, lang):
    """A backer who reads in the language of this run."""
    return Backer(app, outbox, lang)


@pytest.fixture
def told(lang):
    """`told(english, persian)`: the one that is in this run's language."""
    return lambda english, persian: persian if lang == "fa" else english


@pytest.fixture
def work(app):
    """`work(3)`: so many rounds of the worker, with what the minute brings."""

    def rounds(number=3):
        for _ in range(number):
            with app.app_context():
                queue.defer_ticks()
                database.session.commit()
            worker.beat(app)

    return rounds


@pytest.fixture
def pass_days(app, stripe, work, clock):
    """`pass_days(2)`: days pass for us and for Stripe, and the worker is awake on each."""

    def days(number):
        for _ in range(number):
            money.move(stripe, money.DAY)
            work(3)

    return days


@pytest.fixture(autouse=True)
def promises(app, stripe):
    """At the end of every journey: nobody charged twice, nothing lost, books equal to Stripe's account."""
    yield
    with app.app_context():
        assert gateway()
        money.check(stripe)
