"""Asking, and being sure."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, PasswordField
from wtforms.validators import InputRequired, Length

from app.web.fields import one_line


class AskForm(FlaskForm):
    """The address of somebody without an account."""

    email = EmailField(
        _l("Your email address"),
        [InputRequired(_l("Enter an email address, such as name@example.org."))],
        filters=[one_line],
        render_kw={"autocomplete": "email", "maxlength": "254"},
    )


class SureForm(FlaskForm):
    """Whoever has their data erased says that they know what it means."""

    sure = BooleanField(
        _l("I know that this cannot be undone"), [InputRequired(_l("Tick the box if you want your data deleted."))]
    )


class EraseForm(SureForm):
    """The same for an account, whose password is typed once more."""

    password = PasswordField(
        _l("Your password"),
        [InputRequired(_l("Enter your password.")), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )
