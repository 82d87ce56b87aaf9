"""The letter to a lawyer whose case is told as a success story."""

from flask import current_app

from app.core.text import safe_line
from app.database import db
from app.i18n.locale import alternate_url, get_locale
from app.mail.outbox import Letter, letter
from app.stories import service
from app.stories.models import Story


@letter("stories.published")
def published(story: int) -> Letter | None:
    found = db.session.get_one(Story, story)
    if not found.is_out or not service.is_tellable(found.outcome):
        return None
    base, case = str(current_app.config["AMICUS"].base_url), found.outcome.case
    return Letter(
        "stories/published",
        {
            "title": safe_line(case.title),
            "story_title": safe_line(found.title),
            "story_url": base + alternate_url(f"stories/{found.slug}", get_locale()),
            "dashboard_url": base + alternate_url(f"dashboard/cases/{case.public_id}", get_locale()),
        },
    )
