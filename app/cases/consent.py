"""The doors around the client's consent: the lawyer's page, where the client is asked, and the client's own.

The client has no account. The link in the letter shows the page as it will be published and a form; only the form
acts, for mail scanners follow links. Once it is answered the link tells that and nothing of the case.
"""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.cases import access, client, drafting, forms, labels, review
from app.cases.models import Case, ClientConsent
from app.core.errors import DomainError, NotFound
from app.database import db
from app.pages import case_page
from app.web import throttle
from app.web.access import by_token, lawyer
from app.web.fields import blame
from app.web.headers import keep_private
from app.web.visitor import current_visitor

blueprint = Blueprint("consent", __name__)
blueprint.after_request(keep_private)
HOUR = 3600
LETTERS_OF_ONE_LAWYER = 30
LETTERS_TO_ONE_ADDRESS = 5
ANSWERS_FROM_ONE_NETWORK = 60


# ---------------------------------------------------------------- the lawyer's page
@blueprint.route("/dashboard/cases/<public_id>/client", methods=["GET", "POST"])
@lawyer
def ask(public_id: str) -> ResponseReturnValue:
    """How the client's consent stands; a new link ends the one before."""
    case = access.own(public_id, current_visitor())
    if request.method != "POST":
        return _lawyers_page(case, _fresh(case))
    form = forms.ClientForm()
    if not form.validate():
        return _lawyers_page(case, form), 400
    try:
        _count_letter(case, form.email.data)
        asked = review.ask_client(case, form.client, form_key=form.form_key.data)
    except DomainError as error:
        db.session.rollback()
        status = blame(form, error)
        return _lawyers_page(case, form), status
    db.session.commit()
    flash(_("We have sent the link to %(email)s.", email=asked.email), "done")
    return redirect(url_for("consent.ask", public_id=public_id), 303)


@blueprint.route("/dashboard/cases/<public_id>/client/end", methods=["GET", "POST"])
@lawyer
def end(public_id: str) -> ResponseReturnValue:
    """Ask, then end the link and whatever was answered to it."""
    case = access.own(public_id, current_visitor())
    if request.method != "POST":
        found = client.standing(case)
        if found.row is None or not case.can_ask_client:
            return redirect(url_for("consent.ask", public_id=public_id), 303)
        return render_template("client/end.html", case=case, consent=found)
    if client.take_back(case):
        flash(_("The link has ended. The page needs your client’s consent anew."), "done")
    db.session.commit()
    return redirect(url_for("consent.ask", public_id=public_id), 303)


def _count_letter(case: Case, email: str) -> None:
    """Count a letter that a lawyer has sent. Raises TooMany."""
    for kind, key, limit in (
        ("client.lawyer", str(case.lawyer_id), LETTERS_OF_ONE_LAWYER),
        ("client.address", email.lower(), LETTERS_TO_ONE_ADDRESS),
    ):
        throttle.check(kind, key, limit, HOUR)
        throttle.note(kind, key)


def _fresh(case: Case) -> forms.ClientForm:
    """The form with whoever was asked before."""
    row = client.standing(case).row
    known = {"name": row.name, "email": row.email, "lang": row.lang} if row else {"lang": case.lang}
    return forms.ClientForm(fresh=True, **known)


def _lawyers_page(case: Case, form: forms.ClientForm) -> str:
    may_ask = case.can_ask_client
    return render_template(
        "client/ask.html",
        case=case,
        form=form if may_ask else None,
        consent=client.standing(case),
        labels=labels,
        days=client.LASTS.days,
        is_verified=case.lawyer.is_verified,
        missing=drafting.missing(case) if case.is_editable else [],
    )


# ---------------------------------------------------------------- the client's page
@blueprint.route("/client/<token>", methods=["GET", "POST"])
@by_token
def answer(token: str) -> ResponseReturnValue:
    """The page to be read, and the answer to it. Whatever is no link, or was one, is answered alike."""
    if request.method == "POST":
        _count_answer()
    try:
        row = access.asked(token)
    except NotFound:
        return render_template("client/ended.html"), 404
    if row.answer:
        return render_template("client/answered.html", consent=row)
    form = forms.AnswerForm(row.case)
    if request.method != "POST":
        return _clients_page(token, row, form)
    if not form.validate():
        return _clients_page(token, row, form), 400
    try:
        if form.answer.data == "agree":
            client.agree(token, seen=form.seen.data or "")
        else:
            client.wish_changes(token, form.message.data)
    except NotFound:
        db.session.rollback()
        return render_template("client/ended.html"), 404
    except DomainError as error:
        db.session.rollback()
        return _refused(token, error)
    db.session.commit()
    return redirect(url_for("consent.answer", token=token), 303)


def _count_answer() -> None:
    """Count what is sent to links, whether they work or not. Raises TooMany."""
    network = throttle.address_block(request.remote_addr)
    throttle.check("client.answer", network, ANSWERS_FROM_ONE_NETWORK, HOUR)
    throttle.note("client.answer", network)
    db.session.commit()


def _refused(token: str, error: DomainError) -> ResponseReturnValue:
    """Say why, on the page as it is now; what was written is kept, and the form goes on from what stands there."""
    row = access.asked(token)
    form = forms.AnswerForm(row.case)
    status = blame(form, error)
    if not error.field:
        form.renew(row.case)
    return _clients_page(token, row, form), status


def _clients_page(token: str, row: ClientConsent, form: forms.AnswerForm) -> str:
    return render_template(
        "client/read.html",
        token=token,
        consent=row,
        case=row.case,
        page=case_page.of(row.case),
        files_at=("filing.asked", {"token": token}),
        preview=True,
        form=form,
    )
