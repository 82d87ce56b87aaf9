"""How often one may try to sign in, and how often our letters may be asked for.

Attempts are counted by network and by account. A stranger who keeps trying could use up an account's attempts, so an
account is counted apart for each network from which its owner signed in lately: they still get in from home. The same
goes for codes, for proofs of who is signed in, and for letters. A passkey cannot be guessed, so trying one uses up
nothing of an account's.

Letters are counted by network, which is told when it is too much, and by the address they go to, which is not: the
answer stays the same, and the letters that were sent are there. They are counted for as long as the shortest link
works, so whoever is refused a letter has one whose link still works, whoever asked for it.
"""

from app.accounts.models import User
from app.core.errors import TooMany
from app.web import throttle

WINDOW = 600
FROM_ONE_NETWORK = 50
FOR_ONE_ACCOUNT = 10
CODES = 5
CODES_WINDOW = 300
HOUR = 3600
LETTERS_FROM_ONE_NETWORK = 30
LETTERS_TO_ONE_ADDRESS = 4
LETTERS_WINDOW = 900
PASSKEYS_FROM_ONE_NETWORK = 300
PROOFS = 10
LINKS_FROM_ONE_NETWORK = 60


def _apart(email: str, address: str | None) -> str:
    """What `email` is counted as from here: apart, if its owner signed in from this network lately."""
    at_home = f"{email}|{throttle.address_block(address)}"
    return at_home if throttle.was_noted("sign_in.done", at_home) else email


def _counted(email: str, address: str | None) -> list[tuple[str, str, int]]:
    return [
        ("sign_in.network", throttle.address_block(address), FROM_ONE_NETWORK),
        ("sign_in.account", _apart(email, address), FOR_ONE_ACCOUNT),
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


def _count(kind: str, key: str, limit: int, per_seconds: int) -> None:
    throttle.check(kind, key, limit, per_seconds)
    throttle.note(kind, key)


def count_code(user: User, address: str | None) -> None:
    """Count a one-time or recovery code before it is looked at. Raises throttle.TooMany."""
    _count("sign_in.code", _apart(user.email, address), CODES, CODES_WINDOW)


def count_proof(user: User, address: str | None) -> None:
    """Count a password that somebody signed in types again, before it is looked at. Raises throttle.TooMany."""
    _count("account.proof", _apart(user.email, address), PROOFS, WINDOW)


def count_passkey(address: str | None) -> None:
    """Count an answer of a passkey, which costs a little work, before it is looked at. Raises throttle.TooMany."""
    _count("sign_in.passkey", throttle.address_block(address), PASSKEYS_FROM_ONE_NETWORK, WINDOW)


def spend(challenge: str) -> bool:
    """Whether this challenge was not answered before; from now on it was. It comes in a cookie, which can be kept."""
    try:
        _count("passkey.challenge", challenge, 1, HOUR)
    except TooMany:
        return False
    return True


def count_link(address: str | None) -> None:
    """Count the use of a link from a letter, which costs a hash. Raises throttle.TooMany."""
    _count("account.link", throttle.address_block(address), LINKS_FROM_ONE_NETWORK, HOUR)


def count_letter(email: str, address: str | None) -> bool:
    """Count a letter that a form asks for; whether it may be sent to `email`. Raises throttle.TooMany.

    Whether there is an account of that address makes no difference here.
    """
    _count("account.letter.network", throttle.address_block(address), LETTERS_FROM_ONE_NETWORK, HOUR)
    try:
        _count("account.letter", _apart(email.strip().lower(), address), LETTERS_TO_ONE_ADDRESS, LETTERS_WINDOW)
    except TooMany:
        return False
    return True
