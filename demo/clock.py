"""The clock that web, worker and stand-in share: a file that holds the seconds by which it is ahead."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

FARTHEST = 3660 * 86400


class BadMove(ValueError):
    """Not a move the clock can make; the message says why."""


def ahead(file: Path) -> int:
    """Seconds by which the clock is ahead."""
    try:
        return int(file.read_text())
    except FileNotFoundError:
        return 0


def now(file: Path) -> datetime:
    """The moved moment, aware, in UTC."""
    return datetime.fromtimestamp(time.time() + ahead(file), UTC)


def move(file: Path, seconds: int) -> datetime:
    """Move the clock ahead and give the new moment. Raises BadMove."""
    if seconds <= 0:
        raise BadMove("The clock only goes forward. Start afresh to set it back: make demo FRESH=1")
    total = ahead(file) + seconds
    if total > FARTHEST:
        raise BadMove("The clock goes at most ten years ahead. Start afresh to set it back: make demo FRESH=1")
    aside = file.with_name(f".{file.name}.{os.getpid()}")
    aside.write_text(f"{total}\n")
    aside.replace(file)  # whole, because everybody reads it all the time
    return now(file)
