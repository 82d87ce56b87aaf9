"""The link in a backer's mails."""

import pytest

from app.core import ids
from app.database import db as database
from app.pledges import links
from app.pledges.models import Pledge
from tests.pledges.money import pounds, start


@pytest.fixture
def mine(inside, river):
    """A pledge, in the session."""
    return database.session.get_one(Pledge, start(river, pounds(25)))


def test_the_link_opens_its_pledge(mine):
    assert links.read(links.token_of(mine)) is mine


def test_the_link_is_stored_nowhere(mine):
    token = links.token_of(mine)
    secret = token.rsplit(".", 1)[1]
    assert not [value for value in vars(mine).values() if secret in str(value)]


def test_raising_the_version_ends_every_link_sent_before(mine):
    token = links.token_of(mine)
    mine.link_version += 1
    assert links.read(token) is None and links.read(links.token_of(mine)) is mine


def test_a_link_for_another_purpose_opens_nothing(app, mine):
    key = app.config["SECRET_KEY"].encode()
    assert links.read(ids.sign_link(key, "pledge", mine.public_id, 1)) is mine
    assert links.read(ids.sign_link(key, "case", mine.public_id, 1)) is None
    assert links.read(ids.sign_link(b"another key", "pledge", mine.public_id, 1)) is None
    assert links.read(ids.sign_link(key, "pledge", "0" * 20, 1)) is None


def test_the_address_is_absolute_and_in_the_backers_language(mine):
    assert links.manage_url(mine) == f"https://localhost/pledges/{links.token_of(mine)}"
    mine.lang = "fa"
    assert links.manage_url(mine, "/withdraw") == f"https://localhost/fa/pledges/{links.token_of(mine)}/withdraw"
