"""The page that looks through everything."""

import re
from html import unescape

import pytest

from app.cases.models import Case
from app.database import db as database
from app.search import index, views
from tests.cases import stages
from tests.people import leila
from tests.updates import making


@pytest.fixture
def made(app):
    """`made(function)` calls it, commits, and brings the index up to date."""

    def make(call):
        with app.app_context():
            call()
            database.session.commit()
            index.refresh(10_000)

    return make


def titles(page):
    return [
        unescape(title)
        for title in re.findall(r'<h3 class="mt0 serif"><a href="[^"]*"><bdi[^>]*>(.*?)</bdi>', page.text)
    ]


def test_an_empty_question_says_what_can_be_asked(client):
    page = client.get("/search")
    assert "Look for a case" in page.text and 'role="search"' in page.text and titles(page) == []
    assert 'content="noindex"' in page.text


@pytest.mark.parametrize("root", ["", "/fa"])
def test_cases_stories_and_lawyers_are_shown_with_what_they_are(made, client, root):
    made(lambda: making.told(title="The pickers", lede="Fenmoor Legal kept their payslips."))
    page = client.get(f"{root}/search?q=fenmoor")
    assert set(titles(page)) == {"The pickers", "Keep Thornley library open", "Leila Farahani"}
    for url in ("/stories/the-pickers", "/cases/keep-thornley-library-open", "/lawyers/leila-farahani"):
        assert f'href="{root}{url}"' in page.text
    assert "<mark>Fenmoor</mark> Legal kept" in page.text


def test_one_kind_can_be_chosen(made, client):
    made(lambda: making.told(title="The pickers of Thornley"))
    assert titles(client.get("/search?q=thornley&kind=story")) == ["The pickers of Thornley"]
    assert titles(client.get("/search?q=thornley&kind=case")) == ["Keep Thornley library open"]
    page = client.get("/search?q=thornley&kind=lawyer")
    assert "Nothing found" in page.text and 'href="/search?q=thornley"' in page.text


def test_what_was_meant_is_said(made, client):
    made(lambda: stages.live(title="Clean water for Wenlow"))
    page = client.get("/search?q=wenlwo")
    assert "Nothing was found for “<bdi>wenlwo</bdi>”. These results hold “<bdi>wenlow</bdi>”." in page.text


def test_every_match_is_met_once_from_page_to_page(made, client, monkeypatch):
    monkeypatch.setattr(views, "PAGE", 2)
    made(lambda: [stages.live(title=f"River {n}") for n in range(5)])
    seen, url = [], "/search?q=river"
    while url:
        page = client.get(url)
        seen += titles(page)
        further = re.search(r'href="([^"]+)" rel="next"', page.text)
        url = unescape(further[1]) if further else None
    assert sorted(seen) == [f"River {n}" for n in range(5)] and len(seen) == 5


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "junk", ["after=x", "after=-1", "after=99999999999999999999", "kind=user", "kind=%00", "q[]=a"]
)
def test_junk_in_the_address_is_as_good_as_nothing(made, client, junk):
    made(lambda: stages.live(title="River"))
    assert titles(client.get(f"/search?q=river&{junk}")) == ["River"]


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "question", ["%00", "%22", "%F0~%FF", "a" * 5_000, "%3Cscript%3Ealert(1)%3C/script%3E", "%E2%80%AE"]
)
@pytest.mark.parametrize("path", ["/search", "/fa/search", "/cases/"])
def test_an_odd_question_is_answered_and_never_obeyed(client, path, question):
    page = client.get(f"{path}?q={question}")
    assert page.status_code == 200 and "<script>alert" not in page.text


def test_what_people_wrote_is_shown_and_never_obeyed(made, client):
    made(lambda: stages.live(title="River <script>x()</script>", summary="The river <img src=x onerror=y()> here."))
    page = client.get("/search?q=river").text
    assert "<script>x" not in page and "<img src=x" not in page and "&lt;img" in page


def test_no_word_of_a_private_case_is_found_and_of_a_public_one_is(made, client):
    made(lambda: (stages.live_private(title="Zqhiddenzq river"), stages.live(title="Zqpubliczq river")))
    for path in ("/search", "/fa/search", "/cases/"):
        for words in ("zqhiddenzq", "zqhiddnezq", "river"):
            assert "zqhiddenzq river" not in client.get(f"{path}?q={words}").text.lower()
        assert "zqpubliczq river" in client.get(f"{path}?q=zqpubliczq").text.lower()


def test_a_case_that_is_made_private_is_gone_at_once(made, app, client):
    made(lambda: stages.live(title="Clean water"))
    assert titles(client.get("/search?q=water")) == ["Clean water"]
    with app.app_context():
        database.session.query(Case).update({"visibility": "private"})
        database.session.commit()
    assert titles(client.get("/search?q=water")) == []


def test_the_page_asks_as_often_however_many_match(made, app, client, statements):
    asked = []
    for n in range(2):
        made(lambda n=n: [making.told(making.concluded(case=making.funded(title=f"River {n} {m}"))) for m in range(2)])
        statements.clear()
        assert client.get("/search?q=river").status_code == 200
        asked.append(len(statements))
    assert asked[0] == asked[1] <= 6


def test_a_public_page_leaves_no_cookie(made, client):
    made(leila)
    for path in ("/search?q=leila", "/areas/", "/areas/other", "/figures", "/cases/?q=x"):
        page = client.get(path)
        assert "Set-Cookie" not in page.headers and "Cookie" not in page.headers.get("Vary", "")
