"""The lawyer's desk: drafts, posting, corrections, what is due and the outcome, by plain forms."""

from io import BytesIO

import pytest
from sqlalchemy import select

from app.database import db as database
from app.storage.models import StoredFile
from app.updates import queries, service
from app.updates.models import Outcome, Update
from app.updates.states import Code
from tests.cases import stages
from tests.cases.writing import boxes
from tests.people import browser_of, kian
from tests.pledges.backing import complaints, hidden, post, press, said
from tests.updates import making

DAY = 86400
TYPED = {
    "title": "Permission granted",
    "body": "The judge let **both grounds** go on.",
    "audience": "everyone",
    "legal_stage": "",
}
ENDED = {
    "code": "lost",
    "decided_on": boxes(stages.day(0)),
    "court": "The High Court",
    "citation": "[2027] EWHC 42 (Admin)",
    "quote": "No.",
    "effect": "Nothing changes.",
    "account": "The judge disagreed.",
}


def write(client, page, button="save", **fields):
    new = f"{page}/updates/new"
    return press(client, new, new, **{**TYPED, button: "1", **fields})


def end(client, page, **fields):
    path = f"{page}/outcome"
    return press(client, path, path, **{**ENDED, **fields})


def pdf(data=making.PDF, name="order.pdf"):
    return (BytesIO(data), name)


def updates(app):
    with app.app_context():
        rows = database.session.scalars(select(Update).order_by(Update.id))
        return [(row.title, row.n, row.audience) for row in rows]


def outcomes(app):
    with app.app_context():
        return [row.code for row in database.session.scalars(select(Outcome))]


# ---------------------------------------------------------------- writing
def test_a_draft_is_saved_and_opened_again_with_every_word(app, lawyer, made):
    page = made()
    answer = write(lawyer, page)
    assert answer.status_code == 303 and updates(app) == [("Permission granted", None, "everyone")]
    again = lawyer.get(answer.location)
    assert "The judge let **both grounds** go on." in again.text and "The draft is saved." in again.text
    assert "Permission granted" in said(lawyer.get(page)) and "Drafts" in said(lawyer.get(page))


def test_a_draft_may_be_empty_but_a_posted_update_may_not(app, lawyer, made):
    page = made()
    assert write(lawyer, page, title="", body="").status_code == 303
    answer = write(lawyer, page, "post", title="", body="")
    assert answer.status_code == 400 and complaints(answer) == ["Enter a title.", "Write what has happened."]


def test_posting_numbers_it_tells_how_many_get_it_and_writes_to_them(app, lawyer, made, letters):
    page = made(making.funded, backers=("omid@example.org", "sara@example.org"))
    assert "Post and email 2 backers" in said(lawyer.get(f"{page}/updates/new"))
    answer = write(lawyer, page, "post")
    assert answer.status_code == 303 and answer.location == f"{page}#updates"
    assert "We are emailing it to 2 backers." in lawyer.get(page).text and updates(app)[0][1] == 1
    assert letters() == [("updates.posted", "omid@example.org"), ("updates.posted", "sara@example.org")]


def test_sending_the_same_form_twice_posts_once(app, lawyer, made):
    page = made()
    marks = hidden(lawyer.get(f"{page}/updates/new"))
    for _time in range(2):
        assert post(lawyer, f"{page}/updates/new", marks, **TYPED, post="1").status_code == 303
    assert updates(app) == [("Permission granted", 1, "everyone")]


def test_other_words_in_a_form_that_posted_already_are_refused_and_kept(lawyer, made):
    page = made()
    marks = hidden(lawyer.get(f"{page}/updates/new"))
    post(lawyer, f"{page}/updates/new", marks, **TYPED, post="1")
    answer = post(lawyer, f"{page}/updates/new", marks, **{**TYPED, "title": "Another"}, post="1")
    assert answer.status_code == 409 and "posted already" in complaints(answer)[0] and 'value="Another"' in answer.text


