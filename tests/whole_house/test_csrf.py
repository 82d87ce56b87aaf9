"""Unsafe routes act only for our own forms; safe ones write nothing, whoever asks."""

import hashlib
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from app.accounts import by_letter
from app.accounts.models import OneTimeLink, Passkey
from app.cases import appeals, client, drafting, invitations, publishing, review
from app.cases.models import Case
from app.core import clock, ids
from app.database import db as database
from app.database import metadata
from app.extensions import csrf
from app.lawyers import service as lawyers
from app.mail.models import OutgoingLetter
from app.pledges import claims, links
from app.pledges.models import Pledge
from app.pledges.states import PledgeState
from app.privacy import asking as privacy
from app.privacy.models import PrivacyLink
from app.storage import files
from app.updates import readers
from app.web.access import public
from tests.cases import backed, filing, stages
from tests.moderation import making as reports
from tests.people import babak, browser_of, dara, kian, leila, mina, omid, sara, staff
from tests.support.forms import token_of
from tests.updates import making
from tests.whole_house.routes import SAFE, fill, in_both_languages, mark, methods, rules

# The provider signs what it sends. A mail program that ends letters for its reader (RFC 8058) has neither our cookie
# nor our mark: the token in the address, which opens nothing else, is all that acts.
EXEMPT = {"webhooks.stripe", "unsubscribe.show"}
REFUSED = "Send the form again"
HOME = {"Referer": "https://localhost/"}


def unsafe(app):
    return [(rule, method) for rule in rules(app) for method in methods(rule) - SAFE]


@pytest.fixture
def world(app):
    """A public and a private case with a pledge to each, a draft and a waiting page; values for every placeholder."""
    with app.app_context():
        river = stages.live(title="Clean water")
        hidden, token = stages.live_private()
        grant = hidden.public_id, publishing.make_link(hidden, "second")
        (guest,) = invitations.invite(hidden, ["ada@example.org"], "en")
        card = {"payment_method": "pm_1", "card_last4": "4242"}
        failing = {"state": PledgeState.RETRY, "next_at": clock.now(), "first_failed_at": clock.now()}
        pledges = [backed.pledge(case, 25, **card, **state) for case in (river, hidden) for state in ({}, failing)]
        asked = stages.asked(stages.draft(title="Asked"))
        others = [stages.draft(), stages.in_review(title="Waiting"), stages.approved(title="Approved")]
        ended = making.concluded()
        others.append(ended.case)
        posted = [making.post(case) for case in (river, hidden)]
        drafted = [making.service.draft(case, making.SECRET) for case in (river, hidden)]
        story = making.told(ended)
        waits = kian()
        waits.evidence = files.keep(BytesIO(b"%PDF-1.7"), "evidence.pdf", by_id=waits.user_id)
        lawyers.save_draft(waits.user, {"firm": "Northgate Chambers"})
        key = {"credential_id": "abcd", "public_key": "", "sign_count": 0, "transports": "", "name": "My phone"}
        database.session.add(Passkey(user_id=kian().user_id, created_at=clock.now(), **key))
        by_letter.send_reset(sara().id)
        by_letter.ask_to_move(sara(), "other@example.org")
        claims.ask(sara(), "omid@example.org")
        in_letters = [by_letter.token_of(link) for link in database.session.scalars(select(OneTimeLink))]
        refused = stages.in_review(title="Turned down")
        review.decline(refused, mina(), "No.")
        appeals.appeal(refused, "The order is older.")
        reported = [reports.report(river), reports.report(hidden), reports.about_lawyer(leila())]
        privacy.ask("omid@example.org", "en")
        in_letters += [privacy.token_of(link) for link in database.session.scalars(select(PrivacyLink))]
        filed = [one for case in (river, hidden) for one in (filing.document(case), filing.picture(case))]
        stages.filed(river), stages.instructed(others[0])
        values = {
            "slug": [river.slug, hidden.slug, ended.case.slug, story.slug, leila().slug],
            "public_id": [one.public_id for one in (river, hidden, *others, waits, refused, *reported)],
            "token": [
                *(token, grant[1], ids.token()),
                *(links.token_of(pledge) for pledge in pledges),
                *in_letters,
                client.token_of(asked),
                invitations.token_of(guest),
                *(readers.token_of(pledge) for pledge in pledges),
            ],
            "step": drafting.STEPS,
            "name": ["review_days", "paid_days"],
            "grant_id": [1, 2, guest.id],
            "update_id": [update.public_id for update in (*posted, *drafted)],
            "story_id": [story.public_id],
            "file_id": [one.public_id for one in filed],
            "n": [1, 2],
        }
        database.session.commit()
        return values


# ---------------------------------------------------------------- unsafe
@pytest.mark.parametrize("who", [None, omid, leila, mina])
def test_no_form_is_taken_without_our_mark(app, client, who):
    browser = browser_of(app, who) if who else client
    assert len(unsafe(app)) > 12
    for rule, method in unsafe(app):
        for address in (url for bare in fill(rule) for url in in_both_languages(bare)):
            if rule.endpoint in EXEMPT:
                continue
            answer = browser.open(address, method=method, data={"x": "y"}, headers=HOME)
            assert answer.status_code == 400, f"{method} {address} takes a form without a CSRF token"
            assert address.startswith("/fa") or REFUSED in answer.text


def test_a_mark_from_another_browser_is_worth_nothing(app, client):
    stolen = token_of(app.test_client().get("/settings/appearance"))
    client.get("/settings/appearance")
    for rule, method in unsafe(app):
        if rule.endpoint not in EXEMPT:
            answer = client.open(fill(rule)[0], method=method, data={"csrf_token": stolen}, headers=HOME)
            assert answer.status_code == 400 and REFUSED in answer.text, rule.rule


