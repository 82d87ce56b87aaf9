"""The wizard: steps that are saved one by one, two tabs, and the sending to a reviewer."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from app.cases import review
from app.cases.drafting import STEPS
from app.cases.models import Case
from app.cases.states import CaseState
from app.database import db as database
from app.mail.models import OutgoingLetter
from tests.cases import stages
from tests.cases.writing import NEW, begin, case_of, filled, open_step, send_step, write_all
from tests.people import browser_of, kian, leila, mina, omid
from tests.pledges.backing import complaints, hidden, post, said
from tests.support.forms import token_of


@pytest.fixture
def lawyer(app):
    """A browser in which Leila is signed in."""
    return browser_of(app, leila)


@pytest.fixture
def draft(lawyer):
    """Where the steps of Leila's new draft stand."""
    return begin(lawyer)


@pytest.fixture
def written(lawyer):
    """Where the steps of Leila's complete draft stand."""
    return write_all(lawyer)


def drafts(app):
    with app.app_context():
        return database.session.scalar(select(func.count()).select_from(Case))


def send_in(client, draft, marks=None):
    return post(client, f"{draft}/check", marks or hidden(client.get(f"{draft}/check")))


# ---------------------------------------------------------------- beginning
def test_a_draft_begins_with_the_first_step_sent_and_not_before(app, lawyer):
    assert lawyer.get(NEW).status_code == 200 and drafts(app) == 0
    case = case_of(app, begin(lawyer, visibility="private", lang="fa"))
    assert (case.state, case.visibility, case.lang, case.steps_done) == ("draft", "private", "fa", "visibility")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"visibility": ""}, "Choose who can see the page."),
        ({"visibility": "", "later": "1"}, "Choose who can see the page."),
        ({"visibility": "secret"}, "Choose one of the answers."),
        ({"lang": "tlh"}, "Choose one of the answers."),
    ],
)
def test_nothing_begins_without_both_answers(app, lawyer, fields, sentence):
    page = post(lawyer, NEW, hidden(lawyer.get(NEW)), **{**filled("visibility"), **fields})
    assert (page.status_code, complaints(page)) == (400, [sentence])
    assert drafts(app) == 0


def test_the_page_begins_in_the_language_it_is_read_in(lawyer):
    assert 'checked id="lang-0" name="lang" type="radio" value="en"' in lawyer.get(NEW).text
    assert 'checked id="lang-1" name="lang" type="radio" value="fa"' in lawyer.get(f"/fa{NEW}").text


def test_the_first_form_sent_twice_begins_one_draft(app, lawyer):
    marks = hidden(lawyer.get(NEW))
    first = post(lawyer, NEW, marks, **filled("visibility"))
    again = post(lawyer, NEW, marks, **{**filled("visibility"), "visibility": "private"})
    assert again.location == first.location and drafts(app) == 1
    assert case_of(app, first.location).visibility == "private"
    begin(lawyer)
    assert drafts(app) == 2


def test_the_first_form_sent_twice_at_once_begins_one_draft(app, lawyer):
    marks, cookie = hidden(lawyer.get(NEW)), lawyer.get_cookie("__Host-session")

    def send(_n):
        browser = app.test_client()
        browser.set_cookie(cookie.key, cookie.value, secure=True)
        return post(browser, NEW, marks, **filled("visibility"))

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(send, range(2)))
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location and drafts(app) == 1


# ---------------------------------------------------------------- writing
def test_a_page_is_written_step_by_step(app, lawyer):
    draft = begin(lawyer)
    for here, following in zip(STEPS[1:], [*STEPS[2:], None], strict=True):
        answer = send_step(lawyer, draft, here)
        assert answer.location == (f"{draft}/edit/{following}" if following else f"{draft}/check")
    case = case_of(app, draft)
    assert case.steps_done == ",".join(STEPS)
    assert (case.title, case.area.slug, case.kind) == (stages.WORDS["title"], "government", "litigation")
    assert "<p>" in case.story_html and case.target.minor == 473_685
    assert all(getattr(case, name) == value for name, value in stages.PARTIES.items())


