"""The staff's door to verification: who waits, what they told us, and the decisions that take two.

The evidence file is handed out by a form, because every look at it is noted. Whatever changes how a badge stands, the
lawyer's cases follow it in the same transaction.
"""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from app.accounts.models import User
from app.core.errors import DomainError
from app.database import db
from app.i18n.errors import render_error
from app.i18n.format import num_text
from app.jobs.queue import defer
from app.lawyers import labels, lookalikes, queries, registers, regulators, renewal, service, suspension
from app.lawyers.forms import DecisionForm, ImportForm, ReasonForm
from app.lawyers.models import Lawyer
from app.lawyers.registers import Found, NotFound
from app.lawyers.states import LawyerState
from app.pledges import freeze
from app.storage import files
from app.web.access import fresh, staff
from app.web.fields import blame
from app.web.headers import keep_private

blueprint = Blueprint("lawyers_admin", __name__)
blueprint.after_request(keep_private)


@blueprint.get("/lawyers")
@staff("reviewer")
def queue() -> str:
    """Who waits; below, everybody whose badge stands or rests, from behind the address `after`."""
    after = request.args.get("after", "")[:100].replace("\0", "")
    badged = queries.badged(after=after, limit=queries.PAGE + 1)
    shown = badged[: queries.PAGE]
    more = shown[-1].slug if len(badged) > queries.PAGE else ""
    return render_template(
        "lawyers_admin/queue.html",
        waiting=queries.waiting(),
        badged=shown,
        flagged=renewal.flagged(),
        flags=labels.FLAGS,
        next_url=url_for("lawyers_admin.queue", after=more) if more else "",
        first_url=url_for("lawyers_admin.queue") if after else "",
    )


@blueprint.route("/lawyers/<public_id>", methods=["GET", "POST"])
@staff("reviewer")
@fresh
def review(public_id: str) -> ResponseReturnValue:
    lawyer, by = queries.by_public_id(public_id), current_user.user
    standing = service.standing(lawyer)
    declined = any(done.decision == service.DECLINE and done.decided_by != by.id for done in standing)
    form = DecisionForm(others_decline=declined, renews=_renews(lawyer))
    if not form.is_submitted():
        _fill(form, lawyer)
        return _page(lawyer, form)
    if not form.validate():
        return _page(lawyer, form), 400
    try:
        is_settled = _decide(lawyer, form)
    except DomainError as error:
        db.session.rollback()
        form.form_errors.append(render_error(error))
        form.version.data = str(lawyer.version)
        return _page(lawyer, form), error.status
    if is_settled:
        freeze.follow(lawyer)
    db.session.commit()
    if is_settled:
        flash(_("That was the second decision. The lawyer is told by email."), "done")
    else:
        flash(_("Your decision is saved. It takes effect when a colleague decides the same."), "done")
    return redirect(url_for("lawyers_admin.queue"), 303)


def _renews(lawyer: Lawyer) -> bool:
    """Whether the badge stands and waits to be renewed."""
    return lawyer.is_verified and lawyer.renewal_at is not None


def _fill(form: DecisionForm, lawyer: Lawyer) -> None:
    """What the member of staff checked before stands there again; for a renewal they check anew."""
    form.version.data = str(lawyer.version)
    for done in lawyer.checks:
        if done.checked_by == current_user.user.id:
            form[done.kind].data = lawyer.renewal_at is None or done.checked_on >= lawyer.renewal_at.date()
            form[f"{done.kind}_source"].data = done.source


def _decide(lawyer: Lawyer, form: DecisionForm) -> bool:
    by = current_user.user
    for kind, source in form.checked.items():
        service.check(lawyer, kind, source, by)
    if form.decision.data == service.APPROVE:
        return service.approve(lawyer, by, seen=form.seen)
    return service.decline(lawyer, by, form.reason.data, seen=form.seen)


def _page(lawyer: Lawyer, form: DecisionForm | None = None, *, act: str = "", reason: ReasonForm | None = None) -> str:
    """The page of a lawyer. `act` is the form among "suspend", "lift" and "settle" that was refused, `reason` it."""
    by = current_user.user
    if form is None:
        form = DecisionForm(formdata=None, renews=_renews(lawyer))
        _fill(form, lawyer)
    is_own = lawyer.user_id == by.id
    known = regulators.REGULATORS.get(regulators.key_of(lawyer.regulator))
    decidable = lawyer.state == LawyerState.APPLIED or _renews(lawyer)
    answer = registers.FileFed().look_up(lawyer)
    fresh = ReasonForm(formdata=None, version=str(lawyer.version))
    return render_template(
        "lawyers_admin/review.html",
        lawyer=lawyer,
        form=form,
        look=FlaskForm(),
        waiting=queries.waiting(),
        checks=sorted(lawyer.checks, key=lambda done: (list(queries.CHECKS).index(done.kind), done.id)),
        check_names=queries.CHECKS,
        professions=queries.PROFESSIONS,
        regulator=regulators.label_of(lawyer.regulator),
        register=known.register if known else "",
        standing=service.standing(lawyer),
        decisions=queries.decisions(lawyer),
        is_own=is_own,
        can_decide=decidable and not is_own,
        doubts=lookalikes.doubts(lawyer),
        entry=answer if isinstance(answer, Found) else None,
        missing=answer if isinstance(answer, NotFound) else None,
        same_name=isinstance(answer, Found)
        and renewal.same_name(answer.name, lawyer.register_name or lawyer.user.name),
        statuses=labels.REGISTER,
        flags=labels.FLAGS,
        suspensions=labels.SUSPENSIONS,
        runs_out_at=renewal.runs_out_at(lawyer),
        act=act,
        reason=reason if act and reason else fresh,
        fresh=fresh,
    )


