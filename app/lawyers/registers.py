"""Registers of lawyers: looking somebody up, and taking over a register that was handed in as a file.

Two adapters answer the same question. `FileFed` reads the latest snapshot that staff imported; `Manual` repeats what a
member of staff found in the regulator's own register. A regulator with an interface of its own would be a third.

A snapshot is CSV in UTF-8 with the columns of COLUMNS, which may stand in any order. Nothing of a file with a mistake
is taken over, and each mistake is named by its line. The latest snapshot of a regulator replaces the one before.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import IO, Any, Protocol

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from app.accounts.models import User
from app.audit.service import record
from app.core import clock
from app.core.errors import N_, Conflict, Invalid
from app.core.text import is_safe_line
from app.database import db
from app.lawyers.models import Lawyer, RegisterEntry, RegisterSnapshot
from app.lawyers.queries import latest_checks
from app.lawyers.regulators import REGULATORS, is_number, normal_number
from app.lawyers.states import RegisterStatus
from app.settings.queries import in_force

COLUMNS = ("number", "name", "status", "firm")
LARGEST = 10 * 1024 * 1024
MOST_ENTRIES = 250_000
MOST_MISTAKES = 20  # that are told at once
LONGEST = 120  # characters of a name and a firm


class BadSnapshot(Invalid):
    """The file cannot be taken over; `mistakes` say what is wrong in which line."""

    message = N_("This file cannot be imported, and nothing of it was. Correct it and send it again.")
    field = "file"

    def __init__(self, mistakes: Sequence["Mistake"] = ()) -> None:
        super().__init__()
        self.mistakes = list(mistakes)


class TooLarge(Invalid):
    """More than we take at once."""

    message = N_("The file is too large. It may have %(most)s MB at most.")
    field = "file"


class TooMany(Invalid):
    """More entries than any register has."""

    message = N_("The file has too many entries. %(most)s are allowed.")
    field = "file"


class BadDay(Invalid):
    """A register cannot be of tomorrow, and an old one must not replace a newer one."""

    message = N_("Enter the day on which the register was like this: not in the future, and not before the last one.")
    field = "as_of"


class BadRegulator(Invalid):
    """We keep no register of it."""

    message = N_("Choose one of the answers.")
    field = "regulator"


class AnotherImport(Conflict):
    """Two people import the same register at the same moment."""

    message = N_("Somebody else is importing this register. Look at what they did before you go on.")


# ---------------------------------------------------------------- looking somebody up
@dataclass(frozen=True)
class Found:
    """The register, or whoever read it, knows the lawyer."""

    name: str
    status: RegisterStatus
    source: str
    as_of: date
    firm: str = ""
    snapshot_id: int | None = None


@dataclass(frozen=True)
class NotFound:
    """The register has nobody with this number."""

    source: str
    as_of: date
    snapshot_id: int | None = None


@dataclass(frozen=True)
class CannotSay:
    """There is no register to look into."""


Answer = Found | NotFound | CannotSay


class Register(Protocol):
    """Somewhere to look a lawyer up."""

    def look_up(self, lawyer: Lawyer) -> Answer:
        """What it says of `lawyer`, by the number they gave."""


class FileFed:
    """The latest snapshot that staff imported."""

    def look_up(self, lawyer: Lawyer) -> Answer:
        """See Register."""
        snapshot = latest(lawyer.regulator)
        if snapshot is None:
            return CannotSay()
        entry = db.session.scalar(
            select(RegisterEntry).where(
                RegisterEntry.regulator == lawyer.regulator, RegisterEntry.number == lawyer.registration_number
            )
        )
        if entry is None:
            return NotFound(snapshot.source, snapshot.as_of, snapshot.id)
        status = RegisterStatus(entry.status)
        return Found(entry.name, status, snapshot.source, snapshot.as_of, entry.firm, snapshot.id)


class Manual:
    """What a member of staff found when they looked, noted with the practising certificate."""

    def look_up(self, lawyer: Lawyer) -> Answer:
        """See Register."""
        check = latest_checks(lawyer).get("practising_certificate")
        if check is None:
            return CannotSay()
        name = lawyer.register_name or lawyer.user.name
        return Found(name, RegisterStatus.PRACTISING, check.source, check.checked_on, lawyer.firm)


ADAPTERS: tuple[Register, ...] = (FileFed(), Manual())


def look_up(lawyer: Lawyer) -> Answer:
    """The answer of the first adapter that has one."""
    answers = (adapter.look_up(lawyer) for adapter in ADAPTERS)
    return next((answer for answer in answers if not isinstance(answer, CannotSay)), CannotSay())


# ---------------------------------------------------------------- snapshots
def latest(regulator: str) -> RegisterSnapshot | None:
    """The latest snapshot of the regulator of this English name."""
    theirs = select(RegisterSnapshot).where(RegisterSnapshot.regulator == regulator)
    return db.session.scalars(theirs.order_by(RegisterSnapshot.id.desc()).limit(1)).first()


def fresh_since() -> date:
    """A snapshot from before this day is too old to be relied on."""
    return clock.now().date() - timedelta(days=in_force().register_days)


@dataclass(frozen=True)
class Held:
    """One regulator of which we hold a register, or of which lawyers are verified. `snapshot` is None without one."""

    regulator: str
    snapshot: RegisterSnapshot | None
    lawyers: int

    @property
    def is_old(self) -> bool:
        """Whether lawyers are compared with a register that nobody should rely on."""
        return self.lawyers > 0 and self.snapshot is not None and self.snapshot.as_of < fresh_since()


@dataclass(frozen=True)
class Mistake:
    """What is wrong in one line of a file: the line's number, from 1, and which part (of COLUMNS; empty: the whole)."""

    line: int
    code: str
    part: str = ""


