"""The promises of the books, checked again and again. One that is broken stops all charging."""

from typing import Any

from sqlalchemy import func, literal, select, union_all

from app.cases.models import Case
from app.cases.states import CaseState
from app.database import db
from app.ledger import queries as books
from app.ledger import service as ledger
from app.ledger.models import Entry, Posting
from app.payments import brake
from app.pledges.models import CaseTotals, ChargeAttempt, Pledge, PledgeDelta
from app.pledges.states import PledgeState
from app.pledges.totals import COLUMNS, effect


def broken() -> list[str]:
    """Every promise that does not hold now, in words; empty when all do."""
    found = [f"entry {entry} does not balance" for entry in books.unbalanced_entries()]
    found += [f"{account} is overdrawn" for account in books.overdrawn_cases()]
    found += _attempts()
    found += _collected_but_not_booked()
    found += _totals()
    found += _stranded()
    return found


def _attempts() -> list[str]:
    twice = db.session.scalars(
        select(ChargeAttempt.pledge_id)
        .where(ChargeAttempt.state == "succeeded")
        .group_by(ChargeAttempt.pledge_id)
        .having(func.count() > 1)
    )
    return [f"pledge {pledge} has more than one success" for pledge in twice]


def _collected_but_not_booked() -> list[str]:
    """What the pledges of each case say was charged, against what the books say. One statement: one moment."""
    charged, booked = func.sum(Pledge.amount_minor + Pledge.tip_minor), func.sum(Posting.minor)  # type: ignore[attr-defined]
    both = union_all(
        select(Pledge.case_id, literal(1).label("sign"), func.count().label("number"), charged.label("minor"))
        .where(Pledge.state == PledgeState.COLLECTED)
        .group_by(Pledge.case_id),
        select(Entry.case_id, literal(-1), func.count(), booked)
        .join(Posting, Posting.entry_id == Entry.id)
        .where(Entry.kind == "pledge_collected", Posting.account == ledger.STRIPE)
        .group_by(Entry.case_id),
    ).subquery()
    number, minor = func.sum(both.c.sign * both.c.number), func.sum(both.c.sign * both.c.minor)
    rows = db.session.execute(
        select(both.c.case_id, number, minor).group_by(both.c.case_id).having((number != 0) | (minor != 0))
    )
    return [
        f"case {case_id}: the pledges say {number} more charges and {minor} more than the books"
        for case_id, number, minor in rows
    ]


def _totals() -> list[str]:
    """Shown totals against the pledges themselves. One statement: one moment, however busy the case."""
    plain = [
        select(literal(False), table.case_id, literal(""), literal(0), *(getattr(table, name) for name in COLUMNS))
        for table in (CaseTotals, PledgeDelta)
    ]
    pledges = select(
        literal(True),
        Pledge.case_id,
        Pledge.state,
        Pledge.amount_minor,  # type: ignore[attr-defined]
        func.count(),
        *(literal(0) for _ in COLUMNS[1:]),
    ).group_by(Pledge.case_id, Pledge.state, Pledge.amount_minor)  # type: ignore[attr-defined]
    wanted: dict[int, dict[str, int]] = {}
    shown: dict[int, dict[str, int]] = {}
    row: Any
    for row in db.session.execute(union_all(pledges, *plain)):
        is_pledges, case_id, state, minor, *rest = row
        sums = (wanted if is_pledges else shown).setdefault(case_id, dict.fromkeys(COLUMNS, 0))
        values = [value * rest[0] for value in effect(PledgeState(state), minor).values()] if is_pledges else rest
        for name, value in zip(COLUMNS, values, strict=True):
            sums[name] += int(value)
    nothing = dict.fromkeys(COLUMNS, 0)
    return [
        f"case {case_id} shows other totals than its pledges have"
        for case_id in sorted(wanted.keys() | shown.keys())
        if wanted.get(case_id, nothing) != shown.get(case_id, nothing)
    ]


def _stranded() -> list[str]:
    """Pledges that wait for a verdict on a case which has had it: they would be charged or released by nobody."""
    pledges = db.session.scalars(
        select(Pledge.id)
        .join(Case)
        .where(Pledge.state == PledgeState.PLEDGED, Case.state.not_in((CaseState.OPEN, CaseState.CLOSING)))
    )
    return [f"pledge {pledge} was left behind by its case" for pledge in pledges]


def check() -> list[str]:
    """Look, and pull the brake if a promise is broken. The caller commits."""
    found = broken()
    if found:
        brake.pull("; ".join(found)[:500])
    return found
