"""What can happen when a page goes live, and the links by which a private one is reached."""

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.audit.service import record
from app.cases import client
from app.cases.drafting import check_deadline, deadline_on
from app.cases.models import Case, CaseGrant
from app.cases.moves import NotVerified, held, move, tell_lawyer
from app.cases.states import CaseState
from app.core import clock, ids
from app.core.errors import N_, Conflict
from app.core.text import slugify
from app.database import db
from app.web.secret import secret_key

NO_SLUGS = ("new",)  # /cases/new is the form


class NoLinks(Conflict):
    """Links are for private pages that are live."""

    message = N_("Only a private page that is live has links.")


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
    if not move(case, CaseState.OPEN):
        return link_of(case, form_key) if case.is_private else None
    case.opened_at = clock.now()
    if case.is_private:
        case.slug = case.public_id
    else:
        _take_slug(case)
    record("case.published", case, actor_id=case.lawyer.user_id)
    tell_lawyer(case, "published")
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
    return ids.derive(secret_key(), "case link", f"{case.public_id}:{form_key}", 1) if form_key else ""


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
