"""Fields and checks that forms of several features share, and the sentences they say."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Protocol

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from wtforms import Field, Form, StringField, ValidationError
from wtforms import FieldList as WTFormsFieldList

from app.core import clock
from app.core.errors import DomainError
from app.core.money import AmountError, Money
from app.core.text import clean_text, is_safe_line
from app.i18n.errors import render_error
from app.i18n.format import amount_input, date_figures, digits, money_text, num_text
from app.i18n.parse import DateError, parse_date

# A hidden mark of each form that is drawn, by which a form that is sent twice is known.
FORM_KEY = re.compile(r"[0-9a-z]{32}")


def blame(form: Form, error: DomainError) -> int:
    """Tell a refusal at the field it is about, else above the form; the status to answer with."""
    told = render_error(error)
    if error.field in form:
        form[error.field].errors = [told]
    else:
        form.form_errors.append(told)
    return error.status


# ---------------------------------------------------------------- filters
def cleaned(text: str | None) -> str:
    """What was typed, fit to be kept."""
    return clean_text(text or "")


def one_line(text: str | None) -> str:
    """What was typed into a box of one line: line ends and runs of spaces become one space."""
    return " ".join(cleaned(text).split())


# ---------------------------------------------------------------- fields
class MoneyField(StringField):
    """An amount as it was typed; the form tells what it comes to."""


def amount_sentence(error: AmountError, currency: str, *, least: Money | None = None, most: Money | None = None) -> str:
    """What to tell somebody whose text is no amount; `least` and `most` are named where they help."""
    exponent = Money.zero(currency).exponent
    example = amount_input(Money(255 * 10**exponent // 10, currency))
    known = {
        "zero": _("Enter an amount above zero."),
        "too_large": _("Enter a smaller amount."),
        "negative": _("Enter the amount without a minus sign."),
        "ambiguous_comma": _("Write pence after a full stop, such as %(example)s.", example=example),
        "decimals": _("Use fewer digits after the full stop, such as %(example)s.", example=example),
    }
    if least is not None:
        known["zero"] = known["empty"] = _("Enter an amount of %(minimum)s or more.", minimum=money_text(least))
    if most is not None:
        known["too_large"] = _("Enter an amount of %(maximum)s or less.", maximum=money_text(most))
    return str(known.get(error.code) or _("Enter the amount in figures, such as %(example)s.", example=example))


class DateField(Field):
    """A day typed into three boxes under the field's name: day, month, year, in either calendar and any digits.

    `data` is the date, None for empty boxes and for what is none; `typed` is what stands in the boxes, and `wrong` the
    box to point at (day, month, year; empty for all of them).
    """

    typed: tuple[str, str, str] = ("", "", "")
    wrong: str = ""

    def process_data(self, value: date | None) -> None:
        self.data = value
        day, month, year = date_figures(value).split() if value is not None else ("", "", "")
        self.typed = (day, month, year)

    def process_formdata(self, valuelist: list[str]) -> None:
        day, month, year = ([one_line(text) for text in valuelist] + ["", "", ""])[:3]
        self.data, self.typed = None, (day, month, year)
        try:
            self.data = parse_date(day, month, year)
        except DateError as error:
            self.wrong = error.part if error.code in ("missing", "not_a_number", "year") else ""
            if error.code != "empty":
                raise ValueError(_date_sentence(error)) from None


def _date_sentence(error: DateError) -> str:
    """What to tell somebody whose boxes name no day."""
    known = {
        "missing": {
            "day": _("Enter the day too."),
            "month": _("Enter the month too."),
            "year": _("Enter the year too."),
        }.get(error.part),
        "year": _("Enter the year with four digits, such as %(example)s.", example=digits(str(clock.now().year))),
        "not_a_date": _("There is no such day. Check the day and the month."),
    }
    return str(known.get(error.code) or _("Enter day, month and year in figures."))


class FieldList(WTFormsFieldList):
    """Rows of fields. A number in a field's name that is none of ours is passed over; WTForms would stumble over it."""

    def _extract_indices(self, prefix: str, formdata: Iterable[str]) -> Iterator[int]:
        ours = [name for name in formdata if name.removeprefix(f"{prefix}-").split("-")[0].isascii() and len(name) < 80]
        yield from super()._extract_indices(prefix, ours)


# ---------------------------------------------------------------- checks
class SavedInParts(Protocol):
    """A form that may be sent before it is `whole`."""

    whole: bool


class Needed:
    """Refuses an empty field of a form that is sent as a whole."""

    def __init__(self, sentence: LazyString) -> None:
        self.sentence = sentence

    def __call__(self, form: SavedInParts, field: Field) -> None:
        if form.whole and not field.data:
            raise ValidationError(str(self.sentence))


class AtMost:
    """Refuses a text of more than `most` characters. The box itself takes it, so that nothing pasted is cut unseen."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, _form: Any, field: Field) -> None:
        over = len(field.data or "") - self.most
        if over > 0:
            raise ValidationError(
                ngettext(
                    "This is 1 character too long. Use %(most)s or fewer.",
                    "This is %(over)s characters too long. Use %(most)s or fewer.",
                    over,
                    over=num_text(over),
                    most=num_text(self.most),
                )
            )


def safe_line(_form: Any, field: Field) -> None:
    """Refuses what may not stand in a mail's header."""
    if not is_safe_line(field.data or ""):
        raise ValidationError(_("Leave out the signs =? because email programs misread them."))


def one_of(_form: Any, field: Field) -> None:
    """Refuses an answer that was not offered."""
    if field.data and field.data not in {choice.value for choice in field.choices}:
        raise ValidationError(_("Choose one of the answers."))
