"""One's own second factor: codes set up, moved to another device, turned off; and what is there for lost devices.

Codes from an app, and passkeys (`passkeys`), are second factors side by side; who must have one keeps the last. A
secret counts only when a code has shown that the authenticator app holds it. Recovery codes are made with the first
factor of any kind, shown in the answer that makes them and never again, for only their hashes are stored; they have 80
bits, so the hashes need no salt.
"""

from datetime import timedelta

import pyotp
from sqlalchemy import delete, update

from app.accounts import service
from app.accounts.models import RecoveryCode, User
from app.audit.service import record
from app.core import clock, ids
from app.core.errors import N_, Conflict, Invalid
from app.core.text import ascii_digits
from app.database import db

RECOVERY_CODES = 10
PENDING = timedelta(minutes=30)
_GROUPS, _GROUP = 4, 4
# How people type what looks alike; the codes themselves use neither of these letters.
_ALIKE = str.maketrans("oil", "011")


class NotConfirmed(Conflict):
    """Somebody else's address could be locked away from them."""

    message = N_("Confirm your email address first.")


class NothingPending(Conflict):
    """Setting up was not begun, or too long ago."""

    message = N_("Begin again: setting up takes 30 minutes at most.")


class MustStayOn(Conflict):
    """Staff and verified lawyers need it."""

    message = N_("Staff and verified lawyers keep codes or a passkey. Set up the other first.")


class NotOn(Conflict):
    """Recovery codes stand in for another second factor."""

    message = N_("Set up codes from an authenticator app, or a passkey, first.")


class WrongRecoveryCode(Invalid):
    """None of the unused codes."""

    message = N_("This recovery code is not right, or it was used already.")
    field = "code"


# ---------------------------------------------------------------- factors of any kind
def hold(user: User) -> None:
    """Read the second factors of `user` anew and keep others from changing them until the transaction ends."""
    db.session.flush()
    db.session.refresh(user, with_for_update={"of": User})
    db.session.expire(user, ["passkeys"])


def check_may_lose(user: User, *, others: bool) -> None:
    """Raise MustStayOn if `user` needs a second factor and has no `others`."""
    if user.needs_codes and not others:
        raise MustStayOn()


def drop_codes_of_nothing(user: User) -> None:
    """Without any second factor the recovery codes end."""
    if not user.has_second_factor:
        db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))


# ---------------------------------------------------------------- the authenticator app
def begin(user: User) -> None:
    """Make a secret for the authenticator app; what was set up before goes on until `complete`. Raises NotConfirmed."""
    if not user.is_confirmed:
        raise NotConfirmed()
    user.pending_totp_secret = pyotp.random_base32()
    user.pending_totp_until = clock.real_now() + PENDING


def pending(user: User) -> str | None:
    """The secret that waits to be proved by a code."""
    until = user.pending_totp_until
    return user.pending_totp_secret if until is not None and until > clock.real_now() else None


def complete(user: User, code: str) -> list[str]:
    """The app shows the right code: from now on it is asked for. Gives new recovery codes, to be shown once.

    There are none beside passkeys, which came with some. Raises NothingPending, service.WrongCode.
    """
    secret = pending(user)
    if secret is None:
        raise NothingPending()
    steps = service.matching_steps(secret, code)
    if not steps:
        raise service.WrongCode()
    what, beside = "replaced" if user.totp_secret else "on", user.totp_secret is None and user.has_second_factor
    user.totp_secret, user.totp_last_step = secret, steps[-1]
    user.pending_totp_secret = user.pending_totp_until = None
    record("account.second_factor_on", user, actor_id=user.id)
    service.tell(user, "accounts.second_factor", what=what)
    return [] if beside else new_codes(user)


def turn_off(user: User) -> None:
    """Ask for no code any more; a second time is quiet. Raises MustStayOn."""
    hold(user)
    check_may_lose(user, others=bool(user.passkeys))
    if user.totp_secret is not None:
        _take_off(user, by_id=user.id)


def forget(user: User) -> None:
    """For somebody who lost app, keys and recovery codes, once an operator made sure who they are: all sign-ins end.

    Who must have a second factor sets a new one up at the next sign-in, before anything that needs it.
    """
    user.passkeys.clear()
    _take_off(user, by_id=None)
    service.end_others(user, None)


def _take_off(user: User, *, by_id: int | None) -> None:
    user.totp_secret = user.totp_last_step = user.pending_totp_secret = user.pending_totp_until = None
    drop_codes_of_nothing(user)
    record("account.second_factor_off", user, actor_id=by_id)
    service.tell(user, "accounts.second_factor", what="off")


# ---------------------------------------------------------------- recovery codes
def renew(user: User) -> list[str]:
    """Make ten new recovery codes, to be shown once; the old ones end. Raises NotOn."""
    if not user.has_second_factor:
        raise NotOn()
    record("account.recovery_codes_renewed", user, actor_id=user.id)
    service.tell(user, "accounts.second_factor", what="renewed")
    return new_codes(user)


def new_codes(user: User) -> list[str]:
    """Ten codes in place of those of before; only their hashes are kept."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = [ids.token()[: _GROUPS * _GROUP] for _ in range(RECOVERY_CODES)]
    real = clock.real_now()
    db.session.add_all(RecoveryCode(user_id=user.id, code_hash=ids.hash_token(code), created_at=real) for code in codes)
    return ["-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP)) for code in codes]


def use_recovery_code(user: User, code: str) -> None:
    """Accept one of the codes, once, and tell the owner by letter. Raises WrongRecoveryCode."""
    typed = "".join(sign for sign in ascii_digits(code).lower() if sign.isalnum()).translate(_ALIKE)
    mine = (RecoveryCode.user_id == user.id, RecoveryCode.code_hash == ids.hash_token(typed))
    unused = update(RecoveryCode).where(*mine, RecoveryCode.used_at.is_(None)).values(used_at=clock.real_now())
    if not user.has_second_factor or db.session.scalar(unused.returning(RecoveryCode.id)) is None:
        raise WrongRecoveryCode()
    record("account.recovery_code_used", user, actor_id=user.id)
    service.tell(user, "accounts.second_factor", what="recovered")


def use_any(user: User, code: str) -> None:
    """Accept a code from the app or a recovery code. Raises service.WrongCode."""
    try:
        service.use_code(user, code)
    except service.WrongCode:
        try:
            use_recovery_code(user, code)
        except WrongRecoveryCode:
            raise service.WrongCode() from None