def test_a_draft_is_posted_from_its_own_page(app, lawyer, made):
    draft = write(lawyer, made()).location
    assert press(lawyer, draft, draft, **TYPED, post="1").status_code == 303
    assert updates(app) == [("Permission granted", 1, "everyone")]
    assert lawyer.get(draft).location.endswith("/correct")


def test_the_preview_shows_the_words_and_saves_nothing(app, lawyer, made):
    answer = write(lawyer, made(), "preview")
    assert answer.status_code == 200 and "<strong>both grounds</strong>" in answer.text and updates(app) == []
    assert "The judge let **both grounds** go on." in answer.text


def test_another_tab_is_told_of_before_it_is_overwritten(app, lawyer, made):
    draft = write(lawyer, made()).location
    marks = hidden(lawyer.get(draft))
    press(lawyer, draft, draft, **{**TYPED, "title": "From the first tab"})
    answer = post(lawyer, draft, marks, **{**TYPED, "title": "From the second tab"})
    assert answer.status_code == 409 and "From the second tab" in answer.text
    assert post(lawyer, draft, hidden(answer), **{**TYPED, "title": "From the second tab"}).status_code == 303
    assert updates(app)[0][0] == "From the second tab"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title": "x" * 121}, "1 character too long"),
        ({"body": "x" * 10_001}, "1 character too long"),
        ({"audience": "friends"}, "Choose one of the answers."),
        ({"legal_stage": "verdict"}, "Choose one of the answers."),
        ({"title": "=?utf-8?q?x?="}, "Leave out the signs"),
        ({"form_key": "x"}, "Load the page again"),
    ],
)
def test_bad_input_is_answered_at_the_field_and_kept(app, lawyer, made, fields, words):
    page = made()
    new = f"{page}/updates/new"
    answer = post(lawyer, new, {**hidden(lawyer.get(new)), **fields}, **{**TYPED, "save": "1", **fields})
    assert answer.status_code == 400 and words in complaints(answer)[0] and updates(app) == []
    assert "both grounds" in answer.text or "body" in fields


def test_a_draft_is_discarded_after_a_question(app, lawyer, made):
    draft = write(lawyer, made()).location
    assert "Discard this draft?" in said(lawyer.get(f"{draft}/discard")) and len(updates(app)) == 1
    assert press(lawyer, f"{draft}/discard", f"{draft}/discard").status_code == 303 and updates(app) == []
    assert lawyer.get(draft).status_code == 404


def test_a_page_that_is_not_live_leads_back(lawyer, made):
    page = made(stages.in_review)
    assert lawyer.get(f"{page}/updates/new").location == f"{page}#updates"
    assert "Write an update" not in said(lawyer.get(page))


def test_another_lawyers_case_is_not_found(app, made):
    page, other = made(), browser_of(app, kian)
    for address in (
        "updates/new",
        "updates/no-change",
        "outcome",
        "outcome/story",
        "end",
        "updates/x",
        "updates/x/correct",
    ):
        assert other.get(f"{page}/{address}").status_code == 404


# ---------------------------------------------------------------- what is due
def test_the_dashboard_says_what_is_due_and_what_is_late(lawyer, made, clock):
    page = made(making.funded, legal_stage="issued")
    assert f"Your next update is due on {making.on(stages.day(60))}." in said(lawyer.get(page))
    assert "Write an update:" not in said(lawyer.get("/dashboard/"))
    clock.move(54 * DAY)
    assert "Write an update: Keep Thornley library open" in said(lawyer.get("/dashboard/"))
    clock.move(20 * DAY)
    words = said(lawyer.get("/dashboard/"))
    assert (
        "1 late" in words and "The update on this case is 14 days late. No payout is made until it is posted." in words
    )


