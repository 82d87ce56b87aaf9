"""Letters about accounts. What somebody typed into a form of ours is never sent to an address that they only named:
a letter to an address that is not confirmed carries no name.
"""

from flask import current_app

from app.accounts import by_letter, queries
from app.accounts.by_letter import KINDS
from app.accounts.models import User
from app.database import db
from app.i18n.locale import alternate_url, get_locale
from app.mail.outbox import Letter, letter


def _url(path: str) -> str:
    return str(current_app.config["AMICUS"].base_url) + alternate_url(path, get_locale())


def _with_link(template: str, link_id: int, path: str) -> Letter | None:
    """A letter around a link, while that works; `path` is what the link's token is put after."""
    link = by_letter.working(link_id)
    if link is None:
        return None
    lasts = KINDS[link.kind].lasts
    values = {
        "url": _url(f"{path}/{by_letter.token_of(link)}"),
        "email": link.email,
        "is_change": link.kind == "change",
        "hours": int(lasts.total_seconds() // 3600),
        "minutes": int(lasts.total_seconds() // 60),
    }
    return Letter(f"accounts/{template}", values)


def _told(template: str, user_id: int, **values: object) -> Letter | None:
    """A letter about what has happened to an account that is still open."""
    user = db.session.get(User, user_id)
    if user is None or user.disabled_at:
        return None
    urls = {"account_url": _url("account/"), "reset_url": _url("account/reset"), "contact_url": _url("contact")}
    return Letter(f"accounts/{template}", {**urls, **values})


@letter("accounts.confirm")
def confirm(link: int) -> Letter | None:
    return _with_link("confirm", link, "account/confirm")


@letter("accounts.already_registered")
def already_registered(link: int) -> Letter | None:
    return _with_link("already_registered", link, "account/reset")


@letter("accounts.reset")
def reset(link: int) -> Letter | None:
    return _with_link("reset", link, "account/reset")


@letter("accounts.password_changed")
def password_changed(user: int) -> Letter | None:
    return _told("password_changed", user)


@letter("accounts.email_changed")
def email_changed(user: int, is_old: bool) -> Letter | None:
    """To both addresses; `is_old` to the one that counts no more."""
    return _told("email_changed", user, is_old=is_old)


@letter("accounts.second_factor")
def second_factor(user: int, what: str) -> Letter | None:
    """`what` is on, replaced, off, renewed (new recovery codes), recovered (one of them was used), key_added,
    key_removed or key_copied (a passkey that may be a copy was refused).
    """
    found = db.session.get(User, user)
    left = queries.recovery_codes_left(found) if found else 0
    return _told("second_factor", user, what=what, left=left)
