"""The forms of the wizard, one a step, and of the dashboard: their fields, and the shape of what is typed.

A step is sent as a whole ("Save and continue") or to be finished later; then nothing is required, but what is there
must still be readable.
"""

import re
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import (
    EmailField,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice

from app.cases import client, drafting, fields, kinds, queries
from app.cases.drafting import LONGEST_PROSPECTS, LONGEST_STORY, MOST_LINES, MOST_STAGES, SHORTEST_STORY
from app.cases.labels import (
    COSTS_RISKS,
    COURT_ZONES,
    FILED_STAGES,
    INSURANCE,
    KINDS,
    LEGAL_STAGES,
    PROSPECTS,
    VISIBILITIES,
)
from app.cases.models import Case
from app.cases.proof_forms import InstructionFields
from app.core import ids, richtext
from app.core.money import AmountError, Money, parse
from app.core.text import ascii_digits, word_count
from app.i18n.errors import render_error
from app.i18n.format import amount_input, digits, num_text, unit
from app.i18n.locale import LANGUAGES, direction, get_locale, using_language
from app.settings.queries import in_force
from app.web.fields import (
    FORM_KEY,
    AtMost,
    DateField,
    FieldList,
    MoneyField,
    Needed,
    amount_sentence,
    cleaned,
    one_line,
    one_of,
    safe_line,
)

EMPTY_LINES = 3  # what a new budget begins with
MOST_PEOPLE = 9_000_000_000  # nobody helps more than there are
LONGEST_NOTE = 4000  # characters, of a note whose words are counted
THREE_WEEKS = timedelta(days=21)


def _currency() -> str:
    return str(current_app.config["AMICUS"].currency)


def _choices(known: dict[str, Any]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in known.items()]


def _languages() -> list[SelectChoice]:
    """The languages, each by its own name."""
    return [
        SelectChoice(code, Markup('<span lang="{}">{}</span>').format(code, language.name))
        for code, language in LANGUAGES.items()
    ]


def likely_day(case: Case) -> date:
    """A day on which pledging for `case` could close, to begin with or to show how a day is typed."""
    first, last = drafting.deadline_limits(case.time_zone)
    return min(first + THREE_WEEKS, last)


def _line_field(label: Any, most: int, *checks: Any, **kwargs: Any) -> StringField:
    return StringField(label, [*checks, AtMost(most), safe_line], filters=[one_line], **kwargs)


def _text_field(label: Any, most: int, *checks: Any, rows: int = 4) -> TextAreaField:
    return TextAreaField(label, [*checks, AtMost(most)], filters=[cleaned], render_kw={"rows": rows})


class KeyedForm(FlaskForm):
    """A form whose `form_key` is its own, so that sending it twice does its work once.

    It reads what was sent, unless it is `fresh`: then it begins anew on the page that answers another form.
    """

    form_key = HiddenField()

    def __init__(self, *, fresh: bool = False, **values: Any) -> None:
        super().__init__(data={"form_key": ids.token(), **values}, **({"formdata": None} if fresh else {}))

    def validate_form_key(self, field: HiddenField) -> None:
        if not FORM_KEY.fullmatch(field.data or ""):
            raise ValidationError(_("Load the page again and send the form once more."))


# ---------------------------------------------------------------- steps
class StepForm(FlaskForm):
    """One part of a case page, drawn with what is stored of `case`.

    `seen` says what was stored when the form was drawn, so that one tab does not silently undo what another saved.
    """

    seen = HiddenField()

    def __init__(self, case: Case) -> None:
        self.case = case
        self.whole = True
        super().__init__(data={} if request.method == "POST" else self.stored(case))

    @staticmethod
    def stored(case: Case) -> dict[str, Any]:
        """The fields' values that stand for what is stored."""
        raise NotImplementedError

    def redraws(self, sent: MultiDict[str, str]) -> bool:
        """Do what a button asks that saves nothing; False if it was one that saves."""
        return False

    def restore(self, name: str) -> None:
        """Take back what was typed into a field: it holds again what is stored."""
        value, field = self.stored(self.case).get(name), self[name]
        if isinstance(field, FieldList):
            _put(field, value or [])
        else:
            field.process_data(value)


class _Visibility:
    visibility = RadioField(
        _l("Who can see the page?"),
        [Needed(_l("Choose who can see the page.")), one_of],
        choices=_choices(VISIBILITIES),
        validate_choice=False,
    )
    lang = RadioField(
        _l("In which language do you write it?"),
        [Needed(_l("Choose the language of the page.")), one_of],
        choices=_languages(),
        validate_choice=False,
    )


class NewCaseForm(_Visibility, KeyedForm):
    """The first step while there is no draft yet; both answers are needed to begin one."""

    whole = True

    def __init__(self) -> None:
        super().__init__(lang=get_locale())


class VisibilityForm(_Visibility, StepForm):
    """Who may see the page, and the language it is written in."""

    @staticmethod
    def stored(case: Case) -> dict[str, Any]:
        return {"visibility": case.visibility, "lang": case.lang}


class AboutForm(StepForm):
    """Title, area of law and type."""

    title = _line_field(_l("Title"), 120, Needed(_l("Enter a title.")))
    area = RadioField(_l("Area of law"), [Needed(_l("Choose an area of law.")), one_of], validate_choice=False)
    kind = RadioField(
        _l("Type of case"),
        [Needed(_l("Choose the type of case.")), one_of],
        choices=_choices(KINDS),
        validate_choice=False,
    )
    about = {name: kind.about for name, kind in kinds.KINDS.items()}

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self.areas = {area.slug: area for area in queries.areas()}
        self.area.choices = [SelectChoice(slug, area.name(get_locale())) for slug, area in self.areas.items()]

    @property
    def blurbs(self) -> dict[str, str]:
        """A line under each area."""
        return {slug: area.blurb_fa if get_locale() == "fa" else area.blurb_en for slug, area in self.areas.items()}

    @staticmethod
    def stored(case: Case) -> dict[str, Any]:
        return {"title": case.title, "area": case.area.slug if case.area else None, "kind": case.kind}


class PartiesForm(InstructionFields, StepForm):
    """Who is suing whom, where and for what, and how the client has instructed the lawyer."""

    acting_for = _line_field(_l("Who do you act for?"), 160, Needed(_l("Say who you act for.")))
    respondent = _line_field(_l("Who is on the other side?"), 160, Needed(_l("Say who is on the other side.")))
    legal_stage = RadioField(
        _l("Legal stage"),
        [Needed(_l("Choose the stage that the case has reached.")), one_of],
        choices=_choices(LEGAL_STAGES),
        validate_choice=False,
    )
    court = _line_field(_l("Court or body"), 120, Needed(_l("Enter the court or body.")))
    claim_number = _line_field(_l("Claim number"), 60)
    cause_of_action = _line_field(_l("Cause of action"), 200, Needed(_l("Enter the cause of action.")))
    relief_sought = _text_field(_l("Relief sought"), 600, Needed(_l("Say what you ask the court to do.")))
    who_benefits = _text_field(
        _l("Who benefits"), 300, Needed(_l("Say which people benefit if the case is won.")), rows=2
    )
    benefits_place = _line_field(_l("Where are they?"), 160, Needed(_l("Say where these people are.")))
    benefits_number = _line_field(_l("About how many are they?"), 20, Needed(_l("Say about how many people benefit.")))

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        known = kinds.of(case.kind)
        self.legal_stage.choices = _choices({name: LEGAL_STAGES[name] for name in known.stages})
        for name, words in known.names.items():
            self[name].label.text = words
        for name in known.skips:
            del self[name]

    @staticmethod
    def stored(case: Case) -> dict[str, Any]:
        said = vars(drafting.parties_of(case))
        return said | {"benefits_number": digits(str(case.benefits_number or ""))} | InstructionFields.stated(case)

    @property
    def is_other_client(self) -> bool:
        """Whether the client was changed, and what they signed is still what another client had signed."""
        was, client = self.case.instruction, self.acting_for.data or ""
        changed = was is not None and was.kind != "" and was.stated_for != self.case.client_key_of(client)
        return changed and self.instructed_for.data != client

    def validate_instruction_kind(self, field: RadioField) -> None:
        """Ask anew, once, with empty boxes."""
        if self.whole and self.acting_for.data and self.is_other_client:
            self.instructed_for.data = self.acting_for.data
            for name in ("instruction_kind", "instruction_by", "instruction_on"):
                self[name].process_data(None)
            raise ValidationError(_("You act for somebody else now. Say anew what they have signed."))

    def validate_benefits_number(self, field: StringField) -> None:
        if field.data and self.number is None:
            raise ValidationError(_("Enter a whole number in figures, such as %(example)s.", example=num_text(240)))

    @property
    def number(self) -> int | None:
        """How many benefit, if what was typed is a number of people."""
        figures = re.sub(r"[,٬،]", "", ascii_digits(self.benefits_number.data or ""))
        return int(figures) if re.fullmatch(r"[0-9]{1,10}", figures) and 0 < int(figures) <= MOST_PEOPLE else None

    def validate_claim_number(self, field: StringField) -> None:
        if self.whole and not field.data and self.legal_stage.data in FILED_STAGES:
            raise ValidationError(_("Enter the claim number: it is needed once a claim is filed."))

    @property
    def parties(self) -> drafting.Parties:
        """What was typed."""
        names = drafting.Parties.__annotations__.keys() - {"benefits_number"}
        said = {name: self[name].data or "" if name in self else "" for name in names}
        return drafting.Parties(**said, benefits_number=self.number)


class StoryForm(StepForm):
    """Summary and story. `previewed` is the story as it would be shown, once that was asked for."""

    summary = TextAreaField(
        _l("Summary"),
        [Needed(_l("Enter a summary.")), AtMost(200), safe_line],
        filters=[one_line],
        render_kw={"rows": 2},
    )
    story = _text_field(_l("Story"), LONGEST_STORY, rows=18)
    previewed: str | None = None

    @property
    def direction(self) -> str:
        """In which direction the story is written."""
        return direction(self.case.lang)

    @staticmethod
    def stored(case: Case) -> dict[str, Any]:
        return {"summary": case.summary, "story": case.story_markdown}

    def validate_story(self, field: TextAreaField) -> None:
        words = word_count(field.data)
        if self.whole and words < SHORTEST_STORY:
            raise ValidationError(
                ngettext(
                    "Write at least %(least)s words. There is %(words)s so far.",
                    "Write at least %(least)s words. There are %(words)s so far.",
                    words,
                    words=num_text(words),
                    least=num_text(SHORTEST_STORY),
                )
            )

    def redraws(self, sent: MultiDict[str, str]) -> bool:
        if "template" in sent:
            if not self.story.data.strip():
                with using_language(self.case.lang):
                    headings = [f"## {heading}" for heading in kinds.of(self.case.kind).outline]
                self.story.data = "\n\n\n".join(headings) + "\n"
            return True
        if "preview" not in sent:
            return False
        self.whole = False
        if self.story.validate(self):
            self.previewed = richtext.render(self.story.data).html
        return True


class PricedForm(Form):
    """A row that ends with an amount. A row in which nothing is typed is none; `money` is what its amount comes to."""

    amount: MoneyField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = _currency()
        self.amount.label.text = _("Amount (%(unit)s)", unit=unit(self.currency))

    @property
    def is_empty(self) -> bool:
        return not any((box.data or "").strip() for box in self)

    @property
    def most(self) -> Money:
        """No line can be above the largest target."""
        return Money(in_force().maximum_target, self.currency)

    @property
    def money(self) -> Money | None:
        """The amount, if what was typed is one."""
        try:
            return self._parsed()
        except AmountError:
            return None

    def _parsed(self) -> Money:
        amount = parse(self.amount.data, self.currency)
        if amount > self.most:
            raise AmountError("too_large")
        return amount

    def validate_amount(self, field: MoneyField) -> None:
        if self.is_empty:
            return
        try:
            self._parsed()
        except AmountError as error:
            raise ValidationError(amount_sentence(error, self.currency, most=self.most)) from None


class LineForm(PricedForm):
    """One line of the budget."""

    label = _line_field(_l("What for"), 120)
    detail = _line_field(_l("Detail (optional)"), 160)
    amount = MoneyField()

    def validate_label(self, field: StringField) -> None:
        if not field.data and not self.is_empty:
            raise ValidationError(_("Say what this line is for."))


class StageForm(PricedForm):
    """One later stage."""

    title = _line_field(_l("Stage"), 120)
    reason = _line_field(_l("Why it is needed"), 300)
    amount = MoneyField()

    def validate_title(self, field: StringField) -> None:
        if not field.data and not self.is_empty:
            raise ValidationError(_("Name this stage."))

    def validate_reason(self, field: StringField) -> None:
        if not field.data and not self.is_empty:
            raise ValidationError(_("Say why this stage is needed."))


def _filled(rows: FieldList) -> list[Any]:
    """The rows in which something is typed."""
    return [entry.form for entry in rows if not entry.form.is_empty]


def _put(rows: FieldList, values: list[dict[str, Any]]) -> None:
    """Draw these rows in the place of those that are there."""
    while rows.entries:
        rows.pop_entry()
    for value in values:
        rows.append_entry(value)


def _change_rows(rows: FieldList, sent: MultiDict[str, str], most: int, too_many: str) -> bool:
    """Add a row or take one out, if that is what the button asks."""
    if "add" in sent:
        if len(rows) < most:
            rows.append_entry()
        else:
            rows.errors = [too_many]
    elif "remove" in sent:
        places = {str(place): place for place in range(len(rows))}
        if sent["remove"] in places:
            rows.pop_entry(places[sent["remove"]])
        if not rows.entries:
            rows.append_entry()
    else:
        return False
    return True


class BudgetForm(StepForm):
    """What the money pays for, and the target. The target box stays empty unless the lawyer wants to check a sum."""

    # One more than is allowed, so that too many are told and not cut off.
    lines = FieldList(
        FormField(LineForm), _l("What will the money pay for?"), min_entries=1, max_entries=MOST_LINES + 1
    )
    target = MoneyField(_l("Target"))

    @staticmethod
    def stored(case: Case) -> dict[str, Any]:
        known = [
            {"label": line.label, "detail": line.detail, "amount": amount_input(line.amount)} for line in case.budget
        ]
        return {"lines": known or [{}] * EMPTY_LINES}

    @property
    def filled(self) -> list[LineForm]:
        """The lines in which something is typed."""
        return _filled(self.lines)

    @property
    def budget(self) -> list[drafting.Line]:
        """What was typed, of a form that was found to be right."""
        return [
            drafting.Line(line.label.data, line.detail.data, line.money)
            for line in self.filled
            if line.money is not None
        ]

    @property
    def wanted(self) -> Money | None:
        """The target that was typed, of a form that was found to be right."""
        return parse(self.target.data, _currency()) if (self.target.data or "").strip() else None

    @property
    def together(self) -> Money:
        """What the lines come to that can be read so far."""
        return sum((line.money for line in self.filled if line.money is not None), Money.zero(_currency()))

    def validate_lines(self, field: FieldList) -> None:
        if len(self.filled) > MOST_LINES:
            raise ValidationError(self._too_many())

    def validate_target(self, field: MoneyField) -> None:
        try:
            _ignored = self.wanted
        except AmountError as error:
            raise ValidationError(amount_sentence(error, _currency())) from None

    @staticmethod
    def _too_many() -> str:
        most = num_text(MOST_LINES)
        return str(_("There is room for %(most)s lines. Put small amounts together in one.", most=most))

    def redraws(self, sent: MultiDict[str, str]) -> bool:
        if "update" in sent:
            self.validate()
            return True
        if "template" in sent:
            if not self.filled:
                with using_language(self.case.lang):
                    _put(self.lines, [{"label": str(label)} for label in kinds.of(self.case.kind).lines])
            return True
        return _change_rows(self.lines, sent, MOST_LINES, self._too_many())


class LaterStages:
    """The rows of what the page raises money for after the initial target, of a form that has them."""

    # One more than is allowed, so that too many are told and not cut off.
    later = FieldList(
        FormField(StageForm), _l("What comes after the initial target?"), min_entries=1, max_entries=MOST_STAGES + 1
    )

    @staticmethod
    def rows_of(case: Case) -> list[dict[str, Any]]:
        """The later stages as they stand in the boxes."""
        return [
            {"title": stage.title, "reason": stage.reason, "amount": amount_input(stage.amount)}
            for stage in case.stages[1:]
        ] or [{}]

    @property
    def stages_after(self) -> list[drafting.Stage]:
        """What was typed, of a form that was found to be right."""
        return [drafting.Stage(row.title.data, row.reason.data, row.money) for row in _filled(self.later)]

    def validate_later(self, field: FieldList) -> None:
        if len(_filled(self.later)) > MOST_STAGES:
            raise ValidationError(self._too_many())

    @staticmethod
    def _too_many() -> str:
        return str(_("There is room for %(most)s later stages.", most=num_text(MOST_STAGES)))

    def changes_rows(self, sent: MultiDict[str, str]) -> bool:
        """Add a row or take one out, if that is what the button asks."""
        return _change_rows(self.later, sent, MOST_STAGES, self._too_many())


class StagesForm(LaterStages, StepForm):
    """What the initial target pays for, and the stages after it."""

    title = _line_field(_l("What does the initial target pay for?"), 120, Needed(_l("Name the first stage.")))
    reason = _line_field(_l("Why is that the first thing?"), 300, Needed(_l("Say why this stage comes first.")))

    @staticmethod
    def stored(case: Case) -> dict[str, Any]:
        first = case.stages[0] if case.stages else None
        return {
            "title": first.title if first else "",
            "reason": first.reason if first else "",
            "later": LaterStages.rows_of(case),
        }

    @property
    def first(self) -> drafting.Stage:
        """What was typed of the first one."""
        return drafting.Stage(self.title.data, self.reason.data)

    def redraws(self, sent: MultiDict[str, str]) -> bool:
        if "template" not in sent:
            return self.changes_rows(sent)
        with using_language(self.case.lang):
            (title, reason), *later = kinds.of(self.case.kind).raising
            if not (self.title.data or self.reason.data):
                self.title.data, self.reason.data = str(title), str(reason)
            if not _filled(self.later):
                _put(self.later, [{"title": str(name), "reason": str(why)} for name, why in later] or [{}])
        return True


class DeadlineForm(StepForm):
    """The last day, what a losing client may have to pay, and how the lawyer sees the case.

    After validation `cap` holds the cap.
    """

    time_zone = SelectField(_l("Where is the court?"), [one_of], validate_choice=False)
    deadline = DateField(_l("When should pledging close?"), [Needed(_l("Enter the day on which pledging closes."))])
    costs_risk = RadioField(
        _l("Could your client have to pay the other side’s costs?"),
        [Needed(_l("Say whether your client could have to pay the other side’s costs.")), one_of],
        choices=_choices(COSTS_RISKS),
        validate_choice=False,
    )
    costs_cap = MoneyField(_l("The most your client would have to pay"))
    costs_insurance = RadioField(
        _l("Is your client insured against those costs?"), [one_of], choices=_choices(INSURANCE), validate_choice=False
    )
    costs_note = _text_field(_l("What should backers know about the costs?"), 600)
    prospects = RadioField(
        _l("How do you see the prospects?"),
        [Needed(_l("Choose how you see the prospects, or withhold it.")), one_of],
        choices=_choices(PROSPECTS),
        validate_choice=False,
    )
    prospects_note = _text_field(_l("Why you see them so"), LONGEST_NOTE)
    cap: Money | None = None

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self.time_zone.choices = _choices(COURT_ZONES if case.time_zone in COURT_ZONES else self._with_own())
        if not self.time_zone.data:
            self.time_zone.data = case.time_zone

    def _with_own(self) -> dict[str, Any]:
        """The zones, and the one that the site's settings gave the case."""
        return {self.case.time_zone: self.case.time_zone} | COURT_ZONES

    @property
    def example(self) -> date:
        """A day that would do."""
        return likely_day(self.case)

    def restore(self, name: str) -> None:
        super().restore(name)
        if name == "costs_cap":
            self.cap = self.case.costs_cap

    @staticmethod
    def stored(case: Case) -> dict[str, Any]:
        zone = ZoneInfo(case.time_zone)
        return {
            "time_zone": case.time_zone,
            "deadline": case.deadline_at.astimezone(zone).date() if case.deadline_at else None,
            "costs_risk": case.costs_risk or None,
            "costs_cap": amount_input(case.costs_cap),
            "costs_insurance": case.costs_insurance or None,
            "costs_note": case.costs_note,
            "prospects": case.prospects or None,
            "prospects_note": case.prospects_note,
        }

    def validate_costs_cap(self, field: MoneyField) -> None:
        if self.costs_risk.data != "capped":
            return
        try:
            self.cap = parse(field.data, _currency())
        except AmountError as error:
            if error.code != "empty":
                raise ValidationError(amount_sentence(error, _currency())) from None
            if self.whole:
                raise ValidationError(_("Enter the cap that is agreed.")) from None

    @property
    def must_explain(self) -> bool:
        """Whether backers must be told more about the costs."""
        return self.whole and drafting.note_is_needed(self.case.kind, self.costs_risk.data or "")

    def validate_costs_insurance(self, field: RadioField) -> None:
        if self.must_explain and not field.data:
            raise ValidationError(_("Say whether there is insurance against the other side’s costs."))

    def validate_costs_note(self, field: TextAreaField) -> None:
        if self.must_explain and not field.data:
            raise ValidationError(_("Say in a sentence or two what your client could have to pay, and when."))

    def validate_prospects_note(self, field: TextAreaField) -> None:
        words = word_count(field.data)
        if words > LONGEST_PROSPECTS:
            raise ValidationError(render_error(drafting.TooManyWords(most=LONGEST_PROSPECTS, words=words)))
        scale = self.prospects.data or ""
        if self.whole and scale and not drafting.prospects_are_told(scale, field.data):
            raise ValidationError(_("Say why, or choose “Withheld: privilege”."))

    @property
    def costs(self) -> drafting.CostsRisk:
        """What was typed."""
        insurance = self.costs_insurance.data or ""
        return drafting.CostsRisk(self.costs_risk.data or "", self.cap, self.costs_note.data, insurance)

    @property
    def view(self) -> drafting.Prospects:
        """What was typed of the prospects."""
        return drafting.Prospects(self.prospects.data or "", self.prospects_note.data)


# ---------------------------------------------------------------- dashboard
class PublishForm(KeyedForm):
    """Going live. The day is asked for only when the one in the page will not do any more."""

    deadline = DateField(_l("When should pledging close?"))


class LaterStagesForm(LaterStages, FlaskForm):
    """The later stages of a live page. `seen` is the version of the page that the form was drawn from."""

    seen = HiddenField()

    def __init__(self, case: Case) -> None:
        fresh = {"later": self.rows_of(case), "seen": case.version}
        super().__init__(data={} if request.method == "POST" else fresh)


class LinkForm(KeyedForm):
    """A further link to a private page."""

    label = _line_field(_l("Who is the link for?"), 80)


# ---------------------------------------------------------------- the client
class ClientForm(KeyedForm):
    """Whom to ask for consent, and where letters reach them."""

    whole = True
    name = _line_field(_l("Your client’s name"), 120, Needed(_l("Enter your client’s name.")))
    email = EmailField(
        _l("Your client’s email address"),
        [Needed(_l("Enter your client’s email address.")), AtMost(254)],
        filters=[one_line],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    lang = RadioField(
        _l("In which language do we write to them?"),
        [Needed(_l("Choose the language of the letter.")), one_of],
        choices=_languages(),
        validate_choice=False,
    )

    @property
    def client(self) -> client.Client:
        """Who was named."""
        return client.Client(self.name.data, self.email.data, self.lang.data)


class AnswerForm(FlaskForm):
    """The client's answer. `seen` is the fingerprint of the page that they read."""

    answer = RadioField(_l("Your answer"), validate_choice=False)
    message = TextAreaField(
        _l("What should be changed?"),
        [AtMost(client.LONGEST_MESSAGE)],
        filters=[cleaned],
        render_kw={"rows": 5, "dir": "auto"},
    )
    seen = HiddenField()

    def __init__(self, case: Case) -> None:
        super().__init__(data={} if request.method == "POST" else {"seen": fields.fingerprint(case)})
        self.answer.choices = [
            SelectChoice("agree", client.wording(case)),
            SelectChoice("change", _("I ask my lawyer to change something first.")),
        ]

    def renew(self, case: Case) -> None:
        """Go on from the page as it is now: what was chosen belonged to another text."""
        self.seen.data, self.answer.data = fields.fingerprint(case), None

    def validate_answer(self, field: RadioField) -> None:
        if field.data not in ("agree", "change"):
            raise ValidationError(_("Choose your answer."))
