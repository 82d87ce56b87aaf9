"""The forms around reports."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, Field, RadioField, SelectField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from app.accounts import service as accounts
from app.cases.forms import KeyedForm
from app.cases.labels import REASONS
from app.core.errors import DomainError
from app.i18n.errors import render_error
from app.moderation.labels import CONCERNS
from app.moderation.models import Report
from app.moderation.queries import update_of
from app.moderation.service import LONGEST_WORDS
from app.web.fields import AtMost, Needed, cleaned, one_line

# What staff can do, in the order of the page; the last three undo.
ACTS = ("take", "note", "take_update_down", "suspend", "take_down", "close", "put_update_back", "lift", "put_back")


class ReportForm(KeyedForm):
    """What is wrong with a page, told by anybody."""

    whole = True
    concern = RadioField(
        _l("What is it about?"),
        choices=[SelectChoice(code, label) for code, label in CONCERNS.items()],
        validate_choice=False,
    )
    words = TextAreaField(
        _l("What is wrong?"),
        [Needed(_l("Say what is wrong, in a sentence or more.")), AtMost(LONGEST_WORDS)],
        filters=[cleaned],
        render_kw={"rows": "8", "dir": "auto"},
    )
    email = EmailField(
        _l("Your email address"),
        [Optional(), AtMost(254)],
        filters=[one_line],
        render_kw={"autocomplete": "email", "spellcheck": "false"},
    )

    def validate_concern(self, field: RadioField) -> None:
        if field.data not in CONCERNS:
            raise ValidationError(_("Choose what it is about."))

    def validate_email(self, field: Field) -> None:
        if field.data:
            try:
                accounts.normal_email(field.data)
            except DomainError as error:
                raise ValidationError(render_error(error)) from None


class ActForm(FlaskForm):
    """What a member of staff does about a report. What `words` are for depends on it."""

    act = RadioField(_l("What do you do?"), validate_choice=False)
    code = SelectField(
        _l("Reason, as the public log names it"),
        choices=[
            SelectChoice("", _l("Choose a reason")),
            *(SelectChoice(code, label) for code, label in REASONS.items()),
        ],
        validate_choice=False,
    )
    words = TextAreaField(
        _l("Words"),
        [AtMost(LONGEST_WORDS)],
        filters=[cleaned],
        render_kw={"rows": "6", "dir": "auto"},
    )

    def __init__(self, report: Report, user_id: int | None, *, fresh: bool = False) -> None:
        super().__init__(**({"formdata": None} if fresh else {}))
        words = {
            "take": _("I look at it now"),
            "note": _("Write to the lawyer"),
            "take_update_down": _("Take the update down"),
            "put_update_back": _("Put the update back"),
            "suspend": _("Suspend the case"),
            "take_down": _("Take the page down"),
            "close": _("Close the report"),
            "lift": _("Lift the suspension"),
            "put_back": _("Put the page back"),
        }
        self.act.choices = [SelectChoice(act, words[act]) for act in possible(report, user_id)]

    def validate_act(self, field: RadioField) -> None:
        if field.data not in ACTS:
            raise ValidationError(_("Choose what to do."))

    def validate_code(self, field: SelectField) -> None:
        if self.act.data in ("suspend", "take_down", "take_update_down") and field.data not in REASONS:
            raise ValidationError(_("Choose the reason from the list."))


def possible(report: Report, user_id: int | None) -> list[str]:
    """What can be done about `report` as it stands."""
    case = report.case if report.case is not None and report.case.is_published else None
    by_staff = case is not None and "staff" in case.suspended_for.split(",")
    is_down = case is not None and case.taken_down_at is not None
    update = update_of(report) if case is not None else None
    can = {
        "take_update_down": not report.is_closed and update is not None and update.taken_down_at is None,
        "put_update_back": update is not None and update.taken_down_at is not None,
        "take": not report.is_closed and report.taken_by != user_id,
        "note": not report.is_closed,
        "suspend": not report.is_closed and case is not None and not by_staff,
        "take_down": not report.is_closed and case is not None and not is_down,
        "close": not report.is_closed,
        "lift": by_staff and not is_down,
        "put_back": is_down,
    }
    return [act for act in ACTS if can[act]]
