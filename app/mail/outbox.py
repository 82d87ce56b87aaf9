"""Writing letters down, and sending them.

`post` writes a row in the transaction of the event it tells of. The worker takes it under a lease, lets the function
registered for its name turn the facts into a `Letter`, renders that in the reader's language and hands it to SMTP.
The Message-ID is derived from the key, so that a letter handed over twice (the connection broke after the server had
taken it) is recognised as one by the reader's mail program.
"""

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from smtplib import SMTPException
from typing import Any

import css_inline
import structlog
from flask import current_app, render_template
from flask_mailman import EmailMultiAlternatives
from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.core import clock
from app.core.erased import is_erased
from app.core.text import is_safe_line
from app.database import db, is_sqlite
from app.extensions import mail
from app.i18n.locale import using_language
from app.mail.models import OutgoingLetter

log = structlog.get_logger()
LEASE = timedelta(seconds=60)
PAUSES = (60, 300, 900, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600)


@dataclass(frozen=True)
class Letter:
    """What a letter says: `template` names three files, `email/<template>.subject.txt`, `.txt` and `.html`.

    `unsubscribe_url` is where a mail program may end such letters by itself, with one POST (RFC 8058).
    """

    template: str
    values: dict[str, Any] = field(default_factory=dict)
    unsubscribe_url: str = ""


Writer = Callable[..., Letter | None]
WRITERS: dict[str, Writer] = {}


def letter(name: str) -> Callable[[Writer], Writer]:
    """Register the function that writes letters called `name` from their facts; None means: no longer true."""

    def register(writer: Writer) -> Writer:
        if name in WRITERS:
            raise ValueError(f"Two writers for the letter {name}")
        WRITERS[name] = writer
        return writer

    return register


