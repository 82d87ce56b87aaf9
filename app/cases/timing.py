"""The lawyer's doors to when a page is live: at a time that was planned, or once more after the target was missed."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import ValidationError

from app.cases import access, client, drafting, publishing, relaunch
from app.cases.models import Case
from app.cases.states import CaseState
from app.core import clock
from app.core.errors import DomainError
from app.core.text import ascii_digits
from app.database import db
from app.web.access import lawyer
from app.web.fields import DateField, blame, one_line
from app.web.headers import keep_private
from app.web.visitor import current_visitor

blueprint = Blueprint("timing", __name__)
blueprint.after_request(keep_private)


class PlanForm(FlaskForm):
    """Day and time, as the clock at the court shows them; a day of closing where the one in the page will not do."""

    day = DateField(_l("On which day?"))
    at = StringField(_l("At what time?"), filters=[one_line], render_kw={"type": "time", "autocomplete": "off"})
    deadline = DateField(_l("When should pledging close?"))

    def validate_day(self, field: DateField) -> None:
        if field.data is None and not field.errors:
            raise ValidationError(_("Enter day, month and year in figures."))

    def validate_at(self, field: StringField) -> None:
        if self.clock is None:
            raise ValidationError(_("Enter a time such as 09:30."))

    @property
    def clock(self) -> time | None:
        """The time that was typed; None for what is none."""
        try:
            return datetime.strptime(ascii_digits(self.at.data or ""), "%H:%M").time()  # noqa: DTZ007 - a time, no moment
        except ValueError:
            return None

    def moment(self, zone: str) -> datetime:
        """When it is then and there, of a form that was found to be right. An hour that a clock leaves out comes later,
        one that it shows twice is the first.
        """
        assert self.day.data is not None and self.clock is not None
        return datetime.combine(self.day.data, self.clock, ZoneInfo(zone))


# ---------------------------------------------------------------- later
@blueprint.route("/dashboard/cases/<public_id>/plan", methods=["GET", "POST"])
@lawyer
def plan(public_id: str) -> ResponseReturnValue:
    """Plan when an approved page goes live, plan it otherwise, or not at all."""
    case = access.own(public_id, current_visitor())
    back = url_for("dashboard.case", public_id=public_id)
    if request.method != "POST":
        return _page(case, _as_planned(case)) if case.state == CaseState.APPROVED else redirect(back, 303)
    if "off" in request.form:
        if publishing.call_off(case):
            flash(_("The page does not go live by itself any more."), "done")
        db.session.commit()
        return redirect(back, 303)
    form = PlanForm()
    if not form.validate():
        return _page(case, form), 400
    try:
        publishing.plan(case, form.moment(case.time_zone), form.deadline.data)
    except DomainError as error:
        db.session.rollback()
        status = blame(form, error)
        return _page(case, form), status
    db.session.commit()
    flash(_("The page goes live at the time you chose."), "done")
    return redirect(back, 303)


def _as_planned(case: Case) -> PlanForm:
    """The form with the plan that there is."""
    if case.publish_at is None:
        return PlanForm()
    there = case.publish_at.astimezone(ZoneInfo(case.time_zone))
    return PlanForm(data={"day": there.date(), "at": f"{there:%H:%M}"})


def _page(case: Case, form: PlanForm) -> str:
    return render_template(
        "timing/plan.html",
        case=case,
        form=form,
        consent=client.standing(case),
        is_verified=case.lawyer.is_verified,
        last=(clock.now() + publishing.LATEST).astimezone(ZoneInfo(case.time_zone)).date(),
        needs_day=bool(form.deadline.errors) or "deadline" in drafting.missing(case),
    )


# ---------------------------------------------------------------- again
@blueprint.route("/dashboard/cases/<public_id>/again", methods=["GET", "POST"])
@lawyer
def again(public_id: str) -> ResponseReturnValue:
    """Ask, then begin a new page for a case that missed its target."""
    case = access.own(public_id, current_visitor())
    if request.method != "POST":
        begun = relaunch.next_try(case)
        if begun is not None and begun.is_editable:
            return redirect(url_for("dashboard.case", public_id=begun.public_id), 303)
        if not relaunch.can_start(case):
            return redirect(url_for("dashboard.case", public_id=public_id), 303)
        return render_template("timing/again.html", case=case)
    new = relaunch.start_again(case)
    db.session.commit()
    return redirect(url_for("dashboard.case", public_id=new.public_id), 303)
