"""What tests find ready: a portal on a migrated database, a browser for it, its clock, Stripe and mail.

Whatever asks for `app` runs on SQLite and on PostgreSQL, unless it is marked `browser` or `one_database`: then on
SQLite only. Tests of doors and letters take turns: half of them run on the one, half on the other, unless they are
marked `both_databases`; `--database sqlite --database postgresql` runs them all on both. Nothing outside this machine
is reached.

Why they may take turns: what a door asks of the database it asks through services and queries, whose tests run on
both; and `whole_house/test_csrf.py` opens every page as everybody on both, as `journeys` do with the great forms.
"""

import os
import zlib
from collections.abc import Sequence
from dataclasses import replace

import pytest
from argon2 import PasswordHasher

from app.accounts import service as accounts
from app.core import clock as house_clock
from app.database import db as database
from app.i18n import catalog
from app.web import assets
from tests.support.books import assert_sound, watch
from tests.support.common import Missing
from tests.support.databases import KINDS, Databases, check_deferred
from tests.support.network import close_network
from tests.support.pages import LookingClient
from tests.support.portal import portal
from tests.support.postgres import postgres_server
from tests.support.smtp import smtp_sink
from tests.support.stand_in import stand_in

# Tests of what speaks HTML or writes letters, by file or folder; in the folders of money everything runs on both.
DOORS = {
    *("web", "i18n", "test_views", "test_admin", "test_areas", "test_consent", "test_dashboard", "test_desk"),
    *("test_emails", "test_ending", "test_forms", "test_joining", "test_lawyers", "test_settings", "test_staff_home"),
    *("test_unsubscribe", "test_wizard"),
}
MONEY = {"ledger", "payments", "pledges"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=KINDS, action="append", help="run on this kind of database only")


def pytest_configure(config: pytest.Config) -> None:
    close_network()
    for name in [name for name in os.environ if name.startswith(("AMICUS_", "STRIPE_")) or name == "DATABASE_URL"]:
        del os.environ[name]
    # The same algorithm with less work; `service.COST` is what is used outside the tests.
    accounts._hasher = PasswordHasher.from_parameters(replace(accounts.COST, time_cost=1, memory_cost=8))
    if hasattr(config, "workerinput"):
        return
    assets.ensure_built()
    catalog.ensure_compiled()
    if config.getoption("numprocesses", None):
        try:
            postgres_server()  # the workers share it
        except Missing as missing:
            raise pytest.UsageError(str(missing)) from None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests measured (`record_property("figures", …)`), each on a line."""
    for report in terminalreporter.stats.get("passed", []):
        for name, words in report.user_properties:
            if name == "figures" and report.when == "call":
                terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]}: {words}")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        marks = {mark.name for mark in metafunc.definition.iter_markers()}
        kinds = metafunc.config.getoption("database") or _kinds_for(metafunc.definition, marks)
        metafunc.parametrize("database_kind", KINDS[:1] if marks & {"browser", "one_database"} else kinds)


def _kinds_for(test: pytest.Item, marks: set[str]) -> Sequence[str]:
    """Both kinds; one of them, by the test's name, for tests of what only calls services and queries."""
    folder = test.path.parent.name
    takes_turns = bool({test.path.stem, folder} & DOORS) and folder not in MONEY
    if not takes_turns or "both_databases" in marks:
        return KINDS
    return [KINDS[zlib.crc32(f"{test.path.name}::{test.name}".encode()) % 2]]


@pytest.fixture(scope="session")
def databases(tmp_path_factory):
    with Databases(tmp_path_factory.mktemp("template")) as databases:
        yield databases


@pytest.fixture(scope="session")
def stripe_server():
    with stand_in() as running:
        yield running


@pytest.fixture(scope="session")
def mail_server():
    with smtp_sink() as sink:
        yield sink


@pytest.fixture
def stripe(stripe_server):
    """A new and empty Stripe account, which is the portal's."""
    return stripe_server.account()


@pytest.fixture
def outbox(mail_server):
    """The mail server that the portal's letters are handed to, empty."""
    mail_server.clear()
    return mail_server


@pytest.fixture
def clock():
    """The house's clock; whatever a test does with it is undone."""
    yield house_clock
    house_clock.reset()


@pytest.fixture
def app(request, database_kind, databases, stripe, mail_server, tmp_path):
    """The portal on a database of its own, at https://localhost. Whoever pledges by its pages leaves sound books.

    `pytest.mark.settings(name=value)` changes settings.
    """
    marked = request.node.get_closest_marker("settings")
    with (
        databases.migrated(database_kind, tmp_path) as url,
        portal(
            tmp_path,
            database_url=url,
            stripe_api_base=stripe.url,
            stripe_secret_key=stripe.key,
            mail_host=mail_server.host,
            mail_port=mail_server.port,
            **(marked.kwargs if marked else {}),
        ) as app,
    ):
        app.test_client_class = LookingClient
        pledging = watch(app)
        yield app
        if pledging and not request.node.get_closest_marker("forged"):
            assert_sound(app)


@pytest.fixture
def sound_books(app):
    """After the test every promise of the books holds, whatever happened."""
    yield
    assert_sound(app)


@pytest.fixture
def client(app):
    """A browser without script."""
    return app.test_client()


@pytest.fixture
def db(app):
    """The database inside one transaction, which is undone after its deferred constraints were checked."""
    with app.app_context():
        yield database
        if database.session.is_active:
            check_deferred(database.session)
        database.session.rollback()
