"""Signing in and out, and the page of one's account."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_user
from werkzeug.wrappers import Response

from app.accounts import challenges, devices, limits, passkeys, queries, second_factor, service
from app.accounts.forms import CodeForm, RecoveryForm, SignInForm
from app.accounts.models import User
from app.core import clock, ids
from app.core.errors import DomainError
from app.database import db
from app.i18n.errors import render_error
from app.i18n.locale import LANGUAGES
from app.lawyers import queries as lawyers
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
        return _sign_in_page(form), 400 if form.is_submitted() else 200
    email, password = form.email.data or "", form.password.data or ""
    limits.count_attempt(email, request.remote_addr)
    known = queries.credentials(email)
    db.session.commit()
    if not service.password_matches(known.password_hash, password):
        form.form_errors.append(_("The email address or the password is not right."))
        return _sign_in_page(form), 400
    user = db.session.get_one(User, known.user_id)
    return _ask_for_code(user) if user.has_second_factor else _begin(user)


def _sign_in_page(form: SignInForm) -> str:
    options = passkeys.to_use(challenges.ask("sign_in"), verified=True)
    return render_template("accounts/sign_in.html", form=form, options=options)


@blueprint.post("/sign-in/passkey")
@anyone
def sign_in_with_passkey() -> ResponseReturnValue:
    """A passkey that made sure of its owner stands for password and code."""
    try:
        user = challenges.answered("sign_in", verified=True)
    except passkeys.WrongPasskey as error:
        flash(render_error(error), "error")
        return redirect(url_for("accounts.sign_in", next=_target()), 303)
    return _begin(user)


def _ask_for_code(user: User) -> Response:
    until = int(clock.real_now().timestamp()) + CODE_WITHIN
    session["code_wanted"] = {"user": user.id, "until": until, "password": _mark(user)}
    return redirect(url_for("accounts.second_factor", next=_target()), 303)


def _mark(user: User) -> str:
    """Changes with the password, so that a password that was changed meanwhile leads no further."""
    return ids.hash_token(user.password_hash)[:20]


def _begin(user: User) -> Response:
    """Start anew with an empty session, so that one planted before is worth nothing; rights to private cases stay."""
    token = service.sign_in(user, devices.name(request.user_agent.string))
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


# ---------------------------------------------------------------- the code after the password
@blueprint.route("/second-factor", methods=["GET", "POST"], endpoint="second_factor")
@anyone
def enter_code() -> ResponseReturnValue:
    return _second_step(CodeForm, "accounts/second_factor.html", service.use_code)


@blueprint.post("/second-factor/passkey")
@anyone
def second_passkey() -> ResponseReturnValue:
    """A passkey after the password."""
    user = _waiting()
    if user is None:
        return redirect(url_for("accounts.sign_in", next=_target()), 303)
    try:
        challenges.answered("second", user, verified=False)
    except passkeys.WrongPasskey as error:
        flash(render_error(error), "error")
        return redirect(url_for("accounts.second_factor", next=_target()), 303)
    return _begin(user)


@blueprint.route("/recovery-code", methods=["GET", "POST"])
@anyone
def recovery_code() -> ResponseReturnValue:
    """For somebody whose authenticator app is out of reach."""
    return _second_step(RecoveryForm, "accounts/recovery_code.html", second_factor.use_recovery_code)


def _second_step(
    ask: type[CodeForm] | type[RecoveryForm], template: str, use: Callable[[User, str], None]
) -> ResponseReturnValue:
    user = _waiting()
    if user is None:
        return redirect(url_for("accounts.sign_in", next=_target()), 303)
    form = ask()
    if not form.validate_on_submit():
        return _second_page(template, form, user), 400 if form.is_submitted() else 200
    limits.count_code(user, request.remote_addr)
    db.session.commit()
    try:
        use(user, form.code.data or "")
    except DomainError as error:
        form.code.errors = [render_error(error)]
        return _second_page(template, form, user), error.status
    return _begin(user)


def _waiting() -> User | None:
    """Who typed the right password lately and is asked for more."""
    wanted = session.get("code_wanted", {"user": 0, "until": 0})
    user = db.session.get(User, wanted["user"])
    if user is None or wanted["until"] < clock.real_now().timestamp() or wanted.get("password") != _mark(user):
        return None
    return user


def _second_page(template: str, form: CodeForm | RecoveryForm, user: User) -> str:
    options = passkeys.to_use(challenges.ask("second", user), user, verified=False) if user.passkeys else ""
    return render_template(template, form=form, user=user, options=options)


# ---------------------------------------------------------------- signing out
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
    user = current_user.user
    return render_template(
        "accounts/home.html",
        user=user,
        letters_in=LANGUAGES[user.lang].name,
        wanted_address=queries.wanted_address(user),
        codes_left=queries.recovery_codes_left(user),
        sign_ins=len(queries.sign_ins(user)),
        lawyer=lawyers.by_user(user.id),
    )
