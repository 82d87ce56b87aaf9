"""One stand-in for all tests in this folder; each test has a Stripe account of its own on it."""

import pytest

from tests.support.stand_in import stand_in


@pytest.fixture(scope="session")
def running():
    with stand_in() as running:
        yield running


@pytest.fixture
def sim(running):
    return running.account()
