"""What can happen to an account: it is made, gets a role or a second factor, is signed in to and out of, is disabled.

What begins with a letter (joining, confirming, a new password or address) is in `by_letter`, what people do with their
own codes in `second_factor`. Passwords are hashed and verified before a transaction is open, because that takes long on
purpose; `register` hashes before it asks the database anything.
"""

from dataclasses import replace
from datetime import timedelta
from functools import cache

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY
from email_validator import EmailNotValidError, validate_email
from flask import current_app
from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.exc import IntegrityError

from app.accounts.models import SignIn, StaffRole, User
from app.accounts.queries import by_email
from app.audit.service import record
from app.core import clock, ids
from app.core.errors import N_, Conflict, Invalid
from app.core.text import ascii_digits, is_safe_line
from app.database import db
from app.i18n.locale import LANGUAGES
from app.mail.outbox import post

LASTS = timedelta(days=30)
STEP_SECONDS = 30
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
# The leaner of the two settings that OWASP recommends: workers have little memory, and attempts are limited besides.
COST = replace(RFC_9106_LOW_MEMORY, time_cost=2, memory_cost=19 * 1024, parallelism=1)
_hasher = PasswordHasher.from_parameters(COST)


class EmailTaken(Conflict):
    """Somebody registered this address before."""

    message = N_("There is already an account with this email address.")
    field = "email"


class BadEmail(Invalid):
    """Not an address that a mail could reach."""

    message = N_("Enter an email address, such as name@example.org.")
    field = "email"


class BadName(Invalid):
    """A name that is empty, too long or could not stand in a mail header."""

    message = N_("Enter a name of at most 120 characters, on one line.")
    field = "name"


class BadPassword(Invalid):
    """A password that is too short or absurdly long."""

    message = N_("Choose a password of %(shortest)s characters or more.")
    field = "password"


class NameIsFixed(Conflict):
    """Staff check, or have checked, that this is their name."""

    message = N_("Your name is part of what we check about lawyers, so it cannot be changed here. Write to us.")
    field = "name"


class BadLanguage(Invalid):
    """A language that we do not speak."""

    message = N_("Choose one of the languages.")
    field = "lang"


class AccountDisabled(Conflict):
    """The account was disabled after its password had been checked."""

    message = N_("This account is closed.")


class WrongCode(Invalid):
    """The code is not right, too old, or was used before."""

    message = N_("This code is not right, or it was used already. Wait for the next code and enter that.")
    field = "code"


