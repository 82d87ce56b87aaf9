"""What is asked about cases. Nothing is changed here, and nobody is shown what `access` hides."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import LazyString
from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import User
from app.cases import access, fields
from app.cases.models import Area, Case, CaseAppeal, CaseGrant, CaseReview
from app.cases.review import approvals_needed, approved_by
from app.cases.states import CaseState
from app.core import clock, ids, working_days
from app.database import db
from app.i18n.locale import alternate_url
from app.lawyers.models import Lawyer
from app.lawyers.states import LawyerState
from app.settings.queries import in_force
from app.web.visitor import NOBODY, Visitor

PAGE = 24
STATUSES = ("open", "met", "ended")
SORTS = ("fair", "newest", "ending")
LARGEST_ID = 2**63 - 1  # what a column holds


def areas() -> list[Area]:
    """The areas of law, in their order."""
    return list(db.session.scalars(select(Area).order_by(Area.position)))


def page_url(case: Case, lang: str) -> str:
    """Absolute address of a case's page in `lang`. Ask only for those who may know of it."""
    return str(current_app.config["AMICUS"].base_url) + alternate_url(f"cases/{case.slug}", lang)


def locked(case_id: int) -> Case:
    """The case, held against everybody else until the transaction ends: for verdicts, which need it whole."""
    return db.session.scalars(
        select(Case).where(Case.id == case_id).with_for_update().execution_options(populate_existing=True)
    ).one()


def running_of(lawyer_id: int) -> list[Case]:
    """The cases of a lawyer that raise money, or for which some may still be collected or paid out, in order."""
    states = (CaseState.OPEN, CaseState.CLOSING, CaseState.FUNDED, CaseState.CONCLUDED)
    theirs = select(Case).where(Case.lawyer_id == lawyer_id, Case.state.in_(states))
    return list(db.session.scalars(theirs.order_by(Case.id)))


def frozen() -> ColumnElement[bool]:
    """`Case.is_frozen`, for the database; the lawyer must be joined."""
    return or_(Case.suspended_at.is_not(None), Lawyer.frozen_since.is_not(None))


def takes_pledges() -> ColumnElement[bool]:
    """`Case.takes_pledges` of this moment, for the database."""
    return and_(
        Case.state.in_((CaseState.OPEN, CaseState.FUNDED)),
        Case.suspended_at.is_(None),
        Case.raising_ended_at.is_(None),
        Case.deadline_at >= clock.now(),
    )


@dataclass(frozen=True)
class Filter:
    """What a list of cases is narrowed to and how it is ordered. Empty means any.

    `after` is where a page begins, as `place_of` gives it; `among` the ids that alone come into question.
    """

    area: str = ""
    status: str = ""
    sort: str = SORTS[0]
    after: str = ""
    among: Collection[int] | None = None


