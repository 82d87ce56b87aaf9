"""One's own account: name, address, password, sign-ins and the second factor.

What could lock the owner out wants a proof that is not old (`web.access.fresh`). Name, address and password ask for the
password besides, unless it was just that which was proved. Recovery codes are shown in the answer that makes them and
never again.
"""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import Field

from app.accounts import by_letter, forms, limits, queries, second_factor, service
from app.accounts.models import User
from app.core import ids
from app.core.errors import DomainError
from app.database import db
from app.web.access import fresh, is_fresh, signed_in
from app.web.fields import blame
from app.web.headers import keep_private
from app.web.qr import qr_code
from app.web.redirects import local_path
from app.web.visitor import current_visitor

blueprint = Blueprint("settings", __name__)
blueprint.after_request(keep_private)


def _target() -> str:
    return local_path(request.args.get("next"), url_for("accounts.home"))


def _ask_less(form: FlaskForm) -> None:
    """Who was asked who they are a moment ago, and signed in longer ago, is not asked for the password again."""
    if current_user.asked_at is not None and is_fresh(current_visitor(), times=2):
        del form.password


def _is_proved(form: FlaskForm, user: User) -> bool:
    """Whether the form was sent with all that it asks for, a right password among it if there is a box for one."""
    return form.validate_on_submit() and ("password" not in form or _is_right(form["password"], user))


def _is_right(password: Field, user: User) -> bool:
    """Whether the password that was typed once more is theirs; says so at the field if not. Ends the transaction."""
    limits.count_proof(user, request.remote_addr)
    password_hash = user.password_hash
    db.session.commit()
    if service.password_matches(password_hash, password.data or ""):
        return True
    password.errors = [_("This password is not right.")]
    return False


# ---------------------------------------------------------------- name, address, password
@blueprint.route("/details", methods=["GET", "POST"])
@signed_in
def details() -> ResponseReturnValue:
    user = current_user.user
    form = forms.DetailsForm(obj=user)
    _ask_less(form)
    if not _is_proved(form, user):
        return _details_page(form), 400 if form.is_submitted() else 200
    try:
        service.describe(user, form.name.data or "", form.lang.data or "")
    except DomainError as error:
        db.session.rollback()
        status = blame(form, error)
        return _details_page(form), status
    db.session.commit()
    flash(_("Saved."), "done")
    return redirect(url_for("accounts.home"), 303)


def _details_page(form: forms.DetailsForm) -> str:
    return render_template("accounts/details.html", form=form, is_fixed=current_user.user.name_fixed_at is not None)


@blueprint.route("/email", methods=["GET", "POST"])
@signed_in
@fresh
def email() -> ResponseReturnValue:
    """The new address counts once the button in the letter to it is pressed."""
    user, form = current_user.user, forms.EmailForm()
    _ask_less(form)
    if not _is_proved(form, user):
        return render_template("accounts/email.html", form=form, user=user), 400 if form.is_submitted() else 200
    wanted = form.email.data or ""
    may_write = limits.count_letter(wanted, request.remote_addr)
    by_letter.ask_to_move(user, wanted, may_write=may_write)
    db.session.commit()
    flash(
        _("We have sent an email to %(email)s. The new address counts once you press the button in it.", email=wanted),
        "info",
    )
    return redirect(url_for("accounts.home"), 303)


@blueprint.route("/password", methods=["GET", "POST"])
@signed_in
@fresh
def password() -> ResponseReturnValue:
    user, form = current_user.user, forms.PasswordForm()
    _ask_less(form)
    if not _is_proved(form, user):
        page = render_template("accounts/password.html", form=form, shortest=service.SHORTEST_PASSWORD)
        return page, 400 if form.is_submitted() else 200
    password_hash = service.hash_password(form.new_password.data or "")
    service.set_password(user, password_hash, keep=current_user.id)
    db.session.commit()
    flash(_("Your password is changed. Every other sign-in has ended."), "done")
    return redirect(url_for("accounts.home"), 303)


