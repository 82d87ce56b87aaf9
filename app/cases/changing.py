"""What can happen to the words of a live page: a change is written beside it, and takes its place.

The change is a draft of its own (`Case.change_of_id`), so it is written in the same forms, its client is asked and
reviewers decide on it as on any page; it never goes live itself. A small one takes its place at once. A material one
needs the client's consent and a reviewer, is told to every backer, and for 72 hours they decide again: meanwhile the
case charges nobody, and its deadline waits for them.

Which parts are material is settled here by name. The lawyer may call more of it material, never less.
"""

from datetime import timedelta

from sqlalchemy import select

from app.audit.service import record
from app.cases import history, personal, restrictions
from app.cases.drafting import STEPS, Line, missing, open_case, set_budget
from app.cases.history import Difference
from app.cases.models import BudgetLine, Case, CaseInstruction, CaseReview, CaseStage, CaseVersion, ClientConsent
from app.cases.moves import IllegalMove, NotVerified, held, move, tell_lawyer
from app.cases.relaunch import COPIED
from app.cases.states import CaseState, Visibility
from app.core import clock
from app.core.errors import N_, Conflict, Invalid
from app.core.money import Money
from app.database import db
from app.settings.queries import in_force

DECIDE_AGAIN = timedelta(hours=72)
LONGEST_NOTE = 600  # characters
# A change of any other part is material.
SMALL = frozenset(
    {"title", "summary", "story", "claim_number", "benefits_place", "benefits_number", "costs_note", "prospects"}
    | {"prospects_note", "files", "visibility", "lang", "stages", "deadline", "time_zone"}
)
LEAST_KEPT = 75  # per cent of the words of title, summary and story; whoever rewrites more changes what it tells
_TELLING = ("title", "summary", "story")
_OF_CHANGE = tuple(name for name in COPIED if name not in ("time_zone", "video"))
_FILED = ("filed_court", "filed_number", "filed_on", "filing_checked_at", "instruction_for", "instruction_seen_at")


class CannotChange(Conflict):
    """The page is not live, rests, or its money is collected."""

    message = N_("This page cannot be changed now.")


class IsCollected(Conflict):
    """Backers were charged for the page as it is."""

    message = N_(
        "The target is met and backers were charged for this page as it is. Its words can still be corrected, but not "
        "what it raises money for: tell that in an update."
    )


class NothingChanged(Conflict):
    """The change says what the page says."""

    message = N_("Nothing is changed yet.")


class NoNote(Invalid):
    """A change without a word to the readers."""

    message = N_("Say in a sentence or two what you changed and why. Everybody can read it.")
    field = "note"


class NeedsReview(Conflict):
    """A material change takes its place only once the client and a reviewer agree."""

    message = N_("This change is material: your client and a reviewer must agree to it.")


class Overtaken(Conflict):
    """The page has become another since the change was begun."""

    message = N_("The page has changed since you began this change. Discard it and begin again.")


class TargetMet(Conflict):
    """Whoever pledged was promised that the card is charged at this target."""

    message = N_("Pledges have reached the target, so it cannot be raised any more.")


class TooLong(Conflict):
    """A deadline that would go on moving."""

    message = N_("The page has been open too long: backers would have no time left to decide about this change.")


# ---------------------------------------------------------------- looking
def may_change(case: Case) -> bool:
    """Whether the words of the live page can be changed now."""
    if case.change_of_id is not None or case.suspended_at is not None or case.taken_down_at is not None:
        return False
    return case.state in (CaseState.OPEN, CaseState.FUNDED)


def draft_of(case: Case) -> Case | None:
    """The change to the page that is being written or waits for an answer; None if there is none."""
    mine = select(Case).where(Case.change_of_id == case.id, Case.state != CaseState.DECLINED)
    return db.session.scalars(mine.order_by(Case.id.desc()).limit(1)).first()


def page_of(draft: Case) -> Case:
    """The live page that a change belongs to."""
    return db.session.get_one(Case, draft.change_of_id)


