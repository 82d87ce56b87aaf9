"""What pages and letters ask about updates and outcomes. Nothing is changed here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import LazyString
from flask_babel import gettext as _
from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import joinedload

from app.cases.labels import LEGAL_STAGES, REASONS
from app.cases.models import Case
from app.database import db
from app.updates import access, duties, labels
from app.updates.duties import Duty
from app.updates.models import Outcome, Update, UpdateVersion
from app.updates.states import Kind


@dataclass(frozen=True)
class UpdateLine:
    """A posted update as one reader may see it.

    `is_hidden`: it is for backers and the reader is none, or it was taken down (`down_at`, `down_because`); then title,
    text and stage are empty. `html` is sanitised.
    `is_ours`: the title is built by us in the present language, not written by the lawyer in the case's.
    """

    n: int
    at: datetime
    title: str
    html: str
    markdown: str
    stage: LazyString | None
    is_for_backers: bool
    is_hidden: bool
    is_ours: bool
    is_outcome: bool
    corrected_at: datetime | None
    down_at: datetime | None = None
    down_because: LazyString | None = None


def _posted(case: Case) -> Select[Update, Outcome]:
    both = select(Update, Outcome).outerjoin(Outcome, Outcome.update_id == Update.id)
    return both.where(Update.case_id == case.id, access.posted())


def timeline(case: Case, *, as_backer: bool, limit: int, before: int | None = None) -> list[UpdateLine]:
    """Posted updates of a case, the latest first, below number `before`."""
    query = _posted(case).order_by(Update.n.desc()).limit(limit)
    if before is not None:
        query = query.where(Update.n < before)
    return [_line(case, row, as_backer) for row in db.session.execute(query)]


def latest(cases: Sequence[Case], *, limit: int) -> list[tuple[Case, UpdateLine]]:
    """The latest updates of these cases for somebody who backs every one of them."""
    if not cases:
        return []
    of = {case.id: case for case in cases}
    both = select(Update, Outcome).outerjoin(Outcome, Outcome.update_id == Update.id)
    rows = both.where(Update.case_id.in_(of), access.posted()).order_by(Update.posted_at.desc(), Update.id.desc())
    return [(of[row[0].case_id], _line(of[row[0].case_id], row, True)) for row in db.session.execute(rows.limit(limit))]


def line_of(update: Update, *, as_backer: bool) -> UpdateLine:
    """One posted update."""
    row = db.session.execute(_posted(update.case).where(Update.id == update.id)).one()
    return _line(update.case, row, as_backer)


def _line(case: Case, row: Row[Update, Outcome], as_backer: bool) -> UpdateLine:
    update, outcome = row
    assert update.n is not None and update.posted_at is not None
    is_hidden = not access.may_read(update, as_backer=as_backer)
    titles = {Kind.NO_CHANGE: _("Nothing has changed since the last update")}
    if outcome is not None:
        titles[Kind.OUTCOME] = headline(outcome, case)
    return UpdateLine(
        n=update.n,
        at=update.posted_at,
        title="" if is_hidden else titles.get(Kind(update.kind), update.title),
        html="" if is_hidden else update.body_html,
        markdown="" if is_hidden else update.body_markdown,
        stage=None if is_hidden else LEGAL_STAGES.get(update.legal_stage),
        is_for_backers=update.is_for_backers,
        is_hidden=is_hidden,
        is_ours=update.kind in titles,
        is_outcome=update.kind == Kind.OUTCOME,
        corrected_at=update.corrected_at,
        down_at=update.taken_down_at,
        down_because=REASONS.get(update.taken_down_because),
    )


def earlier_versions(update: Update, *, as_backer: bool) -> list[UpdateVersion]:
    """What an update said before its corrections, the latest first, without what the lawyer has hidden."""
    if not access.may_read(update, as_backer=as_backer):
        return []
    return [version for version in update.versions if not version.is_hidden]


def count(case: Case) -> int:
    """How many updates a case has: they are numbered one after the other, and none is ever taken back."""
    return db.session.scalar(select(func.max(Update.n)).where(Update.case_id == case.id)) or 0


# ---------------------------------------------------------------- outcomes
def outcome_of(case: Case) -> Outcome | None:
    """How a case ended, if it has."""
    return db.session.scalars(
        select(Outcome).where(Outcome.case_id == case.id).options(joinedload(Outcome.update))
    ).one_or_none()


def headline(outcome: Outcome, case: Case, *, markup: bool = True) -> str:
    """The outcome in one sentence, in the present language. Plain text without `markup`."""
    return labels.headline(
        outcome.code,
        case.kind,
        court=outcome.court,
        who=case.acting_for,
        decided_on=outcome.decided_on,
        markup=markup,
    )


# ---------------------------------------------------------------- the lawyer's desk
@dataclass(frozen=True)
class Desk:
    """Updates and outcome of a case as its lawyer works on them. `last_n` is the number of the last update, or 0.

    `may_say_unchanged`: whether "nothing has changed" can be said once more.
    """

    drafts: list[Update]
    posted: list[tuple[Update, UpdateLine]]
    duty: Duty | None
    may_say_unchanged: bool
    outcome: Outcome | None

    @property
    def last_n(self) -> int:
        return self.posted[0][1].n if self.posted else 0


def desk(case: Case) -> Desk:
    """What the lawyer of a published case has written and owes."""
    drafts = select(Update).where(Update.case_id == case.id, Update.n.is_(None)).order_by(Update.id.desc())
    rows = db.session.execute(_posted(case).order_by(Update.n.desc())).all()
    posted = [(row[0], _line(case, row, True)) for row in rows]
    return Desk(
        drafts=list(db.session.scalars(drafts)),
        posted=posted,
        duty=duties.of(case, posted[0][1].at if posted else None),
        may_say_unchanged=duties.unchanged_running(case.id) < duties.MOST_UNCHANGED,
        outcome=outcome_of(case),
    )
