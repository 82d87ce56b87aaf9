"""Whole pages kept in memory, for visitors without a session.

A WSGI layer before Flask: a page that is here is answered without building a request. A view offers its answer with
`keep`, naming what the page is made of (`of`, `id`) and that thing's version. The version is believed for a second;
then it is asked for anew, and the page stays for as long as it is the same. A page also ends at `valid_until`, because
some pages change by themselves: a deadline passes, a day ends, "2 minutes ago" becomes three.

Only what everybody gets alike may be kept: the key is the address and the theme, a request with a session cookie
passes by, and so does an answer that sets one. Packed copies are safe because no such page holds a secret.
"""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.cookies import CookieError, SimpleCookie
from typing import Any

import brotli
from flask import Flask, Response, current_app, request

from app.core import clock
from app.database import db, read_only
from app.web.access import mark_of
from app.web.assets import release
from config import Settings

BELIEVED = 1.0  # seconds
LONGEST = timedelta(minutes=1)
BRIEFLY = timedelta(seconds=2)
MOST_BYTES = 64 * 1024 * 1024
MOST_OF_ONE = 512 * 1024
_OFFER = "X-Page-Offer"
_ASKED = "amicus.page_cache"
_BRIEFLY = "briefly"
_THEMES = ("", "light", "dark")

Start = Callable[..., Any]
Version = Callable[[int], str | None]
VERSIONS: dict[str, Version] = {}


def version_of(kind: str) -> Callable[[Version], Version]:
    """Register the function that tells the present version of the `kind` with an id; None ends its pages."""

    def register(version: Version) -> Version:
        VERSIONS[kind] = version
        return version

    return register


def init_app(app: Flask) -> None:
    """Offer every public page that a view has not offered itself, for a moment."""
    app.after_request(_keep_public)


def is_asked() -> bool:
    """Whether the cache would take an answer to this request: it asks with GET, and without a session."""
    return _ASKED in request.environ


def version_now(of: str, id: int) -> str:
    """The present version of what a page is made of; empty when the cache would not take the page.

    Ask before the page is built: what changes in between then ends the page a second later.
    """
    return (VERSIONS[of](id) or "") if is_asked() else ""


def keep(response: Response, of: str, id: int, version: str, valid_until: datetime) -> Response:
    """Offer an answer that everybody without a session gets alike, made of what has `version`. A minute at most."""
    return _offer(response, of, id, version, min(valid_until, clock.now() + LONGEST)) if version else response


def _keep_public(response: Response) -> Response:
    """Lists and stories are made of many things: such a page lives two seconds, and nothing is asked for anew."""
    mark = mark_of(current_app, request.endpoint)
    is_public = mark is not None and mark.kind == "public" and response.status_code == 200
    if is_public and is_asked() and not response.is_streamed and "Cache-Control" not in response.headers:
        _offer(response, _BRIEFLY, 0, "", clock.now() + BRIEFLY)
    return response


def _offer(response: Response, of: str, id: int, version: str, until: datetime) -> Response:
    response.headers[_OFFER] = f"{of} {id} {until.timestamp()} {version}"
    response.headers["Cache-Control"] = "public, max-age=0, s-maxage=1"
    response.headers["Vary"] = "Accept-Encoding"
    tag = hashlib.sha256(f"{of} {id} {version} {release()}".encode() + response.get_data()).hexdigest()[:24]
    response.set_etag(tag)
    return response


@dataclass
class _Page:
    """A kept page. `checked_at` is of the monotonic clock, `until` of the house's."""

    of: str
    id: int
    version: str
    until: float
    checked_at: float
    headers: list[tuple[str, str]]
    etag: str
    body: bytes
    packed: bytes

    @property
    def size(self) -> int:
        return len(self.body) + len(self.packed)