def test_nothing_has_changed_is_one_click_twice_at_most(app, lawyer, made, letters):
    page = made()
    for n in (1, 2):
        assert press(lawyer, page, f"{page}/updates/no-change").status_code == 303
        assert len(updates(app)) == n
    assert "Write what you are waiting for." in said(lawyer.get(page)) and 'name="after"' not in lawyer.get(page).text
    assert [name for name, _to in letters()] == ["updates.posted"] * 2


def test_a_second_press_of_the_same_button_posts_nothing(app, lawyer, made):
    page = made()
    marks = hidden(lawyer.get(page))
    for after in ("0", "0", "x", ""):
        assert post(lawyer, f"{page}/updates/no-change", {**marks, "after": after}).status_code == 303
    assert len(updates(app)) == 1


def test_saying_it_a_third_time_is_refused_with_the_reason(app, lawyer, made):
    page = made()
    marks = hidden(lawyer.get(page))
    for after in ("0", "1", "2"):
        post(lawyer, f"{page}/updates/no-change", {**marks, "after": after})
    assert len(updates(app)) == 2 and "The last two updates said" in said(lawyer.get(page))


# ---------------------------------------------------------------- correcting
def posted(words=making.WORDS):
    def make():
        case = making.funded()
        making.post(case, words)
        return case

    return make


def first_update(app, page):
    with app.app_context():
        return f"{page}/updates/{database.session.scalars(select(Update)).one().public_id}"


def test_a_correction_goes_on_the_page_and_no_letter_is_sent(app, lawyer, made, letters):
    page = made(posted())
    before, path = letters(), first_update(app, page) + "/correct"
    answer = press(lawyer, path, path, title="Permission refused", body="I was wrong.")
    assert answer.status_code == 303 and "The correction is on the page." in lawyer.get(page).text
    assert updates(app) == [("Permission refused", 1, "everyone")] and letters() == before


def test_a_correction_that_lacks_words_is_answered(app, lawyer, made):
    page = made(posted())
    path = first_update(app, page) + "/correct"
    answer = press(lawyer, path, path, title="", body="")
    assert answer.status_code == 400 and complaints(answer) == ["Enter a title.", "Write what has happened."]
    preview = press(lawyer, path, path, title="T", body="A **new** text", preview="1")
    assert "<strong>new</strong>" in preview.text and updates(app)[0][0] == "Permission granted"


# ---------------------------------------------------------------- the outcome
def test_a_loss_is_recorded_with_its_headline(app, lawyer, made, letters, case_of):
    page = made()
    answer = end(lawyer, page)
    assert answer.status_code == 303 and answer.location == f"{page}#outcome"
    words = said(lawyer.get(page))
    assert f"Lost. The High Court dismissed the claim on {making.on(stages.day(0))}." in words
    assert outcomes(app) == ["lost"] and case_of(page)[1] == "concluded"
    assert letters() == [("updates.concluded", "omid@example.org")]


def test_a_win_needs_the_order(app, lawyer, made):
    page = made()
    answer = end(lawyer, page, code="won")
    assert answer.status_code == 400 and "only with it" in complaints(answer)[0] and outcomes(app) == []
    assert end(lawyer, page, code="won", document=pdf()).status_code == 303 and outcomes(app) == ["won"]


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ((b"\x89PNG\r\n\x1a\n" + b"0" * 99, "order.pdf"), "Send the order as a PDF file."),
        ((b"just text", "order.pdf"), "Send the order as a PDF file."),
        ((b"%PDF-1.4" + b"0" * (10 * 1024 * 1024 + 1), "order.pdf"), "too large"),
    ],
)
def test_what_is_no_order_is_refused_and_leaves_no_file(app, lawyer, made, document, words):
    page = made()
    answer = end(lawyer, page, code="won", document=pdf(*document))
    assert answer.status_code == 400 and words in complaints(answer)[0] and "The judge disagreed." in answer.text
    with app.app_context():
        assert database.session.scalar(select(StoredFile)) is None
    assert outcomes(app) == [] and not list((app.config["AMICUS"].data_dir / "files").glob("*/*"))


