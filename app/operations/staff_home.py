"""The home of staff: what waits in each queue and for how long, for whoever may work on it; and what went wrong.

Every member of staff sees the same page with the queues of their own roles. Nothing here is stored anywhere.
"""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.cases import access, labels
from app.cases import queries as cases
from app.database import db
from app.lawyers import queries as lawyers
from app.lawyers import renewal
from app.moderation import queries as reports
from app.operations import failures
from app.payments import brake
from app.settings import queries as settings
from app.stories import queries as stories
from app.updates import duties
from app.web.access import STAFF_ROLES, staff
from app.web.headers import keep_private
from app.web.visitor import current_visitor

blueprint = Blueprint("staff", __name__)
blueprint.after_request(keep_private)
OPERATORS = ("finance", "admin", "auditor")
FLAGGED = "lawyers_admin.imports"
LONGEST_ID = 18  # digits of what a column holds


@dataclass(frozen=True)
class Queue:
    """What waits in one place: how many, since when the oldest, and the endpoint where it is worked on."""

    name: str
    number: int
    since: datetime | None
    endpoint: str


def _queues() -> list[Queue]:
    """The queues of the visitor's roles in which something waits."""
    visitor, found = current_visitor(), []
    if visitor.has_role("reviewer"):
        pages, applied, late = access.in_review(visitor), lawyers.waiting(), duties.long_overdue(visitor)
        found += [
            Queue("cases", len(pages), pages[0].submitted_at if pages else None, "cases_admin.queue"),
            Queue("lawyers", len(applied), applied[0].waits_since if applied else None, "lawyers_admin.queue"),
            Queue("flagged", len(flagged := renewal.flagged()), flagged[0].flagged_at if flagged else None, FLAGGED),
            Queue("registers", sum(held.is_old for held in renewal.held()), None, FLAGGED),
            Queue("overdue", len(late), None, "staff.overdue"),
        ]
        appealed, reported = cases.appealed(visitor), reports.waiting()
        found += [
            Queue("appeals", len(appealed), appealed[0].since if appealed else None, "cases_admin.queue"),
            Queue("reports", len(reported), reported[0].at if reported else None, "reports_admin.queue"),
        ]
    if visitor.has_role("editor"):
        drafts = stories.drafts()
        found.append(Queue("stories", len(drafts), drafts[0].drafted_at if drafts else None, "stories_admin.home"))
    if visitor.has_role("admin"):
        found.append(Queue("settings", *settings.waiting(), "settings_admin.home"))
    if visitor.has_role(*OPERATORS):
        found.append(Queue("failures", *failures.summary(), "staff.failed"))
    return [queue for queue in found if queue.number]


@blueprint.get("/")
@staff(*STAFF_ROLES)
def home() -> str:
    """What waits, and whether something stands still."""
    return render_template("staff/home.html", queues=_queues(), stopped_because=brake.is_on())


@blueprint.get("/live")
@staff("reviewer")
def live() -> str:
    """Cases that run now, each with its file: who decided what, and ending it early."""
    found = cases.running(current_visitor(), before=request.args.get("before", ""), limit=cases.PAGE + 1)
    rows = found[: cases.PAGE]
    return render_template(
        "staff/live.html",
        rows=rows,
        following=rows[-1].public_id if len(found) > cases.PAGE else "",
        is_first="before" not in request.args,
        labels=labels,
    )


@blueprint.get("/overdue")
@staff("reviewer")
def overdue() -> str:
    """Cases whose lawyers have told their backers nothing for long."""
    return render_template("staff/overdue.html", rows=duties.long_overdue(current_visitor()))


@blueprint.get("/failures")
@staff(*OPERATORS)
def failed() -> str:
    """Letters and jobs that failed."""
    return render_template(
        "staff/failures.html",
        letters=failures.letters(),
        jobs=failures.jobs(),
        may_try=current_visitor().has_role("finance"),
    )


@blueprint.post("/failures/again")
@staff("finance")
def again() -> ResponseReturnValue:
    """Try one of them again: the form names a `letter` or a `job`."""
    by_id = current_visitor().user_id
    assert by_id is not None
    for name, attempt in (("letter", failures.try_letter), ("job", failures.try_job)):
        wanted = request.form.get(name, "")
        if wanted.isascii() and wanted.isdecimal() and len(wanted) <= LONGEST_ID:
            attempt(int(wanted), by_id=by_id)
            flash(_("It is tried again within a few seconds."), "done")
    db.session.commit()
    return redirect(url_for("staff.failed"), 303)
