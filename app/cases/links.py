"""The doors for whoever holds a link to a private page: one that the lawyer gave away, or one from an invitation.

The link is exchanged for a right in the visitor's signed cookie and a clean address, so that it leaves the address bar,
the history and what is sent on as referrer. A link without a passphrase opens at once, and nothing is written down, so
any number of people and mail scanners may open it. A passphrase and an invitation ask a question first; only its answer
acts, and wrong answers are counted by the network they come from, so that nobody else is kept out.
"""

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import EmailField, PasswordField
from wtforms.validators import ValidationError

from app.accounts.models import User
from app.cases import access, invitations, passphrase
from app.cases.models import CaseGrant
from app.core.errors import DomainError
from app.database import db
from app.web import throttle
from app.web.access import by_token
from app.web.fields import AtMost, blame, one_line
from app.web.headers import keep_private
from app.web.visitor import current_visitor

blueprint = Blueprint("links", __name__)
blueprint.after_request(keep_private)
HOUR = 3600
ANSWERS_TO_ONE_LINK = 10
ANSWERS_FROM_ONE_NETWORK = 60


class PassphraseForm(FlaskForm):
    """What the lawyer told those who have the link."""

    passphrase = PasswordField(
        _l("Passphrase"), [AtMost(passphrase.LONGEST)], render_kw={"autocomplete": "off", "dir": "auto"}
    )


class InvitedForm(FlaskForm):
    """To which address the invitation came; whoever is signed in with it (`is_known`) need not say."""

    is_known = False
    email = EmailField(
        _l("Your email address"),
        [AtMost(254)],
        filters=[one_line],
        render_kw={"autocomplete": "email", "spellcheck": "false"},
    )

    def validate_email(self, field: EmailField) -> None:
        if not (field.data or self.is_known):
            raise ValidationError(_("Enter your email address."))


# ---------------------------------------------------------------- a link that was given away
@blueprint.route("/<token>", methods=["GET", "POST"])
@by_token
def open(token: str) -> ResponseReturnValue:
    """Whatever is no link, was one or belongs to a page that is not live finds nothing, as does any odd text."""
    if request.method == "POST":
        _count(token)
    grant = access.grant_of_link(token)
    wanted = grant.case.passphrase_hash if grant.case.is_private else ""
    if not wanted or access.can_see(current_visitor(), grant.case):
        return _enter(grant)
    form = PassphraseForm()
    if request.method != "POST":
        return _ask(token, form)
    if not form.validate():
        return _ask(token, form), 400
    db.session.rollback()
    try:
        passphrase.check(wanted, form.passphrase.data or "")
    except DomainError as error:
        status = blame(form, error)
        return _ask(token, form), status
    _uncount(token)
    # Looked up again: it may have been ended, or the passphrase changed, while we hashed.
    grant = access.grant_of_link(token)
    return _enter(grant) if grant.case.passphrase_hash == wanted else _ask(token, form)


def _ask(token: str, form: PassphraseForm) -> str:
    return render_template("links/passphrase.html", token=token, form=form)


def _enter(grant: CaseGrant) -> Response:
    access.carry(session, grant)
    return redirect(url_for("cases.detail", slug=grant.case.slug), 303)


# ---------------------------------------------------------------- an invitation
@blueprint.route("/invited/<token>", methods=["GET", "POST"])
@by_token
def invited(token: str) -> ResponseReturnValue:
    """Ask for the address that the invitation came to; the answer opens the page."""
    if request.method == "POST":
        _count(token)
    grant = access.grant_of_invitation(token)
    form, mine = InvitedForm(), _confirmed_address()
    form.is_known = grant.email == mine
    if request.method != "POST":
        return _invited(token, form)
    if not form.validate():
        return _invited(token, form), 400
    try:
        grant = invitations.accept(token, form.email.data or "", signed_in_as=mine)
    except DomainError as error:
        db.session.rollback()
        if not error.field:
            raise
        status = blame(form, error)
        return _invited(token, form), status
    _uncount(token, commit=False)
    answer = _enter(grant)
    db.session.commit()
    return answer


def _invited(token: str, form: InvitedForm) -> str:
    return render_template("links/invited.html", token=token, form=form, is_known=form.is_known)


def _confirmed_address() -> str:
    """Of the account that is signed in, if letters are known to reach it; else nothing."""
    visitor = current_visitor()
    if visitor.user_id is None or not visitor.is_confirmed:
        return ""
    return db.session.get_one(User, visitor.user_id).email


# ---------------------------------------------------------------- counting answers
def _keys(token: str) -> tuple[tuple[str, str, int], ...]:
    network = throttle.address_block(request.remote_addr)
    return (
        ("links.answer", f"{network} {token}", ANSWERS_TO_ONE_LINK),
        ("links.network", network, ANSWERS_FROM_ONE_NETWORK),
    )


def _count(token: str) -> None:
    """Count an answer, whether the link works or not. Raises TooMany."""
    for kind, key, limit in _keys(token):
        throttle.check(kind, key, limit, HOUR)
        throttle.note(kind, key)
    db.session.commit()


def _uncount(token: str, *, commit: bool = True) -> None:
    for kind, key, _limit in _keys(token):
        throttle.take_back(kind, key)
    if commit:
        db.session.commit()
