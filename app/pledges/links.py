"""Links in a backer's mails: derived from a key when the mail is sent, never stored."""

from flask import current_app
from sqlalchemy import select

from app.core.ids import read_link, sign_link
from app.database import db
from app.pledges.models import Pledge

_PURPOSE = "pledge"


def _key() -> bytes:
    return str(current_app.config["SECRET_KEY"]).encode()


def token_of(pledge: Pledge) -> str:
    """The token that opens the pledge's own page, until `link_version` is raised."""
    return sign_link(_key(), _PURPOSE, pledge.public_id, pledge.link_version)


def manage_url(pledge: Pledge, path: str = "") -> str:
    """Absolute address of the pledge's page (or of `path` below it) in the backer's language."""
    base = current_app.config["AMICUS"].base_url
    prefix = "/fa" if pledge.lang == "fa" else ""
    return f"{base}{prefix}/pledges/{token_of(pledge)}{path}"


def read(token: str) -> Pledge | None:
    """The pledge that `token` opens; None if it was altered, has ended or never existed."""
    found = read_link(_key(), _PURPOSE, token)
    if found is None:
        return None
    public_id, version = found
    pledge = db.session.scalar(select(Pledge).where(Pledge.public_id == public_id))
    return pledge if pledge is not None and pledge.link_version == version else None
