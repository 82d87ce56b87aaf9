"""What can happen to a lawyer: they write an application, send it in, change it; staff check and decide.

It takes two members of staff, each with a checklist of their own, to verify a lawyer, and two to turn one down. A
decision is about one version of what the lawyer told us: a change to it drops what was checked and decided before.

A badge comes down at once when what it says is changed, and the lawyer waits for staff again; see `suspension` and
`renewal` for the other ways in which it does. While it is down the money of their cases rests (`frozen_since`).
"""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, select
from sqlalchemy.exc import IntegrityError

from app.accounts import service as accounts
from app.accounts.models import User
from app.audit.service import record
from app.core import clock
from app.core.errors import N_, Conflict, Invalid, NotFound
from app.core.text import is_safe_line, slugify
from app.database import db
from app.jobs.queue import defer
from app.lawyers.models import ApplicationDraft, Lawyer, LawyerCheck, LawyerDecision
from app.lawyers.queries import CHECKS, PROFESSIONS, by_user, draft_of
from app.lawyers.regulators import is_number, normal_number
from app.lawyers.states import MOVES, LawyerState
from app.mail.outbox import post
from app.settings.queries import in_force
from app.storage import files
from app.storage.models import StoredFile

VERIFIERS = frozenset({"reviewer", "admin"})
DECIDERS = 2
NO_SLUGS = frozenset({"apply", "application", "start"})  # addresses of forms
APPROVE, DECLINE = "approve", "decline"


class AlreadyApplied(Conflict):
    """One account is one lawyer."""

    message = N_("This account has applied already.")


class NotConfirmed(Conflict):
    """Letters about the application might reach somebody else."""

    message = N_("Confirm your email address before you apply.")


class BadDetails(Invalid):
    """A detail is missing or could not be shown on one line."""

    message = N_("Fill in this part, on one line.")


class BadNumber(Invalid):
    """The regulator gives out no such numbers."""

    message = N_("This does not look like a number of this regulator. Check it against your practising certificate.")
    field = "registration_number"


class NoEvidence(Invalid):
    """Staff have nothing to look at."""

    message = N_("Choose the file that shows your right to practise.")
    field = "evidence"


class CannotChange(Conflict):
    """While the badge rests, what it is about stays as it is."""

    message = N_("Your verification is suspended, so this cannot be changed here. Write to us.")


class NotAllowedToVerify(Conflict):
    """The two are one, or not staff who may, or one of them is the lawyer."""

    message = N_("Two different members of staff must verify a lawyer, and neither may be the lawyer.")


class NotChecked(Conflict):
    """A badge says what was checked, so it cannot stand on nothing."""

    message = N_("Certificate, firm and identity must be checked before a lawyer is verified.")


class CannotVerify(Conflict):
    """The application was declined."""

    message = N_("This lawyer cannot be verified now.")


class Changed(Conflict):
    """What was read is not what stands there now."""

    message = N_("The lawyer has changed the application since you opened it. Read it again before you decide.")


class NotWaiting(Conflict):
    """Two others were quicker, or the lawyer has not applied again."""

    message = N_("This application has been decided.")


class NoReason(Invalid):
    """A refusal without a word to the lawyer."""

    message = N_("Tell the lawyer why, in a sentence or more.")
    field = "reason"


# ---------------------------------------------------------------- applying
@dataclass(frozen=True)
class Details:
    """What a lawyer tells us. `regulator` is its English name, `register_name` their own name as it stands there.

    `shown_name` is a new name for their account, which their cases show; empty: it stays.
    """

    profession: str
    regulator: str
    registration_number: str
    firm: str
    town: str
    register_name: str = ""
    shown_name: str = ""


LONGEST = {
    "regulator": 80,
    "registration_number": 40,
    "firm": 120,
    "town": 80,
    "register_name": 120,
    "shown_name": 120,
}
OPTIONAL = frozenset({"register_name", "shown_name"})
# What a badge says, and what was checked for it.
ON_BADGE = ("profession", "regulator", "registration_number", "register_name", "firm")


