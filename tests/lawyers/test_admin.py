"""Verification by staff, through the pages."""

import re
from io import BytesIO

import pytest
from sqlalchemy import select

from app.accounts import queries as accounts
from app.accounts import service as accounts_service
from app.audit.models import AuditEntry
from app.database import db as database
from app.lawyers import queries, service
from app.lawyers.models import Lawyer
from app.storage import files
from tests.accounts.letters import names
from tests.people import browser_of, dara, kian, leila, mina
from tests.support.forms import send, token_of

QUEUE = "/staff/lawyers"
CHECKED = {
    field: value for kind in queries.CHECKS for field, value in ((kind, "y"), (f"{kind}_source", f"{kind} register"))
}


@pytest.fixture
def page(app):
    """Address of the page of Kian, who waits and has sent a file."""
    with app.app_context():
        lawyer = kian()
        lawyer.evidence = files.keep(BytesIO(b"%PDF-1.7 of Kian"), "proof.pdf", by_id=lawyer.user_id)
        database.session.commit()
        return f"{QUEUE}/{lawyer.public_id}"


@pytest.fixture
def two(app, page):
    return browser_of(app, mina), browser_of(app, dara)


def version(browser, page):
    return re.search(r'name="version"[^>]*value="(\d+)"', browser.get(page).text)[1]


def decide(browser, page, decision, seen=None, **fields):
    return send(browser, page, decision=decision, version=seen or version(browser, page), **fields)


def state(app):
    with app.app_context():
        return queries.by_user(accounts.by_email("kian@example.org").id).state


def test_who_waits_is_listed_with_how_long(two, clock):
    clock.move(3 * 86_400)
    shown = two[0].get(QUEUE).text
    assert "Kian Daneshvar" in shown and "Northgate Chambers" in shown and "3 days ago" in shown
    assert "Lawyers (1)" in shown


def test_nobody_waiting_is_said(app):
    assert "No lawyer waits" in browser_of(app, mina).get(QUEUE).text


def test_the_page_shows_what_they_told_us(two, page):
    shown = two[0].get(page).text
    for told in ("Kian Daneshvar", "Bar Standards Board", "B-20177", "Northgate Chambers", "York", "kian@example.org"):
        assert told in shown
    assert "proof.pdf" in shown and "barristers-register" in shown and "0 of 2 decisions" in shown


def test_two_members_of_staff_verify_each_with_their_own_checklist(app, two, page):
    first = decide(two[0], page, "approve", **CHECKED)
    assert first.location == QUEUE and "when a colleague decides the same" in two[0].get(QUEUE).text
    assert state(app) == "applied" and "1 of 2 decisions" in two[1].get(page).text
    assert decide(two[1], page, "approve").status_code == 400, "the checklist of a colleague is not one's own"
    assert decide(two[1], page, "approve", **CHECKED).location == QUEUE and state(app) == "verified"
    assert names(app, "kian@example.org") == ["lawyers.applied", "lawyers.verified"]


def test_one_person_cannot_verify_alone(app, two, page):
    for _ in range(3):
        decide(two[0], page, "approve", **CHECKED)
    assert state(app) == "applied"


def test_two_members_of_staff_turn_somebody_down(app, two, page):
    assert decide(two[0], page, "decline", reason="The certificate is of 2019.").location == QUEUE
    assert state(app) == "applied" and "The certificate is of 2019." in two[1].get(page).text
    assert decide(two[1], page, "decline", reason="").location == QUEUE and state(app) == "declined"
    assert names(app, "kian@example.org") == ["lawyers.applied", "lawyers.declined"]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "Choose what to decide."),
        ({"decision": "king"}, "Choose what to decide."),
        ({"decision": "approve"}, "Tick this once you have checked it"),
        ({"decision": "approve", **CHECKED, "firm_source": ""}, "Say what you checked it against."),
        ({"decision": "approve", **CHECKED, "firm_source": "x" * 121}, "too long"),
        ({"decision": "decline"}, "Tell the lawyer why"),
        ({"decision": "decline", "reason": "x" * 2001}, "too long"),
    ],
)
def test_what_is_missing_is_told_and_the_rest_is_kept(app, two, page, fields, told):
    answer = send(two[0], page, version=version(two[0], page), **{"identity_source": "Passport", **fields})
    assert answer.status_code == 400 and told in answer.text
    assert 'value="Passport"' in answer.text or "identity_source" in fields
    assert state(app) == "applied"


