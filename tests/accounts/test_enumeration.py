"""Nobody learns from us whether an address has an account: the same answer, the same hashes, the same statements.

Six doors take an address: signing in, signing up, a forgotten password, moving, claiming and backing.
"""

import re
from collections import Counter
from contextlib import contextmanager

import pytest
from flask import request
from sqlalchemy import event

from app.accounts import queries, service
from app.database import db as database
from tests.accounts.conftest import PASSWORD
from tests.cases import stages
from tests.people import browser_of, omid
from tests.pledges.backing import FILLED, hidden

KNOWN, UNKNOWN = "nasrin@example.org", "never1@example.org"
assert len(KNOWN) == len(UNKNOWN)


class Counting:
    """A hasher that counts what it is asked for."""

    def __init__(self, hasher):
        self.hasher, self.calls = hasher, Counter()

    def hash(self, password):
        self.calls["hash"] += 1
        return self.hasher.hash(password)

    def verify(self, hashed, password):
        self.calls["verify"] += 1
        return self.hasher.verify(hashed, password)


@contextmanager
def statements(app):
    """Every SQL statement of the portal, in order, without its values."""
    found = []

    def note(_connection, _cursor, statement, _values, _context, _many):
        found.append(" ".join(statement.split())[:160])

    with app.app_context():
        engine = database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def doors(app):
    """Path and fields of each form, and the browser that sends it, if somebody must be signed in there."""
    his = browser_of(app, omid)
    with app.app_context():
        slug = stages.live(title="Clean water").slug
        database.session.commit()
    pledge = {name: value for name, value in FILLED.items() if name != "email"}
    return {
        "sign in": ("/account/sign-in", {"password": "wrong password"}, None),
        "sign up": ("/account/sign-up", {"name": "Nasrin", "password": PASSWORD}, None),
        "forgotten password": ("/account/reset", {}, None),
        "another address": ("/account/email", {"password": PASSWORD}, his),
        "claiming": ("/me/find-pledges", {}, his),
        "backing": (f"/cases/{slug}/back", pledge, None),
    }


NAMES = ["sign in", "sign up", "forgotten password", "another address", "claiming", "backing"]


def try_(app, door, email, monkeypatch):
    """What the door answers to the address, and the work it had with it."""
    path, fields, browser = door
    browser = browser or app.test_client()
    page = browser.get(path)
    counting = Counting(service._hasher)
    data = {**hidden(page), **fields, "email": email}
    with monkeypatch.context() as patch, statements(app) as told:
        patch.setattr(service, "_hasher", counting)
        answer = browser.post(path, data=data, headers={"Referer": page.request.url})
        answers = [answer]
        if answer.status_code == 303 and answer.location.startswith("/"):
            answers.append(browser.get(answer.location))
    kept = [
        (one.status_code, one.location and re.sub(r"cs_test_.*|[0-9a-z]{20,}", "…", one.location)) for one in answers
    ]
    return kept, [plain(one.text, email) for one in answers], counting.calls, told


def plain(text, email):
    """A page without the address that was typed, and without what is random."""
    lines = text.replace(email, "…").splitlines()
    return [line for line in lines if not any(name in line for name in ("csrf_token", "form_key", "cs_test_"))]


@pytest.fixture(autouse=True)
def warm(app, nasrin):
    """What is made once in a process is made."""
    service.password_matches(None, "x")
    for path in ("/account/sign-in", "/account/sign-up"):
        app.test_client().get(path)


@pytest.mark.parametrize("name", NAMES)
def test_a_known_address_is_answered_like_an_unknown_one_with_the_same_work(app, nasrin, name, monkeypatch):
    door = doors(app)[name]
    try_(app, door, "warming@example.org", monkeypatch)
    known, unknown = (try_(app, door, email, monkeypatch) for email in (KNOWN, UNKNOWN))
    assert known[0] == unknown[0] and known[1] == unknown[1], "the answers differ"
    assert known[2] == unknown[2], "the hashes differ"
    assert known[3] == unknown[3], "the statements differ"


def test_every_door_does_what_it_is_for(app, nasrin, monkeypatch):
    """The control: the forms were sent well, so that the same answer is not the same refusal."""
    found = {name: try_(app, door, UNKNOWN, monkeypatch)[0][0] for name, door in doors(app).items()}
    assert found.pop("sign in")[0] == 400
    assert {status for status, _location in found.values()} == {303}


def test_a_difference_would_be_seen(app, nasrin, monkeypatch):
    """The control: a door that looks more closely at an address it knows is noticed."""

    door, real = doors(app)["forgotten password"], app.view_functions["joining.ask_reset"]

    def nosy():
        user = queries.by_email(request.form.get("email", ""))
        return real() if user is None or queries.sign_ins(user) == [] else "known"

    nosy.access_mark = real.access_mark
    monkeypatch.setitem(app.view_functions, "joining.ask_reset", nosy)
    known, unknown = (try_(app, door, email, monkeypatch) for email in (KNOWN, UNKNOWN))
    assert known[3] != unknown[3]
