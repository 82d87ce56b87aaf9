"""What can happen to a page while it is written: it is begun, and each part of it is saved by itself.

The first draft lacks everything; `missing` says what stands between it and a review.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import select

from app.audit.service import record
from app.cases import court_filing, instruction, kinds
from app.cases.labels import COSTS_RISKS, COURT_ZONES, INSURANCE, KINDS, PROSPECTS
from app.cases.models import Area, BudgetLine, Case, CaseStage
from app.cases.states import Visibility
from app.core import clock, ids, richtext
from app.core.errors import N_, Conflict, Invalid
from app.core.money import Money, fees_on, gross_up, percent_of
from app.core.text import word_count
from app.database import db
from app.i18n.locale import LANGUAGES
from app.lawyers.models import Lawyer
from app.settings.queries import in_force
from app.web.secret import secret_key

# Parts of a page, in the order in which they are asked for.
STEPS = ("visibility", "about", "parties", "story", "budget", "stages", "deadline")
FIXED = frozenset({"visibility", "stages"})  # have doors of their own once the page is live: no part of a change
MOST_LINES = 12
MOST_STAGES = 6  # after the first
LONGEST_PROSPECTS = 200  # words
SHORTEST_STORY = 50  # words
LONGEST_STORY = 20_000  # characters
CLOSES_AT = time(13)  # in the court's time zone: lawyers, backers and banks are awake


class NotEditable(Conflict):
    """The page is with a reviewer, or live."""

    message = N_("This page cannot be changed now.")


class BadChoice(Invalid):
    """A value that is not among those offered."""

    message = N_("Choose one of the answers.")


class NoLines(Invalid):
    """A budget without a line."""

    message = N_("Say what the money pays for, in at least one line.")
    field = "lines"


class DoesNotAddUp(Invalid):
    """The target is not the lines and the fees, to the penny."""

    message = N_("The target must equal the budget lines plus fees: %(right)s. You entered %(given)s.")
    field = "target"


class BadTarget(Invalid):
    """The target is outside the limits."""

    message = N_("The target must be between %(least)s and %(most)s. The lines and fees come to %(target)s.")
    field = "lines"


class StageLacks(Invalid):
    """A stage of the money without a title, a reason or an amount of its own."""

    message = N_("Each later stage needs a title, a reason and an amount.")
    field = "later"


class TooManyStages(Invalid):
    """More stages than a page has room for."""

    message = N_("There is room for %(most)s later stages.")
    field = "later"


class TooManyWords(Invalid):
    """A prospects note that is too long."""

    message = N_("Use %(most)s words or fewer. There are %(words)s so far.")
    field = "prospects_note"


class BadDeadline(Invalid):
    """Too soon or too far away."""

    message = N_("The deadline must be %(least)s to %(most)s days away, between %(first)s and %(last)s.")
    field = "deadline"


def open_case(lawyer: Lawyer, visibility: Visibility, lang: str, *, form_key: str = "") -> Case:
    """Begin a draft; a form that is sent twice, with the same `form_key`, begins one. Raises BadChoice.

    The draft's id follows from the key. Both sendings may arrive at once, so the second waits for the lawyer's row.
    """
    if lang not in LANGUAGES:
        raise BadChoice(field="lang")
    public_id = ids.public_id()
    if form_key:
        public_id = ids.derive(secret_key(), "case", f"{lawyer.id}:{form_key}", 1)[: len(public_id)]
        db.session.execute(select(Lawyer.id).where(Lawyer.id == lawyer.id).with_for_update())
        begun = db.session.scalar(select(Case).where(Case.public_id == public_id))
        if begun is not None:
            return begun
    case = Case(lawyer=lawyer, visibility=visibility, lang=lang, public_id=public_id)
    case.slug = case.public_id
    case.steps_done = STEPS[0]
    case.time_zone = current_app.config["AMICUS"].court_time_zone
    db.session.add(case)
    db.session.flush()
    record("case.opened", case, actor_id=lawyer.user_id)
    return case


def _mark(case: Case, step: str, *, done: bool) -> None:
    steps = {*filter(None, case.steps_done.split(","))} - {step} | ({step} if done else set())
    case.steps_done = ",".join(name for name in STEPS if name in steps)


def _edited(case: Case, step: str, *, done: bool) -> None:
    """Note that a part was saved, and whether it is complete."""
    _mark(case, step, done=done)
    case.version += 1
    case.updated_at = clock.now()


def _refuse_unless_editable(case: Case) -> None:
    if not case.is_editable:
        raise NotEditable()


def set_visibility(case: Case, visibility: Visibility, lang: str) -> None:
    """Who may see the page, and its language. Raises NotEditable, BadChoice."""
    _refuse_unless_editable(case)
    if case.change_of_id is not None:
        raise NotEditable()
    if lang not in LANGUAGES:
        raise BadChoice(field="lang")
    case.visibility, case.lang = visibility, lang
    _edited(case, "visibility", done=True)


def describe(case: Case, *, title: str, area: Area | None, kind: str | None) -> None:
    """Title, area of law and type. Raises NotEditable, BadChoice."""
    _refuse_unless_editable(case)
    if kind and kind not in KINDS:
        raise BadChoice(field="kind")
    case.title, case.area, case.kind = title, area, kind or None
    _edited(case, "about", done=bool(title and area and kind))
    # What must be said of the people, the court and the costs depends on the kind of case.
    _mark(case, "parties", done=_parties_are_told(case))
    _mark(case, "deadline", done=_deadline_is_told(case))


@dataclass(frozen=True)
class Parties:
    """Who is suing whom, where and for what, and whom it helps: which people, where, and about how many."""

    acting_for: str
    respondent: str
    court: str
    claim_number: str
    legal_stage: str
    cause_of_action: str
    relief_sought: str
    who_benefits: str
    benefits_place: str = ""
    benefits_number: int | None = None

    def is_complete_for(self, kind: str | None) -> bool:
        """Whether everything is there that this kind of case must say, and nothing that it does not say."""
        known = kinds.of(kind)
        if self.legal_stage not in known.stages:
            return False
        said = vars(self).items()
        return all(value or not known.needs(name, self.legal_stage) for name, value in said) and not any(
            value for name, value in said if name in known.skips
        )


def parties_of(case: Case) -> Parties:
    """What a case says of them."""
    return Parties(**{name: getattr(case, name) for name in Parties.__annotations__})


def set_parties(case: Case, parties: Parties) -> None:
    """Parties, court, stage, relief and who benefits; what this kind of case does not say is left out.

    Raises NotEditable, BadChoice.
    """
    _refuse_unless_editable(case)
    if parties.legal_stage and parties.legal_stage not in kinds.of(case.kind).stages:
        raise BadChoice(field="legal_stage")
    skipped = kinds.of(case.kind).skips
    for name, value in vars(parties).items():
        setattr(case, name, "" if name in skipped else value)
    case.benefits_number = parties.benefits_number or None
    _edited(case, "parties", done=_parties_are_told(case))


def state_instruction(case: Case, said: instruction.Statement) -> None:
    """How the client of now has instructed the lawyer. Raises NotEditable, and what `instruction.state` does."""
    _refuse_unless_editable(case)
    instruction.state(case, said, by_id=case.lawyer.user_id)
    _mark(case, "parties", done=_parties_are_told(case))


def _parties_are_told(case: Case) -> bool:
    """Whether all is said of them, and that the client has instructed the lawyer."""
    return parties_of(case).is_complete_for(case.kind) and instruction.standing(case) is not None


def tell_story(case: Case, summary: str, markdown: str) -> None:
    """Summary and story; the story is rendered and sanitised here, once. Raises NotEditable."""
    _refuse_unless_editable(case)
    rendered = richtext.render(markdown)
    case.summary, case.story_markdown = summary, markdown
    case.story_html, case.story_policy = rendered.html, rendered.policy_version
    _edited(case, "story", done=bool(summary) and word_count(markdown) >= SHORTEST_STORY)


@dataclass(frozen=True)
class Fees:
    """The fees inside a target, as the settings estimate them: hundredths of a per cent and what they come to."""

    platform_rate: int
    card_rate: int
    platform: Money
    card: Money

    @property
    def total(self) -> Money:
        return self.platform + self.card


def card_rate() -> int:
    """The card fee in hundredths of a per cent, its fixed part spread over a typical pledge."""
    settings = current_app.config["AMICUS"]
    return int(settings.card_fee_rate + -(-settings.card_fee_fixed * 10_000 // settings.typical_pledge))


def fees_in(target: Money) -> Fees:
    """The fees that a target has to cover."""
    platform_rate = int(current_app.config["AMICUS"].platform_fee_rate)
    return Fees(platform_rate, card_rate(), percent_of(target, platform_rate), fees_on(target, card_rate()))


def target_for(lines: Money) -> Money:
    """The target that leaves `lines` when its fees are paid, to the penny."""
    return gross_up(lines, current_app.config["AMICUS"].platform_fee_rate, card_rate())


@dataclass(frozen=True)
class Line:
    """One thing the money pays for."""

    label: str
    detail: str
    amount: Money


def _check_target(case: Case, lines: Sequence[Line]) -> Money:
    if not lines:
        raise NoLines()
    settings = in_force()
    right = target_for(sum((line.amount for line in lines), Money.zero(lines[0].amount.currency)))
    least, most = (Money(minor, right.currency) for minor in (settings.minimum_target, settings.maximum_target))
    if not least <= right <= most:
        raise BadTarget(least=least, most=most, target=right)
    court_filing.check_cap(case, right)
    return right


def set_budget(case: Case, lines: Sequence[Line], target: Money | None, *, whole: bool = True) -> None:
    """Budget and target; without a `target` it becomes what the lines and fees come to.

    A budget that is not `whole` yet may lack lines or be outside the limits; it has no target then. Raises
    NotEditable, NoLines, BadTarget, court_filing.AboveCap, DoesNotAddUp.
    """
    _refuse_unless_editable(case)
    right = None
    try:
        right = _check_target(case, lines)
    except (NoLines, BadTarget, court_filing.AboveCap):
        if whole:
            raise
    if target is not None and right is not None and target != right:
        raise DoesNotAddUp(right=right, given=target)
    # The old lines leave before the new ones come, which take over their positions.
    case.budget = []
    db.session.flush()
    case.budget = [
        BudgetLine(position=n, label=line.label, detail=line.detail, amount=line.amount)
        for n, line in enumerate(lines, start=1)
    ]
    case.target = right
    _edited(case, "budget", done=right is not None)


@dataclass(frozen=True)
class Stage:
    """One thing to raise money for. The first has no amount of its own: the initial target pays for it."""

    title: str
    reason: str
    amount: Money | None = None


def check_later(later: Sequence[Stage]) -> None:
    """Raise TooManyStages or StageLacks if these cannot follow the first stage."""
    if len(later) > MOST_STAGES:
        raise TooManyStages(most=MOST_STAGES)
    if not all(stage.title and stage.reason and stage.amount is not None for stage in later):
        raise StageLacks()


def plan_stages(case: Case, first: Stage, later: Sequence[Stage] = ()) -> None:
    """What the initial target pays for, and what the page raises money for after it, in order.

    Raises NotEditable, TooManyStages, StageLacks.
    """
    _refuse_unless_editable(case)
    if case.change_of_id is not None:
        raise NotEditable()
    check_later(later)
    case.stages = []
    db.session.flush()
    case.stages = [
        CaseStage(position=n, title=stage.title, reason=stage.reason, amount=stage.amount if n > 1 else None)
        for n, stage in enumerate((first, *later), start=1)
    ]
    _edited(case, "stages", done=bool(first.title and first.reason))


def deadline_on(day: date, zone: str) -> datetime:
    """The moment at which pledging closes on `day`."""
    return datetime.combine(day, CLOSES_AT, ZoneInfo(zone))


def deadline_limits(zone: str, on: date | None = None) -> tuple[date, date]:
    """The first and the last day on which a page may close that goes live `on` a day (today, if none is given)."""
    settings = in_force()
    today = on or clock.now().astimezone(ZoneInfo(zone)).date()
    return today + timedelta(days=settings.deadline_days_min), today + timedelta(days=settings.deadline_days_max)


def check_deadline(day: date, zone: str, *, on: date | None = None) -> None:
    """Raise BadDeadline if a page that goes live `on` a day (today, if none is given) may not close on `day`."""
    settings = in_force()
    first, last = deadline_limits(zone, on)
    if not first <= day <= last:
        raise BadDeadline(least=settings.deadline_days_min, most=settings.deadline_days_max, first=first, last=last)


@dataclass(frozen=True)
class CostsRisk:
    """Whether the losing side pays, with a cap or without, and what a backer should know. `cap` only for "capped".

    `insurance` is one of `labels.INSURANCE`, or empty where nobody has to pay.
    """

    risk: str
    cap: Money | None
    note: str
    insurance: str = ""


def set_deadline(case: Case, day: date | None, costs: CostsRisk, zone: str = "") -> None:
    """Deadline (None: not known yet), the time zone of the court, and costs risk.

    Without a `zone` the case keeps its own; a change keeps zone and deadline of the live page. Raises NotEditable,
    BadChoice, BadDeadline.
    """
    _refuse_unless_editable(case)
    is_change = case.change_of_id is not None
    zone = case.time_zone if is_change else zone
    zone = zone or case.time_zone
    if zone not in COURT_ZONES and zone != case.time_zone:
        raise BadChoice(field="time_zone")
    if costs.risk and costs.risk not in COSTS_RISKS:
        raise BadChoice(field="costs_risk")
    if costs.insurance and costs.insurance not in INSURANCE:
        raise BadChoice(field="costs_insurance")
    if day is not None and not is_change:
        check_deadline(day, zone)
    case.time_zone = zone
    if not is_change:
        case.deadline_at = deadline_on(day, zone) if day is not None else None
    case.costs_risk, case.costs_note = costs.risk, costs.note
    case.costs_cap = costs.cap if costs.risk == "capped" else None
    case.costs_insurance = costs.insurance if costs.risk in ("capped", "uncapped") else ""
    _edited(case, "deadline", done=_deadline_is_told(case))


@dataclass(frozen=True)
class Prospects:
    """How the case's lawyer sees its chances: of `labels.PROSPECTS`, and why, in LONGEST_PROSPECTS words at most."""

    scale: str
    note: str


