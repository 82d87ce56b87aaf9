"""The pledges of somebody with an account: what they made while signed in, and what they claim.

A guest's pledge belongs to whoever its letters reach. Somebody whose own address is confirmed claims the pledges made
with it by one press. For another address a link is sent there: it works for the account that asked and for no other, so
that neither the letter alone nor the question alone moves anything. A pledge that an account has stays with it.

Only pledges that joined their case are claimed: of one that was never finished no letter was sent, so the address
proves nothing about who typed it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import joinedload

from app.accounts import by_letter, service
from app.accounts.models import OneTimeLink, User
from app.audit.service import record
from app.core.errors import N_, Conflict
from app.core.money import Money
from app.database import db
from app.jobs.queue import defer
from app.pledges.models import Pledge
from app.pledges.states import LIVE, PledgeState

PAGE = 20
MOST_CASES = 200
KIND = ("claim",)


class OtherAccount(Conflict):
    """The link was asked for from another account."""

    message = N_("This link was asked for from another account. Sign in with that account and open it again.")


class NotConfirmed(Conflict):
    """The account's address was never shown to be theirs."""

    message = N_("Confirm your email address first: press the button in the email that we have sent you.")


# ---------------------------------------------------------------- claiming
@dataclass(frozen=True)
class Found:
    """Pledges of an address: how many are nobody's yet, and how many another account has."""

    free: int
    taken: int


def _joined(email: str) -> tuple[ColumnElement[bool], ...]:
    return Pledge.email == email, Pledge.pledged_at.is_not(None)


def found(email: str, user: User) -> Found:
    """What there is to claim for `user` of the pledges made with `email`."""
    others = func.count().filter(Pledge.user_id != user.id)
    free = func.count().filter(Pledge.user_id.is_(None))
    return Found(*db.session.execute(select(free, others).where(*_joined(email))).one())


def own_waiting(user: User) -> int:
    """How many pledges of guests were made with the address of `user`, which is confirmed."""
    return found(user.email, user).free if user.is_confirmed else 0


def claim_own(user: User) -> int:
    """Give `user` the free pledges made with their own address; how many. Raises NotConfirmed."""
    if not user.is_confirmed:
        raise NotConfirmed()
    return _take(user, user.email)


def ask(user: User, email: str, *, may_write: bool = True) -> None:
    """Have a link to claim the pledges of `email` sent there, if there are any. Raises BadEmail.

    Everything that could tell whether there are some is a job's work. `may_write` False: it got enough letters lately.
    """
    link = by_letter.make(user, KIND[0], service.normal_email(email))
    defer("pledges.send_claim", {"link": link.id if may_write else 0})


def send(link_id: int) -> None:
    """Send the link, if it still works and there is something to claim."""
    link = by_letter.working(link_id)
    if link is not None and found(link.email, link.user).free:
        by_letter.send(link)


def asked(token: str, user: User) -> OneTimeLink:
    """The link that `token` opens, still to be used by `user`. Raises LinkEnded, OtherAccount."""
    link = by_letter.find(token, KIND)
    if link.user_id != user.id:
        raise OtherAccount()
    return link


def claim(token: str, user: User) -> Found:
    """Give `user` the free pledges of the address whose letter brought `token`; how many, and how many others have.

    Raises LinkEnded, OtherAccount.
    """
    asked(token, user)
    link = by_letter.use(token, KIND)
    return Found(_take(user, link.email), found(link.email, user).taken)


def _take(user: User, email: str) -> int:
    free = (*_joined(email), Pledge.user_id.is_(None))
    # Held in the order of their ids, as verdicts hold them: in another order the two would wait for each other.
    held = list(db.session.scalars(select(Pledge.id).where(*free).order_by(Pledge.id).with_for_update()))
    taken = update(Pledge).where(Pledge.id.in_(held), *free).values(user_id=user.id).returning(Pledge.id)
    number = len(db.session.scalars(taken).all())
    if number:
        record("pledges.claimed", user, actor_id=user.id, number=number)
    return number


# ---------------------------------------------------------------- what one has
def of_user(user_id: int, *, before: str = "", paid: bool = False, limit: int = PAGE) -> list[Pledge]:
    """Their pledges with the cases, the latest first, from below the one with public id `before`; or the paid ones.

    What the pledge's case is called may be hidden from them: ask `cases.access`.
    """
    mine = [Pledge.user_id == user_id]
    if paid:
        mine.append(Pledge.state == PledgeState.COLLECTED)
    query = select(Pledge).where(*mine).options(joinedload(Pledge.case)).order_by(Pledge.id.desc())
    last = db.session.scalar(select(Pledge.id).where(Pledge.public_id == before, *mine)) if before.isalnum() else None
    if last is not None:
        query = query.where(Pledge.id < last)
    return list(db.session.scalars(query.limit(limit)))


def backed(user_id: int, limit: int = MOST_CASES) -> list[Pledge]:
    """Of every case that they back, and every address they backed it with, the latest pledge that stands."""
    standing = (Pledge.user_id == user_id, Pledge.state.in_(LIVE))
    latest = select(func.max(Pledge.id)).where(*standing).group_by(Pledge.case_id, Pledge.email)
    query = select(Pledge).where(Pledge.id.in_(latest)).options(joinedload(Pledge.case)).order_by(Pledge.id.desc())
    return list(db.session.scalars(query.limit(limit)))


@dataclass(frozen=True)
class Paid:
    """What was charged in one currency to date. Refunds are not in it."""

    number: int
    contributions: Money
    tips: Money

    @property
    def total(self) -> Money:
        return self.contributions + self.tips


def paid(user_id: int) -> Sequence[Paid]:
    """What their cards were charged to date, by currency."""
    currency, amount, tip = Pledge.amount_currency, Pledge.amount_minor, Pledge.tip_minor  # type: ignore[attr-defined]
    sums = select(currency, func.count(), func.sum(amount), func.sum(tip))
    mine = sums.where(Pledge.user_id == user_id, Pledge.state == PledgeState.COLLECTED)
    rows = db.session.execute(mine.group_by(currency).order_by(currency))
    return [Paid(number, Money(int(sum_), of), Money(int(tips), of)) for of, number, sum_, tips in rows]
