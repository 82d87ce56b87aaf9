"""Letters to lawyers: what each says, in both languages, and when it is not sent."""

from datetime import timedelta

import pytest

from app.cases import publishing, review, service, visibility
from app.cases.models import Case
from app.cases.states import CaseState, Visibility
from app.core.clock import now
from app.database import db as database
from app.mail.models import OutgoingLetter
from app.mail.outbox import WRITERS, render
from app.pledges import closing
from tests.cases import stages
from tests.people import mina

S = CaseState
COMMENT = "Say who benefits.\nAnd why."
STATES = {
    "cases.submitted": S.IN_REVIEW,
    "cases.changes_requested": S.CHANGES_REQUESTED,
    "cases.approved": S.APPROVED,
    "cases.declined": S.DECLINED,
    "cases.published": S.OPEN,
    "cases.target_met": S.FUNDED,
    "cases.target_missed": S.UNFUNDED,
}
DECIDED = ["cases.changes_requested", "cases.approved", "cases.declined"]
LANGS = ["en", "fa"]


def bring_to(case, state, comment=COMMENT):
    """Let a complete draft come to `state` by the services."""
    stages.consented(case)
    review.submit(case)
    if state == S.CHANGES_REQUESTED:
        review.request_changes(case, mina(), comment)
    elif state == S.DECLINED:
        review.decline(case, mina(), comment)
    elif state != S.IN_REVIEW:
        stages.approve(case, mina(), comment)
        if state != S.APPROVED:
            publishing.publish(case)
        if state == S.FUNDED:
            service.fund(case)
        if state == S.UNFUNDED:
            service.start_closing(case)
            service.end_unfunded(case)
    assert case.state == state
    return case


def letter(case, name, lang="en"):
    database.session.flush()
    return render(name, lang, {"case": case.id})


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", STATES)
def test_every_letter_is_written_in_both_languages(case, name, lang):
    bring_to(case, STATES[name])
    written = letter(case, name, lang)
    assert case.title in written.subject and case.title in written.text and case.title in written.html
    assert f'lang="{lang}"' in written.html and "\n\n\n\n" not in written.text
    assert "%(" not in written.subject + written.text + written.html


@pytest.mark.parametrize("name", STATES)
def test_a_letter_leads_to_where_the_case_is_run(case, name):
    bring_to(case, STATES[name])
    written, path = letter(case, name, "fa"), f"https://localhost/fa/dashboard/cases/{case.public_id}"
    if name == "cases.published":
        path = "https://localhost/fa/cases/keep-thornley-library-open"
    assert written.html.count(f'href="{path}"') == 1 and path in written.text


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", STATES)
def test_a_letter_about_a_private_case_tells_nothing_of_it(db, name, lang):
    words = {key: f"CANARY {key}" for key in stages.WORDS if key not in ("legal_stage", "story")}
    case = bring_to(stages.draft(None, Visibility.PRIVATE, **words), STATES[name], comment="CANARY comment")
    written = letter(case, name, lang)
    said = written.subject + written.text + written.html
    assert "CANARY" not in said and f"/cases/{case.slug}" not in said.replace(f"/dashboard/cases/{case.slug}", "")
    assert case.public_id not in written.subject and "/p/" not in said


@pytest.mark.parametrize("name", STATES)
def test_the_subject_of_a_letter_about_a_private_case_is_not_that_of_a_public_one(db, name):
    public, private = (
        letter(bring_to(stages.draft(None, visibility), STATES[name]), name) for visibility in Visibility
    )
    assert private.subject != public.subject and private.subject


@pytest.mark.parametrize("name", DECIDED)
def test_what_the_reviewer_wrote_stands_in_the_letter(case, name):
    bring_to(case, STATES[name])
    written = letter(case, name)
    assert "Say who benefits.\nAnd why." in written.text
    assert "<bdi>Say who benefits.</bdi>" in written.html and "<bdi>And why.</bdi>" in written.html


@pytest.mark.parametrize("name", DECIDED)
def test_about_a_private_case_one_signs_in_to_read_it(db, name):
    case = bring_to(stages.draft(None, Visibility.PRIVATE), STATES[name])
    assert "Sign in to read what the reviewer wrote." in letter(case, name).text


def test_an_approval_without_a_word_mentions_none(case):
    bring_to(case, S.APPROVED, comment="")
    text = letter(case, "cases.approved").text
    assert "reviewer wrote" not in text and "Pledging is set to close on" in text


def test_only_the_last_comment_is_sent(case):
    bring_to(case, S.CHANGES_REQUESTED, comment="The first.")
    review.submit(case)
    review.request_changes(case, mina(), "The second.")
    database.session.expire(case)
    text = letter(case, "cases.changes_requested").text
    assert "The second." in text and "The first." not in text


def test_what_people_wrote_cannot_become_markup_in_a_letter(db):
    case = bring_to(stages.draft(title="Fish & <b>chips</b>"), S.DECLINED, comment="<i>No</i>")
    written = letter(case, "cases.declined")
    assert "Fish &amp; &lt;b&gt;chips&lt;/b&gt;" in written.html and "&lt;i&gt;No&lt;/i&gt;" in written.html
    assert written.subject == "Not approved: Fish & <b>chips</b>" and "<i>No</i>" in written.text


