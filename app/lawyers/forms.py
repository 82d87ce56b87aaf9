"""The forms of an application, and of the decision on it."""

from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, Field, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from app.core.text import is_safe_line
from app.lawyers.models import ApplicationDraft, Lawyer
from app.lawyers.queries import CHECKS, PROFESSIONS
from app.lawyers.registers import BadDay
from app.lawyers.regulators import (
    BARS,
    HEADINGS,
    OTHER,
    REGULATORS,
    STATES,
    heading_of,
    is_number,
    key_of,
    normal_number,
)
from app.lawyers.service import APPROVE, DECLINE, LONGEST, BadNumber, Details, NoReason
from app.storage.files import ACCEPTED
from app.web.fields import AtMost, DateField, Needed, cleaned, one_line, one_of, safe_line

LONGEST_REASON = 2000
PARTS = (
    "profession",
    "regulator",
    "regulator_name",
    "registration_number",
    "register_name",
    "shown_name",
    "firm",
    "town",
)


def _line(label: LazyString, missing: LazyString | None, most: int, **attributes: str) -> StringField:
    checks = [AtMost(most), safe_line] + ([Needed(missing)] if missing else [])
    return StringField(label, checks, filters=[one_line], render_kw={"dir": "auto", **attributes})


class ApplicationForm(FlaskForm):
    """What a lawyer tells us. Saved for later (`whole` False) it may lack anything."""

    whole = True
    profession = RadioField(
        _l("What are you?"),
        [Needed(_l("Say what kind of lawyer you are.")), one_of],
        choices=[SelectChoice(key, label) for key, label in PROFESSIONS.items()],
        validate_choice=False,
    )
    regulator = RadioField(
        _l("Who regulates you?"),
        [Needed(_l("Say who regulates you.")), one_of],
        choices=[SelectChoice(key, label) for key, label in HEADINGS.items()],
        validate_choice=False,
    )
    us_state = SelectField(
        _l("State"),
        [one_of],
        choices=[SelectChoice("", _l("Choose a state")), *(SelectChoice(key, bar.label) for key, bar in BARS.items())],
        validate_choice=False,
    )
    regulator_name = _line(_l("Name of the other regulator"), None, 80)
    registration_number = _line(
        _l("Registration number"), _l("Enter your registration number."), 40, dir="ltr", autocomplete="off"
    )
    register_name = _line(_l("Your name on the register"), _l("Enter your name as the register has it."), 120)
    shown_name = _line(_l("Your name, as your cases show it"), None, 120, autocomplete="name")
    firm = _line(_l("Firm or chambers"), _l("Enter your firm or chambers."), 120, autocomplete="organization")
    town = _line(_l("Town"), _l("Enter the town where you practise."), 80, autocomplete="address-level2")
    evidence = FileField(_l("Evidence"), render_kw={"accept": ACCEPTED})

    @staticmethod
    def stored(draft: ApplicationDraft | None, lawyer: Lawyer | None, name: str) -> dict[str, Any]:
        """What stands in the boxes: what was written last, else what was sent in."""
        if draft is not None:
            known = {part: getattr(draft, part) or None for part in PARTS}
            heading, state = heading_of(draft.regulator)
            return {**known, "regulator": heading or None, "us_state": state, "shown_name": draft.shown_name or name}
        if lawyer is None:
            return {"register_name": name}
        known = {part: getattr(lawyer, part, None) for part in PARTS}
        heading, state = heading_of(key_of(lawyer.regulator))
        other = lawyer.regulator if heading == OTHER else None
        return {**known, "regulator": heading, "us_state": state, "regulator_name": other, "shown_name": name}

    @property
    def parts(self) -> dict[str, str]:
        """What was typed, as far as it can be kept: a number that looks wrong can, a text that is too long cannot."""
        typed = {name: self[name].data or "" for name in PARTS} | {"regulator": self.regulator_key}
        offered = {"profession": ("", *PROFESSIONS), "regulator": ("", *REGULATORS, STATES, OTHER)}
        longest = {**LONGEST, "regulator_name": LONGEST["regulator"]}

        def can_be_kept(name: str, value: str) -> bool:
            if name in offered:
                return value in offered[name]
            return len(value) <= longest[name] and is_safe_line(value)

        return {name: value for name, value in typed.items() if can_be_kept(name, value)}

    @property
    def upload(self) -> FileStorage | None:
        """The file that was chosen."""
        sent = self.evidence.data
        return sent if isinstance(sent, FileStorage) and sent.filename else None

    @property
    def regulator_key(self) -> str:
        """The key of the regulator; only its heading while no state is chosen."""
        heading, state = self.regulator.data or "", self.us_state.data or ""
        return f"{STATES}-{state}" if heading == STATES and state in BARS else heading

    @property
    def regulator_called(self) -> str:
        """English name of the regulator."""
        known = REGULATORS.get(self.regulator_key)
        return known.name if known else self.regulator_name.data or ""

    @property
    def details(self) -> Details:
        """What was typed, of a form that was found to be right."""
        return Details(
            profession=self.profession.data or "",
            regulator=self.regulator_called,
            registration_number=self.registration_number.data or "",
            firm=self.firm.data or "",
            town=self.town.data or "",
            register_name=self.register_name.data or "",
            shown_name=self.shown_name.data or "",
        )

    def validate_us_state(self, field: Field) -> None:
        if self.whole and self.regulator.data == STATES and not field.data:
            raise ValidationError(_("Choose the state."))

    def validate_regulator_name(self, field: Field) -> None:
        if self.whole and self.regulator.data == OTHER and not field.data:
            raise ValidationError(_("Enter the name of your regulator."))

    def validate_registration_number(self, field: Field) -> None:
        if self.whole and field.data and not is_number(self.regulator_called, normal_number(field.data)):
            raise ValidationError(_(BadNumber.message))


