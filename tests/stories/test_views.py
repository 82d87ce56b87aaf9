"""The gallery, one story, and all outcomes with their losses."""

import re

import pytest
from sqlalchemy import select

from app.cases.models import Case
from app.database import db as database
from app.stories import queries
from app.stories.models import Story
from app.updates import outcomes
from tests.cases import stages
from tests.cases.backed import pledge
from tests.pledges.backing import said
from tests.updates import making

CARD = re.compile(r'<article class="card.*?</article>', re.DOTALL)


def shelf():
    """Stories in two areas and a loss in a third, by their titles."""
    making.told(making.concluded(case=making.funded(title="Clean river", area_slug="environment")))
    making.told(making.concluded("settled", making.funded(title="Equal pay", area_slug="employment")))
    making.concluded("lost", making.funded(title="Lost library"))
    return making.told(making.concluded("partly_won", making.funded(title="Half a school", area_slug="employment")))


def titles(page):
    """The titles on a list, in their order."""
    return re.findall(r"<h3[^>]*><a[^>]*><bdi[^>]*>([^<]+)", page.text)


# ---------------------------------------------------------------- the gallery
def test_the_gallery_shows_the_latest_first_and_no_loss(client, made):
    made(shelf)
    page = client.get("/stories/")
    assert titles(page) == ["Half a school", "Equal pay", "Clean river"] and "Lost library" not in page.text
    assert page.text.count("card--wide") == 1 and "£25 from 1 backer" in said(page)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?area=employment", ["Half a school", "Equal pay"]),
        ("?outcome=settled", ["Equal pay"]),
        ("?area=employment&outcome=partly_won", ["Half a school"]),
        ("?area=environment&outcome=settled", []),
        ("?year=2000", []),
        ("?outcome=lost", ["Half a school", "Equal pay", "Clean river"]),
        ("?area=moon&outcome=x&year=abcd&after=x", ["Half a school", "Equal pay", "Clean river"]),
        ("?after=2020-01-01T00:00:00%2B00:00~5", []),
    ],
)
def test_filters_stand_in_the_address_and_what_is_not_offered_counts_as_not_asked(client, made, query, expected):
    made(shelf)
    assert titles(client.get(f"/stories/{query}")) == expected


def test_the_year_is_that_of_the_decision(client, made):
    made(shelf)
    year = stages.day(0).year
    assert (
        len(titles(client.get(f"/stories/?year={year}"))) == 3 and f">{year}</option>" in client.get("/stories/").text
    )


def test_chips_count_what_they_lead_to(client, made):
    made(shelf)
    words = said(client.get("/stories/?area=employment"))
    assert "All 2 Won 0 Partly won 1 Settled 1" in words
    assert 'href="/stories/?area=employment&amp;outcome=settled"' in client.get("/stories/?area=employment").text


def test_an_empty_gallery_says_why_and_leads_on(client):
    page = client.get("/stories/")
    assert "No stories yet" in said(page) and 'href="/outcomes/"' in page.text and 'href="/cases/"' in page.text


def test_a_long_gallery_goes_on_and_leads_back(client, made, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 2)
    made(shelf)
    page = client.get("/stories/")
    assert titles(page) == ["Half a school", "Equal pay"]
    following = re.search(r'href="(/stories/\?after=[^"]+)"', page.text)[1].replace("&amp;", "&")
    second = client.get(following)
    assert titles(second) == ["Clean river"] and "First page" in said(second)


# ---------------------------------------------------------------- one story
def test_a_story_tells_what_it_stands_on(client, made):
    slug, _staff = made()
    page = client.get(f"/stories/{slug}")
    words = said(page)
    for expected in (
        "Keep Thornley library open",
        "Won. The High Court decided for the readers of Thornley",
        "What the court said No sensible decision-maker could have skipped this step.",
        "Raised £25",
        "Backers 1",
        "Time to target 1 day",
        "Updates on time 1 of 1",
        "Counsel’s fee",
        "1 minute read",
    ):
        assert expected in words, expected
    assert 'href="https://caselaw.nationalarchives.gov.uk/ewhc/admin/2027/42"' in page.text
    assert 'property="og:title"' in page.text and page.text.count("<h1") == 1


def test_it_leads_on_to_open_cases_like_it_and_to_the_case_itself(client, made):
    slug, _staff = made()
    made(stages.live, title="Another library")
    made(stages.live, title="A river", area_slug="environment")
    page = client.get(f"/stories/{slug}")
    assert titles(page) == ["Another library", "A river"], "its own area comes first"
    assert 'href="/cases/?area=government"' in page.text and 'href="/areas/government"' in page.text
    assert 'href="/cases/keep-thornley-library-open"' in page.text and 'href="/stories/"' in page.text


