"""Fields that no form has: sent along with every form there is, they change nothing in any table.

Each form is filled in and sent from the same database three times: twice as it is, which tells what it changes and
what is left to chance (tokens, moments), and once with everything added that a table could take.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from flask import request
from sqlalchemy import select, text

from app.accounts.models import User
from app.database import db as database
from app.database import metadata
from tests.cases import stages
from tests.people import PASSWORD, leila
from tests.support.corpora import rows
from tests.whole_house import rights
from tests.whole_house.routes import methods, rules
from tests.whole_house.test_rights import HOME, World, address_of
from tests.whole_house.test_rights import world as world  # a fixture

pytestmark = pytest.mark.one_database  # it is put back by copying a file
ROWS = rows("mass-assignment")
COLUMNS = {column.name for table in metadata.tables.values() for column in table.columns}
PLANTED = "7007007"  # a number, a truth and a text at once, that stands nowhere else
# Forms that no page of this world shows, as something else would have to be there first; they are sent bare.
UNSEEN = {
    *("accounts.recovery_code", "accounts.second_factor", "accounts.second_passkey", "joining.resend", "links.open"),
    *("lawyers_admin.lift", "lawyers_admin.settle", "manage.approve", "privacy.erase", "proofs.accept"),
    *("settings.scan", "settings_admin.show", "staff.again", "unsubscribe.undo", "updates_desk.no_change"),
    *("updates_desk.outcome", "updates_desk.story", "webhooks.stripe"),
}
# What is typed into boxes that ask for something in particular.
WORDS = "Some words that say why. " * 8
TYPED = {
    "password": PASSWORD,
    "new_password": "another horse",
    "email": "new@example.org",
    "addresses": "new@example.org",
    "at": "09:30",
}
# Fields of a form that its page shows in another state of the case only.
AT_OTHER_TIMES = {"/publish": {"deadline"}, "/plan": {"deadline"}}
LEFT_EMPTY = "comments-"  # of a reviewer, that go with a request for changes


# ---------------------------------------------------------------- forms, as a browser fills them in
@dataclass
class Form:
    """A form of a page: where it is sent, what it would send untouched, and every name in it."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    has_button: bool = False


