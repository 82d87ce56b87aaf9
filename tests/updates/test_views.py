"""What everybody sees of updates and outcomes, and what only backers do."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event, select

from app.cases import publishing
from app.cases.models import Case
from app.database import db as database
from app.pledges import links
from app.pledges.models import Pledge
from app.updates import service
from app.updates.service import Words
from tests.cases import stages
from tests.cases.backed import pledge
from tests.people import browser_of, sara
from tests.pledges.backing import said
from tests.updates import making

SLUG = "keep-thornley-library-open"
DAY = 86400


@contextmanager
def counted(app):
    """The statements that are sent to the database meanwhile."""
    asked = []

    def note(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    with app.app_context():
        engine = database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def both():
    """A funded case with an update for everyone and one for backers."""
    case = making.funded()
    making.post(case)
    making.post(case, making.SECRET)
    return case


# ---------------------------------------------------------------- the page of the case
def test_the_page_shows_the_latest_updates_with_their_words(client, made):
    made(both)
    words = said(client.get(f"/cases/{SLUG}"))
    assert "Updates (2)" in words and "Permission granted The judge let both grounds go to a hearing." in words


def test_an_update_for_backers_is_only_mentioned(client, made):
    made(both)
    page = client.get(f"/cases/{SLUG}")
    assert "An update for backers" in said(page) and "zqsecretzq" not in page.text and "For you alone" not in page.text


def test_beyond_five_the_page_leads_to_all_of_them(client, made):
    def many():
        case = making.funded()
        for n in range(22):
            making.post(case, Words(f"Number {n + 1}.", "B", "everyone"))
        return case

    made(many)
    words = said(client.get(f"/cases/{SLUG}"))
    assert "Number 18." in words and "Number 17." not in words and "Show all 22 updates" in words
    page = client.get(f"/cases/{SLUG}/updates/")
    assert "Number 22." in said(page) and "Number 3." in said(page) and "Number 2." not in said(page)
    older = said(client.get(f"/cases/{SLUG}/updates/?before=3"))
    assert "Number 2. " in older and "Number 1. " in older and "Earlier updates" not in older


def test_a_page_without_updates_says_so_until_one_is_owed(client, made):
    made(stages.live)
    assert "No updates yet" in said(client.get(f"/cases/{SLUG}"))


def test_what_is_due_and_what_is_late_stands_on_the_page(client, made, clock):
    made()
    words = said(client.get(f"/cases/{SLUG}"))
    assert f"The lawyer must post one by {making.on(stages.day(60))}." in words and "late" not in words
    clock.move(74 * DAY)
    assert "The update on this case is 14 days late." in said(client.get(f"/cases/{SLUG}"))


@pytest.mark.parametrize("number", [1, 8])
def test_the_page_asks_the_database_as_much_for_one_update_as_for_many(app, client, made, number):
    def many():
        outcome = making.concluded()
        for n in range(number):
            making.post(outcome.case, Words(f"Number {n}", "B", "everyone"))
        return outcome

    made(many)
    client.get(f"/cases/{SLUG}")
    with counted(app) as asked:
        assert "How the case ended" in client.get(f"/cases/{SLUG}").text
    assert len([statement for statement in asked if statement.startswith("SELECT")]) <= 8


# ---------------------------------------------------------------- one update
def test_an_update_has_a_page_with_ways_to_its_neighbours(client, made):
    made(both)
    page = client.get(f"/cases/{SLUG}/updates/1")
    assert page.status_code == 200 and "Update 1 of 2" in said(page) and "Later update" in said(page)
    assert "<strong>both grounds</strong>" in page.text and f'href="/cases/{SLUG}#updates"' in page.text


@pytest.mark.parametrize("address", ["updates/2", "updates/", ""])
@pytest.mark.parametrize("prefix", ["", "/fa"])
def test_no_public_page_tells_what_was_written_for_backers(app, client, made, address, prefix):
    made(both)
    strangers = [client, browser_of(app, sara)]
    for browser in strangers:
        page = browser.get(
            f"{prefix}/cases/{SLUG}/{address}".rstrip("/") if not address else f"{prefix}/cases/{SLUG}/{address}"
        )
        assert page.status_code == 200 and "zqsecretzq" not in page.text and "For you alone" not in page.text


@pytest.mark.parametrize(
    "address", ["updates/3", "updates/0", "updates/x", "updates/99999999999999999999", "outcome.pdf"]
)
def test_what_is_not_there_is_not_found(client, made, address):
    made(both)
    assert client.get(f"/cases/{SLUG}/{address}").status_code == 404


def test_a_draft_is_on_no_page(client, made):
    def drafted():
        case = making.funded()
        service.draft(case, Words("zqdraftzq", "zqdraftzq", "everyone"))
        return case

    made(drafted)
    for address in ("", "/updates/", "/updates/1"):
        assert "zqdraftzq" not in client.get(f"/cases/{SLUG}{address}").text


def test_a_corrected_update_shows_what_it_said_before(client, made):
    def corrected():
        case = making.funded()
        service.correct(making.post(case), "Permission refused", "I was wrong.", seen=1)
        return case

    made(corrected)
    words = said(client.get(f"/cases/{SLUG}/updates/1"))
    assert "I was wrong." in words and "corrected on" in words and "What it said until" in words
    assert "both grounds" in words


def test_what_a_correction_hides_is_on_no_page(client, made):
    def corrected():
        case = making.funded()
        update = making.post(case, Words("T", "zqchildzq is her name.", "everyone"))
        service.correct(update, "T", "She has a name.", seen=1, hides_earlier=True)
        return case

    made(corrected)
    for address in ("", "/updates/", "/updates/1"):
        assert "zqchildzq" not in client.get(f"/cases/{SLUG}{address}").text


def test_the_updates_of_a_private_case_are_kept_from_strangers_and_caches(app, client, made):
    page = made(making.funded_private)
    with app.app_context():
        case = database.session.scalars(select(Case)).one()
        making.post(case)
        token = publishing.make_link(case)
        database.session.commit()
    slug = page.split("/")[3]
    for address in ("updates/", "updates/1", "outcome.pdf"):
        assert client.get(f"/cases/{slug}/{address}").status_code == 404
    client.get(f"/p/{token}")
    for address in ("updates/", "updates/1"):
        answer = client.get(f"/cases/{slug}/{address}")
        assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"


# ---------------------------------------------------------------- backers
def manage_page(app, client, prefix="", email="omid@example.org"):
    with app.app_context():
        mine = database.session.scalars(select(Pledge).where(Pledge.email == email)).first()
        return client.get(f"{prefix}/pledges/{links.token_of(mine)}")


def test_the_page_of_a_pledge_tells_backers_all(app, client, made):
    made(both)
    page = manage_page(app, client)
    assert "zqsecretzq" in page.text and "For you alone" in said(page) and "for backers only" in said(page)
    assert "Permission granted" in said(page) and "Stop these emails" in said(page)


@pytest.mark.parametrize("state", ["withdrawn", "lapsed", "abandoned", "started"])
def test_whoever_is_no_backer_any_more_is_told_what_everybody_is(app, client, made, state):
    def left():
        case = both()
        pledge(case, 5, email="gone@example.org").state = state
        return case

    made(left)
    page = manage_page(app, client, email="gone@example.org")
    assert page.status_code == 200 and "zqsecretzq" not in page.text and "Permission granted" in said(page)
    assert "Stop these emails" not in said(page)


# ---------------------------------------------------------------- outcomes
def test_the_outcome_stands_at_the_top_with_its_headline_and_its_details(client, made):
    page = made(making.concluded, "won")
    words = said(client.get(f"/cases/{SLUG}"))
    assert f"Won. The High Court decided for the readers of Thornley on {making.on(stages.day(0))}." in words
    assert "No sensible decision-maker" in words and making.EFFECT in words and "nobody had been asked" in words
    text = client.get(f"/cases/{SLUG}").text
    assert 'href="https://caselaw.nationalarchives.gov.uk/ewhc/admin/2027/42"' in text and page


def test_a_loss_cannot_show_won(client, made):
    made(making.concluded, "lost", account="We lost.", quote="", effect="Nothing changes.")
    words = said(client.get(f"/cases/{SLUG}"))
    assert words.count("Lost. The High Court dismissed the claim") == 2 and "Won" not in words


def test_the_order_is_a_download_for_whoever_sees_the_page(client, made):
    made(making.concluded, "won")
    answer = client.get(f"/cases/{SLUG}/outcome.pdf")
    assert answer.data == making.PDF and answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("prefix", ["", "/fa"])
def test_every_page_is_there_in_both_languages_without_a_session(client, made, prefix):
    def corrected():
        outcome = making.concluded("partly_won", both())
        service.correct(outcome.update, "", "Once more.", seen=1)
        return outcome

    made(corrected)
    for address in ("", "/updates/", "/updates/1", "/updates/2", "/updates/3"):
        page = client.get(f"{prefix}/cases/{SLUG}{address}")
        assert page.status_code == 200 and "Set-Cookie" not in page.headers and "csrf_token" not in page.text
        assert "Cookie" not in page.headers.get("Vary", "") and "%(" not in page.text
