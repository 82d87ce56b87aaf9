"""Letters about reports. Of a private page they tell nothing but that there is something to read behind the sign-in."""

from flask import current_app

from app.core.text import safe_line
from app.database import db
from app.i18n.locale import alternate_url, get_locale
from app.mail.outbox import Letter, letter
from app.moderation.models import Report, StaffNote


def _url(path: str) -> str:
    return str(current_app.config["AMICUS"].base_url) + alternate_url(path, get_locale())


@letter("moderation.note")
def note(note: int) -> Letter:
    """To the lawyer: what staff ask or say about one of their pages."""
    found = db.session.get_one(StaffNote, note)
    case = found.report.case
    hidden = case is not None and case.is_private
    return Letter(
        "moderation/note",
        {
            "title": safe_line(case.title) if case is not None and not hidden else None,
            "words": "" if hidden else found.words,
            "is_private": hidden,
            "url": _url(f"dashboard/cases/{case.public_id}") if case is not None else _url("lawyers/application"),
        },
    )


@letter("moderation.answered")
def answered(report: int) -> Letter:
    """To who reported a page. It names neither the page nor what was done: the address may be somebody else's."""
    found = db.session.get_one(Report, report)
    values = {"at": found.at, "policy_url": _url("policy"), "log_url": _url("takedowns")}
    return Letter("moderation/answered", values)
