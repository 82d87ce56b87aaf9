"""Passkeys (WebAuthn): a key on a device, or in its owner's account of devices, answers a challenge of ours.

After the password any key of the account will do. In place of the password, and to prove once more who is there, the
key must have checked its owner (by finger, face or PIN), so that it stands for two factors. A challenge is made by the
doors and answered once; what is asked of a browser and what it answers are JSON, as the specification has them.
"""

import json

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.accounts import second_factor, service
from app.accounts.models import Passkey, User
from app.audit.service import record
from app.core import clock
from app.core.errors import N_, Conflict, Invalid, NotFound
from app.core.text import is_safe_line
from app.database import db
from config import Settings

LONGEST_ANSWER = 20_000
LONGEST_NAME = 60
MOST = 20
_TRANSPORTS = {str(way.value) for way in AuthenticatorTransport}


class WrongPasskey(Invalid):
    """The answer is none to our challenge, or not of a key that we know here."""

    message = N_("This passkey could not be used here. Try again, or use another way.")


class Copied(WrongPasskey):
    """The key counted less far than before: there may be two of it."""

    def __init__(self, key: Passkey) -> None:
        super().__init__()
        self.key_id = key.id


class KnownPasskey(Conflict):
    """The device has a key of this account already, or of another."""

    message = N_("This passkey is in use already.")


class TooManyPasskeys(Conflict):
    """Nobody needs so many."""

    message = N_("You have as many passkeys as an account can have. Remove one first.")


class BadPasskeyName(Invalid):
    """Too long, or more than a line."""

    message = N_("Enter a name of at most 60 characters, on one line.")
    field = "name"


class NoSuchPasskey(NotFound):
    """Not there, or not theirs."""


# ---------------------------------------------------------------- what browsers are asked
def _settings() -> Settings:
    settings: Settings = current_app.config["AMICUS"]
    return settings


def _known(keys: list[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(key.credential_id),
            transports=[AuthenticatorTransport(way) for way in key.transports.split(",") if way],
        )
        for key in keys
    ]


def to_make(user: User, challenge: str) -> str:
    """What a browser is asked for a new key of `user`."""
    options = generate_registration_options(
        rp_id=_settings().hostname,
        rp_name=_settings().site_name,
        user_id=user.public_id.encode(),
        user_name=user.email,
        user_display_name=user.name,
        challenge=base64url_to_bytes(challenge),
        authenticator_selection=AuthenticatorSelectionCriteria(resident_key=ResidentKeyRequirement.PREFERRED),
        exclude_credentials=_known(user.passkeys),
    )
    return options_to_json(options)


def to_use(challenge: str, user: User | None = None, *, verified: bool) -> str:
    """What a browser is asked to show a key of `user`, or of whomever it has one; `verified` see `use`."""
    needed = UserVerificationRequirement.REQUIRED if verified else UserVerificationRequirement.PREFERRED
    options = generate_authentication_options(
        rp_id=_settings().hostname,
        challenge=base64url_to_bytes(challenge),
        allow_credentials=_known(user.passkeys) if user else [],
        user_verification=needed,
    )
    return options_to_json(options)


# ---------------------------------------------------------------- a new key
def check_may_add(user: User) -> None:
    """Raise second_factor.NotConfirmed or TooManyPasskeys if `user` can have no further key."""
    if not user.is_confirmed:
        raise second_factor.NotConfirmed()
    if len(user.passkeys) >= MOST:
        raise TooManyPasskeys()


def add(user: User, challenge: str, answer: str, name: str) -> list[str]:
    """Keep the key that answered. Recovery codes, to be shown once, if it is the first second factor of `user`.

    Raises WrongPasskey, KnownPasskey, TooManyPasskeys, BadPasskeyName, second_factor.NotConfirmed.
    """
    second_factor.hold(user)
    check_may_add(user)
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not is_safe_line(name):
        raise BadPasskeyName()
    given = _parsed(answer)
    try:
        made = verify_registration_response(
            credential=given,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=_settings().hostname,
            expected_origin=_settings().origin,
        )
    except Exception:  # whatever a stranger's bytes do to its parsers
        raise WrongPasskey() from None
    is_first = not user.has_second_factor
    key = Passkey(
        credential_id=bytes_to_base64url(made.credential_id),
        public_key=bytes_to_base64url(made.credential_public_key),
        sign_count=made.sign_count,
        transports=_transports(given),
        name=name,
        created_at=clock.real_now(),
    )
    if len(key.credential_id) > 1400:
        raise WrongPasskey()
    try:
        with db.session.begin_nested():
            user.passkeys.append(key)
    except IntegrityError:
        raise KnownPasskey() from None
    record("account.passkey_added", user, actor_id=user.id)
    service.tell(user, "accounts.second_factor", what="key_added")
    return second_factor.new_codes(user) if is_first else []


