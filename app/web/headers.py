"""Security headers, laid on every answer in the outermost WSGI layer, static files and errors included.

A view that leads to the provider's hosted page sets its own Content-Security-Policy with `allow_checkout`, because
browsers apply `form-action` to the redirect that follows a form as well; the layer fills in only what is missing.
"""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Response, current_app

_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action {form_action}; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; "
    "require-trusted-types-for 'script'"
)
CSP = _CSP.format(form_action="'self'")
ALWAYS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), interest-cohort=()",
}
# What says nothing else may be somebody's own: nothing on the way keeps it, and a browser asks again.
UNLESS_SAID = {"Cache-Control": "private, no-cache"}
HSTS = "max-age=63072000; includeSubDomains"
Start = Callable[..., Any]


def allow_checkout(response: Response) -> Response:
    """Let this page's forms lead to the provider's hosted page."""
    origin = current_app.config["AMICUS"].checkout_origin
    response.headers["Content-Security-Policy"] = _CSP.format(form_action=f"'self' {origin}")
    return response


def keep_private(response: Response) -> Response:
    """A page about a private case, or about one person: stored nowhere, indexed nowhere."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, noarchive"
    return response


class SecurityHeaders:
    """WSGI layer that adds what an answer lacks of `ALWAYS`, and HSTS on https."""

    def __init__(self, app: Callable[[dict[str, Any], Start], Iterable[bytes]], *, secure: bool) -> None:
        self.app = app
        self.always = {**ALWAYS, **UNLESS_SAID, **({"Strict-Transport-Security": HSTS} if secure else {})}

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            present = {name.lower() for name, _ in headers}
            missing = [(name, value) for name, value in self.always.items() if name.lower() not in present]
            return (
                start_response(status, headers + missing, exc_info)
                if exc_info
                else start_response(status, headers + missing)
            )

        return self.app(environ, start)
