"""Who gets letters about a case's updates, and who wants none any more.

One letter a person, however often they pledged. The link in it is derived when the letter is sent; it names a pledge,
and through it the address and the case.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from app.audit.service import record
from app.core import clock, erased
from app.core.ids import hash_token
from app.database import db, is_sqlite
from app.pledges import links
from app.pledges.models import Pledge
from app.pledges.states import LIVE, PledgeState
from app.updates.models import Update, UpdateOptout

SLICE = 5000
_PURPOSE = "updates"


# ---------------------------------------------------------------- who
@dataclass(frozen=True)
class Reader:
    """Somebody to be told: their latest pledge says where and in which language, their first stands for the person."""

    first_id: int
    pledge_id: int
    email: str
    lang: str


def slice_of(case_id: int, after: int, limit: int = SLICE, *, states: Collection[PledgeState] = LIVE) -> list[Reader]:
    """Backers who want letters, each person once, by the id of the first of their pledges in `states`, above `after`.

    A pledge that is taken back between two slices moves its backer ahead, so that nobody is passed over.
    """
    first = func.min(Pledge.id)
    person = (
        select(first.label("first_id"), func.max(Pledge.id).label("id"))
        .where(Pledge.case_id == case_id, Pledge.state.in_(states), ~_refused())
        .group_by(Pledge.email)
        .having(first > after)
        .order_by(first)
        .limit(limit)
        .subquery()
    )
    rows = select(person.c.first_id, Pledge.id, Pledge.email, Pledge.lang).join(person, person.c.id == Pledge.id)
    return [Reader(*row) for row in db.session.execute(rows.order_by(person.c.first_id))]


def count(case_id: int) -> int:
    """How many people a letter about the case would go to."""
    people = select(func.count(Pledge.email.distinct()))
    return db.session.scalar(people.where(Pledge.case_id == case_id, Pledge.state.in_(LIVE), ~_refused())) or 0


def _refused() -> ColumnElement[bool]:
    """Whether whoever made a pledge wants no letters about its case, or cannot be reached, for the database."""
    refused = exists().where(UpdateOptout.case_id == Pledge.case_id, UpdateOptout.email == Pledge.email)
    return or_(refused, Pledge.email.like(erased.PATTERN))


def is_backer(pledge: Pledge) -> bool:
    """Whether the pledge makes its holder one who may read what is written for backers."""
    return pledge.state in LIVE


def still_reads(update: Update, pledge: Pledge) -> Pledge | None:
    """A pledge of the same person that still stands, if they still want letters; None: nobody to tell any more, or
    nothing, because the update was taken down.
    """
    if update.taken_down_at is not None:
        return None
    return still_backs(update.case_id, pledge)


def still_backs(case_id: int, pledge: Pledge) -> Pledge | None:
    """The same about anything that is told of the case."""
    if wants_none(pledge):
        return None
    mine = (Pledge.case_id == case_id, Pledge.email == pledge.email, Pledge.state.in_(LIVE))
    return db.session.scalars(select(Pledge).where(*mine).order_by(Pledge.id.desc()).limit(1)).first()


def letter_key(update_id: int, email: str) -> str:
    """The key of the letter that tells this person of this update."""
    return f"update:{update_id}:{hash_token(email)[:32]}"


# ---------------------------------------------------------------- who wants none
def token_of(pledge: Pledge) -> str:
    """The token of the link that ends the letters about the case of `pledge`."""
    return links.token_of(pledge, _PURPOSE)


def unsubscribe_url(pledge: Pledge) -> str:
    """Absolute address behind the link, in the backer's language."""
    return links.url_of(pledge, f"unsubscribe/{token_of(pledge)}")


def read(token: str) -> Pledge | None:
    """The pledge whose link has this `token`; None if it was altered, has ended or never existed."""
    return links.read(token, _PURPOSE)


def _refusal(pledge: Pledge) -> ColumnElement[bool]:
    return and_(UpdateOptout.case_id == pledge.case_id, UpdateOptout.email == pledge.email)


def wants_none(pledge: Pledge) -> bool:
    """Whether whoever made `pledge` wants no letters about its case."""
    return db.session.scalar(select(UpdateOptout.id).where(_refusal(pledge))) is not None


def refusing(pledges: Sequence[Pledge]) -> set[tuple[int, str]]:
    """Of these pledges, case id and address of those whose makers want no letters; one question to the database."""
    asked = {(pledge.case_id, pledge.email) for pledge in pledges}
    if not asked:
        return set()
    both = tuple_(UpdateOptout.case_id, UpdateOptout.email)
    rows = db.session.execute(select(UpdateOptout.case_id, UpdateOptout.email).where(both.in_(asked)))
    return {(case_id, email) for case_id, email in rows}


def unsubscribe(pledge: Pledge) -> None:
    """Send no more letters about the updates of the case of `pledge` to its address; again is quiet."""
    dialect = sqlite if is_sqlite() else postgresql
    statement = dialect.insert(UpdateOptout).values(case_id=pledge.case_id, email=pledge.email, at=clock.now())
    unique = ["case_id", "email"]
    made = statement.on_conflict_do_nothing(index_elements=unique).returning(UpdateOptout.id)
    if db.session.execute(made).first() is not None:
        record("updates.unsubscribed", pledge)


def subscribe(pledge: Pledge) -> None:
    """Send letters again; again is quiet."""
    ended = delete(UpdateOptout).where(_refusal(pledge)).returning(UpdateOptout.id)
    if db.session.execute(ended).first() is not None:
        record("updates.subscribed", pledge)
