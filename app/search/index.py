"""Keeping what is looked through up to date: notes of what has changed are read, and its words written anew.

Only what anybody may find is written; what they may not find any more is taken out. A note is taken in the transaction
that writes the words, and the words are read after it, so a change that comes meanwhile leaves a note of its own.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from sqlalchemy import delete, func, insert, literal_column, select, table, text, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.cases import access as cases
from app.cases import restrictions
from app.cases.models import Case
from app.database import db, is_sqlite
from app.lawyers.models import Lawyer
from app.lawyers.states import LawyerState
from app.search import words
from app.search.models import SearchDocument, SearchGram, SearchNote, SearchWord
from app.search.words import written
from app.stories import access as stories
from app.stories.models import Story
from app.updates.models import Outcome

LOCK = 5_011_852  # any number, as long as nobody else locks it
AT_ONCE = 40
_OF = {"case": SearchDocument.case_id, "story": SearchDocument.story_id, "lawyer": SearchDocument.lawyer_id}
Source = tuple[str, int]


def refresh(most: int = AT_ONCE) -> int:
    """Read up to `most` notes and write anew what they speak of; of how many things they spoke. Commits."""
    sources: set[Source] = set()
    if db.session.scalar(select(SearchNote.kind).limit(1)) is not None and _is_mine():
        sources = take_notes(most)
        write(sources)
    db.session.commit()
    return len(sources)


def take_notes(most: int) -> set[Source]:
    """What up to `most` notes speak of; they are gone with the transaction that writes it."""
    key = tuple_(SearchNote.kind, SearchNote.of_id, SearchNote.mark)
    picked = [tuple(row) for row in db.session.execute(select(*key.clauses).limit(most))]
    db.session.execute(delete(SearchNote).where(key.in_(picked)).execution_options(synchronize_session=False))
    return {(kind, of_id) for kind, of_id, _mark in picked}


def rebuild() -> int:
    """Write everything anew, the oldest first, so that the newest has the highest id; how many. Commits by slices."""
    db.session.execute(delete(SearchWord))
    gone = [
        (kind, of_id)
        for kind, column in _OF.items()
        for of_id in db.session.scalars(select(column).where(column.is_not(None)))
        if of_id is not None
    ]
    db.session.commit()
    everything = _in_order()
    both = list(dict.fromkeys((*everything, *gone)))
    for start in range(0, len(both), AT_ONCE):
        _wait_for_turn()
        write(both[start : start + AT_ONCE])
        db.session.commit()
    return len(everything)


# Of two that read the same case, the slower must not write what it was before: one writes at a time.
def _is_mine() -> bool:
    return is_sqlite() or bool(db.session.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": LOCK}))


def _wait_for_turn() -> None:
    if not is_sqlite():
        db.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def _in_order() -> list[Source]:
    """All that anybody may find, the oldest first."""
    rows = chain(
        (("case", *row) for row in db.session.execute(select(Case.id, Case.opened_at).where(cases.listed()))),
        (("story", *row) for row in db.session.execute(_stories(Story.id, Story.published_at))),
        (("lawyer", *row) for row in db.session.execute(_lawyers(Lawyer.id, Lawyer.verified_at))),
    )
    long_ago = datetime(1970, 1, 1, tzinfo=UTC)
    return [(kind, of_id) for _at, kind, of_id in sorted((at or long_ago, kind, of_id) for kind, of_id, at in rows)]


def _stories(*columns: Any) -> Any:
    return select(*columns).select_from(Story).join(Story.outcome).join(Outcome.case).where(stories.out())


def _lawyers(*columns: Any) -> Any:
    return select(*columns).select_from(Lawyer).where(Lawyer.state == LawyerState.VERIFIED)


# ---------------------------------------------------------------- documents
def write(sources: Iterable[Source]) -> None:
    """Write the words of `sources` anew, and of what shows them too: a case's story, a lawyer's cases."""
    ids: dict[str, set[int]] = {kind: set() for kind in _OF}
    for kind, of_id in sources:
        ids[kind].add(of_id)
    if ids["lawyer"]:
        theirs = select(Case.id).where(Case.lawyer_id.in_(ids["lawyer"]), cases.listed())
        ids["case"] |= set(db.session.scalars(theirs))
    if ids["case"]:
        told = select(Story.id).join(Story.outcome).where(Outcome.case_id.in_(ids["case"]))
        ids["story"] |= set(db.session.scalars(told))
    texts = {
        "case": _of_cases(ids["case"]) if ids["case"] else {},
        "story": _of_stories(ids["story"]) if ids["story"] else {},
        "lawyer": _of_lawyers(ids["lawyer"]) if ids["lawyer"] else {},
    }
    quiet = _restricted(ids["case"])
    seen: set[str] = set()
    gone: set[str] = set()
    for kind, column in _OF.items():
        known = {
            getattr(document, column.key): document
            for document in db.session.scalars(select(SearchDocument).where(column.in_(ids[kind])))
        }
        for of_id in sorted(ids[kind]):
            document = known.get(of_id)
            if of_id not in texts[kind]:
                if document is not None:
                    gone |= {*document.title.split(), *document.body.split()}
                    db.session.delete(document)
                continue
            title, body = texts[kind][of_id]
            if document is None:
                db.session.add(SearchDocument(**{column.key: of_id}, title=title, body=body))
            elif (document.title, document.body) != (title, body):
                if (kind, of_id) in quiet:
                    gone |= {*document.title.split(), *document.body.split()} - {*title.split(), *body.split()}
                document.title, document.body = title, body
            seen.update(title.split(), body.split())
        db.session.flush()
    _keep_words([word for word in seen if words.is_mendable(word)])
    _forget_words(gone)


def _restricted(case_ids: set[int]) -> set[Source]:
    """Of which names may not be told: those of the cases, and their stories."""
    found = [case.id for case in restrictions.restricted(case_ids)]
    told = select(Story.id).join(Story.outcome).where(Outcome.case_id.in_(found))
    if not found:
        return set()
    return {*(("case", id_) for id_ in found), *(("story", id_) for id_ in db.session.scalars(told))}


def _told(case: Case, *texts: str) -> str:
    """What is stored of texts about `case`: without the names that may not be told."""
    return written(restrictions.told(case, "\n\n".join(texts), case.lang))


def _of_cases(ids: set[int]) -> dict[int, tuple[str, str]]:
    whole = joinedload(Case.lawyer).joinedload(Lawyer.user)
    query = select(Case, Outcome).outerjoin(Outcome, Outcome.case_id == Case.id).where(Case.id.in_(ids), cases.listed())
    found = {}
    for case, outcome in db.session.execute(query.options(whole, joinedload(Case.area))):
        ended = (outcome.court, outcome.citation, outcome.quote, outcome.effect) if outcome else ()
        area = (case.area.name_en, case.area.name_fa) if case.area else ()
        said = (case.summary, case.acting_for, case.respondent, case.court, case.claim_number, case.cause_of_action)
        more = (case.relief_sought, case.who_benefits, case.lawyer.user.name, case.lawyer.firm)
        found[case.id] = (_told(case, case.title), _told(case, *said, *more, *area, *ended, case.story_markdown))
    return found


def _of_stories(ids: set[int]) -> dict[int, tuple[str, str]]:
    query = _stories(Story).where(Story.id.in_(ids)).options(stories.LOADED.joinedload(Case.area))
    found = {}
    for story in db.session.scalars(query):
        outcome, case = story.outcome, story.outcome.case
        area = (case.area.name_en, case.area.name_fa) if case.area else ()
        ended = (outcome.court, outcome.citation, outcome.quote, outcome.effect)
        said = (story.lede, case.title, case.acting_for, case.respondent)
        found[story.id] = (_told(case, story.title), _told(case, *said, *area, *ended, story.body_markdown))
    return found


def _of_lawyers(ids: set[int]) -> dict[int, tuple[str, str]]:
    query = _lawyers(Lawyer.id, User.name, Lawyer.firm, Lawyer.town, Lawyer.regulator)
    rows = db.session.execute(query.join(Lawyer.user).where(Lawyer.id.in_(ids)))
    return {
        lawyer_id: (written(name, firm), written(town, regulator)) for lawyer_id, name, firm, town, regulator in rows
    }


def forget_lawyer(lawyer_id: int, said: str) -> None:
    """Write what tells of a lawyer anew, now, and drop those words of `said` that stand in no document any more."""
    _wait_for_turn()
    write({("lawyer", lawyer_id)})
    _forget_words(set(words.words(said)))


def _forget_words(gone: set[str]) -> None:
    """Drop those of the words that stand in no document any more."""
    for word in gone:
        if words.is_mendable(word) and not _stands(word):
            db.session.execute(delete(SearchWord).where(SearchWord.word == word))


def _stands(word: str) -> bool:
    """Whether a document holds `word`. The index, which knows words by their stems, leads to those that may."""
    if is_sqlite():
        of: Any = literal_column("search_index.rowid")
        asked: Any = text("search_index MATCH :asked").bindparams(asked=f'"{word}"')
    else:
        of = literal_column("search_index.document_id")
        asked = literal_column("search_index.whole").op("@@")(func.plainto_tsquery("simple", word))
    whole = " " + SearchDocument.title + " " + SearchDocument.body + " "
    query = select(SearchDocument.id).join(table("search_index"), SearchDocument.id == of)
    query = query.where(asked, whole.contains(f" {word} "))
    return db.session.scalar(query.limit(1)) is not None


# ---------------------------------------------------------------- words, for those who mistype them
def _keep_words(seen: Sequence[str]) -> None:
    dialect = sqlite if is_sqlite() else postgresql
    in_order = sorted(seen)
    for start in range(0, len(in_order), 500):
        some = in_order[start : start + 500]
        known = set(db.session.scalars(select(SearchWord.word).where(SearchWord.word.in_(some))))
        missing = [word for word in some if word not in known]
        if not missing:
            continue
        new = dialect.insert(SearchWord).on_conflict_do_nothing().returning(SearchWord.id, SearchWord.word)
        rows = db.session.execute(new, [{"word": word} for word in missing]).all()
        db.session.execute(
            insert(SearchGram), [{"gram": gram, "word_id": id_} for id_, word in rows for gram in words.grams(word)]
        )
