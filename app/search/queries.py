"""Finding by words. Whatever the index holds, each match is asked about through `access` in the same statement."""

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, and_, column, exists, func, literal_column, or_, select, table, text

from app.cases import access as cases
from app.cases.models import Case
from app.database import db, is_sqlite
from app.lawyers.models import Lawyer
from app.lawyers.states import LawyerState
from app.search import words
from app.search.models import SearchDocument, SearchGram, SearchWord
from app.stories import access as stories
from app.stories.models import Story
from app.updates.models import Outcome

MOST = 300  # of the newest matches are ranked
_CANDIDATES = 40
KINDS = ("case", "story", "lawyer")
Matches = Select[int, int | None, int | None, int | None, float]  # the document, what it is of, and its rank


@dataclass(frozen=True)
class Hit:
    """One match: what it is (`kind`), the id of that, and the document's own, which names the place on a list."""

    kind: str
    of_id: int
    document_id: int


@dataclass(frozen=True)
class Found:
    """Matches, the best first; `words` is what they hold. `instead`: what was looked for, if nothing held `asked`."""

    hits: list[Hit] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    instead: str = ""


def find(question: str, kinds: Collection[str] = KINDS, *among: ColumnElement[bool]) -> Found:
    """What holds all words of `question`; where nothing does, mistyped words are mended once.

    `among` narrows the cases. A question without any word finds nothing.
    """
    asked = words.asked(question)
    if not asked:
        return Found()
    visible = _visible(kinds, among)
    if hits := _ranked(asked, visible):
        return Found(hits, asked)
    mended = _mended(asked)
    if mended != asked and (hits := _ranked(mended, visible)):
        return Found(hits, mended, " ".join(mended))
    return Found([], asked)


def _visible(kinds: Collection[str], among: Collection[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Documents of what anybody may find, by the rules of the rooms that it belongs to."""
    of = SearchDocument
    story = select(Story.id).join(Story.outcome).join(Outcome.case).where(Story.id == of.story_id, stories.out())
    ways = {
        "case": and_(of.case_id.is_not(None), exists().where(Case.id == of.case_id, cases.listed(), *among)),
        "story": and_(of.story_id.is_not(None), story.correlate(of).exists()),
        "lawyer": exists().where(Lawyer.id == of.lawyer_id, Lawyer.state == LawyerState.VERIFIED),
    }
    return or_(*(ways[kind] for kind in KINDS if kind in kinds))


def _ranked(wanted: list[str], visible: ColumnElement[bool]) -> list[Hit]:
    """The newest matches by title, the best first; then the newest by any word."""
    hits: dict[int, Hit] = {}
    for only_titles in (True, False):
        query = (_fts if is_sqlite() else _vectors)(wanted, only_titles).where(visible)
        rows = db.session.execute(query).all()
        for document_id, *ids, _rank in sorted(rows, key=lambda row: (-row[-1], -row[0])):
            kind, of_id = next((kind, of_id) for kind, of_id in zip(KINDS, ids, strict=True) if of_id is not None)
            hits.setdefault(document_id, Hit(kind, of_id, document_id))
    return list(hits.values())


_COLUMNS = (SearchDocument.id, SearchDocument.case_id, SearchDocument.story_id, SearchDocument.lawyer_id)


def _fts(wanted: list[str], only_titles: bool) -> Matches:
    """SQLite's way: each word a phrase, so that nothing in it is an operator; FTS5 goes through its rows backwards."""
    index = table("search_index", column("rowid"))
    phrases = " ".join(f'"{word}"' for word in wanted)
    asked = text("search_index MATCH :asked").bindparams(asked=f"title : ({phrases})" if only_titles else phrases)
    rank: ColumnElement[float] = literal_column("-bm25(search_index, 10.0, 1.0)")
    query = select(*_COLUMNS, rank).select_from(index).join(SearchDocument, SearchDocument.id == index.c.rowid)
    return query.where(asked).order_by(index.c.rowid.desc()).limit(MOST)


def _vectors(wanted: list[str], only_titles: bool) -> Matches:
    """PostgreSQL's way."""
    index = table("search_index", column("document_id"), column("title"), column("whole"))
    phrase = " ".join(wanted)
    asked = func.plainto_tsquery("english", phrase).op("||")(func.plainto_tsquery("simple", phrase))
    rank: ColumnElement[float] = func.ts_rank(index.c.whole, asked)
    query = select(*_COLUMNS, rank).select_from(index).join(SearchDocument, SearchDocument.id == index.c.document_id)
    matched = (index.c.title if only_titles else index.c.whole).op("@@")(asked)
    return query.where(matched).order_by(index.c.document_id.desc()).limit(MOST)


# ---------------------------------------------------------------- mistyped words
def _mended(asked: list[str]) -> list[str]:
    """`asked`, each word that stands nowhere replaced by the nearest that does, if one is near enough."""
    known = set(db.session.scalars(select(SearchWord.word).where(SearchWord.word.in_(asked))))
    return [word if word in known or not words.is_mendable(word) else _nearest(word) for word in asked]


def _nearest(word: str) -> str:
    shared = func.count()
    alike = (
        select(SearchWord.word)
        .join(SearchGram, SearchGram.word_id == SearchWord.id)
        .where(SearchGram.gram.in_(words.grams(word)))
        .group_by(SearchWord.id, SearchWord.word)
        .order_by(shared.desc(), SearchWord.word)
        .limit(_CANDIDATES)
    )
    return words.nearest(word, db.session.scalars(alike)) or word
