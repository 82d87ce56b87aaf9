"""The checklist, the second reviewer, and how long an answer may take."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from app.accounts.models import User
from app.audit.models import AuditEntry
from app.cases import client, drafting, labels, queries, review
from app.cases.models import Case, CaseReview
from app.cases.states import CaseState
from app.database import db as database
from app.mail.models import OutgoingLetter
from app.web.visitor import NOBODY, Visitor
from tests.cases import stages
from tests.people import browser_of, dara, leila, mina
from tests.pledges.backing import complaints, press, said

S = CaseState
MUCH = 2_400_000  # pence; with the fees more than £25,000
REVIEWER = Visitor(user_id=1, roles=frozenset({"reviewer"}))


def dear(**words):
    """A page in review that two must approve."""
    case = stages.in_review(minor=MUCH, **words)
    assert case.target.minor >= 25_000_00
    return case


# ---------------------------------------------------------------- the checklist
@pytest.mark.parametrize("left_out", labels.CHECKS)
def test_whoever_has_not_checked_everything_approves_nothing(db, left_out):
    case = stages.in_review()
    with pytest.raises(review.NotChecked):
        review.approve(case, mina(), checks=labels.CHECKS.keys() - {left_out})
    assert case.state == S.IN_REVIEW and not db.session.scalar(select(func.count()).select_from(CaseReview))
    assert review.approve(case, mina(), checks=labels.CHECKS)  # the control


def test_what_was_checked_and_which_version_is_kept(db):
    case = stages.in_review()
    version = case.version
    stages.approve(case)
    kept = db.session.scalars(select(CaseReview)).one()
    assert kept.checks.split(",") == list(labels.CHECKS) and kept.case_version == version == case.version - 1


def test_other_decisions_need_no_checklist(db):
    case = stages.in_review()
    assert review.request_changes(case, mina(), "Say who benefits.")
    assert db.session.scalars(select(CaseReview.checks)).all() == [""]


# ---------------------------------------------------------------- the second reviewer
def test_one_approval_of_a_dear_page_waits_for_another(db, told, audited):
    case = dear()
    assert stages.approve(case, mina()) and case.state == S.IN_REVIEW
    assert "cases.approved" not in told(case) and audited(case)[-1] == "case.approve"
    assert stages.approve(case, dara()) and case.state == S.APPROVED
    assert told(case).count("cases.approved") == 1


def test_the_same_person_twice_is_one(db):
    case = dear()
    assert stages.approve(case, mina()) is True
    assert stages.approve(case, mina()) is False and case.state == S.IN_REVIEW


@pytest.mark.settings(second_reviewer_from=25_000_00)
@pytest.mark.parametrize(("more", "needed"), [(-1, 1), (0, 2), (1, 2)])
def test_the_limit_itself_needs_two(db, case, more, needed):
    case.target = type(case.target)(25_000_00 + more, "GBP")
    assert review.approvals_needed(case) == needed


def test_a_changed_page_starts_anew(db):
    case = dear()
    stages.approve(case, mina())
    review.request_changes(case, dara(), "Say who benefits.")
    drafting.tell_story(case, "Something quite different", stages.STORY)
    stages.consented(case)
    review.submit(case)
    assert stages.approve(case, dara()) and case.state == S.IN_REVIEW
    assert stages.approve(case, mina()) and case.state == S.APPROVED


def test_the_first_may_change_their_mind(db):
    case = dear()
    stages.approve(case, mina())
    assert review.decline(case, mina(), "I have seen the order now.", code="restriction")
    assert case.state == S.DECLINED


def test_nobody_is_the_second_reviewer_of_their_own_page(db):
    case = dear()
    stages.approve(case, mina())
    with pytest.raises(review.OwnCase):
        stages.approve(case, leila().user)
    assert case.state == S.IN_REVIEW


def test_a_consent_that_is_gone_stops_the_second_approval(db):
    case = dear()
    stages.approve(case, mina())
    client.take_back(case)
    with pytest.raises(client.NoConsent):
        stages.approve(case, dara())
    assert case.state == S.IN_REVIEW


def test_twenty_approvals_by_two_at_once_are_two(app, made):
    public_id = made(lambda: stages.checked(dear()))
    with app.app_context():
        emails = [mina().email, dara().email]
        database.session.commit()

    def approve(email):
        with app.app_context():
            case = database.session.scalars(select(Case).where(Case.public_id == public_id)).one()
            done = stages.approve(case, database.session.scalars(select(User).where(User.email == email)).one())
            database.session.commit()
            return done

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(approve, emails * 10))
    assert sorted(answers) == [False] * 18 + [True] * 2
    with app.app_context():
        count = select(func.count())
        assert database.session.scalar(select(Case.state)) == S.APPROVED
        assert database.session.scalar(count.select_from(CaseReview)) == 2
        assert database.session.scalar(count.where(AuditEntry.action == "case.approve")) == 2
        assert database.session.scalar(count.where(OutgoingLetter.name == "cases.approved")) == 1


# ---------------------------------------------------------------- on the page
def ticked(browser, address, **fields):
    return press(browser, address, address, decision="approve", **{"checks": list(labels.CHECKS), **fields})


def test_a_box_that_is_not_ticked_is_told_at_the_list_and_the_rest_is_kept(app, made):
    address = f"/staff/cases/{made(stages.in_review)}"
    answer = ticked(browser_of(app, mina), address, checks=["facts", "money"], comment="Fine.")
    assert answer.status_code == 400 and complaints(answer)[0].startswith("Tick everything that you have checked.")
    assert 'href="#checks-0"' in answer.text and "Fine.</textarea>" in answer.text


def test_two_browsers_let_a_dear_page_go_live(app, made):
    address = f"/staff/cases/{made(dear)}"
    first, second = browser_of(app, mina), browser_of(app, dara)
    with app.app_context():
        stages.checked(database.session.scalars(select(Case)).one())
        database.session.commit()
    assert "This page needs two reviewers." in said(first.get(address))
    answer = ticked(first, address)
    assert "Another reviewer must approve this page too." in first.get(answer.location).text
    assert "Approved by one, waits for another" in said(second.get("/staff/cases"))
    assert "You have approved this version." in said(first.get(address))
    assert ticked(second, address).status_code == 303
    with app.app_context():
        assert database.session.scalar(select(Case.state)) == S.APPROVED


# ---------------------------------------------------------------- the clock
def at(day, hour=12):
    return datetime(2026, 11, day, hour, tzinfo=ZoneInfo("Europe/London"))


@pytest.mark.parametrize(("sent", "answer"), [(at(24), 27), (at(26, 23), 1), (at(28), 2)])
def test_an_answer_is_promised_within_three_working_days(db, case, sent, answer):
    case = stages.in_review()
    case.submitted_at = sent
    (row,) = queries.waiting(REVIEWER)
    assert row.answer_by.day == answer and queries.waiting(NOBODY) == []


def test_an_answer_is_late_when_the_day_has_passed(db, clock):
    stages.in_review()
    (row,) = queries.waiting(REVIEWER)
    assert not row.is_late
    clock.move(6 * 86_400)
    assert queries.waiting(REVIEWER)[0].is_late


def test_the_queue_says_until_when_and_what_is_late(app, made, clock):
    clock.move(-8 * 86_400)
    made(stages.in_review, title="Old")
    clock.reset()
    made(stages.in_review, title="New")
    page = said(browser_of(app, mina).get("/staff/cases"))
    assert page.count("Answer is late") == 1 and page.count("Answer by") == 1
    assert page.index("Old") < page.index("New")
