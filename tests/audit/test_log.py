"""The audit log: what is in it stays in it, on either database."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app import database
from app.audit.models import AuditEntry
from app.audit.service import record
from app.database import db as tables
from tests.people import mina


@pytest.fixture
def logged(app):
    """One entry, committed."""
    with app.app_context():
        record("test.happened", mina(), actor_id=mina().id)
        tables.session.commit()
        yield


CHANGES = [
    "UPDATE audit_entries SET actor_id = NULL",
    "UPDATE audit_entries SET details = '{}'",
    "DELETE FROM audit_entries",
]


@pytest.mark.parametrize("statement", CHANGES)
def test_the_database_refuses_to_change_an_entry(logged, statement):
    with pytest.raises(DBAPIError, match="append-only"):
        tables.session.execute(text(statement))
    tables.session.rollback()
    assert tables.session.query(AuditEntry).filter_by(action="test.happened").count() == 1


@pytest.mark.parametrize("statement", CHANGES)
def test_without_the_triggers_it_would_be_changed(logged, statement):
    """The control."""
    connection = tables.session.connection()
    database.drop_triggers(connection)
    assert tables.session.execute(text(statement)).rowcount > 0
    tables.session.rollback()
