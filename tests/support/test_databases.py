import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError

from app.cases.models import Area
from app.database import db as database
from app.database import metadata
from app.ledger.models import Posting
from tests import people
from tests.support.databases import check_deferred
from tests.support.portal import portal


def counts():
    """How many rows every table has."""
    return {
        name: database.session.scalar(select(func.count()).select_from(table))
        for name, table in metadata.tables.items()
    }


def test_the_next_test_finds_the_database_as_after_its_migrations(database_kind, databases, tmp_path):
    folders = tmp_path / "first", tmp_path / "second"
    for folder in folders:
        folder.mkdir()
        with (
            databases.migrated(database_kind, folder) as url,
            portal(folder, database_url=url) as app,
            app.app_context(),
        ):
            assert counts() == dict.fromkeys(metadata.tables, 0) | {"areas": 7}
            assert people.leila().id == 1
            database.session.execute(text("DELETE FROM areas WHERE slug = 'other'"))
            database.session.add(Area(slug="sea", position=8, **dict.fromkeys(_words, "x")))
            database.session.flush()
            assert database.session.scalar(select(Area.id).where(Area.slug == "sea")) in (7, 8)
            database.session.commit()


_words = ("name_en", "name_fa", "blurb_en", "blurb_fa", "icon", "art")


def test_a_unit_test_ends_with_the_checks_of_a_commit(db):
    orphan = {"entry_id": 900, "account": "test", "minor": 5, "currency": "GBP"}
    with pytest.raises((AssertionError, IntegrityError)), db.session.begin_nested():
        db.session.execute(insert(Posting).values(orphan))
        check_deferred(db.session)
