"""A funded case, and looks at what became of it."""

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.cases.models import Case
from app.core.clock import real_now
from app.database import db as database
from app.jobs import queue
from app.mail.models import OutgoingLetter
from tests.people import browser_of, leila
from tests.updates import making


@pytest.fixture(autouse=True)
def noon(clock):
    """It is noon, so that no day turns while a test looks, whatever the season does to the hour."""
    clock.set(real_now().replace(hour=12, minute=0, second=0, microsecond=0))


@pytest.fixture
def case(db):
    """A public case of Leila's that met its target; Omid has paid."""
    return making.funded()


@pytest.fixture
def lawyer(app):
    """A browser in which Leila is signed in."""
    return browser_of(app, leila)


@pytest.fixture
def made(app):
    """`made(function, …)` makes a case in a transaction of its own; the address of its page on the dashboard."""

    def make(function=making.funded, *args, **values):
        with app.app_context():
            result = function(*args, **values)
            case = result if isinstance(result, Case) else result.case
            database.session.commit()
            return f"/dashboard/cases/{case.public_id}"

    return make


@pytest.fixture
def case_of(app):
    """`case_of(page)` gives (slug, state, version) of the case behind an address of the dashboard."""

    def look(page):
        with app.app_context():
            case = database.session.scalars(select(Case).where(Case.public_id == page.split("/")[3])).one()
            return case.slug, case.state, case.version

    return look


@pytest.fixture
def letters(app):
    """`letters()` does the deferred work, then gives (name, address) of every letter, oldest first."""

    def all_of_them():
        with app.app_context():
            queue.drain()
            rows = database.session.scalars(select(OutgoingLetter).order_by(OutgoingLetter.id))
            return [(row.name, row.to) for row in rows if row.name.startswith(("updates.", "stories."))]

    return all_of_them


@pytest.fixture
def audited(db):
    """`audited(row)` gives what was written into the audit log about it, oldest first."""

    def actions(row):
        db.session.flush()
        mine = (AuditEntry.subject_kind == row.__tablename__, AuditEntry.subject_id == row.id)
        return list(db.session.scalars(select(AuditEntry.action).where(*mine).order_by(AuditEntry.id)))

    return actions