def normal_email(email: str) -> str:
    """`email` as it is stored: in lower case. Raises BadEmail."""
    try:
        return validate_email(email, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise BadEmail() from None


def checked_name(name: str) -> str:
    """`name` as it is stored. Raises BadName."""
    name = name.strip()
    if not name or len(name) > 120 or not is_safe_line(name):
        raise BadName()
    return name


def check_password(password: str) -> None:
    """Raise BadPassword if `password` is too short or too long to be one."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise BadPassword(shortest=SHORTEST_PASSWORD)


def hash_password(password: str) -> str:
    """The hash of a new password. Takes long on purpose: no transaction may be open. Raises BadPassword."""
    check_password(password)
    return _hasher.hash(password)


def register(email: str, name: str, password: str, lang: str = "en") -> User:
    """Make an account for somebody who is known to have the address. Raises EmailTaken, BadEmail, BadName, BadPassword.

    Who joins by themselves does so with `by_letter.sign_up`.
    """
    email, name = normal_email(email), checked_name(name)
    user = make(email, name, hash_password(password), lang)
    if user is None:
        raise EmailTaken()
    user.confirmed_at = clock.now()
    return user


def make(email: str, name: str, password_hash: str, lang: str) -> User | None:
    """Write an account down from parts that were checked; None if there is one of this address."""
    if by_email(email):
        return None
    user = User(email=email, name=name, password_hash=password_hash, lang=lang)
    try:
        # Two registrations of one address may both have found it free; the second insert tells.
        with db.session.begin_nested():
            db.session.add(user)
    except IntegrityError:
        return None
    record("account.registered", user, actor_id=user.id)
    return user


def give_role(user: User, role: str, *, by_id: int | None = None) -> None:
    """Make `user` staff in `role`; `by_id` None is an operator at the command line. A second time is quiet.

    Whoever gets or loses a role signs in anew: what was left open somewhere does not gain rights by it.
    """
    held = db.session.scalar(select(StaffRole).where(StaffRole.user_id == user.id, StaffRole.role == role))
    if held is None:
        user.roles.append(StaffRole(role=role, given_by=by_id))
    elif held.ended_at is None:
        return
    else:
        held.ended_at, held.given_by, held.given_at = None, by_id, clock.now()
    _end_sign_ins(SignIn.user_id == user.id)
    record("account.role_given", user, actor_id=by_id, role=role)


def take_role(user: User, role: str, *, by_id: int | None = None) -> None:
    """End a staff role of `user`, and their sign-ins; quiet if they do not hold it."""
    held = next((held for held in user.roles if held.role == role and held.ended_at is None), None)
    if held is not None:
        held.ended_at = clock.now()
        _end_sign_ins(SignIn.user_id == user.id)
        record("account.role_taken", user, actor_id=by_id, role=role)


def turn_on_second_factor(user: User) -> str:
    """Give `user` a new secret for one-time codes; the otpauth address that an authenticator app reads.

    For operators, who pass the address on. People set theirs up with `second_factor`.
    """
    user.totp_secret = pyotp.random_base32()
    user.totp_last_step = None
    record("account.second_factor_on", user)
    return authenticator_uri(user, user.totp_secret)


def authenticator_uri(user: User, secret: str) -> str:
    """The otpauth address of `secret`, which an authenticator app reads."""
    issuer = current_app.config["AMICUS"].site_name
    return pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=issuer)


def require_codes(user: User) -> None:
    """From now on `user` must have a second factor: they do what needs one. A second time is quiet."""
    user.codes_required_at = user.codes_required_at or clock.now()


# ---------------------------------------------------------------- name and password
def fix_name(user: User) -> None:
    """Keep the name of `user` as it is while staff check it and after that; a second time is quiet."""
    user.name_fixed_at = user.name_fixed_at or clock.now()


def free_name(user: User) -> None:
    """Let `user` change their name again."""
    user.name_fixed_at = None


def rename(user: User, name: str) -> None:
    """Give `user` another name although it is kept as it is: staff check the new one. Raises BadName."""
    name = checked_name(name)
    if name != user.name:
        user.name = name
        record("account.renamed", user, actor_id=user.id)


def describe(user: User, name: str, lang: str) -> None:
    """The name of `user`, and the language of our letters to them. Raises BadName, NameIsFixed, BadLanguage."""
    name = checked_name(name)
    if lang not in LANGUAGES:
        raise BadLanguage()
    if name != user.name:
        if user.name_fixed_at is not None:
            raise NameIsFixed()
        user.name = name
        record("account.renamed", user, actor_id=user.id)
    user.lang = lang


def set_password(user: User, password_hash: str, *, keep: str | None = None) -> None:
    """Give `user` a new password, end their sign-ins but that of the token `keep`, and tell them by letter."""
    user.password_hash = password_hash
    end_others(user, keep)
    record("account.password_changed", user, actor_id=user.id)
    tell(user, "accounts.password_changed")


def tell(user: User, name: str, *, to: str | None = None, **facts: object) -> None:
    """Write a letter down that tells `user` what has just happened to their account."""
    key = f"{name}:{user.id}:{ids.public_id()}"
    post(key, name, to=to or user.email, lang=user.lang, facts={"user": user.id, **facts})


def password_matches(password_hash: str | None, password: str) -> bool:
    """Whether `password` is the one hashed. Without a hash the same work is done, so that time tells nothing."""
    try:
        return _hasher.verify(password_hash or _nobodys_hash(), password)
    except VerificationError:
        return False


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(ids.token())


def matching_steps(secret: str | None, code: str) -> list[int]:
    """The steps of time, now and one to either side, of which `code` is the code."""
    typed = "".join(ascii_digits(code).split())
    present = int(clock.real_now().timestamp()) // STEP_SECONDS
    near = (present - 1, present, present + 1) if secret else ()
    return [step for step in near if pyotp.utils.strings_equal(pyotp.TOTP(secret or "").generate_otp(step), typed)]


def use_code(user: User, code: str) -> None:
    """Accept a one-time code of now or one step to either side, once. Raises WrongCode."""
    for step in matching_steps(user.totp_secret, code):
        unused = or_(User.totp_last_step.is_(None), User.totp_last_step < step)
        statement = update(User).where(User.id == user.id, unused).values(totp_last_step=step).returning(User.id)
        if db.session.scalar(statement) is not None:
            return
    raise WrongCode()


# ---------------------------------------------------------------- signing in and out
def sign_in(user: User, device: str = "") -> str:
    """Open a sign-in for somebody who proved who they are; the token for their cookie. Raises AccountDisabled.

    `device` is what `devices.name` says of the browser.
    """
    if user.disabled_at:
        raise AccountDisabled()
    token = ids.token()
    real = clock.real_now()
    row = SignIn(user_id=user.id, token_hash=ids.hash_token(token), created_at=real, expires_at=real + LASTS)
    row.device = device
    db.session.add(row)
    record("account.signed_in", user, actor_id=user.id)
    return token


def prove(token: str) -> None:
    """Whoever holds the sign-in of `token` has shown again who they are."""
    mine = (SignIn.token_hash == ids.hash_token(token), SignIn.ended_at.is_(None))
    db.session.execute(update(SignIn).where(*mine).values(proved_at=clock.real_now()))


def sign_out(token: str) -> None:
    """End the sign-in of `token`; quiet if it ended before."""
    _end_sign_ins(SignIn.token_hash == ids.hash_token(token))


def end_sign_in(user: User, sign_in_id: int) -> None:
    """End one of the sign-ins of `user`; quiet if it ended before, or is not theirs."""
    _end_sign_ins(SignIn.id == sign_in_id, SignIn.user_id == user.id)


def end_others(user: User, keep: str | None) -> None:
    """End every sign-in of `user` but that of the token `keep`."""
    _end_sign_ins(SignIn.user_id == user.id, SignIn.token_hash != ids.hash_token(keep or ""))


def disable(user: User, *, by_id: int | None = None) -> None:
    """End every sign-in of `user` and refuse new ones; a second time is quiet."""
    if user.disabled_at is None:
        user.disabled_at = clock.now()
        _end_sign_ins(SignIn.user_id == user.id)
        record("account.disabled", user, actor_id=by_id)


def _end_sign_ins(*which: ColumnElement[bool]) -> None:
    db.session.execute(update(SignIn).where(*which, SignIn.ended_at.is_(None)).values(ended_at=clock.real_now()))
