"""Nobody learns of a private case who may not: not what it says (the canary sweep), not that there is one (the twins).

Every word of the private cases in `hidden.py` is marked. What strangers are shown, what is written to letters, jobs,
logs and the provider holds none of the marks; what the lawyer, the reviewer and the holder of a link are shown holds
them all.
"""

import json
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
import requests
import structlog
from flask.testing import FlaskClient
from sqlalchemy import event, func, select, text

from app.cases import drafting, queries
from app.cases.models import Case, CaseDocument, CaseGrant, CasePicture
from app.core import ids
from app.database import db as database
from app.database import metadata
from app.jobs import queue, worker
from app.mail import outbox
from app.mail.models import OutgoingLetter
from app.pages import case_page
from app.search.explore import SORTS
from app.settings.queries import in_force
from app.updates.models import Update
from tests.cases import stages
from tests.people import browser_of, leila, mina, sara
from tests.pledges.backing import fill as fill_pledge_form
from tests.pledges.backing import press
from tests.support.forms import token_of
from tests.whole_house import hidden
from tests.whole_house.hidden import marked
from tests.whole_house.routes import fill, in_both_languages, methods, rules

FIELDS = {name.lower() for name in hidden.PAGE} | {"papertitle", "alt", "caption"}
HOME = {"Referer": "https://localhost/"}
LISTS = ("stories", "outcomes")
LOOKED_FOR = ("case", "leila", "fenmoor legal", "rievr", "%22")  # no marks: the page repeats what was typed
# What the page of a case never tells, though its lawyer and its backers read it.
UNTOLD = {"forbackers", "forbackerstext", "drafted", "draftedtext"}


