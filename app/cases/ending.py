"""The door for ending early: an open case, by its lawyer or by staff, with a reason that everybody can read; and the
fundraising of a case that met its target, by its lawyer.
"""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField

from app.cases import access
from app.cases.models import Case
from app.cases.states import CaseState
from app.core import clock
from app.core.errors import DomainError
from app.database import db
from app.pledges import closing
from app.pledges import queries as pledges
from app.web.access import fresh, lawyer, staff
from app.web.fields import AtMost, blame, cleaned
from app.web.headers import keep_private
from app.web.visitor import current_visitor

blueprint = Blueprint("ending", __name__)
blueprint.after_request(keep_private)


class EndingForm(FlaskForm):
    """Why a case ends before its deadline."""

    reason = TextAreaField(
        _l("Why does the case end?"),
        [AtMost(closing.LONGEST_REASON)],
        filters=[cleaned],
        render_kw={"rows": "4", "dir": "auto"},
    )


@blueprint.route("/dashboard/cases/<public_id>/end", methods=["GET", "POST"])
@lawyer
def own(public_id: str) -> ResponseReturnValue:
    case = access.own(public_id, current_visitor())
    if case.state == CaseState.FUNDED:
        return _raising(case)
    return _end(case, "lawyer", url_for("dashboard.case", public_id=public_id))


@blueprint.route("/staff/cases/<public_id>/end", methods=["GET", "POST"])
@staff("reviewer")
@fresh
def as_staff(public_id: str) -> ResponseReturnValue:
    case = access.submitted(public_id, current_visitor())
    return _end(case, "staff", url_for("cases_admin.review", public_id=public_id))


def _end(case: Case, by: str, back: str) -> ResponseReturnValue:
    """Ask for the reason, then end an open case."""
    form = EndingForm()
    if request.method != "POST":
        return _page(case, form, by, back) if _can_end(case) else redirect(back, 303)
    if not form.validate():
        return _page(case, form, by, back), 400
    try:
        is_first = closing.end_early(case.id, form.reason.data, by=by, actor_id=current_visitor().user_id)
    except DomainError as error:
        db.session.rollback()
        status = blame(form, error)
        return _page(case, form, by, back), status
    db.session.commit()
    if is_first:
        flash(_("The case has ended. Nobody is charged, and we are telling the backers why."), "done")
    return redirect(back, 303)


def _can_end(case: Case) -> bool:
    return case.state == CaseState.OPEN and case.deadline_at is not None and clock.now() <= case.deadline_at


def _page(case: Case, form: EndingForm, by: str, back: str) -> str:
    totals = pledges.totals(case) if case.target else None
    return render_template(
        "ending/end.html", case=case, form=form, by=by, back_url=back, totals=totals, can_end=_can_end(case)
    )


def _raising(case: Case) -> ResponseReturnValue:
    """Ask, then end the fundraising of a funded case."""
    back = url_for("dashboard.case", public_id=case.public_id)
    if request.method != "POST":
        if case.raising_ended_at is not None:
            return redirect(back, 303)
        return render_template("ending/raising.html", case=case, back_url=back)
    if closing.end_raising(case.id, actor_id=current_visitor().user_id):
        flash(_("Fundraising has ended. The page takes no more pledges."), "done")
    db.session.commit()
    return redirect(back, 303)
