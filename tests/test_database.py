"""What both databases promise alike: who may write, moments in UTC, money in two columns, triggers."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, inspect, select, text
from sqlalchemy.exc import DBAPIError, StatementError

from app import database as house
from app.audit.models import AuditEntry
from app.cases.models import BudgetLine, Case
from app.core.money import Money
from app.database import in_transaction, read_only
from app.ledger import service as ledger
from app.payments import brake
from app.payments.models import Brake
from app.web.access import public, returning
from tests import people

TEN = Money(1000, "GBP")


# ---------------------------------------------------------------- who may write
@pytest.fixture
def write():
    """Write a row and commit, in the present application context."""

    def write(name="writing"):
        house.db.session.add(Brake(name=name, reason="for a test"))
        house.db.session.commit()

    return write


def test_a_transaction_that_only_reads_refuses_a_write(app, write):
    with app.app_context():
        with read_only(), pytest.raises(DBAPIError, match=r"readonly|read-only"):
            write()
        house.db.session.rollback()
        write()  # nothing but the choice stood in the way
        assert brake.is_on("writing")


def test_a_transaction_that_only_reads_reads(app, write):
    with app.app_context():
        write()
        with read_only():
            assert brake.is_on("writing")


@pytest.mark.parametrize(
    ("mark", "method", "writes"),
    [(public, "get", False), (public, "head", False), (returning, "get", True), (public, "post", True)],
)
def test_a_page_that_is_fetched_cannot_write(app, client, monkeypatch, write, mark, method, writes):
    def view():
        write()
        return "written"

    monkeypatch.setitem(app.view_functions, "operations.healthz", mark(view))
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", method != "post")
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    app.url_map.add(app.url_rule_class("/written", endpoint="operations.healthz", methods=["GET", "POST"]))
    answer = getattr(client, method)("/written")
    assert (answer.status_code == 200) is writes
    with app.app_context():
        assert bool(brake.is_on("writing")) is writes


def test_the_choice_of_one_request_does_not_reach_the_next(app, client, write):
    client.get("/readyz")
    with app.app_context():
        write()


def test_a_reader_does_not_wait_for_a_writer(app, write):
    with app.app_context():
        house.db.session.add(Brake(name="open", reason="for a test"))
        house.db.session.flush()
        seen = []

        def read():
            with app.app_context(), read_only():
                seen.append(brake.is_on("open"))

        reader = threading.Thread(target=read)
        reader.start()
        reader.join(5)
        house.db.session.rollback()
    assert seen == [None]


def test_writers_that_read_first_wait_for_each_other_and_lose_nothing(app, write):
    """On SQLite a transaction that reads and then writes would fail at once, had it not said so when it began."""
    start = threading.Barrier(4)

    def add(name):
        with app.app_context():
            start.wait(5)
            assert brake.is_on(name) is None
            write(name)

    threads = [threading.Thread(target=add, args=(f"writer {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    with app.app_context():
        assert len(house.rows(select(Brake.name))) == 4


def test_the_gateway_can_tell_whether_a_transaction_is_open(app):
    with app.app_context():
        assert not in_transaction()
        brake.is_on()
        assert in_transaction()
        house.db.session.commit()
        assert not in_transaction()


# ---------------------------------------------------------------- moments
def test_a_moment_comes_back_as_it_was_in_utc(db):
    tehran = timezone(timedelta(hours=3, minutes=30))
    moment = datetime(2026, 5, 14, 15, 30, 0, 123456, tehran)
    db.session.add(Brake(name="when", reason="for a test", at=moment))
    db.session.flush()
    db.session.expire_all()
    found = db.session.scalars(select(Brake.at)).one()
    assert found == moment and found.tzinfo is UTC


def test_moments_are_compared_as_moments(db):
    noon = datetime(2026, 5, 14, 12, tzinfo=UTC)
    db.session.add(Brake(name="when", reason="for a test", at=noon))
    db.session.flush()
    later_clock = noon.astimezone(timezone(timedelta(hours=9)))
    assert db.session.scalar(select(Brake.name).where(Brake.at == later_clock)) == "when"
    assert db.session.scalar(select(Brake.name).where(Brake.at > later_clock)) is None


def test_a_moment_without_a_zone_is_refused(db):
    db.session.add(Brake(name="when", reason="for a test", at=datetime(2026, 5, 14, 12)))
    with pytest.raises(StatementError, match="without a time zone"):
        db.session.flush()
    db.session.rollback()


# ---------------------------------------------------------------- money
@pytest.fixture
def case(db):
    case = Case(slug="river", lawyer=people.leila(), title="Clean water")
    db.session.add(case)
    db.session.flush()
    return case


def test_an_amount_is_stored_in_two_columns_and_comes_back_as_money(db, case):
    case.budget = [BudgetLine(position=1, label="Court fees", amount=Money(123456, "GBP"))]
    db.session.flush()
    db.session.expire_all()
    assert case.budget[0].amount == Money(123456, "GBP")
    assert db.session.execute(text("SELECT amount_minor, amount_currency FROM budget_lines")).one() == (123456, "GBP")


def test_an_amount_may_be_missing_come_and_go(db, case):
    assert case.costs_cap is None
    for amount in (TEN, Money(0, "GBP"), None, TEN):
        case.costs_cap = amount
        db.session.flush()
        db.session.expire_all()
        assert case.costs_cap == amount


def test_amounts_are_compared_in_queries(db, case):
    case.target = TEN
    db.session.flush()
    assert db.session.scalar(select(Case.slug).where(Case.target == TEN)) == "river"
    assert db.session.scalar(select(Case.slug).where(Case.target == Money(1000, "EUR"))) is None


def test_an_amount_that_must_be_there_must(db, case):
    with pytest.raises(DBAPIError, match=r"(?i)amount_minor"), db.session.begin_nested():
        values = {"case_id": case.id, "position": 1, "label": "Court fees", "detail": ""}
        db.session.execute(insert(BudgetLine).values(**values, amount_currency="GBP"))


@pytest.mark.parametrize("minor", [0, -1])
def test_a_target_is_above_nothing(db, case, minor):
    with pytest.raises(DBAPIError, match="target_positive"), db.session.begin_nested():
        case.target = Money(minor, "GBP")


# ---------------------------------------------------------------- triggers
CHANGES = {
    "audit_entries": "UPDATE audit_entries SET action = 'nothing'",
    "entries": "UPDATE entries SET kind = 'nothing'",
    "postings": "UPDATE postings SET minor = 1",
}


@pytest.mark.parametrize("table", CHANGES)
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_what_is_appended_stays_as_it_is(db, table, verb):
    people.sara()
    ledger.post("one", "test", {ledger.STRIPE: TEN, ledger.TIPS: -TEN})
    db.session.flush()
    before = db.session.execute(text(f"SELECT * FROM {table} ORDER BY id")).all()
    with pytest.raises(DBAPIError, match=f"{table} is append-only"), db.session.begin_nested():
        db.session.execute(text(CHANGES[table] if verb == "update" else f"DELETE FROM {table}"))
    assert before and db.session.execute(text(f"SELECT * FROM {table} ORDER BY id")).all() == before


def test_without_their_triggers_they_would_change(db):
    people.sara()
    db.session.flush()
    house.drop_triggers(db.session.connection())
    db.session.execute(text(CHANGES["audit_entries"]))
    assert set(db.session.scalars(select(AuditEntry.action))) == {"nothing"}


def test_laying_triggers_again_is_quiet_and_passes_over_tables_that_are_not_there(db):
    connection = db.session.connection()
    house.lay_triggers(connection)
    assert house.trigger_names(connection) == set(house.TRIGGERS)
    connection.execute(text("DROP TABLE audit_entries"))
    house.lay_triggers(connection)
    assert not any(name.startswith("audit_entries") for name in house.trigger_names(connection))


def test_every_table_has_its_model(db):
    found = {name for name in inspect(db.session.connection()).get_table_names() if not house.is_derived(name)}
    assert found - {"alembic_version"} == set(house.metadata.tables)
