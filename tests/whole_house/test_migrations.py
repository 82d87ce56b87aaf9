"""Migrations: they make what the models say, lose nothing on the way, and run whole or not at all."""

import os
import shutil
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import JSON, MetaData, Table, UniqueConstraint, func, inspect, select, text
from sqlalchemy.exc import IntegrityError

from app import database
from app.cases.models import Area
from app.web import assets, icons
from config import ROOT
from tests.support.databases import downgrade, upgrade
from tests.support.portal import portal

FOLDER = ROOT / "migrations"
NUMBERS = sorted(path.name[:4] for path in (FOLDER / "versions").glob("*.py"))
VALUES = {int: 1, str: "a", bool: True, datetime: datetime(2026, 5, 1, 12, tzinfo=UTC), date: date(2026, 5, 1)}


@pytest.fixture
def bare(database_kind, databases, tmp_path):
    """A portal whose database has no table yet."""
    with databases.empty(database_kind) as url, portal(tmp_path, database_url=url) as app:
        yield app


@pytest.fixture
def more_migrations(tmp_path):
    """`more_migrations("body")` gives a folder with our migrations and one more whose `upgrade` does that."""

    def write(body: str) -> Path:
        folder = tmp_path / "migrations"
        shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
        frame = "import sqlalchemy as sa\nfrom alembic import op\nrevision = '9999'\ndown_revision = {!r}\n"
        code = f"{frame.format(NUMBERS[-1])}\n\ndef upgrade():\n    {body}\n"
        (folder / "versions" / "9999_more.py").write_text(code)
        return folder

    return write


# ---------------------------------------------------------------- rows in every table
def value_of(column):
    if isinstance(column.type, JSON):
        return {"of": column.name}
    return VALUES[column.type.python_type]


def rows_for(table: Table) -> list[dict[str, object]]:
    """One row whose keys point at the first row of the tables it depends on; postings go in pairs."""
    row = {column.name: value_of(column) for column in table.columns}
    return [row, row | {"id": 2, "minor": -1}] if table.name == "postings" else [row]


