"""What can happen to a report: it is made, taken up, acted on, and closed with a reason.

Whoever works on it never decides about their own page. What is done to a case is done by `cases.service`, which holds
the case and tells its lawyer; here stands only from which report it came.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from app.accounts.models import User
from app.accounts.service import normal_email
from app.audit.service import record
from app.cases import service as cases
from app.cases.drafting import BadChoice
from app.cases.models import Case
from app.cases.moves import IllegalMove
from app.cases.moves import held as held_case
from app.cases.review import OwnCase
from app.core import clock, ids
from app.core.errors import N_, Invalid
from app.database import db, is_sqlite
from app.jobs.queue import defer
from app.mail.outbox import post
from app.moderation.labels import CONCERNS, KINDS
from app.moderation.models import Report, StaffNote
from app.moderation.queries import update_of
from app.moderation.states import ReportState
from app.pledges import freeze
from app.updates import service as updates
from app.updates.models import Update

LONGEST_WORDS = 2000  # characters
LONGEST_LINE = 600


class NoWords(Invalid):
    """A report that does not say what is wrong."""

    message = N_("Say what is wrong, in a sentence or more.")
    field = "words"


class NoLine(Invalid):
    """Something is done about a page and nothing said."""

    message = N_("Write a sentence or more.")
    field = "words"


class LineTooLong(Invalid):
    """What stands on a page is short."""

    message = N_("This stands on the page. Use %(most)s characters or fewer.")
    field = "words"


@dataclass(frozen=True)
class About:
    """What is reported: a page by its `kind`, its lawyer and case, and the number of an update."""

    kind: str
    lawyer_id: int
    case_id: int | None = None
    place: int | None = None


def report(about: About, *, concern: str, words: str, email: str, lang: str, form_key: str) -> bool:
    """Write a report down; False for a form that was sent before. `email` may be empty.

    Raises BadChoice, NoWords, accounts.BadEmail.
    """
    if concern not in CONCERNS or about.kind not in KINDS:
        raise BadChoice(field="concern")
    if not words.strip():
        raise NoWords()
    dialect = sqlite if is_sqlite() else postgresql
    values = {
        "public_id": ids.public_id(),
        "form_key": form_key,
        "kind": about.kind,
        "case_id": about.case_id,
        "lawyer_id": about.lawyer_id,
        "place": about.place,
        "concern": concern,
        "words": words,
        "email": normal_email(email) if email else "",
        "lang": lang,
        "state": ReportState.OPEN,
        "at": clock.now(),
        "closed_because": "",
    }
    statement = dialect.insert(Report).values(values).on_conflict_do_nothing(index_elements=["form_key"])
    made = db.session.scalar(statement.returning(Report.id))
    if made is None:
        return False
    record("report.made", db.session.get_one(Report, made), kind=about.kind, concern=concern)
    return True


# ---------------------------------------------------------------- staff
def held(report: Report) -> Report:
    """The report, read anew and held until the transaction ends."""
    return db.session.scalars(
        select(Report)
        .where(Report.id == report.id)
        .with_for_update(of=Report)
        .execution_options(populate_existing=True)
    ).one()


def _open(report: Report, by: User) -> Report:
    """The report, held, for somebody who may work on it. Raises OwnCase, IllegalMove for a closed one."""
    report = _theirs(report, by)
    if report.is_closed:
        raise IllegalMove()
    return report


def _theirs(report: Report, by: User) -> Report:
    report = held(report)
    if report.lawyer.user_id == by.id:
        raise OwnCase()
    return report


def _case(report: Report) -> Case:
    if report.case is None:
        raise IllegalMove()
    return report.case


def take(report: Report, by: User) -> bool:
    """`by` looks at it now; False if they do already. Raises OwnCase, IllegalMove."""
    report = _open(report, by)
    if report.taken_by == by.id:
        return False
    _take(report, by)
    return True


def _take(report: Report, by: User) -> None:
    report.state, report.taken_by, report.taken_at = ReportState.LOOKING, by.id, clock.now()
    record("report.taken", report, actor_id=by.id)


def _taken(report: Report, by: User) -> Report:
    """The same as `_open`; whoever acts on a report nobody looks at has taken it up."""
    report = _open(report, by)
    if report.state == ReportState.OPEN:
        _take(report, by)
    return report


def write_to_lawyer(report: Report, by: User, words: str) -> bool:
    """Send the lawyer a note; False for the same words as last time. Raises NoLine, OwnCase, IllegalMove."""
    report = _taken(report, by)
    if not words.strip():
        raise NoLine()
    last = report.notes[-1] if report.notes else None
    if last is not None and (last.words, last.written_by) == (words, by.id):
        return False
    note = StaffNote(report=report, words=words, written_by=by.id)
    db.session.add(note)
    db.session.flush()
    record("report.note", report, actor_id=by.id, note=note.id)
    user = report.lawyer.user
    post(f"note:{note.id}", "moderation.note", to=user.email, lang=user.lang, facts={"note": note.id})
    return True


def suspend(report: Report, by: User, code: str, line: str) -> bool:
    """Suspend the case that is reported; everybody may read `line`. See `cases.service.suspend`.

    Raises NoLine, LineTooLong and what that does.
    """
    report = _taken(report, by)
    if not line.strip():
        raise NoLine()
    if len(line) > LONGEST_LINE:
        raise LineTooLong(most=LONGEST_LINE)
    return cases.suspend(_case(report), "staff", code, line=line, actor_id=by.id)


def take_down(report: Report, by: User, code: str) -> bool:
    """Take the page that is reported down. See `cases.service.take_down`."""
    return cases.take_down(_case(_taken(report, by)), code, actor_id=by.id)


def take_update_down(report: Report, by: User, code: str) -> bool:
    """Take the update that is reported down, and nothing else. See `updates.service.take_down`."""
    return updates.take_down(_update(_taken(report, by)), code, actor_id=by.id)


def put_update_back(report: Report, by: User) -> bool:
    """The update can be read again. Possible after the report was closed too."""
    return updates.put_back(_update(_theirs(report, by)), actor_id=by.id)


def _update(report: Report) -> Update:
    update = update_of(report)
    if update is None:
        raise IllegalMove()
    return update


def lift(report: Report, by: User) -> bool:
    """The case goes on, as if the time had stood still. Possible after the report was closed too.

    See `cases.service.lift`.
    """
    case = _case(_theirs(report, by))
    since = held_case(case).suspended_at
    if not cases.lift(case, "staff", actor_id=by.id):
        return False
    if since is not None and case.suspended_at is None and case.lawyer.frozen_since is None:
        freeze.go_on([case.id], since)
        # What reached the target just before it was suspended was not counted then.
        defer("pledges.check_target", {"case_id": case.id})
    return True


def put_back(report: Report, by: User) -> bool:
    """The page stands again. Possible after the report was closed too. See `cases.service.put_back`."""
    return cases.put_back(_case(_theirs(report, by)), actor_id=by.id)


def close(report: Report, by: User, because: str) -> bool:
    """Be done with it, for a reason that staff read; who left an address is told that it was looked at.

    False if it was closed before. Raises NoLine, OwnCase.
    """
    report = _theirs(report, by)
    if report.is_closed:
        return False
    if not because.strip():
        raise NoLine()
    report.state, report.closed_because = ReportState.CLOSED, because
    report.closed_by, report.closed_at = by.id, clock.now()
    record("report.closed", report, actor_id=by.id)
    if report.email:
        post(
            f"report:{report.id}:answered",
            "moderation.answered",
            to=report.email,
            lang=report.lang,
            facts={"report": report.id},
        )
    return True
