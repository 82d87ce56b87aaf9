"""The link that ends letters about a case: by a button, and by one POST of a mail program."""

import pytest
from sqlalchemy import select

from app.database import db as database
from app.pledges.models import Pledge
from app.updates import readers
from app.updates.models import UpdateOptout
from tests.pledges.backing import press, said
from tests.updates import making


@pytest.fixture
def link(app, made):
    """Path of the link in Omid's letters."""
    made()
    with app.app_context():
        mine = database.session.scalars(select(Pledge)).one()
        return readers.unsubscribe_url(mine).removeprefix("https://localhost")


def optouts(app):
    with app.app_context():
        return [row.email for row in database.session.scalars(select(UpdateOptout))]


def test_opening_the_link_does_nothing(app, client, link):
    page = client.get(link)
    assert page.status_code == 200 and "Stop emails about this case?" in said(page) and optouts(app) == []
    assert page.headers["Cache-Control"] == "no-store" and "noindex" in page.headers["X-Robots-Tag"]


def test_the_button_ends_the_letters(app, client, link):
    page = press(client, link, link)
    assert "No more emails about this case" in said(page) and optouts(app) == ["omid@example.org"]


def test_a_mail_program_ends_them_without_a_form_a_cookie_or_a_page_of_ours(app, link):
    answer = app.test_client().post(
        link, data={"List-Unsubscribe": "One-Click"}, headers={"Origin": "https://mail.example"}
    )
    assert answer.status_code == 200 and optouts(app) == ["omid@example.org"]


def test_twice_is_quiet(app, client, link):
    for _time in range(2):
        assert client.post(link, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert optouts(app) == ["omid@example.org"]


def test_whoever_changes_their_mind_gets_them_again(app, client, link):
    client.post(link)
    answer = press(client, link, f"{link}/undo")
    assert answer.status_code == 303 and answer.location == link and optouts(app) == []


def test_having_them_sent_again_takes_our_own_form(app, client, link):
    client.post(link)
    assert client.post(f"{link}/undo").status_code == 400 and optouts(app) == ["omid@example.org"]


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_altered_link_finds_nothing(app, client, link, method):
    for wrong in (link[:-1] + ("a" if link[-1] != "a" else "b"), "/unsubscribe/x", "/unsubscribe/" + "a" * 300):
        assert getattr(client, method)(wrong).status_code == 404
    assert optouts(app) == []


def test_the_page_speaks_persian_too(client, link):
    page = client.get(f"/fa{link}")
    assert page.status_code == 200 and 'dir="rtl"' in page.text and 'href="/fa/pledges/' in page.text


def test_the_page_of_the_pledge_leads_there_and_back(app, client, link):
    page = client.get(link).text
    pledge = page.split('href="/pledges/')[1].split('"')[0]
    assert "Stop these emails" in said(client.get(f"/pledges/{pledge}"))
    client.post(link)
    assert "We do not email you about new ones." in said(client.get(f"/pledges/{pledge}"))
    assert making
