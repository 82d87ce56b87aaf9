"""The staff's door to verification: who waits, what they told us, and the decision that takes two.

The evidence file is handed out by a form, because every look at it is noted.
"""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm

from app.core.errors import DomainError
from app.database import db
from app.i18n.errors import render_error
from app.lawyers import queries, regulators, service
from app.lawyers.forms import DecisionForm
from app.lawyers.models import Lawyer
from app.lawyers.states import LawyerState
from app.storage import files
from app.web.access import staff
from app.web.headers import keep_private

blueprint = Blueprint("lawyers_admin", __name__)
blueprint.after_request(keep_private)


@blueprint.get("/lawyers")
@staff("reviewer")
def queue() -> str:
    return render_template("lawyers_admin/queue.html", waiting=queries.waiting())


@blueprint.route("/lawyers/<public_id>", methods=["GET", "POST"])
@staff("reviewer")
def review(public_id: str) -> ResponseReturnValue:
    lawyer, by = queries.by_public_id(public_id), current_user.user
    standing = service.standing(lawyer)
    declined = any(done.decision == service.DECLINE and done.decided_by != by.id for done in standing)
    form = DecisionForm(others_decline=declined)
    if not form.is_submitted():
        _fill(form, lawyer)
        return _page(lawyer, form)
    if not form.validate():
        return _page(lawyer, form), 400
    try:
        is_settled = _decide(lawyer, form)
    except DomainError as error:
        db.session.rollback()
        form.form_errors.append(render_error(error))
        form.version.data = str(lawyer.version)
        return _page(lawyer, form), error.status
    db.session.commit()
    if is_settled:
        flash(_("That was the second decision. The lawyer is told by email."), "done")
    else:
        flash(_("Your decision is saved. It takes effect when a colleague decides the same."), "done")
    return redirect(url_for("lawyers_admin.queue"), 303)


def _fill(form: DecisionForm, lawyer: Lawyer) -> None:
    """What the member of staff checked before stands there again."""
    form.version.data = str(lawyer.version)
    for done in lawyer.checks:
        if done.checked_by == current_user.user.id:
            form[done.kind].data = True
            form[f"{done.kind}_source"].data = done.source


def _decide(lawyer: Lawyer, form: DecisionForm) -> bool:
    by = current_user.user
    for kind, source in form.checked.items():
        service.check(lawyer, kind, source, by)
    if form.decision.data == service.APPROVE:
        return service.approve(lawyer, by, seen=form.seen)
    return service.decline(lawyer, by, form.reason.data, seen=form.seen)


def _page(lawyer: Lawyer, form: DecisionForm) -> str:
    by = current_user.user
    is_own = lawyer.user_id == by.id
    known = regulators.REGULATORS.get(regulators.key_of(lawyer.regulator))
    return render_template(
        "lawyers_admin/review.html",
        lawyer=lawyer,
        form=form,
        look=FlaskForm(),
        waiting=queries.waiting(),
        checks=sorted(lawyer.checks, key=lambda done: (list(queries.CHECKS).index(done.kind), done.id)),
        check_names=queries.CHECKS,
        professions=queries.PROFESSIONS,
        regulator=regulators.label_of(lawyer.regulator),
        register=known.register if known else "",
        standing=service.standing(lawyer),
        decisions=queries.decisions(lawyer),
        is_own=is_own,
        can_decide=lawyer.state == LawyerState.APPLIED and not is_own,
    )


@blueprint.post("/lawyers/<public_id>/evidence")
@staff("reviewer")
def evidence(public_id: str) -> ResponseReturnValue:
    """Hand the file out, and note who took it."""
    row = service.see_evidence(queries.by_public_id(public_id), current_user.user)
    answer = files.download(row)
    db.session.commit()
    return answer
