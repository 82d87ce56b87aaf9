"""Cases as cards on a list: the case, its lawyer and its totals brought together with three queries, however many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext as _

from app.cases import court_filing
from app.cases.labels import STATES
from app.cases.models import Case
from app.cases.states import CaseState
from app.core import clock
from app.core.money import Money
from app.pledges.queries import totals_of

SOON = timedelta(days=5)


@dataclass(frozen=True)
class CaseCard:
    """What the card macro shows. `percent` is of the target; `days_left` is None when no pledge can join; `filing` says
    how the case stands with the court.
    """

    url: str
    title: str
    summary: str
    area_name: str
    area_art: str
    lawyer_name: str
    firm: str
    pledged: Money
    target: Money
    percent: int
    backers: int
    days_left: int | None
    state_label: str
    state_kind: str
    is_met: bool
    filing: str


def of(cases: Sequence[Case], lang: str) -> list[CaseCard]:
    """Cards of published cases, in their order."""
    totals = totals_of([case.id for case in cases])
    cards = []
    for case in cases:
        assert case.area is not None
        sums = totals[case.id]
        label, kind = state_tag(case, sums.is_met)
        cards.append(
            CaseCard(
                url=url_for("cases.detail", slug=case.slug),
                title=case.title,
                summary=case.summary,
                area_name=case.area.name(lang),
                area_art=case.area.art,
                lawyer_name=case.lawyer.user.name,
                firm=case.lawyer.firm,
                pledged=sums.pledged,
                target=sums.target,
                percent=sums.percent,
                backers=sums.backers,
                days_left=_days_left(case),
                state_label=label,
                state_kind=kind,
                is_met=sums.is_met,
                filing=court_filing.badge(case).words,
            )
        )
    return cards


def _days_left(case: Case) -> int | None:
    if case.deadline_at is None or not case.takes_pledges(clock.now()):
        return None
    zone = ZoneInfo(case.time_zone)
    return (case.deadline_at.astimezone(zone).date() - clock.now().astimezone(zone).date()).days


def state_tag(case: Case, is_met: bool) -> tuple[str, str]:
    """Words and colour of the tag of a published case; none for one that is simply open."""
    if case.state == CaseState.UNFUNDED:
        return _("Target not met"), "line"
    if case.state == CaseState.CONCLUDED:
        return str(STATES[CaseState.CONCLUDED]), "line"
    if case.suspended_at:
        return _("Paused"), "red"
    if case.state == CaseState.FUNDED or is_met:
        return _("Target met"), "green"
    left = case.deadline_at - clock.now() if case.deadline_at is not None else None
    if case.state == CaseState.CLOSING or (left is not None and left < timedelta(0)):
        return _("Counting pledges"), "amber"
    if left is not None and left <= SOON:
        return _("Closing soon"), "amber"
    return "", ""
