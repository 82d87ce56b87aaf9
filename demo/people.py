"""The people of the demo, read straight from its database, with the one-time codes that are good now."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pyotp

STEP = 30
_QUERY = """
SELECT users.name, users.email, users.lang, users.totp_secret, users.totp_last_step, lawyers.state, lawyers.firm,
       (SELECT group_concat(role, ', ') FROM staff_roles WHERE user_id = users.id AND ended_at IS NULL)
FROM users LEFT JOIN lawyers ON lawyers.user_id = users.id
WHERE users.disabled_at IS NULL ORDER BY users.id
"""


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in. `code` is None without a second factor; a code that `is_used` is refused."""

    name: str
    email: str
    lang: str
    does: str
    code: str | None
    is_used: bool


def people(database: Path) -> list[Person]:
    """Everybody with an open account, in the order in which they came. Nobody while there is no database."""
    if not database.exists():
        return []
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
        try:
            return list(_read(connection))
        except sqlite3.OperationalError:  # its tables are just being made
            return []


def seconds_left() -> int:
    """For how long the present codes are good, at most STEP."""
    return STEP - int(time.time()) % STEP


def _read(connection: sqlite3.Connection) -> Iterator[Person]:
    step = int(time.time()) // STEP
    for name, email, lang, secret, last_step, state, firm, roles in connection.execute(_QUERY):
        staff = f"Staff: {roles}" if roles else ""
        lawyer = f"Lawyer at {firm}, {state}" if state else ""
        code = pyotp.TOTP(secret).generate_otp(step) if secret else None
        used = last_step is not None and last_step >= step
        yield Person(name, email, lang, ". ".join(filter(None, (staff, lawyer))) or "Backer", code, used)
