"""Who may see which case: the one place that says so.

Lists, pages, search, feeds, letters and the API all build on this file, so that they can never disagree about a
private case. What may not be seen is answered exactly like what does not exist.

Nothing here looks at what is built on cases: links, invitations and pledges write rows of `case_grants`, and whoever
holds one carries its id and version in a signed cookie, which is checked against the row on every use.
"""

from collections.abc import Collection, MutableMapping
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.orm import joinedload

from app.cases.labels import REASONS
from app.cases.models import Case, CaseFiling, CaseGrant, CaseInstruction, ClientConsent, Tombstone
from app.cases.states import ASKABLE, PUBLISHED, CaseState, Visibility
from app.core import clock, ids
from app.core.errors import N_, DomainError, NotFound
from app.database import db
from app.lawyers.models import Lawyer
from app.web.visitor import Visitor

REVIEWERS = ("reviewer",)
RECORDS = ("admin", "auditor")
MOST_CARRIED = 40  # rights in one cookie: a browser silently drops a cookie above 4 KB
_LOADED = (joinedload(Case.lawyer).joinedload(Lawyer.user), joinedload(Case.area))


class TakenDown(DomainError):
    """The page stood here, and staff took it down. Said only to those who could have opened it."""

    status = 410
    message = N_("We took this page down. The reason: %(reason)s.")


class Gone(DomainError):
    """A page stood here for everybody to see. What it was is told to nobody."""

    status = 410
    message = N_("The page that stood at this address is not public any more.")


def listed() -> ColumnElement[bool]:
    """Cases that anybody may find: published, public, and not taken down."""
    return and_(Case.visibility == Visibility.PUBLIC, Case.state.in_(PUBLISHED), Case.taken_down_at.is_(None))


def visible_to(viewer: Visitor) -> ColumnElement[bool]:
    """Cases whose page `viewer` may open: the listed, their own, those they hold a right to; all for reviewers."""
    return and_(Case.taken_down_at.is_(None), _knowable_to(viewer))


def _knowable_to(viewer: Visitor) -> ColumnElement[bool]:
    """The same, with those that were taken down: whoever could open the page is told that it is gone."""
    if viewer.has_role(*REVIEWERS):
        return Case.state.in_(PUBLISHED)
    own = Case.lawyer_id == viewer.lawyer_id if viewer.lawyer_id is not None else false()
    return and_(Case.state.in_(PUBLISHED), or_(Case.visibility == Visibility.PUBLIC, own, _granted(viewer)))


def _granted(viewer: Visitor) -> ColumnElement[bool]:
    held = [
        and_(
            Case.public_id == public_id,
            exists().where(
                CaseGrant.id == grant_id,
                CaseGrant.case_id == Case.id,
                CaseGrant.version == version,
                _stands(),
            ),
        )
        for public_id, (grant_id, version) in viewer.grants.items()
    ]
    return or_(false(), *held)


def _stands() -> ColumnElement[bool]:
    """Rights that were neither ended nor have run out."""
    in_time = or_(CaseGrant.expires_at.is_(None), CaseGrant.expires_at > clock.real_now())
    return and_(CaseGrant.revoked_at.is_(None), in_time)


def can_see(viewer: Visitor, case: Case) -> bool:
    """Whether `viewer` may open the page of `case`."""
    return db.session.scalar(select(Case.id).where(Case.id == case.id, visible_to(viewer))) is not None


def find(slug: str, viewer: Visitor) -> Case:
    """The published case at `slug` with its lawyer and area. Raises NotFound, also for what `viewer` may not know,
    TakenDown, and Gone for the old address of a page that became private.
    """
    try:
        case = _one(Case.slug == slug, _knowable_to(viewer))
    except NotFound:
        if db.session.scalar(select(Tombstone.id).where(Tombstone.slug == slug)) is not None:
            raise Gone() from None
        raise
    if case.taken_down_at is not None:
        raise TakenDown(reason=REASONS[case.taken_down_because])
    return case


def own(public_id: str, viewer: Visitor) -> Case:
    """A case of the lawyer `viewer`, in any state. Raises NotFound."""
    mine = Case.lawyer_id == viewer.lawyer_id if viewer.lawyer_id is not None else false()
    return _one(Case.public_id == public_id, mine)


def submitted(public_id: str, viewer: Visitor) -> Case:
    """A case that was sent in, for the reviewer `viewer`. A draft is nobody's business yet. Raises NotFound."""
    may = true() if viewer.has_role(*REVIEWERS) else false()
    return _one(Case.public_id == public_id, Case.submitted_at.is_not(None), may)


def wanting_public(viewer: Visitor) -> list[Case]:
    """Private cases whose lawyer asked that they become public, the longest waiting first; none for no reviewer."""
    may = true() if viewer.has_role(*REVIEWERS) else false()
    waiting = select(Case).where(Case.public_wanted_at.is_not(None), may).options(*_LOADED)
    return list(db.session.scalars(waiting.order_by(Case.public_wanted_at, Case.id)))


def filings_waiting(viewer: Visitor) -> list[CaseFiling]:
    """Filings that wait to be checked, the longest waiting first, of cases that were sent in; none for no reviewer."""
    may = true() if viewer.has_role(*REVIEWERS) else false()
    query = select(CaseFiling).join(CaseFiling.case)
    query = query.where(CaseFiling.state == "sent", Case.submitted_at.is_not(None), may)
    return list(
        db.session.scalars(query.options(joinedload(CaseFiling.case).options(*_LOADED)).order_by(CaseFiling.id))
    )


