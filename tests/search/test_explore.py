"""The list of cases, found by words and ordered by what they lack."""

import re
from html import unescape

import pytest

from app.cases import queries as cases
from app.cases.queries import Filter
from app.database import db as database
from app.pledges import totals
from app.search import explore, index
from app.search.explore import listing
from tests.cases import stages
from tests.cases.backed import pledge
from tests.updates import making


def titles(found):
    return [case.title for case in found.cases]


def test_the_case_closest_to_its_target_comes_first_and_who_has_met_it_last(app):
    with app.app_context():
        for title, pounds in [("Far", 10), ("Near", 4_000), ("Met", 5_000), ("Nothing", 0), ("Half", 2_000)]:
            case = stages.live(title=title)
            if pounds:
                pledge(case, pounds)
        database.session.commit()
        totals.roll_up()
        assert titles(listing(Filter(status="", sort="needs"))) == ["Near", "Half", "Far", "Nothing", "Met"]


def test_it_is_the_share_that_counts_and_not_the_sum(app):
    with app.app_context():
        pledge(stages.live(title="Large", minor=9_000_000), 50_000)
        pledge(stages.live(title="Small", minor=90_000), 700)
        database.session.commit()
        totals.roll_up()
        assert titles(listing(Filter(status="open", sort="needs"))) == ["Small", "Large"]


@pytest.mark.parametrize("sort", explore.SORTS)
@pytest.mark.parametrize("question", ["", "river"])
def test_pages_follow_each_other_without_a_gap_or_a_double(db, found, sort, question):
    for n in range(5):
        stages.live(title=f"River {n}")
    found("river")
    seen, after = [], ""
    while True:
        page = listing(
            Filter(status="open", sort=sort if question or sort != "best" else "fair", after=after), question, 2
        )
        seen += titles(page)
        after = page.after
        if not after:
            break
    assert sorted(seen) == [f"River {n}" for n in range(5)] and len(seen) == 5


def test_words_go_together_with_every_filter_and_order(db, found):
    for n, area in enumerate(("environment", "other", "environment")):
        stages.live(title=f"River {n}", area_slug=area)
    making.funded(title="River met", area_slug="environment")
    stages.live(title="Library", area_slug="environment")
    found("river")
    assert set(titles(listing(Filter(area="environment", status="open", sort="best"), "river"))) == {
        "River 0",
        "River 2",
        "River met",
    }
    assert titles(listing(Filter(area="environment", status="met"), "river")) == ["River met"]
    assert titles(listing(Filter(area="other", sort="newest"), "river")) == ["River 1"]
    assert listing(Filter(status="ended"), "river").found.hits == []


def test_a_private_case_is_on_no_list(db, found):
    stages.live_private(title="River private")
    stages.live(title="River public")
    found("river")
    for sort in explore.SORTS:
        for question in ("", "river"):
            assert titles(listing(Filter(status="", sort=sort), question)) == ["River public"]


def test_the_list_asks_the_database_as_often_however_long_it_is(db, found, queries_asked):
    for sort in explore.SORTS:
        counts = []
        for n in range(2):
            stages.live(title=f"River {sort} {n}")
            found("river")
            with queries_asked() as asked:
                for case in listing(Filter(status="open", sort=sort), "river").cases:
                    assert case.lawyer.user.name and case.area.slug
            counts.append(len(asked))
        assert counts[0] == counts[1] <= 4, sort


# ---------------------------------------------------------------- the page
@pytest.fixture
def rivers(app):
    with app.app_context():
        for n, area in enumerate(("environment", "other")):
            stages.live(title=f"River {n}", area_slug=area)
        stages.live(title="Library")
        database.session.commit()
        index.refresh(10_000)


def shown(client, query):
    page = client.get(f"/cases/?{query}").text
    return {unescape(title) for title in re.findall(r'card__title"><a href="[^"]*"><bdi>(.*?)</bdi>', page)}, page


def test_the_address_holds_the_words_and_the_filters(client, rivers):
    assert shown(client, "q=river")[0] == {"River 0", "River 1"}
    found, page = shown(client, "q=river&area=other&sort=newest")
    assert found == {"River 1"} and 'name="q" type="search" value="river"' in page
    assert page.count('<input type="hidden" name="q" value="river">') == 2  # in the forms that narrow and sort
    chips = [unescape(url) for url in re.findall(r'class="chip" href="([^"]+)"', page)]
    assert chips == [
        "/cases/?q=river&sort=newest",
        "/cases/?q=river&area=other&status=any&sort=newest",
        "/cases/?area=other&sort=newest",
    ]


def test_words_bring_the_best_match_first_and_say_so(client, rivers):
    _found, page = shown(client, "q=river")
    assert "Cases whose title holds your words come first." in page and '<option value="best" selected>' in page
    assert 'value="best"' not in shown(client, "")[1] and "2 cases" in page


def test_mistyped_words_are_mended_and_it_is_said(client, rivers):
    found, page = shown(client, "q=rievr")
    assert found == {"River 0", "River 1"} and "These cases hold “<bdi>river</bdi>”" in page


@pytest.mark.parametrize("root", ["", "/fa"])
def test_nothing_found_leads_on(client, rivers, root):
    page = client.get(f"{root}/cases/?q=zebra&area=other").text
    for url in (f"{root}/cases/?q=zebra&status=any", f"{root}/search?q=zebra", f"{root}/cases/"):
        assert f'href="{url}"' in unescape(page)


def test_every_list_is_of_public_cases(db):
    assert explore.SORTS[:3] == cases.SORTS
