"""The client's consent: asked for, given to exactly one text, used once, ended; and what waits for it."""

import hashlib
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import func, select, update

from app.accounts.service import BadEmail
from app.audit.models import AuditEntry
from app.cases import client, consent, drafting, fields, moves, publishing, review
from app.cases import files as case_files
from app.cases.client import Client
from app.cases.drafting import Line, Parties, Prospects, Stage
from app.cases.models import Case, CaseDocument, ClientConsent
from app.cases.states import CaseState, Consent, Visibility
from app.core import ids
from app.core.clock import real_now
from app.core.errors import NotFound
from app.core.money import Money
from app.database import db as database
from app.i18n.locale import using_language
from app.mail.models import OutgoingLetter
from app.mail.outbox import render
from tests.cases import filing, stages
from tests.cases.stages import PARTIES, STORY, asked, consented, day
from tests.people import browser_of, kian, leila, mina
from tests.pledges.backing import complaints, hidden, post, press, said
from tests.support.forms import token_of

S = CaseState
WORDING = "I am the client in this case. I have read this page and agree to its publication."
ADA = {"name": "Ada Marlowe", "email": "ada@example.org", "lang": "en"}


def stands(case):
    return client.standing(case).state


def agree(case, row):
    return client.agree(client.token_of(row), seen=fields.fingerprint(case))


def wish(row, words="Leave my street out."):
    return client.wish_changes(client.token_of(row), words)


# ---------------------------------------------------------------- asking
def test_nobody_is_asked_at_first_and_then_a_link_is_sent(case, audited):
    assert stands(case) is Consent.NONE
    row = asked(case)
    letter = database.session.scalars(select(OutgoingLetter).where(OutgoingLetter.name == "cases.client_asked")).one()
    assert stands(case) is Consent.WAITING and audited(case)[-1] == "case.client_asked"
    assert (letter.to, letter.lang, letter.facts) == ("ada@example.org", "en", {"consent": row.id})


def test_a_token_has_160_bits_and_is_stored_hashed_only(case):
    row = asked(case)
    token = client.token_of(row)
    assert re.fullmatch("[a-z2-7]{32}", token) and row.token_hash == ids.hash_token(token)
    assert token not in repr(list(vars(row).values()))


@pytest.mark.parametrize(
    ("whom", "error"),
    [
        (Client(" ", "ada@example.org", "en"), client.NoName),
        (Client("Ada", "ada", "en"), BadEmail),
        (Client("Ada", "LEILA@example.org", "en"), client.OwnAddress),
        (Client("Ada", "ada@example.org", "xx"), client.BadLanguage),
    ],
)
def test_whom_no_letter_of_ours_can_reach_is_refused(case, whom, error):
    with pytest.raises(error):
        review.ask_client(case, whom)
    assert stands(case) is Consent.NONE


def test_an_incomplete_page_is_shown_to_no_client(db):
    with pytest.raises(review.NotComplete):
        asked(stages.empty_draft())


def test_a_lawyer_who_is_not_verified_has_no_letters_sent(db):
    with pytest.raises(moves.NotVerified):
        asked(stages.draft(kian()))


@pytest.mark.parametrize("state", [S.DECLINED, S.OPEN, S.CLOSING, S.FUNDED, S.UNFUNDED, S.CONCLUDED])
def test_the_client_is_not_asked_about_a_page_that_is_live_or_turned_down(case, state):
    case.state = state
    for ask in (lambda: asked(case), lambda: client.take_back(case)):
        with pytest.raises(client.CannotAsk):
            ask()


def test_a_new_link_ends_the_one_before_and_the_answer_to_it(case):
    first = asked(case)
    agree(case, first)
    second = asked(case)
    assert stands(case) is Consent.WAITING and first.ended_at is not None
    with pytest.raises(NotFound):
        agree(case, first)
    assert agree(case, second) and stands(case) is Consent.GIVEN


def test_a_link_lasts_for_14_days(case):
    row = asked(case)
    assert row.expires_at - real_now() <= timedelta(days=14)
    row.expires_at = real_now() - timedelta(seconds=1)
    assert stands(case) is Consent.EXPIRED
    with pytest.raises(NotFound):
        agree(case, row)


