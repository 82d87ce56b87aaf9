"""The forms of accounts."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, Field, HiddenField, PasswordField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from app.accounts import passkeys, service
from app.core.errors import DomainError
from app.core.text import clean_text
from app.i18n.errors import render_error
from app.i18n.locale import LANGUAGES


def _cleaned(typed: str | None) -> str | None:
    return clean_text(typed) if typed else typed


def _email(label: str, autocomplete: str = "email") -> EmailField:
    return EmailField(
        label,
        [InputRequired(_l("Enter your email address.")), Length(max=254)],
        filters=[_cleaned],
        render_kw={"autocomplete": autocomplete, "spellcheck": "false"},
    )


def _name() -> StringField:
    return StringField(
        _l("Your name"),
        [InputRequired(_l("Enter your name."))],
        filters=[_cleaned],
        render_kw={"autocomplete": "name", "dir": "auto"},
    )


def _password(label: str, autocomplete: str = "current-password") -> PasswordField:
    return PasswordField(
        label,
        [InputRequired(_l("Enter your password.")), Length(max=200)],
        render_kw={"autocomplete": autocomplete},
    )


def _code() -> StringField:
    return StringField(
        _l("Code"),
        [InputRequired(_l("Enter the code.")), Length(max=20)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "dir": "ltr"},
    )


def _as_service_says(check: Any, field: Field) -> None:
    """Tell at the field what the service would refuse."""
    try:
        check(field.data or "")
    except DomainError as error:
        raise ValidationError(render_error(error)) from None


# ---------------------------------------------------------------- signing in
class SignInForm(FlaskForm):
    """Email and password. Nothing is said about the form of either: every wrong pair gets one answer."""

    email = _email(_l("Email address"), "username")
    password = _password(_l("Password"))


class CodeForm(FlaskForm):
    """A one-time code."""

    code = _code()


class RecoveryForm(FlaskForm):
    """A recovery code."""

    code = StringField(
        _l("Recovery code"),
        [InputRequired(_l("Enter the recovery code.")), Length(max=60)],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "dir": "ltr"},
    )


# ---------------------------------------------------------------- joining, and a new password by letter
class SignUpForm(FlaskForm):
    """A new account."""

    name = _name()
    email = _email(_l("Email address"))
    password = _password(_l("Choose a password"), "new-password")

    def validate_name(self, field: Field) -> None:
        _as_service_says(service.checked_name, field)

    def validate_email(self, field: Field) -> None:
        _as_service_says(service.normal_email, field)

    def validate_password(self, field: Field) -> None:
        _as_service_says(service.check_password, field)


class ResetForm(FlaskForm):
    """The address of an account whose password was forgotten."""

    email = _email(_l("Email address"), "username")

    def validate_email(self, field: Field) -> None:
        _as_service_says(service.normal_email, field)


class NewPasswordForm(FlaskForm):
    """A new password, by the link in a letter."""

    password = _password(_l("New password"), "new-password")

    def validate_password(self, field: Field) -> None:
        _as_service_says(service.check_password, field)


# ---------------------------------------------------------------- one's own account
class ProveForm(FlaskForm):
    """Who is signed in proves once more who they are: as strongly as they signed in, see `proof`."""

    password = _password(_l("Your password"))
    proof_code = StringField(
        _l("Code from your authenticator app, or a recovery code"),
        [InputRequired(_l("Enter the code.")), Length(max=60)],
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false", "dir": "ltr"},
    )


def proof(*, has_second_factor: bool) -> ProveForm:
    """The form for somebody with a second factor, or without one."""
    form = ProveForm()
    if not has_second_factor:
        del form.proof_code
    return form


class PasskeyForm(FlaskForm):
    """A new passkey. A script fills in `answer`, which a browser gives."""

    name = StringField(
        _l("Name of the passkey"),
        [Length(max=passkeys.LONGEST_NAME)],
        filters=[_cleaned],
        render_kw={"autocomplete": "off", "dir": "auto"},
    )
    answer = HiddenField()


class DetailsForm(FlaskForm):
    """Name and language."""

    name = _name()
    lang = RadioField(
        _l("Language of our emails"),
        choices=[SelectChoice(code, language.name) for code, language in LANGUAGES.items()],
        validate_choice=False,
    )
    password = _password(_l("Your password"))

    def validate_name(self, field: Field) -> None:
        _as_service_says(service.checked_name, field)


class EmailForm(FlaskForm):
    """Another address."""

    email = _email(_l("New email address"))
    password = _password(_l("Your password"))

    def validate_email(self, field: Field) -> None:
        _as_service_says(service.normal_email, field)


class PasswordForm(FlaskForm):
    """Another password."""

    password = _password(_l("Your present password"))
    new_password = _password(_l("New password"), "new-password")

    def validate_new_password(self, field: Field) -> None:
        _as_service_says(service.check_password, field)
