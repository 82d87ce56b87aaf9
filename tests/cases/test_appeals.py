"""The one appeal against a refusal."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from app.cases import appeals, labels, queries, review
from app.cases.drafting import BadChoice
from app.cases.models import Case, CaseAppeal
from app.cases.moves import IllegalMove
from app.cases.states import CaseState, Visibility
from app.database import db as database
from app.mail.outbox import render
from app.web.visitor import Visitor
from tests.cases import stages
from tests.people import browser_of, dara, kian, leila, mina, sara
from tests.pledges.backing import complaints, press, said

S = CaseState
WORDS = "The reviewer missed <the second order>."
REVIEWER = Visitor(user_id=1, roles=frozenset({"reviewer"}))


def declined(*args, **words):
    """A page that Mina turned down."""
    case = stages.in_review(*args, **words)
    review.decline(case, mina(), "It says too little.", code="facts")
    return case


def appealed(*args, **words):
    """The same with an appeal."""
    case = declined(*args, **words)
    assert appeals.appeal(case, WORDS)
    return case


# ---------------------------------------------------------------- appealing
def test_an_appeal_is_made_once_and_kept(db, audited):
    case = declined()
    assert appeals.appeal(case, WORDS) is True
    assert appeals.appeal(case, "Once more.") is False
    assert db.session.scalars(select(CaseAppeal.words)).all() == [WORDS]
    assert audited(case).count("case.appealed") == 1 and case.state == S.DECLINED


def test_an_appeal_says_why(db):
    with pytest.raises(appeals.NoWords):
        appeals.appeal(declined(), "  ")


@pytest.mark.parametrize("state", [state for state in S if state != S.DECLINED])
def test_only_a_refusal_is_appealed_against(case, state):
    case.state = state
    with pytest.raises(IllegalMove):
        appeals.appeal(case, WORDS)


def test_nobody_sends_in_again_what_was_turned_down(db):
    case = appealed()
    with pytest.raises(IllegalMove):
        review.submit(case)


# ---------------------------------------------------------------- deciding
@pytest.mark.parametrize(
    ("decision", "state"), [("uphold", S.DECLINED), ("changes", S.CHANGES_REQUESTED), ("review", S.IN_REVIEW)]
)
def test_another_reviewer_decides(db, told, audited, decision, state):
    case = appealed()
    assert appeals.decide(case, dara(), decision, "I have read both.") is True
    assert appeals.decide(case, dara(), decision, "Again.") is False
    row = appeals.of_case(case)
    assert (case.state, row.decision, row.comment, row.decided_by) == (state, decision, "I have read both.", dara().id)
    assert told(case)[-1] == "cases.appeal_decided" and audited(case).count("case.appeal_decided") == 1


def test_whoever_refused_does_not_decide(db):
    case = appealed()
    with pytest.raises(appeals.SameReviewer):
        appeals.decide(case, mina(), "uphold", "I was right.")
    assert appeals.decide(case, dara(), "uphold", "They were right.")  # the control


def test_nobody_decides_on_their_own_appeal(db):
    with pytest.raises(review.OwnCase):
        appeals.decide(appealed(), leila().user, "review", "Mine.")


def test_a_decision_is_one_of_three_and_said_in_words(db):
    case = appealed()
    with pytest.raises(BadChoice):
        appeals.decide(case, dara(), "approve", "Fine.")
    with pytest.raises(review.NoReason):
        appeals.decide(case, dara(), "review", " ")
    with pytest.raises(IllegalMove):
        appeals.decide(declined(title="Without an appeal"), dara(), "review", "Fine.")


def test_an_opposite_decision_comes_too_late(db):
    case = appealed()
    appeals.decide(case, dara(), "uphold", "No.")
    with pytest.raises(IllegalMove):
        appeals.decide(case, dara(), "review", "Yes.")
    assert case.state == S.DECLINED


def test_a_page_that_is_turned_down_a_second_time_has_no_second_appeal(db):
    case = appealed()
    appeals.decide(case, dara(), "review", "Look again.")
    review.decline(case, dara(), "No.", code="use")
    assert appeals.appeal(case, "Once more.") is False and case.state == S.DECLINED


def test_a_page_that_came_back_is_approved_like_any_other(db):
    case = appealed()
    appeals.decide(case, dara(), "review", "Look again.")
    assert stages.approve(case, dara()) and case.state == S.APPROVED


def test_twenty_decisions_at_once_are_one(app, made):
    public_id = made(appealed)
    with app.app_context():
        dara()
        database.session.commit()

    def decide(_n):
        with app.app_context():
            case = database.session.scalars(select(Case).where(Case.public_id == public_id)).one()
            done = appeals.decide(case, dara(), "review", "Look again.")
            database.session.commit()
            return done

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(decide, range(20))) == [False] * 19 + [True]


# ---------------------------------------------------------------- on the pages
def test_a_lawyer_appeals_and_another_reviewer_sends_the_page_on(app, made):
    public_id = made(declined)
    lawyer, address = browser_of(app, leila), f"/dashboard/cases/{public_id}"
    assert f'href="{address}/appeal"' in lawyer.get(address).text
    assert press(lawyer, f"{address}/appeal", f"{address}/appeal", words=WORDS).status_code == 303
    assert "Your appeal is with another reviewer." in said(lawyer.get(address))
    reviewer, desk = browser_of(app, dara), f"/staff/cases/{public_id}/appeal"
    assert desk in reviewer.get("/staff/cases").text and "&lt;the second order&gt;" in reviewer.get(desk).text
    sent = press(reviewer, desk, desk, decision="changes", comment="You are right.\nSay it on the page.")
    assert sent.status_code == 303
    page = said(lawyer.get(address))
    assert "You are right." in page and "Check and send" in page


def test_the_one_who_refused_is_told_why_they_cannot_decide(app, made):
    desk = f"/staff/cases/{made(appealed)}/appeal"
    browser = browser_of(app, mina)
    page = browser.get(desk)
    assert "You turned this page down yourself." in said(page) and 'name="decision"' not in page.text
    forced = press(browser, "/settings/appearance", desk, decision="review", comment="Mine.")
    assert forced.status_code == 409 and "You turned this page down yourself." in said(forced)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"comment": "Fine."}, "Choose what to decide."),
        ({"decision": "review"}, "Tell the lawyer why, in a sentence or more."),
    ],
)
def test_what_is_missing_is_told_at_its_field(app, made, fields, sentence):
    desk = f"/staff/cases/{made(appealed)}/appeal"
    answer = press(browser_of(app, dara), desk, desk, **fields)
    assert answer.status_code == 400 and complaints(answer) == [sentence]


def test_for_strangers_there_is_no_appeal(app, made):
    public_id = made(appealed)
    for who in (sara, kian):
        browser = browser_of(app, who)
        assert browser.get(f"/dashboard/cases/{public_id}/appeal").status_code == 404
        assert browser.get(f"/staff/cases/{public_id}/appeal").status_code == 404


def test_appeals_wait_in_the_queue_with_their_clock(db, clock):
    appealed()
    (row,) = queries.appealed(REVIEWER)
    assert row.is_appeal and not row.is_late and queries.appealed(Visitor()) == []
    clock.move(7 * 86_400)
    assert queries.appealed(REVIEWER)[0].is_late


@pytest.mark.parametrize("lang", ["en", "fa"])
@pytest.mark.parametrize("decision", labels.APPEALS)
def test_the_letter_tells_what_was_decided_but_of_a_private_page_nothing(db, decision, lang):
    public = appealed()
    private = appealed(None, Visibility.PRIVATE, title="CANARY")
    for case in (public, private):
        appeals.decide(case, dara(), decision, "CANARY comment")
    database.session.flush()
    told, hidden = (render("cases.appeal_decided", lang, {"case": case.id}) for case in (public, private))
    assert "CANARY comment" in told.text and public.title in told.subject
    assert "CANARY" not in hidden.subject + hidden.text + hidden.html


def test_the_refusal_says_that_one_can_appeal_as_long_as_one_can(db):
    case = declined()
    db.session.flush()
    assert "you can appeal once" in render("cases.declined", "en", {"case": case.id}).text
    appeals.appeal(case, WORDS)
    assert db.session.scalar(select(func.count()).select_from(CaseAppeal)) == 1
    assert "you can appeal once" not in render("cases.declined", "en", {"case": case.id}).text