@pytest.mark.parametrize("prefix", ["", "/fa"])
def test_the_whole_way_works_in_both_languages(app, lawyer, prefix):
    draft = write_all(lawyer, prefix)
    assert draft.startswith(f"{prefix}/dashboard/cases/")
    answer = send_in(lawyer, draft)
    assert answer.status_code == 303 and case_of(app, draft).state == CaseState.IN_REVIEW


def test_every_step_stands_as_it_was_left(lawyer, written):
    about, parties = (lawyer.get(f"{written}/edit/{step}").text for step in ("about", "parties"))
    assert f'value="{stages.WORDS["title"]}"' in about and 'checked id="area-0"' in about
    assert 'value="the readers of Thornley"' in parties and 'checked id="legal_stage-2"' in parties
    assert stages.STORY.strip() in lawyer.get(f"{written}/edit/story").text
    assert 'value="4500"' in lawyer.get(f"{written}/edit/budget").text
    assert 'checked id="costs_risk-1"' in lawyer.get(f"{written}/edit/deadline").text


def test_done_steps_and_the_next_one_are_linked(lawyer, draft):
    send_step(lawyer, draft, "about")
    page = lawyer.get(f"{draft}/edit/about").text
    assert f'href="{draft}/edit/visibility"' in page and f'href="{draft}/edit/parties"' in page
    assert f'href="{draft}/edit/story"' not in page and f'href="{draft}/check"' not in page
    assert 'aria-current="step"' in page


def test_a_step_can_be_left_half_way(app, lawyer, draft):
    fields = dict.fromkeys(stages.PARTIES, "") | {"acting_for": "the readers", "later": "1"}
    answer = send_step(lawyer, draft, "parties", **fields)
    assert answer.location == "/dashboard/"
    case = case_of(app, draft)
    assert case.acting_for == "the readers" and "parties" not in case.steps_done
    assert "Saved. You can go on whenever you like." in lawyer.get("/dashboard/").text
    assert 'value="the readers"' in lawyer.get(f"{draft}/edit/parties").text


@pytest.mark.parametrize(
    ("step", "fields"),
    [
        ("visibility", {"visibility": "", "lang": ""}),
        ("about", {"title": "", "area": "", "kind": ""}),
        ("story", {"summary": "", "story": "Three words only"}),
        ("budget", {"lines-0-label": "", "lines-0-amount": ""}),
        ("budget", {"lines-0-amount": "1"}),
        ("deadline", {"deadline": ["", "", ""], "costs_risk": ""}),
        ("deadline", {"costs_risk": "capped"}),
    ],
)
def test_anything_may_be_lacking_when_it_is_finished_later(app, lawyer, draft, step, fields):
    assert send_step(lawyer, draft, step, later="1", **fields).location == "/dashboard/"
    done = case_of(app, draft).steps_done.split(",")
    assert (step in done) is (step == "visibility")


@pytest.mark.parametrize(
    ("step", "fields"),
    [
        ("about", {"title": "x" * 121}),
        ("budget", {"lines-0-amount": "25,50"}),
        ("budget", {"lines-0-amount": ""}),
        ("budget", {"target": "1.00"}),
        ("deadline", {"deadline": ["31", "6", "2027"]}),
        ("deadline", {"costs_risk": "capped", "costs_cap": "-1"}),
    ],
)
def test_what_cannot_be_read_is_told_also_when_it_is_finished_later(app, lawyer, draft, step, fields):
    page = send_step(lawyer, draft, step, later="1", **fields)
    assert page.status_code == 400 and len(complaints(page)) == 1
    assert step not in case_of(app, draft).steps_done


def test_what_is_taken_out_of_a_step_that_was_done_is_gone(app, lawyer, written):
    send_step(lawyer, written, "budget", later="1", **{"lines-0-label": "", "lines-0-amount": ""})
    send_step(lawyer, written, "deadline", later="1", deadline=["", "", ""])
    case = case_of(app, written)
    assert (case.budget, case.target, case.deadline_at) == ([], None, None)
    assert not {"budget", "deadline"} & set(case.steps_done.split(","))


