"""One's own passkeys: which there are, a new one, and taking one away."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm

from app.accounts import challenges, devices, forms, passkeys, queries
from app.accounts.models import User
from app.core.errors import DomainError
from app.database import db
from app.web.access import fresh, signed_in
from app.web.fields import blame
from app.web.headers import keep_private
from app.web.redirects import local_path

blueprint = Blueprint("keyring", __name__)
blueprint.after_request(keep_private)


def _target() -> str:
    return local_path(request.args.get("next"), url_for("keyring.home"))


@blueprint.get("/passkeys")
@signed_in
def home() -> str:
    return render_template("accounts/passkeys.html", user=current_user.user)


@blueprint.route("/passkeys/new", methods=["GET", "POST"])
@signed_in
@fresh
def new() -> ResponseReturnValue:
    """The device makes a key; recovery codes are shown if it is the first second factor."""
    user, form = current_user.user, forms.PasskeyForm()
    if not form.validate_on_submit():
        return _new_page(form, user), 400 if form.is_submitted() else 200
    name = form.name.data or devices.name(request.user_agent.string) or _("Passkey")
    try:
        codes = passkeys.add(user, challenges.take("new", user), form.answer.data or "", name)
    except DomainError as error:
        db.session.rollback()
        status = blame(form, error)
        return _new_page(form, user), status
    db.session.commit()
    if codes:
        return render_template("accounts/recovery_codes.html", codes=codes, target=_target(), is_new=True, is_key=True)
    flash(_("The passkey is ready. You can sign in with it from now on."), "done")
    return redirect(_target(), 303)


def _new_page(form: forms.PasskeyForm, user: User) -> str:
    options = passkeys.to_make(user, challenges.ask("new", user)) if user.is_confirmed else ""
    suggested = devices.name(request.user_agent.string)
    return render_template("accounts/new_passkey.html", form=form, user=user, options=options, suggested=suggested)


@blueprint.route("/passkeys/<int:n>/remove", methods=["GET", "POST"])
@signed_in
@fresh
def remove(n: int) -> ResponseReturnValue:
    user, form = current_user.user, FlaskForm()
    key = queries.passkey(user, n)
    if key is None:
        raise passkeys.NoSuchPasskey()
    if not form.validate_on_submit():
        is_last = len(user.passkeys) == 1 and user.totp_secret is None
        return render_template("accounts/remove_passkey.html", form=form, user=user, key=key, is_last=is_last)
    passkeys.remove(user, n)
    db.session.commit()
    flash(_("The passkey is removed. It no longer opens your account."), "done")
    return redirect(url_for("keyring.home"), 303)
