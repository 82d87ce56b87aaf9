"""What can happen when a page goes live, now or at a time of its own, and the links that lead to a private one."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.audit.service import record
from app.cases import client, history, restrictions
from app.cases.drafting import BadDeadline, check_deadline, deadline_on
from app.cases.models import Case, CaseGrant, Tombstone
from app.cases.moves import IllegalMove, NotVerified, held, move, tell_lawyer
from app.cases.states import CaseState
from app.core import clock, ids
from app.core.errors import N_, Conflict, DomainError, Invalid
from app.core.text import slugify
from app.database import db
from app.jobs.queue import defer
from app.web.secret import secret_key

NO_SLUGS = ("new",)  # /cases/new is the form
LATEST = timedelta(days=90)  # how far ahead a page can be planned


class BadMoment(Invalid):
    """A time that is over, or too far away to be planned for."""

    message = N_("Choose a time between now and %(last)s.")
    field = "day"


class NoLinks(Conflict):
    """Links are for private pages that are live."""

    message = N_("Only a private page that is live has links.")


def publish(case: Case, day: date | None = None, *, form_key: str = "", first_link: bool = True) -> str | None:
    """Open an approved case for pledges; the first link's token of a private one.

    It closes on the day that was approved, or on `day` if that one is too near by now. The token is shown once. A
    second time is quiet and gives None, but for the same `form_key`: that is the same button pressed twice, whose
    second answer is the one that is seen. Without a `first_link` none is made, for nobody is there to see it. Raises
    NotVerified, client.NoConsent, BadDeadline, IllegalMove.
    """
    case = held(case)
    if case.change_of_id is not None:
        raise IllegalMove()
    if not case.lawyer.is_verified:
        raise NotVerified()
    if case.state == CaseState.APPROVED:
        client.require(case)
        case.deadline_at = deadline_on(_closing_day(case, day), case.time_zone)
    if not move(case, CaseState.OPEN):
        return link_of(case, form_key) if case.is_private else None
    case.opened_at = clock.now()
    if case.is_private:
        case.slug = case.public_id
    else:
        take_slug(case)
    history.keep(case, by_id=case.lawyer.user_id)
    record("case.published", case, actor_id=case.lawyer.user_id)
    tell_lawyer(case, "published")
    if case.relaunch_of_id is not None:
        _tried_again(case, case.relaunch_of_id)
    return make_link(case, form_key=form_key) if case.is_private and first_link else None


def _closing_day(case: Case, day: date | None, *, on: date | None = None) -> date:
    """The day that was approved, while a page that goes live `on` that day can keep it; else `day`.

    Raises BadDeadline.
    """
    assert case.deadline_at is not None
    approved = case.deadline_at.astimezone(ZoneInfo(case.time_zone)).date()
    try:
        check_deadline(approved, case.time_zone, on=on)
    except BadDeadline:
        check_deadline(day or approved, case.time_zone, on=on)
        return day or approved
    return approved


def _tried_again(case: Case, first_id: int) -> None:
    """The page of the first try shows that there is another now, and its backers are told by whoever knows them."""
    first = db.session.get_one(Case, first_id)
    first.version += 1
    defer("updates.tell_of_relaunch", {"case_id": case.id}, uniq=f"case:{case.id}:relaunch")


# ---------------------------------------------------------------- at a time of its own
def plan(case: Case, moment: datetime, day: date | None = None) -> None:
    """Let an approved page go live by itself at `moment`; an earlier plan ends.

    It closes on the day that was approved, or on `day` if that one is too near then. What publishing needs must hold
    now and is looked at again then. Raises NotVerified, client.NoConsent, BadMoment, BadDeadline, IllegalMove.
    """
    case = held(case)
    if case.state != CaseState.APPROVED or case.change_of_id is not None:
        raise IllegalMove()
    if not case.lawyer.is_verified:
        raise NotVerified()
    client.require(case)
    if not clock.now() < moment <= clock.now() + LATEST:
        raise BadMoment(last=(clock.now() + LATEST).astimezone(ZoneInfo(case.time_zone)).date())
    on = moment.astimezone(ZoneInfo(case.time_zone)).date()
    case.deadline_at = deadline_on(_closing_day(case, day, on=on), case.time_zone)
    case.publish_at = moment
    _planned(case, "planned")


def call_off(case: Case) -> bool:
    """The page does not go live by itself; False if it was not going to."""
    case = held(case)
    if case.publish_at is None:
        return False
    case.publish_at = None
    _planned(case, "plan_ended")
    return True


def _planned(case: Case, event: str) -> None:
    case.version += 1
    case.updated_at = clock.now()
    record(f"case.{event}", case, actor_id=case.lawyer.user_id)


def publish_due() -> int:
    """Publish what was planned for a moment that has come; how many pages went live. Commits after each.

    A page that cannot go live any more stays approved, without a plan, and its lawyer is told.
    """
    due = select(Case.id).where(Case.publish_at <= clock.now(), Case.state == CaseState.APPROVED)
    went_live = 0
    for case_id in db.session.scalars(due.order_by(Case.publish_at, Case.id)).all():
        went_live += _publish_planned(case_id)
        db.session.commit()
    return went_live


def _publish_planned(case_id: int) -> bool:
    case = held(db.session.get_one(Case, case_id))
    if case.state != CaseState.APPROVED or case.publish_at is None or case.publish_at > clock.now():
        return False  # called off, changed, or done by another worker meanwhile
    try:
        publish(case, first_link=False)
    except DomainError:
        case.publish_at = None
        _planned(case, "not_published")
        tell_lawyer(case, "not_published")
        return False
    return True


# ---------------------------------------------------------------- addresses


def take_slug(case: Case) -> None:
    """Give a public page its address, the one it had before if it had one. Two of one title that go live at the same
    moment get two.
    """
    once = db.session.scalar(
        select(Tombstone).where(Tombstone.case_id == case.id).order_by(Tombstone.id.desc()).limit(1)
    )
    if once is not None:
        case.slug = once.slug
        db.session.delete(once)
        return
    while True:
        slug = _free_slug(restrictions.told(case, case.title, case.lang))
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
    buried = select(Tombstone.slug).where(Tombstone.slug.startswith(wanted, autoescape=True))
    taken = {*db.session.scalars(found), *db.session.scalars(buried), *NO_SLUGS}
    return next(slug for n in range(1, len(taken) + 2) if (slug := wanted if n == 1 else f"{wanted}-{n}") not in taken)


# ---------------------------------------------------------------- links
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