def narrowed(wanted: Filter) -> list[ColumnElement[bool]]:
    """The conditions that `wanted` puts on a case."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.area:
        conditions.append(Case.area.has(Area.slug == wanted.area))
    if wanted.status == "open":
        conditions.append(takes_pledges())
    elif wanted.status == "met":
        conditions.append(Case.funded_at.is_not(None))
    elif wanted.status == "ended":
        over = Case.state.not_in((CaseState.OPEN, CaseState.FUNDED))
        conditions.append(or_(over, Case.raising_ended_at.is_not(None), Case.deadline_at < clock.now()))
    if wanted.among is not None:
        conditions.append(Case.id.in_(wanted.among))
    return conditions


def shown_on_lists(*more: ColumnElement[bool]) -> Select[Case]:
    """Public cases with their lawyers and areas."""
    query = select(Case).where(access.listed(), *more)
    return query.options(joinedload(Case.lawyer).joinedload(Lawyer.user), joinedload(Case.area))


def listed(viewer: Visitor, *, wanted: Filter | None = None, limit: int = PAGE) -> list[Case]:
    """Public cases with their lawyers and areas; `viewer` sees no more than anybody else on a list.

    By default those that take pledges now. "fair" begins at another case each day and goes around, so that none is
    always first; "newest" puts the latest opened first, "ending" the nearest deadline.
    """
    wanted = wanted or Filter(status="open")
    if wanted.sort == "fair":
        return _in_turn(wanted, limit)
    moment = Case.deadline_at if wanted.sort == "ending" else Case.opened_at
    query = shown_on_lists(moment.is_not(None), *narrowed(wanted))
    place, after = tuple_(moment, Case.id), _read_moment(wanted.after)
    if wanted.sort == "ending":
        query = query.order_by(moment, Case.id)
        query = query.where(place > after) if after else query
    else:
        query = query.order_by(moment.desc(), Case.id.desc())
        query = query.where(place < after) if after else query
    return list(db.session.scalars(query.limit(limit)))


def _in_turn(wanted: Filter, limit: int) -> list[Case]:
    """The cases as a ring, in the order of their ids' random letters, which each day is entered elsewhere."""
    day, last = _read_turn(wanted.after)
    first = ids.id_from(day.isoformat())
    arcs = [Case.public_id >= first, Case.public_id < first]
    if last:
        arcs = arcs[1:] if last < first else arcs
        arcs[0] = and_(arcs[0], Case.public_id > last)
    found: list[Case] = []
    for arc in arcs:
        if len(found) < limit:
            query = shown_on_lists(Case.opened_at.is_not(None), arc, *narrowed(wanted)).order_by(Case.public_id)
            found += db.session.scalars(query.limit(limit - len(found)))
    return found


# ---------------------------------------------------------------- where a page begins
def place_of(case: Case, wanted: Filter) -> str:
    """Where the list `wanted` goes on after `case`. A ring is gone around as it was entered, though the day ends."""
    if wanted.sort == "fair":
        return f"{_read_turn(wanted.after)[0].isoformat()}~{case.public_id}"
    moment = case.deadline_at if wanted.sort == "ending" else case.opened_at
    assert moment is not None
    return f"{moment.isoformat()}~{case.id}"


def read_id(text: str) -> int | None:
    """A row's id from an address; None for anything else."""
    found = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
    return found if 0 < found <= LARGEST_ID else None


def _read_moment(text: str) -> tuple[datetime, int] | None:
    moment, _tilde, row = text.partition("~")
    id_ = read_id(row)
    try:
        found = datetime.fromisoformat(moment).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return (found, id_) if id_ else None


def _read_turn(text: str) -> tuple[date, str]:
    """The day on which the ring was entered, and the id of the last case that was seen; today and none for junk."""
    day, _tilde, last = text.partition("~")
    today = clock.now().date()
    try:
        entered = date.fromisoformat(day)
    except ValueError:
        return today, ""
    is_id = last.isascii() and last.isalnum() and last == last.lower() and len(last) <= 32
    return (entered, last) if is_id and entered <= today else (today, "")


# ---------------------------------------------------------------- areas, and what is like a case
def like(case: Case, limit: int) -> list[Case]:
    """Other cases that take pledges now: those of its area of law first."""
    area = case.area.slug if case.area else ""
    found = listed(NOBODY, wanted=Filter(area=area, status="open"), limit=limit + 1)
    if len(found) <= limit:
        found += listed(NOBODY, limit=2 * limit + 1)
    return list({other.id: other for other in found if other.id != case.id}.values())[:limit]


def area_of(slug: str) -> Area | None:
    """The area of law at `slug`."""
    return db.session.scalar(select(Area).where(Area.slug == slug))


def open_by_area() -> dict[int, int]:
    """How many public cases take pledges now, by the id of their area; areas without any are left out."""
    counted = select(Case.area_id, func.count()).where(access.listed(), takes_pledges()).group_by(Case.area_id)
    return {area_id: number for area_id, number in db.session.execute(counted) if area_id is not None}


