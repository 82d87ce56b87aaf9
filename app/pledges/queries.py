"""What pages ask of the pledges of a case. Light rows, no locks, nothing changed."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, func, select, union_all

from app.cases.models import Case
from app.core.money import Money
from app.database import db
from app.pledges.models import CaseDay, CaseTotals, Pledge, PledgeDelta
from app.pledges.states import COUNTED, Shown
from app.pledges.totals import COLUMNS


@dataclass(frozen=True)
class Totals:
    """A case's sums. `percent` is of the target, rounded down; `is_met` compares what is pledged with it."""

    pledged: Money
    collected: Money
    failing: Money
    backers: int
    collections: int
    target: Money

    @property
    def percent(self) -> int:
        return self.pledged.minor * 100 // self.target.minor

    @property
    def is_met(self) -> bool:
        return self.pledged >= self.target


@cache
def _totals_of() -> Select[*tuple[Any, ...]]:
    """The statement of `totals_of`; building it takes longer than running it."""
    ids: BindParameter[Any] = bindparam("ids", expanding=True)
    both = union_all(
        *(
            select(table.case_id, *(getattr(table, name) for name in COLUMNS)).where(table.case_id.in_(ids))
            for table in (CaseTotals, PledgeDelta)
        )
    ).subquery()
    sums = (
        select(both.c.case_id, *(func.sum(both.c[name]).label(name) for name in COLUMNS))
        .group_by(both.c.case_id)
        .subquery()
    )
    return (
        select(Case.id, Case.target_minor, Case.target_currency, *(sums.c[name] for name in COLUMNS))  # type: ignore[attr-defined]
        .outerjoin(sums, sums.c.case_id == Case.id)
        .where(Case.id.in_(ids), Case.target_minor.is_not(None))  # type: ignore[attr-defined]
    )


def totals_of(case_ids: list[int]) -> dict[int, Totals]:
    """Totals of several cases (that have a target), by id: folded totals and open differences together."""
    if not case_ids:
        return {}
    found = {}
    for case_id, target, currency, *values in db.session.execute(_totals_of(), {"ids": case_ids}):
        of = {name: int(value or 0) for name, value in zip(COLUMNS, values, strict=True)}
        found[case_id] = Totals(
            pledged=Money(of["pledged"], currency),
            collected=Money(of["collected"], currency),
            failing=Money(of["failing"], currency),
            backers=of["backers"],
            collections=of["collections"],
            target=Money(target, currency),
        )
    return found


def totals(case: Case) -> Totals:
    """Totals of one case that has a target."""
    return totals_of([case.id])[case.id]


@dataclass(frozen=True)
class BackerLine:
    """One backer on the wall. `name` None: anonymous; `amount` None: hidden."""

    id: int
    name: str | None
    initials: str
    amount: Money | None
    message: str
    at: datetime


def initials_of(name: str) -> str:
    """At most two first letters, each with a full stop."""
    return " ".join(f"{part[0].upper()}." for part in name.split()[:2] if part)


def wall(case_id: int, limit: int = 20, before: int | None = None) -> list[BackerLine]:
    """Backers of a case, newest first, below id `before`; each as they chose to appear."""
    query = (
        select(
            Pledge.id,
            Pledge.name,
            Pledge.shown,
            Pledge.amount_minor,  # type: ignore[attr-defined]
            Pledge.amount_currency,  # type: ignore[attr-defined]
            Pledge.message,
            Pledge.pledged_at,
        )
        .where(Pledge.case_id == case_id, Pledge.state.in_(COUNTED), Pledge.pledged_at.is_not(None))
        .order_by(Pledge.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(Pledge.id < before)
    lines = []
    for id_, name, shown, minor, currency, message, at in db.session.execute(query):
        visible = {Shown.NAME_AND_AMOUNT: name, Shown.NAME: name, Shown.INITIALS: initials_of(name)}.get(Shown(shown))
        amount = Money(minor, currency) if shown in (Shown.NAME_AND_AMOUNT, Shown.INITIALS) else None
        lines.append(BackerLine(id_, visible, initials_of(visible or ""), amount, message, at))
    return lines


def daily(case: Case) -> list[tuple[date, int]]:
    """The pledged sum at the end of each day that changed it, in pence, oldest first."""
    both = union_all(
        select(CaseDay.day, CaseDay.pledged).where(CaseDay.case_id == case.id),
        select(PledgeDelta.day, PledgeDelta.pledged).where(PledgeDelta.case_id == case.id),
    ).subquery()
    rows = db.session.execute(select(both.c.day, func.sum(both.c.pledged)).group_by(both.c.day).order_by(both.c.day))
    running, series = 0, []
    for day, pledged in rows:
        running += int(pledged)
        series.append((day, running))
    return series
