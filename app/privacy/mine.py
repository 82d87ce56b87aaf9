"""For people with an account: what they consented to, a copy of what we hold, and having it deleted."""

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import Field

from app.accounts import limits
from app.accounts.models import User
from app.accounts.personal import Person
from app.accounts.service import password_matches
from app.cases import access
from app.database import db
from app.privacy import consents, forms, registry, service
from app.privacy.download import as_download
from app.web.access import fresh, signed_in
from app.web.headers import keep_private
from app.web.visitor import current_visitor, forget_visitor

blueprint = Blueprint("my_privacy", __name__)
blueprint.after_request(keep_private)


@blueprint.get("/")
@signed_in
def home() -> str:
    """What they consented to, and what they can do."""
    found = consents.of_person(current_user.user)
    seen = access.seen_among({consent.case.id for consent in found if consent.case}, current_visitor())
    return render_template("privacy/home.html", consents=found, seen=seen)


@blueprint.route("/copy", methods=["GET", "POST"])
@signed_in
@fresh
def copy() -> ResponseReturnValue:
    """Everything that we hold about them, as a file."""
    form, person = FlaskForm(), Person.of(current_user.user)
    if not form.validate_on_submit():
        page = render_template("privacy/copy.html", form=form, contents=service.contents())
        return page, 400 if form.is_submitted() else 200
    packed = service.export(person)
    service.exported(person)
    db.session.commit()
    return as_download(packed)


@blueprint.route("/erase", methods=["GET", "POST"])
@signed_in
@fresh
def erase() -> ResponseReturnValue:
    """Close the account and delete what it holds, unless something still runs."""
    form, user = forms.EraseForm(), current_user.user
    if not form.validate_on_submit() or not _is_right(form.password, user):
        return _erase_page(form, user), 400 if form.is_submitted() else 200
    try:
        service.erase(Person.of(user))
    except service.CannotErase as error:
        db.session.rollback()
        return _erase_page(form, user), error.status
    db.session.commit()
    session.clear()
    forget_visitor()
    return redirect(url_for("privacy.done"), 303)


def _erase_page(form: FlaskForm, user: User) -> str:
    return render_template("privacy/erase.html", form=form, reasons=registry.duties(Person.of(user)))


def _is_right(password: Field, user: User) -> bool:
    """Whether the password is theirs; says so at the field if not. Ends the transaction."""
    limits.count_proof(user, request.remote_addr)
    password_hash = user.password_hash
    db.session.commit()
    if password_matches(password_hash, password.data or ""):
        return True
    password.errors = [_("This password is not right.")]
    return False
