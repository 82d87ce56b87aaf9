"""Strange hosts: whatever the browser says it asked, every link that is made names our own address."""

import re
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from app.database import db as database
from app.jobs import queue
from app.mail import outbox as letters
from app.web import throttle
from tests.cases import stages
from tests.people import browser_of, omid
from tests.support.corpora import rows
from tests.support.forms import token_of

ROWS = rows("host-header")
HOME = {"Referer": "https://localhost/"}
FORWARDED = ("X-Forwarded-Host", "X-Host", "X-Forwarded-Server", "Forwarded", "X-Original-Host")
_ABSOLUTE = re.compile(r'https?://[^\s"\'<>)]+')
_OURS = re.compile(
    r'<(?:link rel="(?:canonical|alternate)"[^>]*href|meta property="og:[^"]*" content)="(https?:[^"]*)"'
)


def said(row):
    """Headers that name the row as the host that was asked."""
    return {name: f"host={row['text']}" if name == "Forwarded" else row["text"] for name in FORWARDED}


@pytest.fixture
def page(app):
    app.test_client_class = FlaskClient
    with app.app_context():
        slug = stages.live(title="A page").slug
        omid()
        database.session.commit()
    return f"/cases/{slug}"


def deliver(app, outbox):
    with app.app_context():
        queue.drain()
        letters.send_due(100)
    return [message.get_body((kind,)).get_content() for message in outbox.messages for kind in ("plain", "html")]


def test_a_letter_that_a_strange_host_asks_for_leads_to_us(app, outbox, page, monkeypatch):
    """The classic: a new password, whose link would lead to the attacker."""
    browser = app.test_client()
    monkeypatch.setattr(throttle, "check", lambda kind, key, limit, per_seconds: None)
    for row in ROWS:
        mark = token_of(browser.get("/account/reset"))
        data = {"csrf_token": mark, "email": "omid@example.org"}
        refused = browser.post("/account/reset", data=data, headers={**HOME, "Host": row["text"]})
        assert refused.status_code == 400, row
        assert browser.post("/account/reset", data=data, headers={**HOME, **said(row)}).status_code == 303, row
    bodies = deliver(app, outbox)
    links = [link for body in bodies for link in _ABSOLUTE.findall(body)]
    assert len(ROWS) == 7 and len(outbox.messages) > 0
    assert any("/account/reset/" in link for link in links)
    assert {urlsplit(link).netloc for link in links} == {"localhost"}


@pytest.mark.parametrize("prefix", ["", "/fa"])
def test_canonical_addresses_and_redirects_are_ours(app, page, prefix):
    browser, member = app.test_client(), browser_of(app, omid)
    plain = browser.get(prefix + page)
    assert _OURS.findall(plain.text)
    for row in ROWS:
        for answer in (
            browser.get(prefix + page, headers=said(row)),
            browser.get(prefix + "/", headers=said(row)),
            browser.get(prefix + "/account/", headers=said(row)),
            browser.get(prefix + "/cases", headers=said(row)),
            member.get(prefix + "/account/sign-in", headers=said(row)),
        ):
            assert answer.status_code < 400, row
            found = [*_OURS.findall(answer.text), answer.location or ""]
            assert {urlsplit(link).netloc for link in found} <= {"localhost", ""}, (row, found)
            assert "evil" not in answer.text + str(answer.headers), row


def test_with_the_guard_off_a_strange_host_is_answered(app, page, outbox):
    """The control: what refuses is the guard. And links are made of our own address even then."""
    app.config["TRUSTED_HOSTS"] = None
    app.before_request_funcs[None] = [one for one in app.before_request_funcs[None] if "canonical" not in one.__name__]
    browser, name = app.test_client(), {"Host": "localhost.evil.example"}
    answer = browser.get("/cases", headers=name)
    assert answer.status_code < 400 and "localhost.evil.example" in (
        answer.location or "https://localhost.evil.example"
    )
    assert browser.get(page, headers=name).status_code == 200
    app.config["WTF_CSRF_ENABLED"] = False
    assert browser.post("/account/reset", data={"email": "omid@example.org"}, headers=name).status_code == 303
    links = [link for body in deliver(app, outbox) for link in _ABSOLUTE.findall(body)]
    assert links and {urlsplit(link).netloc for link in links} == {"localhost"}
