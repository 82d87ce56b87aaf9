"""The forms of a pledge: making one, changing its amount, changing how the backer appears."""

from contextlib import suppress
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, HiddenField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice

from app.core.errors import DomainError
from app.core.money import AmountError, Money, parse, percent_of
from app.core.text import is_safe_line
from app.i18n.errors import render_error
from app.i18n.format import amount_input, money_text, num_text, pct
from app.pledges.models import Pledge
from app.pledges.service import check_amount
from app.pledges.states import Shown
from app.settings.queries import in_force
from app.web.fields import FORM_KEY, MoneyField, amount_sentence, cleaned

PRESETS = (10, 25, 50, 100, 250)  # whole units of the currency
PRESELECTED = 25
TIPS = (0, 5, 10, 15)  # per cent of the pledge
OTHER = "other"
LONGEST_MESSAGE = 200
SHOWN = {
    Shown.NAME_AND_AMOUNT: _l("Show my name and amount"),
    Shown.NAME: _l("Show my name, hide the amount"),
    Shown.INITIALS: _l("Show my initials and amount"),
    Shown.ANONYMOUS: _l("Stay anonymous on the page"),
}


class SumsForm(FlaskForm):
    """Amount and tip, each chosen or typed. After validation `amount` and `tip` hold what they come to."""

    amount_choice = RadioField(_l("How much would you like to pledge?"), validate_choice=False)
    amount_other = MoneyField(_l("Other amount"))
    tip_choice = RadioField(_l("Would you like to add a tip?"), validate_choice=False, default="0")
    tip_other = MoneyField(_l("Other tip"))

    def __init__(self, currency: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        self.amount = Money.zero(currency)
        self.tip = Money.zero(currency)
        known = presets(currency)
        amounts = [SelectChoice(str(units), money_text(amount, short=True)) for units, amount in known.items()]
        self.amount_choice.choices = [*amounts, SelectChoice(OTHER, _("Other"))]
        tips = [SelectChoice(str(percent), pct(percent) if percent else _("No tip")) for percent in TIPS]
        self.tip_choice.choices = [*tips, SelectChoice(OTHER, _("Other"))]
        if self.amount_choice.data is None and not self.is_submitted():
            self.amount_choice.data = str(PRESELECTED) if PRESELECTED in known else OTHER

    @property
    def minimum(self) -> Money:
        """The smallest pledge."""
        return Money(in_force().minimum_pledge, self.currency)

    @property
    def maximum(self) -> Money:
        """The largest pledge, and the largest tip."""
        return Money(in_force().maximum_pledge, self.currency)

    def _sentence(self, error: AmountError) -> str:
        """What to tell somebody whose text is no amount."""
        return amount_sentence(error, self.currency, least=self.minimum, most=self.maximum)

    @staticmethod
    def filled(amount: Money, tip: Money) -> dict[str, str]:
        """The fields' values that stand for sums known before."""
        chosen = next((str(units) for units, preset in presets(amount.currency).items() if preset == amount), OTHER)
        tip_chosen = next((str(percent) for percent in TIPS if percent_of(amount, percent * 100) == tip), OTHER)
        return {
            "amount_choice": chosen,
            "amount_other": amount_input(amount) if chosen == OTHER else "",
            "tip_choice": tip_chosen,
            "tip_other": amount_input(tip) if tip_chosen == OTHER else "",
        }

    def validate_amount_choice(self, field: RadioField) -> None:
        known = presets(self.currency)
        if field.data not in {*map(str, known), OTHER}:
            raise ValidationError(_("Choose an amount, or choose ‘Other’ and enter one."))
        if field.data != OTHER:
            self.amount = known[int(field.data)]

    def validate_amount_other(self, field: MoneyField) -> None:
        if self.amount_choice.data != OTHER:
            return
        try:
            amount = parse(field.data, self.currency)
            check_amount(amount)
        except AmountError as error:
            raise ValidationError(self._sentence(error)) from None
        except DomainError as error:
            raise ValidationError(render_error(error)) from None
        self.amount = amount

    def validate_tip_choice(self, field: RadioField) -> None:
        if field.data not in {*map(str, TIPS), OTHER}:
            raise ValidationError(_("Choose a tip, or ‘No tip’."))
        if field.data != OTHER:
            self.tip = percent_of(self.amount, int(field.data) * 100)

    def validate_tip_other(self, field: MoneyField) -> None:
        if self.tip_choice.data != OTHER:
            return
        try:
            tip = parse(field.data, self.currency, zero=True)
        except AmountError as error:
            if error.code == "empty":
                raise ValidationError(_("Enter the tip, or choose ‘No tip’.")) from None
            raise ValidationError(self._sentence(error)) from None
        if tip > self.maximum:
            raise ValidationError(_("Enter a tip of %(maximum)s or less.", maximum=money_text(self.maximum)))
        self.tip = tip

    def read_sums(self) -> None:
        """Work out `amount` and `tip` of a form that was not sent yet."""
        for validator, field in (
            (self.validate_amount_choice, self.amount_choice),
            (self.validate_amount_other, self.amount_other),
            (self.validate_tip_choice, self.tip_choice),
            (self.validate_tip_other, self.tip_other),
        ):
            with suppress(ValidationError):
                validator(field)


def presets(currency: str) -> dict[int, Money]:
    """The amounts offered, by whole units; those that may not be pledged are left out."""
    settings = in_force()
    scale = 10 ** Money.zero(currency).exponent
    offered = {units: Money(units * scale, currency) for units in PRESETS}
    allowed = range(settings.minimum_pledge, settings.maximum_pledge + 1)
    return {units: money for units, money in offered.items() if money.minor in allowed}


def _message_field() -> TextAreaField:
    kw = {"maxlength": LONGEST_MESSAGE, "rows": 4}
    return TextAreaField(_l("Message of support"), filters=[cleaned], render_kw=kw)


class AppearanceForm(FlaskForm):
    """How the backer appears on the page."""

    shown = RadioField(
        _l("How should we show your name?"),
        choices=[SelectChoice(*choice) for choice in SHOWN.items()],
        validate_choice=False,
        default=Shown.NAME_AND_AMOUNT,
    )
    name = StringField(_l("Full name"), filters=[cleaned], render_kw={"autocomplete": "name", "maxlength": 120})
    message = _message_field()

    def validate_shown(self, field: RadioField) -> None:
        if field.data not in set(Shown):
            raise ValidationError(_("Choose how we should show your name."))

    def validate_name(self, field: StringField) -> None:
        if not field.data:
            raise ValidationError(_("Enter your full name."))
        if len(field.data) > 120 or not is_safe_line(field.data):
            raise ValidationError(_("Enter a name of at most 120 characters, on one line."))

    def validate_message(self, field: TextAreaField) -> None:
        over = len(field.data) - LONGEST_MESSAGE
        if over > 0:
            raise ValidationError(
                ngettext(
                    "The message is 1 character too long. Use %(most)s or fewer.",
                    "The message is %(over)s characters too long. Use %(most)s or fewer.",
                    over,
                    over=num_text(over),
                    most=num_text(LONGEST_MESSAGE),
                )
            )


class PledgeForm(SumsForm, AppearanceForm):
    """A new pledge. `form_key` is the form's own, so that a form sent twice makes one pledge."""

    form_key = HiddenField()
    email = EmailField(
        _l("Email address"),
        filters=[cleaned],
        render_kw={"autocomplete": "email", "spellcheck": "false", "maxlength": 254},
    )
    message = _message_field()  # again, because the order of fields is that of the page and of its error summary
    agree = BooleanField()

    @property
    def has_form_key(self) -> bool:
        """Whether the hidden field came back as we wrote it."""
        return FORM_KEY.fullmatch(self.form_key.data or "") is not None

    @staticmethod
    def of(pledge: Pledge) -> dict[str, str]:
        """The fields' values of a pledge that was started before."""
        return {
            **SumsForm.filled(pledge.amount, pledge.tip),
            "form_key": pledge.form_key,
            "shown": pledge.shown,
            "name": pledge.name,
            "email": pledge.email,
            "message": pledge.message,
        }

    def validate_email(self, field: EmailField) -> None:
        try:
            field.data = validate_email(field.data, check_deliverability=False, allow_smtputf8=False).normalized
        except EmailNotValidError:
            raise ValidationError(_("Enter an email address, such as name@example.org.")) from None

    def validate_agree(self, field: BooleanField) -> None:
        if not field.data:
            raise ValidationError(_("Tick the box to agree before you pledge."))


class AmountForm(SumsForm):
    """Another amount for a pledge that stands; a higher total needs the consent anew."""

    agree = BooleanField()

    def __init__(self, before: Money, *args: Any, **kwargs: Any) -> None:
        super().__init__(before.currency, *args, **kwargs)
        self.before = before

    @property
    def is_raise(self) -> bool:
        """Whether more would be charged than was agreed to."""
        return self.amount + self.tip > self.before

    def validate_agree(self, field: BooleanField) -> None:
        if self.is_raise and not field.data:
            raise ValidationError(_("Tick the box to agree to the higher amount."))
