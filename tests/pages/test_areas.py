"""The areas of law, and what home shows of everything."""

import re
from html import unescape

import pytest
from sqlalchemy import event

from app.database import db as database
from tests.cases import stages
from tests.people import kian, leila
from tests.updates import making


@pytest.fixture
def made(app):
    """`made(function)` calls it and commits."""

    def make(call):
        with app.app_context():
            call()
            database.session.commit()

    return make


@pytest.fixture
def statements(app):
    """What is asked of the database, as it is asked; clear it as you like."""
    asked = []

    def note(_connection, _cursor, statement, *_rest):
        if statement.startswith(("SELECT", "WITH")):
            asked.append(statement)

    with app.app_context():
        engine = database.engine
    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def main(page):
    return page.text.split("<main")[1].split("</main")[0]


def test_all_seven_areas_are_listed_with_their_open_cases(made, client):
    made(lambda: [stages.live(title=f"River {n}", area_slug="environment") for n in range(2)])
    page = client.get("/areas/").text
    assert len(set(re.findall(r'href="(/areas/[a-z-]+)"', page))) == 7
    assert re.search(r'href="/areas/environment">.*?<span class="tag">2<span class="vh"> open cases', page)
    assert page.count('<span class="tag">') == 1


@pytest.mark.parametrize(
    ("root", "name", "blurb"),
    [("", "Environment", "Rivers, air, wildlife and planning"), ("/fa", "محیط زیست", "رودها، هوا، حیات‌وحش و شهرسازی")],
)
def test_an_area_says_what_it_is_and_leads_to_its_cases(made, client, root, name, blurb):
    made(lambda: stages.live(title="Clean water", area_slug="environment"))
    page = client.get(f"{root}/areas/environment")
    assert f"<h1>{name}</h1>" in page.text and blurb in page.text and "Clean water" in page.text
    for link in (f"{root}/cases/?area=environment", f"{root}/areas/", f"{root}/lawyers/leila-farahani"):
        assert f'href="{link}"' in page.text


def test_an_area_shows_only_its_own(made, client):
    def everything():
        stages.live(title="Clean water", area_slug="environment")
        stages.live(kian_verified(), title="Stay here", area_slug="immigration")
        making.told(making.concluded(case=making.funded(title="The reed bed", area_slug="environment")))
        making.told(making.concluded(case=making.funded(title="The pickers", area_slug="employment")))
        making.concluded("lost", case=making.funded(title="The weir", area_slug="environment"))

    made(everything)
    page = main(client.get("/areas/environment"))
    for title in ("Clean water", "The reed bed", "The weir", "Leila Farahani"):
        assert title in page
    for title in ("Stay here", "The pickers", "Kian"):
        assert title not in page
    assert "Lost. <bdi>The High Court</bdi> dismissed the claim" in page and "Won." in page


def kian_verified():
    lawyer = kian()
    lawyer.state = "verified"
    return lawyer


def test_private_cases_and_drafts_leave_no_trace_in_an_area(made, client):
    made(lambda: (stages.live_private(title="Hidden", area_slug="immigration"), stages.draft(area_slug="immigration")))
    page = main(client.get("/areas/immigration"))
    assert "Hidden" not in page and "No case takes pledges now." in page and "Leila" not in page
    assert '<span class="tag">' not in client.get("/areas/").text


def test_an_area_without_cases_leads_on(client):
    page = unescape(client.get("/areas/other").text)
    assert "None at the moment" in page and 'href="/cases/?area=other&status=any"' in page and 'href="/cases/"' in page


@pytest.mark.parametrize("slug", ["nowhere", "ENVIRONMENT", "x" * 300, "%22", "%F0"])
def test_an_area_that_is_none_is_not_found(client, slug):
    assert client.get(f"/areas/{slug}").status_code == 404 == client.get(f"/fa/areas/{slug}").status_code


def test_an_area_asks_as_often_however_much_there_is(made, client, statements):
    asked = []
    for n in range(2):

        def more(n=n):
            for m in range(2):
                stages.live(title=f"River {n} {m}", area_slug="environment")
                making.told(making.concluded(case=making.funded(title=f"Told {n} {m}", area_slug="environment")))

        made(more)
        statements.clear()
        client.get("/areas/environment")
        asked.append(len(statements))
    assert asked[0] == asked[1] <= 11


# ---------------------------------------------------------------- home
def test_home_leads_to_areas_and_tells_the_latest_stories(made, client):
    assert "What backers made possible" not in client.get("/").text
    made(lambda: making.told(title="The pickers", lede="They kept their payslips."))
    page = client.get("/").text
    assert "The pickers" in page and 'href="/stories/the-pickers"' in page and 'href="/areas/environment"' in page
    assert "What backers made possible" in page


def test_home_asks_as_often_however_much_there_is(made, client, statements):
    asked = []
    for n in range(2):

        def more(n=n):
            for m in range(4):
                stages.live(title=f"River {n} {m}")
            making.told(making.concluded(case=making.funded(title=f"Told {n}")))

        made(more)
        statements.clear()
        client.get("/")
        asked.append(len(statements))
    assert asked[1] <= asked[0] <= 8


def test_the_way_to_search_stands_on_every_page(made, client):
    made(leila)
    assert client.get("/fees").text.count('href="/search"') >= 2 and 'href="/fa/search"' in client.get("/fa/fees").text
    missing = client.get("/nowhere")
    assert missing.status_code == 404 and "search for the case" in missing.text
