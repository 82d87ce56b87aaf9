"""The lawyer's dashboard: how each case stands, going live, and the links to a private page."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event, select

from app.cases import queries, review, service
from app.cases.models import Case, CaseGrant
from app.cases.states import CaseState, Visibility
from app.core import clock as house_clock
from app.database import db as database
from app.mail.models import OutgoingLetter
from tests.cases import stages
from tests.cases.backed import pledge
from tests.cases.writing import boxes, case_of
from tests.people import browser_of, kian, leila, mina
from tests.pledges.backing import complaints, hidden, post, press, said

HOME = "/dashboard/"


@pytest.fixture
def lawyer(app):
    """A browser in which Leila is signed in."""
    return browser_of(app, leila)


@pytest.fixture
def page_of(made):
    """`page_of(stages.live, …)` makes a case of Leila's; the address of its page on the dashboard."""
    return lambda function, *args, **values: f"/dashboard/cases/{made(function, *args, **values)}"


@pytest.fixture
def private(page_of):
    """The dashboard's page of a private case that is live."""
    return page_of(stages.live_private)


def decided(decision, comment):
    """Makes a case on which Mina decided."""

    def make():
        case = stages.in_review()
        decision(case, mina(), comment)
        return case

    return make


def funded():
    case = stages.live()
    pledge(case, 6000)
    service.fund(case)
    return case


def unfunded():
    case = stages.live()
    service.start_closing(case)
    service.end_unfunded(case)
    return case


def kian_verified():
    """Kian, as if staff had checked him."""
    lawyer = kian()
    lawyer.state = "verified"
    return lawyer


def make_link(client, page, marks=None, **fields):
    return post(client, f"{page}/links", marks or hidden(client.get(page)), **{"label": "Parents", **fields})


def token_in(answer):
    """The token of the private link that an answer shows, if it shows one."""
    found = re.search(r'<code dir="ltr">https://localhost(?:/fa)?/p/([^<]+)</code>', answer.text)
    return found[1] if found else None


def links_of(app, page):
    """(label, whether it works) of every link."""
    with app.app_context():
        case = database.session.scalars(select(Case).where(Case.public_id == page.split("/")[3])).one()
        return [(grant.label, grant.revoked_at is None) for grant in queries.links(case)]


def opens(client, token):
    return client.get(f"/p/{token}").status_code == 303


# ---------------------------------------------------------------- the list
def test_somebody_without_cases_is_told_how_to_begin(lawyer):
    page = lawyer.get(HOME)
    assert "You have no cases yet" in said(page) and 'href="/cases/new"' in page.text
    assert "Things to do" not in page.text and "<table" not in page.text


def test_the_list_shows_every_case_of_the_lawyers_and_no_other(app, lawyer, page_of):
    page_of(stages.live, title="Clean water")
    page_of(stages.live_private, title="A birth certificate")
    page_of(stages.empty_draft)
    page_of(lambda: stages.live(kian_verified(), title="Somebody else’s"))
    words = said(lawyer.get(HOME))
    assert "Somebody else’s" not in words
    assert "Clean water Open" in words and "A birth certificate Open Private" in words
    assert "Untitled draft Draft Not live yet" in words


def test_the_figures_are_the_cases_own(app, lawyer, page_of):
    def backed():
        case = stages.live()
        for pounds in (100, 250, 25):
            pledge(case, pounds)
        return case

    page_of(backed)
    page = lawyer.get(HOME)
    day = stages.day(30)
    assert re.search(rf"£375 3 {day.day} {day:%B}", said(page))
    assert "7% of £4,736.85" in said(page) and 'data-l="Backers"' in page.text


def test_what_waits_for_the_lawyer_is_on_top(lawyer, page_of):
    for maker in (stages.empty_draft, stages.draft, stages.approved, decided(review.request_changes, "Say more.")):
        page_of(maker)
    words = said(lawyer.get(HOME))
    publish, changes, send = (
        words.index(text) for text in ("Publish: Keep", "Make changes: Keep", "Send to review: K")
    )
    assert publish < changes < send < words.index("All cases")
    assert "Finish the draft: Untitled draft 6 parts are not complete yet." in words


def test_verification_is_told_either_way(app, lawyer):
    assert "Verified lawyer" in lawyer.get(HOME).text
    page = browser_of(app, kian).get(HOME).text
    assert "Your verification is not complete yet." in page and "Verified lawyer" not in page


