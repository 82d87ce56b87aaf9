"""What is answered when something is wrong: a plain page that says what to do, and never a trace.

What does not exist and what may not be known get the same answer, word for word. Only our own faults carry a reference,
under which the log tells more.
"""

import sys
from typing import Any

import structlog
from flask import Flask, Response, current_app, g, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, SecurityError

from app.core import ids
from app.core.errors import DomainError
from app.database import db
from app.i18n.errors import render_error
from app.web.headers import keep_private
from app.web.visitor import NOBODY

log = structlog.get_logger()
_WORTH_KEEPING = 12  # characters: less is typed again sooner than copied


def init_app(app: Flask) -> None:
    app.register_error_handler(DomainError, refused)
    app.register_error_handler(CSRFError, not_from_our_form)
    app.register_error_handler(HTTPException, http_error)
    for away in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(away, database_away)
    app.log_exception = log_exception  # type: ignore[method-assign]


def refused(error: DomainError) -> Response:
    """A service said no, in a sentence of its own."""
    if error.status == 404:
        return _page(404)
    response = _page(error.status, text=render_error(error))
    if retry_after := getattr(error, "retry_after", None):
        response.headers["Retry-After"] = str(retry_after)
    return response


def not_from_our_form(_error: CSRFError) -> Response:
    """A form without our mark: the session ended, or another site sent it."""
    return _page(
        400,
        title=_("Send the form again"),
        text=_(
            "The page was open for too long, or you signed in or out in another window. Go back, load the page again "
            "and send the form once more. Nothing was changed."
        ),
    )


def http_error(error: HTTPException) -> Any:
    """Everything that HTTP has a number for; what is forbidden looks like what does not exist."""
    if error.response is not None or error.code is None:
        return error.get_response()
    if isinstance(error, SecurityError):
        # A host that is not ours: no address of a page can be built for it.
        return Response("This site is not known by that name.\n", 400, mimetype="text/plain")
    response = _page(404 if error.code in (401, 403) else error.code)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def database_away(error: SQLAlchemyError) -> Response:
    """The database does not answer, or not in time."""
    log_exception(sys.exc_info())
    response = _page(503)
    response.headers["Retry-After"] = "30"
    return response


def log_exception(exc_info: Any) -> None:
    """Note a fault of ours. The address may be somebody's secret link, so the log names the view instead."""
    log.error(
        "request failed", endpoint=request.endpoint, method=request.method, reference=reference(), exc_info=exc_info
    )


def reference() -> str:
    """Under what our log tells of this request."""
    if "reference" not in g:
        g.reference = ids.token()[:10]
    return str(g.reference)


def _page(status: int, *, title: str = "", text: str = "") -> Response:
    g.failed = True
    if status >= 500:
        g.visitor = NOBODY  # the header must not ask a database that may be the trouble
    db.session.rollback()
    own_title, own_text = _words(status)
    page = render_template(
        "errors/error.html",
        code=status,
        title=title or own_title,
        text=text or own_text,
        request_id=reference() if status >= 500 else "",
        typed=_typed(),
    )
    return keep_private(Response(page, status, mimetype="text/html"))


def _typed() -> list[str]:
    """What somebody wrote into a form that is long to write (`keeps_words`), so that a refusal does not lose it.

    It goes back to the browser that sent it, as text to copy, and nowhere else: not into a form that could be sent on.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method != "POST" or not getattr(view, "keeps_words", False):
        return []
    written = [text for name, text in request.form.items(multi=True) if name not in ("csrf_token", "seen", "form_key")]
    return [text for text in written if len(text.strip()) >= _WORTH_KEEPING]


def _words(status: int) -> tuple[str, str]:
    """Title and sentence for a status."""
    texts = {
        400: (
            _("We could not read that"),
            _("Something in the address or the form was not as it should be. Go back and try again."),
        ),
        404: (
            _("We can’t find that page"),
            _("The link may be old, or the case may have moved from public to private."),
        ),
        405: (_("That does not work here"), _("This address cannot be used like that. Go back and try again.")),
        409: (
            _("That is not possible now"),
            _("Things have changed since you opened the page. Go back, load it again and look."),
        ),
        410: (_("This page was taken down"), _("It stood here once and is not shown any more.")),
        413: (_("That is too large"), _("Send a smaller file or a shorter text.")),
        429: (_("Too many attempts"), _("Wait a few minutes and try again.")),
        503: (_("We are not available at the moment"), _("Try again in a minute.")),
    }
    fault = (
        _("Something went wrong on our side"),
        _("It is our fault. Try again in a few minutes. If it goes on, write to us and give the reference below."),
    )
    return texts.get(status) or (fault if status >= 500 else texts[400])