@blueprint.post("/lawyers/<public_id>/evidence")
@staff("reviewer")
def evidence(public_id: str) -> ResponseReturnValue:
    """Hand the file out, and note who took it."""
    row = service.see_evidence(queries.by_public_id(public_id), current_user.user)
    answer = files.download(row)
    db.session.commit()
    return answer


# ---------------------------------------------------------------- a badge that rests
@blueprint.post("/lawyers/<public_id>/suspend")
@staff("reviewer")
def suspend(public_id: str) -> ResponseReturnValue:
    """One member of staff is enough, for it may be urgent."""

    def act(lawyer: Lawyer, by: User, form: ReasonForm) -> str:
        suspension.suspend(lawyer, form.reason.data or "", by)
        return str(_("The verification is suspended. The lawyer is told by email."))

    return _act(public_id, "suspend", act)


@blueprint.post("/lawyers/<public_id>/lift")
@staff("reviewer")
def lift(public_id: str) -> ResponseReturnValue:
    """The second who says so does it."""

    def act(lawyer: Lawyer, by: User, form: ReasonForm) -> str:
        if suspension.lift(lawyer, by, form.reason.data or "", seen=form.seen):
            return str(_("That was the second decision. The lawyer is told by email."))
        return str(_("Your decision is saved. It takes effect when a colleague decides the same."))

    return _act(public_id, "lift", act)


@blueprint.post("/lawyers/<public_id>/settle")
@staff("reviewer")
def settle(public_id: str) -> ResponseReturnValue:
    """What the register said means nothing."""

    def act(lawyer: Lawyer, by: User, form: ReasonForm) -> str:
        suspension.settle(lawyer, by, form.reason.data or "")
        return str(_("Settled."))

    return _act(public_id, "settle", act)


def _act(public_id: str, name: str, act: Callable[[Lawyer, User, ReasonForm], str]) -> ResponseReturnValue:
    lawyer, form = queries.by_public_id(public_id), ReasonForm()
    if not form.validate():
        return _page(lawyer, act=name, reason=form), 400
    try:
        told = act(lawyer, current_user.user, form)
        freeze.follow(lawyer)
    except DomainError as error:
        db.session.rollback()
        status = blame(form, error)
        form.version.data = str(lawyer.version)
        return _page(lawyer, act=name, reason=form), status
    db.session.commit()
    flash(told, "done")
    return redirect(url_for("lawyers_admin.review", public_id=public_id), 303)


# ---------------------------------------------------------------- registers
@blueprint.route("/registers", methods=["GET", "POST"])
@staff("reviewer")
def imports() -> ResponseReturnValue:
    """The registers that we hold, how old they are, and a form to bring a newer one."""
    form = ImportForm()
    if not form.is_submitted():
        return _registers(form)
    if not form.validate():
        return _registers(form), 400
    upload, as_of = form.upload, form.as_of.data
    assert upload is not None and as_of is not None
    try:
        snapshot = registers.bring_in(form.regulator.data, as_of, upload.stream, current_user.user)
    except registers.BadSnapshot as error:
        db.session.rollback()
        status = blame(form, error)
        return _registers(form, [(mistake.line, labels.mistake_text(mistake)) for mistake in error.mistakes]), status
    except DomainError as error:
        db.session.rollback()
        status = blame(form, error)
        return _registers(form), status
    defer("lawyers.recheck", {})
    entries = snapshot.entries
    db.session.commit()
    return _imported(entries)


def _imported(entries: int) -> Response:
    flash(_("Imported: %(n)s entries. Verified lawyers are being compared with them.", n=num_text(entries)), "done")
    return redirect(url_for("lawyers_admin.imports"), 303)


def _registers(form: ImportForm, mistakes: list[tuple[int, str]] | None = None) -> str:
    return render_template(
        "lawyers_admin/registers.html",
        form=form,
        mistakes=mistakes or [],
        rows=[(regulators.label_of(row.regulator), row) for row in renewal.held()],
        waiting=queries.waiting(),
        flagged=renewal.flagged(),
        flags=labels.FLAGS,
        columns=registers.COLUMNS,
        statuses=list(labels.REGISTER)[:-1],
        largest=registers.LARGEST // 1024 // 1024,
    )
