"""A case to pay to."""

import pytest

from tests.pledges.conftest import open_case


@pytest.fixture
def river(app):
    """The slug of an open case with a target of £50."""
    return open_case(app, "river")
