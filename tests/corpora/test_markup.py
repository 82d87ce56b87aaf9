"""Markup in words: every attack and naughty string, in every box of the portal, on every page that shows it."""

import json
import re
from contextlib import ExitStack

import pytest
from flask import render_template_string
from flask.testing import FlaskClient

from app.core import richtext
from app.core.text import is_safe_line
from app.web.access import public
from tests.corpora.filling_in import forms_of
from tests.corpora.tour import Limits, walk
from tests.corpora.words import (
    ATTRIBUTES,
    PLAIN,
    RICH,
    ROWS,
    TWIN_PLAIN,
    TWIN_RICH,
    Sieve,
    differences,
    judged,
    one_line,
    rendered,
)
from tests.support.oracle_html import violations
from tests.support.pages import faults
from tests.support.portal import portal

_SHOWN = re.compile(r"(zq[a-z0-9]+zq)(?:(?:%20| )PLAIN|(?:</p>)?\s+RICH)")
NOT_SHOWN = {"zqfindstaffauditpersonzq"}  # the number of an account; anything odd finds nobody and is not repeated
# Boxes that no door of the walk fills: codes, numbers and addresses, and what a court's order says (tests/cases).
NO_WORDS = {"proof_code", "registration_number", "video", "spellings", "told_en", "told_fa", "order_ref"}


@pytest.fixture
def houses(databases, stripe_server, mail_server, tmp_path, monkeypatch):
    """Two walks through every door, with the attacks and with harmless words, each in a house of its own."""
    walked, limits = [], Limits(monkeypatch)
    with ExitStack() as stack:
        for name, words in {"attacked": (PLAIN, RICH), "spared": (TWIN_PLAIN, TWIN_RICH)}.items():
            folder, stripe = tmp_path / name, stripe_server.account()
            folder.mkdir()
            settings = {
                "database_url": stack.enter_context(databases.migrated("sqlite", folder)),
                "stripe_api_base": stripe.url,
                "stripe_secret_key": stripe.key,
                "mail_host": mail_server.host,
                "mail_port": mail_server.port,
            }
            app = stack.enter_context(portal(folder, **settings))
            app.test_client_class = FlaskClient  # each page is looked at here
            walked.append(walk(app, limits, *words))
    return walked


def test_every_row_is_among_what_is_typed():
    assert len(ROWS) == 1022 + 4 + 308
    assert all(one_line(row["text"]) in PLAIN for row in ROWS)


def test_the_judge_passes_the_words_as_they_are_shown_and_not_as_they_were_typed():
    assert judged(PLAIN, RICH) == []
    for row in (row for row in ROWS if row["src"] == "own/benign-control"):
        for word in re.findall(r"[^\s<>/]+(?![^<]*>)", row["text"]):
            assert word in rendered(RICH)


@pytest.mark.timeout(900)
def test_no_word_becomes_markup_anywhere(houses, record_property):
    attacked, spared = houses
    assert attacked.pages.keys() == spared.pages.keys()
    showing = {name: page for name, page in attacked.pages.items() if "zq" in page}
    assert len(showing) > 150
    for name, page in showing.items():
        assert differences(page, spared.pages[name]) == {}, name
        assert name.startswith("letter ") or faults(page) == [], name
    # Every box that was typed into is shown somewhere with all of the words, each sign as it was typed.
    assert attacked.typed - {mark for page in showing.values() for mark in _SHOWN.findall(page)} == NOT_SHOWN
    assert {box for page in attacked.pages.values() for box in _untyped(page, attacked.typed)} <= NO_WORDS
    for letter in attacked.letters:
        assert is_safe_line(letter.subject)
    assert any(PLAIN in letter.text for letter in attacked.letters)
    for copied in attacked.copies:
        assert any(PLAIN in _strings(json.loads(text)) for name, text in copied.items() if name.endswith(".json"))
    record_property("figures", f"{len(ROWS)} rows × {len(attacked.typed)} boxes, {len(showing)} pages and letters")


def _untyped(page: str, typed: set[str]) -> set[str]:
    """Boxes for words of a page's forms that no door typed into."""
    boxes = {box for form in forms_of(page) for box in form.boxes}
    ends = tuple(mark[: -len("zq")] for mark in typed)
    return {box for box in boxes if not any(end.endswith(re.sub("[-_]", "", box)) for end in ends)}


def _strings(data: object) -> str:
    if isinstance(data, dict):
        return " ".join(map(_strings, data.values()))
    return " ".join(map(_strings, data)) if isinstance(data, list) else str(data)


@pytest.mark.one_database
def test_a_page_that_lets_them_through_is_found(app, client, monkeypatch):
    """The controls: words that are not escaped, in a paragraph, in an attribute and in an address."""
    few, sieve = PLAIN[:9000], Sieve(PLAIN[:9000], RICH[:9000])
    app.test_client_class = FlaskClient

    def page(template: str, words: str) -> str:
        whole = "<!doctype html><title>x</title><main>" + template + "</main>"
        view = public(lambda: render_template_string(whole, words=words))
        monkeypatch.setitem(app.view_functions, "pages.fees", view)
        return sieve.take(app.test_client().get("/fees").text)

    for template in ("<p>{{ words }}</p>", '<p title="{{ words }}">x</p>', '<a href="/?q={{ words }}">x</a>'):
        twin = page(template, TWIN_PLAIN)
        assert differences(page(template, few), twin) == {}
        assert differences(page(template.replace("words }}", "words|safe }}"), few), twin) != {}
    twin = page('<a href="{{ words }}">x</a>', "https://example.org/")
    assert differences(page('<a href="{{ words }}">x</a>', "javascript:alert(1)"), twin) != {}
    assert violations(few, richtext.TAGS, ATTRIBUTES, richtext.SCHEMES) != []
