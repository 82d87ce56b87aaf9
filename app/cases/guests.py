"""The lawyer's doors to who may come in to a private page: invitations by letter, and a passphrase for its links."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import PasswordField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice

from app.cases import access, invitations, labels, passphrase
from app.cases.models import Case
from app.core.errors import DomainError
from app.database import db
from app.i18n.format import num_text
from app.i18n.locale import LANGUAGES
from app.settings.queries import in_force
from app.web import throttle
from app.web.access import lawyer
from app.web.fields import AtMost, blame, cleaned
from app.web.headers import keep_private
from app.web.visitor import current_visitor

blueprint = Blueprint("guests", __name__)
blueprint.after_request(keep_private)
DAY = 24 * 3600
LETTERS_OF_ONE_LAWYER = 300
LETTERS_TO_ONE_ADDRESS = 5
LONGEST_LIST = 15_000  # characters


class InvitationsForm(FlaskForm):
    """Whom to invite, one address a line."""

    addresses = TextAreaField(
        _l("Email addresses, one on each line"),
        [AtMost(LONGEST_LIST)],
        filters=[cleaned],
        render_kw={"rows": "6", "dir": "ltr", "spellcheck": "false", "autocomplete": "off"},
    )
    lang = RadioField(
        _l("In which language do we write to them?"),
        choices=[SelectChoice(code, language.name) for code, language in LANGUAGES.items()],
        validate_choice=False,
    )


class PassphraseForm(FlaskForm):
    """A new passphrase."""

    passphrase = PasswordField(
        _l("New passphrase"), [AtMost(passphrase.LONGEST)], render_kw={"autocomplete": "new-password", "dir": "auto"}
    )


def _private(public_id: str) -> Case:
    """A private page of the lawyer's that is live, or was; anything else is not there."""
    case = access.own(public_id, current_visitor())
    if not (case.is_private and case.is_published):
        abort(404)
    return case


# ---------------------------------------------------------------- invitations
@blueprint.route("/dashboard/cases/<public_id>/invitations", methods=["GET", "POST"])
@lawyer
def invite(public_id: str) -> ResponseReturnValue:
    """Who was invited, and more of them."""
    case = _private(public_id)
    if request.method != "POST":
        return _list(case, InvitationsForm(data={"lang": case.lang}))
    form = InvitationsForm()
    if not form.validate():
        return _list(case, form), 400
    try:
        addresses = invitations.read_addresses(form.addresses.data or "")
        made = invitations.invite(case, addresses, form.lang.data or "")
        _count([grant.email for grant in made])
    except DomainError as error:
        db.session.rollback()
        status = blame(form, error)
        return _list(case, form), status
    db.session.commit()
    _tell(len(made), len(addresses) - len(made))
    return redirect(url_for("guests.invite", public_id=public_id), 303)


def _tell(sent: int, before: int) -> None:
    if sent:
        n = num_text(sent)
        flash(ngettext("%(n)s invitation is on its way.", "%(n)s invitations are on their way.", sent, n=n), "done")
    if before:
        flash(_("Whoever had an invitation that works was sent no second one."), "info")


def _count(addresses: list[str]) -> None:
    """Count the letters that a lawyer sends. Raises TooMany."""
    lawyer_id = str(current_visitor().lawyer_id)
    for address in addresses:
        for kind, key, limit in (
            ("guests.lawyer", lawyer_id, LETTERS_OF_ONE_LAWYER),
            ("guests.address", address, LETTERS_TO_ONE_ADDRESS),
        ):
            throttle.check(kind, key, limit, DAY)
            throttle.note(kind, key)
            db.session.flush()


def _list(case: Case, form: InvitationsForm) -> str:
    return render_template(
        "guests/invitations.html",
        case=case,
        form=form,
        invited=[(grant, invitations.standing(grant)) for grant in invitations.of_case(case)],
        labels=labels,
        most=invitations.MOST,
        days=in_force().invitation_days,
    )


@blueprint.route("/dashboard/cases/<public_id>/invitations/<int:grant_id>/revoke", methods=["GET", "POST"])
@lawyer
def revoke(public_id: str, grant_id: int) -> ResponseReturnValue:
    """Ask, then end an invitation and the right that came by it."""
    case = _private(public_id)
    grant = next((grant for grant in invitations.of_case(case) if grant.id == grant_id), None)
    if grant is None:
        abort(404)
    if request.method != "POST" and grant.revoked_at is None:
        return render_template("guests/revoke.html", case=case, grant=grant)
    if request.method == "POST":
        if invitations.revoke(case, grant_id):
            flash(_("The invitation has ended. Whoever had it can no longer open the page."), "done")
        db.session.commit()
    return redirect(url_for("guests.invite", public_id=public_id), 303)


# ---------------------------------------------------------------- the passphrase
@blueprint.route("/dashboard/cases/<public_id>/passphrase", methods=["GET", "POST"])
@lawyer
def ask_for(public_id: str) -> ResponseReturnValue:
    """Put a passphrase in front of the page's links, change it, or take it away."""
    case = _private(public_id)
    form = PassphraseForm()
    if request.method != "POST":
        return render_template("guests/passphrase.html", case=case, form=form)
    is_end = "end" in request.form
    try:
        if not is_end and not form.validate():
            return render_template("guests/passphrase.html", case=case, form=form), 400
        db.session.rollback()
        new = "" if is_end else passphrase.hashed(form.passphrase.data or "")
        passphrase.put(access.own(public_id, current_visitor()), new)
    except DomainError as error:
        db.session.rollback()
        status = blame(form, error)
        return render_template("guests/passphrase.html", case=_private(public_id), form=form), status
    db.session.commit()
    flash(
        _("The links open without a passphrase again.")
        if is_end
        else _("The links ask for the passphrase from now on, also those who opened the page before."),
        "done",
    )
    return redirect(url_for("dashboard.case", public_id=public_id), 303)
