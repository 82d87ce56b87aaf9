"""What can happen to a setting: it is changed, now or later; and where that makes people less safe, a second
administrator confirms or refuses it first.

Nothing is ever altered: a change is a row, and what became of it another.
"""

from datetime import datetime, timedelta

from sqlalchemy import select

from app.audit.service import record
from app.core import clock
from app.core.errors import N_, Conflict, Invalid
from app.database import db
from app.settings import queries
from app.settings.known import PAIRS, Known
from app.settings.models import SettingAnswer, SettingChange

LONGEST_REASON = 600
FURTHEST = timedelta(days=366)


class OutOfRange(Invalid):
    """The field of `config.Settings` does not take it."""

    message = N_("Choose a value within the limits.")
    field = "value"


class NoReason(Invalid):
    """Nothing says why."""

    message = N_("Say why, in a sentence or more.")
    field = "reason"


class ReasonTooLong(Invalid):
    """More than the history takes."""

    message = N_("Use %(most)s characters or fewer.")
    field = "reason"


class BadStart(Invalid):
    """It would begin in the past, or in a future that nobody plans for."""

    message = N_("Choose a day from tomorrow on, within a year. Leave the boxes empty to change it at once.")
    field = "starts_on"


class NothingChanges(Invalid):
    """It is that value already, or will be by then."""

    message = N_("It has this value then already. Choose another one.")
    field = "value"


class WrongOrder(Invalid):
    """The smallest would be above the largest."""

    message = N_("The smallest value may not be above the largest one. Change the other setting first.")
    field = "value"


class Waits(Conflict):
    """Another change of the same setting waits for an answer."""

    message = N_("A change of this setting waits for a second administrator. It must be answered or withdrawn first.")


class Answered(Conflict):
    """Somebody was quicker, or it has begun."""

    message = N_("This change was answered already, or has begun. Look at the history.")


class OwnChange(Conflict):
    """Nobody confirms what they want themselves."""

    message = N_("Another administrator must decide on this change.")


def change(known: Known, value: int, reason: str, *, by_id: int, starts_at: datetime | None = None) -> SettingChange:
    """Let `known` be `value` from `starts_at` (None: now), or propose it, if it makes people less safe.

    Raises OutOfRange, NoReason, ReasonTooLong, BadStart, NothingChanges, WrongOrder, Waits.
    """
    now = clock.now()
    if not known.takes(value):
        raise OutOfRange()
    if not reason.strip():
        raise NoReason()
    if len(reason) > LONGEST_REASON:
        raise ReasonTooLong(most=LONGEST_REASON)
    if starts_at is not None and not now < starts_at <= now + FURTHEST:
        raise BadStart()
    start = starts_at or now
    earlier = queries.history(known.name)
    if any(one.waits for one in earlier):
        raise Waits()
    steps = queries.steps_of(earlier)
    present, then = (queries.value_at(known.name, moment, steps) for moment in (now, start))
    if value == then:
        raise NothingChanges()
    row = SettingChange(
        name=known.name,
        value=value,
        old_value=then,
        starts_at=start,
        needs_second=known.is_weaker(value, present) or known.is_weaker(value, then),
        reason=reason,
        by_id=by_id,
        at=now,
    )
    _check_order(known.name, [*steps, queries.Step(start, (earlier[0].id if earlier else 0) + 1, known.name, value)])
    db.session.add(row)
    db.session.flush()
    what = "proposed" if row.needs_second else "changed"
    record(f"setting.{what}", row, actor_id=by_id, name=known.name, old=then, value=value, starts=start.isoformat())
    return row


def _check_order(name: str, steps: list[queries.Step]) -> None:
    """Raise WrongOrder if, now or at any planned moment, the smaller of a pair would be above the larger."""
    for pair in PAIRS:
        if name not in pair:
            continue
        (other,) = (one for one in pair if one != name)
        both = [*steps, *queries.steps_of(queries.history(other))]
        now = clock.now()
        for moment in [now, *(step.at for step in both if step.at > now)]:
            low, high = (queries.value_at(one, moment, both) for one in pair)
            if low > high:
                raise WrongOrder()


def confirm(change: SettingChange, *, by_id: int) -> SettingAnswer:
    """Let a proposed change count. Raises OwnChange, Answered."""
    change = _held(change)
    if change.by_id == by_id:
        raise OwnChange()
    if not change.waits:
        raise Answered()
    return _answer(change, "confirmed", by_id)


def refuse(change: SettingChange, *, by_id: int) -> SettingAnswer:
    """Turn a proposed change down. Raises OwnChange (who proposed it withdraws it), Answered."""
    change = _held(change)
    if change.by_id == by_id:
        raise OwnChange()
    if not change.waits:
        raise Answered()
    return _answer(change, "refused", by_id)


def withdraw(change: SettingChange, *, by_id: int) -> SettingAnswer:
    """Take one's own proposal back, or any planned change that has not begun.

    Raises OwnChange for somebody else's proposal, Answered, WrongOrder.
    """
    change = _held(change)
    if change.waits and change.by_id != by_id:
        raise OwnChange()
    if not may_withdraw(change):
        raise Answered()
    if not change.waits:
        _check_order(change.name, queries.steps_of(one for one in queries.history(change.name) if one.id != change.id))
    return _answer(change, "withdrawn", by_id)


def may_withdraw(change: SettingChange) -> bool:
    """Whether it can still be taken back: it waits, or it is planned and needed nobody's word."""
    return change.answer is None and (change.needs_second or change.starts_at > clock.now())


def _held(change: SettingChange) -> SettingChange:
    """The change and its answer, read anew; whoever answers at the same time waits."""
    query = select(SettingChange).where(SettingChange.id == change.id).with_for_update(of=SettingChange)
    found = db.session.scalars(query.execution_options(populate_existing=True)).one()
    db.session.refresh(found, ["answer"])
    return found


def _answer(change: SettingChange, answer: str, by_id: int) -> SettingAnswer:
    row = SettingAnswer(change=change, answer=answer, proposed_by=change.by_id, by_id=by_id, at=clock.now())
    db.session.add(row)
    db.session.flush()
    record(f"setting.{answer}", change, actor_id=by_id, name=change.name, value=change.value)
    return row