def test_the_list_asks_no_more_for_more_cases(app, lawyer, page_of):
    asked = []
    with app.app_context():
        event.listen(database.engine, "before_cursor_execute", lambda *details: asked.append(details[2]))

    def how_often():
        asked.clear()
        lawyer.get(HOME)
        return len(asked)

    page_of(stages.live)
    once = how_often()
    for n in range(4):
        page_of(stages.live if n % 2 else stages.draft, title=f"Case {n}")
    assert how_often() == once


def test_lawyers_find_their_cases_from_every_page(app, lawyer, client):
    assert 'href="/dashboard/">Your cases' in lawyer.get("/fees").text
    assert 'href="/dashboard/"' not in client.get("/fees").text
    assert 'href="/fa/dashboard/"' in lawyer.get("/fa/fees").text


# ---------------------------------------------------------------- one case
def test_a_draft_goes_on_where_it_was_left(lawyer, page_of):
    page, complete = page_of(stages.empty_draft), page_of(stages.draft)
    assert lawyer.get(page).location == f"{page}/edit/about"
    assert lawyer.get(complete).location == f"{complete}/check"


@pytest.mark.parametrize(
    ("maker", "words"),
    [
        (stages.in_review, "A reviewer is reading your page. You cannot change it meanwhile."),
        (decided(review.request_changes, "Name the order."), "What the reviewer wrote Name the order."),
        (
            decided(review.decline, "This is no case."),
            "The reason: Another reason, which the reviewer explains . What that means Why This is no case.",
        ),
        (stages.approved, "It goes live when you publish it."),
        (stages.live, "If pledges reach £4,736.85 by"),
        (funded, "The target is met. Cards are being charged"),
        (unfunded, "The target was not met by the deadline. Nobody was charged"),
    ],
)
@pytest.mark.parametrize("prefix", ["", "/fa"])
def test_each_state_says_what_happens_next(lawyer, page_of, maker, words, prefix):
    page = lawyer.get(prefix + page_of(maker))
    assert page.status_code == 200 and page.text.count("<h1") == 1
    assert prefix or words in said(page)


def test_what_a_reviewer_wrote_is_shown_and_never_obeyed(lawyer, page_of):
    page = lawyer.get(page_of(decided(review.request_changes, "<b>Bold</b>\n\nSecond"))).text
    assert "<bdi>&lt;b&gt;Bold&lt;/b&gt;</bdi>" in page and "<bdi>Second</bdi>" in page


def test_a_live_public_case_has_its_address_and_tiles_to_share_it(app, lawyer, page_of):
    page = lawyer.get(page_of(stages.live)).text
    assert '<code dir="ltr">https://localhost/cases/keep-thornley-library-open</code>' in page
    assert "https://wa.me/" in page and "https://t.me/" in page


def test_a_live_private_case_is_shared_by_links_alone(lawyer, private):
    page = lawyer.get(private).text
    assert "https://wa.me/" not in page and "https://t.me/" not in page and "/p/" not in page
    assert "Private links" in page and "Link 1" in page


def test_a_case_that_was_paused_says_so(app, lawyer, page_of):
    def paused():
        case = stages.live()
        case.suspended_at = house_clock.now()
        return case

    assert "This case is paused." in lawyer.get(page_of(paused)).text
    assert "Paused" in said(lawyer.get(HOME))


@pytest.mark.parametrize("path", ["", "/publish", "/links", "/links/1/revoke"])
def test_another_lawyers_case_is_not_there(app, page_of, path):
    page, other = page_of(stages.live_private), browser_of(app, kian)
    assert other.get(page + path).status_code == 404
    answer = post(other, page + path, hidden(other.get("/cases/new")), label="Mine")
    assert answer.status_code in (404, 405)
    assert links_of(app, page) == [("", True)]


# ---------------------------------------------------------------- publishing
def test_an_approved_page_goes_live_when_its_lawyer_says_so(app, lawyer, page_of):
    page = page_of(stages.approved)
    answer = press(lawyer, page, f"{page}/publish")
    assert answer.status_code == 303 and answer.location == page
    case = case_of(app, page)
    assert (case.state, case.slug) == (CaseState.OPEN, "keep-thornley-library-open")
    assert "The page is live." in lawyer.get(page).text


