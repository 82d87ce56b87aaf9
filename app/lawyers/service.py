"""What can happen to a lawyer: they apply, staff check them, two of staff verify them."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.accounts.models import User
from app.audit.service import record
from app.core import clock
from app.core.errors import N_, Conflict, Invalid
from app.core.text import is_safe_line, slugify
from app.database import db
from app.lawyers.models import Lawyer, LawyerCheck
from app.lawyers.queries import CHECKS, PROFESSIONS, by_user
from app.lawyers.states import MOVES, LawyerState

VERIFIERS = frozenset({"reviewer", "admin"})


class AlreadyApplied(Conflict):
    """One account is one lawyer."""

    message = N_("This account has applied already.")


class BadDetails(Invalid):
    """A detail is missing or could not be shown on one line."""

    message = N_("Fill in this part, on one line.")


class NotAllowedToVerify(Conflict):
    """The two are one, or not staff who may, or one of them is the lawyer."""

    message = N_("Two different members of staff must verify a lawyer, and neither may be the lawyer.")


class NotChecked(Conflict):
    """A badge says what was checked, so it cannot stand on nothing."""

    message = N_("Certificate, firm and identity must be checked before a lawyer is verified.")


class CannotVerify(Conflict):
    """The application was declined."""

    message = N_("This lawyer cannot be verified now.")


def apply(
    user: User,
    profession: str,
    regulator: str,
    registration_number: str,
    firm: str,
    town: str,
    *,
    portrait: str = "p1",
) -> Lawyer:
    """Write an application down; `portrait` names an artwork. Raises AlreadyApplied, BadDetails."""
    details = {
        "regulator": (regulator, 80),
        "registration_number": (registration_number, 40),
        "firm": (firm, 120),
        "town": (town, 80),
    }
    for field, (value, longest) in details.items():
        if not value.strip() or len(value) > longest or not is_safe_line(value):
            raise BadDetails(field=field)
    if profession not in PROFESSIONS:
        raise BadDetails(field="profession")
    if by_user(user.id):
        raise AlreadyApplied()
    lawyer = Lawyer(
        user=user,
        slug=_free_slug(user.name),
        profession=profession,
        portrait=portrait,
        **{field: value.strip() for field, (value, _longest) in details.items()},
    )
    try:
        # Two applications at the same time may both have found none; the second insert tells.
        with db.session.begin_nested():
            db.session.add(lawyer)
    except IntegrityError:
        raise AlreadyApplied() from None
    record("lawyer.applied", lawyer, actor_id=user.id)
    return lawyer


def _free_slug(name: str) -> str:
    wanted = slugify(name, otherwise="lawyer")
    taken = set(db.session.scalars(select(Lawyer.slug).where(Lawyer.slug.startswith(wanted, autoescape=True))))
    return next(slug for n in range(1, len(taken) + 2) if (slug := wanted if n == 1 else f"{wanted}-{n}") not in taken)


def check(lawyer: Lawyer, kind: str, source: str, by: User) -> None:
    """Note that `by` checked `kind` (see queries.CHECKS) of `lawyer` today against `source`; again renews the date.

    Raises NotAllowedToVerify, BadDetails.
    """
    if kind not in CHECKS or not source.strip() or len(source) > 120 or not is_safe_line(source):
        raise BadDetails(field="source")
    _refuse_unless_may_verify(lawyer, by)
    today = clock.now().date()
    known = next((done for done in lawyer.checks if (done.kind, done.checked_by) == (kind, by.id)), None)
    if known is None:
        lawyer.checks.append(LawyerCheck(kind=kind, source=source.strip(), checked_on=today, checked_by=by.id))
    else:
        known.source, known.checked_on = source.strip(), today
    record("lawyer.checked", lawyer, actor_id=by.id, kind=kind)


def verify(lawyer: Lawyer, by_first: User, by_second: User) -> None:
    """Give `lawyer` the badge; quiet if it stands. Raises NotAllowedToVerify, NotChecked, CannotVerify."""
    if by_first.id == by_second.id:
        raise NotAllowedToVerify()
    for by in (by_first, by_second):
        _refuse_unless_may_verify(lawyer, by)
    if {done.kind for done in lawyer.checks} < CHECKS.keys():
        raise NotChecked()
    if lawyer.is_verified:
        return
    if LawyerState.VERIFIED not in MOVES[LawyerState(lawyer.state)]:
        raise CannotVerify()
    lawyer.state = LawyerState.VERIFIED
    lawyer.verified_at = clock.now()
    for by in (by_first, by_second):
        record("lawyer.verified", lawyer, actor_id=by.id)


def _refuse_unless_may_verify(lawyer: Lawyer, by: User) -> None:
    if by.id == lawyer.user_id or by.disabled_at or not by.role_names & VERIFIERS:
        raise NotAllowedToVerify()
