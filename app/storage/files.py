"""Keeping, handing out and deleting files.

A file is on the disk before its row is committed, so that no row is ever without its file; it is taken away again when
the transaction is rolled back, and only after the commit when it is deleted. What a crash leaves over, `sweep` finds.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from flask import Response, current_app, send_file
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.core import clock, ids
from app.core.errors import N_, Invalid, NotFound
from app.core.text import safe_line
from app.database import db
from app.storage.models import StoredFile
from app.web.headers import keep_private

LARGEST = 10 * 1024 * 1024
LONGEST_NAME = 120
CHUNK = 64 * 1024
UNCLAIMED_AFTER = 3600  # seconds until a file without a row counts as left over; until then its row may still come


@dataclass(frozen=True)
class Kind:
    """A type of file that we take: how it begins, and how its names end."""

    magic: bytes
    mimetype: str
    endings: tuple[str, ...]
    inner: bytes = b""  # what stands at the ninth byte, of a type that begins like others

    def begins(self, first: bytes) -> bool:
        """Whether a file that begins with `first` is of this type."""
        return first.startswith(self.magic) and first.startswith(self.inner, 8)


KINDS = {
    "pdf": Kind(b"%PDF-", "application/pdf", (".pdf",)),
    "jpeg": Kind(b"\xff\xd8\xff", "image/jpeg", (".jpg", ".jpeg")),
    "png": Kind(b"\x89PNG\r\n\x1a\n", "image/png", (".png",)),
    "webp": Kind(b"RIFF", "image/webp", (".webp",), b"WEBP"),
}
PAPERS = ("pdf", "jpeg", "png")


def endings_of(kinds: Iterable[str]) -> str:
    """What a file input may offer to choose from. What counts is how the file begins."""
    return ",".join(ending for kind in kinds for ending in KINDS[kind].endings)


ACCEPTED = endings_of(PAPERS)


def kind_of(first: bytes, kinds: Iterable[str]) -> str | None:
    """Which of `kinds` a file is that begins with `first`; None for any other."""
    return next((name for name in kinds if KINDS[name].begins(first)), None)


class WrongType(Invalid):
    """None of the types that we take, whatever the file is called."""

    message = N_("Send a PDF, JPEG or PNG file.")
    field = "file"


class TooLarge(Invalid):
    """More than LARGEST bytes."""

    message = N_("The file is too large. It may have %(most)s MB at most.")
    field = "file"


def keep(stream: IO[bytes], name: str, *, by_id: int | None, kinds: Iterable[str] = PAPERS) -> StoredFile:
    """Store what `stream` holds, one of `kinds`; `name` is what its sender calls it. The row is flushed; the caller
    commits it.

    Raises WrongType, TooLarge; OSError on a full disk.
    """
    first = stream.read(CHUNK)
    kind = kind_of(first, kinds)
    if kind is None:
        raise WrongType()
    row = StoredFile(public_id=ids.public_id(), name=clean_name(name, kind), kind=kind, created_by=by_id)
    path = path_of(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        row.size, row.sha256 = _write(path, first, stream)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    db.session.info.setdefault("new_files", []).append(path)
    db.session.add(row)
    db.session.flush()
    return row


def _write(path: Path, first: bytes, stream: IO[bytes]) -> tuple[int, str]:
    """Write the file and make sure that it is there; its size and SHA-256."""
    size, digest = 0, hashlib.sha256()
    with path.open("xb") as file:
        for chunk in _chunks(first, stream):
            size += len(chunk)
            if size > LARGEST:
                raise TooLarge(most=LARGEST // 1024 // 1024)
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return size, digest.hexdigest()


def _chunks(first: bytes, stream: IO[bytes]) -> Iterator[bytes]:
    chunk = first
    while chunk:
        yield chunk
        chunk = stream.read(CHUNK)


def clean_name(name: str, kind: str) -> str:
    """The last part of `name` on one line, without harmful signs, ending as files of `kind` do."""
    ending = KINDS[kind].endings
    last = safe_line(re.split(r"[/\\]", name)[-1]).strip(". ")
    if not last.lower().endswith(ending):
        last = (last or "file") + ending[0]
    stem, dot, end = last.rpartition(".")
    return stem[: LONGEST_NAME - len(dot + end)] + dot + end


def folder() -> Path:
    """Where the files are; nothing serves this folder."""
    return Path(current_app.config["AMICUS"].data_dir) / "files"


def path_of(row: StoredFile) -> Path:
    """Where the file of `row` is."""
    return folder() / row.public_id[:2] / row.public_id


def download(row: StoredFile, *, shown: bool = False) -> Response:
    """The file as an answer that a browser saves, and never shows as a page of ours; `shown` is for pictures within a
    page, which nobody saves. Raises NotFound if it is gone.
    """
    path = path_of(row)
    if row.deleted_at is not None or not path.is_file():
        raise NotFound()
    answer = send_file(
        path, KINDS[row.kind].mimetype, as_attachment=not shown, download_name=row.name, conditional=False, etag=False
    )
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return keep_private(answer)


def delete(row: StoredFile) -> None:
    """Delete the file of `row`, from the disk as soon as this is committed; a second time is quiet."""
    if row.deleted_at is None:
        row.deleted_at = clock.now()
        db.session.info.setdefault("old_files", []).append(path_of(row))


def sweep() -> int:
    """Take away what is on the disk and belongs to no row, or to a deleted one; how many files."""
    found = 0
    for part in folder().iterdir() if folder().is_dir() else ():
        names = {path.name for path in part.iterdir()} if part.is_dir() else set()
        rows = db.session.execute(
            select(StoredFile.public_id, StoredFile.deleted_at).where(StoredFile.public_id.in_(names))
        )
        known = {row.public_id: row.deleted_at for row in rows}
        for name in names:
            deleted = known.get(name) is not None
            if deleted or (name not in known and _is_old(part / name)):
                (part / name).unlink(missing_ok=True)
                found += 1
    return found


def _is_old(path: Path) -> bool:
    with suppress(FileNotFoundError):
        return path.stat().st_mtime < clock.real_now().timestamp() - UNCLAIMED_AFTER
    return False


@event.listens_for(db.session, "after_commit")
def _committed(session: Session) -> None:
    session.info.pop("new_files", None)
    _take_away(session.info.pop("old_files", []))


@event.listens_for(db.session, "after_rollback")
def _rolled_back(session: Session) -> None:
    session.info.pop("old_files", None)
    _take_away(session.info.pop("new_files", []))


def _take_away(paths: list[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
