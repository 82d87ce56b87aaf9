"""A mail server that delivers nothing: it keeps every letter in a file, to be read on the side page."""

import email
import email.policy
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

PAGE = 50
_TABLE = """
CREATE TABLE IF NOT EXISTS letters (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, recipient TEXT NOT NULL, subject TEXT NOT NULL,
  content BLOB NOT NULL)
"""


@dataclass(frozen=True)
class Line:
    """A letter in the list, once for each recipient.

    `at` is a moment of the demo's clock: the letter's own date, which the portal takes from it, else its arrival.
    """

    id: int
    at: datetime
    recipient: str
    subject: str


@dataclass(frozen=True)
class Letter(Line):
    """A letter opened; a part that it lacks is empty."""

    sender: str
    text: str
    html: str
    headers: list[tuple[str, str]]


class Mailbox:
    """The letters in `file`; `now` tells the moment at which a letter without a date arrives."""

    def __init__(self, file: Path, now: Callable[[], datetime]) -> None:
        self._file, self._now = file, now
        with self._open() as connection:
            connection.execute(_TABLE)

    def lines(self, recipient: str = "", before: int | None = None) -> list[Line]:
        """At most PAGE + 1 letters, newest first; those to `recipient` and those older than `before`, if given."""
        query = "SELECT id, at, recipient, subject FROM letters WHERE ? IN ('', recipient) AND id < ? ORDER BY id DESC"
        with self._open() as connection:
            found = connection.execute(f"{query} LIMIT {PAGE + 1}", (recipient, before or 2**62)).fetchall()
        return [Line(id, datetime.fromtimestamp(at, UTC), to, subject) for id, at, to, subject in found]

    def letter(self, id: int) -> Letter | None:
        """The letter with this number."""
        with self._open() as connection:
            found = connection.execute("SELECT at, recipient, content FROM letters WHERE id = ?", (id,)).fetchone()
        if found is None:
            return None
        at, recipient, content = found
        message = _read(content)
        headers = [(name, str(value)) for name, value in message.items()]
        text, html = _part(message, "plain"), _part(message, "html")
        moment = datetime.fromtimestamp(at, UTC)
        return Letter(id, moment, recipient, str(message["Subject"]), str(message["From"]), text, html, headers)

    @contextmanager
    def receiving(self, port: int) -> Iterator[None]:
        """Take letters on this port of 127.0.0.1 while inside."""
        controller = Controller(self, hostname="127.0.0.1", port=port)
        controller.start()
        try:
            yield
        finally:
            controller.stop()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Called by aiosmtpd."""
        message = _read(envelope.content)
        subject, date = str(message["Subject"]), message["Date"]
        at = date.datetime if date is not None and date.datetime is not None else self._now()
        rows = [(at.timestamp(), to, subject, envelope.content) for to in envelope.rcpt_tos]
        with self._open() as connection:
            connection.executemany("INSERT INTO letters (at, recipient, subject, content) VALUES (?, ?, ?, ?)", rows)
        return "250 Kept"

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._file)) as connection, connection:
            connection.execute("PRAGMA synchronous = OFF")  # a demo's letters may go with the machine
            yield connection


def _read(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, policy=email.policy.default)


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return part.get_content() if part else ""


def opening_links_beside(html: str) -> str:
    """The HTML of a letter, its links opening in a new tab: inside the mailbox's frame they would lead nowhere."""
    base = '<base target="_blank">'
    found = re.search(r"<head[^>]*>", html, re.IGNORECASE)
    return html[: found.end()] + base + html[found.end() :] if found else base + html
