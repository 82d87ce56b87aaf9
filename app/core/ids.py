"""Names that nobody can guess, for addresses.

Random ids use Crockford's 32 letters in lower case: no two look alike, none needs escaping, and a mail program never
cuts one off at its end.
"""

import base64
import hashlib
import hmac
import json
import re
import secrets

_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_ID_LENGTH = 20  # 100 bits
_TOKEN_LENGTH = 32  # 160 bits
_MAC_BYTES = 20
_LINK = re.compile(r"([0-9A-Za-z_-]{1,64})\.(0|[1-9][0-9]{0,8})\.([a-z2-7]{32})", re.ASCII)


def _random(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


def public_id(prefix: str = "") -> str:
    """A new id to show outside: `prefix` and 20 letters (100 bits)."""
    return prefix + _random(_ID_LENGTH)


def id_from(said: str) -> str:
    """The letters of an id that follow from `said`, as evenly spread as random ones. Not secret."""
    return "".join(_LETTERS[byte % 32] for byte in hashlib.sha256(said.encode()).digest()[:_ID_LENGTH])


def token() -> str:
    """A new secret for a link: 32 letters (160 bits). Store `hash_token` of it, never itself."""
    return _random(_TOKEN_LENGTH)


def hash_token(token: str) -> str:
    """SHA-256 in hex (64 characters). A token has enough bits of its own, so no salt is needed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def derive(key: bytes, purpose: str, id: str | int, version: int) -> str:
    """A token of 32 letters that can be made again from `key`, so it is never stored; a higher `version` ends it."""
    said = json.dumps([purpose, str(id), version]).encode()
    return base64.b32encode(hmac.digest(key, said, "sha256")[:_MAC_BYTES]).decode().lower()


def verify_derived(key: bytes, purpose: str, id: str | int, version: int, given: str) -> bool:
    """Whether `given` is what `derive` makes of the rest; takes the same time for every wrong one."""
    return hmac.compare_digest(derive(key, purpose, id, version).encode(), given.encode("utf-8", "surrogatepass"))


def sign_link(key: bytes, purpose: str, public_id: str, version: int) -> str:
    """A link's token that carries what it opens: `<public_id>.<version>.<mac>`."""
    return f"{public_id}.{version}.{derive(key, purpose, public_id, version)}"


def read_link(key: bytes, purpose: str, token: str) -> tuple[str, int] | None:
    """The public id and version that `token` was signed for; None if it was not. The caller compares the version."""
    match = _LINK.fullmatch(token)
    if match is None:
        return None
    public_id, version, mac = match[1], int(match[2]), match[3]
    return (public_id, version) if verify_derived(key, purpose, public_id, version, mac) else None
