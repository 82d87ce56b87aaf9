"""The time. Everything that has a deadline asks here, and tests move nothing else.

In development an offset file (whole seconds) moves web, worker and stand-in together. Sign-in codes, session ages,
leases and signatures keep `real_now()`.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

_LOOK_EVERY = 0.2  # seconds between two looks at the file

_moved = timedelta()
_file: Path | None = None
_file_offset = timedelta()
_file_mtime: int | None = None
_looked_at = float("-inf")


def real_now() -> datetime:
    """The present moment, aware, in UTC; never moved."""
    return datetime.now(UTC)


def now() -> datetime:
    """The present moment of the house, aware, in UTC."""
    return real_now() + _moved + _offset()


def set_offset_file(path: Path | None) -> None:
    """Add the seconds that `path` holds from now on; None adds nothing. A file that is not there yet counts as 0."""
    global _file, _file_offset, _file_mtime, _looked_at
    _file, _file_offset, _file_mtime, _looked_at = path, timedelta(), None, float("-inf")


def _offset() -> timedelta:
    global _file_offset, _file_mtime, _looked_at
    if _file is None or time.monotonic() - _looked_at < _LOOK_EVERY:
        return _file_offset
    _looked_at = time.monotonic()
    try:
        mtime = _file.stat().st_mtime_ns
        if mtime != _file_mtime:
            _file_offset, _file_mtime = timedelta(seconds=int(_file.read_text())), mtime
    except FileNotFoundError:
        _file_offset, _file_mtime = timedelta(), None
    except ValueError:
        pass  # caught while it is being written; the next look finds it whole
    return _file_offset


@contextmanager
def back_at(moment: datetime) -> Iterator[None]:
    """Inside it is `moment` (aware), and the clock runs on from there: for the seed, which tells what happened before.

    It moves this process alone. Raises ValueError for a moment that is still to come.
    """
    global _moved
    before, ahead = _moved, moment - now()
    if ahead > timedelta():
        raise ValueError("What is still to come cannot be told")
    _moved += ahead
    try:
        yield
    finally:
        _moved = before


def move(seconds: float) -> None:
    """For tests: let the clock jump ahead (or back); it runs on from there."""
    global _moved
    _moved += timedelta(seconds=seconds)


def set(moment: datetime) -> None:
    """For tests: let it be `moment` (aware) now; the clock runs on from there."""
    global _moved
    _moved = moment - real_now() - _offset()


def reset() -> None:
    """For tests: back to real time (and the file's offset, if one is set)."""
    global _moved
    _moved = timedelta()
