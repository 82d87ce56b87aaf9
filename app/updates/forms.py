"""The forms of the lawyer's desk: updates, corrections, and the outcome."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from app.cases.labels import LEGAL_STAGES
from app.cases.models import Case
from app.core import clock, ids, richtext
from app.i18n.locale import direction
from app.updates.labels import AUDIENCES, OUTCOMES, headline
from app.updates.models import Update
from app.updates.outcomes import Finding
from app.updates.service import LONGEST_BODY, Words
from app.updates.states import NEEDS_DOCUMENT, Audience
from app.web.fields import FORM_KEY, AtMost, DateField, Needed, cleaned, one_line, one_of, safe_line


def _line(label: Any, most: int, *checks: Any) -> StringField:
    return StringField(label, [*checks, AtMost(most), safe_line], filters=[one_line], render_kw={"dir": "auto"})


def _text(label: Any, most: int, *checks: Any, rows: int = 4) -> TextAreaField:
    return TextAreaField(label, [*checks, AtMost(most)], filters=[cleaned], render_kw={"rows": rows, "dir": "auto"})


class _Previewed(FlaskForm):
    """A form with a text in Markdown. `previewed` is that text as it would be shown, once that was asked for."""

    case: Case
    whole = True
    previewed: str | None = None

    @property
    def direction(self) -> str:
        """In which direction the case's page is written."""
        return direction(self.case.lang)

    def preview(self, field: TextAreaField) -> bool:
        """Whether the form was sent to be looked at only; `previewed` is set if the text can be shown."""
        if "preview" not in request.form:
            return False
        self.whole = False
        if field.validate(self):
            self.previewed = richtext.render(field.data).html
        return True


class _Versioned(_Previewed):
    """`seen` is the version that the form showed, so that one tab does not silently undo what another saved."""

    seen = HiddenField()

    @property
    def seen_version(self) -> int:
        """The version; 0, which nothing has, for anything odd."""
        text = self.seen.data or ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


class UpdateForm(_Versioned):
    """An update: a new one, or a draft. Nothing is required of a draft."""

    form_key = HiddenField()
    title = _line(_l("Title"), 120, Needed(_l("Enter a title.")))
    body = _text(_l("What has happened"), LONGEST_BODY, Needed(_l("Write what has happened.")), rows=14)
    audience = RadioField(
        _l("Who can read it?"),
        [Needed(_l("Choose who can read it.")), one_of],
        choices=[SelectChoice(value, label) for value, label in AUDIENCES.items()],
        validate_choice=False,
    )
    legal_stage = SelectField(_l("Legal stage that the case has reached"), [one_of], validate_choice=False)

    def __init__(self, case: Case, update: Update | None = None) -> None:
        self.case = case
        stored = {
            "form_key": ids.token(),
            "seen": str(update.version if update else 0),
            "title": update.title if update else "",
            "body": update.body_markdown if update else "",
            "audience": update.audience if update else Audience.EVERYONE,
            "legal_stage": update.legal_stage if update else "",
        }
        super().__init__(data={} if request.method == "POST" else stored)
        kept = SelectChoice("", _("No change: the case stands where it stood"))
        self.legal_stage.choices = [kept, *(SelectChoice(value, label) for value, label in LEGAL_STAGES.items())]
        self.whole = "post" in request.form

    def validate_form_key(self, field: HiddenField) -> None:
        if not FORM_KEY.fullmatch(field.data or ""):
            raise ValidationError(_("Load the page again and send the form once more."))

    @property
    def words(self) -> Words:
        """What was typed."""
        return Words(
            self.title.data,
            self.body.data,
            self.audience.data or Audience.EVERYONE,
            self.legal_stage.data or "",
        )


class CorrectionForm(_Versioned):
    """New words for an update that is out."""

    title = _line(_l("Title"), 120, Needed(_l("Enter a title.")))
    body = _text(_l("What has happened"), LONGEST_BODY, Needed(_l("Write what has happened.")), rows=14)
    hides_earlier = BooleanField(_l("Do not show what the update said before"))

    def __init__(self, update: Update) -> None:
        self.case = update.case
        stored = {"seen": str(update.version), "title": update.title, "body": update.body_markdown}
        super().__init__(data={} if request.method == "POST" else stored)


class OutcomeForm(_Previewed):
    """How the case ended. The document is sent anew with every try: a browser cannot be given it back."""

    code = RadioField(
        _l("How did the case end?"),
        [Needed(_l("Choose how the case ended.")), one_of],
        choices=[SelectChoice(value, label) for value, label in OUTCOMES.items()],
        validate_choice=False,
    )
    decided_on = DateField(_l("On which day?"), [Needed(_l("Enter the day."))])
    court = _line(_l("Court or body"), 120, Needed(_l("Enter the court or body.")))
    citation = _line(_l("Neutral citation"), 80)
    document = FileField(_l("The order, as a PDF"))
    quote = _text(_l("What the court said, in its own words"), 600)
    effect = _text(_l("What changes now, and for whom"), 600, Needed(_l("Say what changes now, and for whom.")))
    account = _text(_l("Your account of why"), LONGEST_BODY, Needed(_l("Write why the case ended as it did.")), rows=14)
    tells_story = BooleanField(_l("This case may be told as a success story"))

    def __init__(self, case: Case) -> None:
        self.case = case
        super().__init__(data={} if request.method == "POST" else {"court": _as_in_a_sentence(case)})

    def validate_decided_on(self, field: DateField) -> None:
        if field.data and field.data > clock.now().astimezone(ZoneInfo(self.case.time_zone)).date():
            raise ValidationError(_("The day cannot be in the future."))

    def validate_document(self, field: FileField) -> None:
        if self.whole and self.file is None and self.code.data in NEEDS_DOCUMENT:
            raise ValidationError(_("Add the court’s order as a PDF. A case counts as won only with it."))

    @property
    def file(self) -> FileStorage | None:
        """The document, if one was chosen."""
        sent = self.document.data
        return sent if isinstance(sent, FileStorage) and sent.filename else None

    @property
    def headline(self) -> str:
        """The headline that follows from what was typed; empty while something that it needs is missing."""
        code, day, court = self.code.data, self.decided_on.data, self.court.data
        if code not in OUTCOMES or day is None or not court:
            return ""
        return headline(code, self.case.kind, court=court, who=self.case.acting_for, decided_on=day)

    @property
    def finding(self) -> Finding:
        """What was typed, of a form that was found to be right."""
        assert self.decided_on.data is not None
        return Finding(
            code=self.code.data,
            decided_on=self.decided_on.data,
            court=self.court.data,
            effect=self.effect.data,
            account=self.account.data,
            citation=self.citation.data,
            quote=self.quote.data,
        )


def _as_in_a_sentence(case: Case) -> str:
    """The court as a sentence in English would begin with it: "The High Court"."""
    if case.lang != "en" or not case.court or case.court.lower().startswith("the "):
        return case.court
    return f"The {case.court}"
