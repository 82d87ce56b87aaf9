"""Showing once more who one is, before something sensitive (`web.access.fresh`): as strongly as one signs in.

That is the password, and a code for who has a second factor; or a passkey that made sure of its owner.
"""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts import challenges, forms, limits, passkeys, second_factor, service
from app.accounts.models import User
from app.database import db
from app.i18n.errors import render_error
from app.web.access import signed_in
from app.web.headers import keep_private
from app.web.redirects import local_path
from app.web.visitor import forget_visitor

blueprint = Blueprint("proving", __name__)
blueprint.after_request(keep_private)


def _target() -> str:
    return local_path(request.args.get("next"), url_for("accounts.home"))


@blueprint.route("/prove", methods=["GET", "POST"])
@signed_in
def prove() -> ResponseReturnValue:
    user = current_user.user
    form = forms.proof(has_second_factor=user.has_second_factor)
    if not form.validate_on_submit() or not _is_proved(form, user):
        return _page(form, user), 400 if form.is_submitted() else 200
    return _proved()


def _is_proved(form: forms.ProveForm, user: User) -> bool:
    """Whether what was typed is right; says at the field what is not. Ends the transaction."""
    limits.count_proof(user, request.remote_addr)
    password_hash = user.password_hash
    db.session.commit()
    if not service.password_matches(password_hash, form.password.data or ""):
        form.password.errors = [_("This password is not right.")]
        return False
    if "proof_code" not in form:
        return True
    limits.count_code(user, request.remote_addr)
    db.session.commit()
    try:
        second_factor.use_any(user, form.proof_code.data or "")
    except service.WrongCode as error:
        form.proof_code.errors = [render_error(error)]
        return False
    return True


@blueprint.post("/prove/passkey")
@signed_in
def with_passkey() -> ResponseReturnValue:
    user = current_user.user
    try:
        challenges.answered("prove", user, verified=True)
    except passkeys.WrongPasskey as error:
        flash(render_error(error), "error")
        return redirect(url_for("proving.prove", next=_target()), 303)
    return _proved()


def _proved() -> Response:
    service.prove(current_user.id)
    db.session.commit()
    forget_visitor()
    return redirect(_target(), 303)


def _page(form: forms.ProveForm, user: User) -> str:
    options = passkeys.to_use(challenges.ask("prove", user), user, verified=True) if user.passkeys else ""
    return render_template("accounts/prove.html", form=form, user=user, options=options, target=_target())
