"""Letters to backers. Each reads the pledge as it is when the letter is sent; what is no longer true is not sent.

A letter about a private case names neither its title nor its address.
"""

import math
from datetime import timedelta
from typing import Any

from flask import current_app

from app.accounts import by_letter
from app.cases.models import CaseVersion
from app.cases.queries import page_url
from app.cases.states import CaseState
from app.core import clock
from app.database import db
from app.i18n.locale import alternate_url, get_locale
from app.mail.outbox import Letter, letter
from app.pledges import collection, links, service
from app.pledges.models import Pledge
from app.pledges.states import FAILING, PledgeState


def _letter(template: str, pledge: Pledge, **values: Any) -> Letter:
    case = pledge.case
    return Letter(
        f"pledges/{template}",
        {
            "pledge": pledge,
            "title": None if case.is_private else case.title,
            "case_url": None if case.is_private else page_url(case, pledge.lang),
            "target": case.target,
            "deadline_at": case.deadline_at,
            "time_zone": case.time_zone,
            "manage_url": links.manage_url(pledge),
            **values,
        },
    )


def _in(pledge_id: int, *states: PledgeState) -> Pledge | None:
    """The pledge, if it is in one of `states`."""
    pledge = db.session.get_one(Pledge, pledge_id)
    return pledge if pledge.state in states else None


@letter("pledges.thanks")
def thanks(pledge: int) -> Letter | None:
    S = PledgeState
    found = _in(pledge, S.PLEDGED, S.DUE, S.CHARGING, S.RETRY, S.ACTION_REQUIRED, S.COLLECTED)
    if found is None:
        return None
    until = service.withdrawable_until(found)
    can_withdraw = until is not None and clock.now() <= until
    return _letter("thanks", found, is_met=found.case.state == CaseState.FUNDED, until=until if can_withdraw else None)


@letter("pledges.changed")
def changed(pledge: int) -> Letter | None:
    found = _in(pledge, PledgeState.PLEDGED)
    return _letter("changed", found) if found else None


@letter("pledges.page_changed")
def page_changed(pledge: int, version: int) -> Letter | None:
    """A material change: what it is, and until when the backer may decide again. Of a private page only that."""
    found, change = _in(pledge, PledgeState.PLEDGED), db.session.get_one(CaseVersion, version)
    until = change.withdraw_until
    if found is None or until is None or clock.now() > until:
        return None
    history_url = None if found.case.is_private else f"{page_url(found.case, found.lang)}/history"
    note = "" if found.case.is_private else change.note
    return _letter("page_changed", found, until=until, note=note, history_url=history_url)


@letter("pledges.withdrawn")
def withdrawn(pledge: int) -> Letter | None:
    found = _in(pledge, PledgeState.WITHDRAWN)
    return _letter("withdrawn", found) if found else None


@letter("pledges.target_met")
def target_met(pledge: int) -> Letter | None:
    found = _in(pledge, PledgeState.DUE, PledgeState.CHARGING)
    return _letter("target_met", found) if found else None


@letter("pledges.receipt")
def receipt(pledge: int) -> Letter | None:
    found = _in(pledge, PledgeState.COLLECTED)
    return _letter("receipt", found) if found else None


@letter("pledges.card_failed")
def card_failed(pledge: int, attempt: int) -> Letter | None:
    return _failing("card_failed", pledge, attempt)


@letter("pledges.approve_payment")
def approve_payment(pledge: int, attempt: int) -> Letter | None:
    return _failing("approve_payment", pledge, attempt)


def _failing(template: str, pledge_id: int, attempt: int) -> Letter | None:
    """A letter about a failed try, while it is the last one and the pledge still fails."""
    found = _in(pledge_id, *FAILING)
    if found is None or found.attempts[-1].n != attempt or found.next_at is None or found.next_at <= clock.now():
        return None
    lapses_at = collection.lapses_at(found)
    days_left = math.ceil((lapses_at - clock.now()) / timedelta(days=1))
    next_at = found.next_at if found.state == PledgeState.RETRY else None
    return _letter(template, found, lapses_at=lapses_at, days_left=days_left, next_at=next_at)


@letter("pledges.lapsed")
def lapsed(pledge: int) -> Letter | None:
    found = _in(pledge, PledgeState.LAPSED)
    return _letter("lapsed", found) if found else None


@letter("pledges.target_missed")
def target_missed(pledge: int) -> Letter | None:
    found = _in(pledge, PledgeState.RELEASED)
    return _letter("target_missed", found) if found else None


@letter("pledges.ended_early")
def ended_early(pledge: int) -> Letter | None:
    found = _in(pledge, PledgeState.RELEASED)
    if found is None:
        return None
    case = found.case
    reason = "" if case.is_private else case.ended_early_because
    return _letter("ended_early", found, by=case.ended_early_by, reason=reason)


@letter("pledges.too_late")
def too_late(pledge: int) -> Letter | None:
    found = _in(pledge, PledgeState.ABANDONED)
    return _letter("too_late", found) if found else None


@letter("pledges.claim")
def claim(link: int) -> Letter | None:
    """To an address that somebody named in their account: it carries no name and says nothing about the pledges."""
    found = by_letter.working(link)
    if found is None:
        return None
    base, token = str(current_app.config["AMICUS"].base_url), by_letter.token_of(found)
    hours = int(by_letter.KINDS[found.kind].lasts.total_seconds() // 3600)
    return Letter("pledges/claim", {"url": base + alternate_url(f"me/claim/{token}", get_locale()), "hours": hours})