@pytest.mark.parametrize(
    "referrer", [None, "https://evil.example/", "http://localhost/", "https://localhost.evil.example/"]
)
def test_a_form_that_comes_from_elsewhere_is_refused_though_it_has_our_mark(client, referrer):
    data = {"csrf_token": token_of(client.get("/settings/appearance")), "theme": "dark"}
    answer = client.post("/settings/appearance", data=data, headers={"Referer": referrer} if referrer else {})
    assert answer.status_code == 400 and REFUSED in answer.text


def test_a_form_of_our_own_is_taken(client):
    """The control: with the mark and from our page the same form acts."""
    data = {"csrf_token": token_of(client.get("/settings/appearance")), "theme": "dark"}
    assert client.post("/settings/appearance", data=data, headers=HOME).status_code == 303


def test_with_the_guard_off_the_same_forms_get_through(app):
    """The control: what refuses is the guard, and not something else on the way."""
    app.config["WTF_CSRF_ENABLED"] = False
    client = FlaskClient(app)  # one that does not mind forms without a mark
    answers = [client.open(fill(rule)[0], method=method, data={"x": "y"}, headers=HOME) for rule, method in unsafe(app)]
    assert not [answer.request.path for answer in answers if REFUSED in answer.text]
    assert client.post("/account/sign-out").status_code == 303


def test_only_the_provider_and_mail_programs_come_without_a_mark(app):
    exempt = {"app.pledges.webhooks.stripe", "app.updates.unsubscribe.show"}
    assert csrf._exempt_views == exempt and not csrf._exempt_blueprints
    marks = {mark(app, rule).kind: rule.endpoint for rule in rules(app) if rule.endpoint in EXEMPT}
    assert marks == {"provider": "webhooks.stripe", "one_click": "unsubscribe.show"}


def test_the_provider_signs_and_a_mail_program_needs_the_token(client, world):
    answer = client.post("/webhooks/stripe", data="{}")
    assert (answer.status_code, answer.text) == (400, "refused")
    one_click, token = {"List-Unsubscribe": "One-Click"}, world["token"][-1]
    assert client.post(f"/unsubscribe/{token}", data=one_click).status_code == 200
    for wrong in (ids.token(), world["token"][3], f"{ids.public_id()}.1.{'a' * 32}"):
        assert client.post(f"/unsubscribe/{wrong}", data=one_click).status_code == 404


# ---------------------------------------------------------------- safe
def snapshot():
    """A digest of every row, by table."""
    found = {}
    for name in metadata.tables:
        stored = sorted(repr(tuple(row)) for row in database.session.execute(text(f'SELECT * FROM "{name}"')))
        found[name] = hashlib.sha256("\n".join(stored).encode()).hexdigest()
    database.session.rollback()
    return found


def holder(app, token):
    """A browser that opened a private link."""
    browser = app.test_client()
    assert browser.get(f"/p/{token}").status_code == 303
    return browser


@pytest.mark.forged
@pytest.mark.timeout(900)
def test_safe_methods_write_nothing_whoever_asks_for_whatever(app, world, record_property):
    app.test_client_class = FlaskClient  # a thousand pages, that are looked at elsewhere
    browsers = {who.__name__: browser_of(app, who) for who in (sara, omid, kian, babak, leila, mina, dara)}
    browsers |= {role: browser_of(app, lambda role=role: staff(role)) for role in ("finance", "editor", "admin")}
    browsers["auditor"] = browser_of(app, lambda: staff("auditor"))
    browsers |= {"nobody": app.test_client(), "holder": holder(app, world["token"][0])}
    asked = [address for rule in rules(app) if "GET" in methods(rule) for address in fill(rule, **world)]
    assert len(asked) > 100
    with app.app_context():
        before = snapshot()
    for browser in browsers.values():
        for address in asked:
            page, head = browser.get(address), browser.head(address)
            assert page.status_code < 500 and head.status_code == page.status_code, address
            assert head.location == page.location, address
    record_property("figures", f"{len(asked)} addresses × {len(browsers)} people × GET and HEAD, nothing written")
    with app.app_context():
        after = snapshot()
    assert {name for name in before if before[name] != after[name]} == set()


@pytest.mark.parametrize("prefix", ["", "/fa"])
def test_a_page_that_writes_fails_loudly(app, client, monkeypatch, world, prefix):
    """The control: the database refuses a write by GET, HEAD or OPTIONS, and takes the same by POST."""
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)

    def view():
        database.session.query(Case).update({"title": "written by a page"})
        database.session.commit()
        return "written"

    monkeypatch.setitem(app.view_functions, "pages.appearance", public(view))
    with app.app_context():
        before = snapshot()
        assert client.get(f"{prefix}/settings/appearance").status_code >= 500
        assert client.head(f"{prefix}/settings/appearance").status_code >= 500
        assert snapshot() == before
        assert client.post(f"{prefix}/settings/appearance").text == "written"
        assert snapshot() != before


def test_the_snapshot_sees_any_change(app, world):
    """The control: one letter in one row is noticed."""
    with app.app_context():
        before = snapshot()
        database.session.query(Pledge).first().message = "x"
        database.session.query(OutgoingLetter).first().attempts += 1
        database.session.commit()
        after = snapshot()
        assert {name for name in before if before[name] != after[name]} == {"pledges", "letters"}


def test_returning_from_the_provider_is_the_only_get_that_may_write(app):
    writes = {rule.endpoint for rule in rules(app) if mark(app, rule).kind == "returning"}
    assert writes == {"pledges.returned", "manage.approved"}
