"""Which language is spoken now.

English has no prefix, every other language stands under one (`/fa/…`). `LanguagePrefix` moves it from the path to
SCRIPT_NAME, so that routes are registered once and `url_for` stays in the language by itself. Outside a request, or
to speak to somebody else than the visitor, there is `using_language`.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from babel.support import NullTranslations, Translations
from flask import Flask, has_request_context, request
from flask_babel import Babel, Domain, force_locale

from app.i18n import catalog, format
from app.i18n.spoken import DEFAULT, ENVIRON_KEY, chosen
from app.i18n.spoken import get_locale as get_locale


@dataclass(frozen=True)
class Language:
    """`name` in the language itself; `direction` of its script; `prefix` of its addresses."""

    name: str
    direction: str
    prefix: str


LANGUAGES = {"en": Language("English", "ltr", ""), "fa": Language("فارسی", "rtl", "/fa")}

# What machines call has one address and no language.
_WITHOUT_LANGUAGE = ("/static/", "/webhooks/", "/api/", "/healthz", "/readyz", "/metrics")


class LanguagePrefix:
    """WSGI layer that reads the language from the path."""

    def __init__(self, app: Callable[[dict[str, Any], Any], Iterable[bytes]]) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        for code, language in LANGUAGES.items():
            rest = path.removeprefix(language.prefix)
            if language.prefix and (path == language.prefix or (rest != path and rest.startswith("/"))):
                if not rest.startswith(_WITHOUT_LANGUAGE):
                    environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + language.prefix
                    environ["PATH_INFO"] = rest or "/"
                environ[ENVIRON_KEY] = code
        return self.app(environ, start_response)


@contextmanager
def using_language(code: str) -> Iterator[None]:
    """Speak the language `code` inside, whatever the request's is. Raises ValueError for one we do not have."""
    if code not in LANGUAGES:
        raise ValueError(f"There is no language {code!r}")
    token = chosen.set(code)
    try:
        with force_locale(code):  # Flask-Babel remembers its choice for as long as the application context lives
            yield
    finally:
        chosen.reset(token)


def direction(code: str | None = None) -> str:
    """`ltr` or `rtl`, of the present language or of `code`."""
    return LANGUAGES[code or get_locale()].direction


def alternate_url(path: str, code: str) -> str:
    """The address of `path` (as routes know it, without a prefix; not escaped) in the language `code`."""
    return LANGUAGES[code].prefix + quote("/" + path.lstrip("/"), safe="/:@!$&'()*+,;=~")


def _context() -> dict[str, Any]:
    code = get_locale()
    other = next(other for other in LANGUAGES if other != code)
    url = ""
    if has_request_context():
        query = request.query_string.decode("latin-1")
        url = alternate_url(request.path, other) + (f"?{query}" if query else "")
    return {"lang": code, "dir": direction(code), "other_lang": other, "other_lang_url": url}


class Catalogues(Domain):
    """The translations, each catalogue read once. Flask-Babel's own way to the present one costs a fifth of a page."""

    def get_translations(self) -> Translations | NullTranslations:
        code = get_locale()
        if code not in self.cache:
            (folder,) = self.translation_directories
            self.cache[code] = Translations.load(folder, [code])
        found: Translations | NullTranslations = self.cache[code]
        return found


def init_app(app: Flask) -> None:
    """Give templates `_()`, the filters of `format`, and `lang`, `dir`, `other_lang`, `other_lang_url`."""
    catalog.ensure_compiled()
    babel = Babel(
        app,
        default_locale=DEFAULT,
        default_translation_directories=str(catalog.TRANSLATIONS),
        locale_selector=get_locale,
    )
    here = Catalogues()
    babel.domain_instance = here
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        gettext=lambda text: here.get_translations().ugettext(text),
        ngettext=lambda one, many, n: here.get_translations().ungettext(one, many, n),
        pgettext=lambda context, text: here.get_translations().upgettext(context, text),
        npgettext=lambda context, one, many, n: here.get_translations().unpgettext(context, one, many, n),
        newstyle=True,
    )
    app.jinja_env.filters.update(format.FILTERS)
    # Optimised templates work `200|num` out once, when they are compiled, in the language of whoever came first.
    app.jinja_env.optimized = False
    app.context_processor(_context)