def test_a_preview_shows_the_story_and_saves_nothing(app, lawyer, draft):
    story = "## Why\n\n*Now* <script>alert(1)</script>"
    page = send_step(lawyer, draft, "story", preview="1", summary="", story=story)
    assert page.status_code == 200 and "<h3>Why</h3>" in page.text and "<em>Now</em>" in page.text
    assert "<script>alert" not in page.text and "&lt;script&gt;alert(1)" in page.text
    assert case_of(app, draft).story_markdown == ""
    assert send_step(lawyer, draft, "story", preview="1", story="w" * 20_001).status_code == 400


def test_a_preview_of_nothing_says_so(lawyer, draft):
    assert "There is nothing to show yet." in send_step(lawyer, draft, "story", preview="1", story="").text


# ---------------------------------------------------------------- two tabs
def test_a_second_tab_is_told_that_the_first_saved_something_else(app, lawyer, draft):
    first, second = open_step(lawyer, draft, "about"), open_step(lawyer, draft, "about")
    assert send_step(lawyer, draft, "about", marks=first, title="From the first tab").status_code == 303
    page = send_step(lawyer, draft, "about", marks=second, title="From the second tab")
    assert page.status_code == 409 and "Another tab or window has saved this part" in page.text
    assert 'value="From the second tab"' in page.text and case_of(app, draft).title == "From the first tab"
    again = send_step(lawyer, draft, "about", marks=hidden(page), title="From the second tab")
    assert again.status_code == 303 and case_of(app, draft).title == "From the second tab"


def test_tabs_on_different_steps_do_not_disturb_each_other(app, lawyer, draft):
    marks = {step: open_step(lawyer, draft, step) for step in ("about", "parties", "budget")}
    for step, mark in marks.items():
        assert send_step(lawyer, draft, step, marks=mark).status_code == 303
    assert case_of(app, draft).steps_done == "visibility,about,parties,budget"


@pytest.mark.parametrize("step", STEPS)
def test_the_same_form_sent_twice_is_quiet(lawyer, draft, step):
    mark = open_step(lawyer, draft, step)
    answers = [send_step(lawyer, draft, step, marks=mark) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]


@pytest.mark.parametrize("seen", ["", "forged"])
def test_a_form_that_does_not_say_what_it_has_seen_may_not_overwrite(app, lawyer, written, seen):
    mark = open_step(lawyer, written, "about") | {"seen": seen}
    assert send_step(lawyer, written, "about", marks=mark, title="Overwritten").status_code == 409
    assert case_of(app, written).title == stages.WORDS["title"]


# ---------------------------------------------------------------- sending in
def test_the_last_step_shows_the_page_and_sends_it(app, lawyer, written):
    page = lawyer.get(f"{written}/check")
    assert "Every part is complete." in said(page) and stages.WORDS["summary"] in said(page)
    answer = send_in(lawyer, written)
    assert answer.status_code == 303 and answer.location == written
    assert case_of(app, written).state == CaseState.IN_REVIEW
    assert "A reviewer is reading your page." in lawyer.get(written).text


def test_pressing_send_twice_sends_once(app, lawyer, written):
    marks = hidden(lawyer.get(f"{written}/check"))
    assert [send_in(lawyer, written, marks).status_code for _ in range(2)] == [303, 303]
    with app.app_context():
        about_cases = select(OutgoingLetter.name).where(OutgoingLetter.name.startswith("cases."))
        assert database.session.scalars(about_cases).all() == ["cases.submitted"]


def test_what_is_missing_is_listed_with_links_and_cannot_be_sent(app, lawyer, draft):
    send_step(lawyer, draft, "about")
    page = lawyer.get(f"{draft}/check")
    assert "5 parts of the page are not complete yet." in said(page)
    for step in STEPS[2:]:
        assert f'<a class="btn btn--sm btn--line" href="{draft}/edit/{step}"' in page.text
    refused = send_in(lawyer, draft, {"csrf_token": token_of(page)})
    assert (refused.status_code, complaints(refused)) == (409, ["Some parts of the page are not complete yet."])
    assert case_of(app, draft).state == CaseState.DRAFT


