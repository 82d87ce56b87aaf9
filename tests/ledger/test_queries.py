"""Reading the books, and seeing what is wrong in them."""

import pytest
from sqlalchemy import text

from app.core.money import Money
from app.ledger import queries, service

TEN = Money(1000, "GBP")


def book(key, **lines):
    """`book("one", asset=5)`: `asset:stripe` against a case's account and others, in pence."""
    names = {"stripe": service.STRIPE, "case": service.case_account(7), "other": service.case_account(8)}
    service.post(key, "test", {names.get(name, name): Money(minor, "GBP") for name, minor in lines.items()})


@pytest.fixture
def no_triggers(db):
    """The database takes whatever is written, as if somebody had taken its guards off."""
    for name, table in (("entries_balanced", "entries"), ("postings_no_update", "postings")):
        on = "" if db.engine.dialect.name == "sqlite" else f" ON {table}"
        db.session.execute(text(f"DROP TRIGGER {name}{on}"))


def test_an_account_without_lines_holds_nothing(db):
    assert queries.balance(service.STRIPE, "GBP") == Money(0, "GBP")


def test_a_balance_is_the_sum_of_an_account_in_one_currency(db):
    book("one", stripe=1000, case=-1000)
    book("two", stripe=-300, case=300)
    service.post("yen", "test", {service.STRIPE: Money(5, "JPY"), service.TIPS: Money(-5, "JPY")})
    assert queries.balance(service.STRIPE, "GBP") == Money(700, "GBP")
    assert queries.balance(service.case_account(7), "GBP") == Money(-700, "GBP")
    assert queries.balance(service.STRIPE, "JPY") == Money(5, "JPY")


def test_sound_books_have_nothing_to_tell(db):
    book("one", stripe=1000, case=-1000)
    assert queries.unbalanced_entries() == [] and queries.overdrawn_cases() == []


def test_an_altered_line_is_found(db, no_triggers):
    book("one", stripe=1000, case=-1000)
    book("two", stripe=500, case=-500)
    db.session.execute(text("UPDATE postings SET minor = 501 WHERE minor = 500"))
    entry_id = db.session.scalar(text("SELECT id FROM entries WHERE key = 'two'"))
    assert queries.unbalanced_entries() == [entry_id]


@pytest.mark.parametrize("minors", [(), (1000,)])
def test_an_entry_without_two_lines_is_found(db, no_triggers, minors):
    for minor in minors:
        values = {"minor": minor, "account": "test", "currency": "GBP"}
        db.session.execute(
            text("INSERT INTO postings (entry_id, account, minor, currency) VALUES (900, :account, :minor, :currency)"),
            values,
        )
    db.session.execute(text("INSERT INTO entries (id, key, kind, at) VALUES (900, 'x', 'test', '2026-05-14 12:00:00')"))
    assert queries.unbalanced_entries() == [900]


def test_a_case_that_gave_more_than_it_had_is_found(db):
    book("one", stripe=1000, case=-1000)
    book("two", stripe=-1001, case=1001)
    book("other", stripe=500, other=-500)
    assert queries.overdrawn_cases() == [service.case_account(7)]


def test_a_case_that_gave_all_it_had_is_not_overdrawn(db):
    book("one", stripe=1000, case=-1000)
    book("two", stripe=-1000, case=1000)
    assert queries.overdrawn_cases() == []


def test_another_account_may_be_on_either_side(db):
    book("one", stripe=1000, **{"income:tips": -1000})
    book("two", stripe=-1500, **{"income:tips": 1500})
    assert queries.overdrawn_cases() == []


def test_a_transaction_is_answered_by_any_entry_that_names_it(db):
    service.post("one", "test", {service.STRIPE: TEN, service.TIPS: -TEN}, transaction="txn_1")
    assert queries.is_answered("txn_1") and not queries.is_answered("txn_2")