class PageCache:
    """The layer. Each process has pages of its own."""

    def __init__(self, app: Callable[[dict[str, Any], Start], Iterable[bytes]], flask: Flask) -> None:
        settings: Settings = flask.config["AMICUS"]
        self._app, self._flask = app, flask
        self._host, self._cookie = settings.host, settings.session_cookie_name
        self._pages: OrderedDict[tuple[str, str, str], _Page] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        key = self._key(environ)
        if key is None:
            return self._app(environ, start_response)
        page = self._pages.get(key)
        if page is not None and self._is_good(key, page):
            return _answer(page, environ, start_response)
        return self._build(key, environ, start_response)

    def clear(self) -> None:
        """Forget every page."""
        with self._lock:
            self._pages.clear()
            self._bytes = 0

    def _key(self, environ: dict[str, Any]) -> tuple[str, str, str] | None:
        """The page that is asked for; None when the answer may be this visitor's own."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or environ.get("HTTP_HOST") != self._host:
            return None
        theme = ""
        if written := environ.get("HTTP_COOKIE"):
            try:
                cookies = SimpleCookie(written)
            except CookieError:
                return None
            if self._cookie in cookies or self._cookie in written:
                return None
            theme = cookies["theme"].value if "theme" in cookies else ""
        if theme not in _THEMES:
            return None
        return environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", ""), theme

    def _is_good(self, key: tuple[str, str, str], page: _Page) -> bool:
        """Whether `page` still says what is so."""
        if clock.now().timestamp() >= page.until:
            self._drop(key, page)
            return False
        moment = time.monotonic()
        if page.of == _BRIEFLY or moment - page.checked_at < BELIEVED:
            return True
        page.checked_at = moment  # the others go on believing while this one asks
        with self._flask.app_context(), read_only():
            try:
                same = VERSIONS[page.of](page.id) == page.version
            finally:
                db.session.remove()
        if not same:
            self._drop(key, page)
        return same

    def _drop(self, key: tuple[str, str, str], page: _Page) -> None:
        with self._lock:
            if self._pages.get(key) is page:
                del self._pages[key]
                self._bytes -= page.size

    def _build(self, key: tuple[str, str, str], environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        """Have the page built, and keep it if it is offered."""
        environ[_ASKED] = True
        said: list[tuple[str, list[tuple[str, str]]]] = []
        asked_at = time.monotonic()
        found = self._app(environ, lambda status, headers, exc_info=None: said.append((status, headers)))
        try:
            body = b"".join(found)
        finally:
            if hasattr(found, "close"):
                found.close()
        status, headers = said[-1]
        offer = next((value for name, value in headers if name == _OFFER), None)
        headers = [(name, value) for name, value in headers if name != _OFFER]
        names = {name.lower() for name, _value in headers}
        if offer is None or status[:3] != "200" or "set-cookie" in names or environ["REQUEST_METHOD"] != "GET":
            start_response(status, headers)
            return [body]
        of, id_, until, version = offer.split(" ", 3)
        etag = next(value for name, value in headers if name.lower() == "etag")
        kept = [pair for pair in headers if pair[0].lower() not in ("content-length", "etag")]
        packed = brotli.compress(body, quality=5)
        page = _Page(of, int(id_), version, float(until), asked_at, kept, etag, body, packed)
        self._store(key, page)
        return _answer(page, environ, start_response)

    def _store(self, key: tuple[str, str, str], page: _Page) -> None:
        if page.size > MOST_OF_ONE:
            return
        with self._lock:
            if old := self._pages.pop(key, None):
                self._bytes -= old.size
            self._pages[key] = page
            self._bytes += page.size
            while self._bytes > MOST_BYTES:
                _key, oldest = self._pages.popitem(last=False)
                self._bytes -= oldest.size


def _answer(page: _Page, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
    is_packed = "br" in _accepted(environ.get("HTTP_ACCEPT_ENCODING", ""))
    etag = f'{page.etag[:-1]}-br"' if is_packed else page.etag
    headers = [*page.headers, ("ETag", etag)]
    if etag in [tag.strip().removeprefix("W/") for tag in environ.get("HTTP_IF_NONE_MATCH", "").split(",")]:
        start_response("304 Not Modified", [pair for pair in headers if pair[0].lower() != "content-type"])
        return []
    body = page.packed if is_packed else page.body
    if is_packed:
        headers.append(("Content-Encoding", "br"))
    headers.append(("Content-Length", str(len(body))))
    start_response("200 OK", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _accepted(header: str) -> set[str]:
    """The encodings a browser takes; one with a weight of nothing is refused."""
    parts = [part.strip().replace(" ", "") for part in header.lower().split(",")]
    return {part.split(";")[0] for part in parts if not part.endswith((";q=0", ";q=0.0"))}
