"""The staff's pages: what waits, reading a page before it goes live, and deciding."""

import re
from html import unescape

import pytest
from sqlalchemy import select, update

from app.accounts import service as accounts
from app.cases import service
from app.cases.models import Case, CaseReview
from app.cases.states import CaseState, Visibility
from app.core import ids
from app.core.clock import now
from app.database import db as database
from app.lawyers.models import Lawyer
from app.mail.models import OutgoingLetter
from app.payments import brake
from tests.cases import stages
from tests.people import browser_of, dara, kian, leila, mina, omid, sara
from tests.pledges.backing import complaints, hidden, post, press
from tests.support.forms import send

S = CaseState


@pytest.fixture
def reviewer(app):
    """Mina's browser."""
    return browser_of(app, mina)


@pytest.fixture
def waiting(made):
    """The address of a case that waits for a decision."""
    return f"/staff/cases/{made(stages.in_review)}"


@pytest.fixture
def state(app):
    """`state()` gives the state of the only case."""

    def ask():
        with app.app_context():
            return database.session.scalar(select(Case.state))

    return ask


def decide(browser, address, decision, comment="", **fields):
    return press(browser, address, address, decision=decision, comment=comment, **fields)


# ---------------------------------------------------------------- who comes in
ADDRESSES = ["/staff/", "/staff/cases", "/staff/cases/{id}"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_strangers_are_asked_to_sign_in(client, waiting, address):
    answer = client.get(address.format(id=waiting.rsplit("/", 1)[1]))
    assert (answer.status_code, answer.location.split("?")[0]) == (303, "/account/sign-in")


@pytest.mark.parametrize("who", [sara, leila, kian])
def test_for_whoever_is_no_reviewer_there_is_nothing_here(app, waiting, who):
    browser = browser_of(app, who)
    for address in ADDRESSES:
        answer = browser.get(address.format(id=waiting.rsplit("/", 1)[1]))
        assert answer.status_code == 404 and stages.WORDS["title"] not in answer.text
    sent = send(browser, "/settings/appearance", to=waiting, decision="approve")
    assert sent.status_code == 404


def test_a_role_that_ends_closes_the_door_at_once(app, reviewer, waiting):
    assert reviewer.get(waiting).status_code == 200
    with app.app_context():
        for role in mina().roles:
            role.ended_at = now()
        database.session.commit()
    assert reviewer.get(waiting).status_code == 404


def test_the_way_in_stands_in_the_header_for_reviewers_only(app, reviewer):
    link = 'href="/staff/"'
    assert link in reviewer.get("/fees").text
    assert link not in browser_of(app, omid).get("/fees").text


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_staff_read_is_stored_nowhere(reviewer, waiting, address):
    answer = reviewer.get(address.format(id=waiting.rsplit("/", 1)[1]))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store" and "noindex" in answer.headers["X-Robots-Tag"]


# ---------------------------------------------------------------- what waits
def test_nothing_waits_at_first(reviewer):
    assert "Nothing waits for you" in reviewer.get("/staff/").text
    assert "No page waits for review" in reviewer.get("/staff/cases").text


def test_the_queue_shows_the_longest_waiting_first_and_for_how_long(app, reviewer, made, clock):
    clock.move(-3 * 86_400)
    made(stages.in_review, title="The older one")
    clock.reset()
    made(stages.in_review, None, Visibility.PRIVATE, title="The younger one")
    page = reviewer.get("/staff/cases").text
    assert page.index("The older one") < page.index("3 days ago") < page.index("The younger one")
    assert "Leila Farahani" in page and "Government &amp; civil liberties" in page
    assert page.count("tag--blue") == 1 and "Case pages (2)" in page


def test_the_home_page_counts_what_waits(reviewer, waiting):
    page = reviewer.get("/staff/").text
    assert "1 case page waits for review" in page and 'href="/staff/cases"' in page


def test_drafts_and_decided_pages_are_not_in_the_queue(reviewer, made):
    made(stages.draft, title="A draft")
    made(stages.approved, title="Approved")
    page = reviewer.get("/staff/cases").text
    assert "A draft" not in page and "No page waits for review" in page


def test_staff_learn_that_charging_stands_still(app, reviewer):
    with app.app_context():
        brake.pull("entry 7 does not balance")
        database.session.commit()
    page = reviewer.get("/staff/").text
    assert "No card is charged at the moment." in page and "entry 7 does not balance" in page


# ---------------------------------------------------------------- reading
def test_the_review_shows_the_page_and_what_the_page_does_not(reviewer, waiting):
    page = reviewer.get(waiting).text
    said = {**stages.WORDS, "legal_stage": "Permission"}
    for words in (*said.values(), "SRA register", "612345", "Practising certificate"):
        assert words.strip()[:60] in unescape(page)
    assert "/back" not in page.split("<main")[1] and "wa.me" not in page


@pytest.mark.parametrize("prefix", ["", "/fa"])
def test_the_review_speaks_both_languages(reviewer, waiting, prefix):
    page = reviewer.get(prefix + waiting)
    assert page.status_code == 200 and f'lang="{"fa" if prefix else "en"}"' in page.text


def test_a_draft_is_nobodys_business_and_looks_like_one_that_never_was(reviewer, made):
    drafted, never = made(stages.draft), ids.public_id()
    answers = [reviewer.get(f"/staff/cases/{public_id}") for public_id in (drafted, never)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].text.replace(drafted, "…") == answers[1].text.replace(never, "…")


@pytest.mark.parametrize("text", ["%00", "x" * 3000, "%F0%9F%90%8D", "' OR 1=1 --"])
def test_odd_ids_find_nothing(reviewer, text):
    assert reviewer.get(f"/staff/cases/{text}").status_code == 404


def test_what_a_lawyer_wrote_cannot_become_markup(reviewer, made):
    public_id = made(stages.in_review, title="<script>alert(1)</script>", claim_number="<b>1</b>")
    page = reviewer.get(f"/staff/cases/{public_id}").text
    assert "<script>alert" not in page and "<b>1</b>" not in page and "&lt;script&gt;" in page


# ---------------------------------------------------------------- deciding
@pytest.mark.parametrize(
    ("decision", "becomes"),
    [("approve", S.APPROVED), ("request_changes", S.CHANGES_REQUESTED), ("decline", S.DECLINED)],
)
def test_a_decision_is_saved_and_the_lawyer_is_told(app, reviewer, waiting, state, decision, becomes):
    answer = decide(reviewer, waiting, decision, "Say who benefits.")
    assert (answer.status_code, answer.location) == (303, "/staff/cases") and state() == becomes
    assert "Your decision is saved." in reviewer.get(answer.location).text
    with app.app_context():
        assert database.session.scalars(select(CaseReview.comment)).all() == ["Say who benefits."]
        assert f"cases.{becomes}" in database.session.scalars(select(OutgoingLetter.name)).all()


def test_an_approval_needs_no_message(reviewer, waiting, state):
    assert decide(reviewer, waiting, "approve").status_code == 303 and state() == S.APPROVED


@pytest.mark.parametrize("decision", ["request_changes", "decline"])
def test_a_message_is_asked_for_at_its_field(reviewer, waiting, state, decision):
    page = decide(reviewer, waiting, decision, "  ")
    assert page.status_code == 400 and complaints(page) == ["Tell the lawyer why, in a sentence or more."]
    assert 'href="#comment"' in page.text and 'aria-describedby="comment-hint comment-error"' in page.text
    assert re.search(rf'<input[^>]* checked [^>]*value="{decision}"', page.text) and state() == S.IN_REVIEW


@pytest.mark.parametrize("decision", ["", "publish", "approve\x00"])
def test_a_decision_that_is_not_offered_is_asked_for_again_and_the_message_kept(reviewer, waiting, state, decision):
    page = decide(reviewer, waiting, decision, "Well <written>")
    assert page.status_code == 400 and complaints(page) == ["Choose what to decide."]
    assert "Well &lt;written&gt;</textarea>" in page.text and state() == S.IN_REVIEW


def test_a_message_has_an_end(reviewer, waiting):
    page = decide(reviewer, waiting, "decline", "x" * 4001)
    assert page.status_code == 400 and complaints(page) == ["This is 1 character too long. Use 4,000 or fewer."]


def test_control_characters_do_not_reach_the_database(app, reviewer, waiting):
    decide(reviewer, waiting, "decline", "Not\x00 this\r\none")
    with app.app_context():
        assert database.session.scalars(select(CaseReview.comment)).all() == ["Not this\none"]


def test_earlier_decisions_stand_on_the_page_with_who_made_them(app, reviewer, waiting):
    decide(reviewer, waiting, "request_changes", "Say who benefits.\n\nAnd why.")
    page = reviewer.get(waiting).text
    assert "Decided so far" in page and "Say who benefits." in page and "Mina Sohrabi" in page
    assert 'id="decide"' not in page


def test_nobody_decides_on_their_own_case(app, made, state):
    with app.app_context():
        accounts.give_role(leila().user, "reviewer")
        database.session.commit()
    address = f"/staff/cases/{made(stages.in_review)}"
    browser = browser_of(app, leila)
    page = browser.get(address)
    assert "Somebody else must decide on it." in page.text and 'id="decide"' not in page.text
    forced = send(browser, "/settings/appearance", to=address, decision="approve")
    assert forced.status_code == 409 and "You cannot decide on your own case." in forced.text
    assert state() == S.IN_REVIEW


def test_the_second_of_two_reviewers_is_told_and_nothing_changes(app, reviewer, waiting, state):
    other = browser_of(app, dara)
    marks = hidden(other.get(waiting))
    decide(reviewer, waiting, "approve")
    late = post(other, waiting, marks, decision="decline", comment="No.")
    assert late.status_code == 409
    assert "The case has changed meanwhile." in late.text and "Your message was not sent." in late.text
    assert "No." in late.text and "Mina Sohrabi" in late.text and state() == S.APPROVED


def test_the_same_decision_by_two_is_quiet_and_says_so(app, reviewer, waiting):
    other = browser_of(app, dara)
    marks = hidden(other.get(waiting))
    decide(reviewer, waiting, "decline", "No.")
    late = post(other, waiting, marks, decision="decline", comment="No!")
    assert late.status_code == 303
    assert "What you wrote now was not sent." in other.get(late.location).text
    with app.app_context():
        assert database.session.scalars(select(CaseReview.comment)).all() == ["No."]


def test_nobody_approves_a_page_that_changed_after_they_opened_it(app, reviewer, waiting, state):
    marks = hidden(reviewer.get(waiting))
    with app.app_context():
        case = database.session.scalars(select(Case)).one()
        service.request_changes(case, dara(), "Say who benefits.")
        service.tell_story(case, "Something quite different", stages.STORY)
        service.submit(case)
        database.session.commit()
    late = post(reviewer, waiting, marks, decision="approve")
    assert late.status_code == 409 and state() == S.IN_REVIEW
    assert "Something quite different" in late.text and 'id="decide"' in late.text
    assert decide(reviewer, waiting, "approve").status_code == 303 and state() == S.APPROVED


@pytest.mark.parametrize("version", ["", "x", "-1", "٣", "9" * 40])
def test_a_form_that_does_not_say_what_was_read_decides_nothing(reviewer, waiting, state, version):
    answer = decide(reviewer, waiting, "approve", version=version)
    assert answer.status_code == 409 and state() == S.IN_REVIEW


def test_the_page_of_a_lawyer_who_is_not_verified_is_not_approved(app, reviewer, waiting, state):
    with app.app_context():
        database.session.execute(update(Lawyer).values(state="suspended"))
        database.session.commit()
    assert "Not verified" in reviewer.get(waiting).text
    answer = decide(reviewer, waiting, "approve", "Fine.")
    assert answer.status_code == 409 and "The lawyer’s verification must be complete" in answer.text
    assert "Fine.</textarea>" in answer.text and state() == S.IN_REVIEW


def test_a_review_without_our_mark_is_refused(reviewer, waiting, state):
    answer = reviewer.post(waiting, data={"decision": "approve"}, headers={"Referer": "https://localhost/"})
    assert answer.status_code == 400 and state() == S.IN_REVIEW


def test_how_long_a_page_waits_is_told_in_persian_digits_too(app, reviewer, made, clock):
    clock.move(-3 * 86_400)
    made(stages.in_review)
    clock.reset()
    assert "۳ روز پیش" in reviewer.get("/fa/staff/cases").text
