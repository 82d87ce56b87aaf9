"""What a material change of a page does to its pledges: their backers are told, and decide again for 72 hours.

Until then the case is not charged for and its deadline does not pass; see `cases.changing`.
"""

from sqlalchemy import select

from app.cases import changing
from app.cases import queries as cases
from app.cases.models import Case, CaseVersion
from app.cases.states import CaseState
from app.core import clock
from app.core.errors import DomainError
from app.core.money import Money
from app.database import db
from app.jobs.queue import defer
from app.mail.outbox import post_many
from app.pledges import closing
from app.pledges.models import Pledge
from app.pledges.states import PledgeState

SLICE = 1000


def apply(draft_id: int) -> CaseVersion | None:
    """Put an approved change in its place, under the case's lock; None if it was done before or cannot be any more.

    Own transaction.
    """
    draft = db.session.get(Case, draft_id)
    if draft is None or draft.change_of_id is None or draft.state != CaseState.APPROVED:
        db.session.rollback()
        return None
    page_id = draft.change_of_id
    case = cases.locked(page_id)
    assert case.target is not None
    pledged: Money = closing.sum_pledged(page_id, case.target.currency)
    try:
        version = changing.apply(draft, pledged)
    except DomainError:
        db.session.rollback()
        changing.send_back(db.session.get_one(Case, draft_id))
        db.session.commit()
        return None
    if version.is_material:
        defer("pledges.tell_of_change", {"version_id": version.id}, uniq=f"change:{version.id}:tell:0")
    db.session.commit()
    return version


def tell(version_id: int, after: int = 0) -> None:
    """Write the letters of one slice of the backers down, and defer the next; a repeated slice writes none twice.

    With the last one the 72 hours begin anew, so that everybody has all of them. The caller commits.
    """
    version = db.session.get_one(CaseVersion, version_id)
    pledged = (
        select(Pledge.id, Pledge.email, Pledge.lang)
        .where(Pledge.case_id == version.case_id, Pledge.state == PledgeState.PLEDGED, Pledge.id > after)
        .order_by(Pledge.id)
        .limit(SLICE)
    )
    rows = db.session.execute(pledged).all()
    post_many(
        "pledges.page_changed",
        [
            (f"change:{version.id}:{pledge_id}", email, lang, {"pledge": pledge_id, "version": version.id})
            for pledge_id, email, lang in rows
        ],
    )
    if len(rows) == SLICE:
        last = rows[-1].id
        facts = {"version_id": version.id, "after": last}
        defer("pledges.tell_of_change", facts, uniq=f"change:{version.id}:tell:{last}")
        return
    case = cases.locked(version.case_id)
    if version.told_at is None:
        version.told_at = clock.now()
        if case.state == CaseState.OPEN:
            changing.wait_for_backers(case, version)


def end_windows() -> int:
    """Where the 72 hours are over, look whether the target is met; of how many cases. Commits after each."""
    over = select(Case.id).where(Case.state == CaseState.OPEN, Case.withdraw_until < clock.now())
    ended = list(db.session.scalars(over.order_by(Case.id)))
    for case_id in ended:
        case = cases.locked(case_id)
        if case.withdraw_until is not None and case.withdraw_until < clock.now():
            case.withdraw_until = None
            case.version += 1
            closing.check_target(case_id)
        db.session.commit()
    return len(ended)


def latest_of(pledge: Pledge) -> CaseVersion | None:
    """The latest material change of the page that this pledge was there for, while its backer may decide again."""
    case = pledge.case
    if case.withdraw_until is None or clock.now() > case.withdraw_until or pledge.state != PledgeState.PLEDGED:
        return None
    mine = select(CaseVersion).where(CaseVersion.case_id == case.id, CaseVersion.is_material)
    return db.session.scalars(mine.order_by(CaseVersion.n.desc()).limit(1)).first()