def assess(case: Case, prospects: Prospects) -> None:
    """The lawyer's note on prospects, dated when its words change; who withholds it says nothing more.

    Raises NotEditable, BadChoice, TooManyWords.
    """
    _refuse_unless_editable(case)
    if prospects.scale and prospects.scale not in PROSPECTS:
        raise BadChoice(field="prospects")
    words = word_count(prospects.note)
    if words > LONGEST_PROSPECTS:
        raise TooManyWords(most=LONGEST_PROSPECTS, words=words)
    note = "" if prospects.scale == "withheld" else prospects.note
    if (case.prospects, case.prospects_note) != (prospects.scale, note):
        case.prospects_on = clock.now().astimezone(ZoneInfo(case.time_zone)).date() if prospects.scale else None
    case.prospects, case.prospects_note = prospects.scale, note
    _edited(case, "deadline", done=_deadline_is_told(case))


def note_is_needed(kind: str | None, risk: str) -> bool:
    """Whether backers must be told in words what the losing side pays, and whether there is insurance."""
    return risk in ("capped", "uncapped") and kinds.of(kind).has_costs


def prospects_are_told(scale: str, note: str) -> bool:
    """Whether a note on prospects is whole: a place on the scale with its reasons, or withheld in those words."""
    return scale == "withheld" or bool(scale and note)


