"""The people of the demo, read straight from its database, with the one-time codes that are good now.

It stands in for an authenticator app: whoever is just setting one up finds the code of the new secret here.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

import pyotp

from demo.place import Place

STEP = 30
# How a lawyer stands who had a badge and waits for staff again, by the cause.
AGAIN = {"changed": "pending again after a change", "lapsed": "verification expired"}
_QUERY = """
SELECT users.name, users.email, users.lang, users.created_at, users.totp_secret, users.totp_last_step,
       users.pending_totp_secret, users.pending_totp_until, lawyers.state, lawyers.pending_because, lawyers.firm,
       (SELECT group_concat(role, ', ') FROM staff_roles WHERE user_id = users.id AND ended_at IS NULL)
FROM users LEFT JOIN lawyers ON lawyers.user_id = users.id
WHERE users.disabled_at IS NULL ORDER BY users.id
"""


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in.

    `code` is None without a second factor; a code that `is_used` is refused, one that `is_new` sets a new app up.
    `has_own_password`: they came after the demo was filled, and chose it themselves.
    """

    name: str
    email: str
    lang: str
    does: str
    code: str | None
    is_used: bool
    is_new: bool
    has_own_password: bool


def people(place: Place) -> list[Person]:
    """Everybody with an open account, in the order in which they came. Nobody while there is no database."""
    if not place.database.exists():
        return []
    with closing(sqlite3.connect(f"{place.database.as_uri()}?mode=ro", uri=True)) as connection:
        try:
            return list(_read(connection, place.seeded_at()))
        except sqlite3.OperationalError:  # its tables are just being made
            return []


def seconds_left() -> int:
    """For how long the present codes are good, at most STEP."""
    return STEP - int(time.time()) % STEP


def _read(connection: sqlite3.Connection, seeded_at: datetime | None) -> Iterator[Person]:
    step = int(time.time()) // STEP
    rows = connection.execute(_QUERY)
    for name, email, lang, joined, secret, last, pending, until, state, because, firm, roles in rows:
        staff = f"Staff: {roles}" if roles else ""
        stands = AGAIN.get(because, state) if state == "applied" else state
        lawyer = f"Lawyer at {firm}, {stands}" if state else ""
        is_new = pending is not None and _moment(until).timestamp() > time.time()
        secret = pending if is_new else secret
        yield Person(
            name,
            email,
            lang,
            ". ".join(filter(None, (staff, lawyer))) or "Backer",
            pyotp.TOTP(secret).generate_otp(step) if secret else None,
            is_used=not is_new and last is not None and last >= step,
            is_new=is_new,
            has_own_password=seeded_at is not None and _moment(joined) > seeded_at,
        )


def _moment(text: str) -> datetime:
    """A moment as SQLite keeps it."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
