"""The key from which links and ids are derived."""

from flask import current_app


def secret_key() -> bytes:
    """The secret of this installation; see `core.ids.derive`."""
    return str(current_app.config["SECRET_KEY"]).encode()