def _checked(details: Details) -> dict[str, str]:
    """The details as a lawyer's row has them. Raises BadDetails, BadNumber."""
    known = {name: str(value).strip() for name, value in vars(details).items()}
    for name, longest in LONGEST.items():
        value = known[name]
        if not (value or name in OPTIONAL) or len(value) > longest or not is_safe_line(value):
            raise BadDetails(field=name)
    if known["profession"] not in PROFESSIONS:
        raise BadDetails(field="profession")
    known["registration_number"] = normal_number(known["registration_number"])
    if not is_number(known["regulator"], known["registration_number"]):
        raise BadNumber()
    del known["shown_name"]  # it is the account's
    return known


def apply(
    user: User,
    profession: str,
    regulator: str,
    registration_number: str,
    firm: str,
    town: str,
    *,
    portrait: str = "p1",
    register_name: str = "",
    evidence: StoredFile | None = None,
) -> Lawyer:
    """Write an application down; `portrait` names an artwork. Raises AlreadyApplied, BadDetails, BadNumber."""
    details = _checked(Details(profession, regulator, registration_number, firm, town, register_name))
    if by_user(user.id):
        raise AlreadyApplied()
    lawyer = Lawyer(user=user, slug=_free_slug(user.name), portrait=portrait, evidence=evidence, **details)
    try:
        # Two applications at the same time may both have found none; the second insert tells.
        with db.session.begin_nested():
            db.session.add(lawyer)
    except IntegrityError:
        raise AlreadyApplied() from None
    accounts.fix_name(user)
    record("lawyer.applied", lawyer, actor_id=user.id)
    tell(lawyer, "lawyers.applied")
    return lawyer


def _free_slug(name: str) -> str:
    wanted = slugify(name, otherwise="lawyer")
    found = db.session.scalars(select(Lawyer.slug).where(Lawyer.slug.startswith(wanted, autoescape=True)))
    taken = {*found, *NO_SLUGS}
    return next(slug for n in range(1, len(taken) + 2) if (slug := wanted if n == 1 else f"{wanted}-{n}") not in taken)


def save_draft(user: User, parts: dict[str, str], evidence: StoredFile | None = None) -> ApplicationDraft:
    """Keep what was written so far, and the file if one was sent; the file before it is deleted."""
    draft = draft_of(user.id)
    if draft is None:
        draft = ApplicationDraft(user_id=user.id)
        db.session.add(draft)
    for name, value in parts.items():
        setattr(draft, name, value)
    if evidence is not None:
        if draft.evidence is not None:
            files.delete(draft.evidence)
        draft.evidence = evidence
    draft.updated_at = clock.now()
    db.session.flush()
    return draft


def send_in(user: User, details: Details) -> Lawyer:
    """Hand in an application, or a changed one, or one anew after it was declined; the draft's file goes with it.

    What a verified lawyer sends in anew without changing what the badge says is for the next year: it stands meanwhile.
    Raises NotConfirmed, BadDetails, BadNumber, NoEvidence, CannotChange, AlreadyApplied.
    """
    if not user.is_confirmed:
        raise NotConfirmed()
    _checked(details)
    draft, lawyer = draft_of(user.id), by_user(user.id)
    evidence = draft.evidence if draft else None
    if lawyer is None:
        if evidence is None:
            raise NoEvidence()
        lawyer = apply(user, **_checked(details), portrait="", evidence=evidence)
    elif lawyer.is_verified:
        _change_verified(lawyer, details, evidence)
    else:
        if evidence is None and (lawyer.evidence is None or lawyer.evidence.deleted_at):
            raise NoEvidence()
        _change(lawyer, details, evidence)
    if draft is not None:
        db.session.delete(draft)
    return lawyer


def _change(lawyer: Lawyer, details: Details, evidence: StoredFile | None) -> None:
    lawyer = locked(lawyer)
    again = lawyer.state == LawyerState.DECLINED
    if not again and lawyer.state != LawyerState.APPLIED:
        raise CannotChange()
    _write(lawyer, details, evidence)
    if again:
        lawyer.state, lawyer.applied_at = LawyerState.APPLIED, clock.now()
        lawyer.decided_at, lawyer.decline_reason = None, ""
        accounts.fix_name(lawyer.user)
        tell(lawyer, "lawyers.applied")
    record("lawyer.applied" if again else "lawyer.changed", lawyer, actor_id=lawyer.user_id)