def test_without_an_open_case_like_it_the_way_on_is_to_all(client, made):
    slug, _staff = made()
    assert "No other case takes pledges now." in said(client.get(f"/stories/{slug}"))


def test_money_is_what_was_collected_and_not_what_was_pledged(client, made):
    def half_paid():
        case = making.funded()
        pledge(case, 100)
        return making.told(making.concluded(case=case))

    slug, _staff = made(half_paid)
    assert "Raised £25" in said(client.get(f"/stories/{slug}"))


def test_a_story_that_was_taken_back_says_so_and_no_more(app, client, made):
    slug, _staff = made(making.told, title="Zqtitlezq", lede="Zqledezq", body="Zqbodyzq")
    with app.app_context():
        outcomes.consent_to_story(database.session.scalars(select(Story)).one().outcome, False)
        database.session.commit()
    page = client.get(f"/stories/{slug}")
    assert page.status_code == 410 and "This story was taken down" in said(page)
    assert "zq" not in page.text.replace(slug, "").lower()


def test_what_was_never_out_is_not_found(app, client, made):
    made(lambda: making.stories.draft(making.concluded()))
    with app.app_context():
        slug = database.session.scalars(select(Story)).one().slug
    for address in (slug, "no-such-story"):
        assert client.get(f"/stories/{address}").status_code == 404


# ---------------------------------------------------------------- all outcomes
def test_losses_stand_beside_wins(client, made):
    made(shelf)
    page = client.get("/outcomes/")
    assert sorted(titles(page)) == ["Clean river", "Equal pay", "Half a school", "Lost library"]
    assert "Lost. The High Court dismissed the claim" in said(page)
    assert titles(client.get("/outcomes/?outcome=lost")) == ["Lost library"]
    assert titles(client.get("/outcomes/?area=employment&outcome=settled")) == ["Equal pay"]


def test_each_leads_to_the_account_and_where_there_is_one_to_the_story(client, made):
    made(shelf)
    page = client.get("/outcomes/").text
    assert page.count("#outcome") == 4 and page.count('href="/stories/') >= 3 and 'href="/cases/lost-library"' in page


def test_both_lists_are_in_the_main_navigation_and_beside_each_other(client):
    for address in ("/", "/stories/", "/outcomes/", "/cases/"):
        nav = client.get(address).text.split('<nav class="nav"')[1].split("</nav>")[0]
        assert 'href="/stories/"' in nav and 'href="/outcomes/"' in nav
    for address in ("/stories/", "/outcomes/"):
        assert client.get(address).text.count('class="chip chip--nav" href="/stories/"') >= 1


def test_a_private_outcome_is_on_no_list(app, client, made):
    made(lambda: making.concluded("settled", making.funded_private(title="Zqhiddenzq"), effect="Zqhiddenzq"))
    for address in ("/outcomes/", "/stories/", "/outcomes/?outcome=settled", "/"):
        page = client.get(address)
        assert page.status_code == 200 and "zqhiddenzq" not in page.text.lower()
    assert "All 0" in said(client.get("/outcomes/"))
    with app.app_context():
        slug = database.session.scalars(select(Case)).one().slug
    assert client.get(f"/cases/{slug}/outcome.pdf").status_code == 404


def test_a_long_list_of_outcomes_goes_on(client, made, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 3)
    made(shelf)
    page = client.get("/outcomes/")
    following = re.search(r'href="(/outcomes/\?after=[^"]+)"', page.text)[1].replace("&amp;", "&")
    assert len(titles(page)) == 3 and len(titles(client.get(following))) == 1
    assert client.get("/outcomes/?after=2026-13-45~1").status_code == 200


@pytest.mark.parametrize("prefix", ["", "/fa"])
@pytest.mark.parametrize("address", ["/stories/", "/outcomes/", "/stories/{slug}"])
def test_every_page_is_there_in_both_languages_without_a_session(client, made, prefix, address):
    slug, _staff = made(shelf)
    page = client.get(prefix + address.format(slug=slug))
    assert page.status_code == 200 and "Set-Cookie" not in page.headers and "csrf_token" not in page.text
    assert "Cookie" not in page.headers.get("Vary", "") and "%(" not in page.text


def test_the_gallery_asks_as_much_for_one_story_as_for_many(app, made, client):
    made(shelf)
    with app.app_context():
        found = queries.gallery(queries.Filter())
        assert [story.outcome.case.area.slug for story in found] == ["employment", "employment", "environment"]
