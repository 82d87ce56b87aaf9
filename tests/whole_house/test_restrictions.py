"""A name that a court has forbidden leaves whatever the house tells, at once and everywhere.

The world has one name in every field of two cases, a live one and one that was won, written in many ways. Before it is
hidden it is found all over the house (the control); then by nobody but the lawyer and reviewers, on the pages where
they work. What looks for it shares nothing with what hides it: it reads letters only, whatever stands between them.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from html import unescape
from inspect import signature
from io import BytesIO
from urllib.parse import unquote
from zipfile import ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from app.accounts.personal import Person
from app.cases import drafting, queries, restrictions
from app.cases import stages as money_stages
from app.cases.drafting import Stage
from app.cases.models import Case, CaseDocument, CasePicture, RestrictedName
from app.cases.restrictions import Order
from app.core import ids
from app.core.money import Money
from app.core.text import fold
from app.database import db as database
from app.jobs import queue
from app.mail import outbox
from app.mail.models import OutgoingLetter
from app.moderation import service as moderation
from app.moderation.service import About
from app.pledges import links
from app.pledges.models import Pledge
from app.privacy import service as privacy
from app.search import index
from app.search.models import SearchDocument, SearchWord
from app.stories import service as stories
from app.stories.models import Story
from app.updates import service as updates
from app.updates.models import Update
from app.updates.service import Words
from app.web import access
from tests.cases import backed, filing, stages
from tests.people import babak, browser_of, leila, mina, nima, omid, sara, staff
from tests.support.forms import send
from tests.updates import making
from tests.whole_house.routes import fill, in_both_languages, methods, rules

NAME, IN_PERSIAN = "Zohreh Vashti Quillon", "زهره کوییلون"
# Pledges and a verdict are set here by hand, and no money was moved.
pytestmark = pytest.mark.forged
PARTS = ("quillon", "zohreh", "vashti", fold("زهره"), fold("کوییلون"))
FIELDS = {
    "title": f"{NAME} v Borough",
    "summary": "What Mrs Z. V. QUILLON asks, and ‎زهره‌ كوييلون‎ too",
    "story": ("Zo*hreh* Qui**llon** lost her home. [Vashti](https://news.example/zohreh-quillon-trial) wrote. " * 12),
    "acting_for": "Quillon, Zohreh",
    "respondent": "The Quillons of Hull",
    "court": "Re Quillon court",
    "claim_number": "QUILLON-1",
    "cause_of_action": "Zohreh\u00a0Quillon’s eviction",
    "relief_sought": "That Zo\u00adhreh Quil\u200blon stays",
    "who_benefits": "Quíllon and others",
    "benefits_place": "Quillon Street",
    "costs_note": "QUILLON’S risk",
    "prospects_note": "Quillon will win",
    "stage": "Quillon first",
    "stage_reason": "Zohreh needs it",
    "line": "Quillon’s counsel",
    "detail": "for Zohreh",
}
ORDER = {"ref": "Family Court, FD26P00123", "on": stages.date(2026, 3, 3), "told_en": "A mother", "told_fa": "مادری"}


def said(text: str) -> set[str]:
    """Which parts of the name stand in `text`, whatever tags, signs and encodings stand between their letters."""
    found: set[str] = set()
    for once in (text, unquote(text), unescape(text), text.encode().decode("unicode_escape", "ignore")):
        bare = re.sub(r"[\W\d_]", "", fold(re.sub(r"</?\w[^>]*>", "", once)))
        tagged = re.sub(r"[\W\d_]", "", fold(once))
        found |= {part for part in PARTS if part in bare or part in tagged}
    return found


@dataclass
class World:
    app: Flask
    live: str
    ended: str
    slugs: list[str]
    story: str
    values: dict[str, list[object]]

    def case(self, public_id: str) -> Case:
        return database.session.scalars(select(Case).where(Case.public_id == public_id)).one()

    def hide(self) -> None:
        """As the lawyer does it; then a second goes by."""
        with self.app.app_context():
            for public_id in (self.live, self.ended):
                case = self.case(public_id)
                for words, is_person in ((NAME, True), (IN_PERSIAN, True)):
                    restrictions.hide(case, Order(words=words, is_person=is_person, **ORDER), case.lawyer.user)
                stories.leave_address(case)
            database.session.commit()
            self.now()

    def now(self) -> None:
        queue.drain()
        index.refresh(10_000)

    def addresses(self) -> list[str]:
        """Every page there is, about the two cases."""
        plain = [url for rule in rules(self.app) if "GET" in methods(rule) for url in fill(rule, **self.values)]
        with self.app.app_context():
            slugs = [self.case(one).slug for one in (self.live, self.ended)]
            areas = [area.slug for area in queries.areas()]
        plain += [
            url
            for rule in rules(self.app)
            if "slug" in rule.arguments and "GET" in methods(rule)
            for url in fill(rule, **{**self.values, "slug": [*slugs, *self.slugs, self.story, leila_slug(self)]})
        ]
        lists = [f"/cases/?status=any&area={area}" for area in areas] + [
            "/cases/?status=any&q=mother",
            "/search?q=hull",
        ]
        return [url for one in dict.fromkeys((*plain, *lists)) for url in in_both_languages(one)]

    def mark(self, url: str) -> str:
        """The access mark of the view behind an address."""
        path = url.split("?")[0].removeprefix("/fa") or "/"
        endpoint, _values = self.app.url_map.bind("localhost", url_scheme="https").match(path)
        return access.mark_of(self.app, endpoint).kind


def leila_slug(world: World) -> str:
    with world.app.app_context():
        return leila().slug


@pytest.fixture
def world(app):
    app.test_client_class = FlaskClient
    with app.app_context():
        live = stages.live(**FIELDS)
        money_stages.change(
            live, [Stage("Quillon second", "for Zohreh", Money(10_000, "GBP"))], live.lawyer.user, seen=live.version
        )
        _filed(live)
        pledge = backed.pledge(live, 25, email="omid@example.org", name=NAME, message="For Zohreh Quillon!")
        pledge.user_id = omid().id
        ended = making.funded(**FIELDS)
        first = making.post(ended, Words("Quillon wins", "Zo**hreh** was there.", "everyone"))
        updates.correct(first, first.title, "Vashti was there.", seen=first.version)
        making.post(ended, Words("For backers: Zohreh", "Quillon again", "backers"))
        outcome = making.concluded(
            case=ended, court="Quillon court", quote="Zohreh Quillon is right", effect="Quillon stays"
        )
        _filed(ended)
        story = making.told(outcome)
        moderation.report(
            About("case", leila().id, live.id),
            concern="money",
            words="Who is Quillon?",
            email="r@example.org",
            lang="en",
            form_key="1" * 32,
        )
        database.session.commit()
        files = [
            one.public_id for kind in (CaseDocument, CasePicture) for one in database.session.scalars(select(kind))
        ]
        pledges = database.session.scalars(select(Pledge)).all()
        for one in pledges:
            one.card_brand, one.card_last4, one.card_expires = "visa", "4242", "2030-01"
        made = World(
            app,
            live.public_id,
            ended.public_id,
            [live.slug, ended.slug],
            story.slug,
            {
                "slug": [live.slug, ended.slug, story.slug, leila().slug],
                "public_id": [live.public_id, ended.public_id],
                "token": [ids.token(), *(links.token_of(one) for one in pledges)],
                "step": drafting.STEPS,
                "n": [1, 2, 3],
                "file_id": files,
                "story_id": [story.public_id],
                "update_id": [one.public_id for one in database.session.scalars(select(Update))],
            },
        )
        made.now()
    return made


def _filed(case: Case) -> None:
    filing.document(case, title="Quillon order")
    filing.picture(case, content=filing.jpeg(96, 54), alt="Zohreh at home", caption="Vashti Quillon")


def people(world: World) -> dict[str, FlaskClient]:
    """Everybody but the lawyer and reviewers."""
    whose = {"a stranger": sara, "a backer": omid, "another lawyer": babak, "an editor": nima}
    whose |= {role: lambda role=role: staff(role) for role in ("finance", "auditor")}
    return {"nobody": world.app.test_client(), **{who: browser_of(world.app, one) for who, one in whose.items()}}


def found_by(browser: FlaskClient, addresses: list[str]) -> dict[str, str]:
    """Which parts of the name a browser is shown, with the address of the first."""
    found: dict[str, str] = {}
    for url in addresses:
        answer = browser.get(url)
        assert answer.status_code < 500, url
        shown = answer.get_data(as_text=True) if (answer.mimetype or "").startswith(("text", "application/j")) else ""
        head = " ".join(f"{name}: {value}" for name, value in answer.headers if name not in ("Location", "Set-Cookie"))
        if answer.status_code in (301, 302, 303, 308) or (answer.status_code == 404 and said(url)):
            continue  # the address that was asked for, given back
        for part in said(shown) | said(head):
            found.setdefault(part, url)
    return found


# ---------------------------------------------------------------- pages
@pytest.mark.one_database
@pytest.mark.timeout(900)
def test_nobody_is_shown_the_name_on_any_page(world):
    before = found_by(world.app.test_client(), world.addresses())
    assert before.keys() == set(PARTS)  # the control
    browsers = people(world)
    world.hide()
    addresses = world.addresses()
    assert len(addresses) > 300
    for who, browser in browsers.items():
        both = who in ("nobody", "a backer")
        assert found_by(browser, [url for url in addresses if both or not url.startswith("/fa")]) == {}, who


@pytest.mark.one_database
@pytest.mark.timeout(900)
def test_the_lawyer_and_a_reviewer_read_it_where_they_work_and_nowhere_else(world):
    world.hide()
    for who in (leila, mina):
        browser = browser_of(world.app, who)
        works = {"lawyer", "staff"}
        addresses = [url for url in world.addresses() if not said(url)]
        assert found_by(browser, [url for url in addresses if world.mark(url) in works]).keys() == set(PARTS)
        assert found_by(browser, [url for url in addresses if world.mark(url) not in works]) == {}


def test_the_old_addresses_answer_like_ones_that_never_were(world):
    world.hide()
    browser = world.app.test_client()
    never = browser.get("/cases/there-is-no-such-case-at-all")
    for slug in world.slugs:
        answer = browser.get(f"/cases/{slug}")
        assert answer.status_code == 404
        assert answer.text.replace(slug, "…") == never.text.replace("there-is-no-such-case-at-all", "…")
    assert browser.get(f"/stories/{world.story}").status_code == 404
    with world.app.app_context():
        assert not any(said(case.slug) for case in database.session.scalars(select(Case)))
        assert not any(said(story.slug) for story in database.session.scalars(select(Story)))
        assert browser.get(f"/cases/{world.case(world.live).slug}").status_code == 200


def test_a_page_that_was_kept_is_thrown_away(world):
    browser = world.app.test_client()
    url = f"/cases/{world.slugs[0]}/backers"
    assert said(browser.get(url).text)
    world.hide()
    with world.app.app_context():
        new = f"/cases/{world.case(world.live).slug}"
    assert not said(browser.get(new).text + browser.get(f"{new}/backers").text)


def test_a_template_that_forgets_is_caught(world, monkeypatch):
    """Whatever a view draws passes the same place last; without it the name stands there."""
    world.hide()
    monkeypatch.setattr(
        "app.cases.views._page",
        lambda _template, case, **_values: world.app.make_response(
            f"<!doctype html><title>x</title><p>{case.title} <b>Zoh</b>reh</p>"
        ),
    )
    with world.app.app_context():
        url = f"/cases/{world.case(world.live).slug}/backers"
    assert not said(world.app.test_client().get(url).text)
    monkeypatch.setitem(
        world.app.after_request_funcs,
        None,
        [one for one in world.app.after_request_funcs[None] if one.__module__ != "app.cases.veiling"],
    )
    assert said(world.app.test_client().get(url).text) >= {"quillon", "zohreh"}


# ---------------------------------------------------------------- files
def test_files_are_kept_back_until_the_lawyer_has_looked_through_them(world):
    browser = world.app.test_client()
    with world.app.app_context():
        case = world.case(world.ended)
        paper = database.session.scalars(select(CaseDocument).where(CaseDocument.case_id == case.id)).one().public_id
    assert browser.get(f"/cases/{world.slugs[1]}/files/{paper}").status_code == 200
    world.hide()
    with world.app.app_context():
        slug = world.case(world.ended).slug
    order, file = f"/cases/{slug}/outcome.pdf", f"/cases/{slug}/files/{paper}"
    assert [browser.get(url).status_code for url in (order, file)] == [404, 404]
    owner = browser_of(world.app, leila)
    assert owner.get(f"/dashboard/cases/{world.ended}/files/{paper}").status_code == 200
    for what in (paper, "order"):
        assert send(owner, f"/dashboard/cases/{world.ended}/restrictions", clear=what).status_code == 303
    assert [browser.get(url).status_code for url in (order, file)] == [200, 200]
    assert not said(str(browser.get(file).headers))


# ---------------------------------------------------------------- letters
def letters() -> dict[str, set[str]]:
    """Which parts of the name letters tell, in both languages: those that are written down, and whatever else may be
    written about the two cases.
    """
    asked = [(row.name, row.facts) for row in database.session.scalars(select(OutgoingLetter)).all()]
    for kind, rows in {"case": Case, "pledge": Pledge, "story": Story}.items():
        for name, writer in outbox.WRITERS.items():
            if list(signature(writer).parameters) == [kind]:
                asked += [(name, {kind: row.id}) for row in database.session.scalars(select(rows))]
    found: dict[str, set[str]] = {}
    for name, facts in asked:
        for lang in ("en", "fa"):
            with suppress(AssertionError, AttributeError, IndexError, TypeError):  # of what has not happened here
                if (letter := outbox.render(name, lang, facts)) is not None:
                    told = said(letter.subject) | said(letter.text) | said(letter.html)
                    found.setdefault(name, set()).update(told)
    return found


def test_letters_that_were_not_sent_do_not_tell_it(world):
    with world.app.app_context():
        before = letters()
        assert len([name for name, told in before.items() if told]) > 9  # the control
    world.hide()
    with world.app.app_context():
        after = letters()
        assert after.keys() >= {*before, "cases.name_hidden"}
        assert {name: told for name, told in after.items() if told} == {}


# ---------------------------------------------------------------- search, log and copies
def test_the_search_finds_nothing_by_the_name(world):
    browser = world.app.test_client()
    asked = ("quillon", "Zohreh Vashti Quillon", "zohreh", "quilon", "کوییلون", "كوييلون", "vashti borough")
    assert all("Nothing found" not in browser.get("/search", query_string={"q": one}).text for one in asked)
    world.hide()
    for one in asked:
        assert "Nothing found" in browser.get("/search", query_string={"q": one}).text, one
        assert "Nothing found" in browser.get("/cases/", query_string={"q": one, "status": "any"}).text, one
    with world.app.app_context():
        documents = database.session.scalars(select(SearchDocument)).all()
        assert len(documents) > 3 and not any(said(one.title + " " + one.body) for one in documents)
        assert not any(said(word) for word in database.session.scalars(select(SearchWord.word)))
    assert "A mother" in browser.get("/search?q=mother+borough").text


def test_the_log_does_not_tell_it(world):
    world.hide()
    with world.app.app_context():
        for table in ("audit_entries", "jobs", "letters"):
            for row in database.session.execute(text(f"SELECT * FROM {table}")).mappings():
                assert not said(" ".join(map(str, row.values()))), table


def test_a_copy_of_somebody_elses_data_does_not_tell_it(world):
    def copied(who):
        with world.app.app_context(), ZipFile(BytesIO(privacy.export(Person.of(who())))) as pack:
            return said(" ".join(pack.read(name).decode() for name in pack.namelist() if name.endswith(".json")))

    assert copied(omid)  # the control
    world.hide()
    assert not copied(omid) and copied(lambda: leila().user)


# ---------------------------------------------------------------- and back
def test_what_is_lifted_is_told_again(world):
    world.hide()
    with world.app.app_context():
        for row in database.session.scalars(select(RestrictedName)).all():
            assert restrictions.lift(row, mina(), "The order was lifted.")
        database.session.commit()
        world.now()
        slug = world.case(world.live).slug
    browser = world.app.test_client()
    assert said(browser.get(f"/cases/{slug}").text) == set(PARTS)
    assert "Nothing found" not in browser.get("/search?q=quillon").text
