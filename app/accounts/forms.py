"""The forms of signing in."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from app.core.text import clean_text


class SignInForm(FlaskForm):
    """Email and password. Nothing is said about the form of either: every wrong pair gets one answer."""

    email = EmailField(
        _l("Email address"),
        [InputRequired(_l("Enter your email address.")), Length(max=254)],
        filters=[lambda typed: clean_text(typed) if typed else typed],
        render_kw={"autocomplete": "username", "spellcheck": "false"},
    )
    password = PasswordField(
        _l("Password"),
        [InputRequired(_l("Enter your password.")), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )


class CodeForm(FlaskForm):
    """A one-time code."""

    code = StringField(
        _l("Code"),
        [InputRequired(_l("Enter the code.")), Length(max=20)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "dir": "ltr"},
    )
