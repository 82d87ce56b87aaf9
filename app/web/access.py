"""Access marks: every view says who may use it, and a view that does not is refused.

@public        anybody; may be cached; touches no session unless the visitor brought a session cookie
@anyone        anybody, with a session (a page with a form)
@signed_in     any account
@lawyer        a lawyer, verified or not
@staff("…")    one of the named staff roles; who must have a second factor sets it up before a lawyer's or staff's page
@by_token      the holder of a link from a mail
@one_click     the same, by whose mail program a POST may come without our form (RFC 8058): exempt from CSRF, for the
               token in the address is all that acts, and a mail program has neither our cookie nor our mark
@returning     back from the provider's hosted page: a GET that may write down what the provider says
@provider      the payment provider's webhook; exempt from CSRF, verified by signature

A view for people with accounts may wear @fresh below its mark: it does something sensitive, so whoever proved who they
are longer ago than the setting `fresh_minutes` proves it again first. The page with the form asks; the form that is
sent then has as long again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from flask import Flask, abort, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.extensions import csrf
from app.settings.queries import in_force
from app.web.headers import keep_private
from app.web.visitor import Visitor, current_visitor

View = TypeVar("View", bound=Callable[..., Any])
STAFF_ROLES = ("reviewer", "finance", "editor", "admin", "auditor")


@dataclass(frozen=True)
class Mark:
    """Who may use a view. `roles` matter for staff only."""

    kind: str
    roles: tuple[str, ...] = ()

    @property
    def has_session(self) -> bool:
        """Whether the view may touch the session of a visitor without one."""
        return self.kind not in ("public", "provider")


def _mark(kind: str, *roles: str) -> Callable[[View], View]:
    def wear(view: View) -> View:
        if hasattr(view, "access_mark"):
            raise TypeError(f"{view.__name__} wears two access marks")
        view.access_mark = Mark(kind, roles)  # type: ignore[attr-defined]
        return view

    return wear


public = _mark("public")
anyone = _mark("anyone")
signed_in = _mark("signed_in")
lawyer = _mark("lawyer")
by_token = _mark("by_token")
returning = _mark("returning")


def staff(*roles: str) -> Callable[[View], View]:
    """Only staff with one of `roles`; admin may do what any role may, auditor only when named."""
    unknown = set(roles) - set(STAFF_ROLES)
    if unknown or not roles:
        raise ValueError(f"Unknown staff roles: {unknown}")
    return _mark("staff", *roles)


def provider(view: View) -> View:
    """The provider's webhook."""
    csrf.exempt(view)
    return _mark("provider")(view)


def one_click(view: View) -> View:
    """The link that ends a kind of letters."""
    csrf.exempt(view)
    return _mark("one_click")(view)


def fresh(view: View) -> View:
    """What this view does asks for a proof of who it is that is not old."""
    view.asks_again = True  # type: ignore[attr-defined]
    return view


def keeps_words(view: View) -> View:
    """What is written for this view takes long: an answer that refuses the form shows it again, to be copied."""
    view.keeps_words = True  # type: ignore[attr-defined]
    return view


def is_fresh(visitor: Visitor, *, times: int = 1) -> bool:
    """Whether the visitor proved who they are within `times` the setting `fresh_minutes` (real time)."""
    lasts = timedelta(minutes=in_force().fresh_minutes)
    return visitor.proved_at is not None and clock.real_now() - visitor.proved_at < times * lasts


def mark_of(app: Flask, endpoint: str | None) -> Mark | None:
    """The mark that the view behind `endpoint` wears."""
    view = app.view_functions.get(endpoint or "")
    return getattr(view, "access_mark", None)


def guard() -> Response | None:
    """Before each request: let in, send to sign-in, or answer as if nothing were there."""
    if request.endpoint is None:
        return None
    if "\0" in request.path:  # no address of ours, and PostgreSQL takes no such text
        abort(404)
    mark = mark_of(current_app, request.endpoint)
    if mark is None:
        abort(404)
    if mark.kind not in ("signed_in", "lawyer", "staff"):
        return None
    visitor = current_visitor()
    if visitor.user_id is None:
        if request.method not in ("GET", "HEAD"):
            abort(404)
        return redirect(url_for("accounts.sign_in", next=_here()), 303)
    if mark.kind == "lawyer" and visitor.lawyer_id is None:
        abort(404)
    if mark.kind == "staff" and not visitor.has_role(*mark.roles):
        abort(404)
    if mark.kind in ("lawyer", "staff") and visitor.owes_codes:
        return redirect(url_for("settings.set_up", next=_here() if request.method in ("GET", "HEAD") else None), 303)
    if getattr(current_app.view_functions[request.endpoint], "asks_again", False):
        return _ask_again(visitor)
    return None


def _ask_again(visitor: Visitor) -> Response | None:
    """Lead to the proof, and from there back. What was sent too late is lost only if its page is left."""
    if request.method in ("GET", "HEAD"):
        return None if is_fresh(visitor) else redirect(url_for("proving.prove", next=_here()), 303)
    if is_fresh(visitor, times=2):
        return None
    return keep_private(make_response(render_template("accounts/ask_again.html"), 409))


def _here() -> str:
    return request.script_root + request.full_path.rstrip("?")
