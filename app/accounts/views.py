"""Signing in and out, and the page of one's account."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_user
from werkzeug.wrappers import Response

from app.accounts import limits, queries, service
from app.accounts.forms import CodeForm, SignInForm
from app.accounts.models import User
from app.core import clock
from app.database import db
from app.web.access import anyone, signed_in
from app.web.headers import keep_private
from app.web.redirects import local_path
from app.web.visitor import current_visitor, forget_visitor

blueprint = Blueprint("accounts", __name__)
blueprint.after_request(keep_private)
CODE_WITHIN = 600  # seconds between the password and the code


def _target() -> str:
    return local_path(request.args.get("next"), url_for("accounts.home"))


@blueprint.route("/sign-in", methods=["GET", "POST"])
@anyone
def sign_in() -> ResponseReturnValue:
    if current_visitor().user_id is not None:
        return redirect(_target(), 303)
    form = SignInForm()
    if not form.validate_on_submit():
        return render_template("accounts/sign_in.html", form=form), 400 if form.is_submitted() else 200
    email, password = form.email.data or "", form.password.data or ""
    limits.count_attempt(email, request.remote_addr)
    known = queries.credentials(email)
    db.session.commit()
    if not service.password_matches(known.password_hash, password):
        form.form_errors.append(_("The email address or the password is not right."))
        return render_template("accounts/sign_in.html", form=form), 400
    user = db.session.get_one(User, known.user_id)
    return _ask_for_code(user) if user.totp_secret else _begin(user)


def _ask_for_code(user: User) -> Response:
    session["code_wanted"] = {"user": user.id, "until": int(clock.real_now().timestamp()) + CODE_WITHIN}
    return redirect(url_for("accounts.second_factor", next=_target()), 303)


def _begin(user: User) -> Response:
    """Start anew with an empty session, so that one planted before is worth nothing; rights to private cases stay."""
    token = service.sign_in(user)
    limits.forgive_attempt(user, request.remote_addr)
    grants = session.get("grants")
    db.session.commit()
    session.clear()
    if grants:
        session["grants"] = grants
    session.permanent = True
    login_user(queries.Identity(token, user))
    forget_visitor()
    return redirect(_target(), 303)


@blueprint.route("/second-factor", methods=["GET", "POST"])
@anyone
def second_factor() -> ResponseReturnValue:
    wanted = session.get("code_wanted", {"user": 0, "until": 0})
    user = db.session.get(User, wanted["user"])
    if user is None or wanted["until"] < clock.real_now().timestamp():
        return redirect(url_for("accounts.sign_in", next=_target()), 303)
    form = CodeForm()
    if not form.validate_on_submit():
        return render_template("accounts/second_factor.html", form=form), 400 if form.is_submitted() else 200
    limits.count_code(user)
    db.session.commit()
    try:
        service.use_code(user, form.code.data or "")
    except service.WrongCode as error:
        form.code.errors = [str(error)]
        return render_template("accounts/second_factor.html", form=form), error.status
    return _begin(user)


@blueprint.post("/sign-out")
@anyone
def sign_out() -> Response:
    if current_user.is_authenticated:
        service.sign_out(current_user.id)
        db.session.commit()
    session.clear()
    forget_visitor()
    flash(_("You are signed out."), "done")
    return redirect(url_for("accounts.sign_in"), 303)


@blueprint.get("/")
@signed_in
def home() -> str:
    return render_template("accounts/home.html", user=current_user.user)
