"""What can be found."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event

from app.cases.models import Case
from app.database import db as database
from app.lawyers.models import Lawyer
from app.search import index, queries
from app.stories.models import Story

OF = {"case": Case, "story": Story, "lawyer": Lawyer}


@pytest.fixture
def found(db):
    """`found("words", …)` brings the index up to date and gives titles and names, the best first."""

    def find(question, *args, **values):
        db.session.flush()
        index.write(index.take_notes(10_000))
        hits = queries.find(question, *args, **values).hits
        things = [db.session.get(OF[hit.kind], hit.of_id) for hit in hits]
        return [thing.user.name if isinstance(thing, Lawyer) else thing.title for thing in things]

    return find


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


@pytest.fixture
def statements(app):
    """What is asked of the database, as it is asked; clear it as you like."""
    asked = []

    def note(_connection, _cursor, statement, *_rest):
        if statement.startswith(("SELECT", "WITH")):
            asked.append(statement)

    with app.app_context():
        engine = database.engine
    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)
