"""How long a case's page stays true: the version of all it shows, and the next moment at which it changes by itself."""

import hashlib
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from app.accounts.models import User
from app.cases import access
from app.cases.models import Case, CasePicture, PictureVariant
from app.core import clock
from app.database import db
from app.lawyers.models import Lawyer, LawyerCheck
from app.pages.cards import SOON
from app.pledges.models import PledgeDelta
from app.settings.queries import mark as in_force_mark
from app.updates.models import Outcome, Update
from app.web.page_cache import version_of

_CASE = (
    Case.version,
    Case.state,
    Case.suspended_at,
    Case.raising_ended_at,
    Case.deadline_at,
    Case.instruction_seen_at,
    Case.filing_checked_at,
    Case.restriction_changes,
)
_LAWYER = (
    Lawyer.version,
    Lawyer.state,
    Lawyer.verified_at,
    Lawyer.suspended_at,
    Lawyer.pending_since,
    Lawyer.register_snapshot_id,
    Lawyer.firm,
    Lawyer.portrait,
    User.name,
)


@version_of("case")
def case_version(case_id: int) -> str | None:
    """The version of a public case's page, with one query; None once it is not public."""
    on_page = (
        # What was pledged shows before the roll-up has folded it in and raised the case's own version.
        select(func.max(PledgeDelta.id)).where(PledgeDelta.case_id == Case.id),
        # A new update adds to the sum, a correction too.
        select(func.sum(Update.version)).where(Update.case_id == Case.id, Update.posted_at.is_not(None)),
        select(Outcome.id).where(Outcome.case_id == Case.id),
        # A picture is shown once it is made ready.
        select(func.max(PictureVariant.id))
        .join(CasePicture, CasePicture.id == PictureVariant.picture_id)
        .where(CasePicture.case_id == Case.id),
        select(func.max(LawyerCheck.id)).where(LawyerCheck.lawyer_id == Lawyer.id),
    )
    found = db.session.execute(
        select(*_CASE, *_LAWYER, *(one.scalar_subquery() for one in on_page))
        .join(Lawyer, Lawyer.id == Case.lawyer_id)
        .join(User, User.id == Lawyer.user_id)
        .where(Case.id == case_id, access.listed())
    ).first()
    return hashlib.sha256(repr((*found, in_force_mark())).encode()).hexdigest()[:24] if found else None


def changes_at(case: Case) -> datetime:
    """When the page of `case` next changes by itself: it closes soon, its deadline passes, or a day ends."""
    moment = clock.now()
    zone = ZoneInfo(case.time_zone)
    changes = [datetime.combine(moment.astimezone(zone).date() + timedelta(days=1), time(), zone)]
    if case.deadline_at is not None:
        # The deadline itself still counts.
        changes += [case.deadline_at - SOON, case.deadline_at + timedelta(microseconds=1)]
    return min(change for change in changes if change > moment)
