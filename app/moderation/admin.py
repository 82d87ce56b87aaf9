"""The staff's door to reports: what waits, one report with its page, and what is done about it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.accounts.models import User
from app.cases.labels import REASONS
from app.core.errors import DomainError
from app.database import db
from app.moderation import labels, queries, service
from app.moderation.forms import ActForm
from app.moderation.models import Report
from app.stories import queries as stories
from app.web.access import staff
from app.web.fields import blame
from app.web.headers import keep_private
from app.web.visitor import current_visitor

blueprint = Blueprint("reports_admin", __name__)
blueprint.after_request(keep_private)


@blueprint.get("/reports")
@staff("reviewer")
def queue() -> str:
    """What waits, the oldest first; or, with `state=closed`, what is done, the latest first."""
    is_closed = request.args.get("state") == "closed"
    before = request.args.get("before", "")
    found = queries.closed(before=before, limit=queries.PAGE + 1) if is_closed else queries.waiting()
    rows = found[: queries.PAGE] if is_closed else found
    return render_template(
        "reports_admin/queue.html",
        rows=rows,
        is_closed=is_closed,
        names=queries.names({row.closed_by or row.taken_by for row in rows}),
        labels=labels,
        next_url=url_for("reports_admin.queue", state="closed", before=rows[-1].public_id)
        if len(found) > len(rows)
        else "",
        first_url=url_for("reports_admin.queue", state="closed") if is_closed and before else "",
    )


@blueprint.route("/reports/<public_id>", methods=["GET", "POST"])
@staff("reviewer")
def show(public_id: str) -> ResponseReturnValue:
    report = queries.find(public_id)
    form = ActForm(report, current_visitor().user_id)
    if not form.is_submitted():
        return _page(report, form)
    if not form.validate():
        return _page(report, form), 400
    try:
        is_new = _act(report, current_user.user, form)
    except DomainError as error:
        db.session.rollback()
        status = blame(form, error)
        return _page(report, form), status
    db.session.commit()
    flash(_("It is done.") if is_new else _("That was done before."), "done" if is_new else "info")
    return redirect(url_for("reports_admin.show", public_id=public_id), 303)


def _act(report: Report, by: User, form: ActForm) -> bool:
    """Do what was chosen; whether anything changed by it."""
    code, words = form.code.data, form.words.data
    match form.act.data:
        case "take":
            return service.take(report, by)
        case "note":
            return service.write_to_lawyer(report, by, words)
        case "suspend":
            return service.suspend(report, by, code, words)
        case "take_down":
            return service.take_down(report, by, code)
        case "take_update_down":
            return service.take_update_down(report, by, code)
        case "put_update_back":
            return service.put_update_back(report, by)
        case "lift":
            return service.lift(report, by)
        case "put_back":
            return service.put_back(report, by)
    return service.close(report, by, words)


def _page(report: Report, form: ActForm) -> str:
    case = report.case
    return render_template(
        "reports_admin/show.html",
        report=report,
        case=case,
        form=form,
        page_url=_page_url(report),
        others=queries.others_about(report),
        names=queries.names({report.taken_by, report.closed_by, *(note.written_by for note in report.notes)}),
        labels=labels,
        reasons=REASONS,
        is_own=report.lawyer.user_id == current_visitor().user_id,
    )


def _page_url(report: Report) -> str:
    """Where the reported page stands; empty where it does not."""
    case = report.case
    if case is None:
        return url_for("directory.profile", slug=report.lawyer.slug) if report.lawyer.is_verified else ""
    if case.taken_down_at is not None:
        return ""
    if report.kind == "update":
        return url_for("updates.show", slug=case.slug, n=report.place)
    if report.kind == "story":
        told = stories.of_case(case)
        return url_for("stories.show", slug=told.slug) if told is not None and told.is_out else ""
    return url_for("cases.detail", slug=case.slug, _anchor="outcome" if report.kind == "outcome" else None)
