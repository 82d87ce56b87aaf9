"""The directory of lawyers, and their profiles."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from app.accounts import service as accounts
from app.cases.states import Visibility
from app.core.clock import now
from app.database import db as database
from app.lawyers import queries, service
from app.lawyers.states import LawyerState
from app.pages import lawyers as directory
from tests.cases import stages
from tests.people import PASSWORD, dara, kian, leila, mina


def verified(name):
    user = accounts.register(f"{name.replace(' ', '.').lower()}@example.org", name, PASSWORD)
    lawyer = service.apply(user, "barrister", "Bar Standards Board", "20177", "Northgate Chambers", "York")
    for member in (mina(), dara()):
        for kind in queries.CHECKS:
            service.check(lawyer, kind, "BSB register", member)
    service.verify(lawyer, mina(), dara())
    return lawyer


@pytest.fixture
def made(app):
    """`made(function)` calls it and commits."""

    def make(call):
        with app.app_context():
            made = call()
            database.session.commit()
            return made

    return make


@pytest.fixture
def asked(app):
    """`asked(function)` calls it and gives the statements that it sent to the database."""
    with app.app_context():
        engine = database.engine

    def listen(call):
        statements = []

        def note(_connection, _cursor, statement, *_rest):
            statements.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        call()
        event.remove(engine, "before_cursor_execute", note)
        return [statement for statement in statements if statement.startswith("SELECT")]

    return listen


def test_verified_lawyers_are_listed_and_others_are_not(made, client):
    made(lambda: (leila(), kian()))
    page = client.get("/lawyers/").text
    assert "Leila Farahani" in page and "Fenmoor Legal" in page and "Leeds" in page and "Kian" not in page
    assert 'href="/lawyers/leila-farahani"' in page and "img/art/p1" in page


def test_an_empty_directory_says_so(client):
    assert "Nobody here yet" in client.get("/lawyers/").text


def test_areas_and_open_cases_are_counted_from_public_cases_only(made, client):
    made(
        lambda: (
            stages.live(title="Open", area_slug="environment"),
            stages.live(title="Also open", area_slug="environment"),
            stages.live_private(title="Hidden", area_slug="immigration"),
            stages.draft(title="Draft", area_slug="employment"),
        )
    )
    page = client.get("/lawyers/").text
    assert "2 open cases" in page and "Environment" in page.split("<footer")[0]
    for hidden in ("Immigration", "Employment"):
        assert hidden not in page.split("<main")[1]


def test_a_case_that_has_ended_is_no_open_one(made, client):
    def ended():
        stages.live(title="Ended").deadline_at = now() - timedelta(days=1)

    made(ended)
    assert "No open case at the moment" in client.get("/lawyers/").text


def test_a_profile_shows_the_badge_what_was_checked_and_the_public_cases(made, client):
    made(lambda: (stages.live(title="Clean water"), stages.live_private(title="A family’s appeal")))
    page = client.get("/lawyers/leila-farahani").text
    assert "Lawyer checked" in page and page.count("SRA register") == 3 and "Clean water" in page
    assert "A family’s appeal" not in page and "1 case, 1 of them open" in page


@pytest.mark.parametrize("state", [LawyerState.APPLIED, LawyerState.DECLINED])
def test_a_lawyer_without_a_badge_has_no_profile(made, client, state):
    made(lambda: setattr(leila(), "state", state))
    missing, never = client.get("/lawyers/leila-farahani"), client.get("/lawyers/never-was")
    assert missing.status_code == never.status_code == 404
    assert "Leila" not in client.get("/lawyers/").text


def test_the_directory_goes_on_page_by_page_in_the_order_of_names(made, client, monkeypatch):
    made(lambda: [verified(f"Lawyer {letter}") for letter in "CAEBD"])
    monkeypatch.setattr(directory, "PAGE", 2)
    seen, path = [], "/lawyers/"
    while path:
        page = client.get(path).text
        seen += [letter for letter in "ABCDE" if f"Lawyer {letter}<" in page]
        path = page.split('" rel="next"')[0].rsplit('href="', 1)[1] if 'rel="next"' in page else ""
    assert seen == list("ABCDE")


def test_a_place_after_the_last_leads_back(made, client):
    made(leila)
    page = client.get("/lawyers/?after=zzz").text
    assert "No more lawyers" in page and 'href="/lawyers/"' in page


@pytest.mark.both_databases
@pytest.mark.parametrize("odd", ["%00", "x" * 300, "' OR 1=1", "%ed%a0%80", "../.."])
def test_an_odd_place_is_answered(made, client, odd):
    made(leila)
    assert client.get(f"/lawyers/?after={odd}").status_code == 200
    assert client.get(f"/lawyers/leila-farahani?after={odd}").status_code == 200


def test_the_cases_of_a_lawyer_go_on_page_by_page(made, client, monkeypatch):
    made(lambda: [stages.live(title=f"Case {n}") for n in range(5)])
    monkeypatch.setattr(directory.cases, "PAGE", 2)
    seen, path = [], "/lawyers/leila-farahani"
    while path:
        page = client.get(path).text
        seen += [n for n in range(5) if f"<bdi>Case {n}</bdi>" in page]
        path = page.split('" rel="next"')[0].rsplit('href="', 1)[1] if 'rel="next"' in page else ""
    assert sorted(seen) == list(range(5)) and len(seen) == 5


def test_a_private_case_is_no_place_to_go_on_from(made, client):
    hidden = made(lambda: stages.live_private(title="Hidden")[0].slug)
    made(lambda: stages.live(title="Clean water"))
    known, never = (client.get(f"/lawyers/leila-farahani?after={slug}").text for slug in (hidden, "0" * len(hidden)))
    assert known.replace(hidden, "") == never.replace("0" * len(hidden), "") and "Clean water" in known


def test_a_case_page_leads_to_the_profile_of_its_lawyer(made, client):
    slug = made(lambda: stages.live(title="Clean water").slug)
    assert 'href="/lawyers/leila-farahani"' in client.get(f"/cases/{slug}").text
    made(lambda: setattr(leila(), "state", LawyerState.DECLINED))
    assert 'href="/lawyers/leila-farahani"' not in client.get(f"/cases/{slug}").text


def test_public_pages_set_no_cookie(made, client):
    made(leila)
    for path in ("/lawyers/", "/lawyers/leila-farahani", "/fa/lawyers/"):
        answer = client.get(path)
        assert "Set-Cookie" not in answer.headers and "Cookie" not in answer.headers.get("Vary", "")


def test_the_directory_asks_as_much_for_twenty_as_for_one(app, made, client, asked):
    made(lambda: verified("Lawyer A"))
    one = asked(lambda: client.get("/lawyers/"))
    made(lambda: [verified(f"Lawyer {n}") for n in range(20)])
    assert len(asked(lambda: client.get("/lawyers/"))) == len(one) <= 5


def test_a_visibility_that_changes_is_seen_at_once(made, client):
    made(lambda: setattr(stages.live(title="Clean water"), "visibility", Visibility.PRIVATE))
    assert "Clean water" not in client.get("/lawyers/leila-farahani").text
