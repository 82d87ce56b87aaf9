"""Names that turn the direction of what follows, or that pass for somebody else's, typed where names are typed."""

import re
from html.parser import HTMLParser
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy import select

from app.accounts import limits
from app.core.text import without_controls
from app.database import db as database
from app.mail import outbox
from app.mail.models import OutgoingLetter
from app.web.fields import one_line
from tests.cases import stages
from tests.cases.writing import send_step, write_all
from tests.people import PASSWORD, browser_of, kian, leila, mina, omid
from tests.pledges.backing import complaints, pledge, post
from tests.support.corpora import rows
from tests.support.forms import token_of

BIDI, NAMES = rows("bidi"), rows("confusable-names")
ALL = BIDI + NAMES
HIDDEN = re.compile("[\u061c\u200e\u200f\u202a-\u202e]")  # marks, embeddings and overrides
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
INLINE = {"a", "b", "em", "i", "small", "span", "strong"}
HIDES = re.compile("[\u2066-\u2069]")
DOUBTS = ("signs that nobody sees", "mixes letters of several scripts", "that of a verified lawyer")
APPLICATION = {
    "profession": "solicitor",
    "regulator": "other",
    "regulator_name": "The Bar of Elsewhere",
    "registration_number": "612345",
    "shown_name": "Kian Daneshvar",
    "town": "York",
}


class _Reader(HTMLParser):
    """Where a page shows `name` beside other words without a direction of its own."""

    def __init__(self, html: str, name: str) -> None:
        super().__init__()
        self.name = name
        self.open: list[tuple[str, bool]] = []  # elements, and whether they set their words apart
        self.beside: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append((tag, tag == "bdi" or (tag != "html" and "dir" in dict(attrs))))

    def handle_endtag(self, tag: str) -> None:
        if tag in (known := [name for name, _apart in self.open]):
            del self.open[len(known) - 1 - known[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        if self.name not in data or any(apart for _tag, apart in self.open):
            return
        tag = self.open[-1][0] if self.open else ""
        if tag not in ("title", "script") and (data.strip() != self.name or (tag in INLINE and len(self.name) > 1)):
            self.beside.append(f"not apart: {tag}: {data!a}")


def let_out(html: str, name: str) -> list[str]:
    """Where a page shows `name` so that it could turn what stands beside it, or lets a sign through that does."""
    found = [f"a sign: {sign!a}" for sign in HIDDEN.findall(html)]
    if without_controls(html) != html.replace("\r\n", "\n"):
        found.append("an isolate that is not closed")
    return found + _Reader(html, name).beside


def fed(client, path, given, box, **fields):
    """Send every row as `box` of the form at `path`; gives each with the answer."""
    marks = {"csrf_token": token_of(client.get(path))}
    sent = 0
    for row in given:
        yield row, post(client, path, marks, **{**fields, box: row["text"]})
        sent += 1
    assert sent == len(given)


@pytest.fixture
def often(app, monkeypatch):
    """Forms may be sent as often as there are rows, and their pages are looked at here."""
    app.test_client_class = FlaskClient
    for name in ("count_attempt", "count_code", "count_proof"):
        monkeypatch.setattr(limits, name, lambda *_: None)


def test_every_row_is_there():
    assert (len(BIDI), len(NAMES)) == (6, 154)


# ---------------------------------------------------------------- shown
def told(browser, address, row):
    """The page at `address`, which shows the row's name as it may be shown."""
    page, name = browser.get(address).text, one_line(row["text"])
    assert str(escape(name)) in page and let_out(page, name) == [], (address, row)
    return page


@pytest.mark.one_database
def test_the_name_of_an_account_turns_nothing(app, often):
    browser = browser_of(app, omid)
    for row, answer in fed(browser, "/account/details", ALL, "name", lang="en", password=PASSWORD):
        assert answer.status_code == 303, row
        told(browser, "/account/", row)


@pytest.mark.one_database
def test_the_title_of_a_case_turns_nothing(app, often):
    browser, sent = browser_of(app, leila), 0
    draft = write_all(browser)
    for row in ALL:
        assert send_step(browser, draft, "about", title=row["text"]).status_code == 303, row
        told(browser, "/dashboard/" if row in NAMES else f"{draft}/check", row)
        sent += 1
    assert sent == len(ALL)


@pytest.mark.one_database
def test_the_name_of_a_backer_turns_nothing(app, often):
    with app.app_context():
        slug = stages.live().slug
        database.session.commit()
    nobody = app.test_client()
    page = pledge(nobody, slug)
    fields = {"shown": "name_and_amount", "message": ""}
    for row, answer in fed(nobody, f"{page}/appearance", ALL, "name", **fields):
        assert answer.status_code == 303, (row, complaints(answer))
        told(nobody, f"/cases/{slug}/backers", row)
        if row in BIDI:
            told(nobody, page, row)
            told(nobody, f"/cases/{slug}", row)
            with app.app_context():
                written = database.session.scalars(select(OutgoingLetter).order_by(OutgoingLetter.id.desc())).first()
                letter = outbox.render(written.name, "en", written.facts)
            assert not HIDDEN.search(letter.subject + letter.text + letter.html), row


# ---------------------------------------------------------------- passing for somebody else
@pytest.mark.one_database
def test_a_lawyer_s_names_turn_nothing_and_are_told_apart_by_whoever_verifies(app, often):
    """Leila has the name, and the firm, that a row passes for; Kian types the row."""
    applicant, reviewer = browser_of(app, kian), browser_of(app, mina)
    with app.app_context():
        leila()
        review = f"/staff/lawyers/{kian().public_id}"
        database.session.commit()
    flagged = 0
    marks = {"csrf_token": token_of(applicant.get("/lawyers/apply"))}
    for row in ALL:
        paper = (BytesIO(b"%PDF-1.7 "), "paper.pdf")
        names = dict.fromkeys(("register_name", "firm"), row["text"])
        answer = post(applicant, "/lawyers/apply", marks, **APPLICATION, **names, evidence=paper)
        assert answer.status_code == 303, (row, complaints(answer))
        with app.app_context():
            leila().user.name = leila().firm = row.get("base", "Leila Farahani")
            database.session.commit()
        page = told(reviewer, review, row)
        told(applicant, "/lawyers/application", row)
        doubts = [words for words in DOUBTS if words in page]
        assert bool(doubts) is ("base" in row or (row in BIDI and HIDES.search(one_line(row["text"])) is not None)), row
        flagged += bool(doubts)
    assert flagged >= len([row for row in NAMES if "base" in row])


# ---------------------------------------------------------------- controls
def test_the_judge_finds_a_name_that_is_let_out():
    page = "<!doctype html><html dir=ltr><p>{}, York</p>"
    assert let_out(page.format("<bdi>Ada</bdi>"), "Ada") == []
    assert let_out(page.format("Ada"), "Ada") == ["not apart: p: 'Ada, York'"]
    assert let_out(page.format("<bdi>A\u202eda</bdi>"), "A\u202eda")
    assert let_out(page.format("<bdi>A\u2067da</bdi>"), "A\u2067da") == ["an isolate that is not closed"]
