"""Browsing the audit log."""

import re

import pytest
from sqlalchemy import func, select

from app.accounts import service as accounts
from app.audit.models import AuditEntry
from app.audit.service import record
from app.database import db as database
from tests.cases import stages
from tests.people import browser_of, dara, leila, mina, nima, omid, roya
from tests.pledges.backing import said


def auditor():
    """Staff: an auditor."""
    user = omid()
    if not user.totp_secret:
        accounts.turn_on_second_factor(user)
    accounts.give_role(user, "auditor")
    return user


@pytest.fixture
def case_id(app):
    """The row of a live case, whose making left entries."""
    with app.app_context():
        case = stages.live()
        database.session.commit()
        return case.id


@pytest.fixture
def browser(app):
    """Roya's, who is an administrator."""
    return browser_of(app, roya)


def actions(page):
    return re.findall(r'<td data-l="What was done"><bdi dir="ltr">([a-z_.]+)</bdi>', page.text)


@pytest.mark.parametrize("who", [roya, auditor])
def test_administrators_and_auditors_read_it(app, case_id, who):
    page = browser_of(app, who).get("/staff/audit")
    assert page.status_code == 200 and "case.published" in actions(page)
    assert "no-store" in page.headers["Cache-Control"]


@pytest.mark.parametrize("who", [mina, nima, leila, omid])
def test_for_others_there_is_nothing_here(app, case_id, who):
    assert browser_of(app, who).get("/staff/audit").status_code == 404


def test_the_latest_stands_first(browser, case_id):
    found = actions(browser.get(f"/staff/audit?kind=cases&id={case_id}"))
    assert (found[0] == "case.published" and found[-1] == "case.opened") or found[-1].startswith("case.")


def test_it_is_narrowed_by_what_by_whom_and_to_what(app, browser, case_id):
    assert set(actions(browser.get("/staff/audit?action=case.approve"))) == {"case.approve"}
    by_mina = browser.get("/staff/audit?person=MINA@example.org&kind=cases")
    assert actions(by_mina) == ["case.approve"] and "Mina Sohrabi" in said(by_mina)
    system = browser.get("/staff/audit?person=system")
    with app.app_context():
        count = database.session.scalar(select(func.count()).where(AuditEntry.actor_id.is_(None)))
    assert len(actions(system)) == min(count, 100)


def test_an_address_nobody_has_shows_nothing_and_says_so(browser, case_id):
    page = browser.get("/staff/audit?person=nobody@example.org")
    assert actions(page) == [] and "Nobody has this address" in said(page)


def test_days_count_whole(app, browser, case_id, clock):
    today = clock.now().date()
    assert actions(browser.get(f"/staff/audit?first={today}&last={today}"))
    assert not actions(browser.get("/staff/audit?last=2020-01-01"))
    assert not actions(browser.get("/staff/audit?first=2199-01-01"))


@pytest.mark.parametrize(
    "question",
    ["before=x", "before=-1", "id=٣", "id=" + "9" * 30, "first=2026-99-99", "last=0001-01-01", "action=%00", "kind=x"],
)
def test_whatever_is_not_offered_counts_as_not_asked(browser, case_id, question):
    page = browser.get(f"/staff/audit?{question}")
    assert page.status_code == 200 and actions(page)


def test_one_goes_on_where_the_page_before_ended_and_keeps_what_was_asked(app, browser, monkeypatch):
    monkeypatch.setattr("app.audit.queries.PAGE", 2)
    with app.app_context():
        for _ in range(5):
            record("test.happened", dara(), actor_id=None)
        database.session.commit()
    address, seen = "/staff/audit?action=test.happened", []
    while address:
        page = browser.get(address)
        seen += re.findall(r"test\.happened</bdi>", page.text)
        following = re.search(r'href="([^"]+)" rel="next"', page.text)
        address = following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == 5
