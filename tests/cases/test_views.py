"""A case's page, its backers and the list of cases, as a browser without script gets them."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import quote

import pytest
from sqlalchemy import event

from app.cases import files as case_files
from app.cases import publishing, queries, service
from app.cases.models import Case
from app.core import clock as house_clock
from app.core.money import Money
from app.database import db as database
from app.pledges import totals
from app.pledges.states import PledgeState, Shown
from tests.cases import filing, stages
from tests.cases.backed import pledge
from tests.people import browser_of, leila, mina, sara

EVIL = "<b data-x='1'>\"&"
ROOTS = ("", "/fa")


@contextmanager
def changing(app, slug) -> Iterator[Case]:
    """The case at `slug`, what happens to it inside, and the commit."""
    with app.app_context():
        yield database.session.query(Case).filter_by(slug=slug).one()
        database.session.commit()


@pytest.fixture
def live(app):
    """`live(**words)` makes an open case; its slug."""

    def make(maker=stages.live, **words):
        with app.app_context():
            made = maker(**words)
            case = made if isinstance(made, Case) else made[0]
            database.session.commit()
            return case.slug

    return make


@pytest.fixture
def slug(live):
    """Slug of an open public case."""
    return live()


@pytest.fixture
def private(live):
    """Slug of an open private case."""
    return live(stages.live_private)


@pytest.fixture
def statements(app):
    """What is asked of the database, as it is asked; clear it as you like."""
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        if statement.startswith(("SELECT", "WITH")):
            asked.append(statement)

    with app.app_context():
        engine = database.engine
    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def words_of(page):
    """The words of a page's main part, in their order."""
    main = re.search(r"<main.*?</main>", page.text, re.DOTALL)[0]
    return unescape(re.sub(r"<(svg|script)\b.*?</\1>|<[^>]+>", " ", main, flags=re.DOTALL)).split()


# ---------------------------------------------------------------- the page
def test_the_first_words_say_who_what_how_much_and_until_when(client, app, slug):
    with changing(app, slug) as case:
        target, deadline = case.target.minor // 100, case.deadline_at
    beginning = " ".join(words_of(client.get(f"/cases/{slug}"))[:120])
    for expected in (stages.WORDS["title"], stages.WORDS["summary"], stages.PARTIES["acting_for"]):
        assert expected in beginning
    assert stages.PARTIES["respondent"] in beginning and f"£{target:,}" in beginning
    assert f"{deadline.day} {deadline:%B %Y}, 13:00 London time" in beginning


def test_the_page_shows_all_that_the_lawyer_wrote(client, slug):
    page = unescape(client.get(f"/cases/{slug}").text)
    for name, text in stages.WORDS.items():
        assert name == "legal_stage" or text.strip() in page, name
    assert "Permission" in page and "Leila Farahani" in page and "Lawyer checked" in page and "SRA register" in page


def test_a_persian_page_has_its_digits_and_the_jalali_deadline(client, app, slug):
    with changing(app, slug) as case:
        case.deadline_at = datetime(2026, 12, 14, 13, tzinfo=UTC)
        case.opened_at = datetime(2026, 11, 20, 13, tzinfo=UTC)
    house_clock.set(datetime(2026, 11, 24, 13, tzinfo=UTC))
    page = client.get(f"/fa/cases/{slug}").text
    house_clock.reset()
    assert '<html lang="fa" dir="rtl"' in page
    assert "۱۴ دسامبر ۲۰۲۶ (۲۳ آذر ۱۴۰۵)، ساعت ۱۳:۰۰ به وقت لندن" in page


def test_the_story_stands_in_its_own_language(client, app, live):
    persian = live(title="آب پاک")
    with changing(app, persian) as case:
        case.lang = "fa"
    page = client.get(f"/cases/{quote(persian)}").text
    assert '<div class="prose" lang="fa" dir="rtl">' in page
    assert '<h1 class="case__title" lang="fa"><bdi>آب پاک</bdi></h1>' in page


def test_money_that_is_pledged_collected_and_failing_stays_apart(client, app, slug):
    with changing(app, slug) as case:
        service.fund(case)
        pledge(case, 30, PledgeState.COLLECTED)
        pledge(case, 20, PledgeState.RETRY)
    page = " ".join(words_of(client.get(f"/cases/{slug}")))
    assert "Pledged £50.00 Collected from cards £30.00 Card failed, being tried again £20.00" in page


def test_the_chart_comes_with_a_table_from_the_fifth_backer_on(client, app, slug):
    for n in range(1, 6):
        with changing(app, slug) as case:
            pledge(case, 10)
        page = client.get(f"/cases/{slug}").text
        assert ("Pledges over time" in page) == (n == 5) == ("Pledged by then" in page)


