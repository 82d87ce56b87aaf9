"""Links in a backer's mails: derived from a key when the mail is sent, never stored."""

from flask import current_app
from sqlalchemy import select

from app.core.ids import read_link, sign_link
from app.database import db
from app.i18n.locale import alternate_url
from app.pledges.models import Pledge
from app.web.secret import secret_key

MANAGE = "pledge"


def token_of(pledge: Pledge, purpose: str = MANAGE) -> str:
    """The token of the pledge's link for one `purpose`, until `link_version` is raised; it is good for no other."""
    return sign_link(secret_key(), purpose, pledge.public_id, pledge.link_version)


def url_of(pledge: Pledge, path: str) -> str:
    """Absolute address of `path` in the backer's language."""
    return str(current_app.config["AMICUS"].base_url) + alternate_url(path, pledge.lang)


def manage_url(pledge: Pledge, path: str = "") -> str:
    """Absolute address of the pledge's page (or of `path` below it) in the backer's language."""
    return url_of(pledge, f"pledges/{token_of(pledge)}") + path


def read(token: str, purpose: str = MANAGE) -> Pledge | None:
    """The pledge whose link for `purpose` has this `token`; None if it was altered, has ended or never existed."""
    found = read_link(secret_key(), purpose, token)
    if found is None:
        return None
    public_id, version = found
    pledge = db.session.scalar(select(Pledge).where(Pledge.public_id == public_id))
    return pledge if pledge is not None and pledge.link_version == version else None
