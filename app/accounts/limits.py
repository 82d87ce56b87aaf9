"""How often one may try to sign in.

Attempts are counted by network and by account. A stranger who keeps trying could use up an account's attempts, so an
account is counted apart for each network from which its owner signed in lately: they still get in from home.
"""

from app.accounts.models import User
from app.web import throttle

WINDOW = 600
FROM_ONE_NETWORK = 50
FOR_ONE_ACCOUNT = 10
CODES = 5
CODES_WINDOW = 300


def _counted(email: str, address: str | None) -> list[tuple[str, str, int]]:
    network = throttle.address_block(address)
    familiar = throttle.was_noted("sign_in.done", f"{email}|{network}")
    return [
        ("sign_in.network", network, FROM_ONE_NETWORK),
        ("sign_in.account", f"{email}|{network}" if familiar else email, FOR_ONE_ACCOUNT),
    ]


def count_attempt(email: str, address: str | None) -> None:
    """Count an attempt to sign in before it is looked at. Raises throttle.TooMany."""
    counted = _counted(email.strip().lower(), address)
    for kind, key, limit in counted:
        throttle.check(kind, key, limit, WINDOW)
    for kind, key, _limit in counted:
        throttle.note(kind, key)


def forgive_attempt(user: User, address: str | None) -> None:
    """The attempt was the owner's: take it back, and remember where they came from."""
    for kind, key, _limit in _counted(user.email, address):
        throttle.take_back(kind, key)
    throttle.note("sign_in.done", f"{user.email}|{throttle.address_block(address)}")


def count_code(user: User) -> None:
    """Count a one-time code before it is looked at. Raises throttle.TooMany."""
    throttle.check("sign_in.code", str(user.id), CODES, CODES_WINDOW)
    throttle.note("sign_in.code", str(user.id))