def test_backers_appear_as_they_chose(client, app, slug):
    with changing(app, slug) as case:
        names = ("Ada King", "Bo Lund", "Cy Moss", "Di North")
        for pounds, (shown, name) in enumerate(zip(Shown, names, strict=True), start=11):
            pledge(case, pounds, name=name, shown=shown, message=f"From {name[:2]}")
    page = client.get(f"/cases/{slug}").text
    wall = re.search(r'<ul class="wall">.*?</ul>', page, re.DOTALL)[0]
    assert "Ada King" in wall and "£11" in wall and "Bo Lund" in wall and "£12" not in wall
    assert "C. M." in wall and "Cy Moss" not in page and "£13" in wall
    assert "Anonymous" in wall and "Di North" not in page and "£14" not in wall
    assert "From Di" in wall


def test_older_backers_stand_on_pages_of_their_own(client, app, slug):
    with changing(app, slug) as case:
        for n in range(85):
            pledge(case, 5, name=f"Backer {n:02}")
    page, seen = client.get(f"/cases/{slug}"), []
    for _n in range(3):
        seen += re.findall(r"<bdi>(Backer \d\d)</bdi>", page.text)
        further = re.search(r'<main.*href="([^"]*backers\?before=\d+)"', page.text, re.DOTALL)
        page = client.get(unescape(further[1])) if further else None
    assert page is None and seen == [f"Backer {n:02}" for n in range(84, -1, -1)]


@pytest.mark.both_databases
@pytest.mark.parametrize("before", ["", "x", "-1", "0", "1.5", "9" * 19, "9" * 40, "٣", "%00", "1%27--"])
def test_a_place_among_the_backers_that_is_none_gives_the_newest(client, app, slug, before):
    with changing(app, slug) as case:
        pledge(case, 5, name="Sara Moradi")
    page = client.get(f"/cases/{slug}/backers?before={before}")
    assert page.status_code == 200 and "Sara Moradi" in page.text


# ---------------------------------------------------------------- its states
def closed_early(case):
    service.start_closing(case)


def missed(case):
    pledge(case, 20, PledgeState.RELEASED)
    service.start_closing(case)
    service.end_unfunded(case)


def ended(case):
    service.fund(case)
    service.end_raising(case)


def concluded(case):
    service.fund(case)
    case.state = "concluded"


def suspended(case):
    case.suspended_at = house_clock.now()


def untouched(_case):
    pass


def backed(case):
    pledge(case, 20)


STATES = [
    (untouched, "Be the first to back this case", True),
    (backed, "Your card is charged only if pledges reach", True),
    (service.fund, "The initial target is met, so your card is charged when you pledge.", True),
    (closed_early, "Pledges are being counted.", False),
    (missed, "The target was not met. Nobody was charged.", False),
    (ended, "Fundraising has ended, and the case takes no more pledges.", False),
    (concluded, "The case has concluded.", False),
    (suspended, "It takes no pledges while we look into something.", False),
]


@pytest.mark.parametrize(("happened", "words", "may_back"), STATES)
def test_every_state_says_what_can_be_done(client, app, slug, happened, words, may_back):
    with changing(app, slug) as case:
        happened(case)
    page = client.get(f"/cases/{slug}")
    assert words in " ".join(words_of(page))
    assert (f'href="/cases/{slug}/back"' in page.text) == may_back == ('class="pledge-bar' in page.text)
    assert client.get(f"/fa/cases/{slug}").status_code == 200


@pytest.mark.parametrize("state", ["draft", "in_review", "changes_requested", "approved", "declined"])
def test_what_is_not_published_is_nowhere(client, app, slug, state):
    with changing(app, slug) as case:
        case.state = state
    assert client.get(f"/cases/{slug}").status_code == 404
    assert stages.WORDS["title"] not in client.get("/cases/?status=any").text


def test_once_the_deadline_has_passed_nobody_is_led_to_back_it(client, app, slug, clock):
    with changing(app, slug) as case:
        deadline = case.deadline_at
    clock.set(deadline + timedelta(seconds=1))
    page = client.get(f"/cases/{slug}")
    assert "/back" not in page.text and "The deadline has passed." in page.text


# ---------------------------------------------------------------- what a public page carries
@pytest.mark.parametrize("path", ["/cases/", "/cases/{}", "/cases/{}/backers"])
def test_a_public_page_leaves_no_cookie_and_is_the_same_for_all(client, slug, path):
    page = client.get(path.format(slug))
    assert page.status_code == 200 and "Set-Cookie" not in page.headers
    assert "cookie" not in page.headers.get("Vary", "").lower() and "csrf_token" not in page.text


