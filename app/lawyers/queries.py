"""What is asked about lawyers, and how a page shows one."""

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import User
from app.core.errors import NotFound
from app.database import db
from app.lawyers.models import ApplicationDraft, Lawyer, LawyerDecision
from app.lawyers.states import LawyerState, RegisterStatus

PROFESSIONS: dict[str, LazyString] = {
    "solicitor": _l("Solicitor"),
    "barrister": _l("Barrister"),
    "other": _l("Lawyer"),
}
CHECKS: dict[str, LazyString] = {
    "practising_certificate": _l("Practising certificate"),
    "firm": _l("Firm or chambers"),
    "identity": _l("Identity"),
}
PAGE = 24
LISTED = (LawyerState.VERIFIED, LawyerState.SUSPENDED)


@dataclass(frozen=True)
class Checked:
    """One line of the badge: what was checked, against what, and when last."""

    label: LazyString
    source: str
    checked_on: date


@dataclass(frozen=True)
class LawyerCard:
    """What a page shows of a lawyer. `picture` is an asset, or empty.

    `checks` are empty unless the badge stands, `slug`, where their own page is, unless it stands, stood or rests.
    `suspended_at` is since when it rests, `pending_since` since when it is down because it is checked again.
    """

    name: str
    profession: LazyString
    firm: str
    town: str
    picture: str
    is_verified: bool
    checks: list[Checked]
    slug: str
    suspended_at: datetime | None = None
    pending_since: datetime | None = None


def id_of_user(user_id: int) -> int | None:
    """Id of the lawyer that a user is."""
    return db.session.scalar(select(Lawyer.id).where(Lawyer.user_id == user_id))


def by_user(user_id: int) -> Lawyer | None:
    """The lawyer that a user is."""
    return db.session.scalar(select(Lawyer).where(Lawyer.user_id == user_id))


def by_id(lawyer_id: int) -> Lawyer:
    """The lawyer with this id, who is there."""
    return db.session.get_one(Lawyer, lawyer_id)


def by_email(email: str) -> Lawyer | None:
    """The lawyer whose account has `email`."""
    return db.session.scalar(select(Lawyer).join(Lawyer.user).where(User.email == email.strip().lower()))


def everyone() -> list[Lawyer]:
    """All lawyers with their accounts and checks, the latest application first."""
    query = select(Lawyer).options(joinedload(Lawyer.user), selectinload(Lawyer.checks))
    return list(db.session.scalars(query.order_by(Lawyer.id.desc())))


def latest_checks(lawyer: Lawyer) -> dict[str, Checked]:
    """The last check of each kind that was made, whether the badge stands or not."""
    return {
        check.kind: Checked(CHECKS[check.kind], check.source, check.checked_on)
        for check in sorted(lawyer.checks, key=lambda check: check.checked_on)
    }


def card(lawyer: Lawyer) -> LawyerCard:
    """How a page shows `lawyer`; reads the account and the checks."""
    latest = latest_checks(lawyer) if lawyer.is_verified else {}
    checks = [latest[kind] for kind in CHECKS if kind in latest]
    if lawyer.is_verified and lawyer.register_status == RegisterStatus.PRACTISING and lawyer.register_on:
        checks.append(Checked(_l("Entry in the register"), lawyer.register_source, lawyer.register_on))
    is_suspended = lawyer.state == LawyerState.SUSPENDED
    return LawyerCard(
        name=lawyer.user.name,
        profession=PROFESSIONS[lawyer.profession],
        firm=lawyer.firm,
        town=lawyer.town,
        picture=f"img/art/{lawyer.portrait}.svg" if lawyer.portrait else "",
        is_verified=lawyer.is_verified,
        checks=checks,
        slug=lawyer.slug if lawyer.was_verified else "",
        suspended_at=lawyer.suspended_at if is_suspended else None,
        pending_since=lawyer.pending_since if lawyer.state == LawyerState.APPLIED else None,
    )


# ---------------------------------------------------------------- applications
def draft_of(user_id: int) -> ApplicationDraft | None:
    """What a user has written of an application and not sent in."""
    return db.session.scalar(select(ApplicationDraft).where(ApplicationDraft.user_id == user_id))


def waiting() -> list[Lawyer]:
    """Lawyers who wait for a decision, also one that renews their badge, the longest waiting first."""
    since = func.coalesce(Lawyer.renewal_at, Lawyer.applied_at)
    query = select(Lawyer).where(_waits()).options(joinedload(Lawyer.user))
    return list(db.session.scalars(query.order_by(since, Lawyer.id)))


def _waits() -> ColumnElement[bool]:
    renews = (Lawyer.state == LawyerState.VERIFIED) & Lawyer.renewal_at.is_not(None)
    return or_(Lawyer.state == LawyerState.APPLIED, renews)


def waiting_count() -> int:
    """How many lawyers wait for a decision."""
    return db.session.scalar(select(func.count()).select_from(Lawyer).where(_waits())) or 0


def badged(*, after: str = "", limit: int = PAGE) -> list[Lawyer]:
    """Lawyers whose badge stands or rests, for staff, by their address; those behind the address `after`."""
    query = select(Lawyer).where(Lawyer.state.in_(LISTED), Lawyer.slug > after).options(joinedload(Lawyer.user))
    return list(db.session.scalars(query.order_by(Lawyer.slug).limit(limit)))


def by_public_id(public_id: str) -> Lawyer:
    """The lawyer with their account, checks and evidence, for staff. Raises NotFound."""
    query = select(Lawyer).where(Lawyer.public_id == public_id)
    lawyer = db.session.scalar(query.options(joinedload(Lawyer.user), joinedload(Lawyer.evidence)))
    if lawyer is None:
        raise NotFound()
    return lawyer


def decisions(lawyer: Lawyer) -> list[LawyerDecision]:
    """Everything that staff decided about a lawyer and who, the latest first."""
    theirs = select(LawyerDecision).where(LawyerDecision.lawyer_id == lawyer.id).options(joinedload(LawyerDecision.by))
    return list(db.session.scalars(theirs.order_by(LawyerDecision.id.desc())))


# ---------------------------------------------------------------- the directory
def verified(*, after: str = "", limit: int = PAGE) -> list[Lawyer]:
    """Lawyers whose badge stands or rests, by their address; those behind the address `after`."""
    query = select(Lawyer).where(Lawyer.state.in_(LISTED), Lawyer.slug > after)
    query = query.options(joinedload(Lawyer.user), selectinload(Lawyer.checks))
    return list(db.session.scalars(query.order_by(Lawyer.slug).limit(limit)))


def by_slug(slug: str) -> Lawyer:
    """The lawyer at this address whose badge stands, rests, or is down to be checked again. Raises NotFound."""
    had_badge = or_(Lawyer.state.in_(LISTED), Lawyer.pending_since.is_not(None))
    query = select(Lawyer).where(Lawyer.slug == slug, had_badge)
    lawyer = db.session.scalar(query.options(joinedload(Lawyer.user), selectinload(Lawyer.checks)))
    if lawyer is None:
        raise NotFound()
    return lawyer
