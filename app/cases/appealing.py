"""The doors of an appeal against a refusal: the lawyer makes it, another reviewer decides it."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import RadioField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice

from app.cases import access, appeals, labels, queries
from app.cases.models import Case
from app.cases.states import CaseState
from app.core.errors import DomainError, NotFound
from app.database import db
from app.web.access import lawyer, staff
from app.web.fields import AtMost, blame, cleaned
from app.web.headers import keep_private
from app.web.visitor import current_visitor

blueprint = Blueprint("appeals", __name__)
blueprint.after_request(keep_private)


class AppealForm(FlaskForm):
    """Why the refusal was wrong."""

    words = TextAreaField(
        _l("What has the reviewer overlooked or misread?"),
        [AtMost(appeals.LONGEST_WORDS)],
        filters=[cleaned],
        render_kw={"rows": "10", "dir": "auto"},
    )


class AnswerForm(FlaskForm):
    """What another reviewer decides about a refusal."""

    decision = RadioField(
        _l("Your decision"),
        choices=[SelectChoice(code, label) for code, label in labels.APPEALS.items()],
        validate_choice=False,
    )
    comment = TextAreaField(
        _l("Message to the lawyer"),
        [AtMost(appeals.LONGEST_WORDS)],
        filters=[cleaned],
        render_kw={"rows": "6", "dir": "auto"},
    )

    def validate_decision(self, field: RadioField) -> None:
        if field.data not in appeals.DECISIONS:
            raise ValidationError(_("Choose what to decide."))


@blueprint.route("/dashboard/cases/<public_id>/appeal", methods=["GET", "POST"])
@lawyer
def make(public_id: str) -> ResponseReturnValue:
    """Appeal once, while the page is turned down."""
    case = access.own(public_id, current_visitor())
    back = url_for("dashboard.case", public_id=public_id)
    form = AppealForm()
    if not form.is_submitted():
        if case.state != CaseState.DECLINED or appeals.of_case(case) is not None:
            return redirect(back, 303)
        return _form(case, form)
    if not form.validate():
        return _form(case, form), 400
    try:
        is_first = appeals.appeal(case, form.words.data)
    except DomainError as error:
        db.session.rollback()
        status = blame(form, error)
        return _form(case, form), status
    db.session.commit()
    flash(
        _("Your appeal is with another reviewer. We write to you.")
        if is_first
        else _("You have appealed already. A page has one appeal."),
        "done" if is_first else "info",
    )
    return redirect(back, 303)


def _form(case: Case, form: AppealForm) -> str:
    decision = next(iter(queries.decisions(case)), None)
    return render_template("appeals/make.html", case=case, form=form, decision=decision, labels=labels)


@blueprint.route("/staff/cases/<public_id>/appeal", methods=["GET", "POST"])
@staff("reviewer")
def answer(public_id: str) -> ResponseReturnValue:
    """Read the refusal and the appeal, and decide."""
    case = access.submitted(public_id, current_visitor())
    if appeals.of_case(case) is None:
        raise NotFound()
    form = AnswerForm()
    if not form.is_submitted():
        return _answer(case, form)
    if not form.validate():
        return _answer(case, form), 400
    try:
        is_first = appeals.decide(case, current_user.user, form.decision.data, form.comment.data)
    except DomainError as error:
        db.session.rollback()
        status = blame(form, error)
        return _answer(case, form), status
    db.session.commit()
    if is_first:
        flash(_("Your decision is saved. The lawyer is told by email."), "done")
    else:
        flash(_("The same was decided before. What you wrote now was not sent."), "info")
    return redirect(url_for("cases_admin.queue"), 303)


def _answer(case: Case, form: AnswerForm) -> str:
    row, visitor = appeals.of_case(case), current_visitor()
    decisions = queries.decisions(case)
    is_own = case.lawyer.user_id == visitor.user_id
    is_same = visitor.user_id in appeals.refused_by(case)
    return render_template(
        "appeals/answer.html",
        case=case,
        appeal=row,
        form=form,
        labels=labels,
        refusals=[(review, name) for review, name in decisions if review.decision == "decline"],
        is_own=is_own,
        is_same=is_same,
        can_decide=row is not None and not row.decision and not is_own and not is_same,
    )