def instructions_waiting(viewer: Visitor) -> list[Case]:
    """Live cases with a proof of instruction that nobody decided about; none for no reviewer."""
    may = true() if viewer.has_role(*REVIEWERS) else false()
    query = select(Case).join(Case.instruction)
    query = query.where(CaseInstruction.decided_at.is_(None), Case.state.in_(PUBLISHED), may)
    return list(db.session.scalars(query.options(*_LOADED).order_by(Case.id)))


def _recorded(viewer: Visitor) -> ColumnElement[bool]:
    """Cases whose records `viewer` may read: for administrators and auditors whatever was ever sent in."""
    return Case.submitted_at.is_not(None) if viewer.has_role(*RECORDS) else false()


def recorded(public_id: str, viewer: Visitor) -> Case:
    """A case whose records `viewer` may read. Raises NotFound."""
    return _one(Case.public_id == public_id, _recorded(viewer))


def all_recorded(viewer: Visitor, before: int | None, limit: int) -> list[Case]:
    """Cases whose records `viewer` may read, the latest first, from below the one with id `before`."""
    below = Case.id < before if before is not None else true()
    rows = select(Case).where(_recorded(viewer), below).order_by(Case.id.desc()).limit(limit).options(*_LOADED)
    return list(db.session.scalars(rows))


def in_review(viewer: Visitor) -> list[Case]:
    """Cases that wait for a decision, the longest waiting first; none for somebody who is no reviewer."""
    may = true() if viewer.has_role(*REVIEWERS) else false()
    waiting = select(Case).where(Case.state == CaseState.IN_REVIEW, may).options(*_LOADED)
    return list(db.session.scalars(waiting.order_by(Case.submitted_at, Case.id)))


def seen_among(case_ids: Collection[int], viewer: Visitor) -> set[int]:
    """Of these cases those whose page `viewer` may open."""
    if not case_ids:
        return set()
    return set(db.session.scalars(select(Case.id).where(Case.id.in_(case_ids), visible_to(viewer))))


def asked(token: str) -> ClientConsent:
    """What the client behind the link in a letter is asked, with its case: to be answered, or answered already.

    Raises NotFound for a link that is too old, ended, altered, or never existed. Who answered may learn only that.
    """
    askable = or_(Case.state.in_(ASKABLE), Case.public_wanted_at.is_not(None))
    waits = and_(ClientConsent.expires_at > clock.real_now(), askable)
    row = db.session.scalar(
        select(ClientConsent)
        .join(ClientConsent.case)
        .where(
            ClientConsent.token_hash == ids.hash_token(token),
            ClientConsent.ended_at.is_(None),
            or_(ClientConsent.answer != "", waits),
        )
        .options(joinedload(ClientConsent.case).options(*_LOADED))
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound()
    return row


def _one(*conditions: ColumnElement[bool]) -> Case:
    case = db.session.scalars(select(Case).where(*conditions).options(*_LOADED)).one_or_none()
    if case is None:
        raise NotFound()
    return case


# ---------------------------------------------------------------- rights to private cases
def grant_of_link(token: str) -> CaseGrant:
    """The link that `token` opens. Raises NotFound for one that was revoked, altered, or never existed."""
    return _grant_behind(token, "link")


def grant_of_invitation(token: str) -> CaseGrant:
    """The invitation whose letter had this `token`. Raises NotFound for one that ended, ran out, or never existed."""
    return _grant_behind(token, "invitation")


def _grant_behind(token: str, kind: str) -> CaseGrant:
    grant = db.session.scalar(
        select(CaseGrant)
        .join(CaseGrant.case)
        .where(
            CaseGrant.kind == kind,
            CaseGrant.token_hash == ids.hash_token(token),
            _stands(),
            Case.state.in_(PUBLISHED),
        )
    )
    if grant is None:
        raise NotFound()
    return grant


def grant_for_pledge(case: Case, label: str) -> None:
    """Let the backer of the pledge `label` (its public id) go on seeing a private case."""
    db.session.add(CaseGrant(case_id=case.id, kind="pledge", label=label))


def grant_of_pledge(label: str) -> CaseGrant | None:
    """The right that the pledge `label` brought."""
    return db.session.scalar(
        select(CaseGrant).where(CaseGrant.kind == "pledge", CaseGrant.label == label, CaseGrant.revoked_at.is_(None))
    )


def grants_of_pledges(labels: Collection[str]) -> list[CaseGrant]:
    """The rights that these pledges brought, one for each case: the latest."""
    live = (CaseGrant.kind == "pledge", CaseGrant.label.in_(labels), CaseGrant.revoked_at.is_(None))
    rows = db.session.scalars(select(CaseGrant).where(*live).options(joinedload(CaseGrant.case)).order_by(CaseGrant.id))
    return list({grant.case_id: grant for grant in rows}.values()) if labels else []


def carry(session: MutableMapping[str, Any], grant: CaseGrant) -> None:
    """Put `grant` into a visitor's signed cookie, in place of another right to the same case."""
    held = dict(session.get("grants", {}))
    mine, right = grant.case.public_id, [grant.id, grant.version]
    if list(held.pop(mine, ())) == right:
        return
    latest = sorted(held.items(), key=lambda other: other[1][0])[1 - MOST_CARRIED :]
    session["grants"] = {**dict(latest), mine: right}
