"""Ways off the site: whatever `next` says, and wherever one came from, the visitor stays with us."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete

from app.accounts import challenges, keyring, limits, passkeys, proving, second_factor, service, settings, views
from app.accounts import queries as accounts
from app.core import clock
from app.database import db as database
from app.pages import views as pages
from app.web.redirects import local_path
from tests.people import PASSWORD, browser_of, mina, omid
from tests.support.browsing import goes, leads
from tests.support.corpora import rows
from tests.support.forms import token_of

ROWS = rows("open-redirect")
SITE = "https://localhost"
OWN = ("https", "localhost")
COOKIE = "__Host-session"
ASKING = (views, proving, settings, keyring, pages)  # the modules that ask where to go next


@dataclass
class Door:
    """A form that leads on to what `next` says, and who stands before it."""

    form: str
    fields: dict[str, Any] = field(default_factory=dict)
    who: Callable[[], Any] | None = None
    to: str = ""
    has_password: bool = False  # typed already, so that a code is asked for


DOORS = {
    "sign in": Door("/account/sign-in", {"email": "omid@example.org", "password": PASSWORD}),
    "with a passkey": Door("/account/sign-in", to="/account/sign-in/passkey"),
    "code": Door("/account/second-factor", {"code": "000000"}, has_password=True),
    "passkey after the password": Door("/account/second-factor", to="/account/second-factor/passkey", has_password=True),
    "recovery code": Door("/account/recovery-code", {"code": "abcd-efgh-jkmn"}, has_password=True),
    "prove": Door("/account/prove", {"password": PASSWORD}, omid),
    "prove by passkey": Door("/account/prove", {}, omid, "/account/prove/passkey"),
    "new passkey": Door("/account/passkeys/new", {"name": "Phone", "answer": "{}"}, omid),
    "first code": Door("/account/second-factor/scan", {"code": "000000"}, omid),
}
# Pages that carry `next` to the next page, and answers that do.
CARRIES = {
    "/account/sign-in": None,
    "/account/second-factor": mina,
    "/account/prove": omid,
    "/account/second-factor/set-up": omid,
    "/account/second-factor/scan": omid,
    "/account/passkeys/new": omid,
    "/account/second-factor/recovery-codes": mina,
}


@pytest.fixture
def easy(monkeypatch):
    """Codes, passkeys and recovery codes are right and never too many: where one goes then is what is tried."""
    monkeypatch.setattr(service, "use_code", lambda user, code: None)
    monkeypatch.setattr(second_factor, "use_recovery_code", lambda user, code: None)
    monkeypatch.setattr(second_factor, "complete", lambda user, code: [])
    monkeypatch.setattr(second_factor, "pending", lambda user: "JBSWY3DPEHPK3PXP")
    monkeypatch.setattr(passkeys, "add", lambda user, challenge, answer, name: [])
    monkeypatch.setattr(challenges, "take", lambda purpose, user=None: "")
    monkeypatch.setattr(
        challenges, "answered", lambda purpose, user=None, *, verified: user or accounts.by_email("omid@example.org")
    )
    for name in ("count_attempt", "count_code", "count_proof"):
        monkeypatch.setattr(limits, name, lambda *_: None)


def before(app, door):
    """A browser before `door`, with the door's mark and the cookie of this moment."""
    app.test_client_class = FlaskClient  # hundreds of the same few pages, that are looked at elsewhere
    with app.app_context():
        omid(), mina()
        database.session.commit()
    browser = browser_of(app, door.who) if door.who else app.test_client()
    if door.has_password:
        page = browser.get("/account/sign-in")
        data = {"csrf_token": token_of(page), "email": "mina@example.org", "password": PASSWORD}
        assert browser.post("/account/sign-in", data=data, headers={"Referer": SITE}).status_code == 303
    mark = token_of(browser.get(door.form))
    return browser, mark, browser.get_cookie(COOKIE).value


def through(door, browser, mark, cookie, text):
    browser.set_cookie(COOKIE, cookie, secure=True)
    address = f"{door.to or door.form}?next={quote(text)}"
    data = {"csrf_token": mark, **door.fields}
    return browser.post(address, data=data, headers={"Referer": SITE})


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
def test_a_door_leads_on_within_the_house(app, easy, door):
    browser, mark, cookie = before(app, door)
    followed = fed = 0
    for row in ROWS:
        answer = through(door, browser, mark, cookie, row["text"])
        assert answer.status_code == 303, row
        assert goes(answer.location, SITE)[:2] == OWN, row
        if row.get("expect") == "follow":
            assert answer.location == row["text"]
            followed += 1
        fed += 1
    assert (fed, followed) == (325, 3)


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
def test_without_the_check_each_door_would_lead_away(app, easy, monkeypatch, door):
    for module in ASKING:
        monkeypatch.setattr(module, "local_path", lambda wanted, otherwise: wanted or otherwise)
    answer = through(door, *before(app, door), "//evil.example")
    assert goes(answer.location, SITE).netloc == "evil.example"