class Recorder:
    """A logger for every module that has one; keeps what would have been written."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def msg(self, line: str) -> None:
        self.lines.append(line)

    debug = info = warning = error = critical = exception = log = msg


@pytest.fixture
def logged(monkeypatch, caplog):
    """Every line that the portal logs meanwhile, as it would stand in the log."""
    recorder = Recorder()
    processors = [structlog.processors.add_log_level, structlog.processors.format_exc_info]
    logger = structlog.wrap_logger(recorder, [*processors, structlog.processors.JSONRenderer(ensure_ascii=False)])
    for name, module in list(sys.modules.items()):
        if name.startswith("app.") and hasattr(getattr(module, "log", None), "bind"):
            monkeypatch.setattr(module, "log", logger)
    with caplog.at_level(logging.INFO):
        yield SimpleNamespace(text=lambda: "\n".join(recorder.lines) + caplog.text, lines=recorder.lines)


@pytest.fixture
def sent(monkeypatch):
    """Everything that is sent to the payment provider meanwhile: addresses, headers and bodies."""
    seen = []
    real = requests.Session.request

    def note(self, method, url, **rest):
        seen.append(f"{method} {url} {rest.get('headers')} {rest.get('data')} {rest.get('params')}")
        return real(self, method, url, **rest)

    monkeypatch.setattr(requests.Session, "request", note)
    return seen


@pytest.fixture
def house(app, logged, sent):
    """The house with the private cases."""
    app.test_client_class = FlaskClient  # thousands of pages are opened here, that are looked at elsewhere
    built = hidden.build(app)
    assert len(built.slugs) == 11 and built.case is not None
    return built


# ---------------------------------------------------------------- what they say
def everything(app, house, tokens):
    """Every GET address there is, with real values of the private cases, in both languages."""
    with app.app_context():
        grants = list(database.session.scalars(select(CaseGrant.id).limit(3)))
        areas = [area.slug for area in queries.areas()]
        slugs = [*house.slugs.values(), house.public]
        written = list(database.session.scalars(select(Update.public_id)))
        filed = [database.session.scalars(select(kind.public_id)).first() for kind in (CaseDocument, CasePicture)]
    values = {"slug": slugs, "public_id": house.slugs.values(), "token": tokens, "step": drafting.STEPS}
    values |= {"grant_id": grants, "update_id": written, "n": [1, 2, 3], "file_id": filed}
    plain = [address for rule in rules(app) if "GET" in methods(rule) for address in fill(rule, **values)]
    lists = [f"/cases/?status={status}&area={area}" for status in ("any", "met", "ended") for area in areas]
    lists += [f"/cases/?status=any&sort={sort}&after={after}" for sort in SORTS for after in ("", "x~1")]
    lists += [f"{where}?status=any&q={words}" for where in ("/search", "/cases/") for words in LOOKED_FOR]
    lists += [f"/areas/{area}" for area in areas]
    lists += [f"/cases/{slug}/backers?before={before}" for slug in slugs for before in (2, 10**6)]
    lists += [f"/{where}/?area={area}&outcome={code}" for where in LISTS for area in areas for code in ("won", "")]
    lists += ["/lawyers/leila-farahani", "/lawyers/?after=a"]
    lists += [f"/lawyers/leila-farahani?after={slug}" for slug in slugs[:3]]
    lists += [f"/account/sign-in?next=/cases/{slug}" for slug in slugs[:2]]
    return [url for address in (*plain, *lists) for url in in_both_languages(address)]


def strangers(app, house):
    """Browsers of people who may see none of the private cases."""
    return {
        "nobody": app.test_client(),
        "a stranger with an account": browser_of(app, sara),
        "another lawyer": house.other_lawyer(),
        "a backer of other cases": house.other_backer(),
        "somebody whose link was revoked": house.former_holder(),
    }


def found_by(browser, addresses):
    """Which marks `browser` is shown, with the address of the first."""
    found = {}
    for address in addresses:
        answer = browser.get(address)
        for mark in marked(answer.data.decode("utf-8", "replace") + str(answer.headers)):
            found.setdefault(mark, address)
    return found


@pytest.mark.timeout(600)
def test_no_stranger_is_shown_a_word_of_a_private_case(app, house):
    people = strangers(app, house)
    tokens = [house.tokens["revoked"], ids.token(), house.pledges[house.public], *house.signed_tokens()]
    addresses = everything(app, house, tokens)
    assert len(addresses) > 400
    for who, browser in people.items():
        assert found_by(browser, addresses) == {}, who


def test_no_word_of_a_private_case_is_found_by_anybody(app, house):
    """Not even its lawyer's search finds one; the control is the public case, which it does."""
    words = [f"zq{name}zq" for name in (*hidden.PAGE, *hidden.END_MARKS)]
    words += ["zqtiltezq", *(house.slugs[state] for state in ("open", "funded"))]
    for browser in (app.test_client(), house.holder("open"), browser_of(app, leila), browser_of(app, mina)):
        for word in words:
            assert "Nothing found" in browser.get(f"/search?q={word}").text, word
            assert "Nothing found" in browser.get(f"/cases/?status=any&q={word}").text, word
        assert "A public case" in browser.get("/search?q=public+case").text
        assert "A public case" in browser.get("/cases/?status=any&q=pubilc+case").text


def test_the_lawyer_and_a_reviewer_are_shown_every_word(app, house):
    """The control: the same addresses show all there is to the right people."""
    addresses = [url for url in everything(app, house, [ids.token()]) if not url.startswith("/fa")]
    owner, reviewer = (found_by(browser_of(app, who), addresses) for who in (leila, mina))
    written = {"update", "corrected", *hidden.END_MARKS}
    assert owner.keys() >= FIELDS | written | UNTOLD | {"label", "comment1", "comment2", "comment3", "a line"}
    assert owner.keys() >= {"backer", "message", "client", "clientmail", "wish", "remark", "guest"}
    assert reviewer.keys() >= FIELDS | written | {"comment1", "comment2", "comment3", "a line", "a pledge"}
    assert reviewer.keys() >= {"backer", "message", "client", "remark"}
    assert not reviewer.keys() & {*UNTOLD, "clientmail", "wish", "guest"}