def test_a_deadline_that_came_too_near_is_missing_again(lawyer, written, clock):
    clock.move(25 * 86_400)
    assert f'href="{written}/edit/deadline"' in lawyer.get(f"{written}/check").text
    assert lawyer.get(written).location == f"{written}/edit/deadline"


def test_a_lawyer_who_is_not_verified_writes_but_does_not_send(app):
    browser = browser_of(app, kian)
    assert "You can write the page now." in browser.get(NEW).text
    draft = write_all(browser)
    page = browser.get(f"{draft}/check")
    assert "Your verification is not complete yet." in page.text and "Send to review" not in page.text
    refused = send_in(browser, draft, {"csrf_token": token_of(page)})
    assert refused.status_code == 409 and complaints(refused)[0].startswith("Your verification must be complete")
    assert case_of(app, draft).state == CaseState.DRAFT


def test_a_page_that_is_with_a_reviewer_cannot_be_changed(app, lawyer, written):
    mark = open_step(lawyer, written, "about")
    send_in(lawyer, written)
    page = send_step(lawyer, written, "about", marks=mark, title="Too late")
    assert (page.status_code, complaints(page)) == (409, ["This page cannot be changed now."])
    assert 'value="Too late"' in page.text and "Save and continue" not in page.text
    assert case_of(app, written).title == stages.WORDS["title"]
    assert lawyer.get(f"{written}/edit/about").location == written
    assert "The page as it was sent" in lawyer.get(f"{written}/check").text


def test_what_a_reviewer_asked_for_stands_beside_the_form(app, lawyer, made):
    def send_back():
        case = stages.in_review()
        review.request_changes(case, mina(), "Name the order.\n\nAnd the court.")
        return case

    path = f"/dashboard/cases/{made(send_back)}"
    page = lawyer.get(f"{path}/edit/parties")
    assert "<p><bdi>Name the order.</bdi></p><p><bdi>And the court.</bdi></p>" in page.text
    assert send_step(lawyer, path, "parties", relief_sought="An order that quashes the decision").status_code == 303
    assert send_in(lawyer, path).status_code == 303
    assert case_of(app, path).state == CaseState.IN_REVIEW


# ---------------------------------------------------------------- who may
@pytest.mark.parametrize("path", ["/edit/about", "/check", ""])
def test_another_lawyers_draft_is_not_there(app, lawyer, draft, path):
    other = browser_of(app, kian)
    nowhere = "/dashboard/cases/00000000000000000000"
    for browser, address in ((other, draft), (lawyer, nowhere)):
        assert browser.get(address + path).status_code == 404
    marks = hidden(other.get(NEW))
    if path:
        assert post(other, draft + path, marks, **filled("about")).status_code == 404
    assert case_of(app, draft).title == ""


def test_a_step_that_there_is_not_is_not_found(lawyer, draft):
    assert lawyer.get(f"{draft}/edit/lunch").status_code == 404
    assert lawyer.get(f"{draft}/edit/check").status_code == 404


@pytest.mark.parametrize("path", [NEW, "/dashboard/"])
def test_only_lawyers_come_in(app, client, path):
    assert client.get(path).location.startswith("/account/sign-in?next=")
    assert browser_of(app, omid).get(path).status_code == 404


def test_nothing_of_a_draft_is_stored_on_the_way(lawyer, draft):
    for path in (NEW, f"{draft}/edit/about", f"{draft}/check", "/dashboard/"):
        headers = lawyer.get(path).headers
        assert headers["Cache-Control"] == "no-store" and "noindex" in headers["X-Robots-Tag"]


def test_a_forged_form_is_refused(app, lawyer, draft):
    answer = post(lawyer, f"{draft}/edit/about", {"csrf_token": "forged"}, **filled("about"))
    assert answer.status_code == 400 and case_of(app, draft).title == ""