def _write(lawyer: Lawyer, details: Details, evidence: StoredFile | None) -> None:
    """Take over what was sent in; what was checked before was about something else."""
    for name, value in _checked(details).items():
        setattr(lawyer, name, value)
    if details.shown_name.strip() and lawyer.user.name_fixed_at is not None:
        accounts.rename(lawyer.user, details.shown_name)
    _replace_evidence(lawyer, evidence)
    lawyer.version += 1
    lawyer.checks = []
    forget_register(lawyer)


def _replace_evidence(lawyer: Lawyer, evidence: StoredFile | None) -> None:
    if evidence is not None:
        if lawyer.evidence is not None:
            files.delete(lawyer.evidence)
        lawyer.evidence = evidence


def _change_verified(lawyer: Lawyer, details: Details, evidence: StoredFile | None) -> None:
    """What a change does to a badge that stands. Raises CannotChange, NoEvidence, BadDetails, BadNumber."""
    lawyer = locked(lawyer)
    if not lawyer.is_verified:
        raise CannotChange()
    known, name = _checked(details), details.shown_name.strip() or lawyer.user.name
    if name == lawyer.user.name and all(known[part] == getattr(lawyer, part) for part in ON_BADGE):
        _renew(lawyer, known["town"], evidence)
        return
    if evidence is None:
        raise NoEvidence(N_("Choose the file that shows what has changed."))
    _write(lawyer, details, evidence)
    come_down(lawyer, "changed")
    record("lawyer.pending_again", lawyer, actor_id=lawyer.user_id, because="changed")


def _renew(lawyer: Lawyer, town: str, evidence: StoredFile | None) -> None:
    """The same words; perhaps another town, which nobody checks, and perhaps evidence for the time to come."""
    if town != lawyer.town:
        lawyer.town = town
        lawyer.version += 1
        record("lawyer.changed", lawyer, actor_id=lawyer.user_id)
    if evidence is not None:
        _replace_evidence(lawyer, evidence)
        lawyer.renewal_at = clock.now()
        lawyer.version += 1  # decisions are about one version; what was checked stands until it is checked again
        record("lawyer.renewing", lawyer, actor_id=lawyer.user_id)


def come_down(lawyer: Lawyer, because: str) -> None:
    """The badge comes down, and the lawyer waits for staff again: `because` is "changed" or "lapsed"."""
    moment = clock.now()
    lawyer.state, lawyer.applied_at, lawyer.decided_at = LawyerState.APPLIED, moment, None
    lawyer.pending_since, lawyer.pending_because, lawyer.renewal_at = moment, because, None
    lawyer.frozen_since = lawyer.frozen_since or moment
    tell(lawyer, "lawyers.pending")


def follow(lawyer: Lawyer) -> None:
    """Have the lawyer's cases follow how the badge stands now, in case the caller's door does not see to it itself."""
    defer("pledges.follow_lawyer", {"lawyer_id": lawyer.id}, uniq=f"follow:{lawyer.id}:{lawyer.version}:{lawyer.state}")


def forget_register(lawyer: Lawyer) -> None:
    """What a register said was about another name or number."""
    lawyer.register_status = lawyer.register_source = lawyer.flag = ""
    lawyer.register_on = lawyer.register_snapshot_id = lawyer.flagged_at = None


def tell(lawyer: Lawyer, name: str) -> None:
    """Write a letter to the lawyer down, once for each version of the application."""
    key, user = f"{name}:{lawyer.id}:{lawyer.version}", lawyer.user
    post(key, name, to=user.email, lang=user.lang, facts={"lawyer": lawyer.id})