def test_what_was_changed_meanwhile_must_be_read_first(app, two, page):
    seen = version(two[0], page)
    with app.app_context():
        lawyer = database.session.scalars(select(Lawyer)).one()
        details = {name: getattr(lawyer, name) for name in ("profession", "regulator", "registration_number", "town")}
        service.send_in(lawyer.user, service.Details(firm="Other Chambers", **details))
        database.session.commit()
    answer = decide(two[0], page, "approve", seen, **CHECKED)
    assert answer.status_code == 409 and "Read it again" in answer.text and "Other Chambers" in answer.text
    assert 'name="version" type="hidden" value="2"' in answer.text
    with app.app_context():
        assert database.session.scalars(select(Lawyer)).one().checks == []


@pytest.mark.parametrize("odd", ["", "x", "-1", "9" * 40, "١"])
def test_an_odd_version_is_one_that_nobody_has_read(app, two, page, odd):
    answer = send(two[0], page, decision="approve", version=odd, **CHECKED)
    assert answer.status_code == 409 and state(app) == "applied"


def test_what_one_has_checked_stands_there_again(two, page):
    decide(two[0], page, "approve", **CHECKED)
    assert 'value="firm register"' in two[0].get(page).text
    assert 'value="firm register"' not in two[1].get(page).text and "firm register" in two[1].get(page).text


def test_nobody_decides_on_themselves(app, page):
    with app.app_context():
        accounts_service.give_role(kian().user, "reviewer")
        database.session.commit()
    browser = browser_of(app, kian)
    shown = browser.get(page)
    assert "This is your own application." in shown.text and 'name="decision"' not in shown.text
    answer = send(browser, page, decision="approve", version="1", **CHECKED)
    assert answer.status_code == 409 and state(app) == "applied"


def test_what_is_decided_can_be_read_and_not_decided_again(app, two, page):
    for browser in two:
        decide(browser, page, "approve", **CHECKED)
    shown = two[0].get(page).text
    assert "Mina Sohrabi" in shown and "Dara Lindqvist" in shown and 'name="decision"' not in shown
    assert send(two[0], page, decision="decline", reason="Too late.", version="1").status_code == 409
    assert state(app) == "verified"


def test_somebody_who_is_not_there_is_not_found(two):
    assert two[0].get(f"{QUEUE}/0123456789abcdefghjk").status_code == 404


# ---------------------------------------------------------------- evidence
def looks(app):
    with app.app_context():
        rows = select(AuditEntry.actor_id).where(AuditEntry.action == "lawyer.evidence_seen")
        return database.session.scalars(rows).all()


def test_the_evidence_is_handed_out_and_each_look_is_noted(app, two, page):
    for n, browser in enumerate(two, start=1):
        answer = send(browser, page, to=f"{page}/evidence")
        assert answer.status_code == 200 and answer.data == b"%PDF-1.7 of Kian"
        assert answer.headers["Content-Disposition"] == "attachment; filename=proof.pdf"
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["Cache-Control"] == "no-store" and len(looks(app)) == n


def test_looking_at_the_page_is_not_looking_at_the_file(app, two, page):
    two[0].get(page)
    assert two[0].get(f"{page}/evidence").status_code == 405 and looks(app) == []


def test_evidence_that_was_deleted_is_not_found_and_the_page_says_when(app, two, page):
    csrf_token = token_of(two[0].get(page))
    with app.app_context():
        files.delete(database.session.scalars(select(Lawyer)).one().evidence)
        database.session.commit()
    assert "Deleted on" in two[0].get(page).text
    data, headers = {"csrf_token": csrf_token}, {"Referer": "https://localhost/"}
    assert two[0].post(f"{page}/evidence", data=data, headers=headers).status_code == 404 and looks(app) == []


@pytest.mark.parametrize("who", [leila, kian])
def test_lawyers_find_nothing_here(app, page, who):
    browser = browser_of(app, who)
    assert [browser.get(path).status_code for path in (QUEUE, page)] == [404, 404]
    assert send(browser, "/settings/appearance", to=f"{page}/evidence").status_code == 404