# ---------------------------------------------------------------- sign-ins
@blueprint.route("/sign-ins", methods=["GET", "POST"])
@signed_in
def sign_ins() -> ResponseReturnValue:
    """Where they are signed in. `end` names a sign-in to end, or all `others`."""
    user = current_user.user
    if request.method != "POST":
        rows = queries.sign_ins(user)
        mine = ids.hash_token(current_user.id)
        return render_template("accounts/sign_ins.html", rows=rows, mine=mine)
    wanted = request.form.get("end", "")
    if wanted == "others":
        service.end_others(user, current_user.id)
    elif wanted.isascii() and wanted.isdecimal() and len(wanted) < 18:
        service.end_sign_in(user, int(wanted))
    db.session.commit()
    flash(_("Ended. Whoever used it must sign in again."), "done")
    return redirect(url_for("settings.sign_ins"), 303)


# ---------------------------------------------------------------- the second factor
def _second_factor_page(template: str, form: FlaskForm, user: User, **values: object) -> ResponseReturnValue:
    page = render_template(template, form=form, user=user, target=_target(), **values)
    return page, 400 if form.is_submitted() else 200


@blueprint.route("/second-factor/set-up", methods=["GET", "POST"])
@signed_in
@fresh
def set_up() -> ResponseReturnValue:
    """Begin: whoever must have a second factor is led here."""
    user, form = current_user.user, FlaskForm()
    if not user.is_confirmed or not form.validate_on_submit():
        return _second_factor_page("accounts/set_up.html", form, user)
    second_factor.begin(user)
    db.session.commit()
    return redirect(url_for("settings.scan", next=_target()), 303)


@blueprint.route("/second-factor/scan", methods=["GET", "POST"])
@signed_in
@fresh
def scan() -> ResponseReturnValue:
    """The secret, as a drawing and to type; the first code from the app turns it on."""
    user, form = current_user.user, forms.CodeForm()
    secret = second_factor.pending(user)
    if secret is None:
        return redirect(url_for("settings.set_up", next=_target()), 303)
    drawing = {"secret": secret, "qr": qr_code(service.authenticator_uri(user, secret))}
    if not form.validate_on_submit():
        return _second_factor_page("accounts/scan.html", form, user, **drawing)
    limits.count_code(user, request.remote_addr)
    db.session.commit()
    try:
        codes = second_factor.complete(user, form.code.data or "")
    except DomainError as error:
        db.session.rollback()
        blame(form, error)
        return _second_factor_page("accounts/scan.html", form, user, **drawing)
    db.session.commit()
    if not codes:  # those that came with a passkey go on
        flash(_("Codes are on. From your next sign-in you can use one."), "done")
        return redirect(_target(), 303)
    return render_template("accounts/recovery_codes.html", codes=codes, target=_target(), is_new=True)


@blueprint.route("/second-factor/recovery-codes", methods=["GET", "POST"])
@signed_in
@fresh
def renew() -> ResponseReturnValue:
    """New recovery codes in place of the old ones."""
    user, form = current_user.user, FlaskForm()
    if not user.has_second_factor:
        return redirect(url_for("settings.set_up"), 303)
    if not form.validate_on_submit():
        return _second_factor_page("accounts/renew.html", form, user, left=queries.recovery_codes_left(user))
    codes = second_factor.renew(user)
    db.session.commit()
    return render_template("accounts/recovery_codes.html", codes=codes, target=_target(), is_new=False)


@blueprint.route("/second-factor/off", methods=["GET", "POST"])
@signed_in
@fresh
def turn_off() -> ResponseReturnValue:
    user, form = current_user.user, FlaskForm()
    if user.totp_secret is None:
        return redirect(url_for("accounts.home"), 303)
    if not form.validate_on_submit():
        must_stay = user.needs_codes and not user.passkeys
        return _second_factor_page("accounts/turn_off.html", form, user, must_stay=must_stay)
    second_factor.turn_off(user)
    db.session.commit()
    if user.passkeys:
        flash(_("Codes are off. Your passkeys go on."), "done")
    else:
        flash(_("Codes are off. Your password alone opens your account."), "done")
    return redirect(url_for("accounts.home"), 303)
