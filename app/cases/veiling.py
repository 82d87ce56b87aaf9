"""Hides restricted names in whatever leaves the house, as a whole and last: a template that was never told of them
cannot tell one.

While something is made (a page, a letter, a copy of somebody's data), every case is noted that was read for it, also by
what belongs to it: an update, a pledge, a story's outcome. The names of these cases, and of no others, are then taken
out. To hide them everywhere would tell whom they belong to: whoever typed a name elsewhere would see it vanish.

The lawyer of the case and reviewers read the names where they work: on pages that wear the mark `lawyer` or `staff`.
On what everybody sees, they see what everybody sees.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote

from flask import Flask, Response, current_app, request
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm.attributes import instance_state

from app.cases import restrictions
from app.cases.models import Case
from app.core.veil import Veil
from app.database import Base, db
from app.i18n.locale import get_locale
from app.mail import outbox
from app.mail.outbox import Rendered
from app.web.access import mark_of
from app.web.visitor import current_visitor

_CARD = re.compile(r'(<article class="card\b.*?</article>)', re.DOTALL)
_LINK = re.compile(r'href="[^"]*?/(cases|stories)/([^"/?#]+)')
_MARKUP = ("text/html", "application/xhtml+xml", "application/xml", "text/xml", "image/svg+xml")


@dataclass
class Seen:
    """The cases that were read: those of which something may not be told, those of which all may, and those of which
    only something that belongs to them was read.
    """

    restricted: set[int] = field(default_factory=set)
    free: set[int] = field(default_factory=set)
    touched: set[int] = field(default_factory=set)

    def note(self, row: Any) -> None:
        """Note a row that was read."""
        if isinstance(row, Case):
            key = instance_state(row).key
            if key is not None:
                is_free = row.__dict__.get("restricted_at", row) is None
                (self.free if is_free else self.restricted).add(key[1][0])
        elif (case_id := row.__dict__.get("case_id")) is not None:
            self.touched.add(case_id)

    def cases(self) -> list[Case]:
        """Of which something may not be told. Asks the database only where the rows themselves do not say."""
        for row in list(db.session.identity_map.values()):  # what was read before, and is used again
            if isinstance(row, Case):
                self.note(row)
        with db.session.no_autoflush:
            return restrictions.restricted(self.restricted | (self.touched - self.free))


_seen: ContextVar[Seen | None] = ContextVar("seen", default=None)


@event.listens_for(Base, "load", propagate=True)
def _loaded(row: Any, _context: Any) -> None:
    if (seen := _seen.get()) is not None:
        seen.note(row)


@event.listens_for(Base, "refresh", propagate=True)
def _refreshed(row: Any, _context: Any, _names: Any) -> None:
    if (seen := _seen.get()) is not None:
        seen.note(row)


@contextmanager
def watching() -> Iterator[Seen]:
    """Note every case that is read inside."""
    token = _seen.set(Seen())
    try:
        seen = _seen.get()
        assert seen is not None
        yield seen
    finally:
        _seen.reset(token)


def init_app(app: Flask) -> None:
    """Stand between the views and everybody. Bound last, it is the first of what is done after a request."""
    app.before_request(_begin)
    app.after_request(_hide)
    app.teardown_request(_end)
    outbox.finish_with(_letter)


# ---------------------------------------------------------------- pages
def _begin() -> None:
    _seen.set(Seen())


def _end(_error: BaseException | None) -> None:
    _seen.set(None)


def _hide(response: Response) -> Response:
    seen = _seen.get()
    if seen is None:
        return response
    try:
        for case in seen.cases():
            if not _may_read(case):
                _hide_of(case, response)
    except SQLAlchemyError:  # what cannot be looked through is not told
        response = Response("Try again in a minute.\n", 503, {"Cache-Control": "no-store"}, mimetype="text/plain")
    return response


def _may_read(case: Case) -> bool:
    """Whether this page is one on which its reader works on `case`."""
    mark = mark_of(current_app, request.endpoint)
    if mark is None or mark.kind not in ("lawyer", "staff"):
        return False
    visitor = current_visitor()
    return visitor.lawyer_id == case.lawyer_id if mark.kind == "lawyer" else visitor.has_role("reviewer")


def _hide_of(case: Case, response: Response) -> None:
    hidden = restrictions.veil_of(case)
    if named := response.headers.get("Content-Disposition"):
        response.headers["Content-Disposition"] = hidden.address(named)
    if response.direct_passthrough or not response.mimetype:
        return  # a file: those of the case are withheld
    if response.mimetype in _MARKUP or response.mimetype.endswith("+xml"):
        response.set_data(page(response.get_data(as_text=True), case, hidden))
    elif response.mimetype.endswith("json"):
        response.set_data(hidden.json(response.get_data(as_text=True)))
    elif response.mimetype.startswith("text/"):
        response.set_data(hidden.text(response.get_data(as_text=True)))


def page(html: str, case: Case, hidden: Veil) -> str:
    """A page without the names of `case`; cards of other cases stay, for they speak of others."""
    own = {case.slug, case.public_id}
    parts = _CARD.split(html)
    return "".join(
        part if place % 2 and _is_others(part, own) else hidden.html(part) for place, part in enumerate(parts)
    )


def _is_others(card: str, own: set[str]) -> bool:
    links = {(kind, unquote(slug)) for kind, slug in _LINK.findall(card)}
    return bool(links) and all(kind == "cases" and slug not in own for kind, slug in links)


# ---------------------------------------------------------------- letters and copies
@contextmanager
def _letter() -> Iterator[Callable[[Rendered], Rendered]]:
    """Around the making of a letter: what finishes it. Nobody reads the names by mail."""
    with watching() as seen:

        def finish(letter: Rendered) -> Rendered:
            for case in seen.cases():
                hidden = restrictions.veil_of(case, get_locale())
                subject, text, html = hidden.text(letter.subject), hidden.text(letter.text), hidden.html(letter.html)
                letter = replace(letter, subject=subject, text=text, html=html)
            return letter

        yield finish


def finished(value: Any, seen: Seen, but: Callable[[Case], bool]) -> Any:
    """What JSON is made of, without the names of the cases that were `seen`, except those of which `but` is so."""
    for case in seen.cases():
        if not but(case):
            value = restrictions.veil_of(case).value(value)
    return value