def post(key: str, name: str, *, to: str, lang: str, facts: dict[str, Any]) -> bool:
    """Write a letter down in the present transaction; False if one with this key was written before, or the reader's
    address was erased.
    """
    if is_erased(to):
        return False
    if not is_safe_line(to):
        raise ValueError("An address that cannot stand in a mail header")
    dialect = sqlite if is_sqlite() else postgresql
    moment = clock.now()
    statement = (
        dialect.insert(OutgoingLetter)
        .values(
            key=key, name=name, to_address=to, lang=lang, facts=facts, created_at=moment, next_at=moment, attempts=0
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(OutgoingLetter.id)
    )
    return db.session.execute(statement).first() is not None


def post_many(name: str, letters: list[tuple[str, str, str, dict[str, Any]]]) -> None:
    """Write many letters of one kind down: (key, to, lang, facts) each; those written before stay as they are."""
    dialect = sqlite if is_sqlite() else postgresql
    moment = clock.now()
    rows = [
        {
            "key": key,
            "name": name,
            "to_address": to,
            "lang": lang,
            "facts": facts,
            "created_at": moment,
            "next_at": moment,
            "attempts": 0,
        }
        for key, to, lang, facts in letters
        if not is_erased(to)
    ]
    for start in range(0, len(rows), 500):
        statement = dialect.insert(OutgoingLetter).values(rows[start : start + 500])
        db.session.execute(statement.on_conflict_do_nothing(index_elements=["key"]))


@dataclass(frozen=True)
class Rendered:
    """A letter ready to hand over."""

    subject: str
    text: str
    html: str
    headers: dict[str, str] = field(default_factory=dict)


@cache
def _styled() -> css_inline.CSSInliner:
    """Copies the styles of letters into style attributes; dark colours, which no attribute can hold, stay in a rule."""
    styles = (Path(__file__).parents[1] / "static" / "css" / "email.css").read_text()
    return css_inline.CSSInliner(extra_css=styles, keep_at_rules=True, load_remote_stylesheets=False)


Finish = Callable[[Rendered], Rendered]
_finishers: list[Callable[[], AbstractContextManager[Finish]]] = []


def finish_with(finisher: Callable[[], AbstractContextManager[Finish]]) -> None:
    """Name what stands around the making of every letter, and gives what goes over it last."""
    _finishers[:] = [finisher]


def _finishing() -> AbstractContextManager[Finish]:
    return _finishers[0]() if _finishers else nullcontext(lambda rendered: rendered)


def render(name: str, lang: str, facts: dict[str, Any]) -> Rendered | None:
    """The letter in its three parts, or None when it is no longer true."""
    with using_language(lang), _finishing() as finish:
        said = WRITERS[name](**facts)
        if said is None:
            return None
        base = f"email/{said.template}"
        subject = " ".join(render_template(f"{base}.subject.txt", **said.values).split())
        if not is_safe_line(subject):
            raise ValueError(f"The subject of {name} cannot stand in a mail header")
        text = render_template(f"{base}.txt", **said.values).strip() + "\n"
        html = _styled().inline(render_template(f"{base}.html", **said.values))
        return finish(Rendered(subject, text, html, _unsubscribing(said.unsubscribe_url)))


def _unsubscribing(url: str) -> dict[str, str]:
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if url else {}


def _message_id(key: str) -> str:
    domain = current_app.config["AMICUS"].host.split(":")[0]
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


def _claim() -> OutgoingLetter | None:
    real = clock.real_now()
    free = (OutgoingLetter.leased_until.is_(None)) | (OutgoingLetter.leased_until < real)
    due = (
        select(OutgoingLetter.id)
        .where(
            OutgoingLetter.sent_at.is_(None),
            OutgoingLetter.dropped_at.is_(None),
            OutgoingLetter.next_at <= clock.now(),
            free,
        )
        .order_by(OutgoingLetter.next_at, OutgoingLetter.id)
        .limit(1)
    )
    if not is_sqlite():
        due = due.with_for_update(skip_locked=True)
    found = db.session.scalars(
        update(OutgoingLetter)
        .where(OutgoingLetter.id == due.scalar_subquery(), free)
        .values(leased_until=real + LEASE, attempts=OutgoingLetter.attempts + 1)
        .returning(OutgoingLetter)
        .execution_options(synchronize_session=False)
    ).first()
    if found is not None:
        db.session.expunge(found)
    db.session.commit()
    return found


def _set(row: OutgoingLetter, **values: Any) -> None:
    db.session.execute(
        update(OutgoingLetter)
        .where(OutgoingLetter.id == row.id)
        .values(leased_until=None, **values)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()


def _hand_over(row: OutgoingLetter, connection: Any) -> None:
    rendered = render(row.name, row.lang, row.facts)
    db.session.rollback()  # SMTP runs outside the transaction
    if rendered is None:
        _set(row, dropped_at=clock.now())
        return
    message = EmailMultiAlternatives(
        rendered.subject,
        rendered.text,
        current_app.config["MAIL_DEFAULT_SENDER"],
        [row.to],
        headers={
            "Message-ID": _message_id(row.key),
            "Date": format_datetime(clock.now()),
            "Auto-Submitted": "auto-generated",
            "Content-Language": row.lang,
            **rendered.headers,
        },
        connection=connection,
    )
    message.attach_alternative(rendered.html, "text/html")
    connection.open()  # nothing to do once it is
    message.send()
    _set(row, sent_at=clock.now(), last_error=None)


def send_due(limit: int = 200) -> int:
    """Send the letters that are due, by one connection; how many were tried."""
    with closing(mail.get_connection()) as connection:
        for tried in range(limit):
            row = _claim()
            if row is None:
                return tried
            _try(row, connection)
    return limit


def _try(row: OutgoingLetter, connection: Any) -> None:
    """Send one letter, or note why not; after a failure the next one gets a connection of its own."""
    try:
        _hand_over(row, connection)
    except (SMTPException, OSError) as error:
        db.session.rollback()
        connection.close()
        pause = PAUSES[min(row.attempts, len(PAUSES)) - 1]
        log.warning("letter not sent", letter=row.name, id=row.id, attempts=row.attempts, error=type(error).__name__)
        _set(row, next_at=clock.now() + timedelta(seconds=pause), last_error=f"{type(error).__name__}: {error}"[:500])
    except Exception as error:  # a letter that cannot be written must not keep the others from going
        db.session.rollback()
        log.error("letter failed", letter=row.name, id=row.id, exc_info=True)
        _set(row, next_at=clock.now() + timedelta(hours=1), last_error=f"{type(error).__name__}: {error}"[:500])