def differences(draft: Case) -> list[Difference]:
    """What the change changes, for its lawyer, client and reviewers."""
    old, new = history.words_of(page_of(draft)), history.words_of(draft)
    return [one for one in history.compare(old, new) if one.field not in _NOT_OURS]


_NOT_OURS = frozenset({"visibility", "lang", "stages", "deadline", "time_zone", "files"})


def is_material(draft: Case) -> bool:
    """Whether backers must decide again."""
    if draft.change_marked:
        return True
    old, new = history.words_of(page_of(draft)), history.words_of(draft)
    if any(old[name] != new[name] for name in old if name not in SMALL):
        return True
    before, after = (" ".join(words[name] for name in _TELLING) for words in (old, new))
    return history.kept(before, after) < LEAST_KEPT


# ---------------------------------------------------------------- writing
def begin(case: Case) -> Case:
    """A draft that says what the live page says; the one that was begun before, if there is one.

    Raises NotVerified, CannotChange.
    """
    case = held(case)
    if not case.lawyer.is_verified:
        raise NotVerified()
    if not may_change(case):
        raise CannotChange()
    if (begun := draft_of(case)) is not None:
        return begun
    draft = open_case(case.lawyer, Visibility(case.visibility), case.lang)
    for name in (*_OF_CHANGE, *_FILED, "time_zone", "video", "deadline_at", "has_files"):
        setattr(draft, name, getattr(case, name))
    draft.change_of_id, draft.change_base = case.id, history.begin(case).n
    restrictions.inherit(case, draft)
    said = case.instruction
    if said is not None:
        draft.instruction = CaseInstruction(
            kind=said.kind, signed_by=said.signed_by, signed_on=said.signed_on, stated_for=said.stated_for
        )
    set_budget(draft, [Line(line.label, line.detail, line.amount) for line in case.budget], None, whole=False)
    draft.stages = [
        CaseStage(position=stage.position, title=stage.title, reason=stage.reason, amount=stage.amount)
        for stage in case.stages
    ]
    draft.steps_done = ",".join(STEPS)
    db.session.flush()
    record("case.change_begun", case, actor_id=case.lawyer.user_id, draft=draft.id)
    return draft


def describe(draft: Case, note: str, *, marked: bool) -> None:
    """What is told about the change, and whether the lawyer calls it material. Raises CannotChange, NoNote."""
    draft = held(draft)
    if not draft.is_editable:
        raise CannotChange()
    if not note.strip():
        raise NoNote()
    draft.change_note, draft.change_marked = note.strip(), marked
    draft.version += 1
    draft.updated_at = clock.now()


def discard(draft: Case) -> None:
    """The lawyer gives the change up, wherever it stands."""
    case = held(page_of(draft))
    record("case.change_discarded", case, actor_id=case.lawyer.user_id, draft=draft.id)
    personal.delete_pages([draft.id])


def check(draft: Case) -> None:
    """Raise what keeps the change from going on: NotVerified, CannotChange, Overtaken, NothingChanged, NoNote,
    IsCollected, TooLong.
    """
    case = page_of(draft)
    if not case.lawyer.is_verified:
        raise NotVerified()
    last = history.latest(case)
    if not may_change(case) or missing(draft):
        raise CannotChange()
    if last is None or last.n != draft.change_base:
        raise Overtaken()
    if not differences(draft):
        raise NothingChanged()
    if not draft.change_note:
        raise NoNote()
    if is_material(draft):
        if case.state != CaseState.OPEN or not case.takes_pledges(clock.now()):
            raise IsCollected() if case.state == CaseState.FUNDED else CannotChange()
        assert case.opened_at is not None
        latest = case.opened_at + timedelta(days=in_force().deadline_days_max + 1) + DECIDE_AGAIN
        if clock.now() + DECIDE_AGAIN > latest:
            raise TooLong()


# ---------------------------------------------------------------- taking its place
def correct(draft: Case) -> CaseVersion:
    """A small change takes its place on the page at once. Raises NeedsReview, and what `check` does."""
    case, draft = _both(draft)
    if not draft.is_editable:
        raise CannotChange()
    check(draft)
    if is_material(draft):
        raise NeedsReview()
    return _take_place(case, draft, is_material=False)