def test_the_lawyer_may_take_the_consent_back(case, audited):
    consented(case)
    assert client.take_back(case) and stands(case) is Consent.NONE
    assert not client.take_back(case) and audited(case).count("case.client_consent_ended") == 1


@pytest.mark.both_databases
def test_standings_are_told_for_many_with_as_many_queries_as_for_one(db, queries_asked):
    areas = ("government", "employment", "immigration", "environment")
    cases = [stages.draft(title=f"Case {n}", area_slug=area) for n, area in enumerate(areas)]
    for case in cases:
        filing.document(case)
        shown = filing.picture(case)
        case_files.keep_variant(shown, shown.file, width=480, height=270)
        consented(case)
    asked(cases[2])
    known, lonely = [case.id for case in cases], stages.draft().id
    counts = []
    for some in (known[:1], [*known, lonely]):
        database.session.flush()
        database.session.expunge_all()
        found = database.session.scalars(select(Case).where(Case.id.in_(some))).all()
        _loaded = [case.lawyer.public_id for case in found]
        with queries_asked() as statements:
            stand = client.standings(found)
        counts.append(len(statements))
    assert counts[0] == counts[1] and stand[lonely].state is Consent.NONE
    assert [stand[case].state for case in known] == [Consent.GIVEN, Consent.GIVEN, Consent.WAITING, Consent.GIVEN]


@pytest.mark.both_databases
def test_the_files_of_a_case_that_is_held_are_read_again(db):
    case = stages.draft()
    document = filing.document(case)
    assert case_files.documents(case) == [document]
    database.session.execute(update(CaseDocument).where(CaseDocument.id == document.id).values(removed_at=real_now()))
    assert case_files.documents(case) == [document]  # as this transaction has read it
    assert case_files.documents(moves.held(case)) == []


# ---------------------------------------------------------------- agreeing
@pytest.mark.parametrize(("visibility", "more"), [(Visibility.PUBLIC, "It is public"), (Visibility.PRIVATE, "private")])
def test_what_was_agreed_to_is_kept_word_for_word(db, visibility, more):
    case = stages.draft(None, visibility)
    row = asked(case)
    assert agree(case, row) is True
    assert row.wording.startswith(WORDING) and more in row.wording and row.wording_lang == "en"
    assert row.wording_version == client.WORDING_VERSION and row.case_version == case.version
    assert row.text_hash == fields.fingerprint(case) and row.answered_at is not None


def test_the_wording_is_kept_in_the_language_in_which_it_was_read(case):
    row = asked(case, lang="fa")
    with using_language("fa"):
        agree(case, row)
        wording = client.wording(case)
    assert (row.wording, row.wording_lang) == (wording, "fa")


OTHER = {"benefits_number": 7}
CHANGES = {
    "visibility": lambda case: drafting.set_visibility(case, Visibility.PRIVATE, "en"),
    "language": lambda case: drafting.set_visibility(case, Visibility.PUBLIC, "fa"),
    "title": lambda case: drafting.describe(case, title="Other", area=case.area, kind=case.kind),
    "area": lambda case: drafting.describe(case, title=case.title, area=stages.area("other"), kind=case.kind),
    "kind": lambda case: drafting.describe(case, title=case.title, area=case.area, kind="inquest"),
    **{
        name: lambda case, name=name: drafting.set_parties(
            case, Parties(**{**PARTIES, name: OTHER.get(name, "appeal")})
        )
        for name in PARTIES
    },
    "summary": lambda case: drafting.tell_story(case, "Other", STORY),
    "story": lambda case: drafting.tell_story(case, case.summary, STORY + "."),
    "budget": lambda case: drafting.set_budget(case, [Line("Counsel", "", Money(450_000, "GBP"))], None),
    "target": lambda case: setattr(case, "target", case.target + Money(1, "GBP")),
    "risk": lambda case: drafting.set_deadline(case, day(30), stages.costs("none")),
    "cap": lambda case: drafting.set_deadline(case, day(30), stages.costs("capped", Money(1, "GBP"))),
    "note": lambda case: drafting.set_deadline(case, day(30), stages.costs(note="Other")),
    "insurance": lambda case: drafting.set_deadline(case, day(30), replace(stages.costs(), insurance="held")),
    "stages": lambda case: drafting.plan_stages(case, Stage("Other", "For another reason")),
    "prospects": lambda case: drafting.assess(case, Prospects("strong", stages.WORDS["prospects_note"])),
    "prospects_note": lambda case: drafting.assess(case, Prospects("reasonable", "Other")),
    "lawyer": lambda case: setattr(case, "lawyer", kian()),
    "files": lambda case: filing.document(case),
}


