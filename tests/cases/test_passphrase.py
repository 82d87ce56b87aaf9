"""A passphrase in front of private links."""

import pytest
from sqlalchemy import select

from app.cases import invitations, passphrase, publishing
from app.cases.models import Case
from app.cases.passphrase import TooEasy, WrongPassphrase
from app.database import db as database
from tests.cases import stages
from tests.people import browser_of, leila
from tests.support.forms import send

WORDS, OTHER = "four small grey herons", "nine slow blue barges"
TITLE = "The family from the harbour"


@pytest.fixture
def locked(app):
    """Slug of a private case whose links ask for a passphrase, and the token of its link."""
    with app.app_context():
        case, token = stages.live_private(title=TITLE)
        passphrase.put(case, passphrase.hashed(WORDS))
        database.session.commit()
        return case.slug, token


def put(app, words):
    with app.app_context():
        passphrase.put(database.session.scalars(select(Case)).one(), passphrase.hashed(words) if words else "")
        database.session.commit()


@pytest.mark.parametrize("words", ["", "short", "x" * 201])
def test_one_that_is_too_short_or_endless_is_refused(app, words):
    with app.app_context(), pytest.raises(TooEasy):
        passphrase.hashed(words)


def test_only_the_right_one_passes_and_it_is_stored_hashed(app):
    with app.app_context():
        stored = passphrase.hashed(WORDS)
        assert stored.startswith("$argon2") and WORDS not in stored
        passphrase.check(stored, WORDS)
        with pytest.raises(WrongPassphrase):
            passphrase.check(stored, OTHER)


def test_the_link_asks_first_and_tells_nothing(client, locked):
    slug, token = locked
    page = client.get(f"/p/{token}")
    assert page.status_code == 200 and TITLE not in page.text and slug not in page.text
    assert client.get(f"/cases/{slug}").status_code == 404
    answer = send(client, f"/p/{token}", passphrase=OTHER)
    assert answer.status_code == 400 and OTHER not in answer.text and client.get(f"/cases/{slug}").status_code == 404


def test_the_passphrase_opens_it_once_for_this_browser(client, locked):
    slug, token = locked
    assert send(client, f"/p/{token}", passphrase=WORDS).location == f"/cases/{slug}"
    assert TITLE in client.get(f"/cases/{slug}").text
    assert client.get(f"/p/{token}").location == f"/cases/{slug}"


def test_ten_wrong_tries_from_a_network_are_enough_and_keep_out_neither_owner_nor_others(app, client, locked):
    slug, token = locked
    for _n in range(10):
        assert send(client, f"/p/{token}", passphrase=OTHER).status_code == 400
    assert send(client, f"/p/{token}", passphrase=WORDS).status_code == 429
    assert browser_of(app, leila).get(f"/p/{token}").location == f"/cases/{slug}"
    other = app.test_client()
    other.environ_base |= {"REMOTE_ADDR": "203.0.113.9"}
    assert send(other, f"/p/{token}", passphrase=WORDS).status_code == 303


def test_good_tries_do_not_count(app, locked):
    _slug, token = locked
    for _n in range(12):
        assert send(app.test_client(), f"/p/{token}", passphrase=WORDS).status_code == 303


def test_setting_or_changing_it_ends_what_was_opened_before(app, client, locked):
    slug, token = locked
    send(client, f"/p/{token}", passphrase=WORDS)
    assert client.get(f"/cases/{slug}").status_code == 200
    put(app, OTHER)
    assert client.get(f"/cases/{slug}").status_code == 404
    assert send(client, f"/p/{token}", passphrase=WORDS).status_code == 400
    assert send(client, f"/p/{token}", passphrase=OTHER).status_code == 303


def test_taking_it_away_opens_the_links_again(app, client, locked):
    slug, token = locked
    put(app, "")
    assert client.get(f"/p/{token}").location == f"/cases/{slug}"


def test_an_ended_link_looks_like_none_whatever_is_typed(app, client, locked):
    _slug, token = locked
    with app.app_context():
        case = database.session.scalars(select(Case)).one()
        publishing.revoke_link(case, 1)
        database.session.commit()
    never = "0" * 32
    shown = [send(client, "/settings/appearance", to=f"/p/{one}", passphrase=WORDS) for one in (token, never)]
    assert [one.status_code for one in shown] == [404, 404]
    assert shown[0].text.replace(token, "") == shown[1].text.replace(never, "")


def test_invitations_ask_for_no_passphrase(app, client, locked):
    slug, _token = locked
    with app.app_context():
        case = database.session.scalars(select(Case)).one()
        (grant,) = invitations.invite(case, ["omid@example.org"], "en")
        token = invitations.token_of(grant)
        database.session.commit()
    assert send(client, f"/p/invited/{token}", email="omid@example.org").location == f"/cases/{slug}"


def test_the_lawyer_sets_it_and_takes_it_away(app, locked):
    slug, _token = locked
    browser, path = browser_of(app, leila), f"/dashboard/cases/{slug}/passphrase"
    assert send(browser, path, passphrase="short").status_code == 400
    assert send(browser, path, passphrase=OTHER).status_code == 303
    with app.app_context():
        passphrase.check(database.session.scalars(select(Case)).one().passphrase_hash, OTHER)
    assert send(browser, path, end="1").status_code == 303
    with app.app_context():
        assert database.session.scalars(select(Case)).one().passphrase_hash == ""
