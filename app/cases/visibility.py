"""What can happen to who sees a live page: it becomes private at once, and public only by three people.

The lawyer asks; the client agrees anew, to a public page; a reviewer who is not the lawyer says yes, or two of them
where the page needs two. No other way leads there. What turns private leaves a tombstone at its old address. Links and
invitations outlive both: their holders were chosen for this page.

Whoever backed the page must be looked after as well: doors call `pledges.privacy`, which calls this.
"""

from sqlalchemy import or_, select

from app.accounts.models import User
from app.audit.service import record
from app.cases import client
from app.cases.models import Case, CaseReview, Tombstone
from app.cases.moves import IllegalMove, NotVerified, held, tell_lawyer
from app.cases.publishing import take_slug
from app.cases.review import NoReason, OwnCase, approvals_needed
from app.cases.states import Visibility
from app.core import clock
from app.database import db

KEEP, OPEN = "keep_private", "make_public"  # the decisions, among `CaseReview`s


def ask_public(case: Case) -> bool:
    """The lawyer asks that a private page become public; False if they did before. Raises NotVerified, IllegalMove."""
    case = held(case)
    if not case.lawyer.is_verified:
        raise NotVerified()
    if not (case.is_private and case.is_published):
        raise IllegalMove()
    if case.public_wanted_at is not None:
        return False
    case.public_wanted_at = clock.now()
    _changed(case)
    record("case.public_wanted", case, actor_id=case.lawyer.user_id)
    return True


def take_back(case: Case) -> bool:
    """The lawyer wants it no more; False if they did not."""
    case = held(case)
    if case.public_wanted_at is None:
        return False
    _stop_asking(case)
    record("case.public_not_wanted", case, actor_id=case.lawyer.user_id)
    return True


def is_agreed(case: Case) -> bool:
    """Whether the client, asked after the lawyer did, agrees that the page becomes public."""
    found = client.standing(case)
    wanted = case.public_wanted_at
    return bool(wanted and found.is_given and found.row is not None and found.row.asked_at >= wanted)


def make_public(case: Case, reviewer: User, *, seen: int | None = None) -> bool:
    """A reviewer lets the page become public, or the second one decide on it; whether it became public now. `seen` is
    the version that they read.

    Raises OwnCase, NotVerified, client.NoConsent, IllegalMove.
    """
    case = held(case)
    if case.lawyer.user_id == reviewer.id:
        raise OwnCase()
    if not case.is_private:
        return False
    if case.public_wanted_at is None or not case.is_published or seen not in (None, case.version):
        raise IllegalMove()
    if not case.lawyer.is_verified:
        raise NotVerified()
    if not is_agreed(case):
        raise client.NoConsent()
    before = opened_by(case)
    if reviewer.id in before:
        return False
    db.session.add(CaseReview(case_id=case.id, reviewer_id=reviewer.id, decision=OPEN, case_version=case.version))
    if len(before) + 1 < approvals_needed(case):
        record("case.public_approved", case, actor_id=reviewer.id)
        return False
    take_slug(case)
    case.visibility = Visibility.PUBLIC
    _stop_asking(case)
    record("case.made_public", case, actor_id=reviewer.id)
    tell_lawyer(case, "made_public")
    return True


def opened_by(case: Case) -> set[int]:
    """Who of staff has agreed to this wish since the client did: the ids of their accounts.

    Pledges raise the version of a live page all the time; what the client agreed to says whether its words changed.
    """
    row = client.standing(case).row
    if not is_agreed(case) or row is None or row.answered_at is None:
        return set()
    theirs = select(CaseReview.reviewer_id).where(
        CaseReview.case_id == case.id, CaseReview.decision == OPEN, CaseReview.at >= row.answered_at
    )
    return set(db.session.scalars(theirs))


def keep_private(case: Case, reviewer: User, reason: str) -> bool:
    """A reviewer says no; False if nobody asks any more. Raises OwnCase, NoReason."""
    case = held(case)
    if case.lawyer.user_id == reviewer.id:
        raise OwnCase()
    if not reason.strip():
        raise NoReason()
    if case.public_wanted_at is None:
        return False
    _stop_asking(case)
    # The reason may tell of the case: it stands beside the case, and neither in the log nor in a letter.
    db.session.add(CaseReview(case_id=case.id, reviewer_id=reviewer.id, decision=KEEP, comment=reason))
    record("case.kept_private", case, actor_id=reviewer.id)
    tell_lawyer(case, "kept_private")
    return True


def make_private(case: Case, *, actor_id: int | None) -> bool:
    """A public page becomes private at once; False if it is. Raises IllegalMove for what is not live."""
    case = held(case)
    if not case.is_published:
        raise IllegalMove()
    if case.is_private:
        return False
    db.session.add(Tombstone(slug=case.slug, case_id=case.id))
    case.slug, case.visibility = case.public_id, Visibility.PRIVATE
    _changed(case)
    record("case.made_private", case, actor_id=actor_id)
    tell_lawyer(case, "made_private")
    return True


def _stop_asking(case: Case) -> None:
    case.public_wanted_at = None
    _changed(case)


def _changed(case: Case) -> None:
    """Raise its version, and those of the tries before and after it, whose pages may name it."""
    case.updated_at = clock.now()
    for one in (case, *relatives(case)):
        one.version += 1


def relatives(case: Case) -> list[Case]:
    """The unfunded case that this one tries again, and the one that tries this one again."""
    mine = Case.relaunch_of_id == case.id
    if case.relaunch_of_id is not None:
        mine = or_(mine, Case.id == case.relaunch_of_id)
    return list(db.session.scalars(select(Case).where(mine).order_by(Case.id)))
