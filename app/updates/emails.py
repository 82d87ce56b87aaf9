"""Letters about updates: to backers when one is posted, to the lawyer when one is due.

A letter about a private case names nothing: neither the case nor what was written. The button leads to the backer's
own page, or to where the lawyer must sign in.
"""

from datetime import date
from typing import Any

from flask import current_app

from app.cases.labels import REASONS
from app.cases.models import Case, CaseStageChange
from app.cases.queries import page_url
from app.core import clock
from app.core.text import safe_line
from app.database import db
from app.i18n.locale import alternate_url, direction, get_locale
from app.mail.outbox import Letter, letter
from app.pledges import links
from app.pledges.models import Pledge
from app.updates import duties, labels, queries, readers
from app.updates.models import Update


def _to_backer(template: str, update_id: int, pledge_id: int, **values: Any) -> Letter | None:
    update = db.session.get_one(Update, update_id)
    pledge = readers.still_reads(update, db.session.get_one(Pledge, pledge_id))
    if pledge is None:
        return None
    case = update.case
    unsubscribe = readers.unsubscribe_url(pledge)
    return Letter(
        f"updates/{template}",
        {
            "title": None if case.is_private else safe_line(case.title),
            "lawyer": case.lawyer.user.name,
            "line": None if case.is_private else queries.line_of(update, as_backer=True),
            "case_lang": case.lang,
            "case_dir": direction(case.lang),
            "update_url": None if case.is_private else f"{page_url(case, get_locale())}/updates/{update.n}",
            "manage_url": f"{links.manage_url(pledge)}#updates",
            "unsubscribe_url": unsubscribe,
            **values,
        },
        unsubscribe_url=unsubscribe,
    )


@letter("updates.posted")
def posted(update: int, pledge: int) -> Letter | None:
    return _to_backer("posted", update, pledge)


@letter("updates.concluded")
def concluded(update: int, pledge: int) -> Letter | None:
    case = db.session.get_one(Update, update).case
    outcome = queries.outcome_of(case)
    assert outcome is not None
    if case.is_private:
        return _to_backer("concluded", update, pledge)
    return _to_backer(
        "concluded",
        update,
        pledge,
        outcome=outcome,
        code=labels.OUTCOMES[outcome.code],
        headline_text=queries.headline(outcome, case, markup=False),
    )


@letter("updates.started_again")
def started_again(case: int, pledge: int) -> Letter | None:
    """To who backed the first try of a case, whether that was public or not: the new page is."""
    new, old = db.session.get_one(Case, case), db.session.get_one(Pledge, pledge)
    if not new.takes_pledges(clock.now()) or new.is_private or new.taken_down_at or readers.wants_none(old):
        return None
    unsubscribe = readers.unsubscribe_url(old)
    return Letter(
        "updates/started_again",
        {
            "title": safe_line(new.title),
            "lawyer": new.lawyer.user.name,
            "update_url": page_url(new, get_locale()),
            "manage_url": links.manage_url(old),
            "unsubscribe_url": unsubscribe,
        },
        unsubscribe_url=unsubscribe,
    )


@letter("updates.stages_changed")
def stages_changed(change: int, pledge: int) -> Letter | None:
    """To a backer: the case raises money for other stages than before. The page tells which, and what they were."""
    case = db.session.get_one(Case, db.session.get_one(CaseStageChange, change).case_id)
    backs = readers.still_backs(case.id, db.session.get_one(Pledge, pledge))
    if backs is None or case.taken_down_at is not None:
        return None
    unsubscribe = readers.unsubscribe_url(backs)
    return Letter(
        "updates/stages_changed",
        {
            "title": None if case.is_private else safe_line(case.title),
            "lawyer": case.lawyer.user.name,
            "update_url": None if case.is_private else page_url(case, get_locale()),
            "manage_url": links.manage_url(backs),
            "unsubscribe_url": unsubscribe,
        },
        unsubscribe_url=unsubscribe,
    )


@letter("updates.measure")
def measure(update: int, what: str) -> Letter | None:
    """To the lawyer: staff have taken one of their updates down, or put it back (`what`). None once that is undone."""
    found = db.session.get_one(Update, update)
    if (what == "taken_down") != (found.taken_down_at is not None):
        return None
    case, base, lang = found.case, str(current_app.config["AMICUS"].base_url), get_locale()
    return Letter(
        "updates/measure",
        {
            "title": None if case.is_private else safe_line(case.title),
            "what": what,
            "n": found.n,
            "reason": REASONS.get(found.taken_down_because),
            "log_url": base + alternate_url("takedowns", lang),
            "dashboard_url": base + alternate_url(f"dashboard/cases/{case.public_id}", lang) + "#updates",
        },
    )


@letter("updates.due")
def due(case: int, due_on: str, days: int) -> Letter | None:
    """A reminder, while that update is still owed and no later reminder is."""
    found = db.session.get_one(Case, case)
    duty = duties.of_many([found]).get(case)
    if duty is None or duty.due_on != date.fromisoformat(due_on) or duties.reminder(duty) != days:
        return None
    base, lang = str(current_app.config["AMICUS"].base_url), get_locale()
    return Letter(
        "updates/due",
        {
            "title": None if found.is_private else safe_line(found.title),
            "duty": duty,
            "may_say_unchanged": duties.unchanged_running(case) < duties.MOST_UNCHANGED,
            "dashboard_url": base + alternate_url(f"dashboard/cases/{found.public_id}", lang) + "#updates",
        },
    )