@pytest.mark.parametrize("what", CHANGES)
def test_any_word_or_sum_that_changes_after_it_makes_the_consent_stale(case, what):
    consented(case)
    CHANGES[what](case)
    assert stands(case) is Consent.STALE


def test_every_part_of_the_page_changes_the_fingerprint_but_the_day_it_closes():
    covered = {
        "visibility",
        "language",
        "title",
        "area",
        "kind",
        *PARTIES,
        "summary",
        "story",
        "budget",
        "risk",
        "note",
        "insurance",
        "stages",
        "prospects",
        "prospects_note",
        "files",
    }
    renamed = {"language": "lang", "budget": "lines", "risk": "costs_risk", "note": "costs_note"}
    renamed["insurance"] = "costs_insurance"
    assert {renamed.get(name, name) for name in covered} | {"deadline", "time_zone"} == fields.FIELDS.keys()


def test_the_day_on_which_pledging_closes_may_move(case):
    consented(case)
    drafting.set_deadline(case, day(20), stages.costs())
    assert stands(case) is Consent.GIVEN


def test_a_change_that_is_undone_brings_the_consent_back(case):
    consented(case)
    summary = case.summary
    drafting.tell_story(case, "Other", STORY)
    drafting.tell_story(case, summary, STORY)
    assert stands(case) is Consent.GIVEN


def test_nobody_agrees_to_a_page_that_changed_while_they_read_it(case):
    row, seen = asked(case), fields.fingerprint(case)
    drafting.tell_story(case, "Other", STORY)
    with pytest.raises(client.PageChanged):
        client.agree(client.token_of(row), seen=seen)
    assert stands(case) is Consent.WAITING and agree(case, row)


def test_a_link_takes_one_answer(case):
    row = asked(case)
    assert agree(case, row)
    assert not agree(case, row) and not wish(row) and row.answer == "agree" and row.message == ""
    count = select(func.count()).where(OutgoingLetter.name.startswith("cases.client_a"))
    assert database.session.scalar(count) == 2  # asked, agreed


# ---------------------------------------------------------------- asking for changes
def test_a_wish_for_changes_says_which(case):
    row = asked(case)
    with pytest.raises(client.NoMessage):
        wish(row, " \n")
    assert wish(row) and stands(case) is Consent.CHANGE and row.message == "Leave my street out."


@pytest.mark.parametrize("make", [stages.in_review, stages.approved])
def test_a_wish_for_changes_brings_the_page_back_to_the_lawyer(db, make):
    case = make()
    wish(asked(case))
    assert case.state == S.CHANGES_REQUESTED
    drafting.tell_story(case, "Without the street", STORY)
    review.submit(case)
    assert case.state == S.IN_REVIEW and stands(case) is Consent.WAITING


def test_a_client_whose_answer_no_longer_fits_is_asked_again_when_the_page_is_sent_in(db, told):
    case = stages.in_review()
    review.request_changes(case, mina(), "Say who benefits.")
    drafting.tell_story(case, "Other", STORY)
    review.submit(case)
    row = client.standing(case).row
    assert stands(case) is Consent.WAITING and (row.name, row.email) == ("Ada Marlowe", "ada@example.org")


