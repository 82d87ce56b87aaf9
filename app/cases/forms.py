"""The forms of the wizard, one a step, and of the dashboard: their fields, and the shape of what is typed.

A step is sent as a whole ("Save and continue") or to be finished later; then nothing is required, but what is there
must still be readable.
"""

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
from wtforms import EmailField, Form, FormField, HiddenField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice

from app.cases import client, drafting, fields, queries
from app.cases.drafting import LONGEST_STORY, MOST_LINES, SHORTEST_STORY
from app.cases.labels import COSTS_RISKS, FILED_STAGES, KINDS, LEGAL_STAGES, VISIBILITIES
from app.cases.models import Case
from app.core import ids, richtext
from app.core.money import AmountError, Money, parse
from app.core.text import word_count
from app.i18n.format import amount_input, num_text, unit
from app.i18n.locale import LANGUAGES, direction, get_locale
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


class PartiesForm(StepForm):
    """Who is suing whom, where and for what."""

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
    who_benefits = _text_field(_l("Who benefits"), 300, Needed(_l("Say who benefits if the case is won.")))

    @staticmethod
    def stored(case: Case) -> dict[str, Any]:
        return {name: getattr(case, name) for name in drafting.Parties.__annotations__}

    def validate_claim_number(self, field: StringField) -> None:
        if self.whole and not field.data and self.legal_stage.data in FILED_STAGES:
            raise ValidationError(_("Enter the claim number: it is needed once a claim is filed."))

    @property
    def parties(self) -> drafting.Parties:
        """What was typed."""
        return drafting.Parties(**{name: self[name].data or "" for name in drafting.Parties.__annotations__})


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
        if "preview" not in sent:
            return False
        self.whole = False
        if self.story.validate(self):
            self.previewed = richtext.render(self.story.data).html
        return True


class LineForm(Form):
    """One line of the budget. A line in which nothing is typed is none; `money` is what its amount comes to."""

    label = _line_field(_l("What for"), 120)
    detail = _line_field(_l("Detail (optional)"), 160)
    amount = MoneyField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = _currency()
        self.amount.label.text = _("Amount (%(unit)s)", unit=unit(self.currency))

    @property
    def is_empty(self) -> bool:
        return not (self.label.data or self.detail.data or (self.amount.data or "").strip())

    @property
    def most(self) -> Money:
        """No line can be above the largest target."""
        return Money(current_app.config["AMICUS"].maximum_target, self.currency)

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

    def validate_label(self, field: StringField) -> None:
        if not field.data and not self.is_empty:
            raise ValidationError(_("Say what this line is for."))

    def validate_amount(self, field: MoneyField) -> None:
        if self.is_empty:
            return
        try:
            self._parsed()
        except AmountError as error:
            raise ValidationError(amount_sentence(error, self.currency, most=self.most)) from None


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
        return [entry.form for entry in self.lines if not entry.form.is_empty]

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
        if "add" in sent:
            if len(self.lines) < MOST_LINES:
                self.lines.append_entry()
            else:
                self.lines.errors = [self._too_many()]
        elif "remove" in sent:
            places = {str(place): place for place in range(len(self.lines))}
            if sent["remove"] in places:
                self.lines.pop_entry(places[sent["remove"]])
            if not self.lines.entries:
                self.lines.append_entry()
        elif "update" in sent:
            self.validate()
        else:
            return False
        return True


class DeadlineForm(StepForm):
    """The last day, and what a losing client may have to pay. After validation `cap` holds the cap."""

    deadline = DateField(_l("When should pledging close?"), [Needed(_l("Enter the day on which pledging closes."))])
    costs_risk = RadioField(
        _l("Could your client have to pay the other side’s costs?"),
        [Needed(_l("Say whether your client could have to pay the other side’s costs.")), one_of],
        choices=_choices(COSTS_RISKS),
        validate_choice=False,
    )
    costs_cap = MoneyField(_l("The most your client would have to pay"))
    costs_note = _text_field(_l("What should backers know about the costs?"), 600)
    cap: Money | None = None

    @property
    def example(self) -> date:
        """A day that would do."""
        return likely_day(self.case)

    @staticmethod
    def stored(case: Case) -> dict[str, Any]:
        zone = ZoneInfo(case.time_zone)
        return {
            "deadline": case.deadline_at.astimezone(zone).date() if case.deadline_at else None,
            "costs_risk": case.costs_risk or None,
            "costs_cap": amount_input(case.costs_cap),
            "costs_note": case.costs_note,
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

    def validate_costs_note(self, field: TextAreaField) -> None:
        needed = drafting.note_is_needed(self.case.kind, self.costs_risk.data or "")
        if self.whole and needed and not field.data:
            raise ValidationError(_("Say in a sentence or two what your client could have to pay, and when."))

    @property
    def costs(self) -> drafting.CostsRisk:
        """What was typed."""
        return drafting.CostsRisk(self.costs_risk.data or "", self.cap, self.costs_note.data)


# ---------------------------------------------------------------- dashboard
class PublishForm(KeyedForm):
    """Going live. The day is asked for only when the one in the page will not do any more."""

    deadline = DateField(_l("When should pledging close?"))


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