def test_a_public_page_tells_others_what_it_is(client, slug):
    head = client.get(f"/fa/cases/{slug}").text.split("</head>")[0]
    here, english = f"https://localhost/fa/cases/{slug}", f"https://localhost/cases/{slug}"
    assert f'<link rel="canonical" href="{here}">' in head
    assert f'<link rel="alternate" hreflang="en" href="{english}">' in head
    assert f'<link rel="alternate" hreflang="fa" href="{here}">' in head
    assert f'<meta property="og:url" content="{here}">' in head
    assert f'<meta property="og:title" content="{stages.WORDS["title"]}">' in head
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', head)[1])
    assert data["name"] == stages.WORDS["title"] and data["url"] == here


def test_the_page_can_be_shared_by_link_and_by_code(client, slug):
    page = client.get(f"/cases/{slug}").text
    address = f"https://localhost/cases/{slug}"
    assert f'data-copy="{address}"' in page and "https://wa.me/?text=" in page and "Show QR code" in page
    assert page.count('data-share="') == 2


def test_nothing_on_the_page_has_a_style_or_a_script_of_its_own(client, slug):
    page = client.get(f"/cases/{slug}").text
    assert " style=" not in page and "<style" not in page
    assert not re.search(r"<script(?! src=| type=.application/ld)", page)


@pytest.mark.parametrize("root", ROOTS)
def test_whatever_people_write_is_shown_and_never_obeyed(client, app, live, root):
    words = {name: f"{name} {EVIL}" for name in stages.WORDS if name not in ("story", "legal_stage")}
    slug = live(**words, story=stages.STORY + EVIL)
    with changing(app, slug) as case:
        case.lawyer.user.name = case.lawyer.firm = case.lawyer.town = f"Leila {EVIL}"
        pledge(case, 10, name=f"Omid {EVIL}", message=f"Hello {EVIL}")
    for path in (f"{root}/cases/{slug}", f"{root}/cases/{slug}/backers", f"{root}/cases/"):
        page = client.get(path)
        assert page.status_code == 200 and "<b data-x" not in page.text and "1'>\"" not in page.text, path
    page = unescape(client.get(f"{root}/cases/{slug}").text)
    for text in (*words.values(), f"Leila {EVIL}", f"Omid {EVIL}", f"Hello {EVIL}"):
        assert text in page


@pytest.mark.parametrize("evil", ["</script><script>alert(1)</script>", "<!--<script>"])
def test_a_title_does_not_break_out_of_the_data_block(client, live, evil):
    page = client.get(f"/cases/{live(title=evil)}").text
    assert evil not in page
    assert json.loads(re.search(r'ld\+json">(.*?)</script>', page)[1])["name"] == evil


# ---------------------------------------------------------------- private cases
def test_a_private_case_is_answered_like_one_that_never_was(client, private):
    never = "0" * len(private)
    for path in ("/cases/{}", "/cases/{}/backers", "/fa/cases/{}", "/cases/{}/back"):
        answers = [client.get(path.format(slug)) for slug in (private, never)]
        assert [answer.status_code for answer in answers] == [404, 404]
        bodies = [answer.text.replace(slug, "-") for answer, slug in zip(answers, (private, never), strict=True)]
        heads = [sorted(answer.headers.items()) for answer in answers]
        assert bodies[0] == bodies[1] and heads[0] == heads[1], path


def test_a_stranger_finds_no_trace_of_a_private_case(app, private):
    stranger = browser_of(app, sara)
    assert stranger.get(f"/cases/{private}").status_code == 404
    for query in ("", "?status=any", "?area=government", "?sort=ending"):
        page = stranger.get(f"/cases/{query}").text
        assert private not in page and stages.WORDS["title"] not in page


@pytest.mark.parametrize("who", [leila, mina])
def test_its_lawyer_and_a_reviewer_see_a_private_case(app, private, who):
    assert stages.WORDS["title"] in browser_of(app, who).get(f"/cases/{private}").text


def holder_of(app, private):
    browser = app.test_client()
    with app.app_context():
        case = database.session.query(Case).filter_by(slug=private).one()
        link = queries.links(case)[0]
        rights = {case.public_id: [link.id, link.version]}
    with browser.session_transaction() as session:
        session["grants"] = rights
    return browser


