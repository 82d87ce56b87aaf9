"""The staff's pages: what waits, reading a page before it goes live, and deciding."""

import re
from html import unescape

import pytest
from sqlalchemy import select, update

from app.accounts import service as accounts
from app.cases import client as client_consent
from app.cases import drafting, labels, review
from app.cases.fields import FIELDS
from app.cases.models import Case, CaseReview, ReviewComment
from app.cases.states import CaseState, Visibility
from app.core import ids
from app.core.clock import now
from app.database import db as database
from app.lawyers.models import Lawyer
from app.mail.models import OutgoingLetter
from app.mail.outbox import render
from app.payments import brake
from tests.cases import stages
from tests.people import browser_of, dara, kian, leila, mina, omid, sara
from tests.pledges.backing import complaints, hidden, post, press, said
from tests.support.forms import send, without_token

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
    """Read the page at `address` and decide, everything ticked; who turns it down chooses "another reason"."""
    chosen = {"decision": decision, "comment": comment, "code": "other", "checks": list(labels.CHECKS)}
    return press(browser, address, address, **{**chosen, **fields})


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


def test_a_page_that_does_not_know_the_queue_counts_nothing(reviewer, waiting, made):
    live = f"/staff/cases/{made(stages.live)}"
    for address in (f"{live}/restrictions", f"{live}/private"):
        page = reviewer.get(address)
        assert page.status_code == 200 and "Case pages<" in page.text and "Case pages (" not in page.text
    assert "Case pages (1)" in reviewer.get("/staff/cases").text


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
    pages = [without_token(answer) for answer in answers]
    assert pages[0].replace(drafted, "…") == pages[1].replace(never, "…")


@pytest.mark.both_databases
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


@pytest.mark.both_databases
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
    forced = send(browser, "/settings/appearance", to=address, decision="approve", checks=list(labels.CHECKS))
    assert forced.status_code == 409 and "You cannot decide on your own case." in forced.text
    assert state() == S.IN_REVIEW


def test_the_second_of_two_reviewers_is_told_and_nothing_changes(app, reviewer, waiting, state):
    other = browser_of(app, dara)
    marks = hidden(other.get(waiting))
    decide(reviewer, waiting, "approve")
    late = post(other, waiting, marks, decision="decline", code="facts", comment="No.")
    assert late.status_code == 409
    assert "The case has changed meanwhile." in late.text and "Your message was not sent." in late.text
    assert "No." in late.text and "Mina Sohrabi" in late.text and state() == S.APPROVED


def test_the_same_decision_by_two_is_quiet_and_says_so(app, reviewer, waiting):
    other = browser_of(app, dara)
    marks = hidden(other.get(waiting))
    decide(reviewer, waiting, "decline", "No.")
    late = post(other, waiting, marks, decision="decline", code="facts", comment="No!")
    assert late.status_code == 303
    assert "What you wrote now was not sent." in other.get(late.location).text
    with app.app_context():
        assert database.session.scalars(select(CaseReview.comment)).all() == ["No."]


def test_nobody_approves_a_page_that_changed_after_they_opened_it(app, reviewer, waiting, state):
    marks = hidden(reviewer.get(waiting))
    with app.app_context():
        case = database.session.scalars(select(Case)).one()
        review.request_changes(case, dara(), "Say who benefits.")
        drafting.tell_story(case, "Something quite different", stages.STORY)
        stages.consented(case)
        review.submit(case)
        database.session.commit()
    late = post(reviewer, waiting, marks, decision="approve", checks=list(labels.CHECKS))
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


# ---------------------------------------------------------------- parts of the page
def test_comments_on_parts_are_saved_with_what_stood_there(app, reviewer, waiting, state):
    fields = {"comments-title": "Shorter.\x00", "comments-story": "Who closed it?", "comments-court": "  "}
    assert decide(reviewer, waiting, "request_changes", **fields).status_code == 303
    with app.app_context():
        kept = database.session.scalars(select(ReviewComment).order_by(ReviewComment.id)).all()
        assert [(row.field, row.comment) for row in kept] == [("title", "Shorter."), ("story", "Who closed it?")]
        assert [row.said for row in kept] == [stages.WORDS["title"], stages.STORY]
    assert state() == S.CHANGES_REQUESTED


def test_a_comment_on_a_part_is_reason_enough_to_ask_for_changes_but_not_to_turn_down(reviewer, waiting, state):
    page = decide(reviewer, waiting, "decline", **{"comments-title": "Why?"})
    assert page.status_code == 400 and complaints(page) == ["Tell the lawyer why, in a sentence or more."]
    assert "Why?</textarea>" in page.text and state() == S.IN_REVIEW


def test_an_approval_takes_no_comments_on_parts(reviewer, waiting, state):
    page = decide(reviewer, waiting, "approve", **{"comments-court": "Which one?"})
    (sentence,) = complaints(page)
    assert page.status_code == 400 and sentence.startswith("Comments on parts of the page go with a request")
    assert re.search(r"<details[^>]* open>(?:(?!</details>).)*Which one\?</textarea>", page.text, re.DOTALL)
    assert state() == S.IN_REVIEW


def test_a_comment_has_an_end_and_is_told_at_its_part(reviewer, waiting):
    page = decide(reviewer, waiting, "request_changes", **{"comments-title": "x" * 4001})
    assert complaints(page) == ["This is 1 character too long. Use 4,000 or fewer."]
    assert 'href="#comments-title"' in page.text


def test_every_part_can_be_commented_on(reviewer, waiting):
    page = reviewer.get(waiting).text
    assert re.findall(r'<textarea[^>]*name="comments-([a-z_]+)"', page) == list(FIELDS)


