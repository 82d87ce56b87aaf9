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

from app.cases.models import Case, CaseGrant, ClientConsent
from app.cases.states import ASKABLE, PUBLISHED, CaseState, Visibility
from app.core import clock, ids
from app.core.errors import NotFound
from app.database import db
from app.lawyers.models import Lawyer
from app.web.visitor import Visitor

REVIEWERS = ("reviewer",)
MOST_CARRIED = 40  # rights in one cookie: a browser silently drops a cookie above 4 KB
_LOADED = (joinedload(Case.lawyer).joinedload(Lawyer.user), joinedload(Case.area))


def listed() -> ColumnElement[bool]:
    """Cases that anybody may find: published and public."""
    return and_(Case.visibility == Visibility.PUBLIC, Case.state.in_(PUBLISHED))


def visible_to(viewer: Visitor) -> ColumnElement[bool]:
    """Cases whose page `viewer` may open: the listed, their own, those they hold a right to; all for reviewers."""
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
                CaseGrant.revoked_at.is_(None),
            ),
        )
        for public_id, (grant_id, version) in viewer.grants.items()
    ]
    return or_(false(), *held)


def can_see(viewer: Visitor, case: Case) -> bool:
    """Whether `viewer` may open the page of `case`."""
    return db.session.scalar(select(Case.id).where(Case.id == case.id, visible_to(viewer))) is not None


def find(slug: str, viewer: Visitor) -> Case:
    """The published case at `slug` with its lawyer and area. Raises NotFound, also for what `viewer` may not know."""
    return _one(Case.slug == slug, visible_to(viewer))


def own(public_id: str, viewer: Visitor) -> Case:
    """A case of the lawyer `viewer`, in any state. Raises NotFound."""
    mine = Case.lawyer_id == viewer.lawyer_id if viewer.lawyer_id is not None else false()
    return _one(Case.public_id == public_id, mine)


def submitted(public_id: str, viewer: Visitor) -> Case:
    """A case that was sent in, for the reviewer `viewer`. A draft is nobody's business yet. Raises NotFound."""
    may = true() if viewer.has_role(*REVIEWERS) else false()
    return _one(Case.public_id == public_id, Case.submitted_at.is_not(None), may)


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
    waits = and_(ClientConsent.expires_at > clock.real_now(), Case.state.in_(ASKABLE))
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
    grant = db.session.scalar(
        select(CaseGrant)
        .join(CaseGrant.case)
        .where(
            CaseGrant.kind == "link",
            CaseGrant.token_hash == ids.hash_token(token),
            CaseGrant.revoked_at.is_(None),
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
