"""Who may read which story, in one file: gallery, page, search and the home page build on it.

A story stands on an outcome of a public case whose lawyer agreed to it. When one of these falls away, so does the
story, whatever its own row says.
"""

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import joinedload

from app.cases import access as cases
from app.cases.models import Case
from app.core.errors import NotFound
from app.database import db
from app.lawyers.models import Lawyer
from app.stories.models import Story
from app.updates.models import Outcome
from app.updates.states import SUCCESSES

LOADED = joinedload(Story.outcome).joinedload(Outcome.case)
_WHOLE = (LOADED.joinedload(Case.lawyer).joinedload(Lawyer.user), LOADED.joinedload(Case.area))


def tellable() -> ColumnElement[bool]:
    """Outcomes that may be told as a story; the query must join `Case`."""
    return and_(cases.listed(), Outcome.code.in_(SUCCESSES), Outcome.tells_story)


def out() -> ColumnElement[bool]:
    """Stories that anybody may read; the query must join `Outcome` and `Case`."""
    return and_(Story.published_at.is_not(None), Story.taken_down_at.is_(None), tellable())


def find(slug: str) -> tuple[Story, bool]:
    """The story at `slug` and whether it still stands. Raises NotFound for one that was never out, or whose case is
    not public.
    """
    query = select(Story, out()).join(Story.outcome).join(Outcome.case).options(*_WHOLE)
    was_out = and_(Story.slug == slug, Story.published_at.is_not(None), cases.listed())
    row = db.session.execute(query.where(was_out)).one_or_none()
    if row is None:
        raise NotFound()
    return row[0], bool(row[1])


def for_editor(public_id: str) -> Story:
    """A draft or published story, for staff who edit. Raises NotFound, also for one whose case is not public."""
    query = select(Story).join(Story.outcome).join(Outcome.case).options(*_WHOLE)
    story = db.session.scalars(query.where(Story.public_id == public_id, cases.listed())).one_or_none()
    if story is None:
        raise NotFound()
    return story
