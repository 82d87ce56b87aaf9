"""The forms by which a lawyer proves the instruction and the filing of a case, and a reviewer decides on the filing."""

from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from app.cases import instruction, kinds
from app.cases.court_filing import Particulars
from app.cases.file_forms import FileForm
from app.cases.instruction import Statement
from app.cases.labels import INSTRUCTIONS
from app.cases.models import Case, CaseFiling
from app.core import clock
from app.storage import files
from app.web.fields import AtMost, DateField, Needed, cleaned, one_line, one_of, safe_line

LONGEST_REASON = 4000  # characters


def _line(label: Any, most: int, *checks: Any, **keywords: str) -> StringField:
    return StringField(
        label, [*checks, AtMost(most), safe_line], filters=[one_line], render_kw={"dir": "auto", **keywords}
    )


def _refuse_tomorrow(field: DateField) -> None:
    if field.data and field.data > clock.now().date():
        raise ValidationError(_("The day cannot be in the future."))


class InstructionFields:
    """What the client signed. `instructed_for` is the client of whom this form asked it."""

    whole: bool
    instruction_kind = RadioField(
        _l("What has your client signed?"),
        [Needed(_l("Choose what your client has signed.")), one_of],
        choices=[SelectChoice(key, label) for key, label in INSTRUCTIONS.items()],
        validate_choice=False,
    )
    instruction_by = _line(_l("Who signed it?"), 160, Needed(_l("Say who signed it.")))
    instruction_on = DateField(_l("When was it signed?"), [Needed(_l("Enter the day on which it was signed."))])
    instructed_for = HiddenField()

    def validate_instruction_on(self, field: DateField) -> None:
        _refuse_tomorrow(field)

    @staticmethod
    def stated(case: Case) -> dict[str, Any]:
        """What stands in the boxes: nothing of what was said about another client or lawyer."""
        row = case.instruction
        told = instruction.statement_of(row if row is not None and row.stated_for == case.client_key else None)
        return {
            "instruction_kind": told.kind or None,
            "instruction_by": told.signed_by,
            "instruction_on": told.signed_on,
            "instructed_for": case.acting_for if row is not None else "",
        }

    @property
    def statement(self) -> Statement:
        """What was typed."""
        return Statement(self.instruction_kind.data or "", self.instruction_by.data or "", self.instruction_on.data)


class InstructionForm(InstructionFields, FileForm):
    """The same by itself, with the paper, which may follow or stay away."""

    name = "paper"
    paper = FileField(_l("The signed paper"), render_kw={"accept": files.ACCEPTED})

    def __init__(self, case: Case, *, fresh: bool = False) -> None:
        super().__init__(data=self.stated(case), **({"formdata": None} if fresh else {}))


class FilingForm(FileForm):
    """Where something was filed, under which number and when, and the paper that proves it."""

    name = "proof"
    court = _line(_l("Court"), 120, Needed(_l("Enter the court.")))
    claim_number = _line(_l("Claim number"), 60, Needed(_l("Enter the number that the court gave it.")))
    filed_on = DateField(_l("When was it filed?"), [Needed(_l("Enter the day on which it was filed."))])
    proof = FileField(_l("Sealed claim form, or another proof from the court"), render_kw={"accept": files.ACCEPTED})

    def __init__(self, case: Case, last: CaseFiling | None, *, fresh: bool = False) -> None:
        known = {
            "court": last.court if last else case.court,
            "claim_number": last.claim_number if last else case.claim_number,
            "filed_on": last.filed_on if last else None,
        }
        super().__init__(data=known, **({"formdata": None} if fresh else {}))
        if "claim_number" in kinds.of(case.kind).skips:
            del self.claim_number

    def validate_filed_on(self, field: DateField) -> None:
        _refuse_tomorrow(field)

    def validate_proof(self, field: FileField) -> None:
        if self.file is None:
            raise ValidationError(_("Choose a file."))

    @property
    def particulars(self) -> Particulars:
        """What was typed, of a form that was found to be right."""
        assert self.filed_on.data is not None
        number = self.claim_number.data if "claim_number" in self else ""
        return Particulars(self.court.data, number, self.filed_on.data)


class FilingDecisionForm(FlaskForm):
    """A reviewer's answer. `filing` is the id of what they looked at, which the lawyer may have replaced since."""

    decision = RadioField(
        _l("Your decision"),
        choices=[
            SelectChoice("checked", _l("It is filed as the lawyer says")),
            SelectChoice("refused", _l("It is not shown that it is filed")),
        ],
        validate_choice=False,
    )
    comment = TextAreaField(
        _l("Message to the lawyer"), [AtMost(LONGEST_REASON)], filters=[cleaned], render_kw={"rows": "4", "dir": "auto"}
    )
    filing = HiddenField()

    def __init__(self, row: CaseFiling) -> None:
        super().__init__(data={} if request.method == "POST" else {"filing": str(row.id)})

    def validate_decision(self, field: RadioField) -> None:
        if field.data not in ("checked", "refused"):
            raise ValidationError(_("Choose what to decide."))
