"""Totals by append and roll-up.

A pledge that changes appends a row of differences in its own transaction, so no two backers wait for each other. Once
a second the roll-up takes the rows it finds, adds them to the case's totals and removes them, in one transaction: a
killed roll-up leaves either both or neither. A page shows totals plus the rows still open, so everybody sees their
own pledge at once.
"""

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.cases.models import Case
from app.cases.states import CaseState, Verdict
from app.core import clock
from app.core.errors import N_, Conflict
from app.core.money import Money
from app.database import db, is_sqlite
from app.jobs.queue import defer
from app.pledges.models import CaseDay, CaseTotals, Pledge, PledgeDelta
from app.pledges.states import COUNTED, FAILING, PledgeState, judge

COLUMNS = ("pledged", "backers", "collected", "collections", "failing")


class IllegalMove(Conflict):
    """A pledge cannot go from its state to the one asked for."""

    message = N_("This pledge has changed meanwhile. Look at it again before you go on.")


def effect(state: PledgeState, amount: int) -> dict[str, int]:
    """What one pledge of `amount` pence adds to its case's totals in `state`."""
    counted, collected, failing = state in COUNTED, state is PledgeState.COLLECTED, state in FAILING
    return {
        "pledged": amount * counted,
        "backers": int(counted),
        "collected": amount * collected,
        "collections": int(collected),
        "failing": amount * failing,
    }


def change(pledge: Pledge, *, state: PledgeState | None = None, amount: Money | None = None) -> bool:
    """Move `pledge` to `state`, give it `amount`, and append the difference. False if nothing changed.

    The only place where either is set. Raises IllegalMove.
    """
    old_state, old_amount = PledgeState(pledge.state), pledge.amount
    new_state, new_amount = state or old_state, amount or old_amount
    if judge(old_state, new_state) is Verdict.ILLEGAL:
        raise IllegalMove()
    if (old_state, old_amount) == (new_state, new_amount):
        return False
    pledge.state, pledge.amount = new_state, new_amount
    before, after = effect(old_state, old_amount.minor), effect(new_state, new_amount.minor)
    difference = {name: after[name] - before[name] for name in COLUMNS}
    if any(difference.values()):
        db.session.add(PledgeDelta(case_id=pledge.case_id, day=clock.now().date(), **difference))
    return True


def roll_up(most: int = 5000) -> int:
    """Fold open differences into totals and days; how many. Commits. Wakes the check of a case that met its target."""
    # Picked by a statement of its own: inside the DELETE, PostgreSQL may run a locking subquery more than once.
    picked = db.session.scalars(select(PledgeDelta.id).limit(most).with_for_update(skip_locked=True)).all()
    taken = db.session.execute(
        delete(PledgeDelta)
        .where(PledgeDelta.id.in_(picked))
        .returning(PledgeDelta.case_id, PledgeDelta.day, *(getattr(PledgeDelta, name) for name in COLUMNS))
        .execution_options(synchronize_session=False)
    ).all()
    sums: dict[int, dict[str, int]] = {}
    days: dict[tuple[int, object], dict[str, int]] = {}
    for case_id, day, *values in taken:
        for name, value in zip(COLUMNS, values, strict=True):
            case_sums = sums.setdefault(case_id, dict.fromkeys(COLUMNS, 0))
            case_sums[name] += value
            if name in ("pledged", "backers"):
                day_sums = days.setdefault((case_id, day), {"pledged": 0, "backers": 0})
                day_sums[name] += value
    # Rows are taken in a fixed order, so that two workers never wait for each other in a circle.
    for case_id in sorted(sums):
        _add(CaseTotals, {"case_id": case_id}, sums[case_id])
    for case_id, day in sorted(days, key=str):
        _add(CaseDay, {"case_id": case_id, "day": day}, days[case_id, day])
    if sums:
        pages_changed(sorted(sums))
        _wake_target_checks(sorted(sums))
    db.session.commit()
    return len(taken)


def pages_changed(case_ids: list[int]) -> None:
    """Raise the versions of these cases: their pages show something else now."""
    db.session.execute(
        update(Case)
        .where(Case.id.in_(case_ids))
        .values(version=Case.version + 1)
        .execution_options(synchronize_session=False)
    )


def _add(table: type[CaseTotals] | type[CaseDay], key: dict[str, object], values: dict[str, int]) -> None:
    dialect = sqlite if is_sqlite() else postgresql
    statement = dialect.insert(table).values(**key, **values)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=list(key), set_={name: getattr(table, name) + value for name, value in values.items()}
        )
    )


def _wake_target_checks(case_ids: list[int]) -> None:
    reached = db.session.scalars(
        select(Case.id)
        .join(CaseTotals, CaseTotals.case_id == Case.id)
        .where(Case.id.in_(case_ids), Case.state == CaseState.OPEN, CaseTotals.pledged >= Case.target_minor)  # type: ignore[attr-defined]
    )
    for case_id in reached:
        defer("pledges.check_target", {"case_id": case_id})
