"""Reports, made by calling the service as the door does; the caller commits."""

from sqlalchemy import select

from app.cases.models import Case
from app.core import ids
from app.database import db
from app.lawyers.models import Lawyer
from app.moderation import service
from app.moderation.models import Report
from app.moderation.service import About

WORDS = "The second paragraph names <a child>."


def report(
    case: Case,
    kind: str = "case",
    *,
    place: int | None = None,
    email: str = "",
    concern: str = "danger",
    words: str = WORDS,
) -> Report:
    """A report about a case, or about something of it."""
    return _made(About(kind, case.lawyer_id, case.id, place), email, concern, words)


def about_lawyer(lawyer: Lawyer) -> Report:
    """A report about a lawyer's page."""
    return _made(About("lawyer", lawyer.id), "", "identity", WORDS)


def _made(about: About, email: str, concern: str, words: str) -> Report:
    key = ids.token()
    assert service.report(about, concern=concern, words=words, email=email, lang="en", form_key=key)
    return db.session.scalars(select(Report).where(Report.form_key == key)).one()