def tables_of(connection) -> list[Table]:
    """What is there now, parents first; but postings come before their entry, as in the books."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: not database.is_derived(name))
    tables = {table.name: table for table in found.sorted_tables if table.name != "alembic_version"}
    entries = [tables.pop(name) for name in ("postings", "entries") if name in tables]
    return [*tables.values(), *entries]


def fill(app) -> None:
    """Put rows into every table that has none."""
    with app.app_context(), database.db.engine.begin() as connection:
        for table in tables_of(connection):
            if not connection.scalar(select(func.count()).select_from(table)):
                connection.execute(table.insert(), rows_for(table))


Rows = dict[str, list[dict[str, str]]]


Laid = dict[str, set[tuple[object, ...]]]


def contents(app) -> tuple[Rows, set[str]]:
    """Every row by table, and the triggers."""
    rows, triggers, _laid = look(app)
    return rows, triggers


def look(app) -> tuple[Rows, set[str], Laid]:
    """The same, and the indexes and unique constraints of each table: name, whether an index is unique, columns."""
    with app.app_context(), database.db.engine.connect() as connection:
        tables = tables_of(connection)
        rows = {
            table.name: sorted(
                (
                    {name: str(value) for name, value in row.items()}
                    for row in connection.execute(select(table)).mappings()
                ),
                key=str,
            )
            for table in tables
        }
        laid: Laid = {
            table.name: {(one.name, one.unique, *one.columns.keys()) for one in table.indexes}
            | {(one.name, *one.columns.keys()) for one in table.constraints if isinstance(one, UniqueConstraint)}
            for table in tables
        }
        return rows, database.trigger_names(connection), laid


def kept(rows: Rows, other: Rows) -> Rows:
    """Of `rows` what `other` has a place for: its tables, and their columns."""
    columns = {name: set(found[0]) if found else set() for name, found in other.items()}
    return {
        name: sorted(({key: row[key] for key in row if key in columns[name]} for row in found), key=str)
        for name, found in rows.items()
        if name in other
    }


def wanted_triggers(rows: Rows) -> set[str]:
    """Those whose tables are there, with the columns that they name."""
    return {
        name
        for name, trigger in database.TRIGGERS.items()
        if {trigger.table, *trigger.writes_to} <= rows.keys()
        and all(set(trigger.columns) <= row.keys() for row in rows[trigger.table])
    }


def test_rows_of_ours_reach_every_table(app):
    fill(app)
    rows, _triggers = contents(app)
    assert rows.keys() == database.metadata.tables.keys() and all(rows.values())


# ---------------------------------------------------------------- models and migrations
def ours(name, kind, _parents):
    return kind != "table" or not database.is_derived(name)


COMPARING = {"compare_type": True, "include_name": ours}


def test_models_equal_migrations(app):
    with app.app_context(), database.db.engine.connect() as connection:
        seen = MigrationContext.configure(connection, opts=COMPARING)
        assert compare_metadata(seen, database.metadata) == []
        assert database.trigger_names(connection) == set(database.TRIGGERS)


def test_the_comparison_would_see_a_difference(app):
    with app.app_context(), database.db.engine.connect() as connection:
        connection.execute(text("DROP INDEX ix_pledges_case"))
        connection.execute(text("ALTER TABLE users ADD COLUMN shoe_size INTEGER"))
        seen = MigrationContext.configure(connection, opts=COMPARING)
        found = {difference[0] for difference in compare_metadata(seen, database.metadata)}
        assert found == {"add_index", "remove_column"}
        connection.rollback()


def test_migrations_are_numbered_in_one_line_and_the_head_file_names_the_last():
    script = ScriptDirectory(str(FOLDER))
    line = [step.revision for step in script.walk_revisions()][::-1]
    assert line == NUMBERS == [f"{n:04d}" for n in range(1, len(NUMBERS) + 1)]
    assert (FOLDER / "head.txt").read_text() == f"{script.get_current_head()}\n", (
        "Two migrations were made side by side. Renumber yours and write its number into migrations/head.txt."
    )


def test_a_new_migration_gets_the_next_number(bare, more_migrations):
    folder = more_migrations("pass")
    with bare.app_context():
        config = bare.extensions["migrate"].migrate.get_config(folder)
        command.revision(config, "One more thing.", head="9999")
    assert (folder / "versions" / "10000_one_more_thing.py").exists()
    assert (folder / "head.txt").read_text() == "10000\n"


def test_a_new_migration_is_written_in_plain_types(bare, more_migrations):
    folder = more_migrations('op.drop_table("postings"); op.drop_table("entries")')
    upgrade(bare, folder=folder)
    with bare.app_context():
        config = bare.extensions["migrate"].migrate.get_config(folder)
        command.revision(config, "Books again.", autogenerate=True)
    (written,) = (folder / "versions").glob("10000_*.py")
    assert "app.database" not in written.read_text()
    upgrade(bare, folder=folder)
    with bare.app_context(), database.db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=COMPARING), database.metadata) == []
        assert database.trigger_names(connection) == set(database.TRIGGERS)


def test_a_fresh_install_lists_exactly_the_seven_areas_in_both_languages(app):
    with app.app_context():
        areas = database.db.session.scalars(select(Area).order_by(Area.position)).all()
        assert [(area.slug, area.name("en"), area.name("fa")) for area in areas] == [
            ("government", "Government & civil liberties", "دولت و آزادی‌های مدنی"),
            ("employment", "Employment & discrimination", "استخدام و تبعیض"),
            ("immigration", "Immigration", "مهاجرت"),
            ("human-rights", "Human rights & equality", "حقوق بشر و برابری"),
            ("criminal-justice", "Criminal justice", "عدالت کیفری"),
            ("environment", "Environment", "محیط زیست"),
            ("other", "Other", "سایر"),
        ]
        assert all(icons.icon(area.icon) and assets.asset(f"img/art/{area.art}.svg") for area in areas)


# ---------------------------------------------------------------- up and down with data
def test_every_step_up_and_down_keeps_all_rows_and_triggers(bare):
    for number in NUMBERS:
        upgrade(bare, number)
        fill(bare)
        before, triggers = contents(bare)
        assert triggers == wanted_triggers(before)
        if number != NUMBERS[-1]:
            upgrade(bare, "+1")
            after, triggers = contents(bare)
            assert kept(after, before) == kept(before, after) and triggers == wanted_triggers(after)
            assert before.keys() <= after.keys()
    for number in NUMBERS[-2::-1]:
        before, _triggers = contents(bare)
        downgrade(bare, number)
        after, triggers = contents(bare)
        assert kept(after, before) == kept(before, after) and triggers == wanted_triggers(after)
        assert after.keys() <= before.keys()


def test_every_step_back_to_the_figures_and_up_again_finds_rows_triggers_and_indexes(bare):
    steps = NUMBERS[NUMBERS.index("0019") :]
    stood = {}
    for number in steps:
        upgrade(bare, number)
        fill(bare)
        stood[number] = look(bare)
    for number in steps[-2::-1]:
        downgrade(bare, number)
        assert look(bare) == stood[number]
    upgrade(bare)
    rows, triggers, laid = look(bare)
    before = stood[steps[0]][0]
    assert kept(rows, before) == kept(before, rows) and before.keys() <= rows.keys()
    assert (triggers, laid) == stood[steps[-1]][1:]


def test_a_lost_index_would_be_seen(bare):
    upgrade(bare)
    before = look(bare)
    with bare.app_context(), database.db.engine.begin() as connection:
        connection.execute(text("DROP INDEX ix_pledges_case"))
    rows, triggers, laid = look(bare)
    assert (rows, triggers) == before[:2]
    assert [name for name in laid if laid[name] != before[2][name]] == ["pledges"]


def test_down_to_nothing_and_up_again_with_data(bare):
    upgrade(bare)
    fill(bare)
    downgrade(bare, "base")
    assert contents(bare) == ({}, set())
    upgrade(bare)
    fill(bare)
    rows, triggers = contents(bare)
    assert rows.keys() == database.metadata.tables.keys() and triggers == set(database.TRIGGERS)


def test_no_function_of_a_trigger_outlives_its_table(bare):
    upgrade(bare)
    downgrade(bare, "base")
    with bare.app_context(), database.db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            functions = connection.scalars(
                text("SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
            )
            assert functions.all() == []


# ---------------------------------------------------------------- rebuilding a table
REBUILD_ALL = """for table in sa.inspect(op.get_bind()).get_table_names():
        if table != "alembic_version":
            with op.batch_alter_table(table, recreate="always" if op.get_bind().dialect.name == "sqlite" else "auto"):
                pass"""


def test_a_migration_may_rebuild_every_table(bare, more_migrations):
    upgrade(bare)
    fill(bare)
    before = contents(bare)
    upgrade(bare, folder=more_migrations(REBUILD_ALL))
    assert contents(bare) == before
    with bare.app_context(), database.db.engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
        assert compare_metadata(MigrationContext.configure(connection, opts=COMPARING), database.metadata) == []
        if connection.dialect.name == "sqlite":
            assert connection.scalar(text("PRAGMA foreign_keys")) == 1


@pytest.mark.one_database
def test_a_rebuild_without_our_care_loses_child_rows_and_triggers(app):
    fill(app)
    before, triggers = contents(app)
    with app.app_context(), database.db.engine.begin() as connection:
        operations = Operations(MigrationContext.configure(connection))
        for table in ("pledges", "audit_entries"):
            with operations.batch_alter_table(table, recreate="always"):
                pass
    after, left = contents(app)
    assert before["charge_attempts"] and not after["charge_attempts"]
    assert triggers - left == {"audit_entries_no_update", "audit_entries_no_delete"}


# ---------------------------------------------------------------- whole or not at all
def test_a_migration_that_would_leave_orphans_changes_nothing(bare, more_migrations):
    upgrade(bare)
    fill(bare)
    before = contents(bare)
    with pytest.raises((CommandError, IntegrityError)) as refused:
        upgrade(bare, folder=more_migrations('op.execute("DELETE FROM lawyers")'))
    assert "lawyer" in str(refused.value) and contents(bare) == before


def test_a_migration_that_fails_half_way_has_done_nothing(bare, more_migrations):
    upgrade(bare, "0011")
    folder = more_migrations('op.create_table("half", sa.Column("id", sa.Integer())); raise ZeroDivisionError')
    with pytest.raises(ZeroDivisionError):
        upgrade(bare, folder=folder)
    with bare.app_context():
        assert not {"half", "entries"} & set(inspect(database.db.engine).get_table_names())
    upgrade(bare)
    assert contents(bare)[1] == set(database.TRIGGERS)


def test_two_upgrades_at_once_both_end_well(bare):
    settings = bare.config["AMICUS"]
    environment = {
        **os.environ,
        "FLASK_APP": "wsgi:app",
        "AMICUS_BASE_URL": settings.base_url,
        "AMICUS_SECRET_KEY": settings.secret_key.get_secret_value(),
        "AMICUS_DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": settings.database_url,
        "STRIPE_SECRET_KEY": settings.stripe_secret_key.get_secret_value(),
        "STRIPE_WEBHOOK_SECRET": settings.stripe_webhook_secret.get_secret_value(),
    }
    order = [sys.executable, "-m", "flask", "db", "upgrade"]
    both = [
        subprocess.Popen(order, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(2)
    ]
    said = [upgrading.communicate(timeout=60)[0] for upgrading in both]
    assert [upgrading.returncode for upgrading in both] == [0, 0], said
    steps = Counter(line for words in said for line in words.splitlines() if line.startswith("up "))
    assert len(steps) == len(NUMBERS) and set(steps.values()) == {1}


def test_the_database_is_only_looked_at_by_those_who_ask_where_it_stands(bare, capsys):
    upgrade(bare)
    with bare.app_context():
        with database.db.engine.begin() as connection:
            database.drop_triggers(connection)
        command.current(bare.extensions["migrate"].migrate.get_config())
        with database.db.engine.connect() as connection:
            assert database.trigger_names(connection) == set()