def test_a_client_whose_answer_still_fits_is_left_in_peace(db):
    case = stages.in_review()
    first = client.standing(case).row
    review.request_changes(case, mina(), "Say who benefits.")
    review.submit(case)
    assert client.standing(case).row is first


# ---------------------------------------------------------------- what waits for it
def unasked(case):
    client.take_back(case)


def waiting(case):
    asked(case)


def stale(case):
    case.summary = "Other"


@pytest.mark.parametrize("spoil", [unasked, waiting, stale])
def test_without_consent_to_these_very_words_no_page_is_approved(db, spoil):
    case = stages.in_review()
    spoil(case)
    with pytest.raises(client.NoConsent):
        stages.approve(case)
    assert case.state == S.IN_REVIEW
    consented(case)
    assert stages.approve(case)  # the control


@pytest.mark.parametrize("spoil", [unasked, waiting, stale])
def test_without_consent_to_these_very_words_no_page_goes_live(db, spoil):
    case = stages.approved()
    spoil(case)
    with pytest.raises(client.NoConsent):
        publishing.publish(case)
    assert case.state == S.APPROVED and case.opened_at is None
    consented(case)
    publishing.publish(case)
    assert case.state == S.OPEN  # the control


def test_a_page_may_be_sent_in_given_back_and_turned_down_without_it(case):
    review.submit(case)
    assert review.request_changes(case, mina(), "Ask your client.")
    review.submit(case)
    assert review.decline(case, mina(), "No.")


def test_a_later_day_at_the_publishing_needs_no_new_consent(db, clock):
    case = stages.approved(closes_in=8)
    clock.move(3 * 86_400)
    publishing.publish(case, day(20))
    assert case.state == S.OPEN


# ---------------------------------------------------------------- the client's page
@pytest.fixture
def link(app):
    """`link(make)` makes a case whose client is asked; the address of the client's page."""

    def make(maker=stages.draft, *args, **values):
        with app.app_context():
            address = f"/client/{client.token_of(asked(maker(*args, **values)))}"
            database.session.commit()
            return address

    return make


@pytest.fixture
def now(app):
    """`now()` gives how the consent to the only case stands, and its row."""

    def ask():
        with app.app_context():
            found = client.standing(database.session.scalars(select(Case)).one())
            return found.state, found.row

    return ask


def send(browser, address, **answer):
    return press(browser, address, address, **answer)


@pytest.mark.parametrize("visibility", Visibility)
def test_the_client_reads_the_page_and_the_exact_wording(client, link, visibility):
    page = client.get(link(stages.draft, None, visibility))
    words = unescape(page.text)
    assert page.status_code == 200 and WORDING in words
    for said_there in (*map(str.strip, stages.WORDS.values()), "9,400"):
        assert said_there in words or said_there == "permission"
    assert page.headers["Cache-Control"] == "no-store" and "noindex" in page.headers["X-Robots-Tag"]
    assert "wa.me" not in page.text and "/back" not in page.text.split("<main")[1]


@pytest.mark.parametrize("prefix", ["", "/fa"])
def test_the_client_agrees_without_an_account(app, client, link, now, prefix):
    address = prefix + link()
    answer = send(client, address, answer="agree")
    assert (answer.status_code, answer.location) == (303, address)
    state, row = now()
    assert state is Consent.GIVEN and row.wording_lang == ("fa" if prefix else "en")
    shown = said(client.get(address))
    assert prefix or "You agreed to the publication on" in shown


def test_the_client_asks_for_changes_and_the_lawyer_reads_which(app, client, link, now):
    address = link()
    send(client, address, answer="change", message="Leave <my> street out.\nPlease.")
    assert now()[0] is Consent.CHANGE and "You asked for changes on" in said(client.get(address))
    with app.app_context():
        public_id = database.session.scalar(select(Case.public_id))
    page = browser_of(app, leila).get(f"/dashboard/cases/{public_id}/client").text
    assert "<bdi>Leave &lt;my&gt; street out.</bdi>" in page


