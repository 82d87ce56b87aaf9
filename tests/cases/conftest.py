"""Looks at what happened to a case."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event, select

from app.audit.models import AuditEntry
from app.cases.models import Case
from app.database import db as database
from app.mail.models import OutgoingLetter
from tests.cases import stages


@pytest.fixture
def case(db):
    """A complete public draft of Leila's."""
    return stages.draft()


@pytest.fixture
def audited(db):
    """`audited(case)` gives what was written into the audit log about it, oldest first."""

    def actions(case):
        db.session.flush()
        entries = select(AuditEntry.action).where(AuditEntry.subject_kind == "cases", AuditEntry.subject_id == case.id)
        return list(db.session.scalars(entries.order_by(AuditEntry.id)))

    return actions


@pytest.fixture
def told(db):
    """`told(case)` gives the names of the letters written down about it, oldest first."""

    def names(case):
        db.session.flush()
        letters = db.session.scalars(select(OutgoingLetter).order_by(OutgoingLetter.id))
        return [letter.name for letter in letters if letter.facts == {"case": case.id}]

    return names


@pytest.fixture
def made(app):
    """`made(function, …)` makes cases in a transaction of its own; the public id of the (first) case."""

    def make(function, *args, **values):
        with app.app_context():
            result = function(*args, **values)
            case = result if isinstance(result, Case) else result[0]
            database.session.commit()
            return case.public_id

    return make


@pytest.fixture
def queries_asked(db):
    """`with queries_asked() as asked:` collects the statements sent to the database meanwhile."""

    @contextmanager
    def collect():
        asked = []

        def note(_connection, _cursor, statement, *_rest):
            asked.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield asked
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return collect
