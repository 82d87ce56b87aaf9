"""The doors to reporting restrictions: the lawyer of a case and reviewers hide a name at once; only a reviewer lets it
be told again. The names stand on these pages and nowhere else.
"""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from app.cases import access, restrictions
from app.cases import files as case_files
from app.cases.models import Case, RestrictedName
from app.cases.restrictions import KINDS, MOST_SPELLINGS, Order
from app.core.errors import DomainError, NotFound
from app.database import db
from app.stories import service as stories
from app.updates import outcomes
from app.updates import queries as updates
from app.web.access import fresh, lawyer, staff
from app.web.fields import AtMost, DateField, Needed, blame, cleaned, one_line, safe_line
from app.web.headers import keep_private
from app.web.visitor import current_visitor

blueprint = Blueprint("restricting", __name__)
blueprint.after_request(keep_private)
LONGEST_REASON = 600  # characters
ORDER = "order"  # what the button of the court's order is called among those of the files


def _line(label: Any, needed: Any, most: int) -> StringField:
    checks = [Needed(needed), safe_line, AtMost(most)]
    return StringField(label, checks, filters=[one_line], render_kw={"dir": "auto", "autocomplete": "off"})


class NameForm(FlaskForm):
    """A name that may not be told, and the order that says so."""

    whole = True
    words = _line(_l("The name, or the words"), _l("Enter the name, or the words."), 120)
    kind = RadioField(
        _l("What it is"),
        choices=[
            SelectChoice("person", _l("The name of a person")),
            SelectChoice("words", _l("Other words, such as an address or a school")),
        ],
        default="person",
        validate_choice=False,
    )
    spellings = TextAreaField(
        _l("Other spellings, one on each line"),
        [AtMost(1200)],
        filters=[cleaned],
        render_kw={"rows": "3", "dir": "auto", "autocomplete": "off"},
    )
    told_en = _line(_l("What the English pages say instead"), _l("Enter what the English pages say instead."), 60)
    told_fa = _line(_l("What the Persian pages say instead"), _l("Enter what the Persian pages say instead."), 60)
    order_ref = _line(_l("Court and reference of the order"), _l("Enter the order’s court and reference."), 120)
    ordered_on = DateField(_l("Day of the order"), [Needed(_l("Enter the day of the order."))])
    until_on = DateField(_l("Last day, if the order names one"))
    reason = TextAreaField(
        _l("Note for staff"), [AtMost(LONGEST_REASON)], filters=[cleaned], render_kw={"rows": "3", "dir": "auto"}
    )

    def validate_kind(self, field: RadioField) -> None:
        if field.data not in KINDS:
            raise ValidationError(_("Choose one of the answers."))

    def validate_spellings(self, field: TextAreaField) -> None:
        if len(self._lines) > MOST_SPELLINGS:
            raise ValidationError(_("Give at most %(most)s spellings.", most=MOST_SPELLINGS))

    @property
    def _lines(self) -> tuple[str, ...]:
        return tuple(line for line in (one_line(line) for line in (self.spellings.data or "").splitlines()) if line)

    @property
    def order(self) -> Order:
        """What was filled in."""
        assert self.ordered_on.data is not None
        return Order(
            words=self.words.data,
            told_en=self.told_en.data,
            told_fa=self.told_fa.data,
            ref=self.order_ref.data,
            on=self.ordered_on.data,
            until=self.until_on.data,
            is_person=self.kind.data == "person",
            spellings=self._lines,
            reason=self.reason.data,
        )


class LiftForm(FlaskForm):
    """Why a name may be told again."""

    reason = TextAreaField(
        _l("Why may it be told again?"),
        [AtMost(LONGEST_REASON)],
        filters=[cleaned],
        render_kw={"rows": "3", "dir": "auto"},
    )


# ---------------------------------------------------------------- the lawyer
@blueprint.route("/dashboard/cases/<public_id>/restrictions", methods=["GET", "POST"])
@lawyer
def own(public_id: str) -> ResponseReturnValue:
    """The names that may not be told, one more, and the files that wait to be looked through."""
    case = access.own(public_id, current_visitor())
    if request.method == "POST" and "clear" in request.form:
        _clear(case, request.form["clear"])
        db.session.commit()
        flash(_("The file can be seen again by everybody who can open the page."), "done")
        return redirect(url_for("restricting.own", public_id=public_id), 303)
    return _names(case, by_staff=False)


def _clear(case: Case, file_id: str) -> None:
    by_id = current_visitor().user_id
    outcome = updates.outcome_of(case)
    if file_id == ORDER and outcome is not None:
        outcomes.clear_order(outcome, by_id=by_id)
    else:
        restrictions.clear(case, case_files.find(case, file_id), by_id=by_id)


# ---------------------------------------------------------------- staff
@blueprint.route("/staff/cases/<public_id>/restrictions", methods=["GET", "POST"])
@staff("reviewer")
@fresh
def as_staff(public_id: str) -> ResponseReturnValue:
    """The same for a reviewer, who can also let a name be told again."""
    return _names(access.submitted(public_id, current_visitor()), by_staff=True)


@blueprint.route("/staff/cases/<public_id>/restrictions/<int:n>/lift", methods=["GET", "POST"])
@staff("reviewer")
@fresh
def lift(public_id: str, n: int) -> ResponseReturnValue:
    """Ask why, then let the name be told again."""
    case = access.submitted(public_id, current_visitor())
    row = next((row for row in restrictions.all_of(case) if row.id == n), None)
    if row is None:
        raise NotFound()
    back = url_for("restricting.as_staff", public_id=public_id)
    form = LiftForm()
    if request.method != "POST":
        return redirect(back, 303) if row.lifted_at else _asked(case, row, form)
    if not form.validate():
        return _asked(case, row, form), 400
    try:
        is_first = restrictions.lift(row, current_user.user, form.reason.data)
    except DomainError as error:
        db.session.rollback()
        status = blame(form, error)
        return _asked(case, row, form), status
    db.session.commit()
    if is_first:
        flash(_("The name is told again. The lawyer is told by email."), "done")
    return redirect(back, 303)


def _asked(case: Case, row: RestrictedName, form: LiftForm) -> str:
    return render_template("restricting/lift.html", case=case, row=row, form=form)


# ---------------------------------------------------------------- both
def _names(case: Case, *, by_staff: bool) -> ResponseReturnValue:
    form = NameForm()
    if request.method != "POST":
        return _page(case, form, by_staff)
    if not form.validate():
        return _page(case, form, by_staff), 400
    try:
        restrictions.hide(case, form.order, current_user.user)
        stories.leave_address(case)
    except DomainError as error:
        db.session.rollback()
        status = blame(form, error)
        return _page(case, form, by_staff), status
    db.session.commit()
    flash(_("The name is hidden. Pages, letters and the search follow within a minute."), "done")
    where = "restricting.as_staff" if by_staff else "restricting.own"
    return redirect(url_for(where, public_id=case.public_id), 303)


def _page(case: Case, form: NameForm, by_staff: bool) -> str:
    outcome = updates.outcome_of(case)
    return render_template(
        "restricting/names.html",
        case=case,
        form=form,
        by_staff=by_staff,
        rows=restrictions.all_of(case),
        names=restrictions.names_of(case),
        papers=[one for one in case_files.documents(case) if restrictions.is_withheld(case, one)],
        pictures=[one for one in case_files.pictures(case) if restrictions.is_withheld(case, one)],
        order=ORDER if outcome is not None and outcome.document_id is not None and outcome.is_withheld else "",
    )
