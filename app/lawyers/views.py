"""The lawyer's door to verification: writing an application, sending it in, and how it stands."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import DomainError
from app.database import db
from app.i18n.errors import render_error
from app.lawyers import labels, queries, regulators, renewal, service
from app.lawyers.forms import ApplicationForm
from app.lawyers.models import Lawyer
from app.lawyers.states import LawyerState
from app.storage import files
from app.web.access import anyone, signed_in
from app.web.fields import blame
from app.web.headers import keep_private
from app.web.visitor import current_visitor

blueprint = Blueprint("lawyers", __name__)
blueprint.after_request(keep_private)
OPEN = (LawyerState.APPLIED, LawyerState.DECLINED, LawyerState.VERIFIED)


@blueprint.get("/start")
@anyone
def start() -> Response:
    """Where "Start a case" leads: to the form, or to what must come before it."""
    visitor = current_visitor()
    if visitor.user_id is None:
        return redirect(url_for("accounts.sign_in", next=url_for("lawyers.start")), 303)
    return redirect(url_for("wizard.new" if visitor.lawyer_id is not None else "lawyers.apply"), 303)


@blueprint.route("/apply", methods=["GET", "POST"])
@signed_in
def apply() -> ResponseReturnValue:
    """Apply, change an application that waits, apply again, or change or renew what a badge stands on.

    What is sent is kept, even while parts are missing.
    """
    user = current_user.user
    lawyer, draft = queries.by_user(user.id), queries.draft_of(user.id)
    if lawyer is not None and lawyer.state not in OPEN:
        return redirect(url_for("lawyers.application"), 303)
    form = ApplicationForm(data=ApplicationForm.stored(draft, lawyer, user.name))
    if not form.is_submitted() or not user.is_confirmed:
        return _apply_page(form, lawyer), 409 if form.is_submitted() else 200
    form.whole = "later" not in request.form
    is_right = form.validate()
    is_right = _keep(form) and is_right
    db.session.commit()
    if not is_right:
        return _apply_page(form, lawyer), 400
    return _send_in(form, lawyer) if form.whole else _later()


def _keep(form: ApplicationForm) -> bool:
    """Keep what was typed and the file, in a draft; whether the file could be taken."""
    evidence = None
    if form.upload is not None:
        try:
            evidence = files.keep(form.upload.stream, form.upload.filename or "", by_id=current_user.user.id)
        except DomainError as error:
            form.evidence.errors = [render_error(error)]
    service.save_draft(current_user.user, form.parts, evidence)
    return not form.evidence.errors


def _later() -> Response:
    flash(_("Saved. You can go on whenever you like."), "done")
    return redirect(url_for("lawyers.application"), 303)


def _send_in(form: ApplicationForm, lawyer: Lawyer | None) -> ResponseReturnValue:
    was = lawyer.state if lawyer is not None else ""
    try:
        sent = service.send_in(current_user.user, form.details)
    except DomainError as error:
        db.session.rollback()
        status = blame(form, error)
        return _apply_page(form, lawyer), status
    db.session.commit()
    if was == LawyerState.VERIFIED:
        flash(_changed(sent), "done")
    elif was == LawyerState.APPLIED:
        flash(_("Your changes are sent. What staff had checked before is checked again."), "done")
    else:
        flash(_("Your application is with us. We write to you when it is decided."), "done")
    return redirect(url_for("lawyers.application"), 303)


def _changed(lawyer: Lawyer) -> str:
    """What became of a badge that stood."""
    if not lawyer.is_verified:
        return str(_("Your changes are sent. Your cases say that you are verified again once we have checked them."))
    if lawyer.renewal_at is not None:
        return str(_("Your evidence is with us. Your verification stands while we look at it."))
    return str(_("Saved."))


def _apply_page(form: ApplicationForm, lawyer: Lawyer | None) -> str:
    user = current_user.user
    draft = queries.draft_of(user.id)
    sent = lawyer.evidence if lawyer and lawyer.evidence and not lawyer.evidence.deleted_at else None
    return render_template(
        "lawyers/apply.html",
        form=form,
        user=user,
        lawyer=lawyer,
        evidence=(draft.evidence if draft else None) or sent,
        regulators=regulators.REGULATORS,
        largest=files.LARGEST // 1024 // 1024,
    )


@blueprint.get("/application")
@signed_in
def application() -> ResponseReturnValue:
    """How it stands."""
    user = current_user.user
    lawyer, draft = queries.by_user(user.id), queries.draft_of(user.id)
    if lawyer is None and draft is None:
        return redirect(url_for("lawyers.apply"), 303)
    return render_template(
        "lawyers/application.html",
        user=user,
        lawyer=lawyer,
        draft=draft,
        card=queries.card(lawyer) if lawyer else None,
        runs_out_at=renewal.runs_out_at(lawyer) if lawyer else None,
        suspensions=labels.SUSPENSIONS,
        regulator=regulators.label_of(lawyer.regulator) if lawyer else "",
        professions=queries.PROFESSIONS,
    )
