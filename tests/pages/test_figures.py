"""The five figures: what is counted, when, and what each means."""

import re
from datetime import timedelta

import pytest

from app.cases import service as cases
from app.cases.models import Case
from app.cases.states import CaseState, Visibility
from app.core.clock import now
from app.core.money import Money
from app.database import db as database
from app.jobs import queue
from app.ledger import service as ledger
from app.pages import figures
from app.pages.figures import count
from app.pages.models import SiteFigures
from app.pledges.states import PledgeState
from tests.cases import stages
from tests.cases.backed import pledge
from tests.people import browser_of, omid


def book(case, pence, currency="GBP", tip=200):
    """What the collection of a pledge books, with a tip and the card's fee."""
    gross, n = Money(pence + tip, currency), f"{case.id}:{pence}:{currency}"
    account = ledger.case_account(case.id)
    lines = {ledger.STRIPE: gross, account: Money(-pence, currency), ledger.TIPS: Money(-tip, currency)}
    ledger.post(f"charge:{n}", "pledge_collected", lines, case_id=case.id)
    fee = Money(30, currency)
    ledger.post(f"casefee:{n}", "case_bears_fee", {account: fee, ledger.RECOVERED_FEES: -fee}, case_id=case.id)


def funded(title="Clean water", days=10, **values):
    case = stages.live(title=title, **values)
    cases.fund(case)
    case.opened_at, case.funded_at = now() - timedelta(days=30), now() - timedelta(days=30 - days)
    return case


def over(case):
    case.deadline_at = now() - timedelta(days=1)
    return case


def test_an_empty_site_has_nothing_to_tell(db):
    assert count() == figures.Counted(0, 0, {}, 0, 0, None)


def test_cases_that_met_their_target_are_funded_whatever_came_later(db):
    funded("One"), over(funded("Two"))
    funded("Three").state = CaseState.CONCLUDED
    stages.live(title="Open"), stages.draft(title="Draft")
    assert count().cases_funded == 3


def test_people_who_paid_are_counted_once(db):
    one, two = funded("One"), funded("Two")
    for case, email in [(one, "omid@example.org"), (two, "OMID@example.org"), (two, "sara@example.org")]:
        pledge(case, 25, PledgeState.COLLECTED, email=email)
    pledge(stages.live(title="Open"), 25, email="not-charged@example.org")
    pledge(one, 25, PledgeState.RETRY, email="declined@example.org")
    assert count().backers == 2


def test_money_is_what_the_ledger_collected_without_tips_and_before_fees(db):
    one, two = funded("One"), funded("Two")
    book(one, 2_500), book(two, 1_000), book(two, 700, "EUR")
    pledge(stages.live(title="Open"), 5_000)  # only pledged
    assert count().raised == {"GBP": 3_500, "EUR": 700}


def test_of_what_has_ended_the_share_that_met_its_target_is_told(db):
    over(funded("Met and over"))
    funded("Ended by the lawyer").raising_ended_at = now()
    funded("Concluded").state = CaseState.CONCLUDED
    over(stages.live(title="Missed")).state = CaseState.UNFUNDED
    funded("Goes on raising")
    over(stages.live(title="Counting")).state = CaseState.CLOSING
    over(stages.live(title="Not looked at yet"))
    assert (count().ended, count().ended_met) == (4, 3)


@pytest.mark.parametrize(("days", "median"), [([3], 3), ([1, 9, 5], 5), ([2, 5], 4), ([0.1], 1), ([10.4, 10.4], 10)])
def test_half_of_the_cases_took_less_than_the_median(db, days, median):
    for n, took in enumerate(days):
        funded(f"Case {n}", took)
    assert count().median_days == median


def test_private_cases_move_no_figure_and_public_ones_do(db):
    before = count()
    case = over(funded("Hidden"))
    book(case, 2_500)
    pledge(case, 25, PledgeState.COLLECTED)
    case.visibility = Visibility.PRIVATE
    db.session.flush()
    assert count() == before
    case.visibility = Visibility.PUBLIC
    db.session.flush()
    assert count() == figures.Counted(1, 1, {"GBP": 2_500}, 1, 1, 10)