@pytest.mark.parametrize("state", ["open", "closing", "funded", "unfunded", "concluded"])
def test_the_holder_of_a_link_is_shown_the_page_and_no_other_private_case(app, house, state):
    """The control, and its limit: one link opens one page."""
    browser = house.holder(state)
    page = browser.get(f"/cases/{house.slugs[state]}").text
    assert marked(page) >= FIELDS | {"a line"} and not marked(page) & {"label", "comment1", "comment3", *UNTOLD}
    others = [f"/cases/{slug}" for name, slug in house.slugs.items() if name != state]
    assert found_by(browser, [url for other in others for url in in_both_languages(other)]) == {}


def test_a_backer_sees_what_they_backed(app, house):
    """The control: the pledge's own page names the case to whoever holds its link."""
    page = app.test_client().get(f"/pledges/{house.pledges['open']}").text
    assert marked(page) >= {"title", "backer", "message", "a pledge"}


def test_no_letter_names_a_private_case(app, house):
    with app.app_context():
        rows = database.session.scalars(select(OutgoingLetter)).all()
        names = {row.name for row in rows}
        for row in rows:
            for lang in ("en", "fa"):
                written = outbox.render(row.name, lang, row.facts)
                if written is not None:
                    said = marked(written.subject + written.text + written.html)
                    assert said <= {"a pledge"}, row.name  # their own sum, to the one who pledged it
                    assert not marked(written.subject), row.name
    assert {"cases.submitted", "cases.published", "cases.target_missed", "pledges.thanks", "updates.posted"} <= names


def test_the_same_letters_about_a_public_case_name_it(app, house):
    """The control."""
    with app.app_context():
        for case in database.session.scalars(select(Case)):
            case.visibility = "public"
        rows = database.session.scalars(select(OutgoingLetter)).all()
        said = [outbox.render(row.name, "en", row.facts) for row in rows]
        assert len([letter for letter in said if letter and "title" in marked(letter.subject)]) > 10
        assert any("comment1" in marked(letter.text) for letter in said if letter)


# Where the words belong. Anywhere else they would be copies that nobody guards.
HOMES = {
    ("cases", "filed_court"),
    ("cases", "filed_number"),
    ("cases", "instruction_for"),
    ("case_filings", "court"),
    ("case_filings", "claim_number"),
    ("case_instructions", "stated_for"),
    ("case_versions", "words"),
    ("stored_files", "name"),
    *(("cases", name) for name in stages.PARTIES),
    *(("cases", name) for name in ("title", "summary", "story_markdown", "story_html", "costs_note", "prospects_note")),
    *(("case_stages", name) for name in ("title", "reason")),
    ("case_documents", "title"),
    *(("case_pictures", name) for name in ("alt", "caption")),
    ("budget_lines", "label"),
    ("budget_lines", "detail"),
    ("case_reviews", "comment"),
    ("review_comments", "comment"),
    ("review_comments", "said"),
    *(("client_consents", name) for name in ("name", "email", "message")),
    ("case_grants", "label"),
    ("case_grants", "email"),
    ("pledges", "name"),
    ("pledges", "message"),
    ("pledges", "email"),
    ("letters", "to_address"),
    ("pledges", "consent_text"),  # the sum that was pledged
    ("checkout_sessions", "consent_text"),
    *((table, name) for table in ("updates", "update_versions") for name in ("title", "body_markdown", "body_html")),
    *(("outcomes", name) for name in ("court", "citation", "quote", "effect")),
}


def stored():
    """(table, column) of every place in the database in which a mark stands."""
    found = {}
    for name in metadata.tables:
        for row in database.session.execute(text(f'SELECT * FROM "{name}"')).mappings():
            for column in row:
                if marks := marked(str(row[column])):
                    found.setdefault((name, column), set()).update(marks)
    return found


def test_the_words_are_stored_only_where_they_belong(app, house):
    with app.app_context():
        worker.beat(app)
        found = stored()
    assert found.keys() <= HOMES, found.keys() - HOMES
    assert found.keys() >= {("cases", "title"), ("case_grants", "label"), ("pledges", "message")}


