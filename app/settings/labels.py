"""How values of settings are told."""

from flask import current_app
from flask_babel import LazyString, ngettext
from flask_babel import lazy_gettext as _l

from app.core.money import Money
from app.i18n.format import money_text, num_text
from app.settings.known import Known, Unit
from app.settings.models import SettingChange

UNITS: dict[Unit, LazyString] = {
    Unit.DAYS: _l("days"),
    Unit.WORKING_DAYS: _l("working days"),
    Unit.MINUTES: _l("minutes"),
}
# What became of a change: words, and the colour and sign of the tag.
STANDINGS: dict[str, tuple[LazyString, str, str]] = {
    "waits": (_l("Waits for a second administrator"), "amber", "clock"),
    "refused": (_l("Refused"), "red", "ban"),
    "withdrawn": (_l("Withdrawn"), "", "circle-slash"),
    "confirmed": (_l("Confirmed"), "green", "check"),
}
# What a letter tells of: what happened to the change.
HAPPENED: dict[str, LazyString] = {
    "changed": _l("A setting was changed"),
    "proposed": _l("A change of a setting waits for a second administrator"),
    "confirmed": _l("A change of a setting was confirmed"),
    "refused": _l("A change of a setting was refused"),
    "withdrawn": _l("A change of a setting was withdrawn"),
}


def value_text(known: Known, value: int) -> str:
    """A value with its unit, in plain text."""
    if known.unit == Unit.MONEY:
        return money_text(Money(value, current_app.config["AMICUS"].currency), short=True)
    n = num_text(value)
    if known.unit == Unit.MINUTES:
        return str(ngettext("%(n)s minute", "%(n)s minutes", value, n=n))
    if known.unit == Unit.WORKING_DAYS:
        return str(ngettext("%(n)s working day", "%(n)s working days", value, n=n))
    return str(ngettext("%(n)s day", "%(n)s days", value, n=n))


def standing_of(change: SettingChange) -> str:
    """The key of STANDINGS for a change; empty for one that needed nobody's word and stands."""
    if change.answer is not None:
        return change.answer.answer
    return "waits" if change.needs_second else ""
