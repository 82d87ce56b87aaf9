"""Which settings hold. `in_force` is what every page, job and command asks.

What was changed is read on a connection of its own, so that asking opens no transaction of the caller's, and believed
for a second: other processes notice a change that late, as they do a changed page.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.core import clock
from app.core.errors import NotFound
from app.database import db, read_only
from app.settings.known import ALL, BY_NAME, Known
from app.settings.models import SettingAnswer, SettingChange
from config import Settings

BELIEVED = 1.0  # seconds
_KEPT = "amicus_settings"


@dataclass(frozen=True)
class Step:
    """From `at` on, `name` is `value`."""

    at: datetime
    id: int
    name: str
    value: int


def _read() -> list[Step]:
    """Every change that counts, in the order in which they begin."""
    counts = (SettingChange.needs_second.is_(False) & SettingAnswer.id.is_(None)) | (
        SettingAnswer.answer == "confirmed"
    )
    query = select(
        SettingChange.id, SettingChange.name, SettingChange.value, SettingChange.starts_at, SettingAnswer.at
    ).outerjoin(SettingAnswer, SettingAnswer.change_id == SettingChange.id)
    with read_only(), db.engine.connect() as connection:
        rows = connection.execute(query.where(counts)).all()
    return in_order(
        Step(max(starts_at, answered_at or starts_at), id_, name, value)
        for id_, name, value, starts_at, answered_at in rows
        if name in BY_NAME
    )


def in_order(steps: Iterable[Step]) -> list[Step]:
    """The steps as they begin; of two that begin at once the later written one holds."""
    return sorted(steps, key=lambda step: (step.at, step.id))


def _steps() -> list[Step]:
    kept: tuple[float, list[Step]] | None = current_app.extensions.get(_KEPT)
    moment = time.monotonic()
    if kept is None or moment - kept[0] >= BELIEVED:
        kept = current_app.extensions[_KEPT] = (moment, _read())
    return kept[1]


def forget() -> None:
    """Believe nothing any more: something was changed in this process, and committed."""
    current_app.extensions.pop(_KEPT, None)


def in_force() -> Settings:
    """All settings as they hold now: those of the environment, and over them what staff have changed."""
    base: Settings = current_app.config["AMICUS"]
    now = clock.now()
    changed = {step.name: step.value for step in _steps() if step.at <= now}
    return base.model_copy(update=changed) if changed else base


def mark() -> str:
    """Differs whenever a setting that staff can change does."""
    settings = in_force()
    return ",".join(str(getattr(settings, known.name)) for known in ALL)


# ---------------------------------------------------------------- for staff
@dataclass(frozen=True)
class Row:
    """A setting as it stands: its value now, that of the environment, what is planned, and what waits for an answer."""

    known: Known
    value: int
    default: int
    planned: list[SettingChange]
    waiting: list[SettingChange]


def find(name: str) -> Known:
    """A setting that staff can change. Raises NotFound."""
    if name not in BY_NAME:
        raise NotFound()
    return BY_NAME[name]


def history(name: str) -> list[SettingChange]:
    """Every change of `name`, the latest first."""
    query = select(SettingChange).where(SettingChange.name == name).options(joinedload(SettingChange.answer))
    return list(db.session.scalars(query.order_by(SettingChange.id.desc())))


def steps_of(changes: Iterable[SettingChange]) -> list[Step]:
    """Those of `changes` that count, in the order in which they begin."""
    return in_order(
        Step(change.counts_from, change.id, change.name, change.value)
        for change in changes
        if change.counts_from is not None
    )


def value_at(name: str, moment: datetime, steps: Iterable[Step]) -> int:
    """What `name` is at `moment`, by these steps."""
    default = int(getattr(current_app.config["AMICUS"], name))
    return next((step.value for step in reversed(in_order(steps)) if step.name == name and step.at <= moment), default)


def rows() -> list[Row]:
    """Every setting that staff can change, in order; one question to the database."""
    changes = list(db.session.scalars(select(SettingChange).options(joinedload(SettingChange.answer))))
    return [row_of(known, [change for change in changes if change.name == known.name]) for known in ALL]


def row_of(known: Known, changes: list[SettingChange]) -> Row:
    """How a setting stands, given every change of it."""
    now = clock.now()
    planned = [change for change in changes if change.counts_from is not None and change.counts_from > now]
    return Row(
        known,
        value_at(known.name, now, steps_of(changes)),
        int(getattr(current_app.config["AMICUS"], known.name)),
        sorted(planned, key=lambda change: (change.starts_at, change.id)),
        [change for change in changes if change.waits],
    )


def waiting() -> tuple[int, datetime | None]:
    """How many changes wait for a second administrator, and since when the first."""
    query = (
        select(func.count(), func.min(SettingChange.at))
        .outerjoin(SettingAnswer, SettingAnswer.change_id == SettingChange.id)
        .where(SettingChange.needs_second, SettingAnswer.id.is_(None))
    )
    number, since = db.session.execute(query).one()
    return number, since