def seen_version(text: str | None) -> int:
    """The version in a hidden field; 0, which no lawyer has, for anything odd."""
    text = text or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


CHOICES = [SelectChoice(APPROVE, _l("Verify")), SelectChoice(DECLINE, _l("Turn down"))]


class DecisionForm(FlaskForm):
    """What a member of staff checked and decides. `version` is that of the application they read."""

    practising_certificate = BooleanField(_l("I have checked the practising certificate"))
    practising_certificate_source = _line(_l("Checked against"), None, 120)
    firm = BooleanField(_l("I have checked the firm or chambers"))
    firm_source = _line(_l("Checked against"), None, 120)
    identity = BooleanField(_l("I have checked the identity"))
    identity_source = _line(_l("Checked against"), None, 120)
    decision = RadioField(
        _l("Your decision"),
        choices=CHOICES,
        validate_choice=False,
    )
    reason = TextAreaField(
        _l("Message to the lawyer"),
        [AtMost(LONGEST_REASON)],
        filters=[cleaned],
        render_kw={"rows": "5", "dir": "auto"},
    )
    version = HiddenField()

    def __init__(self, *args: Any, others_decline: bool = False, renews: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.others_decline = others_decline
        if renews:  # the badge stands; what would end it is a suspension
            self.decision.choices = CHOICES[:1]

    @property
    def seen(self) -> int:
        """The version that was read; 0, which no application has, for anything odd."""
        return seen_version(self.version.data)

    @property
    def checked(self) -> dict[str, str]:
        """What they checked, and against what."""
        return {kind: self[f"{kind}_source"].data for kind in CHECKS if self[kind].data}

    def validate(self, extra_validators: Any = None) -> bool:
        is_right = super().validate(extra_validators)
        for kind in CHECKS:
            box, source = self[kind], self[f"{kind}_source"]
            if self.decision.data == APPROVE and not box.data:
                box.errors = [_("Tick this once you have checked it, or turn the lawyer down.")]
                is_right = False
            elif box.data and not source.data:
                source.errors = [_("Say what you checked it against.")]
                is_right = False
        return bool(is_right)

    def validate_decision(self, field: Field) -> None:
        if field.data not in {choice.value for choice in field.choices}:
            raise ValidationError(_("Choose what to decide."))

    def validate_reason(self, field: Field) -> None:
        if self.decision.data == DECLINE and not field.data and not self.others_decline:
            raise ValidationError(_(NoReason.message))


class ReasonForm(FlaskForm):
    """Why a badge rests, stands again, or a flag means nothing. `version` is that of the page they read."""

    reason = TextAreaField(
        _l("Reason"),
        [AtMost(LONGEST_REASON)],
        filters=[cleaned],
        render_kw={"rows": "3", "dir": "auto"},
    )
    version = HiddenField()

    @property
    def seen(self) -> int:
        """The version that was read; 0 for anything odd."""
        return seen_version(self.version.data)


class ImportForm(FlaskForm):
    """A register as it was on a day, in a file."""

    regulator = SelectField(
        _l("Regulator"),
        choices=[
            SelectChoice("", _l("Choose a regulator")),
            *(SelectChoice(key, known.label) for key, known in REGULATORS.items()),
        ],
        validate_choice=False,
    )
    as_of = DateField(_l("The register as it was on"))
    file = FileField(_l("File"), render_kw={"accept": ".csv,text/csv"})

    @property
    def upload(self) -> FileStorage | None:
        """The file that was chosen."""
        sent = self.file.data
        return sent if isinstance(sent, FileStorage) and sent.filename else None

    def validate_regulator(self, field: Field) -> None:
        if field.data not in REGULATORS:
            raise ValidationError(_("Choose a regulator."))

    def validate_as_of(self, field: Field) -> None:
        if field.data is None and not field.errors:
            raise ValidationError(_(BadDay.message))

    def validate_file(self, _field: Field) -> None:
        if self.upload is None:
            raise ValidationError(_("Choose the file."))
