"""Suspending a live case, and taking its page down."""

import pytest

from app.cases import access, queries, service
from app.cases.drafting import BadChoice
from app.cases.models import Case
from app.cases.moves import IllegalMove
from app.cases.states import CaseState
from app.core import clock
from app.core.errors import NotFound
from app.database import db as database
from app.mail.outbox import render
from app.search import index
from app.web.visitor import NOBODY, Visitor
from tests.cases import stages
from tests.people import browser_of, leila, mina
from tests.pledges.backing import said

S = CaseState
LINE = "We are looking into <how the money> is used."


def suspend(case, cause="staff", because="money"):
    return service.suspend(case, cause, because, line=LINE, actor_id=None)


# ---------------------------------------------------------------- suspending
def test_a_suspended_case_takes_no_pledges_until_it_is_lifted(db, audited, told):
    case = stages.live()
    assert case.takes_pledges(clock.now())
    assert suspend(case) is True and suspend(case) is False
    assert not case.takes_pledges(clock.now()) and case.suspended_line == LINE
    assert service.lift(case, "staff", actor_id=None) is True and service.lift(case, "staff", actor_id=None) is False
    assert case.takes_pledges(clock.now()) and (case.suspended_at, case.suspended_line) == (None, "")
    assert audited(case)[-2:] == ["case.suspended", "case.lifted"]
    assert told(case)[-2:] == ["cases.suspended", "cases.lifted"]


def test_what_two_causes_hold_goes_on_when_both_are_gone(db):
    case = stages.live()
    suspend(case, "lawyer", "lawyer"), suspend(case)
    service.lift(case, "lawyer", actor_id=None)
    assert case.suspended_at is not None and case.suspended_for == "staff"
    service.lift(case, "staff", actor_id=None)
    assert case.suspended_at is None and case.suspended_for == ""


@pytest.mark.parametrize("wrong", [("staff", "because"), ("staff", ""), ("weather", "money")])
def test_a_reason_and_a_cause_are_of_the_lists(db, wrong):
    case = stages.live()
    with pytest.raises(BadChoice):
        suspend(case, *wrong)
    assert case.suspended_at is None


@pytest.mark.parametrize("step", [stages.draft, stages.in_review, stages.approved])
def test_what_is_not_live_is_neither_suspended_nor_taken_down(db, step):
    case = step()
    for act in (suspend, lambda case: service.take_down(case, "order", actor_id=None)):
        with pytest.raises(IllegalMove):
            act(case)


def test_everybody_reads_on_the_page_why_it_stands_still(app, client, made):
    slug = made(stages.live, title="Clean water")
    with app.app_context():
        case = database.session.query(Case).one()
        slug = case.slug
        suspend(case)
        database.session.commit()
    page = client.get(f"/cases/{slug}").text
    assert "This case is paused." in page and "&lt;how the money&gt;" in page and f"/cases/{slug}/back" not in page


# ---------------------------------------------------------------- taking down
def test_a_page_that_was_taken_down_is_nowhere(db):
    case = stages.live()
    assert service.take_down(case, "order", actor_id=None) is True
    assert service.take_down(case, "order", actor_id=None) is False
    with pytest.raises(access.TakenDown):
        access.find(case.slug, NOBODY)
    assert queries.listed(NOBODY) == [] and not access.can_see(NOBODY, case)
    assert not access.can_see(Visitor(user_id=1, roles=frozenset({"reviewer"})), case)
    assert not case.takes_pledges(clock.now())
    assert service.put_back(case, actor_id=None) is True and service.put_back(case, actor_id=None) is False
    assert access.find(case.slug, NOBODY).id == case.id and case.suspended_at is not None


def test_nothing_is_lifted_while_the_page_is_down(db):
    case = stages.live()
    service.take_down(case, "order", actor_id=None)
    with pytest.raises(IllegalMove):
        service.lift(case, "staff", actor_id=None)


@pytest.mark.parametrize("prefix", ["", "/fa"])
def test_the_address_answers_that_it_is_gone_and_nothing_else(app, client, prefix):
    with app.app_context():
        case = stages.live(title="Zq canary zq")
        slug = case.slug
        database.session.commit()
    assert client.get(f"{prefix}/cases/{slug}").status_code == 200
    with app.app_context():
        service.take_down(database.session.query(Case).one(), "privacy", actor_id=None)
        index.refresh()
        database.session.commit()
    for path in ("", "/backers", "/updates/", "/back", "/report"):
        answer = client.get(f"{prefix}/cases/{slug}{path}")
        assert answer.status_code == 410 and "no-store" in answer.headers["Cache-Control"], path
        assert "zq canary zq" not in answer.text.lower()
    assert prefix or "somebody’s privacy or safety" in answer.text
    for path in ("/", "/cases/?status=any", "/search?q=canary", "/lawyers/leila-farahani", "/areas/government"):
        assert slug not in client.get(f"{prefix}{path}").text, path


def test_a_private_page_that_was_taken_down_is_gone_for_holders_and_nothing_for_others(app, client):
    with app.app_context():
        case, token = stages.live_private()
        slug = case.slug
        database.session.commit()
    holder = app.test_client()
    holder.get(f"/p/{token}")
    assert holder.get(f"/cases/{slug}").status_code == 200
    with app.app_context():
        service.take_down(database.session.query(Case).one(), "order", actor_id=None)
        database.session.commit()
    assert holder.get(f"/cases/{slug}").status_code == 410
    gone, never = client.get(f"/cases/{slug}"), client.get("/cases/0123456789abcdefghjk")
    assert gone.status_code == never.status_code == 404
    assert gone.text.replace(slug, "") == never.text.replace("0123456789abcdefghjk", "")


def test_a_backer_who_is_not_allowed_to_know_learns_nothing(db):
    case, _token = stages.live_private()
    service.take_down(case, "order", actor_id=None)
    with pytest.raises(NotFound):
        access.find(case.slug, NOBODY)


def test_the_lawyer_and_the_reviewer_see_what_was_done(app, made):
    public_id = made(stages.live)
    with app.app_context():
        service.take_down(database.session.query(Case).one(), "order", actor_id=None)
        database.session.commit()
    page = said(browser_of(app, leila).get(f"/dashboard/cases/{public_id}"))
    assert "We took this page down." in page and "a court order or the law" in page
    assert browser_of(app, mina).get(f"/staff/cases/{public_id}").status_code == 200


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_each_letter_is_sent_while_it_is_true(db, lang):
    case = stages.live()

    def names():
        db.session.flush()
        written = {name: render(f"cases.{name}", lang, {"case": case.id}) for name in ("suspended", "taken_down")}
        return {name for name, letter in written.items() if letter and case.title in letter.subject}

    assert names() == set()
    suspend(case)
    assert names() == {"suspended"}
    service.take_down(case, "order", actor_id=None)
    assert names() == {"taken_down"}
    service.put_back(case, actor_id=None)
    assert render("cases.put_back", lang, {"case": case.id}) is not None
    service.lift(case, "staff", actor_id=None)
    assert names() == set() and render("cases.lifted", lang, {"case": case.id}) is not None
