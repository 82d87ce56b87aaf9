"""Letters to the lawyer who runs a case. Each reads the case as it is when the letter is sent; what is no longer true
is not sent.

A letter about a private case names neither its title nor anything that was written about it: whoever reads the
lawyer's mail learns only that there is a page. The button leads to where one must sign in.
"""

from typing import Any

from flask import current_app

from app.cases.models import Case
from app.cases.queries import page_url
from app.cases.states import CaseState
from app.core import clock
from app.core.text import safe_line
from app.database import db
from app.i18n.locale import alternate_url, get_locale
from app.mail.outbox import Letter, letter


def _letter(template: str, case: Case, **values: Any) -> Letter:
    lang = get_locale()
    base = str(current_app.config["AMICUS"].base_url)
    return Letter(
        f"cases/{template}",
        {
            "title": None if case.is_private else safe_line(case.title),
            "is_private": case.is_private,
            "case_url": page_url(case, lang) if case.is_published and not case.is_private else None,
            "dashboard_url": base + alternate_url(f"dashboard/cases/{case.public_id}", lang),
            "target": case.target,
            "deadline_at": case.deadline_at,
            "time_zone": case.time_zone,
            **values,
        },
    )


def _in(case_id: int, state: CaseState) -> Case | None:
    """The case, if it is in `state`."""
    case = db.session.get_one(Case, case_id)
    return case if case.state == state else None


def _decided(template: str, case_id: int, state: CaseState) -> Letter | None:
    """A letter about a reviewer's decision, with what they wrote to the lawyer unless the case is private."""
    case = _in(case_id, state)
    if case is None:
        return None
    comment = case.reviews[-1].comment if case.reviews else ""
    return _letter(template, case, has_comment=bool(comment), comment="" if case.is_private else comment)


@letter("cases.submitted")
def submitted(case: int) -> Letter | None:
    found = _in(case, CaseState.IN_REVIEW)
    return _letter("submitted", found) if found else None


@letter("cases.changes_requested")
def changes_requested(case: int) -> Letter | None:
    return _decided("changes_requested", case, CaseState.CHANGES_REQUESTED)


@letter("cases.approved")
def approved(case: int) -> Letter | None:
    return _decided("approved", case, CaseState.APPROVED)


@letter("cases.declined")
def declined(case: int) -> Letter | None:
    return _decided("declined", case, CaseState.DECLINED)


@letter("cases.published")
def published(case: int) -> Letter | None:
    found = db.session.get_one(Case, case)
    return _letter("published", found) if found.takes_pledges(clock.now()) else None


@letter("cases.target_met")
def target_met(case: int) -> Letter | None:
    found = db.session.get_one(Case, case)
    if found.funded_at is None:
        return None
    return _letter("target_met", found, goes_on=found.takes_pledges(clock.now()))


@letter("cases.target_missed")
def target_missed(case: int) -> Letter | None:
    found = _in(case, CaseState.UNFUNDED)
    return _letter("target_missed", found) if found else None


@letter("cases.ended_early")
def ended_early(case: int) -> Letter | None:
    found = _in(case, CaseState.UNFUNDED)
    if found is None or found.ended_early_at is None:
        return None
    reason = "" if found.is_private else found.ended_early_because
    return _letter("ended_early", found, by=found.ended_early_by, reason=reason)
