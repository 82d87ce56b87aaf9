"""The letter about settings: to every administrator, whoever made the change."""

from flask import current_app

from app.accounts.models import User
from app.database import db
from app.i18n.locale import alternate_url, get_locale
from app.mail.outbox import Letter, letter
from app.settings import labels
from app.settings.known import BY_NAME
from app.settings.models import SettingChange


@letter("settings.changed")
def changed(change: int, what: str) -> Letter | None:
    """`what` is a key of `labels.HAPPENED`. None once the house knows no such setting any more."""
    found = db.session.get_one(SettingChange, change)
    known = BY_NAME.get(found.name)
    if known is None:
        return None
    by_id = found.answer.by_id if found.answer is not None and what not in ("changed", "proposed") else found.by_id
    base = str(current_app.config["AMICUS"].base_url)
    return Letter(
        "settings/changed",
        {
            "happened": labels.HAPPENED[what],
            "what": what,
            "label": known.label,
            "old": labels.value_text(known, found.old_value),
            "new": labels.value_text(known, found.value),
            "starts_at": found.starts_at if found.starts_at > found.at else None,
            "by": db.session.get_one(User, by_id).name,
            "reason": found.reason,
            "url": base + alternate_url(f"staff/settings/{found.name}", get_locale()),
        },
    )
