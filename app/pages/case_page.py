"""A case's page: all that it shows beyond its own row, with six queries, whether it has files or not."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask_babel import LazyString
from flask_babel import gettext as _
from markupsafe import Markup

from app.cases import court_filing, kinds, stages, videos
from app.cases import files as case_files
from app.cases import queries as cases
from app.cases.court_filing import Badge
from app.cases.kinds import Kind
from app.cases.labels import DOCUMENTS, INSURANCE, KINDS, LEGAL_STAGES, PROSPECTS
from app.cases.models import Case, CaseDocument, CasePicture, CaseStageChange
from app.cases.restrictions import is_withheld
from app.cases.stages import Standing
from app.cases.states import CaseState
from app.core import clock
from app.core.money import Money
from app.i18n.locale import LANGUAGES, direction, get_locale
from app.lawyers.queries import LawyerCard
from app.lawyers.queries import card as lawyer_card
from app.pages import cards
from app.pledges import queries
from app.pledges.queries import BackerLine, Totals
from app.updates import citations, duties
from app.updates import queries as updates
from app.updates.duties import Duty
from app.updates.labels import OUTCOME_TAGS, OUTCOMES
from app.updates.models import Outcome
from app.updates.queries import UpdateLine
from app.web import qr

ON_PAGE = 20  # backers; the others stand on pages of their own
UPDATES_ON_PAGE = 5
FEWEST_FOR_CHART = 5  # below that a line tells who gave what
A_WEEK = timedelta(days=7)


class Phase(StrEnum):
    """What a visitor can do here now, and why: the case's state, its deadline and its suspension in one word."""

    BEFORE = "before"  # not published yet
    OPEN = "open"  # takes pledges, which are charged if the target is met
    MET = "met"  # the target is met; takes pledges, which are charged at once
    PAUSED = "paused"
    COUNTING = "counting"  # between the deadline and the verdict
    UNFUNDED = "unfunded"
    ENDED = "ended"  # the target was met; takes no more pledges
    CONCLUDED = "concluded"


@dataclass(frozen=True)
class Chart:
    """The pledged sum day by day, in minor units; `points` begin with the nothing before the first day.

    `y_marks` go from the top down to zero, `x_marks` from the first day to the last; `weeks` say the same for a table.
    """

    points: list[int]
    top: int
    y_marks: list[Money]
    x_marks: list[date]
    weeks: list[tuple[date, Money]]
    is_current: bool


@dataclass(frozen=True)
class Ending:
    """How the case ended. `tag` is words, colour and icon; `citation_url` is empty where there is none."""

    outcome: Outcome
    headline: str
    tag: tuple[LazyString, str, str]
    citation_url: str


@dataclass(frozen=True)
class CasePage:
    """What the page shows. `budget` holds (label, detail, amount), the fees last, and adds up to the target.

    `is_met` is the verdict: it stands even if single pledges fail later. `tag` is words and colour, or empty.
    `totals` is None while there is no target, `days_left` when no pledge can join any more. `urls` are the absolute
    addresses by language, `share_url` that of the present one; both are empty for what is private or not published.
    `pictures` are those that are ready, but for the cover; `video` is a site and an address there, both empty for none.
    `first_try` is the case that this one tries again, `next_try` the other way round; only public pages are named.
    `updates` are the latest, without the words of those for backers; `duty` is the next one that is owed. `words` has
    what this type of case calls things; `stages` are what the money is raised for, `stage_changes` what they were once.
    `badge` says how the case stands with the court.
    """

    phase: Phase
    is_met: bool
    tag: tuple[str, str]
    stage: LazyString | None
    kind: LazyString | None
    words: Kind
    direction: str
    lawyer: LawyerCard
    totals: Totals | None
    days_left: int | None
    ended_at: datetime | None
    budget: list[tuple[str, str, Money]]
    backers: list[BackerLine]
    has_more_backers: bool
    chart: Chart | None
    urls: dict[str, str]
    share_url: str
    updates: list[UpdateLine]
    has_more_updates: bool
    duty: Duty | None
    ending: Ending | None
    first_try: Case | None
    next_try: Case | None
    documents: list[CaseDocument]
    cover: CasePicture | None
    pictures: list[CasePicture]
    video: tuple[str, str]
    insurance: LazyString | None
    prospects: LazyString | None
    stages: list[Standing]
    stage_changes: list[CaseStageChange]
    badge: Badge

    @property
    def document_kinds(self) -> dict[str, LazyString]:
        """What the kinds of documents are called."""
        return DOCUMENTS

    @property
    def next_stage(self) -> Standing | None:
        """What the page raises for beyond its initial target, once that is met."""
        return next((stage for stage in self.stages if stage.is_next and stage.position > 1), None)

    @property
    def update_count(self) -> int:
        """How many updates there are: the last one's number."""
        return self.updates[0].n if self.updates else 0

    @property
    def takes_pledges(self) -> bool:
        """Whether "Back this case" leads anywhere."""
        return self.phase in (Phase.OPEN, Phase.MET)

    @property
    def qr(self) -> Markup:
        """The address as a drawing, black on white."""
        return qr_code(self.share_url)