@pytest.mark.parametrize("title", ["A\r\nBcc: a@b.org", "=?utf-8?q?x?="])
def test_no_title_breaks_a_letter(db, title):
    case = bring_to(stages.draft(), S.IN_REVIEW)
    case.title = title
    assert "\n" not in letter(case, "cases.submitted").subject


# ---------------------------------------------------------------- what they say
def test_a_published_page_is_told_with_target_and_deadline(case):
    bring_to(case, S.OPEN)
    text = letter(case, "cases.published").text
    assert "is live. It takes pledges until" in text and ", 13:00 London time" in text
    assert "Nobody is charged unless pledges reach the target in time." in text


def test_a_private_page_is_told_that_only_links_open_it(db):
    case = bring_to(stages.draft(None, Visibility.PRIVATE), S.OPEN)
    assert "Only people who have a link can open the page." in letter(case, "cases.published").text


def test_a_target_that_is_met_says_whether_the_page_goes_on(case):
    bring_to(case, S.FUNDED)
    assert "The page goes on taking pledges until" in letter(case, "cases.target_met").text
    service.end_raising(case)
    assert "goes on taking pledges" not in letter(case, "cases.target_met").text


def test_a_target_that_was_missed_says_that_nobody_was_charged(case):
    bring_to(case, S.UNFUNDED)
    assert "Nobody was charged." in letter(case, "cases.target_missed").text


# ---------------------------------------------------------------- no longer true
STILL_TRUE = {("cases.target_met", S.CONCLUDED)}


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("name", STATES)
def test_a_letter_is_written_only_while_it_is_true(case, name, state):
    case.state = state
    case.funded_at = now() if state in (S.FUNDED, S.CONCLUDED) else None
    expected = STATES[name] == state or (name, state) in STILL_TRUE
    if name == "cases.published":  # a page that met its target and still raises is live too
        expected = state in (S.OPEN, S.FUNDED)
    assert (letter(case, name) is not None) is expected


def test_no_letter_calls_a_page_live_once_pledging_has_ended(case):
    bring_to(case, S.OPEN)
    case.deadline_at = now() - timedelta(seconds=1)
    assert letter(case, "cases.published") is None


# ---------------------------------------------------------------- who writes them down
def test_the_verdicts_write_to_the_lawyer(app, made):
    public_id = made(stages.live)
    with app.app_context():
        case = database.session.query(Case).filter_by(public_id=public_id).one()
        case.deadline_at = now() - timedelta(seconds=1)
        database.session.commit()
        closing.close(case.id)
        row = database.session.query(OutgoingLetter).order_by(OutgoingLetter.id.desc()).first()
        assert (row.name, row.to, row.lang) == ("cases.target_missed", "leila@example.org", "en")
        assert "Nobody was charged." in render(row.name, row.lang, row.facts).text


# Letters about who may open a page and when it goes live: what leads to each, and what makes it untrue.
TURNS = {
    "cases.made_public": (lambda: (stages.live(), None), lambda case: visibility.make_private(case, actor_id=None)),
    "cases.made_private": (
        lambda: (made_private(stages.live()), None),
        lambda case: setattr(case, "visibility", Visibility.PUBLIC),
    ),
    "cases.kept_private": (lambda: stages.live_private(), lambda case: setattr(case, "visibility", Visibility.PUBLIC)),
    "cases.not_published": (
        lambda: (stages.approved(None, Visibility.PRIVATE), None),
        lambda case: publishing.plan(case, now() + timedelta(hours=1)),
    ),
}


def made_private(case):
    assert visibility.make_private(case, actor_id=None)
    return case


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", TURNS)
def test_a_letter_about_who_may_open_a_page_says_so_only_while_it_is_so(db, name, lang):
    make, turn = TURNS[name]
    case, _token = make()
    said = letter(case, name, lang)
    whole = said.subject + said.text + said.html
    assert f"/dashboard/cases/{case.public_id}" in said.text
    assert (case.title in whole) == (not case.is_private), "a private page is not named"
    turn(case)
    assert letter(case, name, lang) is None


def test_every_letter_that_lawyers_are_sent_has_a_writer():
    # The letter about an early end is looked at in test_ending.py, those around the consent in test_consent.py.
    elsewhere = {"cases.ended_early", *(name for name in WRITERS if name.startswith("cases.client_"))}
    # Those about appeals in test_appeals.py, those about what staff do to a live page in test_measures.py.
    elsewhere |= {f"cases.{name}" for name in ("appeal_decided", "suspended", "lifted", "taken_down", "put_back")}
    # Those about filings in court in test_proofs.py.
    elsewhere |= {"cases.filing_checked", "cases.filing_refused"}
    # Invitations in test_invitations.py.
    elsewhere |= {"cases.invited", *TURNS}
    # Names that may not be told in test_restrictions.py, changes of a live page in tests/pledges/test_changes.py.
    elsewhere |= {"cases.name_hidden", "cases.name_told_again", "cases.page_changed", "cases.change_refused"}
    assert {name for name in WRITERS if name.startswith("cases.")} - elsewhere == set(STATES)