class _Reader(HTMLParser):
    """Reads the POST forms of a page; boxes that are empty are filled with something that fits."""

    def __init__(self, address: str, html: str) -> None:
        super().__init__()
        self.address, self.forms = address, list[Form]()
        self.here: Form | None = None
        self.choosing: tuple[str, list[str]] | None = None
        self.writing: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            is_ours = given.get("method", "").lower() == "post"
            self.here = Form(urlsplit(given.get("action") or self.address).path) if is_ours else None
            if self.here:
                self.forms.append(self.here)
        if self.here is None:
            return
        name = given.get("name", "")
        if name:
            self.here.names.add(name)
        if tag == "input" and name:
            self._box(name, given)
        elif tag == "button" and given.get("type", "submit") == "submit" and not self.here.has_button:
            self.here.has_button = True
            if name:
                self.here.fields.append((name, given.get("value", "")))
        elif tag == "textarea":
            self.writing = name
            self.here.fields.append((name, ""))
        elif tag == "select":
            self.choosing = (name, [])
        elif tag == "option" and self.choosing:
            if "selected" in given:
                self.choosing[1].insert(0, given.get("value", ""))
            self.choosing[1].append(given.get("value", ""))

    def _box(self, name: str, given: dict[str, str]) -> None:
        assert self.here is not None
        kind, value = given.get("type", "text"), given.get("value", "")
        if kind == "file":
            return
        if kind == "radio":
            known = dict(self.here.fields)
            if "checked" in given or name not in known:
                self.here.fields = [pair for pair in self.here.fields if pair[0] != name] + [(name, value)]
        elif kind == "checkbox":
            self.here.fields.append((name, value or "y"))
        elif kind == "hidden" or value:
            self.here.fields.append((name, value))
        else:
            self.here.fields.append((name, self._typed(name, given)))

    def _typed(self, name: str, given: dict[str, str]) -> str:
        """What fits a box: a day has three of one name, and is yesterday, but for one that is planned."""
        if given.get("inputmode") != "numeric" or name in TYPED:
            return TYPED.get(name, "5" if given.get("inputmode") else "Ada Marlowe")
        assert self.here is not None
        day = stages.day(3 if name in ("day", "deadline") else -1)
        before = [known for known, _value in self.here.fields].count(name)
        return str((day.day, day.month, day.year)[before % 3])

    def handle_data(self, data: str) -> None:
        if self.here is not None and self.writing is not None:
            name, known = self.here.fields[-1]
            self.here.fields[-1] = (name, known + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.here = None
        elif tag == "textarea" and self.here is not None and self.writing is not None:
            if not self.here.fields[-1][1].strip():
                words = "" if self.writing.startswith(LEFT_EMPTY) else TYPED.get(self.writing, WORDS)
                self.here.fields[-1] = (self.writing, words)
            self.writing = None
        elif tag == "select" and self.here is not None and self.choosing:
            name, values = self.choosing
            self.here.fields.append((name, next((value for value in values if value), "")))
            self.choosing = None


def forms_of(world: World) -> dict[str, tuple[str, Form]]:
    """For each route that takes a form, somebody who may send it, and the form as a page shows it to them."""
    table, found = rights.read(), dict[str, tuple[str, Form]]()
    router = world.app.url_map.bind("localhost")

    def look(who: str, address: str) -> None:
        answer = ask(world, who, address)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            return
        for form in _Reader(address, answer.text).forms:
            endpoint, _values = router.match(form.action, method="POST")
            known = found.get(endpoint)
            if table[endpoint].may(who, "POST") and (known is None or len(known[1].names) < len(form.names)):
                found[endpoint] = (who, form)

    for rule in rules(world.app):
        right = table[rule.endpoint]
        for who in rights.PEOPLE:
            if "GET" in methods(rule) and right.may(who, "GET"):
                look(who, address_of(rule, world.things[right.thing]))
    for case in world.own["public_id"]:
        for page in ("", "/outcome", "/change"):
            look("owner", f"/dashboard/cases/{case}{page}")
    with world.app.app_context():
        look("reviewer", f"/staff/lawyers/{leila().public_id}")
    for rule in rules(world.app):
        right = table[rule.endpoint]
        who = next((who for who in rights.PEOPLE if right.may(who, "POST")), "")
        if "POST" in methods(rule) and rule.endpoint not in found:
            assert rule.endpoint in UNSEEN, f"no page has the form of {rule.endpoint}"
            found[rule.endpoint] = (who, Form(address_of(rule, world.things[right.thing])))
    return found


def ask(world: World, who: str, address: str, data: Any = None) -> Any:
    browser = world.browsers[who]
    cookie, token = browser.kept  # type: ignore[attr-defined]
    browser.set_cookie(world.cookie, cookie, domain="localhost", secure=True)
    if data is None:
        return browser.get(address, headers=HOME)
    return browser.post(address, data=urlencode([*data, ("csrf_token", token)]), headers=HOME, content_type=ENCODED)


ENCODED = "application/x-www-form-urlencoded"


# ---------------------------------------------------------------- whole tables
Cells = dict[str, list[dict[str, Any]]]


def stored() -> Cells:
    """Every cell of every table."""
    found: Cells = {}
    for name, table in metadata.tables.items():
        order = ", ".join(f'"{column.name}"' for column in table.primary_key)
        lines = database.session.execute(text(f'SELECT * FROM "{name}" ORDER BY {order}'))
        found[name] = [dict(line._mapping) for line in lines]
    database.session.rollback()
    return found


def differences(plain: Cells, again: Cells, other: Cells) -> list[str]:
    """Where `other` is not as `plain`, but for cells that `again` shows to be left to chance."""
    found = []
    for name, lines in plain.items():
        if not len(lines) == len(again[name]) == len(other[name]):
            found.append(f"{name}: {len(lines)}, {len(again[name])} and {len(other[name])} rows")
            continue
        for one, two, three in zip(lines, again[name], other[name], strict=True):
            found += [
                f"{name}.{key}"
                for key in one
                if one[key] == two[key] != three[key] and not same_moment(one[key], three[key])
            ]
            found += [f"{name}.{key}" for key in one if PLANTED in str(three[key]) and PLANTED not in str(one[key])]
    return found


def same_moment(one: Any, other: Any) -> bool:
    """Whether both are moments, as they pass while the tests run."""
    try:
        return abs(datetime.fromisoformat(one) - datetime.fromisoformat(other)) < timedelta(minutes=5)
    except (TypeError, ValueError):
        return False


def sent(world: World, who: str, form: Form, extra: list[tuple[str, str]]) -> tuple[int, Cells]:
    """Send the form from the database as it was, and see what is stored then."""
    world.put_back()
    world.stripe.control("prune_idempotency")  # the same form again is another attempt
    address = form.action + (f"?{urlencode(extra)}" if extra else "")
    data = [pair for pair in form.fields if pair[0] != "csrf_token"]
    answer = ask(world, who, address, data + extra)
    assert answer.status_code < 500, (form.action, answer.status_code)
    with world.app.app_context():
        return answer.status_code, stored()


def extras(form: Form) -> list[tuple[str, str]]:
    """Every row and every column of ours that is no field of the form."""
    own = form.names | {re.sub(r"-\d+-", "-", name) for name in form.names}
    for end, names in AT_OTHER_TIMES.items():
        own |= names if form.action.endswith(end) else set()
    return [(name, PLANTED) for name in sorted({row["text"] for row in ROWS} | COLUMNS) if name not in own]


def tried(world: World, forms: dict[str, tuple[str, Form]]) -> Iterator[tuple[str, bool, list[str], set[str]]]:
    """For each route: whether its form wrote anything, what changed because of the extras, and their names."""
    world.put_back()
    with world.app.app_context():
        before = stored()
    for endpoint, (who, form) in sorted(forms.items()):
        _status, plain = sent(world, who, form, [])
        status, again = sent(world, who, form, [])
        added = extras(form)
        status_then, other = sent(world, who, form, added)
        wrong = differences(plain, again, other)
        if status_then != status:
            wrong.append(f"answered {status_then} in place of {status}")
        yield endpoint, plain != before, wrong, {name for name, _value in added}


@pytest.fixture
def portal(world, stripe):
    world.stripe = stripe
    return world


@pytest.mark.forged
@pytest.mark.timeout(400)
def test_fields_that_no_form_has_change_nothing(portal, monkeypatch, record_property):
    wrote, wrong, fed, forms = set(), [], Counter(), forms_of(portal)
    for endpoint, has_written, found, names in tried(portal, forms):
        wrong += [f"{endpoint}: {one}" for one in found]
        wrote |= {endpoint} if has_written else set()
        fed.update(names)
    posts = {rule.endpoint for rule in rules(portal.app) if "POST" in methods(rule)}
    assert not wrong, "\n".join(wrong)
    assert posts == forms.keys() and len(wrote) > 60, sorted(posts - wrote)
    assert all(fed[row["text"]] > len(posts) // 2 for row in ROWS) and len(ROWS) == 29
    record_property("figures", f"{len(posts)} forms, {len(wrote)} of which write; {len(fed)} names that are no field")
    _is_found_out(portal, monkeypatch, forms)


def _is_found_out(portal, monkeypatch, forms):
    """The control: a view that takes whatever is sent. (Here, for the world and its forms take long to make.)"""
    view = portal.app.view_functions["pages.appearance"]

    def careless(**values):
        if request.method == "POST":
            user = database.session.scalars(select(User)).first()
            for name in request.form:
                if isinstance(getattr(user, name, None), str):
                    setattr(user, name, request.form[name])
            database.session.commit()
        return view(**values)

    careless.access_mark = view.access_mark
    monkeypatch.setitem(portal.app.view_functions, "pages.appearance", careless)
    ((_name, _wrote, wrong, _names),) = tried(portal, {"pages.appearance": forms["pages.appearance"]})
    assert {"users.email", "users.public_id", "users.totp_secret"} & set(wrong), wrong
