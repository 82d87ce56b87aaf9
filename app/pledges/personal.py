"""What this room holds about a backer: see `accounts.personal`."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, func, or_, select, update

from app.accounts.personal import Person, told
from app.audit.service import record
from app.cases import access
from app.cases.models import Case, CaseGrant
from app.cases.states import CaseState
from app.core import clock, erased
from app.database import db
from app.i18n.format import money_text
from app.pledges import totals
from app.pledges.models import Pledge
from app.pledges.service import forget_card
from app.pledges.states import PledgeState, Shown
from app.web.visitor import NOBODY

HOLDS = frozenset({"pledges.user_id", "pledges.email"})
S = PledgeState
UNPAID = frozenset({S.WITHDRAWN, S.RELEASED, S.CANCELLED, S.LAPSED})
ENDED = UNPAID | {S.ABANDONED, S.COLLECTED}


def theirs(person: Person) -> ColumnElement[bool]:
    """Pledges of an account, and those made with the address that no account has."""
    by_address = and_(Pledge.email == person.email, Pledge.email != "", Pledge.user_id.is_(None))
    return or_(Pledge.user_id == person.user.id, by_address) if person.user else by_address


def about(person: Person) -> dict[str, Any]:
    """Their pledges. A case that not everybody may know of has no name here: the file may lie anywhere.

    Of one that was never finished no letter was sent, so who typed a guest's address there is not known.
    """
    known = or_(Pledge.user_id.is_not(None), Pledge.pledged_at.is_not(None))
    query = select(Pledge, Case).join(Pledge.case).where(theirs(person), known).order_by(Pledge.id)
    rows = [(pledge, case) for pledge, case in db.session.execute(query)]
    named = access.seen_among({case.id for _pledge, case in rows}, NOBODY)
    return {"pledges": [_pledge_told(pledge, case.title if case.id in named else None) for pledge, case in rows]}


def _pledge_told(pledge: Pledge, title: str | None) -> dict[str, Any]:
    """What there is of one; the hash of what was consented to is theirs to compare."""
    whole = told(pledge, "payment_method", "link_version")
    return whole | {"number": pledge.public_id, "case": title, "consent_hash": pledge.consent_hash}


def duties(person: Person) -> list[str]:
    """Why their data cannot go yet: a promise stands, or a charge is under way."""
    standing = select(Pledge).where(theirs(person), Pledge.state.not_in(ENDED)).order_by(Pledge.id)
    return [_why(pledge) for pledge in db.session.scalars(standing)]


def _why(pledge: Pledge) -> str:
    total = money_text(pledge.total)
    if pledge.state == S.STARTED:
        return str(_("A pledge of %(total)s is not finished. It ends by itself within a day.", total=total))
    if pledge.state == S.PLEDGED:
        return str(_("A pledge of %(total)s stands. Withdraw it first, or wait until its case has ended.", total=total))
    return str(_("A charge of %(total)s is under way. Wait until it has ended.", total=total))


def erase(person: Person) -> None:
    """Empty every pledge of theirs. What it was worth, and what was booked, stays."""
    empty(list(db.session.scalars(select(Pledge.id).where(theirs(person)))))


def empty(pledge_ids: Collection[int]) -> None:
    """Take name, address, message and card out of pledges that have ended; one person's stay one person's.

    The links in their letters end, and with them the rights to private cases that they brought.
    """
    # Held in the order of their ids, as verdicts hold them.
    query = select(Pledge).where(Pledge.id.in_(pledge_ids), Pledge.state.in_(ENDED)).order_by(Pledge.id)
    addresses: dict[str, str] = {}
    held = db.session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()
    for pledge in held:
        if pledge.payment_method:
            forget_card(pledge.payment_method)
        pledge.email = addresses.setdefault(pledge.email, erased.address())
        pledge.name, pledge.message, pledge.shown = erased.NAME, "", Shown.ANONYMOUS
        pledge.payment_method = pledge.card_brand = pledge.card_last4 = pledge.card_expires = None
        pledge.link_version += 1
        for page in pledge.pages:
            page.url = None
        record("pledge.erased", pledge)
    if held:
        brought = (CaseGrant.kind == "pledge", CaseGrant.label.in_([pledge.public_id for pledge in held]))
        ended = update(CaseGrant).where(*brought, CaseGrant.revoked_at.is_(None))
        db.session.execute(ended.values(revoked_at=clock.now(), version=CaseGrant.version + 1))
        totals.pages_changed(sorted({pledge.case_id for pledge in held}))


# ---------------------------------------------------------------- by the clock
def _ended(states: Collection[PledgeState], before: datetime) -> Any:
    last = func.coalesce(Pledge.collected_at, Pledge.ended_at, Pledge.started_at)
    return select(Pledge.id).where(Pledge.state.in_(states), last <= before, Pledge.name != erased.NAME)


def unfinished(before: datetime) -> Any:
    """Ids of pledges that were left before a card was saved, and so before that moment."""
    return _ended({S.ABANDONED}, before)


def unpaid(before: datetime) -> Any:
    """Ids of pledges that ended before that moment without a charge."""
    return _ended(UNPAID, before)


def paid(before: datetime) -> Any:
    """Ids of pledges that were paid before that moment, to cases that are over: their backers are told no more."""
    over = (CaseState.UNFUNDED, CaseState.CONCLUDED)
    return _ended({S.COLLECTED}, before).join(Pledge.case).where(Case.state.in_(over))