Entry = dict[str, str]


def read(regulator: str, stream: IO[bytes]) -> list[Entry]:
    """The entries that a file holds for the regulator of this English name. Raises BadSnapshot, TooLarge, TooMany."""
    content = stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise TooLarge(most=LARGEST // 1024 // 1024)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadSnapshot([Mistake(content[: error.start].count(b"\n") + 1, "encoding")]) from None
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    header = [name.strip().lower() for name in next(_safely(rows), [])]
    if sorted(header) != sorted(COLUMNS):
        raise BadSnapshot([Mistake(1, "columns")])
    entries: list[Entry] = []
    mistakes: list[Mistake] = []
    seen: set[str] = set()
    for row in _safely(rows):
        if not any(part.strip() for part in row):
            continue
        entry, mistake = _entry(regulator, header, row, rows.line_num, seen)
        if mistake is not None:
            mistakes.append(mistake)
        else:
            entries.append(entry)
        if len(mistakes) >= MOST_MISTAKES:
            break
        if len(entries) > MOST_ENTRIES:
            raise TooMany(most=MOST_ENTRIES)
    if mistakes or not entries:
        raise BadSnapshot(mistakes or [Mistake(2, "empty")])
    return entries


def _safely(rows: Any) -> Iterator[list[str]]:
    try:
        yield from rows
    except csv.Error:
        raise BadSnapshot([Mistake(rows.line_num, "csv")]) from None


def _entry(
    regulator: str, header: list[str], row: list[str], line: int, seen: set[str]
) -> tuple[Entry, Mistake | None]:
    """One entry, or what is wrong with it."""
    if len(row) != len(header):
        return {}, Mistake(line, "parts")
    entry = dict(zip(header, (" ".join(part.split(" ")).strip() for part in row), strict=True))
    entry["number"] = normal_number(entry["number"])
    entry["status"] = entry["status"].lower()
    for part in ("name", "firm"):
        if len(entry[part]) > LONGEST or not is_safe_line(entry[part]):
            return {}, Mistake(line, "text", part)
    if not entry["name"]:
        return {}, Mistake(line, "missing", "name")
    if len(entry["number"]) > 40 or not is_number(regulator, entry["number"]):
        return {}, Mistake(line, "number", "number")
    if entry["status"] not in set(RegisterStatus):
        return {}, Mistake(line, "status", "status")
    if entry["number"] in seen:
        return {}, Mistake(line, "twice", "number")
    seen.add(entry["number"])
    return entry, None


def bring_in(key: str, as_of: date, stream: IO[bytes], by: User | None) -> RegisterSnapshot:
    """Take over the register of the regulator `key` as it was on `as_of`; it replaces the one before as a whole.

    Raises BadRegulator, BadDay, BadSnapshot, TooLarge, TooMany, AnotherImport.
    """
    if key not in REGULATORS:
        raise BadRegulator()
    regulator = REGULATORS[key].name
    before = latest(regulator)
    if as_of > clock.now().date() or (before is not None and as_of < before.as_of):
        raise BadDay()
    entries = read(regulator, stream)
    snapshot = RegisterSnapshot(
        regulator=regulator,
        source=f"{regulator} register"[:120],
        as_of=as_of,
        entries=len(entries),
        imported_by=by.id if by else None,
    )
    db.session.add(snapshot)
    db.session.flush()
    db.session.execute(delete(RegisterEntry).where(RegisterEntry.regulator == regulator))
    own = {"snapshot_id": snapshot.id, "regulator": regulator}
    try:
        for start in range(0, len(entries), 2000):
            db.session.execute(insert(RegisterEntry), [entry | own for entry in entries[start : start + 2000]])
    except IntegrityError:
        raise AnotherImport() from None
    record("register.imported", snapshot, actor_id=by.id if by else None, entries=len(entries), as_of=str(as_of))
    return snapshot