# ---------------------------------------------------------------- when
def test_the_clock_has_them_counted_each_minute(app, clock):
    assert any(tick.name == "pages.figures" and tick.minutes == 1 for tick in queue.TICKS)
    with app.app_context():
        funded()
        database.session.commit()
        queue.defer("pages.figures")
        database.session.commit()
        assert queue.drain() >= 1
        first = figures.present("GBP")
        assert first.cases_funded == 1 and abs(first.as_of - now()) < timedelta(minutes=1)
        clock.move(60)
        assert figures.refresh() and figures.present("GBP").as_of > first.as_of
        assert database.session.query(SiteFigures).count() == 1


def test_a_counting_that_takes_long_is_done_seldom(app, clock):
    with app.app_context():
        assert figures.refresh()
        database.session.get(SiteFigures, 1).took_ms = 20_000
        database.session.commit()
        clock.move(60)
        assert not figures.refresh()
        clock.move(20 * 50)
        assert figures.refresh()


def test_nobody_waits_while_it_counts(app, monkeypatch):
    """It reads without holding the right to write; SQLite has only one."""
    with app.app_context():
        original = figures.count

        def count_while_another_writes():
            counted = original()
            with database.engine.connect() as other:
                other.exec_driver_sql("SELECT 1")
            assert database.session.connection().exec_driver_sql("SELECT 1").scalar() == 1
            with pytest.raises(Exception, match=r"(?i)read.?only"):
                database.session.connection().exec_driver_sql("UPDATE areas SET position = position")
            database.session.rollback()
            return counted

        monkeypatch.setattr(figures, "count", count_while_another_writes)
        assert figures.refresh()


# ---------------------------------------------------------------- where they are shown
@pytest.fixture
def counted(app):
    with app.app_context():
        case = over(funded())
        book(case, 123_400)
        pledge(case, 25, PledgeState.COLLECTED)
        over(stages.live(title="Missed")).state = CaseState.UNFUNDED
        database.session.commit()
        figures.refresh()


def test_home_shows_all_five_and_since_when(client, counted):
    band = client.get("/").text.split('id="figures"')[1].split("</section>")[0]
    for value, label in [
        ("1", "case funded"),
        ("1", "backer"),
        ("£1,234", "raised"),
        ("50%", "ended"),
        ("10 days", "median"),
    ]:
        assert f"<dd>{value}</dd>" in band and label in band
    assert re.search(r"Counted on \d+ \w+ \d{4}, \d\d:\d\d London time", band)


def test_each_leads_to_its_definition(client, counted):
    page = client.get("/figures").text
    parts = re.findall(r'href="/figures#([a-z-]+)"', client.get("/").text)
    assert len(parts) == 5 and all(f'id="{part}"' in page for part in parts)
    assert "1 of 2 ended cases." in page and "£1,234.00" in page


def test_persian_has_its_own_digits(client, counted):
    assert "۱٬۲۳۴\u00a0پوند" in client.get("/fa/").text and "۵۰٪" in client.get("/fa/figures").text


def test_before_the_first_counting_home_is_silent_and_the_page_says_so(client):
    assert 'id="figures"' not in client.get("/").text
    assert "They have not been counted yet" in client.get("/figures").text


def test_other_currencies_stand_beside_and_are_not_added(app, client):
    with app.app_context():
        case = funded()
        book(case, 1_000), book(case, 700, "EUR")
        database.session.commit()
        figures.refresh()
    page = client.get("/figures").text
    assert "£10.00" in page and "€7.00" in page and "never added up" in page


def test_the_figures_are_the_same_for_everybody(app, client, counted):
    mine = browser_of(app, omid).get("/").text.split('id="figures"')[1].split("</section>")[0]
    assert mine == client.get("/").text.split('id="figures"')[1].split("</section>")[0]


def test_a_case_that_is_made_private_leaves_the_figures_at_the_next_counting(app, clock, counted):
    with app.app_context():
        database.session.query(Case).update({"visibility": "private"})
        database.session.commit()
        clock.move(60)
        figures.refresh()
        assert figures.present("GBP").cases_funded == 0
