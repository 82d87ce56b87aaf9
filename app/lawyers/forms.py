"""The forms of an application, and of the decision on it."""

from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, Field, HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from app.core.text import is_safe_line
from app.lawyers.models import ApplicationDraft, Lawyer
from app.lawyers.queries import CHECKS, PROFESSIONS
from app.lawyers.regulators import OTHER, REGULATORS, is_number, key_of, normal_number
from app.lawyers.service import APPROVE, DECLINE, LONGEST, BadNumber, Details, NoReason
from app.storage.files import ACCEPTED
from app.web.fields import AtMost, Needed, cleaned, one_line, one_of, safe_line

LONGEST_REASON = 2000
PARTS = ("profession", "regulator", "regulator_name", "registration_number", "register_name", "firm", "town")


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
        choices=[
            *(SelectChoice(key, known.label) for key, known in REGULATORS.items()),
            SelectChoice(OTHER, _l("Another regulator")),
        ],
        validate_choice=False,
    )
    regulator_name = _line(_l("Name of the other regulator"), None, 80)
    registration_number = _line(
        _l("Registration number"), _l("Enter your registration number."), 40, dir="ltr", autocomplete="off"
    )
    register_name = _line(_l("Your name on the register"), _l("Enter your name as the register has it."), 120)
    firm = _line(_l("Firm or chambers"), _l("Enter your firm or chambers."), 120, autocomplete="organization")
    town = _line(_l("Town"), _l("Enter the town where you practise."), 80, autocomplete="address-level2")
    evidence = FileField(_l("Evidence"), render_kw={"accept": ACCEPTED})

    @staticmethod
    def stored(draft: ApplicationDraft | None, lawyer: Lawyer | None, name: str) -> dict[str, Any]:
        """What stands in the boxes: what was written last, else what was sent in."""
        if draft is not None:
            return {part: getattr(draft, part) or None for part in PARTS}
        if lawyer is None:
            return {"register_name": name}
        known = {part: getattr(lawyer, part, None) for part in PARTS}
        key = key_of(lawyer.regulator)
        return {**known, "regulator": key, "regulator_name": lawyer.regulator if key == OTHER else None}

    @property
    def parts(self) -> dict[str, str]:
        """What was typed, as far as it can be kept: a number that looks wrong can, a text that is too long cannot."""
        typed = {name: self[name].data or "" for name in PARTS}
        offered = {"profession": ("", *PROFESSIONS), "regulator": ("", *REGULATORS, OTHER)}
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
    def regulator_called(self) -> str:
        """English name of the regulator."""
        known = REGULATORS.get(self.regulator.data or "")
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
        )

    def validate_regulator_name(self, field: Field) -> None:
        if self.whole and self.regulator.data == OTHER and not field.data:
            raise ValidationError(_("Enter the name of your regulator."))

    def validate_registration_number(self, field: Field) -> None:
        if self.whole and field.data and not is_number(self.regulator_called, normal_number(field.data)):
            raise ValidationError(_(BadNumber.message))


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
        choices=[SelectChoice(APPROVE, _l("Verify")), SelectChoice(DECLINE, _l("Turn down"))],
        validate_choice=False,
    )
    reason = TextAreaField(
        _l("Message to the lawyer"),
        [AtMost(LONGEST_REASON)],
        filters=[cleaned],
        render_kw={"rows": "5", "dir": "auto"},
    )
    version = HiddenField()

    def __init__(self, *args: Any, others_decline: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.others_decline = others_decline

    @property
    def seen(self) -> int:
        """The version that was read; 0, which no application has, for anything odd."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0

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
        if field.data not in (APPROVE, DECLINE):
            raise ValidationError(_("Choose what to decide."))

    def validate_reason(self, field: Field) -> None:
        if self.decision.data == DECLINE and not field.data and not self.others_decline:
            raise ValidationError(_(NoReason.message))
