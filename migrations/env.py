"""How migrations run.

The whole way up or down is one transaction on both engines, so a migration that is killed has done nothing. Triggers
and search tables are taken off before the first step and laid anew from their lists after the last: SQLite drops
triggers with a table that is rebuilt, and refuses to rename a table that a trigger elsewhere speaks of. SQLite rebuilds
tables with foreign keys off, because dropping the old one would delete all child rows by cascade; afterwards every key
is checked.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from alembic import context
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import current_app
from sqlalchemy import BigInteger, Connection, text
from sqlalchemy.dialects import sqlite

from app import database

HEAD = Path(__file__).with_name("head.txt")
LOCK = 5_011_851  # any number, as long as nobody else locks it


def number_it(_context: Any, _revision: Any, directives: list[Any]) -> None:
    """Give a new migration the next number, and write that down: two made side by side then collide in one line."""
    script = directives[0]
    if getattr(context.config.cmd_opts, "autogenerate", False) and script.upgrade_ops.is_empty():
        click.echo("The models and the migrations agree; nothing to write.")
        directives[:] = []
        return
    last = ScriptDirectory.from_config(context.config).get_current_head()
    script.rev_id = f"{int(last or 0) + 1:04d}"
    HEAD.write_text(f"{script.rev_id}\n")


def plainly(kind: str, item: Any, _context: Any) -> str | bool:
    """Write our own types into a new migration by the names that `script.py.mako` gives to plain ones."""
    if kind == "type" and isinstance(item, database.UTCDateTime):
        return "Moment"
    if kind == "type" and isinstance(item, BigInteger):
        return False if isinstance(item.dialect_impl(sqlite.dialect()), BigInteger) else "Id"
    return False


def ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Whether models and migrations speak of it: they know nothing of derived tables."""
    return kind != "table" or name is None or not database.is_derived(name)


def say(step: Any, **_rest: Any) -> None:
    """Tell the operator what is being done."""
    click.echo(f"{'up  ' if step.is_upgrade else 'down'} {step.up_revision_id} {step.up_revision.doc}")


@contextmanager
def without_foreign_keys(connection: Connection) -> Iterator[None]:
    """SQLite only: no cascades inside. The switch does nothing in a transaction, so it goes around it."""
    if connection.dialect.name != "sqlite":
        yield
        return
    raw: Any = connection.connection.dbapi_connection
    raw.execute("PRAGMA foreign_keys = OFF")
    assert raw.execute("PRAGMA foreign_keys").fetchone() == (0,), "foreign keys are still on"
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys = ON")


def migrate(connection: Connection) -> None:
    """Take the steps that were asked for, inside one transaction that the caller opened."""
    is_sqlite = connection.dialect.name == "sqlite"
    if not is_sqlite:  # SQLite has one writer; here a second `flask db upgrade` waits and then finds nothing to do
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    database.drop_triggers(connection)
    database.drop_derived(connection)
    context.run_migrations()
    if is_sqlite:
        refuse_orphans(connection.execute(text("PRAGMA foreign_key_check")))
    database.lay_derived(connection)
    database.lay_triggers(connection)


def refuse_orphans(rows: Iterable[Any]) -> None:
    """Undo everything if a row points at nothing."""
    orphans = sorted({f"{child} → {parent}" for child, _rowid, parent, _key in rows})
    if orphans:
        raise CommandError(f"Nothing was changed: rows would point at nothing ({', '.join(orphans)}).")


def run() -> None:
    if context.is_offline_mode():
        raise CommandError("Migrations need the database: they check it, and they lay triggers.")
    options = current_app.extensions["migrate"].configure_args
    with database.db.engine.connect() as connection, without_foreign_keys(connection):
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            transactional_ddl=True,
            on_version_apply=say,
            render_item=plainly,
            include_name=ours,
            **{"process_revision_directives": number_it, **options},
        )
        with context.begin_transaction():
            if context.get_context().opts.get("dont_mutate"):  # `flask db current`, `check` and their like only look
                context.run_migrations()
            else:
                migrate(connection)


run()