@pytest.mark.parametrize("root", ROOTS)
def test_a_holder_sees_a_private_page_that_nobody_keeps_or_shares(app, private, root):
    page = holder_of(app, private).get(f"{root}/cases/{private}")
    assert stages.WORDS["title"] in page.text and f'href="{root}/cases/{private}/back"' in page.text
    assert page.headers["Cache-Control"] == "no-store" and "noindex" in page.headers["X-Robots-Tag"]
    head = ("og:", "canonical", "alternate", "ld+json")
    for trace in (*head, "wa.me", "t.me", "data-share", "data-copy", '<div class="qr">'):
        assert trace not in page.text, trace


def test_a_private_page_says_that_it_is_one(app, private):
    page = holder_of(app, private).get(f"/cases/{private}").text
    assert "This page is private. Anyone who has the link can open it, so choose whom you send it to." in page


def test_a_private_page_is_gone_with_its_link(app, private):
    holder = holder_of(app, private)
    with changing(app, private) as case:
        publishing.revoke_link(case, queries.links(case)[0].id)
    assert holder.get(f"/cases/{private}").status_code == 404


def test_the_backers_of_a_private_case_are_private(app, client, private):
    assert client.get(f"/cases/{private}/backers").status_code == 404
    page = holder_of(app, private).get(f"/cases/{private}/backers")
    assert page.status_code == 200 and page.headers["Cache-Control"] == "no-store"


@pytest.mark.both_databases
@pytest.mark.parametrize("slug", ["never", "%00", "%F0%9F%98%80", "a" * 300, "%FF", "..%2f", "'", "new-case"])
def test_an_address_without_a_case_is_not_found(client, slug):
    assert client.get(f"/cases/{slug}").status_code == 404


def test_no_title_takes_the_address_of_another_page(client, live):
    slug = live(title="New")
    assert slug != "new" and "<bdi>New</bdi>" in client.get(f"/cases/{slug}").text


# ---------------------------------------------------------------- cost
@pytest.mark.both_databases
@pytest.mark.parametrize("with_files", [False, True])
def test_the_page_asks_eight_things_at_most_however_many_pledges(client, app, slug, statements, with_files):
    asked = []
    for more in (10, 490):
        with changing(app, slug) as case:
            for _n in range(more):
                pledge(case, 5)
            if with_files:
                filing.document(case, inside=f"{more}")
                shown = filing.picture(case, content=filing.jpeg(more, 40))
                case_files.keep_variant(shown, shown.file, width=more, height=40)
        with app.app_context():
            totals.roll_up()
        statements.clear()
        assert client.get(f"/cases/{slug}").status_code == 200
        asked.append(list(statements))
    assert len(asked[0]) == len(asked[1]) <= 8


def test_the_list_asks_four_things_however_many_cases(client, live, statements):
    for number in (1, 2):
        live(title=f"Case {number}")
        statements.clear()
        client.get("/cases/")
        assert len(statements) == 4  # areas, the two arcs of the ring, totals


# ---------------------------------------------------------------- the list
def titles(client, query=""):
    page = client.get(f"/cases/{query}")
    assert page.status_code == 200
    return [unescape(title) for title in re.findall(r'card__title"><a href="[^"]*"><bdi>(.*?)</bdi>', page.text)]


@pytest.fixture
def four(app, live, clock):
    """Four public cases, opened an hour apart: one of each funding, all of other areas and deadlines."""
    begun = clock.now()
    for hour, (title, area, days) in enumerate(
        [("Open", "environment", 40), ("Met", "immigration", 20), ("Missed", "other", 30), ("Over", "environment", 10)]
    ):
        clock.set(begun + timedelta(hours=hour))
        slug = live(title=title, area_slug=area, closes_in=days)
        with changing(app, slug) as case:
            if title in ("Met", "Over"):
                service.fund(case)
            if title == "Missed":
                missed(case)
            if title == "Over":
                service.end_raising(case)


def test_the_list_shows_what_can_be_backed(client, four):
    assert sorted(titles(client)) == ["Met", "Open"] and titles(client, "?sort=newest") == ["Met", "Open"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?status=any&sort=newest", ["Over", "Missed", "Met", "Open"]),
        ("?status=met&sort=newest", ["Over", "Met"]),
        ("?area=environment", ["Open"]),
        ("?area=other", []),
        ("?area=other&status=any", ["Missed"]),
        ("?area=environment&status=any&sort=newest", ["Over", "Open"]),
        ("?sort=ending", ["Met", "Open"]),
        ("?sort=ending&status=any", ["Over", "Met", "Missed", "Open"]),
    ],
)
def test_the_list_is_narrowed_and_sorted_by_its_address(client, four, query, found):
    assert titles(client, query) == found