# ---------------------------------------------------------------- checking and deciding
def check(lawyer: Lawyer, kind: str, source: str, by: User) -> None:
    """Note that `by` checked `kind` (see queries.CHECKS) of `lawyer` today against `source`; again renews the date.

    Raises NotAllowedToVerify, BadDetails.
    """
    if kind not in CHECKS or not source.strip() or len(source) > 120 or not is_safe_line(source):
        raise BadDetails(field="source")
    refuse_unless_may_verify(lawyer, by)
    today = clock.now().date()
    known = next((done for done in lawyer.checks if (done.kind, done.checked_by) == (kind, by.id)), None)
    if known is None:
        lawyer.checks.append(LawyerCheck(kind=kind, source=source.strip(), checked_on=today, checked_by=by.id))
    else:
        known.source, known.checked_on = source.strip(), today
    record("lawyer.checked", lawyer, actor_id=by.id, kind=kind)


def approve(lawyer: Lawyer, by: User, *, seen: int | None = None) -> bool:
    """Say that `by` has checked everything and would verify `lawyer`; the second to say so gives the badge: then True.

    `seen` is the version that was read. Raises NotAllowedToVerify, NotChecked, CannotVerify, Changed, NotWaiting.
    """
    lawyer = locked(lawyer)
    _refuse_unless_decidable(lawyer, by, LawyerState.VERIFIED, seen)
    since = lawyer.renewal_at.date() if lawyer.renewal_at else date.min
    if {done.kind for done in lawyer.checks if done.checked_by == by.id and done.checked_on >= since} < CHECKS.keys():
        raise NotChecked()
    agreed = note_decision(lawyer, by, APPROVE, "")
    if len(agreed) < DECIDERS:
        return False
    lawyer.state = LawyerState.VERIFIED
    lawyer.verified_at = lawyer.decided_at = clock.now()
    lawyer.pending_since = lawyer.renewal_at = lawyer.flagged_at = None
    lawyer.pending_because = lawyer.flag = ""
    follow(lawyer)
    accounts.require_codes(lawyer.user)
    for decision in agreed:
        record("lawyer.verified", lawyer, actor_id=decision.decided_by)
    tell(lawyer, "lawyers.verified")
    return True


def decline(lawyer: Lawyer, by: User, reason: str, *, seen: int | None = None) -> bool:
    """Say that `by` would turn `lawyer` down; the second to say so does it: then True.

    The first must give a reason; the lawyer is told the last that was given. Raises NotAllowedToVerify, NoReason,
    Changed, NotWaiting.
    """
    lawyer, reason = locked(lawyer), reason.strip()
    _refuse_unless_decidable(lawyer, by, LawyerState.DECLINED, seen)
    others = [done for done in standing(lawyer) if done.decision == DECLINE and done.decided_by != by.id]
    if not reason and not others:
        raise NoReason()
    agreed = note_decision(lawyer, by, DECLINE, reason)
    if len(agreed) < DECIDERS:
        return False
    reason = reason or others[-1].reason
    if lawyer.pending_since is not None:  # they may have cases that run
        rest(lawyer, "declined", reason)
        for decision in agreed:
            record("lawyer.suspended", lawyer, actor_id=decision.decided_by, because="declined")
        return True
    lawyer.state = LawyerState.DECLINED
    lawyer.decided_at = clock.now()
    lawyer.decline_reason = reason
    accounts.free_name(lawyer.user)
    for decision in agreed:
        record("lawyer.declined", lawyer, actor_id=decision.decided_by)
    tell(lawyer, "lawyers.declined")
    return True


def rest(lawyer: Lawyer, because: str, reason: str) -> None:
    """The badge rests; see `suspension`, which says who may bring that about. The caller holds the lawyer."""
    moment = clock.now()
    lawyer.state, lawyer.suspended_at, lawyer.decided_at = LawyerState.SUSPENDED, moment, moment
    lawyer.suspended_because, lawyer.suspension_reason, lawyer.renewal_at = because, reason, None
    lawyer.frozen_since = lawyer.frozen_since or moment
    lawyer.version += 1
    tell(lawyer, "lawyers.suspended")
    follow(lawyer)


