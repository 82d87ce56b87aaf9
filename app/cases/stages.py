"""The stages for which a live page raises money: which one it is raising for, and changes that everybody can read."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.audit.service import record
from app.cases.drafting import Stage, check_later
from app.cases.models import Case, CaseStage, CaseStageChange
from app.cases.moves import held
from app.cases.states import CaseState
from app.core import clock
from app.core.errors import N_, Conflict
from app.core.money import Money
from app.database import db
from app.jobs.queue import defer


class NotRaising(Conflict):
    """The page is not live, or raises no more money."""

    message = N_("Stages can be changed only while the page raises money.")


class Overtaken(Conflict):
    """The page was changed since the form was drawn."""

    message = N_("The page has changed since you opened this form. Look at the stages again before you save.")


@dataclass(frozen=True)
class Standing:
    """A stage as the page lists it. `amount` is what it costs; `is_paid` once pledges reach it, `is_next` of the first
    that they do not.
    """

    position: int
    title: str
    reason: str
    amount: Money | None
    is_paid: bool
    is_next: bool


def may_change(case: Case) -> bool:
    """Whether later stages can be added, changed or taken out now."""
    return case.state in (CaseState.OPEN, CaseState.FUNDED) and case.raising_ended_at is None


def change(case: Case, later: Sequence[Stage], actor: User, *, seen: int | None = None) -> bool:
    """Put these later stages in the place of the present ones; False if nothing differs.

    What was and what is now, who changed it and when are kept for everybody to read. `seen` is the version of the page
    that `actor` saw. Raises NotRaising, Overtaken, TooManyStages, StageLacks.
    """
    case = held(case)
    if not may_change(case):
        raise NotRaising()
    check_later(later)
    old, now, made = [_of(row) for row in case.stages[1:]], clock.now(), list[CaseStageChange]()
    if old == list(later):
        return False
    if seen not in (None, case.version):
        raise Overtaken()
    for n in range(max(len(old), len(later))):
        before, after = (stages[n] if n < len(stages) else None for stages in (old, later))
        if before != after:
            made.append(_change(case, n + 2, before, after, actor))
    db.session.add_all(made)
    case.stages = case.stages[:1]
    db.session.flush()
    case.stages += [
        CaseStage(position=n, title=stage.title, reason=stage.reason, amount=stage.amount)
        for n, stage in enumerate(later, start=2)
    ]
    case.version += 1
    case.updated_at = now
    record("case.stages_changed", case, actor_id=actor.id, count=len(later))
    last = max(row.id for row in made)  # it stands for all that was changed at once
    defer("updates.tell_of_stages", {"change_id": last}, uniq=f"stages:{last}:tell")
    return True


def _of(row: CaseStage) -> Stage:
    return Stage(row.title, row.reason, row.amount)


def _change(case: Case, position: int, old: Stage | None, new: Stage | None, actor: User) -> CaseStageChange:
    change = CaseStageChange(case_id=case.id, position=position, actor_id=actor.id, at=clock.now())
    if old is not None:
        change.old_title, change.old_reason, change.old_amount = old.title, old.reason, old.amount
    if new is not None:
        change.new_title, change.new_reason, change.new_amount = new.title, new.reason, new.amount
    return change


def told(case: Case) -> tuple[list[CaseStage], list[CaseStageChange]]:
    """The stages in order, and every change since the page went live with who made it, the latest first. One query."""
    both = (
        select(CaseStage, CaseStageChange)
        .outerjoin(CaseStageChange, CaseStageChange.case_id == CaseStage.case_id)
        .where(CaseStage.case_id == case.id)
        .order_by(CaseStage.position, CaseStageChange.id.desc())
        .options(joinedload(CaseStageChange.actor))
    )
    found = db.session.execute(both).all()
    return list(dict.fromkeys(row for row, _change in found)), list(dict.fromkeys(made for _row, made in found if made))


def standings(case: Case, rows: Sequence[CaseStage], pledged: Money | None) -> list[Standing]:
    """These stages of the case: the initial target pays for the first, what is pledged beyond it for the next ones."""
    if case.target is None:
        return [Standing(row.position, row.title, row.reason, row.amount, False, False) for row in rows]
    needed, found, is_next = Money.zero(case.target.currency), list[Standing](), True
    for row in rows:
        amount = row.amount or case.target
        needed += amount
        is_paid = pledged is not None and pledged >= needed
        found.append(Standing(row.position, row.title, row.reason, amount, is_paid, is_next and not is_paid))
        is_next = is_next and is_paid
    return found
