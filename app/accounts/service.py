"""What can happen to an account: it is made, gets a role or a second factor, is signed in to and out of, is disabled.

Passwords are hashed and verified before a transaction is open, because that takes long on purpose; `register` hashes
before it asks the database anything.
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
from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError

from app.accounts.models import SignIn, StaffRole, User
from app.accounts.queries import by_email
from app.audit.service import record
from app.core import clock, ids
from app.core.errors import N_, Conflict, Invalid
from app.core.text import ascii_digits, is_safe_line
from app.database import db

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


class AccountDisabled(Conflict):
    """The account was disabled after its password had been checked."""

    message = N_("This account is closed.")


class WrongCode(Invalid):
    """The code is not right, too old, or was used before."""

    message = N_("This code is not right, or it was used already. Wait for the next code and enter that.")
    field = "code"


def register(email: str, name: str, password: str, lang: str = "en") -> User:
    """Make an account. Raises EmailTaken, BadEmail, BadName, BadPassword."""
    try:
        email = validate_email(email, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise BadEmail() from None
    name = name.strip()
    if not name or len(name) > 120 or not is_safe_line(name):
        raise BadName()
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise BadPassword(shortest=SHORTEST_PASSWORD)
    password_hash = _hasher.hash(password)
    if by_email(email):
        raise EmailTaken()
    user = User(email=email, name=name, password_hash=password_hash, lang=lang)
    try:
        # Two registrations of one address may both have found it free; the second insert tells.
        with db.session.begin_nested():
            db.session.add(user)
    except IntegrityError:
        raise EmailTaken() from None
    record("account.registered", user, actor_id=user.id)
    return user


def give_role(user: User, role: str, *, by_id: int | None = None) -> None:
    """Make `user` staff in `role`; `by_id` None is an operator at the command line. A second time is quiet."""
    held = db.session.scalar(select(StaffRole).where(StaffRole.user_id == user.id, StaffRole.role == role))
    if held is None:
        user.roles.append(StaffRole(role=role, given_by=by_id))
    elif held.ended_at is None:
        return
    else:
        held.ended_at, held.given_by, held.given_at = None, by_id, clock.now()
    record("account.role_given", user, actor_id=by_id, role=role)


def turn_on_second_factor(user: User) -> str:
    """Give `user` a new secret for one-time codes; the otpauth address that an authenticator app reads."""
    user.totp_secret = pyotp.random_base32()
    user.totp_last_step = None
    record("account.second_factor_on", user)
    issuer = current_app.config["AMICUS"].site_name
    return pyotp.TOTP(user.totp_secret).provisioning_uri(name=user.email, issuer_name=issuer)


def password_matches(password_hash: str | None, password: str) -> bool:
    """Whether `password` is the one hashed. Without a hash the same work is done, so that time tells nothing."""
    try:
        return _hasher.verify(password_hash or _nobodys_hash(), password)
    except VerificationError:
        return False


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(ids.token())


def use_code(user: User, code: str) -> None:
    """Accept a one-time code of now or one step to either side, once. Raises WrongCode."""
    typed = "".join(ascii_digits(code).split())
    present = int(clock.real_now().timestamp()) // STEP_SECONDS
    for step in (present - 1, present, present + 1):
        if user.totp_secret and pyotp.utils.strings_equal(pyotp.TOTP(user.totp_secret).generate_otp(step), typed):
            unused = or_(User.totp_last_step.is_(None), User.totp_last_step < step)
            statement = update(User).where(User.id == user.id, unused).values(totp_last_step=step).returning(User.id)
            if db.session.scalar(statement) is not None:
                return
    raise WrongCode()


def sign_in(user: User) -> str:
    """Open a sign-in for somebody who proved who they are; the token for their cookie. Raises AccountDisabled."""
    if user.disabled_at:
        raise AccountDisabled()
    token = ids.token()
    real = clock.real_now()
    db.session.add(SignIn(user_id=user.id, token_hash=ids.hash_token(token), created_at=real, expires_at=real + LASTS))
    record("account.signed_in", user, actor_id=user.id)
    return token


def sign_out(token: str) -> None:
    """End the sign-in of `token`; quiet if it ended before."""
    _end_sign_ins(SignIn.token_hash == ids.hash_token(token))


def disable(user: User, *, by_id: int | None = None) -> None:
    """End every sign-in of `user` and refuse new ones; a second time is quiet."""
    if user.disabled_at is None:
        user.disabled_at = clock.now()
        _end_sign_ins(SignIn.user_id == user.id)
        record("account.disabled", user, actor_id=by_id)


def _end_sign_ins(which: object) -> None:
    db.session.execute(update(SignIn).where(which, SignIn.ended_at.is_(None)).values(ended_at=clock.real_now()))  # type: ignore[arg-type]