def test_reading_writes_nothing(app, client, link, now):
    address = link()
    for _ in range(2):
        client.get(address)
        client.head(address)
    with app.app_context():
        assert (
            database.session.scalar(
                select(func.count()).select_from(AuditEntry).where(AuditEntry.action.startswith("case.client_a"))
            )
            == 1
        )
    assert now()[0] is Consent.WAITING


@pytest.mark.parametrize("answer", ["", "yes", "agree\x00"])
def test_an_answer_is_chosen_and_what_was_written_is_kept(client, link, now, answer):
    page = send(client, link(), answer=answer, message="My <street>")
    assert page.status_code == 400 and complaints(page) == ["Choose your answer."]
    assert "My &lt;street&gt;</textarea>" in page.text and now()[0] is Consent.WAITING


def test_a_wish_without_words_is_asked_for_at_its_field(client, link, now):
    page = send(client, link(), answer="change", message="  ")
    assert page.status_code == 400 and complaints(page) == ["Say what should be changed."]
    assert 'href="#message"' in page.text and now()[0] is Consent.WAITING


def test_a_page_that_changed_meanwhile_is_shown_anew(app, client, link, now):
    address = link()
    marks = hidden(client.get(address))
    with app.app_context():
        drafting.tell_story(database.session.scalars(select(Case)).one(), "Something quite different", STORY)
        database.session.commit()
    page = post(client, address, marks, answer="agree")
    assert page.status_code == 409 and "Something quite different" in page.text
    assert "The page has changed since you opened it." in page.text and now()[0] is Consent.WAITING
    assert post(client, address, hidden(page), answer="agree").status_code == 303
    assert now()[0] is Consent.GIVEN


@pytest.mark.parametrize("seen", ["", "x", "0" * 64])
def test_a_form_that_does_not_say_what_was_read_agrees_to_nothing(client, link, now, seen):
    assert send(client, link(), answer="agree", seen=seen).status_code == 409
    assert now()[0] is Consent.WAITING


def test_once_answered_the_link_tells_nothing_of_the_case(client, link):
    address = link(stages.draft, None, Visibility.PRIVATE)
    marks = hidden(client.get(address))
    post(client, address, marks, answer="agree")
    again = post(client, address, marks, answer="change", message="No.")
    for page in (client.get(address), again):
        assert page.status_code == 200 and "Your answer is recorded" in page.text
        for words in (stages.WORDS["title"], "Ada", "ada@", "Leila", "Fenmoor", PARTIES["respondent"]):
            assert words not in page.text


def test_a_link_that_ended_is_too_old_or_was_altered_is_like_one_that_never_was(app, client, link):
    ended, old, declined = link(), link(), link(stages.in_review)
    with app.app_context():
        rows = database.session.scalars(select(ClientConsent).order_by(ClientConsent.id)).all()
        open_rows = [row for row in rows if not row.answer]
        open_rows[0].ended_at = real_now()
        open_rows[1].expires_at = real_now() - timedelta(seconds=1)
        review.decline(open_rows[2].case, mina(), "No.")
        database.session.commit()
    never = f"/client/{ids.token()}"
    expected = client.get(never)
    assert expected.status_code == 404
    for address in (ended, old, declined, never[:-1], never + "'", "/client/%F0%9F"):
        answer = client.get(address)
        assert answer.status_code == 404
        if len(address) == len(never):
            assert answer.text.replace(address, never) == expected.text


def test_answers_are_counted_by_network(app, client, link, now, monkeypatch):
    monkeypatch.setattr(consent, "ANSWERS_FROM_ONE_NETWORK", 2)
    address = link()
    marks = hidden(client.get(address))
    codes = [post(client, address, marks, answer="").status_code for _ in range(3)]
    assert codes == [400, 400, 429] and now()[0] is Consent.WAITING


def test_a_forged_answer_is_refused(client, link, now):
    answer = client.post(link(), data={"answer": "agree"}, headers={"Referer": "https://localhost/"})
    assert answer.status_code == 400 and now()[0] is Consent.WAITING


# ---------------------------------------------------------------- the lawyer's page
@pytest.fixture
def lawyer(app):
    return browser_of(app, leila)


