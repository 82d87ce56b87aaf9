"""What is asked about cases. Nothing is changed here, and nobody is shown what `access` hides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.cases import access
from app.cases.models import Area, Case, CaseGrant, CaseReview
from app.cases.states import CaseState
from app.core import clock
from app.database import db
from app.i18n.locale import alternate_url
from app.lawyers.models import Lawyer
from app.web.visitor import Visitor

PAGE = 24
STATUSES = ("open", "met", "ended")
SORTS = ("newest", "ending")


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
    """What a list of cases is narrowed to and how it is ordered. Empty means any; `after` is where a page begins."""

    area: str = ""
    status: str = ""
    sort: str = SORTS[0]
    after: tuple[datetime, int] | None = None


def _narrowed(wanted: Filter) -> list[ColumnElement[bool]]:
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
    return conditions


def listed(viewer: Visitor, *, wanted: Filter | None = None, limit: int = PAGE) -> list[Case]:
    """Public cases with their lawyers and areas; `viewer` sees no more than anybody else on a list.

    By default those that take pledges now, the newest first. "ending" puts the nearest deadline first.
    """
    wanted = wanted or Filter(status="open")
    moment = Case.deadline_at if wanted.sort == "ending" else Case.opened_at
    query = select(Case).where(access.listed(), moment.is_not(None), *_narrowed(wanted))
    query = query.options(joinedload(Case.lawyer).joinedload(Lawyer.user), joinedload(Case.area))
    place = tuple_(moment, Case.id)
    if wanted.sort == "ending":
        query = query.order_by(moment, Case.id)
        after = place > wanted.after if wanted.after else None
    else:
        query = query.order_by(moment.desc(), Case.id.desc())
        after = place < wanted.after if wanted.after else None
    if after is not None:
        query = query.where(after)
    return list(db.session.scalars(query.limit(limit)))


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
    """Every case of a lawyer, the latest first."""
    return list(
        db.session.scalars(
            select(Case).where(Case.lawyer_id == lawyer_id).options(joinedload(Case.area)).order_by(Case.id.desc())
        )
    )


def decisions(case: Case) -> list[tuple[CaseReview, str]]:
    """What staff decided about a case and who, the latest first."""
    theirs = select(CaseReview, User.name).join(User, User.id == CaseReview.reviewer_id)
    rows = db.session.execute(theirs.where(CaseReview.case_id == case.id).order_by(CaseReview.id.desc()))
    return [(review, name) for review, name in rows]


def links(case: Case) -> list[CaseGrant]:
    """The links to a private case, revoked ones too, in the order in which they were made."""
    mine = select(CaseGrant).where(CaseGrant.case_id == case.id, CaseGrant.kind == "link")
    return list(db.session.scalars(mine.order_by(CaseGrant.id)))