def test_what_has_ended_can_be_found(client, four):
    assert set(titles(client, "?status=ended")) >= {"Missed"}
    assert "Open" not in titles(client, "?status=ended")


def test_each_filter_can_be_taken_off(client, four):
    page = client.get("/cases/?area=environment&status=met&sort=ending").text
    chips = [unescape(url) for url in re.findall(r'class="chip" href="([^"]+)"', page)]
    assert chips == ["/cases/?status=met&sort=ending", "/cases/?area=environment&status=any&sort=ending"]


def test_the_form_keeps_what_was_chosen(client, four):
    page = client.get("/fa/cases/?area=environment&status=met&sort=ending").text
    assert re.search(r'value="environment" checked', page) and re.search(r'value="met" checked', page)
    assert '<option value="ending" selected>' in page and '<input type="hidden" name="sort" value="ending">' in page


def test_the_order_is_explained(client, four):
    assert (
        "begins at another place each day, so that no case is always first. Nobody can pay"
        in client.get("/cases/").text
    )
    assert "The newest case comes first." in client.get("/cases/?sort=newest").text
    assert "closest to its target comes first." in client.get("/cases/?sort=needs").text
    assert "The case that closes soonest comes first." in client.get("/cases/?sort=ending").text


def test_nothing_found_says_what_to_do(client):
    page = client.get("/cases/?area=other").text
    assert "Nothing here yet" in page and 'href="/cases/?status=any"' in page and 'href="/cases/"' in page


@pytest.mark.parametrize("sort", ["fair", "newest", "ending", "needs"])
def test_every_case_is_met_once_from_page_to_page(client, app, live, sort, monkeypatch):
    monkeypatch.setattr("app.cases.views.PAGE", 2)
    made = {f"Case {n}" for n in range(5)}
    for title in made:
        live(title=title)
    with app.app_context():  # all at the same moment: only their ids tell them apart
        moment = house_clock.now()
        database.session.query(Case).update({"opened_at": moment, "deadline_at": moment + timedelta(days=9)})
        database.session.commit()
    seen, url = [], f"/cases/?sort={sort}"
    while url:
        page = client.get(url).text
        seen += re.findall(r"<bdi>(Case \d)</bdi></a>", page)
        further = re.search(r'href="([^"]+)" rel="next"', page)
        url = unescape(further[1]) if further else None
    assert sorted(seen) == sorted(made)


JUNK = [
    *("after=", "after=~", "after=x~1", "after=2026-11-24T10:00:00~1", "after=2026-11-24T10:00:00%2B00:00~x"),
    *("after=2026-11-24T10:00:00%2B00:00~99999999999999999999", "after=0001-01-01T00:00:00%2B23:59~1"),
    *("after=9999-12-31T23:59:59-23:59~1", "after=2026-11-24T10:00:00%2B00:00~-1", "after=%00~1", "after=%F0~%FF"),
    *("area=%00", "area=nowhere", "area[]=other", "area=other&area=environment", "status=%00", "status=draft"),
    *(
        "sort=needs&after=0~1",
        "sort=needs&after=9~9~9",
        "sort=needs&after=99999999~1",
        "sort=best",
        "q=%00",
        "q=%F0~%FF",
    ),
    *("sort=fair&after=2026-11-24~%00", "sort=fair&after=9999-99-99~a", "q=%22&sort=best&after=x", "q=" + "9" * 9000),
    *("sort=amount", "sort=%27%3B--", "page=9", "%00=%00", "after=" + "9" * 5000, "=&=&;;"),
]


@pytest.mark.both_databases
@pytest.mark.parametrize("junk", JUNK)
def test_junk_in_the_address_is_as_good_as_nothing(client, four, junk):
    assert client.get(f"/cases/?{junk}").status_code == 200
    assert client.get(f"/fa/cases/?status=any&{junk}").status_code == 200


def test_a_place_from_another_time_is_not_believed_but_borne(client, four):
    for sort in ("fair", "newest", "ending", "needs"):
        assert titles(client, f"?status=any&sort={sort}&after=garbage") == titles(client, f"?status=any&sort={sort}")


def test_a_card_of_every_funding_can_be_drawn_in_both_languages(client, four):
    for root in ROOTS:
        assert client.get(f"{root}/cases/?status=any").text.count('class="card"') == 4


def test_a_target_with_pence_is_shown_to_the_penny(client, app, slug):
    with changing(app, slug) as case:
        case.target = Money(123_456, "GBP")
    assert "£1,234.56" in client.get(f"/cases/{slug}").text and "£1,234.56" in client.get("/cases/").text