@pytest.fixture
def page(made):
    """The lawyer's page about the client of a complete draft."""
    return f"/dashboard/cases/{made(stages.draft)}/client"


@pytest.mark.parametrize("prefix", ["", "/fa"])
def test_the_lawyer_has_a_link_sent_and_sees_that_it_waits(lawyer, page, now, prefix):
    answer = press(lawyer, prefix + page, prefix + page, **ADA)
    assert (answer.status_code, answer.location) == (303, prefix + page) and now()[0] is Consent.WAITING
    shown = lawyer.get(prefix + page)
    assert "ada@example.org" in shown.text and (prefix or "Asked, no answer yet" in shown.text)


def test_the_form_sent_twice_asks_once(app, lawyer, page):
    marks = hidden(lawyer.get(page))
    assert [post(lawyer, page, marks, **ADA).status_code for _ in range(2)] == [303, 303]
    with app.app_context():
        assert database.session.scalar(select(func.count()).select_from(ClientConsent)) == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": " "}, "Enter your client’s name."),
        ({"email": ""}, "Enter your client’s email address."),
        ({"email": "ada at home"}, "Enter an email address, such as name@example.org."),
        (
            {"email": "leila@example.org"},
            "Enter your client’s address, not your own: the client answers for themselves.",
        ),
        ({"lang": "xx"}, "Choose one of the answers."),
        ({"name": "x" * 121}, "This is 1 character too long. Use 120 or fewer."),
    ],
)
def test_what_cannot_be_used_is_told_at_its_field_and_kept(lawyer, page, now, fields, sentence):
    answer = press(lawyer, page, page, **{**ADA, **fields})
    assert answer.status_code == 400 and complaints(answer) == [sentence] and now()[0] is Consent.NONE
    assert "Ada Marlowe" in answer.text or "name" in fields


def test_a_lawyer_who_is_not_verified_or_not_ready_gets_no_form(app, made):
    unready = f"/dashboard/cases/{made(stages.empty_draft)}/client"
    assert "Some parts of the page are not complete yet." in browser_of(app, leila).get(unready).text
    unverified = f"/dashboard/cases/{made(lambda: stages.draft(kian()))}/client"
    shown = browser_of(app, kian).get(unverified)
    assert "Your verification must be complete" in shown.text and 'name="email"' not in shown.text


def test_letters_of_one_lawyer_have_a_limit(lawyer, page, monkeypatch):
    monkeypatch.setattr(consent, "LETTERS_TO_ONE_ADDRESS", 1)
    assert press(lawyer, page, page, **ADA).status_code == 303
    refused = press(lawyer, page, page, **ADA)
    assert refused.status_code == 429 and "There were too many attempts." in refused.text


def test_ending_the_link_is_asked_about_first(app, lawyer, made, now):
    address = f"/dashboard/cases/{made(lambda: consented(stages.draft()))}/client/end"
    assert "Your client’s consent ends with it." in unescape(lawyer.get(address).text)
    assert now()[0] is Consent.GIVEN
    answer = press(lawyer, address, address)
    assert answer.status_code == 303 and now()[0] is Consent.NONE
    assert lawyer.get(address).status_code == 303


def test_a_live_page_keeps_the_record_and_takes_no_new_link(app, lawyer, made):
    address = f"/dashboard/cases/{made(stages.live)}/client"
    shown = lawyer.get(address)
    assert WORDING in unescape(shown.text) and 'name="email"' not in shown.text
    mark = {"csrf_token": token_of(lawyer.get("/settings/appearance")), "form_key": ids.token()}
    assert post(lawyer, address, mark, **ADA).status_code == 409
    assert post(lawyer, f"{address}/end", mark).status_code == 409


@pytest.mark.parametrize("end", ["", "/end"])
def test_another_lawyers_page_is_not_there(app, page, end):
    other = browser_of(app, kian)
    marks = {"csrf_token": token_of(other.get("/settings/appearance"))}
    assert other.get(page + end).status_code == post(other, page + end, marks, **ADA).status_code == 404


