"""What pages ask of stories and outcomes. Nothing is changed here, and nothing is shown that `access` hides."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, extract, func, select, tuple_
from sqlalchemy.orm import joinedload

from app.cases import access as cases
from app.cases.models import Area, Case
from app.cases.queries import like
from app.database import db
from app.lawyers.models import Lawyer
from app.stories import access
from app.stories.models import Story
from app.updates.models import Outcome

PAGE = 12
LIKE_IT = 3  # open cases below a story


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed to; empty means any. `year` is that of the decision, `after` where a page begins."""

    area: str = ""
    outcome: str = ""
    year: int | None = None
    after: tuple[Any, int] | None = None


def _narrowed(wanted: Filter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.area:
        conditions.append(Case.area.has(Area.slug == wanted.area))
    if wanted.outcome:
        conditions.append(Outcome.code == wanted.outcome)
    if wanted.year:
        conditions.append(Outcome.decided_on.between(date(wanted.year, 1, 1), date(wanted.year, 12, 31)))
    return conditions


def _told(*columns: Any) -> Select[Any]:
    return select(*columns).select_from(Story).join(Story.outcome).join(Outcome.case).where(access.out())


def _recorded(*columns: Any) -> Select[Any]:
    return select(*columns).select_from(Outcome).join(Outcome.case).where(cases.listed())


# ---------------------------------------------------------------- stories
def gallery(wanted: Filter, limit: int = PAGE) -> list[Story]:
    """Stories with their outcomes, cases, lawyers and areas, the latest first; `after` is (published_at, id)."""
    case = access.LOADED
    query = _told(Story).where(*_narrowed(wanted)).options(case.joinedload(Case.area))
    if wanted.after is not None:
        query = query.where(tuple_(Story.published_at, Story.id) < wanted.after)
    return list(db.session.scalars(query.order_by(Story.published_at.desc(), Story.id.desc()).limit(limit)))


def of_outcomes(outcome_ids: list[int]) -> dict[int, str]:
    """Addresses (slugs) of the stories that tell of these outcomes, by outcome."""
    rows = db.session.execute(_told(Story.outcome_id, Story.slug).where(Story.outcome_id.in_(outcome_ids)))
    return dict(rows.all()) if outcome_ids else {}


def of_case(case: Case) -> Story | None:
    """The story that is told of a case."""
    return db.session.scalars(_told(Story).where(Outcome.case_id == case.id)).one_or_none()


def like_it(story: Story) -> list[Case]:
    """Cases that take pledges now, of the same area of law first."""
    return like(story.outcome.case, LIKE_IT)


# ---------------------------------------------------------------- all outcomes
def outcomes(wanted: Filter, limit: int = PAGE) -> list[Outcome]:
    """Recorded outcomes of public cases, won or lost, the latest decision first; `after` is (decided_on, id)."""
    case = joinedload(Outcome.case)
    query = _recorded(Outcome).where(*_narrowed(wanted))
    query = query.options(case.joinedload(Case.area), case.joinedload(Case.lawyer).joinedload(Lawyer.user))
    if wanted.after is not None:
        query = query.where(tuple_(Outcome.decided_on, Outcome.id) < wanted.after)
    return list(db.session.scalars(query.order_by(Outcome.decided_on.desc(), Outcome.id.desc()).limit(limit)))


# ---------------------------------------------------------------- what can be chosen
@dataclass(frozen=True)
class Choices:
    """How many there are of each code, with the other filters as they are, and the years in which any was decided."""

    codes: dict[str, int]
    years: list[int]

    @property
    def total(self) -> int:
        return sum(self.codes.values())


def story_choices(wanted: Filter) -> Choices:
    """Of the stories."""
    return _choices(_told, wanted)


def outcome_choices(wanted: Filter) -> Choices:
    """Of all outcomes."""
    return _choices(_recorded, wanted)


def _choices(start: Callable[..., Select[Any]], wanted: Filter) -> Choices:
    others = Filter(area=wanted.area, year=wanted.year)
    counted = start(Outcome.code, func.count()).where(*_narrowed(others)).group_by(Outcome.code)
    year = extract("year", Outcome.decided_on)
    years = sorted((int(found) for found in db.session.scalars(start(year).distinct())), reverse=True)
    return Choices(dict(db.session.execute(counted).all()), years)


# ---------------------------------------------------------------- the editor's desk
def drafts() -> list[Story]:
    """Stories that wait for an editor, the longest waiting first."""
    waiting = _for_editors().where(Story.published_at.is_(None), Outcome.tells_story)
    return list(db.session.scalars(waiting.order_by(Story.drafted_at, Story.id)))


def published(limit: int = 50) -> list[Story]:
    """Stories that were published, taken down or not, the latest first."""
    out = _for_editors().where(Story.published_at.is_not(None))
    return list(db.session.scalars(out.order_by(Story.published_at.desc(), Story.id.desc()).limit(limit)))


def _for_editors() -> Select[Story]:
    query = select(Story).join(Story.outcome).join(Outcome.case).where(cases.listed())
    return query.options(access.LOADED.joinedload(Case.lawyer).joinedload(Lawyer.user))