def lawyers_in(area: Area, limit: int) -> list[Lawyer]:
    """Verified lawyers with a public case in `area`, with accounts and checks: who opened one last comes first."""
    last = select(Case.lawyer_id, func.max(Case.opened_at).label("at")).where(access.listed(), Case.area_id == area.id)
    by_lawyer = last.group_by(Case.lawyer_id).subquery()
    query = select(Lawyer).join(by_lawyer, by_lawyer.c.lawyer_id == Lawyer.id)
    query = query.where(Lawyer.state == LawyerState.VERIFIED).order_by(by_lawyer.c.at.desc(), Lawyer.id)
    return list(db.session.scalars(query.options(joinedload(Lawyer.user), selectinload(Lawyer.checks)).limit(limit)))


def listed_of_lawyer(lawyer_id: int, *, after: str = "", limit: int = PAGE) -> list[Case]:
    """Public cases of a lawyer with lawyer and area, the newest first; those behind the one at the slug `after`."""
    theirs = (access.listed(), Case.lawyer_id == lawyer_id, Case.opened_at.is_not(None))
    query = select(Case).where(*theirs).options(joinedload(Case.lawyer).joinedload(Lawyer.user), joinedload(Case.area))
    last = select(Case.opened_at, Case.id).where(*theirs, Case.slug == after)
    if after and (place := db.session.execute(last).first()) is not None:
        query = query.where(tuple_(Case.opened_at, Case.id) < tuple(place))
    return list(db.session.scalars(query.order_by(Case.opened_at.desc(), Case.id.desc()).limit(limit)))


@dataclass(frozen=True)
class Work:
    """A lawyer's public cases: their areas in order, how many there are, and how many take pledges now."""

    areas: list[Area]
    number: int
    open: int


def of_lawyers(lawyer_ids: Sequence[int]) -> dict[int, Work]:
    """The public work of each of these lawyers, with one query for all. Private cases do not count."""
    theirs = select(Case.lawyer_id, Case.area_id, func.count(), func.count().filter(takes_pledges()))
    theirs = theirs.where(access.listed(), Case.lawyer_id.in_(lawyer_ids)).group_by(Case.lawyer_id, Case.area_id)
    counted = db.session.execute(theirs).all()
    in_order = areas() if counted else []
    found = {}
    for lawyer_id in lawyer_ids:
        mine = [(area_id, number, is_open) for owner, area_id, number, is_open in counted if owner == lawyer_id]
        worked_in = {area_id for area_id, _number, _open in mine}
        found[lawyer_id] = Work(
            areas=[area for area in in_order if area.id in worked_in],
            number=sum(number for _area, number, _open in mine),
            open=sum(is_open for _area, _number, is_open in mine),
        )
    return found


def of_lawyer(lawyer_id: int) -> list[Case]:
    """Every case of a lawyer, the latest first, without the changes that are being written."""
    return list(
        db.session.scalars(
            select(Case)
            .where(Case.lawyer_id == lawyer_id, Case.change_of_id.is_(None))
            .options(joinedload(Case.area), joinedload(Case.instruction))
            .order_by(Case.id.desc())
        )
    )


@dataclass(frozen=True)
class Waiting:
    """A page or an appeal that waits for staff since `since`, whose answer is promised by the end of `answer_by`.

    Of a page that needs two approvals, `approvals` says how many it has.
    """

    case: Case
    since: datetime
    answer_by: date
    is_late: bool
    approvals: int = 0
    needed: int = 1
    is_appeal: bool = False


def _waiting(case: Case, since: datetime, *, approvals: int = 0, needed: int = 1, is_appeal: bool = False) -> Waiting:
    settings = in_force()
    zone = ZoneInfo(settings.court_time_zone)
    answer_by = working_days.after(since.astimezone(zone).date(), settings.review_days)
    is_late = clock.now().astimezone(zone).date() > answer_by
    return Waiting(case, since, answer_by, is_late, approvals, needed, is_appeal)