def _parsed(answer: str) -> dict[str, object]:
    try:
        given = json.loads(answer) if len(answer) <= LONGEST_ANSWER else None
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise WrongPasskey()
    return given


def _transports(given: dict[str, object]) -> str:
    """How a browser says that the key is reached; it only helps to ask for it later."""
    response = given["response"]
    said = response.get("transports") if isinstance(response, dict) else None
    ways = {way for way in said if isinstance(way, str)} if isinstance(said, list) else set()
    return ",".join(sorted(ways & _TRANSPORTS))


# ---------------------------------------------------------------- using one
def use(challenge: str, answer: str, user: User | None = None, *, verified: bool) -> User:
    """Whose key answered the challenge: one of `user`, if it is given, who is there by password.

    `verified`: the key must have made sure that its owner is there. Raises WrongPasskey; Copied if the key counts, and
    did not count on.
    """
    given = _parsed(answer)
    key = _key_of(given, user)
    try:
        seen = verify_authentication_response(
            credential=given,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=_settings().hostname,
            expected_origin=_settings().origin,
            credential_public_key=base64url_to_bytes(key.public_key),
            credential_current_sign_count=0,  # counted below, with others who use it at the same time in mind
            require_user_verification=verified,
        )
    except Exception:  # whatever a stranger's bytes do to its parsers
        raise WrongPasskey() from None
    _check_handle(given, key.user)
    count = seen.new_sign_count
    counts_on = Passkey.sign_count < count if count else Passkey.sign_count == 0
    used = update(Passkey).where(Passkey.id == key.id, counts_on)
    if db.session.scalar(used.values(sign_count=count, used_at=clock.real_now()).returning(Passkey.id)) is None:
        raise Copied(key)
    return key.user


def _key_of(given: dict[str, object], user: User | None) -> Passkey:
    wanted = given.get("id")
    if not isinstance(wanted, str) or not wanted.isascii() or "\0" in wanted:
        raise WrongPasskey()
    found = select(Passkey).join(Passkey.user).where(Passkey.credential_id == wanted, User.disabled_at.is_(None))
    key = db.session.scalar(found)
    if key is None or (user is not None and key.user_id != user.id):
        raise WrongPasskey()
    return key


def _check_handle(given: dict[str, object], user: User) -> None:
    """A key that says whose it is must say so rightly."""
    response = given["response"]
    handle = response.get("userHandle") if isinstance(response, dict) else None
    if handle and base64url_to_bytes(str(handle)) != user.public_id.encode():
        raise WrongPasskey()


def report_copy(key_id: int) -> None:
    """Note that a key may have been copied, and tell its owner. The key stays: it refuses whoever counts too low."""
    key = db.session.get_one(Passkey, key_id)
    record("account.passkey_copied", key.user, key=key.id)
    service.tell(key.user, "accounts.second_factor", what="key_copied")


# ---------------------------------------------------------------- taking one away
def remove(user: User, passkey_id: int) -> None:
    """Forget a key; the last second factor takes the recovery codes with it.

    Raises NoSuchPasskey; second_factor.MustStayOn if `user` needs a second factor and this is the last.
    """
    second_factor.hold(user)
    key = next((key for key in user.passkeys if key.id == passkey_id), None)
    if key is None:
        raise NoSuchPasskey()
    second_factor.check_may_lose(user, others=len(user.passkeys) > 1 or user.totp_secret is not None)
    user.passkeys.remove(key)
    second_factor.drop_codes_of_nothing(user)
    record("account.passkey_removed", user, actor_id=user.id)
    service.tell(user, "accounts.second_factor", what="key_removed")
