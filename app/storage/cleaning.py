"""Handing what people send to `cleaner.py`: a process of its own opens it, under limits, and makes a new file of it.

What was sent is never kept and never handed out. A file that breaks the process, or makes it too large or too slow,
ends that process and nothing else. At most AT_ONCE of them run beside each other.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from app.core.errors import N_, DomainError, Invalid
from app.storage import files
from app.storage.models import StoredFile

AT_ONCE = 2
WAITS = 20.0  # seconds for one's turn
LASTS = 20.0  # seconds of the clock
CLEANER = Path(__file__).with_name("cleaner.py")
LARGEST_EDGE = 4000  # pixels; a sheet of paper stays legible
_FORMATS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}
_turns = threading.BoundedSemaphore(AT_ONCE)


class WrongPaper(Invalid):
    """None of the types of documents."""

    message = N_("Send a PDF, JPEG or PNG file.")
    field = "file"


class WrongPicture(Invalid):
    """None of the types of pictures."""

    message = N_("Send a JPEG, PNG or WebP picture.")
    field = "file"


class Unreadable(Invalid):
    """Broken, or not what it says it is."""

    message = N_("This file is damaged, or not what its name says. Open it, save it anew and send that.")
    field = "file"


class Locked(Invalid):
    """A PDF that asks for a password."""

    message = N_("This PDF is locked with a password. Save it without one and send that.")
    field = "file"


class TooManyPixels(Invalid):
    """A picture that is too large, whatever its file weighs."""

    message = N_("This picture is too large. It may have 25 million pixels at most. Make it smaller and send it again.")
    field = "file"


class TooHeavy(Invalid):
    """It took more memory or time than a file may."""

    message = N_("This file is too heavy to open. Make it smaller or simpler and send it again.")
    field = "file"


class Busy(DomainError):
    """Others are before it."""

    status = 503
    message = N_("We are busy with other files. Try again in a minute.")
    field = "file"


REFUSALS: dict[str, type[DomainError]] = {
    "unreadable": Unreadable,
    "password": Locked,
    "pixels": TooManyPixels,
    "heavy": TooHeavy,
}


@dataclass(frozen=True)
class Clean:
    """A new file, at its beginning; it closes when the block ends. `width` and `height` are in pixels, 0 of a PDF;
    `sent_sha256` is of what it was made from.
    """

    kind: str
    stream: IO[bytes]
    sent_sha256: str
    width: int = 0
    height: int = 0


@contextmanager
def paper(sent: IO[bytes], kinds: Collection[str] = files.PAPERS) -> Iterator[Clean]:
    """A document, made anew: a PDF, or the picture of a sheet.

    Call it outside of a transaction: it takes up to LASTS seconds. Raises WrongPaper, TooLarge and what REFUSALS says.
    """
    with _received(sent) as (kind, file, sha256):
        if kind is None or kind not in kinds:
            raise WrongPaper()
        wanted = ("pdf",) if kind == "pdf" else ("picture", _FORMATS[kind], _FORMATS[kind], str(LARGEST_EDGE))
        with _cleaned(file, kind, sha256, *wanted) as clean:
            yield clean


@contextmanager
def picture(sent: IO[bytes], edge: int) -> Iterator[Clean]:
    """A picture, made anew, at most `edge` pixels wide and high; the rest as with `paper`. Raises WrongPicture."""
    with _received(sent) as (kind, file, sha256):
        if kind not in _FORMATS:
            raise WrongPicture()
        with _cleaned(file, kind, sha256, "picture", _FORMATS[kind], _FORMATS[kind], str(edge)) as clean:
            yield clean


@contextmanager
def variant(row: StoredFile, width: int) -> Iterator[Clean]:
    """A stored picture as WebP, at most `width` pixels wide. Raises what REFUSALS says."""
    with (
        files.path_of(row).open("rb") as file,
        _cleaned(file, "webp", row.sha256, "width", _FORMATS[row.kind], str(width)) as clean,
    ):
        yield clean


@contextmanager
def _received(sent: IO[bytes]) -> Iterator[tuple[str | None, IO[bytes], str]]:
    """What was sent, as a file without a name, with its kind and its SHA-256. Raises TooLarge."""
    with tempfile.TemporaryFile() as file:
        size, digest = 0, hashlib.sha256()
        while chunk := sent.read(files.CHUNK):
            size += len(chunk)
            if size > files.LARGEST:
                raise files.TooLarge(most=files.LARGEST // 1024 // 1024)
            digest.update(chunk)
            file.write(chunk)
        file.seek(0)
        kind = files.kind_of(file.read(64), files.KINDS)
        file.seek(0)
        yield kind, file, digest.hexdigest()


@contextmanager
def _cleaned(file: IO[bytes], kind: str, sha256: str, *wanted: str) -> Iterator[Clean]:
    with tempfile.TemporaryFile() as made, tempfile.TemporaryFile() as told:
        said = _run(file, made, told, wanted)
        refusal = REFUSALS.get(str(said.get("refused", "")))
        if refusal is not None:
            raise refusal()
        made.seek(0)
        yield Clean(kind, made, sha256, int(str(said.get("width", 0))), int(str(said.get("height", 0))))


def _run(file: IO[bytes], made: IO[bytes], told: IO[bytes], wanted: tuple[str, ...]) -> dict[str, object]:
    """Run the cleaner. It gets no variable of ours and no open file but these three; what breaks it is too heavy."""
    if not _turns.acquire(timeout=WAITS):
        raise Busy()
    file.flush()
    os.lseek(file.fileno(), 0, os.SEEK_SET)  # the process reads on from where the descriptor stands, not our buffer
    try:
        # Our own program, by our own interpreter; `-I` keeps the place it is called from out of what it imports.
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-I", str(CLEANER), *wanted],
            stdin=file,
            stdout=made,
            stderr=told,
            env={},
            cwd=tempfile.gettempdir(),
            timeout=LASTS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"refused": "heavy"}
    finally:
        _turns.release()
    told.seek(0)
    try:
        said = json.loads(told.read(files.CHUNK).splitlines()[-1])
    except (ValueError, IndexError):
        said = None
    return said if done.returncode == 0 and isinstance(said, dict) else {"refused": "heavy"}