def test_an_empty_form_names_everything_that_is_missing(lawyer, made):
    page = made()
    answer = end(lawyer, page, code="", decided_on=["", "", ""], court="", effect="", account="", quote="", citation="")
    assert answer.status_code == 400 and len(complaints(answer)) == 5


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"decided_on": boxes(stages.day(1))}, "The day cannot be in the future."),
        ({"decided_on": boxes(stages.day(-2))}, "The outcome cannot be from before that day."),
        ({"decided_on": ["31", "2", "2026"]}, "There is no such day."),
        ({"code": "triumph"}, "Choose one of the answers."),
        ({"effect": "x" * 601}, "1 character too long"),
    ],
)
def test_bad_answers_are_told_at_their_field_and_the_rest_is_kept(app, lawyer, made, fields, words):
    answer = end(lawyer, made(), **fields)
    assert answer.status_code == 400 and words in complaints(answer)[0] and outcomes(app) == []
    assert "The judge disagreed." in answer.text


def test_the_preview_shows_the_headline_that_will_stand(app, lawyer, made):
    page = made()
    answer = end(lawyer, page, preview="1")
    assert answer.status_code == 200 and "Lost. The High Court dismissed the claim on" in said(answer)
    assert outcomes(app) == [] and "will appear" not in said(answer)


def test_a_second_sending_leaves_one_outcome_and_one_file(app, lawyer, made):
    page = made()
    marks = hidden(lawyer.get(f"{page}/outcome"))
    for _time in range(2):
        fields = {**ENDED, "code": "won", "document": pdf()}
        assert post(lawyer, f"{page}/outcome", marks, **fields).status_code == 303
    with app.app_context():
        assert len(database.session.scalars(select(StoredFile)).all()) == 1
    assert outcomes(app) == ["won"]


def test_an_unfunded_case_has_no_outcome_to_record(app, lawyer, made):
    page = made(stages.live)
    assert lawyer.get(f"{page}/outcome").status_code == 303 and "Record the outcome" not in said(lawyer.get(page))


def test_the_form_offers_every_code_and_the_court_as_a_sentence_has_it(lawyer, made):
    page = lawyer.get(f"{made()}/outcome").text
    assert all(f'value="{code}"' in page for code in Code) and 'value="The Administrative Court, Leeds"' in page


# ---------------------------------------------------------------- the story
def test_the_lawyer_agrees_to_a_story_then_and_later(app, lawyer, made):
    page = made(making.concluded, "settled", tells_story=False)
    assert "You have not agreed" in said(lawyer.get(page))
    assert press(lawyer, page, f"{page}/outcome/story").status_code == 303
    assert "An editor is working on it." in said(lawyer.get(page))
    press(lawyer, page, f"{page}/outcome/story")
    assert "You have not agreed" in said(lawyer.get(page))


def test_a_loss_is_not_asked_about(lawyer, made):
    assert "told as a story" not in said(lawyer.get(made(making.concluded, "lost")))


@pytest.mark.parametrize("prefix", ["", "/fa"])
def test_every_page_of_the_desk_is_there_in_both_languages(app, lawyer, made, prefix):
    page = made(posted())
    with app.app_context():
        case = database.session.scalars(select(Update)).one().case
        draft = service.draft(case, making.SECRET).public_id
        database.session.commit()
        assert queries.count(case) == 1
    update = first_posted(app)
    for address in (
        "",
        "/updates/new",
        f"/updates/{draft}",
        f"/updates/{draft}/discard",
        f"/updates/{update}/correct",
        "/outcome",
    ):
        answer = lawyer.get(f"{prefix}{page}{address}")
        assert answer.status_code == 200 and "%(" not in answer.text and answer.headers["Cache-Control"] == "no-store"


def first_posted(app):
    with app.app_context():
        return database.session.scalars(select(Update.public_id).where(Update.n == 1)).one()
