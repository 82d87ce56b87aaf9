"""The list of cases: found by words, narrowed, and in the order that is wished for.

It stands here and not in the room of the cases, because "needs little" looks at what was pledged.
"""

from dataclasses import dataclass, replace

from sqlalchemy import case as either
from sqlalchemy import select, tuple_

from app.cases import access, queries
from app.cases.models import Case
from app.cases.queries import PAGE, Filter, narrowed, read_id
from app.database import db
from app.pledges.models import CaseTotals
from app.search.queries import Found, find
from app.web.visitor import NOBODY

# "best" is for a question only; without one the first of the others is what goes without saying.
SORTS = (*queries.SORTS, "needs", "best")
_WHOLE = 1_000_000
_MET = 2 * _WHOLE  # behind all that lack something
Place = tuple[int, int]


@dataclass(frozen=True)
class Listing:
    """A page of the list. `after` is where it goes on, or empty; `found` what the question found, if there was one."""

    cases: list[Case]
    after: str
    found: Found | None


def usual_sort(question: str) -> str:
    """The order that goes without saying."""
    return "best" if question else SORTS[0]


def listing(wanted: Filter, question: str = "", limit: int = PAGE) -> Listing:
    """A page of public cases as `wanted`, only those that hold the words of `question`, if there is one."""
    found = find(question, ["case"], *narrowed(wanted)) if question else None
    if found is not None:
        wanted = replace(wanted, among=[hit.of_id for hit in found.hits])
        if not found.hits:
            return Listing([], "", found)
    if wanted.sort == "best" and found is not None:
        return _best(wanted, found, limit)
    if wanted.sort == "needs":
        return _needing_little(wanted, found, limit)
    cases = queries.listed(NOBODY, wanted=wanted, limit=limit + 1)
    return Listing(cases[:limit], queries.place_of(cases[limit - 1], wanted) if len(cases) > limit else "", found)


def _best(wanted: Filter, found: Found, limit: int) -> Listing:
    """In the order of the matches; a page is named by the last match before it."""
    ranked = [hit.of_id for hit in found.hits]
    last = read_id(wanted.after)
    start = ranked.index(last) + 1 if last in ranked else 0
    ids = ranked[start : start + limit]
    return Listing(_in_order(ids), str(ids[-1]) if len(ranked) > start + limit else "", found)


def _needing_little(wanted: Filter, found: Found | None, limit: int) -> Listing:
    """By the share of the target that is still missing, in millionths; those that miss nothing come last."""
    target = Case.target_minor  # type: ignore[attr-defined]
    missing = either((CaseTotals.pledged >= target, _MET), else_=_WHOLE - CaseTotals.pledged * _WHOLE // target)
    missing = either((CaseTotals.pledged.is_(None), _WHOLE), else_=missing)
    # Ids alone are sorted: pages of text would be carried along.
    query = select(Case.id, missing).outerjoin(CaseTotals, CaseTotals.case_id == Case.id)
    query = query.where(access.listed(), target.is_not(None), *narrowed(wanted)).order_by(missing, Case.id)
    if (place := _read_place(wanted.after)) is not None:
        query = query.where(tuple_(missing, Case.id) > place)
    rows = db.session.execute(query.limit(limit + 1)).all()
    after = f"{rows[limit - 1][1]}~{rows[limit - 1][0]}" if len(rows) > limit else ""
    return Listing(_in_order([id_ for id_, _missing in rows[:limit]]), after, found)


def _in_order(ids: list[int]) -> list[Case]:
    """The cases with these ids, in their order, that are still public."""
    by_id = {case.id: case for case in db.session.scalars(queries.shown_on_lists(Case.id.in_(ids)))}
    return [by_id[id_] for id_ in ids if id_ in by_id]


def _read_place(text: str) -> Place | None:
    share, _tilde, row = text.partition("~")
    lacking, id_ = read_id(share), read_id(row)
    return (lacking, id_) if lacking is not None and id_ is not None and lacking <= _MET else None