def verify(lawyer: Lawyer, by_first: User, by_second: User) -> None:
    """Write down what two members of staff decided on paper; quiet if the badge stands.

    Each must have checked everything. Raises NotAllowedToVerify, NotChecked, CannotVerify.
    """
    if by_first.id == by_second.id:
        raise NotAllowedToVerify()
    for by in (by_first, by_second):
        refuse_unless_may_verify(lawyer, by)
    if lawyer.is_verified:
        return
    if LawyerState.VERIFIED not in MOVES[LawyerState(lawyer.state)]:
        raise CannotVerify()
    for by in (by_first, by_second):
        approve(lawyer, by)


def standing(lawyer: Lawyer) -> list[LawyerDecision]:
    """What staff who still may have decided about the present version, each their last word, in order."""
    rows = db.session.scalars(
        select(LawyerDecision)
        .where(LawyerDecision.lawyer_id == lawyer.id, LawyerDecision.version == lawyer.version)
        .order_by(LawyerDecision.id)
    )
    last: dict[int, LawyerDecision] = {}
    for row in rows:
        last.pop(row.decided_by, None)
        last[row.decided_by] = row
    return [row for row in last.values() if _may_verify(lawyer, row.by)]


def note_decision(lawyer: Lawyer, by: User, decision: str, reason: str) -> list[LawyerDecision]:
    """Write down what `by` says; everybody who says the same now. Saying the same twice is quiet."""
    mine = next((done for done in standing(lawyer) if done.decided_by == by.id), None)
    if mine is None or (mine.decision, mine.reason) != (decision, reason):
        db.session.add(
            LawyerDecision(
                lawyer_id=lawyer.id, version=lawyer.version, decided_by=by.id, decision=decision, reason=reason
            )
        )
        db.session.flush()
        record("lawyer.decided", lawyer, actor_id=by.id, decision=decision, version=lawyer.version)
    return [done for done in standing(lawyer) if done.decision == decision]


def locked(lawyer: Lawyer) -> Lawyer:
    """The lawyer, held against everybody else who decides, until the transaction ends."""
    db.session.flush()
    held = select(Lawyer).where(Lawyer.id == lawyer.id).with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(held).one()


def _refuse_unless_decidable(lawyer: Lawyer, by: User, to: LawyerState, seen: int | None) -> None:
    refuse_unless_may_verify(lawyer, by)
    renews = lawyer.renewal_at is not None and to == LawyerState.VERIFIED
    if lawyer.state != LawyerState.APPLIED and not (lawyer.is_verified and renews):
        raise NotWaiting()
    if seen is not None and seen != lawyer.version:
        raise Changed()


def _may_verify(lawyer: Lawyer, by: User) -> bool:
    return by.id != lawyer.user_id and not by.disabled_at and bool(by.role_names & VERIFIERS)


def refuse_unless_may_verify(lawyer: Lawyer, by: User) -> None:
    if not _may_verify(lawyer, by):
        raise NotAllowedToVerify()


# ---------------------------------------------------------------- evidence
def see_evidence(lawyer: Lawyer, by: User) -> StoredFile:
    """The evidence file, for `by` to look at, which is noted. Raises NotAllowedToVerify, NotFound."""
    refuse_unless_may_verify(lawyer, by)
    if lawyer.evidence is None or lawyer.evidence.deleted_at:
        raise NotFound()
    record("lawyer.evidence_seen", lawyer, actor_id=by.id, file=lawyer.evidence.public_id)
    return lawyer.evidence


def forget_evidence() -> int:
    """Delete the files that are no longer needed: some days after the decision, or after a draft was left; how many."""
    until = clock.now() - timedelta(days=in_force().evidence_days)
    forgotten = 0
    decided = and_(Lawyer.state != LawyerState.APPLIED, Lawyer.renewal_at.is_(None))
    kept = select(Lawyer).join(Lawyer.evidence).where(StoredFile.deleted_at.is_(None))
    for lawyer in db.session.scalars(kept.where(decided, Lawyer.decided_at <= until)):
        assert lawyer.evidence is not None
        files.delete(lawyer.evidence)
        record("lawyer.evidence_deleted", lawyer)
        forgotten += 1
    for draft in db.session.scalars(select(ApplicationDraft).where(ApplicationDraft.updated_at <= until)):
        if draft.evidence is not None:
            files.delete(draft.evidence)
            forgotten += 1
        db.session.delete(draft)
    return forgotten
