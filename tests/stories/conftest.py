"""Stories, and those who edit them."""

import pytest

from app.core.clock import real_now
from app.database import db as database
from app.stories.models import Story
from tests.people import browser_of, nima
from tests.updates import making


@pytest.fixture(autouse=True)
def noon(clock):
    """It is noon, so that no day turns while a test looks, whatever the season does to the hour."""
    clock.set(real_now().replace(hour=12, minute=0, second=0, microsecond=0))


@pytest.fixture
def editor(app):
    """A browser in which Nima, who edits stories, is signed in."""
    return browser_of(app, nima)


@pytest.fixture
def made(app):
    """`made(function, …)` makes a story (or else) in a transaction of its own; a story's (slug, staff page)."""

    def make(function=making.told, *args, **values):
        with app.app_context():
            result = function(*args, **values)
            found = (result.slug, f"/staff/stories/{result.public_id}") if isinstance(result, Story) else None
            database.session.commit()
            return found

    return make