def _deadline_is_told(case: Case) -> bool:
    capped = case.costs_cap is not None or case.costs_risk != "capped"
    told = bool(case.costs_note and case.costs_insurance) or not note_is_needed(case.kind, case.costs_risk)
    seen = prospects_are_told(case.prospects, case.prospects_note)
    return bool(case.deadline_at and case.costs_risk and capped and told and seen)


def missing(case: Case) -> list[str]:
    """The parts that are not complete, in order; a deadline that came too near counts, a target that has become too
    high for what is proved of the filing, and a proof of instruction that is not of this client and lawyer.
    """
    done = case.steps_done.split(",")
    left = {step for step in STEPS if step not in done}
    if case.change_of_id is not None:
        left -= FIXED
    elif case.deadline_at is not None and not _deadline_is_good(case):
        left.add("deadline")
    if case.target is not None and not court_filing.fits(case, case.target):
        left.add("budget")
    if "parties" not in left and case.is_editable and instruction.standing(case) is None:
        left.add("parties")
    return [step for step in STEPS if step in left]


def _deadline_is_good(case: Case) -> bool:
    assert case.deadline_at is not None
    try:
        check_deadline(case.deadline_at.astimezone(ZoneInfo(case.time_zone)).date(), case.time_zone)
    except BadDeadline:
        return False
    return True
