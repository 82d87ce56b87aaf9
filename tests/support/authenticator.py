"""A passkey authenticator in software: it makes keys and answers challenges as a browser hands them to a page.

Whatever it says can be said wrongly: another origin, another site, no owner, an old count.
"""

import hashlib
import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 1, 4, 64
Options = dict[str, Any]


def encode(raw: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """One key. `counts`: whether it counts its uses, as keys do that live on one device only."""

    origin: str = "https://localhost"
    site: str = "localhost"
    flags: int = PRESENT | VERIFIED
    counts: bool = True
    count: int = 0
    handle: bytes = b""
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: os.urandom(16))

    def make(self, options: Options) -> str:
        """Answer to a page that asks for a new key."""
        self.handle = decode(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        told = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(public)
        object_ = {"fmt": "none", "attStmt": {}, "authData": self._data(self.flags | ATTESTED) + told}
        client = self._client("webauthn.create", options)
        made = {"attestationObject": encode(cbor2.dumps(object_)), "clientDataJSON": encode(client)}
        return self._answer(made | {"transports": ["internal", "carrier-pigeon"]})

    def show(self, options: Options, **changes: str) -> str:
        """Answer to a page that asks for a key; `changes` overwrite parts of it afterwards."""
        if self.counts:
            self.count += 1
        client, data = self._client("webauthn.get", options), self._data(self.flags)
        signed = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        shown = {"clientDataJSON": encode(client), "authenticatorData": encode(data), "signature": encode(signed)}
        return self._answer(shown | {"userHandle": encode(self.handle)} | changes)

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.site.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, options: Options) -> bytes:
        told = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def _answer(self, response: dict[str, Any]) -> str:
        name = encode(self.id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
