"""The five figures of the home page: counted by a job, shown with the moment at which they were true.

Only cases that anybody may find are counted: a figure with private ones in it would tell of them by its changes. Money
is what the ledger says was collected; what is only pledged is never part of it. What each figure means is told in words
on `/figures`; whoever changes a query here changes the words there.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import ColumnElement, and_, func, or_, select

from app.cases import access
from app.cases.models import Case
from app.cases.states import CaseState
from app.core import clock
from app.core.money import Money
from app.database import db, read_only
from app.ledger.models import Entry, Posting
from app.pages.models import SiteFigures
from app.pledges.models import Pledge
from app.pledges.states import PledgeState

COLLECTED = "pledge_collected"  # kind of the entry that `pledges.collection` books
CASE_ACCOUNTS = "liability:case:"
PAUSE = 50  # times as long as the counting took: on a large site it takes its time


@dataclass(frozen=True)
class Counted:
    """What was counted; `raised` in minor units by currency."""

    cases_funded: int
    backers: int
    raised: dict[str, int]
    ended: int
    ended_met: int
    median_days: int | None


@dataclass(frozen=True)
class Figures:
    """The figures as pages show them. `raised`: the site's own currency first; `percent_met` and `median_days` are
    None as long as there is nothing to tell.
    """

    as_of: datetime
    cases_funded: int
    backers: int
    raised: list[Money]
    ended: int
    ended_met: int
    median_days: int | None

    @property
    def percent_met(self) -> int | None:
        return self.ended_met * 100 // self.ended if self.ended else None


def present(currency: str) -> Figures | None:
    """The figures as they were last counted, with one query; None before that."""
    row = db.session.get(SiteFigures, 1)
    if row is None:
        return None
    others = sorted(row.raised.keys() - {currency})
    return Figures(
        as_of=row.as_of,
        cases_funded=row.cases_funded,
        backers=row.backers,
        raised=[Money(row.raised.get(name, 0), name) for name in (currency, *others)],
        ended=row.ended,
        ended_met=row.ended_met,
        median_days=row.median_days,
    )


def refresh() -> bool:
    """Count anew and write it down; False if the last counting was too short a while ago. Opens transactions of its
    own: nobody waits with writing while it counts.
    """
    with read_only():
        if not _is_due():
            db.session.rollback()
            return False
        as_of, started = clock.now(), time.monotonic()
        counted = count()
        took = int((time.monotonic() - started) * 1000)
        db.session.rollback()
    db.session.merge(SiteFigures(id=1, as_of=as_of, took_ms=took, **vars(counted)))
    db.session.commit()
    return True


def _is_due() -> bool:
    last = db.session.execute(select(SiteFigures.as_of, SiteFigures.took_ms)).first()
    return last is None or abs(clock.now() - last.as_of) >= PAUSE * timedelta(milliseconds=last.took_ms)


def count() -> Counted:
    """All five, from the cases, the pledges and the ledger."""
    funded, ended, ended_met = db.session.execute(
        select(
            func.count().filter(Case.funded_at.is_not(None)),
            func.count().filter(_has_ended()),
            func.count().filter(_has_ended(), Case.funded_at.is_not(None)),
        ).where(access.listed())
    ).one()
    people = (
        select(func.count(func.distinct(func.lower(Pledge.email))))
        .join(Pledge.case)
        .where(Pledge.state == PledgeState.COLLECTED, access.listed())
    )
    return Counted(
        cases_funded=funded,
        backers=db.session.scalar(people) or 0,
        raised=_raised(),
        ended=ended,
        ended_met=ended_met,
        median_days=_median_days(),
    )


def _has_ended() -> ColumnElement[bool]:
    """The fundraising is over and its end decided: a case that is still counted out is not."""
    over = or_(Case.state == CaseState.CONCLUDED, Case.raising_ended_at.is_not(None), Case.deadline_at < clock.now())
    return or_(Case.state == CaseState.UNFUNDED, and_(Case.funded_at.is_not(None), over))


def _raised() -> dict[str, int]:
    """What the ledger booked as collected for cases, without tips, by currency."""
    rows = db.session.execute(
        select(Posting.currency, func.sum(-Posting.minor))
        .join(Entry, Entry.id == Posting.entry_id)
        .join(Case, Case.id == Entry.case_id)
        .where(Entry.kind == COLLECTED, Posting.account.startswith(CASE_ACCOUNTS), access.listed())
        .group_by(Posting.currency)
    )
    return {currency: int(minor) for currency, minor in rows}


def _median_days() -> int | None:
    """From going live to the target, in whole days; half a day is rounded up, and less than one counts as one."""
    lived = (access.listed(), Case.opened_at.is_not(None), Case.funded_at.is_not(None))
    rows = db.session.execute(select(Case.opened_at, Case.funded_at).where(*lived))
    took = [(met - opened) / timedelta(days=1) for opened, met in rows if opened and met]
    return max(1, int(median(took) + 0.5)) if took else None