def test_jobs_and_the_audit_log_hold_ids_only(app, house):
    with app.app_context():
        assert database.session.scalar(text("SELECT count(*) FROM jobs")) > 0
        assert database.session.scalar(text("SELECT count(*) FROM audit_entries")) > 50
        assert not {table for table, _column in stored()} & {"jobs", "audit_entries", "throttle_hits"}


def test_the_provider_is_sent_ids_and_sums_only(app, house, sent, stripe):
    said = "\n".join(sent)
    assert "checkout/sessions" in said and "payment_intents" in said and len(sent) > 10
    assert marked(said) == {"a pledge"}  # the sentence that is agreed to names the sum
    with app.app_context():
        slugs = {case.slug for case in database.session.scalars(select(Case)) if case.is_private}
    kept = json.dumps([one.to_dict() for one in stripe.client.v1.events.list({"limit": 100}).auto_paging_iter()])
    assert marked(kept) <= {"a pledge", "a backer"} and any(slug in kept for slug in slugs)


def test_the_log_holds_no_word_whatever_goes_wrong(app, house, logged, monkeypatch):
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    holder, owner, draft = house.holder("open"), browser_of(app, leila), house.slugs["draft"]
    step = f"/dashboard/cases/{draft}/edit/about"
    with statements_fail(app, "UPDATE cases"):  # while the words are on their way into the database
        assert press(owner, step, step, title="zqtypedzq", area="other", kind="inquest").status_code >= 500
        assert press(owner, step, step, title="zqtypedzq", area="other", kind="inquest", later="1").status_code >= 500
    with statements_fail(app, "INSERT INTO pledges"):
        path = f"/cases/{house.slugs['open']}/back"
        assert fill_pledge_form(holder, path, **hidden.BACKER).status_code >= 500
    monkeypatch.setattr(case_page, "of", lambda case: (_ for _ in ()).throw(RuntimeError("no page")))
    assert holder.get(f"/cases/{house.slugs['open']}").status_code == 500
    monkeypatch.setitem(outbox.WRITERS, "cases.published", lambda case: 1 / 0)
    monkeypatch.setitem(queue.READERS, "pledges.check_target", lambda case_id: 1 / 0)
    with app.app_context():
        queue.defer("pledges.check_target", {"case_id": 1})
        database.session.commit()
    worker.beat(app)
    said = logged.text()
    for noted in ("request failed", "letter failed", "job failed"):
        assert noted in said
    assert marked(said) == set()
    with app.app_context():
        assert not {table for table, _column in stored()} & {"jobs"}


def test_the_log_is_really_read(app, house, logged, monkeypatch):
    """The control: a word in an error is seen in the log."""
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(case_page, "of", lambda case: (_ for _ in ()).throw(RuntimeError(case.title)))
    house.holder("open").get(f"/cases/{house.slugs['open']}")
    assert marked(logged.text()) == {"title"}


@contextmanager
def statements_fail(app, beginning):
    """The database breaks down over statements that begin like this."""
    with app.app_context():
        engine = database.engine

    def fail(_cursor, statement, _parameters, context):
        if statement.lstrip().startswith(beginning):
            raise context.dialect.loaded_dbapi.OperationalError("the disk is full")

    event.listen(engine, "do_execute", fail)
    try:
        yield
    finally:
        event.remove(engine, "do_execute", fail)


# ---------------------------------------------------------------- that there is one
_CSRF = re.compile(r'(?<=name="csrf_token" value=")[^"]*|(?<=csrf_token" type="hidden" value=")[^"]*')
_COOKIE = re.compile(r"(?<=session=)[^;]*")


