"""Telling people what may not be done."""

import datetime as dt

from flask_babel import gettext

from app.core.errors import DomainError
from app.core.money import Money
from app.i18n import format


def render_error(error: DomainError) -> str:
    """The error's sentence in the present language, its values written as that language writes them. Plain text."""
    sentence = str(gettext(error.message))
    values = {name: _said(value) for name, value in error.values.items()}
    return sentence % values if values else sentence


def _said(value: object) -> str:
    if isinstance(value, Money):
        return format.money_text(value)
    if isinstance(value, dt.datetime):
        return format.moment_text(value)
    if isinstance(value, dt.date):
        return format.date_binding(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return format.num_text(value)
    return str(value)
