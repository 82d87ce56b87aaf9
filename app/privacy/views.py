"""For people without an account: asking by address, and the link in the letter that answers.

What the first page answers is the same for every address. The link shows what we hold; it is the buttons that act.
"""

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app.accounts import by_letter, limits
from app.core.errors import DomainError
from app.database import db
from app.i18n.locale import get_locale
from app.privacy import asking, forms, registry, service
from app.privacy.download import as_download
from app.web.access import anyone, by_token, public
from app.web.fields import blame
from app.web.headers import keep_private

blueprint = Blueprint("privacy", __name__)
blueprint.after_request(keep_private)


@blueprint.errorhandler(by_letter.LinkEnded)
def link_ended(_error: by_letter.LinkEnded) -> ResponseReturnValue:
    """One page for every link that does not work, whatever the reason."""
    db.session.rollback()
    return render_template("privacy/link_ended.html"), 404


@blueprint.route("/ask", methods=["GET", "POST"])
@anyone
def ask() -> ResponseReturnValue:
    """Ask what we hold about an address, or to have it deleted."""
    form = forms.AskForm()
    if not form.validate_on_submit():
        return render_template("privacy/ask.html", form=form), 400 if form.is_submitted() else 200
    email = form.email.data or ""
    may_write = limits.count_letter(email, request.remote_addr)
    try:
        asking.ask(email, get_locale(), may_write=may_write)
    except DomainError as error:
        db.session.rollback()
        status = blame(form, error)
        return render_template("privacy/ask.html", form=form), status
    db.session.commit()
    session["privacy_asked"] = email
    return redirect(url_for("privacy.sent"), 303)


@blueprint.get("/ask/sent")
@anyone
def sent() -> ResponseReturnValue:
    if "privacy_asked" not in session:
        return redirect(url_for("privacy.ask"), 303)
    return render_template("privacy/sent.html", email=session["privacy_asked"])


@blueprint.get("/link/<token>")
@by_token
def show(token: str) -> ResponseReturnValue:
    """What we hold about the address, and why it cannot be deleted yet, if so."""
    asking.find(token)  # before the form, which would begin a session for a link that opens nothing
    return _page(token, forms.SureForm())


def _page(token: str, form: FlaskForm) -> str:
    link = asking.find(token)
    person = service.person_of(link)
    return render_template(
        "privacy/show.html",
        form=form,
        token=token,
        email=link.email,
        held=service.holds(person),
        contents=service.contents(),
        reasons=registry.duties(person),
    )


@blueprint.post("/link/<token>/copy")
@by_token
def copy(token: str) -> ResponseReturnValue:
    """The whole of it, as a file."""
    return as_download(service.export(service.person_of(asking.find(token))))


@blueprint.route("/link/<token>/erase", methods=["GET", "POST"])
@by_token
def erase(token: str) -> ResponseReturnValue:
    """Delete it. The page behind the link shows the form."""
    asking.find(token)
    form = forms.SureForm()
    if not form.validate_on_submit():
        return _page(token, form), 400 if form.is_submitted() else 200
    try:
        service.erase_by_link(token)
    except service.CannotErase as error:
        db.session.rollback()
        return _page(token, form), error.status
    db.session.commit()
    return redirect(url_for("privacy.done"), 303)


@blueprint.get("/done")
@public
def done() -> str:
    """Where one comes to after one's data were deleted; it says nothing about anybody."""
    return render_template("privacy/done.html")
