"""Booking: once, balanced, and for ever; the database itself refuses anything else."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.core.money import Money
from app.database import db as database
from app.ledger import queries, service
from app.ledger.models import Entry, Posting

TEN = Money(1000, "GBP")
LINES = {service.STRIPE: TEN, service.case_account(7): Money(-900, "GBP"), service.TIPS: Money(-100, "GBP")}


def postings(db):
    return {row.account: (row.minor, row.currency) for row in db.session.scalars(select(Posting).order_by(Posting.id))}


def book_by_hand(db, *lines, key="by hand", entry_id=900):
    """Postings and then their entry, past the service; each line is (minor, currency)."""
    with db.session.begin_nested():
        for n, (minor, currency) in enumerate(lines):
            values = {"account": f"test:{n}", "minor": minor, "currency": currency}
            db.session.execute(insert(Posting).values(entry_id=entry_id, **values))
        db.session.execute(insert(Entry).values(id=entry_id, key=key, kind="test"))


def test_an_entry_is_booked_with_its_lines(db):
    at = datetime(2026, 5, 14, 12, tzinfo=UTC)
    assert service.post("charge:ch_1", "pledge_collected", LINES, transaction="txn_1", at=at)
    entry = db.session.scalars(select(Entry)).one()
    assert (entry.key, entry.kind, entry.provider_transaction, entry.at) == (
        "charge:ch_1",
        "pledge_collected",
        "txn_1",
        at,
    )
    assert postings(db) == {
        "asset:stripe": (1000, "GBP"),
        "liability:case:7": (-900, "GBP"),
        "income:tips": (-100, "GBP"),
    }


def test_the_same_event_is_booked_once(db):
    assert service.post("charge:ch_1", "test", LINES) and service.is_booked("charge:ch_1")
    assert not service.post("charge:ch_1", "test", {**LINES, service.STRIPE: Money(5000, "GBP")})
    assert queries.balance(service.STRIPE, "GBP") == TEN


def test_two_who_book_one_event_at_the_same_moment_book_it_once(app):
    def book(_n):
        with app.app_context():
            try:
                booked = service.post("charge:ch_1", "test", LINES)
                database.session.commit()
            except IntegrityError:
                return False
            return booked

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(book, range(8))).count(True) == 1
    with app.app_context():
        assert queries.balance(service.STRIPE, "GBP") == TEN and queries.unbalanced_entries() == []


def test_many_entries_at_once_each_get_their_own_lines(app):
    def book(n):
        with app.app_context():
            service.post(f"charge:{n}", "test", {service.STRIPE: TEN * (n + 1), service.TIPS: -TEN * (n + 1)})
            database.session.commit()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(book, range(12)))
    with app.app_context():
        assert queries.balance(service.STRIPE, "GBP") == TEN * 78 and queries.unbalanced_entries() == []


def test_lines_of_nothing_are_left_out(db):
    service.post("one", "test", {service.STRIPE: TEN, service.case_account(7): -TEN, service.TIPS: Money(0, "GBP")})
    assert postings(db).keys() == {service.STRIPE, service.case_account(7)}


def test_an_entry_of_nothing_is_not_booked(db):
    nothing = Money(0, "GBP")
    assert not service.post("fee:txn_1", "test", {service.STRIPE_FEES: nothing, service.STRIPE: nothing})
    assert postings(db) == {} and not service.is_booked("fee:txn_1")


def test_each_currency_balances_by_itself(db):
    yen = Money(500, "JPY")
    pounds_and_yen = {"a": TEN, "b": -TEN, "c": yen, "d": -yen}
    assert service.post("both", "test", pounds_and_yen)
    with pytest.raises(DBAPIError, match="entry does not balance"), db.session.begin_nested():
        service.post("mixed", "test", {"a": TEN, "b": Money(-1000, "JPY")})


@pytest.mark.parametrize("lines", [{"a": TEN, "b": Money(-999, "GBP")}, {"a": TEN}, {"a": TEN, "b": Money(0, "GBP")}])
def test_an_entry_that_does_not_balance_is_refused_by_the_database(db, lines):
    with pytest.raises(DBAPIError, match="entry does not balance"), db.session.begin_nested():
        service.post("wrong", "test", lines)
    assert postings(db) == {} and not service.is_booked("wrong")


def test_the_same_lines_balanced_are_taken_by_hand_too(db):
    book_by_hand(db, (1000, "GBP"), (-600, "GBP"), (-400, "GBP"))
    assert service.is_booked("by hand")


@pytest.mark.parametrize(
    "lines", [[], [(1000, "GBP")], [(1000, "GBP"), (-999, "GBP")], [(1000, "GBP"), (-1000, "EUR")]]
)
def test_nobody_passes_the_service_with_an_entry_that_does_not_balance(db, lines):
    with pytest.raises(DBAPIError, match="entry does not balance"):
        book_by_hand(db, *lines)
    assert not service.is_booked("by hand")


def test_a_line_of_nothing_is_refused_by_the_database(db):
    with pytest.raises(DBAPIError, match="not_zero"):
        book_by_hand(db, (1000, "GBP"), (-1000, "GBP"), (0, "GBP"))


def test_no_line_joins_an_entry_that_stands(db):
    service.post("one", "test", LINES)
    entry_id = db.session.scalar(select(Entry.id))
    late = {"entry_id": entry_id, "account": "test", "currency": "GBP"}
    with pytest.raises(DBAPIError, match="entry is closed"), db.session.begin_nested():
        db.session.execute(insert(Posting), [{**late, "minor": 5}, {**late, "minor": -5}])
    assert queries.balance(service.STRIPE, "GBP") == TEN


def test_lines_without_an_entry_do_not_outlive_their_transaction(app):
    with app.app_context():
        line = {"account": "test", "currency": "GBP", "entry_id": 900}
        database.session.execute(insert(Posting), [{**line, "minor": 5}, {**line, "minor": -5}])
        with pytest.raises(IntegrityError):
            database.session.commit()
        database.session.rollback()
        assert database.session.scalars(select(Posting.id)).all() == []


def test_without_the_trigger_a_wrong_entry_would_stand(db):
    drop = "DROP TRIGGER entries_balanced" + ("" if db.engine.dialect.name == "sqlite" else " ON entries")
    db.session.execute(text(drop))
    book_by_hand(db, (1000, "GBP"))
    assert queries.unbalanced_entries() == [900]


def test_a_rolled_back_entry_leaves_nothing(db):
    with pytest.raises(ZeroDivisionError), db.session.begin_nested():
        service.post("one", "test", LINES)
        raise ZeroDivisionError
    assert postings(db) == {} and service.post("one", "test", LINES)
