"""The database: base class, column types, transactions that fit both engines, and triggers.

SQLite knows one writer. A transaction that means to write must say so when it opens (`BEGIN IMMEDIATE`), or it fails
when another wrote in between; one that only reads must not, or it would lock others out. The door chooses once, with
`read_only()`: GET and HEAD requests read, everything else writes. PostgreSQL gets the same choice as a read-only
transaction, so a page that writes fails on both.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    Row,
    String,
    event,
    inspect,
    text,
)
from sqlalchemy.orm import DeclarativeBase, composite, mapped_column
from sqlalchemy.types import TypeDecorator

from app.core.money import Money

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """All models descend from this and name their table."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base)
metadata = Base.metadata
# SQLite gives out row ids for INTEGER keys only; PostgreSQL needs the width.
BigId = BigInteger().with_variant(Integer(), "sqlite")


class UTCDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC. SQLite has no time zones, so the offset is dropped there and put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment without a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def money(name: str, *, nullable: bool = False) -> Any:
    """A Money attribute over the columns `<name>_minor` and `<name>_currency`."""
    return composite(
        Money,
        mapped_column(f"{name}_minor", BigInteger, nullable=nullable),
        mapped_column(f"{name}_currency", String(3), nullable=nullable),
        return_none_on=(lambda minor, _currency: minor is None) if nullable else None,
    )


# ---------------------------------------------------------------- transactions
_reading: ContextVar[bool] = ContextVar("reading", default=False)


@contextmanager
def read_only(value: bool = True) -> Iterator[None]:
    """Transactions opened inside only read; the database refuses a write."""
    token = _reading.set(value)
    try:
        yield
    finally:
        _reading.reset(token)


def set_read_only(value: bool) -> None:
    """The door's choice for the present request."""
    _reading.set(value)


def in_transaction() -> bool:
    """Whether the present session holds a transaction open. The payment gateway refuses to be called then."""
    return bool(db.session.registry.has() and db.session().in_transaction())


def _begin(connection: Connection) -> None:
    reading = _reading.get()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA query_only = {int(reading)}")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
    else:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        if raw.read_only != reading:
            raw.read_only = reading


def _connect_sqlite(raw: Any, _record: Any) -> None:
    raw.isolation_level = None  # transactions are ours, see _begin
    cursor = raw.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "busy_timeout = 15000", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def prepare_engine(engine: Engine) -> None:
    """Hang our transaction rules on `engine`; once for each engine."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _connect_sqlite)
    event.listen(engine, "begin", _begin)


def init_app(app: Flask) -> None:
    settings = app.config["AMICUS"]
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    # A failed statement is logged, and kept with the job that failed; the values may be somebody's secrets.
    options: dict[str, Any] = {"hide_parameters": True}
    if url.startswith("sqlite"):
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    else:
        options |= {"pool_size": settings.database_pool_size, "pool_pre_ping": True, "max_overflow": 5}
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)


def is_sqlite() -> bool:
    """Whether the present database is SQLite."""
    return db.engine.dialect.name == "sqlite"


def skip_locked() -> str:
    """The suffix that lets workers pass rows others hold; SQLite has one writer and needs none."""
    return "" if is_sqlite() else " FOR UPDATE SKIP LOCKED"


def rows(statement: Any, **values: Any) -> list[Row[Any]]:
    """All rows of a statement, as light tuples."""
    return list(db.session.execute(statement, values).all())


# ---------------------------------------------------------------- triggers
@dataclass(frozen=True)
class Trigger:
    """One trigger in both dialects. On PostgreSQL it calls a function of its own name.

    `writes_to` names other tables that it needs, `columns` those of its own table that it names: it is laid only where
    all of them are, which is not so half-way through the migrations.
    """

    name: str
    table: str
    sqlite: tuple[str, ...]
    postgresql: tuple[str, ...]
    writes_to: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


TRIGGERS: dict[str, Trigger] = {}


def register_trigger(trigger: Trigger) -> None:
    """Put `trigger` on the list that is laid anew after every migration (a SQLite batch change drops them silently)."""
    TRIGGERS[trigger.name] = trigger


def append_only(table: str) -> None:
    """Let the database refuse UPDATE and DELETE on `table`."""
    for verb in ("update", "delete"):
        name = f"{table}_no_{verb}"
        message = f"{table} is append-only"
        register_trigger(
            Trigger(
                name,
                table,
                (
                    f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{message}'); END",
                ),
                (
                    f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
                    f"$$ BEGIN RAISE EXCEPTION '{message}'; END $$",
                    f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
                ),
            )
        )


def drop_triggers(connection: Connection) -> None:
    """Drop every registered trigger, so that a migration can rebuild or drop any table."""
    for name in TRIGGERS:
        sqlite = connection.dialect.name == "sqlite"
        connection.exec_driver_sql(
            f"DROP TRIGGER IF EXISTS {name}" if sqlite else f"DROP FUNCTION IF EXISTS {name}() CASCADE"
        )


def lay_triggers(connection: Connection) -> None:
    """Drop and create every registered trigger whose table and columns exist."""
    drop_triggers(connection)
    sqlite = connection.dialect.name == "sqlite"
    looked = inspect(connection)
    columns = {table: {column["name"] for column in looked.get_columns(table)} for table in looked.get_table_names()}
    for trigger in TRIGGERS.values():
        if {trigger.table, *trigger.writes_to} <= columns.keys() and columns[trigger.table].issuperset(trigger.columns):
            for statement in trigger.sqlite if sqlite else trigger.postgresql:
                connection.exec_driver_sql(statement)


# ---------------------------------------------------------------- derived tables
@dataclass(frozen=True)
class Derived:
    """A table of one dialect's own kind, made from the rows of `table`, which can be thrown away and made again.

    No model describes it, and no migration: it is taken off before the first step and laid anew after the last. On
    SQLite it may bring further tables, whose names begin with its own.
    """

    name: str
    table: str
    sqlite: tuple[str, ...]
    postgresql: tuple[str, ...]


DERIVED: dict[str, Derived] = {}


def register_derived(derived: Derived) -> None:
    """Put `derived` on the list of tables that are laid anew after every migration."""
    DERIVED[derived.name] = derived


def is_derived(table: str) -> bool:
    """Whether `table` is on that list, or came with one that is."""
    return any(table == name or table.startswith(f"{name}_") for name in DERIVED)


def drop_derived(connection: Connection) -> None:
    """Take every derived table off."""
    for name in DERIVED:
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")


def lay_derived(connection: Connection) -> None:
    """Make every derived table anew whose rows exist."""
    drop_derived(connection)
    tables = set(inspect(connection).get_table_names())
    for derived in DERIVED.values():
        if derived.table in tables:
            sqlite = connection.dialect.name == "sqlite"
            for statement in derived.sqlite if sqlite else derived.postgresql:
                connection.exec_driver_sql(statement)


def trigger_names(connection: Connection) -> set[str]:
    """Names of the triggers the database holds now."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.dialect.name == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    return {row[0] for row in connection.execute(text(query))}