@contextmanager
def counted(app) -> Iterator[list[str]]:
    """The statements that are sent to the database meanwhile: what takes as many, takes as long."""
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    with app.app_context():
        engine = database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def answer_of(app, browser, method, address, name, csrf_token):
    """All that can be told apart of an answer, `name` being what differs between twins."""
    data = {} if method in ("GET", "HEAD", "OPTIONS") else {"data": {"csrf_token": csrf_token, "x": "y"}}
    with app.app_context():
        in_force()  # asked of the database once a second, whoever comes
    with counted(app) as asked:
        answer = browser.open(address, method=method, headers=HOME, **data)
    headers = sorted((key, _COOKIE.sub("…", value.replace(name, "…"))) for key, value in answer.headers)
    return {
        "status": answer.status_code,
        "headers": [pair for pair in headers if pair[0] != "Content-Length"],
        "body": _CSRF.sub("…", answer.text.replace(name, "…")),
        "statements": asked,
    }


def hidden_from_strangers(app, house):
    """By placeholder: what stands behind it that nobody else may know of, and how to make the like up."""
    with app.app_context():
        drafted, waiting = stages.draft(title="Public, not yet"), stages.in_review(title="Public, waiting")
        database.session.commit()
        names = [house.slugs["open"], drafted.public_id, *house.slugs.values(), waiting.public_id]
    return {
        "slug": (names, ids.public_id),
        "public_id": (names, ids.public_id),
        "token": ([house.tokens["revoked"]], ids.token),
        "signed token": (house.signed_tokens(), lambda: f"{ids.public_id()}.1.{'a' * 32}"),
    }


def doors(app, argument):
    """Routes with this placeholder, and methods: those they have and those they have not."""
    name = argument.removeprefix("signed ")
    return [(rule, method) for rule in rules(app) if name in rule.arguments for method in METHODS]


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@pytest.mark.one_database
@pytest.mark.timeout(900)
def test_what_is_hidden_answers_exactly_like_what_never_was(app, house):
    people = {**strangers(app, house), "nobody with a session": app.test_client()}
    people["nobody with a session"].get("/settings/appearance")
    for who, browser in people.items():
        with_mark = token_of(browser.get("/settings/appearance")) if who != "nobody" else ""
        for argument, (names, make_up) in hidden_from_strangers(app, house).items():
            key = argument.removeprefix("signed ")
            for rule, method in doors(app, argument):
                never = make_up()
                expected = answer_of(app, browser, method, fill(rule, **{key: [never]})[0], never, with_mark)
                for name in names if method == "GET" else names[:2]:
                    assert len(name) == len(never)
                    shown = answer_of(app, browser, method, fill(rule, **{key: [name]})[0], name, with_mark)
                    assert shown == expected, f"{who}: {method} {rule.rule}"


def test_reviewers_cannot_tell_a_draft_from_what_never_was(app, house):
    browser = browser_of(app, mina)
    with_mark = token_of(browser.get("/settings/appearance"))
    for rule, method in doors(app, "public_id"):
        shown = [
            answer_of(app, browser, method, fill(rule, public_id=[name])[0], name, with_mark)
            for name in (house.slugs["draft"], ids.public_id())
        ]
        assert shown[0] == shown[1], f"{method} {rule.rule}"


def test_the_comparison_sees_a_difference(app, house):
    """The control: to the lawyer the two are not alike."""
    owner = browser_of(app, leila)
    rule = next(rule for rule in rules(app) if rule.endpoint == "cases.detail")
    shown = [
        answer_of(app, owner, "GET", fill(rule, slug=[name])[0], name, "")
        for name in (house.slugs["open"], ids.public_id())
    ]
    assert [one["status"] for one in shown] == [200, 404] and shown[0]["statements"] != shown[1]["statements"]


def test_the_addresses_of_private_cases_tell_nothing(app, house):
    with app.app_context():
        for case in database.session.scalars(select(Case).where(Case.visibility == "private")):
            assert case.slug == case.public_id and re.fullmatch("[0-9a-z]{20}", case.slug)


def test_counts_on_lists_are_those_of_what_is_shown(app, house, client):
    """A number that counts private cases would tell of them."""
    with app.app_context():
        public = database.session.scalar(select(func.count()).where(Case.visibility == "public"))
    page = client.get("/cases/?status=any").text
    assert page.count('<article class="card') == public == 1