def test_the_pages_around_say_how_it_stands(app, lawyer, made):
    draft, waits = made(stages.draft), made(lambda: stages.in_review(title="Waiting"))
    assert "Nobody was asked yet." in said(lawyer.get(f"/dashboard/cases/{draft}/check"))
    assert "agreed to the page as it is now" in said(lawyer.get(f"/dashboard/cases/{waits}"))
    with app.app_context():
        client.take_back(database.session.scalars(select(Case).where(Case.public_id == waits)).one())
        database.session.commit()
    assert "Ask your client: Waiting" in said(lawyer.get("/dashboard/"))


def test_a_page_without_consent_is_not_published_and_the_lawyer_is_told_why(app, lawyer, made):
    address = f"/dashboard/cases/{made(stages.approved)}"
    with app.app_context():
        client.take_back(database.session.scalars(select(Case)).one())
        database.session.commit()
    assert "It can go live once your client agrees to it." in said(lawyer.get(address))
    answer = press(lawyer, address, f"{address}/publish")
    assert answer.status_code == 409 and "The client has not agreed to the page as it is now." in answer.text


# ---------------------------------------------------------------- letters
def written(row, name, lang="en"):
    database.session.flush()
    return render(name, lang, {"consent": row.id})


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_the_letter_to_the_client_brings_the_link(case, lang):
    row = asked(case, lang=lang)
    letter = written(row, "cases.client_asked", lang)
    address = f"https://localhost{'/fa' if lang == 'fa' else ''}/client/{client.token_of(row)}"
    assert letter.html.count(f'href="{address}"') == 1 and address in letter.text and case.title in letter.subject


@pytest.mark.parametrize("lang", ["en", "fa"])
@pytest.mark.parametrize("name", ["cases.client_asked", "cases.client_agreed", "cases.client_wants_changes"])
def test_a_letter_about_a_private_case_tells_nothing_of_it(db, name, lang):
    words = {key: f"CANARY {key}" for key in stages.WORDS if key not in ("legal_stage", "story")}
    case = stages.draft(None, Visibility.PRIVATE, **words)
    row = asked(case, name="CANARY", email="canary@example.org")
    if name != "cases.client_asked":
        agree(case, row) if name == "cases.client_agreed" else wish(row, "CANARY")
    letter = written(row, name, lang)
    everything = letter.subject + letter.text + letter.html
    assert "CANARY" not in everything and "canary" not in everything
    assert "Leila" not in everything and "Fenmoor" not in everything and case.public_id not in letter.subject


def test_the_lawyer_reads_what_the_client_wrote(case):
    row = asked(case)
    wish(row, "Leave <my> street out.")
    letter = written(row, "cases.client_wants_changes")
    assert "Leave <my> street out." in letter.text and "Leave &lt;my&gt; street out." in letter.html


def test_letters_are_sent_only_while_they_are_true(case):
    row = asked(case)
    assert written(row, "cases.client_agreed") is None and written(row, "cases.client_wants_changes") is None
    agree(case, row)
    assert written(row, "cases.client_asked") is None and written(row, "cases.client_agreed")
    drafting.tell_story(case, "Other", STORY)
    assert written(row, "cases.client_agreed") is None
    asked(case)
    assert written(row, "cases.client_asked") is None


def test_a_fingerprint_is_sha_256_and_names_no_row(case):
    assert re.fullmatch("[0-9a-f]{64}", fields.fingerprint(case))
    assert fields.fingerprint(case) == fields.fingerprint(case) != hashlib.sha256(b"").hexdigest()


def test_a_fingerprint_is_the_same_before_and_after_the_database(app, made):
    def make():
        case = consented(stages.draft())
        made_of.append(fields.fingerprint(case))
        return case

    made_of: list[str] = []
    made(make)
    with app.app_context():
        case = database.session.scalars(select(Case)).one()
        assert [fields.fingerprint(case)] == made_of and stands(case) is Consent.GIVEN
        database.session.execute(update(ClientConsent).values(text_hash="0" * 64))
        database.session.expire_all()
        assert stands(case) is Consent.STALE  # the control
