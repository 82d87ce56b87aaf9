"""A migrated database for each test, on both engines, as if it were new.

Each process migrates once on each engine. On SQLite a test gets a copy of the file. On PostgreSQL all tests of a
process share one database, which is swept after each: copying one takes 160 ms there, sweeping it 2.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from functools import cached_property
from io import StringIO
from pathlib import Path
from typing import Self

import psycopg
from alembic import command
from flask import Flask
from psycopg import sql
from sqlalchemy import make_url, text
from sqlalchemy.orm import Session, scoped_session

from app.database import DERIVED, metadata
from tests.support.portal import portal
from tests.support.postgres import create_database, drop_database, postgres_server

KINDS = ("sqlite", "postgresql")


def upgrade(app: Flask, revision: str = "head", folder: Path | None = None) -> None:
    """Migrate the application's database, as ``flask db upgrade`` does; with the migrations in `folder` if given."""
    with app.app_context(), redirect_stdout(StringIO()):
        command.upgrade(app.extensions["migrate"].migrate.get_config(folder), revision)


def downgrade(app: Flask, revision: str, folder: Path | None = None) -> None:
    """Take the application's database back to `revision`, as ``flask db downgrade`` does."""
    with app.app_context(), redirect_stdout(StringIO()):
        command.downgrade(app.extensions["migrate"].migrate.get_config(folder), revision)


def check_deferred(session: "Session | scoped_session[Session]") -> None:
    """Check now what the database would check at commit. Raises AssertionError or IntegrityError."""
    session.flush()
    if session.get_bind().dialect.name == "sqlite":
        orphans = session.execute(text("PRAGMA foreign_key_check")).all()
        assert orphans == [], f"Rows that point at nothing: {orphans}"
    else:
        session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


class Databases:
    """Migrated databases of this process, made when first asked for and gone at the end of the `with` block."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @contextmanager
    def migrated(self, kind: str, data_dir: Path) -> Iterator[str]:
        """A database at the newest migration; its URL, empty for the file that belongs into `data_dir`."""
        if kind == "sqlite":
            shutil.copyfile(self._sqlite_file, data_dir / "amicus.sqlite3")
            yield ""
            return
        yield self._postgres_url
        _sweep(self._postgres_url)

    @contextmanager
    def empty(self, kind: str) -> Iterator[str]:
        """A database without any table; its URL, empty for SQLite."""
        if kind == "sqlite":
            yield ""
            return
        server, name = postgres_server(), f"amicus_{os.getpid()}_empty"
        yield create_database(server, name)
        drop_database(server, name)

    @cached_property
    def _sqlite_file(self) -> Path:
        with portal(self._folder) as app:
            upgrade(app)
        return self._folder / "amicus.sqlite3"

    @cached_property
    def _postgres_url(self) -> str:
        server, name = postgres_server(), f"amicus_{os.getpid()}"
        url = create_database(server, name)
        self._open.callback(drop_database, server, name)
        with portal(self._folder, database_url=url) as app:
            upgrade(app)
        with _connected(url) as connection:
            connection.execute("CREATE SCHEMA laid; CREATE TABLE laid.areas AS TABLE areas")
            _hold_sequences(connection)
        return url


@contextmanager
def _connected(url: str) -> Iterator["psycopg.Connection"]:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        yield connection


def _hold_sequences(connection: "psycopg.Connection") -> None:
    connection.execute("CREATE TABLE laid.sequences AS SELECT sequencename, last_value FROM pg_sequences")


def _sweep(url: str) -> None:
    """Make the database as it was after its migrations. Whoever still has a transaction open there is an error."""
    tables = sql.SQL("; ").join(
        sql.SQL("DELETE FROM {}").format(sql.Identifier(name))
        for name in (*metadata.tables, *DERIVED)
        if name != "alembic_version"
    )
    with _connected(url) as connection:
        # As a replica: neither triggers nor foreign keys are asked.
        connection.execute("SET session_replication_role = replica; SET lock_timeout = '10s'")
        connection.execute(tables)
        connection.execute("INSERT INTO areas TABLE laid.areas")
        connection.execute(
            "SELECT setval(sequencename::text, coalesce(last_value, 1), last_value IS NOT NULL) FROM laid.sequences"
        )
