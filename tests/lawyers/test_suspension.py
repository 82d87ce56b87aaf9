"""Suspending a badge, and the two who lift it."""

import pytest
from sqlalchemy import select

from app.accounts import service as accounts
from app.audit.models import AuditEntry
from app.database import db as database
from app.lawyers import queries, service, suspension
from app.lawyers.states import LawyerState
from app.mail.models import OutgoingLetter
from tests.cases import stages
from tests.lawyers.badges import send_in
from tests.people import browser_of, dara, kian, leila, mina, roya
from tests.support.forms import send

PAGE = "/staff/lawyers"


def suspended():
    lawyer = leila()
    suspension.suspend(lawyer, "The firm has closed.", mina())
    return lawyer


def test_one_member_of_staff_suspends_at_once_and_the_lawyer_is_told(db):
    lawyer = suspended()
    card = queries.card(lawyer)
    assert lawyer.state == LawyerState.SUSPENDED and card.suspended_at and not card.is_verified and card.checks == []
    assert "lawyers.suspended" in db.session.scalars(select(OutgoingLetter.name)).all()
    assert not suspension.suspend(lawyer, "Again.", dara()), "a second time is quiet"
    noted = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "lawyer.suspended")).one()
    assert noted.actor_id == mina().id


def test_nobody_is_suspended_without_a_reason_or_a_badge(db):
    with pytest.raises(service.NoReason):
        suspension.suspend(leila(), "  ", mina())
    with pytest.raises(suspension.CannotSuspend):
        suspension.suspend(kian(), "Why not.", mina())


def test_lawyers_and_others_suspend_and_lift_nothing(db):
    lawyer = leila()
    accounts.give_role(lawyer.user, "reviewer")
    for by in (lawyer.user, kian().user):
        with pytest.raises(service.NotAllowedToVerify):
            suspension.suspend(lawyer, "x", by)
    suspension.suspend(lawyer, "x", mina())
    with pytest.raises(service.NotAllowedToVerify):
        suspension.lift(lawyer, lawyer.user, "x")


def test_two_people_lift_it_and_one_is_not_enough(db):
    lawyer = suspended()
    assert [suspension.lift(lawyer, mina(), "Settled.") for _ in range(3)] == [False] * 3
    assert lawyer.state == LawyerState.SUSPENDED
    assert suspension.lift(lawyer, dara(), "Settled.") and lawyer.is_verified
    assert len(queries.card(lawyer).checks) == 3 and lawyer.suspended_at is None


def test_what_was_said_of_an_earlier_suspension_does_not_lift_a_later_one(db):
    lawyer = suspended()
    for member in (mina(), dara()):
        suspension.lift(lawyer, member, "Settled.")
    suspension.suspend(lawyer, "Again.", mina())
    assert not suspension.lift(lawyer, roya(), "Settled.")


def test_the_approvals_of_the_badge_do_not_lift_it(db):
    lawyer = suspended()
    with pytest.raises(service.NotWaiting):
        service.approve(lawyer, dara())


def test_who_waited_when_suspended_waits_on_when_it_is_lifted(db):
    lawyer = leila()
    send_in(lawyer, firm="Farahani & Co")
    suspension.suspend(lawyer, "No such firm.", mina())
    with pytest.raises(service.CannotChange):
        send_in(lawyer, firm="Fenmoor Legal")
    for member in (mina(), dara()):
        suspension.lift(lawyer, member, "It exists.")
    assert lawyer.state == LawyerState.APPLIED and lawyer.pending_since and lawyer.frozen_since


# ---------------------------------------------------------------- the pages
@pytest.fixture
def live(app):
    """Address of the page of Leila, for staff, and of an open case of hers."""
    with app.app_context():
        case = stages.live(title="Clean water")
        database.session.commit()
        return f"{PAGE}/{leila().public_id}", f"/cases/{case.slug}"


def suspend_by_page(app, page):
    return send(browser_of(app, mina), page, to=f"{page}/suspend", reason="The firm has closed.", version="1")


def test_staff_suspend_by_the_page_and_every_page_shows_it_in_neutral_words(app, client, live):
    page, case = live
    assert "Lawyer checked" in client.get(case).text, "the control"
    assert suspend_by_page(app, page).location == page
    for address in (case, "/lawyers/leila-farahani", "/lawyers/"):
        shown = client.get(address).text
        assert "Verification suspended" in shown and "Lawyer checked" not in shown, address
        assert "The firm has closed" not in shown
    assert "pledges are paused" in client.get(case).text and "Back this case" not in client.get(case).text
    own = browser_of(app, leila)
    assert "Your verification is suspended since" in own.get("/dashboard/").text
    assert "The firm has closed." in own.get("/lawyers/application").text


def test_a_reason_is_asked_for_at_its_box(app, live):
    answer = send(browser_of(app, mina), live[0], to=f"{live[0]}/suspend", reason=" ", version="1")
    assert answer.status_code == 400 and 'id="reason-suspend-error"' in answer.text


def test_two_lift_it_by_the_page_and_the_case_takes_pledges_again(app, client, live):
    page, case = live
    suspend_by_page(app, page)
    first, second = browser_of(app, mina), browser_of(app, dara)
    for browser in (first, second):
        assert send(browser, page, to=f"{page}/lift", reason="Settled.", version="2").location == page
    assert "Lawyer checked" in client.get(case).text and "Back this case" in client.get(case).text


def test_a_lawyer_changes_the_firm_and_the_badge_is_gone_from_every_page_at_once(app, client, live):
    _page, case = live
    shown = client.get(case).text
    assert "Lawyer checked" in shown and client.get("/lawyers/leila-farahani").status_code == 200
    with app.app_context():
        send_in(leila(), firm="Farahani & Co")
        database.session.commit()
    for address in (case, "/lawyers/leila-farahani"):
        shown = client.get(address).text
        assert "Lawyer checked" not in shown and "Verification pending again since" in shown, address
    assert "Leila Farahani" not in client.get("/lawyers/").text
    assert "Back this case" in client.get(case).text, "an open case stays open"
