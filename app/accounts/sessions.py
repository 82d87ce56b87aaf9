"""Who is looking, read from the session cookie: a sign-in that still lives, and grants to private cases."""

from flask import Flask, session
from flask_login import current_user

from app.accounts import queries
from app.accounts.service import LASTS
from app.extensions import login_manager
from app.lawyers.queries import id_of_user
from app.web.visitor import Visitor, find_with


def init_app(app: Flask) -> None:
    # Written anew only when something in it changes; a sign-in ends at a fixed time anyway.
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False
    app.config["PERMANENT_SESSION_LIFETIME"] = LASTS
    # A phone changes its address all the time; the token decides.
    login_manager.session_protection = None
    login_manager.user_loader(queries.identity)
    find_with(find_visitor)


def find_visitor() -> Visitor:
    """The visitor of the present request."""
    grants = session.get("grants", {})
    if not current_user.is_authenticated:
        return Visitor(grants=grants)
    user = current_user.user
    return Visitor(
        user.id,
        user.name,
        id_of_user(user.id),
        user.role_names,
        grants,
        is_confirmed=user.is_confirmed,
        owes_codes=user.owes_codes,
        proved_at=current_user.proved_at,
    )