def of(case: Case) -> CasePage:
    """The page of `case` in any state, in the present language."""
    phase = phase_of(case)
    totals = _totals(case)
    backers = queries.wall(case.id, limit=ON_PAGE + 1) if totals and totals.backers else []
    is_met = case.state in (CaseState.FUNDED, CaseState.CONCLUDED)
    posted = updates.timeline(case, as_backer=False, limit=UPDATES_ON_PAGE + 1) if case.is_published else []
    rows, changes = stages.told(case)
    shared = case.is_published and not case.is_private
    papers, drawn = case_files.documents(case), case_files.pictures(case)
    if case.is_published:
        papers = [one for one in papers if not is_withheld(case, one)]
        drawn = [one for one in drawn if not is_withheld(case, one)]
    pictures = [one for one in drawn if one.variants]
    urls = {lang: cases.page_url(case, lang) for lang in LANGUAGES} if shared else {}
    return CasePage(
        phase=phase,
        is_met=is_met,
        tag=cards.state_tag(case, is_met) if case.is_published else ("", ""),
        stage=LEGAL_STAGES.get(case.legal_stage),
        kind=KINDS.get(case.kind or ""),
        words=kinds.of(case.kind),
        direction=direction(case.lang),
        lawyer=lawyer_card(case.lawyer),
        totals=totals,
        days_left=_days_left(case, phase),
        ended_at=case.closed_at or case.raising_ended_at or case.deadline_at,
        budget=budget_of(case),
        backers=backers[:ON_PAGE],
        has_more_backers=len(backers) > ON_PAGE,
        chart=_chart(case) if totals and totals.backers >= FEWEST_FOR_CHART else None,
        urls=urls,
        share_url=urls.get(get_locale(), ""),
        updates=posted[:UPDATES_ON_PAGE],
        has_more_updates=len(posted) > UPDATES_ON_PAGE,
        duty=duties.of(case, posted[0].at if posted else None),
        ending=_ending(case),
        first_try=cases.first_try(case),
        next_try=cases.next_try(case),
        documents=papers,
        cover=next((one for one in pictures if one.is_cover), None),
        pictures=[one for one in pictures if not one.is_cover],
        video=(videos.site_of(case.video), videos.url_of(case.video)),
        insurance=INSURANCE.get(case.costs_insurance),
        prospects=PROSPECTS.get(case.prospects),
        stages=stages.standings(case, rows, totals.pledged if totals and case.is_published else None),
        stage_changes=changes,
        badge=court_filing.badge(case),
    )


def _ending(case: Case) -> Ending | None:
    outcome = updates.outcome_of(case) if case.state == CaseState.CONCLUDED else None
    if outcome is None:
        return None
    return Ending(
        outcome=outcome,
        headline=updates.headline(outcome, case),
        tag=(OUTCOMES[outcome.code], *OUTCOME_TAGS[outcome.code]),
        citation_url=citations.url_of(outcome.citation),
    )


def phase_of(case: Case) -> Phase:
    """What a visitor can do on the page of `case` now."""
    final = {CaseState.UNFUNDED: Phase.UNFUNDED, CaseState.CONCLUDED: Phase.CONCLUDED}.get(CaseState(case.state))
    if final or not case.is_published:
        return final or Phase.BEFORE
    if case.suspended_at:
        return Phase.PAUSED
    is_funded = case.state == CaseState.FUNDED
    if case.takes_pledges(clock.now()):
        return Phase.MET if is_funded else Phase.OPEN
    return Phase.ENDED if is_funded else Phase.COUNTING


def _totals(case: Case) -> Totals | None:
    if case.target is None:
        return None
    if case.is_published:
        return queries.totals(case)
    nothing = Money.zero(case.target.currency)
    return Totals(nothing, nothing, nothing, 0, 0, case.target)


def _days_left(case: Case, phase: Phase) -> int | None:
    if case.deadline_at is None or phase not in (Phase.BEFORE, Phase.OPEN, Phase.MET, Phase.PAUSED):
        return None
    zone = ZoneInfo(case.time_zone)
    days = (case.deadline_at.astimezone(zone).date() - clock.now().astimezone(zone).date()).days
    return days if clock.now() <= case.deadline_at else None


def budget_of(case: Case) -> list[tuple[str, str, Money]]:
    """What the money pays for, as (label, detail, amount), the fees last."""
    items = [(line.label, line.detail, line.amount) for line in case.budget]
    if not items or case.target is None:
        return items
    fees = case.target - sum((amount for _label, _detail, amount in items), Money.zero(case.target.currency))
    if fees.minor > 0:
        detail = _("What card payments cost and what this site keeps, as estimated when the target was set")
        items.append((_("Fees"), detail, fees))
    return items


def _chart(case: Case) -> Chart | None:
    series = dict(queries.daily(case))
    if not series or case.target is None or case.deadline_at is None:
        return None
    today = clock.now().date()
    first = min(series) if case.opened_at is None else min(min(series), case.opened_at.date())
    last = max(max(series), min(today, case.deadline_at.date()))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    points = [0]
    for day in days:
        points.append(series.get(day, points[-1]))
    step = _step(max(*points, case.target.minor))
    currency = case.target.currency
    return Chart(
        points=points,
        top=4 * step,
        y_marks=[Money(n * step, currency) for n in range(4, -1, -1)],
        x_marks=sorted({first, days[len(days) // 2], last}),
        weeks=[(day, Money(points[n], currency)) for n, day in enumerate(days, 1) if n % 7 == 0 or day == last],
        is_current=last == today,
    )


def _step(most: int) -> int:
    """The smallest round number of which four reach `most`."""
    least = max(-(-most // 4), 100)
    size = int(10 ** (len(str(least)) - 1))
    return next(n * size for n in (1, 2, 3, 4, 5, 6, 8, 10) if n * size >= least)


@lru_cache(maxsize=512)
def qr_code(address: str) -> Markup:
    """`address` as a QR code, see `app.web.qr`."""
    return qr.qr_code(address)
