"""The great canary sweep: every field of every kind of case that is nobody's business, and everybody, in every form.

`test_private_cases.py` guards the house as it is built; here stand the cases that were planned, guarded, restaged,
ended, taken down, made private or tried again besides, and public ones that are not live. Fetched are all addresses,
by more than browsers ask for; searched are letters, logs, kept pages and the copies that others take of their data.
"""

import re
import zipfile
from io import BytesIO

import argon2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.cases import access, invitations, publishing, queries
from app.cases.models import Case, CaseGrant
from app.cases.states import CaseState
from app.core import clock, ids
from app.database import db as database
from app.jobs import worker
from app.mail import outbox
from app.mail.models import OutgoingLetter
from app.search import index
from app.web.access import public
from app.web.page_cache import PageCache
from tests.people import babak, browser_of, kian, leila, mina, nima, sara, staff
from tests.support.forms import send
from tests.whole_house import hidden
from tests.whole_house.hidden import marked
from tests.whole_house.routes import fill, in_both_languages, methods, rules
from tests.whole_house.test_private_cases import (
    HOMES,
    METHODS,
    answer_of,
    everything,
    found_by,
    house,
    logged,
    sent,
    stored,
)

__all__ = ["house", "logged", "sent"]  # fixtures
# What a program may ask for that a browser does not.
ASKING: dict[str, dict[str, str]] = {
    "json": {"Accept": "application/json"},
    "atom": {"Accept": "application/atom+xml"},
    "csv": {"Accept": "text/csv"},
    "picture": {"Accept": "image/png"},
    "calendar": {"Accept": "text/calendar"},
    "not changed": {"If-None-Match": "*"},
    "changed": {"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
    "a part": {"Range": "bytes=0-4095"},
    "by script": {"X-Requested-With": "XMLHttpRequest", "HX-Request": "true"},
    "a crawler": {"User-Agent": "Twitterbot/1.0 facebookexternalhit/1.1"},
}
BOTH_LANGUAGES = ("nobody", "another verified lawyer")
# Addresses that portals like this one have; none of them may begin to tell of private cases.
GUESSED = [
    *("/sitemap.xml", "/feed", "/feed.atom", "/cases.json", "/cases.csv", "/cases.atom", "/api/cases", "/api/v1/cases"),
    *(
        "/cases/{slug}.json",
        "/cases/{slug}.atom",
        "/cases/{slug}/share.png",
        "/cases/{slug}/card.png",
        "/api/cases/{slug}",
    ),
    *(
        "/cases/{slug}/embed",
        "/embed/{slug}",
        "/oembed?url=https://localhost/cases/{slug}",
        "/cases/{slug}/updates.atom",
    ),
    *("/static/{slug}", "/static/cases/{slug}.png", "/favicon.ico", "/.well-known/security.txt"),
]


@pytest.fixture
def whole(house):
    """The house with everything that can happen to a case."""
    hidden.build_more(house)
    assert len(house.slugs) == 26 and len(house.old) == 2
    return house


def outsiders(app: Flask, whole: hidden.House) -> dict[str, FlaskClient]:
    """Everybody who may see none of it, staff without that right among them."""
    return {
        "nobody": app.test_client(),
        "a stranger with an account": browser_of(app, sara),
        "a lawyer who is not verified": whole.other_lawyer(),
        "another verified lawyer": browser_of(app, babak),
        "a backer of other cases": whole.other_backer(),
        "somebody whose link was revoked": whole.former_holder(),
        "an editor": browser_of(app, nima),
        "finance": browser_of(app, lambda: staff("finance")),
    }


def addresses_of(app: Flask, whole: hidden.House) -> list[str]:
    tokens = [whole.tokens["revoked"], ids.token(), *whole.signed_tokens()[:2]]
    guessed = [address.format(slug=whole.slugs["open"]) for address in GUESSED]
    old = [url for slug in whole.old for url in in_both_languages(f"/cases/{slug}")]
    return [*everything(app, whole, tokens), *guessed, *old]


@pytest.mark.one_database
@pytest.mark.timeout(900)
def test_no_outsider_is_shown_a_word_of_any_of_them(app, whole, record_property):
    people, addresses, fetched = outsiders(app, whole), addresses_of(app, whole), 0
    for who, browser in people.items():
        # The words of a case are the same in both languages of the site; whose they are is asked before them.
        asked = [url for url in addresses if who in BOTH_LANGUAGES or not url.startswith("/fa")]
        assert found_by(browser, asked) == {}, who
        fetched += len(asked)
    record_property("figures", f"{len(people)} people × {len(addresses)} addresses, {fetched} pages, 0 hits")


def few(app: Flask, whole: hidden.House) -> list[str]:
    """An address or three of each route: enough for each way of asking."""
    values = {
        "slug": [whole.slugs["open"], whole.slugs["public draft"], whole.old[0]],
        "public_id": [whole.slugs["open"], whole.slugs["public draft"]],
        "token": [whole.tokens["revoked"]],
        "n": [1],
    }
    made = [address for rule in rules(app) if "GET" in methods(rule) for address in fill(rule, **values)]
    return made + [address.format(slug=whole.slugs["funded"]) for address in GUESSED]


@pytest.mark.one_database
@pytest.mark.timeout(900)
def test_nor_however_they_ask(app, whole, record_property):
    people, addresses = outsiders(app, whole), few(app, whole)
    for who, browser in people.items():
        for how, headers in ASKING.items():
            for address in addresses:
                answer = browser.get(address, headers=headers)
                assert not said_by(answer), f"{who}: {address} as {how}"
        for address in addresses:
            assert not said_by(browser.head(address)) and not said_by(browser.options(address)), f"{who}: {address}"
    fetched = len(people) * len(addresses) * (len(ASKING) + 2)
    record_property(
        "figures",
        f"{len(people)} people × {len(addresses)} addresses × {len(ASKING) + 2} ways, {fetched} answers, 0 hits",
    )


def said_by(answer) -> set[str]:
    return marked(answer.data.decode("utf-8", "replace") + str(answer.headers))


# ---------------------------------------------------------------- the right people, and planted leaks
NEW_TO_OWNER = {"appealcomment", "line", "early", "kept", "oldstage", "oldreason", "newstage", "newreason"}
NEW_TO_OWNER |= {"video", "filename", "inside"}


@pytest.mark.one_database
def test_the_lawyer_is_shown_all_of_it_and_who_reported_it_to_nobody_but_reviewers(app, whole):
    """The control: what is hidden above is there."""
    with app.app_context():
        reported = [row.public_id for row in database.session.scalars(select(hidden.reports.Report))]
        filed = [case.public_id for case in database.session.scalars(select(Case))]
    cases = [whole.slugs[name] for name in ("declined", "guarded", "staged", "early", "suspended", "taken", "open")]
    addresses = [f"{where}/{case}" for where in ("/cases", "/dashboard/cases", "/staff/cases") for case in cases]
    addresses += [f"/dashboard/cases/{case}/{end}" for case in cases for end in ("visibility", "files", "appeal")]
    addresses += [f"/staff/cases/{case}/{end}" for case in cases for end in ("public", "appeal")]
    addresses += [f"/staff/reports/{report}" for report in reported] + _papers(app, whole, "staged")
    owner, reviewer = (found_by(browser_of(app, who), addresses) for who in (leila, mina))
    assert len(filed) > 20 and owner.keys() >= NEW_TO_OWNER, NEW_TO_OWNER - owner.keys()
    assert reviewer.keys() >= {"report", "note", "appeal", "kept"}
    assert not owner.keys() & {"report", "reportmail"} and not {*owner, *reviewer} & {"passphrase", "reportmail"}


def _papers(app: Flask, whole: hidden.House, name: str) -> list[str]:
    with app.app_context():
        case = whole.case(name)
        return [f"/cases/{case.slug}/files/{one.public_id}" for one in hidden.case_files.documents(case)]


@pytest.mark.one_database
def test_a_leak_that_is_planted_is_found(app, whole, monkeypatch):
    """The controls: in a body, in a header, on a list, and by a rule that forgets whose a page is."""
    nobody = app.test_client()
    assert found_by(nobody, few(app, whole)) == {}
    title = hidden.PAGE["title"]
    with monkeypatch.context() as patch:
        patch.setitem(app.view_functions, "pages.fees", public(lambda: f"<p>{title}</p>"))
        assert found_by(nobody, few(app, whole)) == {"title": "/fees"}
    with monkeypatch.context() as patch:
        patch.setitem(app.view_functions, "pages.fees", public(lambda: ("", 200, {"X-Case": title})))
        assert found_by(nobody, few(app, whole)) == {"title": "/fees"}
    with monkeypatch.context() as patch:
        patch.setattr(access, "_knowable_to", lambda _viewer: Case.state.in_(list(CaseState)))
        assert {"title", "story", "backer"} <= found_by(nobody, few(app, whole)).keys()
    with monkeypatch.context() as patch:
        patch.setattr(access, "listed", lambda: Case.state.in_(list(CaseState)))
        assert "title" in found_by(nobody, ["/cases/?status=any"])


# ---------------------------------------------------------------- pages that were there once
@pytest.mark.one_database
def test_where_a_page_stood_nothing_is_told_but_that_it_is_gone(app, whole):
    made_private, taken_down = whole.old
    for who, browser in {**outsiders(app, whole), "a holder of another": whole.holder("open")}.items():
        for prefix in ("", "/fa"):
            for slug in (made_private, taken_down):
                answer = browser.get(f"{prefix}/cases/{slug}")
                assert answer.status_code == 410 and not said_by(answer), who
                assert "Leila" not in answer.text and "Fenmoor" not in answer.text, who
            for end in ("/backers", "/updates/", "/back", "/report"):
                answer = browser.get(f"{prefix}/cases/{made_private}{end}")
                assert answer.status_code == 410 and not said_by(answer), (who, end)
    pages = [app.test_client().get(address).text for address in ("/", "/cases/?status=any", "/search?q=address")]
    assert not any(slug in page for page in pages for slug in whole.old)


@pytest.mark.one_database
def test_its_new_address_and_a_private_page_that_was_taken_down_are_like_any_that_never_was(app, whole):
    for who, browser in {"nobody": app.test_client(), "a stranger": browser_of(app, sara)}.items():
        never, _with_a_session = ids.public_id(), send_mark(browser)
        expected = answer_of(app, browser, "GET", f"/cases/{never}", never, "")
        assert expected["status"] == 404
        for name in ("made private", "taken", "suspended", "guarded", "planned", "again", *hidden.NOT_YET):
            shown = answer_of(app, browser, "GET", f"/cases/{whole.slugs[name]}", whole.slugs[name], "")
            assert shown == expected, f"{who}: {name}"


def test_no_word_of_any_of_them_is_found_by_search(app, whole):
    """On both databases, each with its own way of searching; the control is the public case."""
    words = [f"zq{name}zq" for name in (*hidden.PAGE, *hidden._MORE)] + [*whole.old, *whole.slugs.values()][:8]
    with app.app_context():
        index.refresh(10_000)
        database.session.commit()
    for browser in (app.test_client(), browser_of(app, leila), browser_of(app, mina)):
        for word in words:
            for where in ("/search?", "/cases/?status=any&"):
                answer = browser.get(f"{where}q={word}")
                assert "Nothing found" in answer.text, f"{where}{word}"
        assert "A public case" in browser.get("/search?q=public+case").text


# ---------------------------------------------------------------- letters, logs, kept pages, copies
def test_no_letter_about_any_of_them_names_it(app, whole, logged):
    with app.app_context():
        worker.beat(app)
        ours = {case.id: case for case in database.session.scalars(select(Case)) if case.is_private}
        seen = set()
        for row in database.session.scalars(select(OutgoingLetter)):
            if row.facts.get("case") in ours or row.name in ("cases.invited", "moderation.note"):
                for lang in ("en", "fa"):
                    letter = outbox.render(row.name, lang, row.facts)
                    if letter is None:
                        continue
                    seen.add(row.name)
                    words = marked(letter.subject + letter.text + letter.html + str(vars(letter)))
                    assert words <= ({"note"} if row.name == "moderation.note" else {"a pledge"}), (row.name, words)
                    assert not marked(letter.subject), row.name
    assert seen >= {"cases.invited", "cases.made_private", "cases.kept_private", "cases.taken_down", "moderation.note"}
    assert not marked(logged.text())


def test_all_the_words_are_stored_only_where_they_belong(app, whole):
    homes = HOMES | {
        *(("case_stage_changes", f"{when}_{what}") for when in ("old", "new") for what in ("title", "reason")),
        ("case_appeals", "words"),
        ("case_appeals", "comment"),
        ("reports", "words"),
        ("reports", "email"),
        ("staff_notes", "words"),
        ("cases", "video"),
        ("cases", "suspended_line"),
        ("cases", "ended_early_because"),
        ("case_versions", "note"),
    }
    with app.app_context():
        found = stored()
    assert found.keys() <= homes, found.keys() - homes
    assert not {"passphrase", "inside"} & set().union(*found.values()), "one is hashed, the other in a file"
    kept_apart = {"jobs", "audit_entries", "throttle_hits", "search_documents", "search_words"}
    assert not {table for table, _column in found} & kept_apart


@pytest.mark.one_database
@pytest.mark.settings(page_cache=True)
def test_no_kept_page_holds_a_word_whoever_came_before(app, whole):
    kept = _cache_of(app)
    holder, owner, nobody = whole.holder("open"), browser_of(app, leila), app.test_client()
    addresses = [f"/cases/{whole.slugs[name]}{end}" for name in ("open", "funded") for end in ("", "/backers")]
    for browser in (holder, owner, nobody):
        for address in (*addresses, f"/cases/{whole.public}", "/", "/cases/", f"/cases/{whole.old[0]}"):
            browser.get(address)
    pages = "".join(f"{key} {page.headers} {page.body.decode()}" for key, page in kept._pages.items())
    assert "A public case" in pages, "the control: pages are kept"
    assert not marked(pages) and not any(slug in pages for slug in whole.slugs.values())
    assert found_by(nobody, addresses) == {}


def _cache_of(app: Flask) -> PageCache:
    """The layer among the layers."""
    layer = app.wsgi_app
    while not isinstance(layer, PageCache):
        layer = next(inner for name in ("_app", "app", "application") if (inner := getattr(layer, name, None)))
    return layer


@pytest.mark.one_database
def test_the_copy_that_somebody_takes_of_their_data_holds_nothing_of_others(app, whole):
    for who, may in ((sara, False), (kian, False), (babak, False), (nima, False), (leila, True)):
        answer = send(browser_of(app, who), "/me/privacy/copy")
        assert answer.status_code == 200 and answer.mimetype == "application/zip", answer.status_code
        packed = zipfile.ZipFile(BytesIO(answer.data))
        words = marked("".join(packed.read(name).decode("utf-8", "replace") + name for name in packed.namelist()))
        assert ("title" in words) == may and (may or not words), who.__name__
        assert not words & {"report", "reportmail", "backer", "message", "email"}, "others' words about it"


@pytest.mark.one_database
def test_records_are_shown_to_auditors_without_the_words(app, whole):
    """Who may read the log and the consents learns what was done and who agreed, not what a page says."""
    auditor = browser_of(app, lambda: staff("auditor"))
    found = found_by(auditor, addresses_of(app, whole))
    assert not found.keys() & ({name.lower() for name in hidden.PAGE} - {"title"}), found
    assert all(address.removeprefix("/fa").startswith("/staff/") for address in found.values())
    assert auditor.get("/staff/audit").status_code == 200 and not said_by(auditor.get("/staff/audit"))


# ---------------------------------------------------------------- links that open nothing any more
@pytest.fixture
def work(monkeypatch) -> list[str]:
    """Passwords that are hashed or compared meanwhile: what takes as many, takes as long."""
    done: list[str] = []
    for name in ("hash", "verify"):
        real = getattr(argon2.PasswordHasher, name)

        def note(self, *given, _real=real, _name=name):
            done.append(_name)
            return _real(self, *given)

        monkeypatch.setattr(argon2.PasswordHasher, name, note)
    return done


def dead_tokens(app: Flask, whole: hidden.House) -> dict[str, str]:
    """Tokens that once opened something: a revoked link, an invitation that ran out and one that ended."""
    whole.former_holder()
    with app.app_context():
        over, ended = invitations.invite(whole.case("guarded"), ["one@example.org", "two@example.org"], "en")
        over.expires_at = clock.real_now()
        invitations.revoke(whole.case("guarded"), ended.id)
        made = {
            "a revoked link": whole.tokens["revoked"],
            "an invitation that ran out": invitations.token_of(over),
            "an invitation that was ended": invitations.token_of(ended),
        }
        guarded = whole.case("guarded")
        made["a link that was revoked behind a passphrase"] = publishing.make_link(guarded, "")
        publishing.revoke_link(guarded, queries.links(guarded)[-1].id)
        database.session.commit()
    return made


@pytest.mark.one_database
@pytest.mark.timeout(600)
def test_a_dead_link_answers_exactly_like_one_that_never_was(app, whole, work, record_property):
    tokens, compared = dead_tokens(app, whole), 0
    for browser in (app.test_client(), browser_of(app, sara)):
        with_mark = send_mark(browser)
        for rule in rules(app):
            for method in METHODS if "token" in rule.arguments else ():
                never, _clean = ids.token(), work.clear()
                expected = answer_of(app, browser, method, fill(rule, token=[never])[0], never, with_mark), [*work]
                for what, token in tokens.items():
                    work.clear()
                    shown = answer_of(app, browser, method, fill(rule, token=[token])[0], token, with_mark), [*work]
                    assert shown == expected, f"{what}: {method} {rule.rule}"
                    compared += 1
    record_property("figures", f"{compared} pairs of answers alike in status, headers, body, statements and hashes")


def send_mark(browser: FlaskClient) -> str:
    found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', browser.get("/settings/appearance").text)
    assert found
    return found[1]


@pytest.mark.one_database
def test_the_comparison_of_links_sees_one_that_works(app, whole, work):
    """The control: a link behind a passphrase asks for it, and a wrong answer is compared."""
    browser = app.test_client()
    token = whole.tokens["guarded"]
    answer = send(browser, f"/p/{token}", passphrase="not this one")
    assert answer.status_code == 400 and work == ["verify"] and not said_by(answer)
    assert browser.get(f"/cases/{whole.slugs['guarded']}").status_code == 404
    assert send(browser, f"/p/{token}", passphrase=hidden.GUARD).status_code == 303
    assert "title" in said_by(browser.get(f"/cases/{whole.slugs['guarded']}"))


def test_every_grant_of_the_house_is_known_by_its_hash_only(app, whole):
    with app.app_context():
        hashes = {grant.token_hash for grant in database.session.scalars(select(CaseGrant)) if grant.token_hash}
        assert {ids.hash_token(token) for token in whole.tokens.values()} <= hashes
        assert not set(whole.tokens.values()) & hashes