def apply(draft: Case, pledged: Money) -> CaseVersion:
    """A change that a reviewer has approved takes its place; `pledged` is what stands pledged to the page, which the
    caller holds. Backers then decide again. Raises TargetMet, and what `check` does.
    """
    case, draft = _both(draft)
    if draft.state != CaseState.APPROVED:
        raise IllegalMove()
    check(draft)
    assert case.target is not None and draft.target is not None
    if draft.target > case.target <= pledged:
        raise TargetMet()
    material = is_material(draft)
    version = _take_place(case, draft, is_material=material)
    if material:
        wait_for_backers(case, version)
    tell_lawyer(case, "page_changed")
    return version


def send_back(draft: Case) -> None:
    """An approved change cannot take its place any more: its lawyer is told, and may change it or give it up."""
    draft = held(draft)
    if move(draft, CaseState.CHANGES_REQUESTED):
        record("case.change_sent_back", page_of(draft), draft=draft.id)
        tell_lawyer(draft, "change_refused")


def wait_for_backers(case: Case, version: CaseVersion) -> None:
    """From now on backers have 72 hours, before which nobody is charged and pledging does not close."""
    until = clock.now() + DECIDE_AGAIN
    version.withdraw_until = case.withdraw_until = until
    if case.deadline_at is not None and case.deadline_at < until:
        record("case.deadline_moved", case, old=case.deadline_at.isoformat(), new=until.isoformat())
        case.deadline_at = until
    case.version += 1


def _both(draft: Case) -> tuple[Case, Case]:
    """The page and the change, both held, the page first."""
    case = held(page_of(draft))
    return case, held(draft)


def _take_place(case: Case, draft: Case, *, is_material: bool) -> CaseVersion:
    for name in _OF_CHANGE:
        setattr(case, name, getattr(draft, name))
    if history.words_of(case)["lines"] != history.words_of(draft)["lines"]:
        _set_lines(case, draft)
    if draft.instruction_for != case.instruction_for:
        _take_instruction(case, draft)
    case.changed_at = case.updated_at = clock.now()
    case.version += 1
    # Who agreed to it stays on record with the page.
    for review in db.session.scalars(select(CaseReview).where(CaseReview.case_id == draft.id)):
        review.case_id = case.id
    for consent in db.session.scalars(select(ClientConsent).where(ClientConsent.case_id == draft.id)):
        consent.case_id = case.id
    db.session.flush()
    db.session.expire(draft)
    db.session.expire(case, ["reviews", "instruction"])
    version = history.keep(case, by_id=case.lawyer.user_id, note=draft.change_note, is_material=is_material)
    record("case.page_changed", case, actor_id=case.lawyer.user_id, n=version.n, material=is_material)
    personal.delete_pages([draft.id])
    return version


def _set_lines(case: Case, draft: Case) -> None:
    """The budget and the target of the change."""
    lines = [(line.label, line.detail, line.amount) for line in draft.budget]
    case.budget = []
    db.session.flush()
    case.budget = [
        BudgetLine(position=n, label=label, detail=detail, amount=amount)
        for n, (label, detail, amount) in enumerate(lines, start=1)
    ]
    case.target = draft.target


def _take_instruction(case: Case, draft: Case) -> None:
    """How the client of now has instructed the lawyer, as a reviewer accepted it."""
    new, old = draft.instruction, case.instruction
    if new is None:
        return
    personal.forget_proofs([old.file_id] if old is not None and old.file_id is not None else [])
    if old is None:
        old = CaseInstruction(case=case)
        db.session.add(old)
    for name in ("kind", "signed_by", "signed_on", "stated_for", "file_id", "sent_sha256", "sent_at", "decided_at"):
        setattr(old, name, getattr(new, name))
    new.file_id = None
    case.instruction_for, case.instruction_seen_at = draft.instruction_for, draft.instruction_seen_at
