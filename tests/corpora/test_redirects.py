"""Ways off the site: whatever `next` says, and wherever one came from, the visitor stays with us."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import quote, unquote

import pytest
from flask.testing import FlaskClient

from app.accounts import challenges, keyring, limits, passkeys, proving, second_factor, service, settings, views
from app.accounts import queries as accounts
from app.database import db as database
from app.i18n import locale
from app.pages import views as pages
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
    next_in_form: bool = False


# One for each module that asks where to go: every row goes through each of them.
DOORS = {
    "sign in": Door("/account/sign-in", {"email": "omid@example.org", "password": PASSWORD}),
    "prove": Door("/account/prove", {"password": PASSWORD}, omid),
    "new passkey": Door("/account/passkeys/new", {"name": "Phone", "answer": "{}"}, omid),
    "first code": Door("/account/second-factor/scan", {"code": "000000"}, omid),
    "light or dark": Door("/settings/appearance", {"theme": "dark"}, next_in_form=True),
}
# Others beside them, which share the rows.
SIDE_DOORS = {
    "with a passkey": Door("/account/sign-in", to="/account/sign-in/passkey"),
    "code": Door("/account/second-factor", {"code": "000000"}, has_password=True),
    "a passkey then": Door("/account/second-factor", to="/account/second-factor/passkey", has_password=True),
    "recovery code": Door("/account/recovery-code", {"code": "abcd-efgh-jkmn"}, has_password=True),
    "prove by passkey": Door("/account/prove", {}, omid, "/account/prove/passkey"),
    "set up": Door("/account/second-factor/set-up", {}, omid),
}
EACH = DOORS | SIDE_DOORS
RENEW = Door("/account/second-factor/recovery-codes", who=mina)  # shows the codes, and then leads on
# Pages that hand `next` on to another page share the rows too.
CARRIES = {name: door for name, door in EACH.items() if not door.to and not door.next_in_form} | {"renew": RENEW}


def share(name, doors):
    """This door's part of the rows, when `doors` are given them in turn."""
    return ROWS[list(doors).index(name) :: len(doors)]


@pytest.fixture
def easy(monkeypatch):
    """Codes, passkeys and recovery codes are right and never too many: where one goes then is what is tried."""
    monkeypatch.setattr(service, "use_code", lambda user, code: None)
    monkeypatch.setattr(second_factor, "use_recovery_code", lambda user, code: None)
    monkeypatch.setattr(second_factor, "complete", lambda user, code: [])
    monkeypatch.setattr(second_factor, "pending", lambda user: "JBSWY3DPEHPK3PXP" * 2)
    monkeypatch.setattr(second_factor, "renew", lambda user: ["abcd-efgh-jkmn"])
    monkeypatch.setattr(settings, "qr_code", lambda text: "")
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
    address, data = door.to or door.form, {"csrf_token": mark, **door.fields}
    if door.next_in_form:
        data["next"] = text
    else:
        address += f"?next={quote(text)}"
    return browser.post(address, data=data, headers={"Referer": SITE})


@pytest.mark.parametrize("name", DOORS)
def test_a_door_leads_on_within_the_house(app, easy, name):
    door = DOORS[name]
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


@pytest.mark.parametrize("name", SIDE_DOORS)
def test_so_does_a_side_door(app, easy, name):
    browser, mark, cookie = before(app, SIDE_DOORS[name])
    for row in share(name, SIDE_DOORS):
        answer = through(SIDE_DOORS[name], browser, mark, cookie, row["text"])
        assert answer.status_code == 303, row
        assert goes(answer.location, SITE)[:2] == OWN, row
    assert sum(len(share(name, SIDE_DOORS)) for name in SIDE_DOORS) == 325


@pytest.mark.parametrize("name", EACH)
def test_without_the_check_each_door_would_lead_away(app, easy, monkeypatch, name):
    """The control."""
    for module in ASKING:
        monkeypatch.setattr(module, "local_path", lambda wanted, otherwise: wanted or otherwise)
    answer = through(EACH[name], *before(app, EACH[name]), "//evil.example")
    if name == "set up":  # hands it on first
        answer = through(DOORS["first code"], *before(app, DOORS["first code"]), "//evil.example")
    assert goes(answer.location, SITE).netloc == "evil.example"


# ---------------------------------------------------------------- pages that hand it on
@pytest.mark.parametrize("name", CARRIES)
def test_a_page_hands_on_no_way_out(app, easy, name):
    browser, _mark, _cookie = before(app, CARRIES[name])
    for row in share(name, CARRIES):
        answer = browser.get(f"{CARRIES[name].form}?next={quote(row['text'])}")
        assert answer.status_code == 200, row
        assert all(goes(lead, SITE)[:2] == OWN for lead in leads(answer.text)), row
    assert sum(len(share(name, CARRIES)) for name in CARRIES) == 325


def test_new_recovery_codes_lead_on_within_the_house(app, easy):
    browser, mark, cookie = before(app, RENEW)
    for row in ROWS:
        answer = through(RENEW, browser, mark, cookie, row["text"])
        assert answer.status_code == 200 and "abcd-efgh-jkmn" in answer.text, row
        assert all(goes(lead, SITE)[:2] == OWN for lead in leads(answer.text)), row


def test_without_the_check_the_recovery_codes_would_lead_away(app, easy, monkeypatch):
    """The control."""
    monkeypatch.setattr(settings, "local_path", lambda wanted, otherwise: wanted or otherwise)
    answer = through(RENEW, *before(app, RENEW), "//evil.example")
    assert "evil.example" in {goes(lead, SITE).netloc for lead in leads(answer.text)}


# ---------------------------------------------------------------- where one came from, and the other language
def test_the_page_one_came_from_is_no_way_out(app):
    app.test_client_class = FlaskClient
    browser = app.test_client()
    for row in ROWS:
        came_from = "".join(letter for letter in row["text"] if letter >= " ").encode().decode("latin-1")
        referrer = SITE + came_from if came_from.startswith("/") else came_from  # no header holds a line end
        answer = browser.get("/settings/appearance", headers={"Referer": referrer})
        hidden = re.findall(r'name="next"[^>]*value="([^"]*)"', answer.text)
        back = pages.local_path(unescape(hidden[0]), "/")
        assert answer.status_code == 200 and goes(back, SITE)[:2] == OWN, row


def test_an_address_like_that_has_no_way_out_of_its_page(app):
    """The switch of languages, redirects to the one address of a page, and whatever else is made of the address."""
    app.test_client_class = FlaskClient
    browser = app.test_client()
    fed = 0
    for row in ROWS:
        for path in ("/fa" + row["text"], unquote(row["text"])):
            asked = {"PATH_INFO": path.encode("utf-8", "surrogatepass").decode("latin-1")}
            answer = browser.get("/", environ_overrides=asked)
            found = [answer.location] if answer.location else leads(answer.text)
            assert answer.status_code < 500, row
            assert all(goes(lead, SITE)[:2] == OWN for lead in found), (row, found)
        fed += 1
    assert fed == 325


def test_without_its_guard_the_other_language_would_lead_away(client, monkeypatch):
    """The control."""
    monkeypatch.setattr(locale, "alternate_url", lambda path, code: locale.LANGUAGES[code].prefix + path)
    answer = client.get("/", environ_overrides={"PATH_INFO": "/fa/\\evil.example"})
    assert "evil.example" in {goes(lead, SITE).netloc for lead in leads(answer.text)}