def waiting(viewer: Visitor) -> list[Waiting]:
    """The pages that wait for a decision, the longest waiting first; none for somebody who is no reviewer."""
    found = []
    for case in access.in_review(viewer):
        assert case.submitted_at is not None
        needed = approvals_needed(case)
        done = len(approved_by(case)) if needed > 1 else 0
        found.append(_waiting(case, case.submitted_at, approvals=done, needed=needed))
    return found


def appealed(viewer: Visitor) -> list[Waiting]:
    """The same of appeals against refusals."""
    if not viewer.has_role(*access.REVIEWERS):
        return []
    open_ = select(CaseAppeal).where(CaseAppeal.decision == "").order_by(CaseAppeal.at, CaseAppeal.id)
    rows = db.session.scalars(
        open_.options(joinedload(CaseAppeal.case).joinedload(Case.lawyer).joinedload(Lawyer.user))
    )
    return [_waiting(row.case, row.at, is_appeal=True) for row in rows]


def decisions(case: Case) -> list[tuple[CaseReview, str]]:
    """What staff decided about a case and who, the latest first, with the comments on parts of the page."""
    theirs = select(CaseReview, User.name).join(User, User.id == CaseReview.reviewer_id)
    theirs = theirs.options(selectinload(CaseReview.comments))
    rows = db.session.execute(theirs.where(CaseReview.case_id == case.id).order_by(CaseReview.id.desc()))
    return [(review, name) for review, name in rows]


@dataclass(frozen=True)
class Remark:
    """A reviewer's comment on one part of a page: what stood there then and stands there now, both to be read."""

    field: str
    label: LazyString
    step: str
    comment: str
    then: str
    now: str
    is_answered: bool


def remarks(case: Case, review: CaseReview) -> list[Remark]:
    """The comments of `review` on parts of the page, in the page's order. One is answered once its part changed."""
    by_field = {comment.field: comment for comment in review.comments}
    found = []
    for name, part in fields.FIELDS.items():
        comment = by_field.get(name)
        if comment is not None:
            said = part.said(case)
            then, now = part.reads(comment.said), part.reads(said)
            found.append(Remark(name, part.label, part.step, comment.comment, then, now, comment.said != said))
    return found


def last_request(case: Case) -> tuple[CaseReview, str] | None:
    """What staff asked to be changed and who, if that was their last decision."""
    last = next(iter(decisions(case)), None)
    return last if last is not None and last[0].decision == "request_changes" else None


def links(case: Case) -> list[CaseGrant]:
    """The links to a private case, revoked ones too, in the order in which they were made."""
    mine = select(CaseGrant).where(CaseGrant.case_id == case.id, CaseGrant.kind == "link")
    return list(db.session.scalars(mine.order_by(CaseGrant.id)))


def first_try(case: Case) -> Case | None:
    """The case that `case` tries again, if everybody may see its page."""
    if case.relaunch_of_id is None:
        return None
    return db.session.scalar(select(Case).where(Case.id == case.relaunch_of_id, access.listed()))


def next_try(case: Case) -> Case | None:
    """The latest page that tries the unfunded `case` again, if everybody may see it."""
    if case.state != CaseState.UNFUNDED:
        return None
    again = select(Case).where(Case.relaunch_of_id == case.id, access.listed())
    return db.session.scalars(again.order_by(Case.id.desc()).limit(1)).first()


def running(viewer: Visitor, *, before: str = "", limit: int = PAGE) -> list[Case]:
    """Cases that are open or raise on and that `viewer` may see, the latest first; those below the case `before`."""
    live = (access.visible_to(viewer), Case.state.in_((CaseState.OPEN, CaseState.FUNDED)))
    query = select(Case).where(*live).options(joinedload(Case.lawyer).joinedload(Lawyer.user), joinedload(Case.area))
    last = db.session.scalar(select(Case.id).where(Case.public_id == before, *live)) if before.isalnum() else None
    if last is not None:
        query = query.where(Case.id < last)
    return list(db.session.scalars(query.order_by(Case.id.desc()).limit(limit)))
