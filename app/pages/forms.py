"""The form of the settings page."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice


class AppearanceForm(FlaskForm):
    """Light or dark; empty follows the device. `next` is where one came from."""

    theme = RadioField(
        _l("Light or dark"),
        choices=[
            SelectChoice("", _l("Automatic")),
            SelectChoice("light", _l("Light")),
            SelectChoice("dark", _l("Dark")),
        ],
        default="",
    )
    next = HiddenField()
