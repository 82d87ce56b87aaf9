"""The books balance after every test that pledges by the pages (`app` in tests/conftest.py looks)."""

import pytest
from sqlalchemy import text

from app.database import db as database
from tests.cases import stages
from tests.pledges.backing import pledge, press
from tests.support.books import assert_sound, watch


@pytest.fixture
def slug(app):
    with app.app_context():
        case = stages.live(title="Clean water")
        database.session.commit()
        return case.slug


def test_a_pledge_by_the_pages_is_noted_and_looking_around_is_not(app, slug):
    used = watch(app)
    browser = app.test_client()
    own_page = browser.get(f"/cases/{slug}").status_code == 200 and pledge(browser, slug)
    assert used == ["pledges.back", "pledges.returned"]
    browser.get(own_page)
    press(browser, own_page, "/settings/appearance")
    assert len(used) == 2


@pytest.mark.forged
@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE pledges SET state = 'collected'",
        "UPDATE pledges SET amount_minor = amount_minor + 1",
        "DELETE FROM pledge_deltas",
    ],
)
def test_books_that_do_not_hold_are_noticed(app, slug, forgery):
    """The control."""
    pledge(app.test_client(), slug)
    assert_sound(app)
    with app.app_context():
        database.session.execute(text(forgery))
        database.session.commit()
    with pytest.raises(AssertionError, match="books that do not hold"):
        assert_sound(app)
