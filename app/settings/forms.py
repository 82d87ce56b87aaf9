"""The form of a change to a setting."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, StringField, TextAreaField, ValidationError

from app.core.money import AmountError, Money, parse
from app.core.text import ascii_digits
from app.i18n.format import amount_input, money_text, num_text
from app.settings import labels, service
from app.settings.known import Known, Unit
from app.settings.models import SettingChange
from app.web.fields import AtMost, DateField, MoneyField, Needed, amount_sentence, cleaned, one_line

_LONGEST_NUMBER = 12  # digits


class ChangeForm(FlaskForm):
    """A new value in words that people type, a day, and why. `number` is the value as the setting takes it."""

    whole = True
    starts_on = DateField(_l("From which day"))
    reason = TextAreaField(
        _l("Why"),
        [Needed(_l("Say why, in a sentence or more.")), AtMost(service.LONGEST_REASON)],
        filters=[cleaned],
        render_kw={"rows": "4", "dir": "auto"},
    )
    number: int = 0
    known: Known

    def read(self, field: Field) -> None:
        """Read `number` from what was typed. Raises ValidationError."""
        least, most = self.known.least, self.known.most
        currency = str(current_app.config["AMICUS"].currency)
        if self.known.unit == Unit.MONEY:
            low, high = Money(least, currency), Money(most, currency)
            try:
                self.number = parse(field.data, currency).minor
            except AmountError as error:
                raise ValidationError(amount_sentence(error, currency, least=low, most=high)) from None
            limits = _("Enter an amount from %(least)s to %(most)s.", least=money_text(low), most=money_text(high))
        else:
            limits = _("Enter a whole number from %(least)s to %(most)s.", least=num_text(least), most=num_text(most))
            written = ascii_digits(field.data or "")
            if not (written.isascii() and written.isdecimal() and len(written) <= _LONGEST_NUMBER):
                raise ValidationError(limits)
            self.number = int(written)
        if not self.known.takes(self.number):
            raise ValidationError(limits)

    @property
    def starts_at(self) -> datetime | None:
        """When the chosen day begins at the court; None for at once."""
        zone = ZoneInfo(current_app.config["AMICUS"].court_time_zone)
        return datetime.combine(self.starts_on.data, time(), zone) if self.starts_on.data else None


def change_form(known: Known, value: int) -> ChangeForm:
    """The form for `known`, which is `value` now: its box is one for money or for a number."""
    is_money = known.unit == Unit.MONEY
    words = _("New value") if is_money else _("New value, in %(unit)s", unit=labels.UNITS[known.unit])
    box = {"inputmode": "decimal" if is_money else "numeric", "autocomplete": "off"}

    class Form(ChangeForm):
        value = (MoneyField if is_money else StringField)(words, filters=[one_line], render_kw=box)

        def validate_value(self, field: Field) -> None:
            self.read(field)

    Form.known = known
    currency = str(current_app.config["AMICUS"].currency)
    return Form(value=amount_input(Money(value, currency)) if is_money else num_text(value).replace(",", ""))


def possible(change: SettingChange, user_id: int) -> list[tuple[str, str]]:
    """What this administrator can say about a change that waits or is planned: the answers, with their words."""
    if change.waits and change.by_id != user_id:
        return [("confirm", _("Confirm the change")), ("refuse", _("Refuse the change"))]
    return [("withdraw", _("Withdraw the change"))] if service.may_withdraw(change) else []