def test_publishing_twice_is_quiet(app, lawyer, page_of):
    page = page_of(stages.approved)
    marks = hidden(lawyer.get(page))
    answers = [post(lawyer, f"{page}/publish", marks) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    with app.app_context():
        names = database.session.scalars(select(OutgoingLetter.name)).all()
    assert names.count("cases.published") == 1


def test_the_link_of_a_private_page_is_shown_in_the_answer_and_only_there(app, lawyer, client, page_of):
    page = page_of(stages.approved, None, Visibility.PRIVATE)
    answer = press(lawyer, page, f"{page}/publish")
    token = token_in(answer)
    assert answer.status_code == 200 and opens(client, token)
    assert answer.headers["Cache-Control"] == "no-store"
    assert token not in lawyer.get(page).text and token not in lawyer.get(HOME).text
    with app.app_context():
        stored = database.session.scalars(select(CaseGrant.token_hash)).one()
    assert token not in stored


def test_loading_the_answer_again_publishes_nothing_more_and_shows_the_same_link(app, lawyer, page_of):
    page = page_of(stages.approved, None, Visibility.PRIVATE)
    marks = hidden(lawyer.get(page))
    first, again = (post(lawyer, f"{page}/publish", marks) for _ in range(2))
    assert token_in(first) == token_in(again) is not None
    assert links_of(app, page) == [("", True)]
    elsewhere = post(lawyer, f"{page}/publish", marks | {"form_key": "0" * 32})
    assert elsewhere.status_code == 303 and links_of(app, page) == [("", True)]


def test_the_link_leads_to_the_language_of_the_case(app, lawyer, page_of):
    def persian():
        case = stages.approved(None, Visibility.PRIVATE)
        case.lang = "fa"
        return stages.consented(case)

    page = page_of(persian)
    assert '<code dir="ltr">https://localhost/fa/p/' in press(lawyer, page, f"{page}/publish").text


def test_a_deadline_that_came_too_near_is_asked_for_again(app, lawyer, page_of, clock):
    page = page_of(stages.approved)
    clock.move(25 * 86_400)
    shown = lawyer.get(page)
    proposed = re.findall(r'name="deadline"[^>]*value="([^"]*)"', shown.text)
    assert "cannot be kept any more" in said(shown) and proposed == boxes(stages.day(28))
    refused = press(lawyer, page, f"{page}/publish", deadline=boxes(stages.day(3)))
    assert refused.status_code == 400 and complaints(refused)[0].startswith("The deadline must be 7 to 60 days away")
    assert press(lawyer, page, f"{page}/publish", deadline=proposed).status_code == 303
    assert case_of(app, page).deadline_at.date() == stages.day(28)


def test_a_deadline_that_came_too_near_meanwhile_is_told(app, lawyer, page_of, clock):
    page = page_of(stages.approved)
    marks = hidden(lawyer.get(page))
    assert 'name="deadline"' not in lawyer.get(page).text
    clock.move(25 * 86_400)
    answer = post(lawyer, f"{page}/publish", marks)
    assert answer.status_code == 400 and 'name="deadline"' in answer.text
    assert case_of(app, page).state == CaseState.APPROVED


@pytest.mark.parametrize("typed", [["31", "6", "2027"], ["x", "", ""]])
def test_a_day_that_is_none_publishes_nothing(app, lawyer, page_of, typed):
    page = page_of(stages.approved)
    assert press(lawyer, page, f"{page}/publish", deadline=typed).status_code == 400
    assert case_of(app, page).state == CaseState.APPROVED


@pytest.mark.parametrize("maker", [stages.draft, stages.in_review, decided(review.decline, "No."), funded])
def test_only_an_approved_page_can_be_published(app, lawyer, page_of, maker):
    page = page_of(maker)
    before = case_of(app, page).state
    marks = hidden(lawyer.get("/cases/new"))
    answer = post(lawyer, f"{page}/publish", marks)
    assert answer.status_code == 409 and "The case has changed meanwhile." in said(answer)
    assert case_of(app, page).state == before


def test_a_lawyer_who_lost_the_badge_does_not_publish(app, lawyer, page_of):
    page = page_of(stages.approved)
    marks = hidden(lawyer.get(page))
    with app.app_context():
        leila().state = "suspended"
        database.session.commit()
    answer = post(lawyer, f"{page}/publish", marks)
    assert answer.status_code == 409 and complaints(answer)[0].startswith("Your verification must be complete")


@pytest.mark.parametrize("path", ["/publish", "/links"])
def test_another_language_can_be_chosen_on_an_answers_page(lawyer, private, path):
    assert lawyer.get(f"/fa{private}{path}").location == f"/fa{private}"


# ---------------------------------------------------------------- links
def test_a_further_link_is_shown_once_and_opens_the_page(app, lawyer, client, private):
    answer = make_link(lawyer, private)
    assert answer.status_code == 200 and opens(client, token_in(answer))
    assert links_of(app, private) == [("", True), ("Parents", True)]
    assert token_in(lawyer.get(private)) is None and "Parents" in lawyer.get(private).text


def test_one_form_makes_one_link_however_often_it_is_sent(app, lawyer, private):
    marks = hidden(lawyer.get(private))
    first, again = make_link(lawyer, private, marks), make_link(lawyer, private, marks)
    assert token_in(first) == token_in(again) is not None
    assert len(links_of(app, private)) == 2
    another = make_link(lawyer, private, hidden(again), label="Cousins")
    assert token_in(another) != token_in(first) and len(links_of(app, private)) == 3


def test_one_form_sent_twice_at_once_makes_one_link(app, lawyer, private):
    marks, cookie = hidden(lawyer.get(private)), lawyer.get_cookie("__Host-session")

    def send(_n):
        browser = app.test_client()
        browser.set_cookie(cookie.key, cookie.value, secure=True)
        return token_in(make_link(browser, private, marks))

    with ThreadPoolExecutor(2) as pool:
        tokens = set(pool.map(send, range(2)))
    assert len(tokens) == 1 and None not in tokens and len(links_of(app, private)) == 2


@pytest.mark.parametrize(
    ("label", "sentence"),
    [
        ("x" * 81, "This is 1 character too long. Use 80 or fewer."),
        ("=?x", "Leave out the signs =? because email programs misread them."),
    ],
)
def test_a_label_that_cannot_be_kept_makes_no_link(app, lawyer, private, label, sentence):
    answer = make_link(lawyer, private, label=label)
    assert (answer.status_code, complaints(answer)) == (400, [sentence])
    assert len(links_of(app, private)) == 1


def test_a_form_without_its_key_makes_no_link(app, lawyer, private):
    assert make_link(lawyer, private, form_key="mine").status_code == 400
    assert len(links_of(app, private)) == 1


def test_ending_a_link_asks_first_and_works_at_once(app, lawyer, client, private):
    token = token_in(make_link(lawyer, private))
    asks = re.findall(rf'href="({private}/links/\d+/revoke)"', lawyer.get(private).text)[-1]
    assert "Whoever has the link “ Parents ” can no longer open the page" in said(lawyer.get(asks))
    assert opens(client, token)
    assert press(lawyer, asks, asks).location == private
    assert not opens(client, token) and links_of(app, private) == [("", True), ("Parents", False)]
    assert "Ended" in said(lawyer.get(private)) and lawyer.get(asks).location == private


def test_ending_a_link_twice_is_quiet(app, lawyer, private):
    asks = re.findall(rf'href="({private}/links/\d+/revoke)"', lawyer.get(private).text)[0]
    marks = hidden(lawyer.get(asks))
    assert [post(lawyer, asks, marks).status_code for _ in range(2)] == [303, 303]


def test_a_form_whose_link_has_ended_says_so_and_shows_nothing(app, lawyer, private):
    marks = hidden(lawyer.get(private))
    make_link(lawyer, private, marks)
    asks = re.findall(rf'href="({private}/links/\d+/revoke)"', lawyer.get(private).text)[-1]
    press(lawyer, asks, asks)
    answer = make_link(lawyer, private, marks)
    assert token_in(answer) is None and "has been ended" in said(answer)
    assert len(links_of(app, private)) == 2


def test_a_link_of_another_case_cannot_be_ended_here(app, lawyer, private, page_of):
    other = page_of(stages.live_private, title="Another")
    asks = re.findall(rf"{other}(/links/\d+/revoke)", lawyer.get(other).text)[0]
    assert lawyer.get(private + asks).status_code == 404
    assert post(lawyer, private + asks, hidden(lawyer.get(private))).status_code == 404
    assert links_of(app, other) == [("", True)]


@pytest.mark.parametrize("maker", [stages.live, lambda: stages.approved(None, Visibility.PRIVATE)])
def test_only_a_live_private_page_has_links(app, lawyer, page_of, maker):
    page = page_of(maker)
    answer = make_link(lawyer, page, hidden(lawyer.get("/cases/new")))
    assert answer.status_code == 409 and "Only a private page that is live has links." in said(answer)
    assert links_of(app, page) == []
