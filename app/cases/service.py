"""What can happen to a case: it is opened, written, sent in, decided on, published, funded or not, and ended.

The first draft lacks everything; each part of the page is saved by itself, and `missing` says what stands between it
and a review. A page goes live by two people: a verified lawyer sends it in, somebody else approves it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.accounts.models import User
from app.audit.service import record
from app.cases import client, fields
from app.cases.client import Client
from app.cases.labels import COSTS_RISKS, FILED_STAGES, KINDS, KINDS_WITH_COSTS_RISK, LEGAL_STAGES, REFUSALS
from app.cases.models import Area, BudgetLine, Case, CaseGrant, CaseReview, ClientConsent, ReviewComment
from app.cases.moves import IllegalMove as IllegalMove
from app.cases.moves import held as held
from app.cases.moves import move as _move
from app.cases.states import CaseState, Visibility
from app.core import clock, ids, richtext
from app.core.errors import N_, Conflict, Invalid
from app.core.money import Money, fees_on, gross_up, percent_of
from app.core.text import slugify, word_count
from app.database import db
from app.i18n.locale import LANGUAGES
from app.lawyers.models import Lawyer
from app.mail.outbox import post

# Parts of a page, in the order in which they are asked for.
STEPS = ("visibility", "about", "parties", "story", "budget", "deadline")
MOST_LINES = 12
SHORTEST_STORY = 50  # words
LONGEST_STORY = 20_000  # characters
NO_SLUGS = ("new",)  # /cases/new is the form
CLOSES_AT = time(13)  # in the court's time zone: lawyers, backers and banks are awake


class NotEditable(Conflict):
    """The page is with a reviewer, or live."""

    message = N_("This page cannot be changed now.")


class NotVerified(Conflict):
    """Only verified lawyers send pages in and publish them."""

    message = N_("Your verification must be complete before the page can go to a reviewer or live.")


class NotComplete(Conflict):
    """Parts of the page are missing."""

    message = N_("Some parts of the page are not complete yet.")


class OwnCase(Conflict):
    """Nobody decides on their own case."""

    message = N_("You cannot decide on your own case. Somebody else must.")


class NoReason(Invalid):
    """A request for changes or a refusal without a word to the lawyer."""

    message = N_("Tell the lawyer why, in a sentence or more.")
    field = "comment"


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


class NoLinks(Conflict):
    """Links are for private pages that are live."""

    message = N_("Only a private page that is live has links.")


class BadDeadline(Invalid):
    """Too soon or too far away."""

    message = N_("The deadline must be %(least)s to %(most)s days away, between %(first)s and %(last)s.")
    field = "deadline"


# ---------------------------------------------------------------- writing the page
def open_case(lawyer: Lawyer, visibility: Visibility, lang: str, *, form_key: str = "") -> Case:
    """Begin a draft; a form that is sent twice, with the same `form_key`, begins one. Raises BadChoice.

    The draft's id follows from the key. Both sendings may arrive at once, so the second waits for the lawyer's row.
    """
    if lang not in LANGUAGES:
        raise BadChoice(field="lang")
    public_id = ids.public_id()
    if form_key:
        public_id = ids.derive(_key(), "case", f"{lawyer.id}:{form_key}", 1)[: len(public_id)]
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


def _key() -> bytes:
    return str(current_app.config["SECRET_KEY"]).encode()


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
    # What must be said of the costs depends on the kind of case.
    _mark(case, "deadline", done=_deadline_is_told(case))


@dataclass(frozen=True)
class Parties:
    """Who is suing whom, where and for what."""

    acting_for: str
    respondent: str
    court: str
    claim_number: str
    legal_stage: str
    cause_of_action: str
    relief_sought: str
    who_benefits: str

    @property
    def is_complete(self) -> bool:
        """Whether everything is there; a claim number only once something is filed."""
        filed = self.legal_stage in FILED_STAGES
        return all(value for name, value in vars(self).items() if name != "claim_number" or filed)


def set_parties(case: Case, parties: Parties) -> None:
    """Parties, court, stage, relief and who benefits. Raises NotEditable, BadChoice."""
    _refuse_unless_editable(case)
    if parties.legal_stage and parties.legal_stage not in LEGAL_STAGES:
        raise BadChoice(field="legal_stage")
    for name, value in vars(parties).items():
        setattr(case, name, value)
    _edited(case, "parties", done=parties.is_complete)


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


def _check_target(lines: Sequence[Line]) -> Money:
    if not lines:
        raise NoLines()
    settings = current_app.config["AMICUS"]
    right = target_for(sum((line.amount for line in lines), Money.zero(lines[0].amount.currency)))
    least, most = (Money(minor, right.currency) for minor in (settings.minimum_target, settings.maximum_target))
    if not least <= right <= most:
        raise BadTarget(least=least, most=most, target=right)
    return right


def set_budget(case: Case, lines: Sequence[Line], target: Money | None, *, whole: bool = True) -> None:
    """Budget and target; without a `target` it becomes what the lines and fees come to.

    A budget that is not `whole` yet may lack lines or stay below the limits; it has no target then. Raises
    NotEditable, NoLines, BadTarget, DoesNotAddUp.
    """
    _refuse_unless_editable(case)
    right = None
    try:
        right = _check_target(lines)
    except (NoLines, BadTarget):
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


def deadline_on(day: date, zone: str) -> datetime:
    """The moment at which pledging closes on `day`."""
    return datetime.combine(day, CLOSES_AT, ZoneInfo(zone))


def deadline_limits(zone: str) -> tuple[date, date]:
    """The first and the last day on which a page that goes live today may close."""
    settings = current_app.config["AMICUS"]
    today = clock.now().astimezone(ZoneInfo(zone)).date()
    return today + timedelta(days=settings.deadline_days_min), today + timedelta(days=settings.deadline_days_max)


def check_deadline(day: date, zone: str) -> None:
    """Raise BadDeadline if a page that goes live today may not close on `day`."""
    settings = current_app.config["AMICUS"]
    first, last = deadline_limits(zone)
    if not first <= day <= last:
        raise BadDeadline(least=settings.deadline_days_min, most=settings.deadline_days_max, first=first, last=last)


@dataclass(frozen=True)
class CostsRisk:
    """Whether the losing side pays, with a cap or without, and what a backer should know. `cap` only for "capped"."""

    risk: str
    cap: Money | None
    note: str


def set_deadline(case: Case, day: date | None, costs: CostsRisk) -> None:
    """Deadline (None: not known yet) and costs risk. Raises NotEditable, BadChoice, BadDeadline."""
    _refuse_unless_editable(case)
    if costs.risk and costs.risk not in COSTS_RISKS:
        raise BadChoice(field="costs_risk")
    if day is not None:
        check_deadline(day, case.time_zone)
    case.deadline_at = deadline_on(day, case.time_zone) if day is not None else None
    case.costs_risk, case.costs_note = costs.risk, costs.note
    case.costs_cap = costs.cap if costs.risk == "capped" else None
    _edited(case, "deadline", done=_deadline_is_told(case))


def note_is_needed(kind: str | None, risk: str) -> bool:
    """Whether backers must be told in words what the losing side pays."""
    return risk in ("capped", "uncapped") and kind in KINDS_WITH_COSTS_RISK


def _deadline_is_told(case: Case) -> bool:
    capped = case.costs_cap is not None or case.costs_risk != "capped"
    told = bool(case.costs_note) or not note_is_needed(case.kind, case.costs_risk)
    return bool(case.deadline_at and case.costs_risk and capped and told)


def missing(case: Case) -> list[str]:
    """The parts that are not complete, in order; a deadline that came too near counts."""
    done = case.steps_done.split(",")
    left = [step for step in STEPS if step not in done]
    if case.deadline_at is not None and "deadline" not in left and not _deadline_is_good(case):
        left.append("deadline")
    return left


def _deadline_is_good(case: Case) -> bool:
    assert case.deadline_at is not None
    try:
        check_deadline(case.deadline_at.astimezone(ZoneInfo(case.time_zone)).date(), case.time_zone)
    except BadDeadline:
        return False
    return True


# ---------------------------------------------------------------- review
def ask_client(case: Case, whom: Client, *, form_key: str = "") -> ClientConsent:
    """Ask the client whether the page may be published. Raises NotVerified, NotComplete, and what `client.ask` does."""
    case = held(case)
    if not case.lawyer.is_verified:
        raise NotVerified(N_("Your verification must be complete before we write to your client."))
    if case.is_editable and missing(case):
        raise NotComplete()
    return client.ask(case, whom, form_key=form_key)


def submit(case: Case) -> None:
    """Send the page to review; a second time is quiet. Raises NotVerified, NotComplete, IllegalMove.

    A client whose answer no longer fits the page is asked again.
    """
    case = held(case)
    if not case.lawyer.is_verified:
        raise NotVerified()
    if case.is_editable and missing(case):
        raise NotComplete()
    if _move(case, CaseState.IN_REVIEW):
        case.submitted_at = clock.now()
        record("case.submitted", case, actor_id=case.lawyer.user_id)
        _tell_lawyer(case, "submitted")
        client.ask_again(case)


def _decide(
    case: Case,
    reviewer: User,
    decision: str,
    state: CaseState,
    comment: str,
    seen: int | None,
    *,
    code: str = "",
    comments: Mapping[str, str] | None = None,
) -> bool:
    case = held(case)
    if case.lawyer.user_id == reviewer.id:
        raise OwnCase()
    if case.state == CaseState.IN_REVIEW and seen not in (None, case.version):
        # Somebody else gave the page back meanwhile, and it came in again with other words.
        raise IllegalMove()
    if case.state == state:
        return False
    if case.state != CaseState.IN_REVIEW:  # an approved page goes back to the lawyer too, but not by a reviewer
        raise IllegalMove()
    if state == CaseState.APPROVED:
        client.require(case)
    _move(case, state)
    review = CaseReview(case_id=case.id, reviewer_id=reviewer.id, decision=decision, code=code, comment=comment)
    review.comments = [
        ReviewComment(field=name, said=fields.said(case, name), comment=words)
        for name, words in (comments or {}).items()
    ]
    db.session.add(review)
    record(f"case.{decision}", case, actor_id=reviewer.id, **({"code": code} if code else {}))
    _tell_lawyer(case, str(state))
    return True


# Each decision may name the version of the page that the reviewer has seen (`seen`), and says whether it was the
# first; one that repeats what was decided already is quiet.
def approve(case: Case, reviewer: User, comment: str = "", *, seen: int | None = None) -> bool:
    """Let the lawyer publish the page. Raises OwnCase, NotVerified, client.NoConsent, IllegalMove."""
    if not case.lawyer.is_verified:
        raise NotVerified(N_("The lawyer’s verification must be complete before the page can be approved."))
    return _decide(case, reviewer, "approve", CaseState.APPROVED, comment, seen)


def request_changes(
    case: Case,
    reviewer: User,
    comment: str,
    *,
    comments: Mapping[str, str] | None = None,
    seen: int | None = None,
) -> bool:
    """Give the page back with a comment, or with comments on parts of it (by name in `fields.FIELDS`), or both.

    Raises OwnCase, NoReason, BadChoice, IllegalMove.
    """
    comments = _checked(comments)
    if not comment.strip() and not comments:
        raise NoReason()
    state = CaseState.CHANGES_REQUESTED
    return _decide(case, reviewer, "request_changes", state, comment, seen, comments=comments)


def decline(
    case: Case,
    reviewer: User,
    comment: str,
    *,
    code: str = "other",
    comments: Mapping[str, str] | None = None,
    seen: int | None = None,
) -> bool:
    """Turn the page down for good, for one of the published reasons (`code`, in `labels.REFUSALS`) and in words.

    Raises OwnCase, NoReason, BadChoice, IllegalMove.
    """
    if code not in REFUSALS:
        raise BadChoice(field="code")
    comments = _checked(comments)
    if not comment.strip():
        raise NoReason()
    return _decide(case, reviewer, "decline", CaseState.DECLINED, comment, seen, code=code, comments=comments)


def _checked(comments: Mapping[str, str] | None) -> dict[str, str]:
    """The comments in which something is written, in the order of the page."""
    written = {name: words for name, words in (comments or {}).items() if words.strip()}
    if written.keys() - fields.FIELDS.keys():
        raise BadChoice(field="comments")
    return {name: written[name] for name in fields.FIELDS if name in written}


# ---------------------------------------------------------------- going live
def publish(case: Case, day: date | None = None, *, form_key: str = "") -> str | None:
    """Open an approved case for pledges, closing on `day` if that is given; the first link's token of a private one.

    The token is shown once. A second time is quiet and gives None, but for the same `form_key`: that is the same
    button pressed twice, whose second answer is the one that is seen. Raises NotVerified, client.NoConsent,
    BadDeadline, IllegalMove.
    """
    case = held(case)
    if not case.lawyer.is_verified:
        raise NotVerified()
    if case.state == CaseState.APPROVED:
        client.require(case)
        assert case.deadline_at is not None
        day = day or case.deadline_at.astimezone(ZoneInfo(case.time_zone)).date()
        check_deadline(day, case.time_zone)
        case.deadline_at = deadline_on(day, case.time_zone)
    if not _move(case, CaseState.OPEN):
        return link_of(case, form_key) if case.is_private else None
    case.opened_at = clock.now()
    if case.is_private:
        case.slug = case.public_id
    else:
        _take_slug(case)
    record("case.published", case, actor_id=case.lawyer.user_id)
    _tell_lawyer(case, "published")
    return make_link(case, form_key=form_key) if case.is_private else None


def _take_slug(case: Case) -> None:
    """Give a public page its address; two of one title that go live at the same moment get two."""
    while True:
        slug = _free_slug(case.title)
        try:
            # Another transaction may have taken it since we looked; the database tells, and we look again.
            with db.session.begin_nested():
                case.slug = slug
            return
        except IntegrityError:
            continue


def _free_slug(title: str) -> str:
    wanted = slugify(title)
    found = select(Case.slug).where(Case.slug.startswith(wanted, autoescape=True))
    taken = {*db.session.scalars(found), *NO_SLUGS}
    return next(slug for n in range(1, len(taken) + 2) if (slug := wanted if n == 1 else f"{wanted}-{n}") not in taken)


def make_link(case: Case, label: str = "", *, form_key: str = "") -> str:
    """A new link to a private case; its token, which is stored hashed and cannot be shown again.

    A form that is sent twice, with the same `form_key`, makes one link. Raises NoLinks.
    """
    case = held(case)
    if not (case.is_private and case.is_published):
        raise NoLinks()
    if (made := link_of(case, form_key)) is not None:
        return made
    token = _token_of(case, form_key) or ids.token()
    grant = CaseGrant(
        case_id=case.id, kind="link", label=label, token_hash=ids.hash_token(token), created_by=case.lawyer.user_id
    )
    db.session.add(grant)
    db.session.flush()
    record("case.link_made", case, actor_id=case.lawyer.user_id, grant=grant.id)
    return token


def _token_of(case: Case, form_key: str) -> str:
    return ids.derive(_key(), "case link", f"{case.public_id}:{form_key}", 1) if form_key else ""


def link_of(case: Case, form_key: str) -> str | None:
    """The token of the link that the form with this key made, if it did; also of one that was revoked since."""
    token = _token_of(case, form_key)
    made = select(CaseGrant.id).where(CaseGrant.case_id == case.id, CaseGrant.token_hash == ids.hash_token(token))
    return token if token and db.session.scalar(made) is not None else None


def revoke_link(case: Case, grant_id: int) -> None:
    """End a link and every right that came by it, at once; again is quiet."""
    ended = update(CaseGrant).where(
        CaseGrant.id == grant_id,
        CaseGrant.case_id == case.id,
        CaseGrant.kind == "link",
        CaseGrant.revoked_at.is_(None),
    )
    if db.session.scalar(ended.values(revoked_at=clock.now()).returning(CaseGrant.id)) is not None:
        record("case.link_revoked", case, actor_id=case.lawyer.user_id, grant=grant_id)


# ---------------------------------------------------------------- the verdict
def fund(case: Case) -> None:
    """The target is met. The caller holds the case and has counted."""
    if _move(case, CaseState.FUNDED):
        case.funded_at = clock.now()
        record("case.funded", case)


def start_closing(case: Case) -> None:
    """The deadline has passed; no pledge arrives or leaves while it is counted."""
    if _move(case, CaseState.CLOSING):
        record("case.closing", case)


def end_unfunded(case: Case) -> None:
    """The target was missed."""
    if _move(case, CaseState.UNFUNDED):
        case.closed_at = case.raising_ended_at = clock.now()
        record("case.unfunded", case)


def end_early(case: Case, reason: str, *, by: str, actor_id: int | None) -> None:
    """An open case ends before its deadline; `by` is "lawyer" or "staff". The caller holds the case and has counted."""
    if _move(case, CaseState.UNFUNDED):
        case.ended_early_at = case.closed_at = case.raising_ended_at = clock.now()
        case.ended_early_by, case.ended_early_because = by, reason
        record("case.ended_early", case, actor_id=actor_id, by=by)


def end_raising(case: Case, *, actor_id: int | None = None) -> None:
    """A funded case takes no more pledges."""
    if case.raising_ended_at is None:
        case.raising_ended_at = clock.now()
        case.version += 1
        record("case.raising_ended", case, actor_id=actor_id)


# ---------------------------------------------------------------- after the verdict
def told_more(case: Case, legal_stage: str = "") -> None:
    """Something new stands on the page of a live case, and perhaps the case has reached another legal stage."""
    case.legal_stage = legal_stage or case.legal_stage
    case.version += 1
    case.updated_at = clock.now()


def conclude(case: Case) -> None:
    """The outcome of a funded case is known. The caller holds the case. Raises IllegalMove."""
    end_raising(case)
    if _move(case, CaseState.CONCLUDED):
        record("case.concluded", case, actor_id=case.lawyer.user_id)


def _tell_lawyer(case: Case, event: str) -> None:
    user = case.lawyer.user
    facts: Mapping[str, int] = {"case": case.id}
    post(f"case:{case.id}:{event}:{case.version}", f"cases.{event}", to=user.email, lang=user.lang, facts=dict(facts))
