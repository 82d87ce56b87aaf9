"""Every promise of the books: it holds in sound books, and is seen when somebody breaks it by hand."""

import threading

import pytest
from sqlalchemy import event, select, text

from app.cases.models import Case
from app.core.money import Money
from app.database import db as database
from app.database import is_sqlite
from app.jobs import queue
from app.ledger import service as ledger
from app.operations import invariants
from app.payments import brake
from app.pledges import collection
from app.pledges.models import ChargeAttempt, Pledge
from app.pledges.states import PledgeState as S
from tests.operations.conftest import charged, pledged


@pytest.fixture
def alter(house):
    """Change the database by hand, its guards off; the case to speak of is `:case`."""

    def change(statement, case=None):
        for table in ("entries", "postings"):
            for verb in ("update", "delete"):
                on = "" if is_sqlite() else f" ON {table}"
                database.session.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{on}"))
        found = database.session.execute(text(statement), {"case": case.id} if case else {})
        assert found.rowcount, "nothing was altered"
        database.session.flush()

    yield change
    database.session.rollback()


def test_sound_books_have_nothing_to_tell(sound):
    assert invariants.broken() == []
    assert invariants.check() == [] and brake.is_on() is None


def test_books_without_anything_in_them_are_sound(house):
    assert invariants.broken() == []


def test_a_line_altered_by_hand(sound, alter):
    alter("UPDATE postings SET minor = minor + 1 WHERE account = 'expense:stripe_fees'")
    found = invariants.broken()
    assert len(found) == 2 and all("does not balance" in words for words in found)


def test_a_whole_entry_altered_by_hand_though_it_balances(sound, alter):
    entry = "entry_id = (SELECT min(entry_id) FROM postings WHERE account = 'asset:stripe' AND minor > 0)"
    alter(f"UPDATE postings SET minor = minor + 100 WHERE {entry} AND account = 'asset:stripe'")
    alter(f"UPDATE postings SET minor = minor - 100 WHERE {entry} AND account LIKE 'liability:case:%'")
    assert len(invariants.broken()) == 1


def test_a_case_that_gave_more_than_it_had(sound):
    much = Money(100_000, "GBP")
    ledger.post(
        "transfer:tr_1", "released", {ledger.case_account(sound.id): much, ledger.STRIPE: -much}, case_id=sound.id
    )
    assert invariants.broken() == [f"{ledger.case_account(sound.id)} is overdrawn"]


def test_a_pledge_with_two_successes(sound):
    pledge = database.session.scalars(select(Pledge).where(Pledge.state == S.COLLECTED)).first()
    database.session.add(ChargeAttempt(pledge_id=pledge.id, n=2, payment_method="pm_1", state="succeeded"))
    database.session.flush()
    assert invariants.broken() == [f"pledge {pledge.id} has more than one success"]


def test_a_success_that_was_not_booked(sound, alter):
    alter("DELETE FROM postings WHERE entry_id = (SELECT min(id) FROM entries WHERE kind = 'pledge_collected')")
    alter("DELETE FROM entries WHERE id = (SELECT min(id) FROM entries WHERE kind = 'pledge_collected')")
    found = invariants.broken()
    assert any(f"case {sound.id}: the pledges say 1 more charges" in words for words in found)


def test_a_success_that_was_booked_twice(sound):
    lines = {ledger.STRIPE: Money(2500, "GBP"), ledger.case_account(sound.id): Money(-2500, "GBP")}
    ledger.post("charge:again", "pledge_collected", lines, case_id=sound.id)
    assert invariants.broken() == [f"case {sound.id}: the pledges say -1 more charges and -2500 more than the books"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE case_totals SET pledged = pledged + 1 WHERE case_id = :case",
        "UPDATE case_totals SET backers = backers - 1 WHERE case_id = :case",
        "UPDATE pledge_deltas SET collected = collected + 1 WHERE case_id = :case",
        "DELETE FROM pledge_deltas WHERE case_id = :case",
        "DELETE FROM case_totals WHERE case_id = :case",
        "UPDATE pledges SET amount_minor = amount_minor + 1 WHERE case_id = :case AND state = 'due'",
        "UPDATE pledges SET state = 'withdrawn' WHERE case_id = :case AND state = 'due'",
        "UPDATE pledges SET state = 'due' WHERE case_id = :case AND state = 'retry'",
    ],
)
def test_totals_that_are_not_what_the_pledges_add_up_to(sound, alter, statement):
    alter(statement, sound)
    assert invariants.broken() == [f"case {sound.id} shows other totals than its pledges have"]


def test_a_pledge_that_its_case_left_behind(sound):
    left = pledged(sound, S.PLEDGED)
    assert invariants.broken() == [f"pledge {left.id} was left behind by its case"]
    sound.state = "open"
    database.session.flush()
    assert invariants.broken() == []


def test_pledges_collected_while_the_check_looks_do_not_alarm(house, sound):
    """The check reads several tables; between two of them the worker may collect. On SQLite it waits for the check."""
    case_id, checking, collecting = sound.id, threading.current_thread(), []
    database.session.commit()

    def collect():
        with house.app_context():
            charged(database.session.get_one(Case, case_id))

    def meanwhile(_connection, _cursor, statement, *_rest):
        if threading.current_thread() is checking and "FROM pledges" in statement and len(collecting) < 3:
            collecting.append(threading.Thread(target=collect))
            collecting[-1].start()
            collecting[-1].join(1)

    event.listen(database.engine, "after_cursor_execute", meanwhile)
    assert invariants.check() == []
    database.session.commit()
    for thread in collecting:
        thread.join(20)
    assert collecting and invariants.broken() == []


# ---------------------------------------------------------------- the brake
def test_a_broken_promise_pulls_the_brake_and_the_first_reason_stays(sound, alter):
    alter("UPDATE case_totals SET pledged = pledged + 1 WHERE case_id = :case", sound)
    assert invariants.check() and "shows other totals" in brake.is_on()
    brake.pull("something else")
    assert "shows other totals" in brake.is_on()


def test_with_the_brake_pulled_nobody_is_charged(sound):
    brake.pull("for a test")
    database.session.commit()
    assert collection.claim() is None
    brake.release()
    database.session.commit()
    assert collection.claim()  # the same pledges, and nothing but the brake stood in the way


def test_the_check_runs_by_the_clock_every_ten_minutes(sound):
    assert queue.Tick("operations.check_books", 10) in queue.TICKS
    database.session.execute(text("UPDATE case_totals SET pledged = pledged + 1"))
    queue.defer("operations.check_books")
    database.session.commit()
    queue.drain()
    assert "shows other totals" in brake.is_on()
