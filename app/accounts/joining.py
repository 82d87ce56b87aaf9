"""Making an account, confirming its address, and a new password for who forgot theirs.

What these pages answer is the same for an address that has an account and for one that has none: the difference stands
in the letter. A link in a letter shows a button, and the button acts, because programs that scan mail follow links.
"""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm

from app.accounts import by_letter, limits, service
from app.accounts.forms import NewPasswordForm, ResetForm, SignUpForm
from app.database import db
from app.i18n.errors import render_error
from app.i18n.locale import get_locale
from app.web.access import anyone, by_token, signed_in
from app.web.headers import keep_private
from app.web.visitor import current_visitor

blueprint = Blueprint("joining", __name__)
blueprint.after_request(keep_private)


@blueprint.errorhandler(by_letter.LinkEnded)
def link_ended(_error: by_letter.LinkEnded) -> ResponseReturnValue:
    """One page for every link that does not work, whatever the reason."""
    db.session.rollback()
    return render_template("accounts/link_ended.html"), 404


# ---------------------------------------------------------------- a new account
@blueprint.route("/sign-up", methods=["GET", "POST"])
@anyone
def sign_up() -> ResponseReturnValue:
    if current_visitor().user_id is not None:
        return redirect(url_for("accounts.home"), 303)
    form = SignUpForm()
    if not form.validate_on_submit():
        return _sign_up_page(form), 400 if form.is_submitted() else 200
    email, password = form.email.data or "", form.password.data or ""
    may_write = limits.count_letter(email, request.remote_addr)
    db.session.commit()
    password_hash = service.hash_password(password)
    by_letter.sign_up(email, form.name.data or "", password_hash, get_locale(), may_write=may_write)
    db.session.commit()
    session["letter_to"] = email
    return redirect(url_for("joining.letter_sent"), 303)


def _sign_up_page(form: SignUpForm) -> str:
    return render_template("accounts/sign_up.html", form=form, shortest=service.SHORTEST_PASSWORD)


@blueprint.get("/sign-up/sent")
@anyone
def letter_sent() -> ResponseReturnValue:
    if "letter_to" not in session:
        return redirect(url_for("joining.sign_up"), 303)
    return render_template("accounts/letter_sent.html", email=session["letter_to"])


# ---------------------------------------------------------------- the address is theirs
@blueprint.route("/confirm", methods=["GET", "POST"])
@signed_in
def resend() -> ResponseReturnValue:
    """Send the letter once more."""
    form, user = FlaskForm(), current_user.user
    if user.is_confirmed:
        return redirect(url_for("accounts.home"), 303)
    if not form.validate_on_submit():
        return render_template("accounts/resend.html", form=form, user=user)
    may_write = limits.count_letter(user.email, request.remote_addr)
    if may_write:
        by_letter.send_confirmation(user)
    db.session.commit()
    if may_write:
        flash(_("We have sent the email again. It may take a minute to arrive."), "done")
    else:
        flash(_("We have sent several emails already. Look among unwanted mail, or try again in an hour."), "info")
    return redirect(url_for("accounts.home"), 303)


@blueprint.route("/confirm/<token>", methods=["GET", "POST"])
@by_token
def confirm(token: str) -> ResponseReturnValue:
    if request.method != "POST":
        link = by_letter.find(token, by_letter.CONFIRMING)
        return render_template("accounts/confirm.html", form=FlaskForm(), link=link)
    try:
        user = by_letter.confirm(token)
    except by_letter.AddressTaken as error:
        db.session.rollback()
        flash(render_error(error), "error")
        return redirect(url_for("accounts.home"), 303)
    user_id = user.id
    db.session.commit()
    flash(_("Your email address is confirmed."), "done")
    is_theirs = current_visitor().user_id == user_id
    return redirect(url_for("accounts.home" if is_theirs else "accounts.sign_in"), 303)


# ---------------------------------------------------------------- a forgotten password
@blueprint.route("/reset", methods=["GET", "POST"])
@anyone
def ask_reset() -> ResponseReturnValue:
    form = ResetForm()
    if not form.validate_on_submit():
        return render_template("accounts/ask_reset.html", form=form), 400 if form.is_submitted() else 200
    email = form.email.data or ""
    may_write = limits.count_letter(email, request.remote_addr)
    by_letter.ask_reset(email, may_write=may_write)
    db.session.commit()
    return redirect(url_for("joining.reset_sent"), 303)


@blueprint.get("/reset/sent")
@anyone
def reset_sent() -> str:
    return render_template("accounts/reset_sent.html")


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
@by_token
def reset(token: str) -> ResponseReturnValue:
    by_letter.find(token, by_letter.RESETTING)
    form = NewPasswordForm()
    if not form.validate_on_submit():
        page = render_template("accounts/new_password.html", form=form, shortest=service.SHORTEST_PASSWORD)
        return page, 400 if form.is_submitted() else 200
    limits.count_link(request.remote_addr)
    db.session.commit()
    password_hash = service.hash_password(form.password.data or "")
    by_letter.reset(token, password_hash)
    db.session.commit()
    session.clear()
    flash(_("Your password is changed, and every sign-in has ended. Sign in with the new password."), "done")
    return redirect(url_for("accounts.sign_in"), 303)
