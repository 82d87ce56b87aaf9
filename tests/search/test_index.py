"""Keeping what is looked through up to date."""

import pytest
from sqlalchemy import func, select, text

from app.accounts.models import User
from app.cases import service as cases
from app.cases import visibility
from app.cases.models import Case
from app.cases.states import Visibility
from app.database import db as database
from app.jobs import worker
from app.pledges import totals
from app.search import index, queries
from app.search.models import SearchDocument, SearchGram, SearchNote, SearchWord
from app.stories.models import Story
from tests.cases import stages
from tests.cases.backed import pledge
from tests.people import leila
from tests.updates import making


@pytest.fixture
def noted(db):
    """`noted()` gives what was noted since the last time."""

    def read():
        db.session.flush()
        return index.take_notes(10_000)

    return read


def test_every_change_of_words_is_noted_whoever_makes_it(db, noted):
    story = making.told(title="The pickers")
    case = story.outcome.case
    assert noted() >= {("case", case.id), ("story", story.id), ("lawyer", case.lawyer_id)} and noted() == set()
    case.respondent = "Another council"
    assert noted() == {("case", case.id)}
    story.lede = "They kept them."
    assert noted() == {("story", story.id)}
    db.session.execute(text("UPDATE lawyers SET firm = 'Other'"))
    assert noted() == {("lawyer", case.lawyer_id)}
    db.session.execute(text("UPDATE users SET name = 'L. F.' WHERE email = 'leila@example.org'"))
    assert noted() == {("lawyer", case.lawyer_id)}
    story.outcome.effect = "Everything changed."
    assert noted() == {("case", case.id)}


def test_what_changes_no_words_is_not_noted(db, noted):
    case = stages.live()
    noted()
    pledge(case, 25)
    case.version += 1
    db.session.add(User(email="x@example.org", name="X", password_hash="x", lang="en"))
    assert noted() == set()


def test_noting_the_same_twice_is_quiet(db, noted):
    case = stages.live()
    noted()
    for title in ("One", "Two", "Three"):
        case.title = title
        db.session.flush()
    assert noted() == {("case", case.id)}


def test_the_worker_keeps_the_index_up_to_date(app):
    with app.app_context():
        slug = stages.live(title="Clean water").slug
        database.session.commit()
        worker.beat(app)
        assert len(queries.find("water").hits) == 1
        case = database.session.scalars(select(Case).where(Case.slug == slug)).one()
        case.title, case.summary = "Clean air", "Nothing else."
        database.session.commit()
        worker.beat(app)
        assert queries.find("water").hits == [] and len(queries.find("air").hits) == 1
        assert database.session.scalar(select(func.count()).select_from(SearchNote)) == 0


def test_it_reads_some_notes_at_a_time_until_none_is_left(app):
    with app.app_context():
        for n in range(5):
            stages.live(title=f"River {n}")
        database.session.commit()
        read = []
        while number := index.refresh(most=2):
            read.append(number)
        assert sum(read) >= 6 and max(read) <= 2 and len(queries.find("river").hits) == 5


def test_what_may_not_be_found_any_more_is_taken_out(db, found):
    case, story = stages.live(title="Clean water"), making.told(title="The pickers")
    found("water")
    case.visibility = story.outcome.case.visibility = Visibility.PRIVATE
    found("water")
    left = db.session.scalars(select(SearchDocument)).all()
    assert [document.lawyer_id for document in left] == [leila().id]


def test_a_row_that_is_deleted_takes_its_words_with_it(db, found):
    story = making.told(title="The pickers")
    assert found("pickers")
    db.session.delete(db.session.get(Story, story.id))
    db.session.flush()
    assert queries.find("pickers").hits == []
    stages.live(title="The pickers again")
    assert found("pickers") == ["The pickers again"]


@pytest.mark.parametrize("end", ["private", "taken down"])
def test_what_nobody_may_find_any_more_leaves_no_word_behind(db, found, end):
    """Not for those either who mistype it; words that stand elsewhere stay."""
    case = stages.live(title="The orchard of Marlowe")
    stages.live(title="The orchard of Thornley")
    assert len(found("orchard")) == 2 and found("marlowe")
    if end == "private":
        visibility.make_private(case, actor_id=None)
    else:
        cases.take_down(case, "privacy", actor_id=None)
    assert found("marlowe") == [] and found("orchard") == ["The orchard of Thornley"]
    kept = set(db.session.scalars(select(SearchWord.word)))
    assert "orchard" in kept and "marlowe" not in kept
    assert db.session.scalar(select(SearchDocument.id).where(SearchDocument.case_id == case.id)) is None


def test_the_cases_of_a_lawyer_follow_their_name(db, found):
    stages.live(title="Clean water")
    leila().user.name = "Leila Moradi"
    assert found("moradi", ["case"]) == ["Clean water"] and found("farahani") == []


def test_a_rebuild_finds_the_same_and_forgets_what_is_gone(app):
    with app.app_context():
        stages.live(title="Clean water")
        making.told(title="The pickers")
        database.session.commit()
        index.refresh(10_000)
        hits = {words: queries.find(words).hits for words in ("water", "pickers", "farahani")}
        database.session.add(SearchWord(word="leftover"))
        database.session.commit()
        assert index.rebuild() == 4
        assert {words: queries.find(words).hits for words in hits} == hits and all(hits.values())
        words = set(database.session.scalars(select(SearchWord.word)))
        assert "leftover" not in words and "pickers" in words


def test_a_rebuild_of_nothing_puts_the_newest_last(app):
    with app.app_context():
        titles = [stages.live(title=f"River {n}").title for n in range(3)]
        database.session.commit()
        index.rebuild()
        query = select(Case.title).join(SearchDocument, SearchDocument.case_id == Case.id)
        assert list(database.session.scalars(query.order_by(SearchDocument.id))) == titles


def test_words_are_kept_once_with_their_letters(db, found):
    stages.live(title="River river RIVER 2026")
    stages.live(title="Another river")
    found("river")
    word = db.session.scalars(select(SearchWord).where(SearchWord.word == "river")).one()
    grams = set(db.session.scalars(select(SearchGram.gram).where(SearchGram.word_id == word.id)))
    assert grams == {"  r", " ri", "riv", "ive", "ver", "er "}
    assert db.session.scalar(select(SearchWord.id).where(SearchWord.word == "2026")) is None


def test_two_writers_never_write_at_once(app, database_kind):
    """On PostgreSQL the second finds the lock taken and leaves the notes for the next second."""
    if database_kind == "sqlite":
        return  # it has one writer
    with app.app_context():
        stages.live(title="Clean water")
        database.session.commit()
        with database.engine.connect() as other:
            other.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": index.LOCK})
            assert index.refresh() == 0
            other.rollback()
        assert index.refresh() > 0


def test_rolling_up_totals_leaves_no_notes(app):
    with app.app_context():
        pledge(stages.live(), 25)
        database.session.commit()
        index.refresh(10_000)
        totals.roll_up()
        assert index.refresh() == 0


def test_operators_rebuild_by_a_command(app):
    with app.app_context():
        cases.end_raising(making.funded())
        database.session.commit()
    said = app.test_cli_runner().invoke(args=["search", "rebuild"])
    assert said.exit_code == 0 and said.output == "2 cases, stories and lawyers can be found.\n"