def sent_back(app, change=None):
    """Mina comments on title and budget; then `change` is made and the page comes in again."""
    with app.app_context():
        case = database.session.scalars(select(Case)).one()
        comments = {"title": "Name the <town>.", "lines": "Why so much?"}
        review.request_changes(case, mina(), "Two things.", comments=comments)
        if change:
            change(case)
            stages.consented(case)
            review.submit(case)
        database.session.commit()
        return case.public_id


def retitle(case):
    drafting.describe(case, title="Keep it in Thornley", area=case.area, kind=case.kind)


@pytest.mark.parametrize("prefix", ["", "/fa"])
def test_who_reads_it_again_sees_what_was_asked_for_and_what_changed(app, reviewer, waiting, prefix):
    sent_back(app, retitle)
    page = reviewer.get(prefix + waiting)
    words = said(page)
    assert stages.WORDS["title"] in words and "Keep it in Thornley" in words and "Name the <town>." in words
    assert prefix or ("Title Changed" in words and "Budget lines As it was" in words)
    assert prefix or f"Then {stages.WORDS['title']} Now Keep it in Thornley" in words


def test_the_lawyer_reads_each_comment_beside_its_field_with_who_and_when(app, waiting):
    public_id = sent_back(app)
    lawyer = browser_of(app, leila)
    step = lawyer.get(f"/dashboard/cases/{public_id}/edit/about")
    note = re.search(r'<div id="remark-title">.*?</div></div></div>', step.text, re.DOTALL)[0]
    assert "Name the &lt;town&gt;." in note and "Mina Sohrabi" in note and "Not changed since." in note
    assert step.text.index('id="remark-title"') < step.text.index('name="title"')
    budget = lawyer.get(f"/dashboard/cases/{public_id}/edit/budget").text
    assert 'id="remark-lines"' in budget and "remark-title" not in budget
    listed = lawyer.get(f"/dashboard/cases/{public_id}").text
    assert f'href="/dashboard/cases/{public_id}/edit/about#remark-title"' in listed and "Why so much?" in listed


def test_a_comment_is_answered_once_its_part_has_changed(app, waiting):
    public_id = sent_back(app)
    with app.app_context():
        retitle(database.session.scalars(select(Case)).one())
        database.session.commit()
    lawyer = browser_of(app, leila)
    assert "You have changed this since." in lawyer.get(f"/dashboard/cases/{public_id}/edit/about").text
    assert "Not changed since." in lawyer.get(f"/dashboard/cases/{public_id}/edit/budget").text


# ---------------------------------------------------------------- refusals
@pytest.mark.both_databases
@pytest.mark.parametrize("code", ["", "because", "other\x00"])
def test_a_refusal_names_one_of_the_published_reasons(reviewer, waiting, state, code):
    page = decide(reviewer, waiting, "decline", "No.", code=code)
    assert page.status_code == 400 and complaints(page) == ["Choose the reason from the list."]
    assert 'href="#code"' in page.text and "No.</textarea>" in page.text and state() == S.IN_REVIEW


@pytest.mark.parametrize("code", labels.REFUSALS)
def test_a_refusal_is_told_by_code_and_reason_on_the_page_and_by_letter(app, reviewer, waiting, code):
    decide(reviewer, waiting, "decline", "It is about <somebody> else.", code=code)
    reason = str(labels.REFUSALS[code][0])
    with app.app_context():
        review = database.session.scalars(select(CaseReview)).one()
        letter = render("cases.declined", "en", {"case": review.case_id})
        assert review.code == code
        assert reason in letter.text and "It is about <somebody> else." in letter.text
        assert f"https://localhost/policy#refusal-{code}" in letter.text
    page = browser_of(app, leila).get(waiting.replace("/staff/", "/dashboard/"))
    assert reason in unescape(page.text) and "It is about &lt;somebody&gt; else." in page.text
    assert reason in unescape(reviewer.get(waiting).text)


@pytest.mark.parametrize("prefix", ["", "/fa"])
def test_every_reason_is_published(client, prefix):
    page = client.get(f"{prefix}/policy")
    assert page.status_code == 200
    for code in labels.REFUSALS:
        assert f'id="refusal-{code}"' in page.text
    assert 'href="/policy"' in client.get("/").text


# ---------------------------------------------------------------- the client
def test_the_reviewer_sees_how_the_consent_stands_but_not_how_to_reach_the_client(app, reviewer, waiting):
    page = reviewer.get(waiting)
    assert "Agreed to the page as it is now, on" in said(page) and "Ada Marlowe" in page.text
    assert "I am the client in this case." in page.text and "ada@example.org" not in page.text


def test_a_page_without_consent_is_not_approved_and_the_reviewer_is_told_why(app, reviewer, waiting, state):
    with app.app_context():
        client_consent.take_back(database.session.scalars(select(Case)).one())
        database.session.commit()
    assert "Not possible yet: the client has not agreed" in reviewer.get(waiting).text
    answer = decide(reviewer, waiting, "approve", "Fine.")
    assert answer.status_code == 409 and "The client has not agreed to the page as it is now." in answer.text
    assert "Fine.</textarea>" in answer.text and state() == S.IN_REVIEW


def test_what_the_client_wrote_to_the_lawyer_is_not_for_staff(app, reviewer, waiting):
    with app.app_context():
        case = database.session.scalars(select(Case)).one()
        client_consent.wish_changes(client_consent.token_of(stages.asked(case)), "Between us two.")
        database.session.commit()
    page = reviewer.get(waiting)
    assert "Between us two." not in page.text and "Changes wanted" in page.text
