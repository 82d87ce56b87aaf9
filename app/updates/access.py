"""Who may read which update, in one file: pages, letters, lists and search build on it.

An update is reached only through its case, which `cases.access` has let the reader see. What is written for backers is
given out by `queries` with its words only to somebody who is one; to everybody else only that it exists, and when.
"""

from sqlalchemy import ColumnElement, and_, select

from app.cases.models import Case
from app.core.errors import NotFound
from app.database import db
from app.updates.models import Update
from app.updates.states import Audience

LARGEST_NUMBER = 2**31 - 1  # what a column holds


def posted() -> ColumnElement[bool]:
    """Updates that are out, for backers or for everyone."""
    return Update.n.is_not(None)


def for_everyone() -> ColumnElement[bool]:
    """Updates whose words anybody may read who may see their case."""
    return and_(posted(), Update.audience == Audience.EVERYONE, Update.taken_down_at.is_(None))


def may_read(update: Update, *, as_backer: bool) -> bool:
    """Whether the words of `update` are for this reader of its case."""
    return update.is_posted and update.taken_down_at is None and (as_backer or not update.is_for_backers)


def find(case: Case, n: int) -> Update:
    """Update `n` of a case that the reader may see. Raises NotFound."""
    if n > LARGEST_NUMBER:
        raise NotFound()
    return _one(Update.case_id == case.id, Update.n == n)


def own(case: Case, public_id: str) -> Update:
    """An update of the lawyer's own `case`, a draft or posted. Raises NotFound."""
    return _one(Update.case_id == case.id, Update.public_id == public_id)


def _one(*conditions: ColumnElement[bool]) -> Update:
    update = db.session.scalars(select(Update).where(*conditions)).one_or_none()
    if update is None:
        raise NotFound()
    return update
