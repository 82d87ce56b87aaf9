"""What stands where somebody's name and address were taken away."""

from app.core.ids import public_id

NAME = "—"  # no word, so that it needs no language
_DOMAIN = "@erased.invalid"  # RFC 2606: no letter ever gets there
PATTERN = "%" + _DOMAIN  # for the database's LIKE


def address() -> str:
    """An address that reaches nobody and that nobody else has: different people stay different."""
    return public_id() + _DOMAIN


def is_erased(email: str) -> bool:
    """Whether `email` is one of these."""
    return email.endswith(_DOMAIN)
