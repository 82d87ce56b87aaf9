"""What the search looks through, and how it learns of changes.

`search_documents` holds the folded words of everything that anybody may find. The table `search_index` is made from it
in the database's own kind: FTS5 on SQLite, text vectors on PostgreSQL. Both are only a way to rows that the queries
then ask `access` about, so an index that is behind shows nothing that was taken back.

Rooms to the left do not know of the search. Triggers on their tables note what has changed, in the transaction that
changes it, whoever wrote; the worker reads the notes (`index.refresh`).
"""

from sqlalchemy import BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigId, Derived, Trigger, register_derived, register_trigger


class SearchDocument(Base):
    """The words of one case, story or lawyer: exactly one of the three keys is set. The newest has the highest `id`.

    `title` and `body` are what `words.written` makes of the text: folded words with single spaces between them.
    """

    __tablename__ = "search_documents"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), unique=True)
    story_id: Mapped[int | None] = mapped_column(ForeignKey("stories.id", ondelete="CASCADE"), unique=True)
    lawyer_id: Mapped[int | None] = mapped_column(ForeignKey("lawyers.id", ondelete="CASCADE"), unique=True)
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)


class SearchNote(Base):
    """A note that the words of a `case`, `story` or `lawyer` have changed. Written by triggers, never waited for.

    `mark` is the transaction's number on PostgreSQL, so that no two writers meet in one row; SQLite has one writer.
    """

    __tablename__ = "search_notes"

    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    of_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    mark: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


class SearchWord(Base):
    """A word that stands in some document, for whoever mistypes it."""

    __tablename__ = "search_words"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    word: Mapped[str] = mapped_column(String(40), unique=True)


class SearchGram(Base):
    """Three letters in a row of a word."""

    __tablename__ = "search_grams"

    gram: Mapped[str] = mapped_column(String(3), primary_key=True)
    word_id: Mapped[int] = mapped_column(
        ForeignKey("search_words.id", ondelete="CASCADE"), primary_key=True, index=True
    )


# ---------------------------------------------------------------- the index
def _vector(text: str) -> str:
    """English words by their stems, and every word as it is: Persian ones have no stemmer."""
    return f"(to_tsvector('english', {text}) || to_tsvector('simple', {text}))"


def _vectors(row: str) -> str:
    title, body = _vector(f"{row}title"), _vector(f"{row}body")
    return f"{title}, setweight({title}, 'A') || setweight({body}, 'D')"


register_derived(
    Derived(
        "search_index",
        "search_documents",
        (
            "CREATE VIRTUAL TABLE search_index USING fts5(title, body, content='search_documents', content_rowid='id', "
            "tokenize='porter unicode61')",
            "INSERT INTO search_index(search_index) VALUES ('rebuild')",
        ),
        (
            "CREATE TABLE search_index "
            "(document_id BIGINT PRIMARY KEY, title TSVECTOR NOT NULL, whole TSVECTOR NOT NULL)",
            f"INSERT INTO search_index SELECT id, {_vectors('')} FROM search_documents",  # noqa: S608 (our own names)
            "CREATE INDEX search_index_of_titles ON search_index USING gin (title)",
            "CREATE INDEX search_index_of_all ON search_index USING gin (whole)",
        ),
    )
)
_TAKE_OUT = "INSERT INTO search_index(search_index, rowid, title, body) VALUES ('delete', OLD.id, OLD.title, OLD.body);"
_PUT_IN = "INSERT INTO search_index(rowid, title, body) VALUES (NEW.id, NEW.title, NEW.body);"
_REPLACE = (
    f"INSERT INTO search_index SELECT NEW.id, {_vectors('NEW.')} "
    "ON CONFLICT (document_id) DO UPDATE SET title = excluded.title, whole = excluded.whole;"
)
_INDEXING = {
    "insert": (_PUT_IN, _REPLACE),
    "update": (_TAKE_OUT + _PUT_IN, _REPLACE),
    "delete": (_TAKE_OUT, "DELETE FROM search_index WHERE document_id = OLD.id;"),
}


def _on(
    name: str,
    table: str,
    event: str,
    sqlite: str,
    postgresql: str,
    writes_to: tuple[str, ...] = (),
    columns: tuple[str, ...] = (),
) -> None:
    """A trigger after each row of `event` on `table`, of which it names `columns`."""
    register_trigger(
        Trigger(
            name,
            table,
            (f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {sqlite} END",),
            (
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN {postgresql} RETURN NULL; END $$",
                f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
            ),
            writes_to,
            columns,
        )
    )


for _event, (_sqlite, _postgresql) in _INDEXING.items():
    _on(f"search_documents_{_event}", "search_documents", _event.upper(), _sqlite, _postgresql)

# ---------------------------------------------------------------- what is noted
# By table: what it speaks of, its id and where that comes from, and the columns whose words (or visibility) matter.
_NOTED = {
    "cases": (
        "case",
        "NEW.id",
        "",
        "title, summary, acting_for, respondent, court, claim_number, cause_of_action, relief_sought, who_benefits, "
        "story_markdown, area_id, lawyer_id, state, visibility, taken_down_at, restriction_changes",
    ),
    "outcomes": ("case", "NEW.case_id", "", "court, citation, quote, effect, tells_story"),
    "stories": ("story", "NEW.id", "", "title, lede, body_markdown, published_at, taken_down_at"),
    "lawyers": ("lawyer", "NEW.id", "", "firm, town, state"),
    "users": ("lawyer", "lawyers.id", "FROM lawyers WHERE lawyers.user_id = NEW.id", "name"),
}


def _note(kind: str, of_id: str, source: str, mark: str) -> str:
    return (
        f"INSERT INTO search_notes (kind, of_id, mark) SELECT '{kind}', {of_id}, {mark} {source or 'WHERE true'} "
        "ON CONFLICT DO NOTHING;"
    )


for _table, (_kind, _of_id, _source, _columns) in _NOTED.items():
    _notes = (_note(_kind, _of_id, _source, "0"), _note(_kind, _of_id, _source, "txid_current()"))
    for _event, _when in (("insert", "INSERT"), ("update", f"UPDATE OF {_columns}")):
        _named = tuple(_columns.split(", ")) if _event == "update" else ()
        _on(f"search_notes_{_table}_{_event}", _table, _when, *_notes, ("search_notes", "lawyers"), _named)
