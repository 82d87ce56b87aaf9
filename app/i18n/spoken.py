"""The code of the language that is spoken now. A page asks for it hundreds of times, so it costs next to nothing."""

from contextvars import ContextVar

from flask import has_request_context, request

DEFAULT = "en"
ENVIRON_KEY = "amicus.language"
chosen: ContextVar[str | None] = ContextVar("chosen", default=None)


def get_locale() -> str:
    """As `locale.using_language` says, else as the address says, else English."""
    code = chosen.get()
    if code is None and has_request_context():
        code = request.environ.get(ENVIRON_KEY)
    return code or DEFAULT
