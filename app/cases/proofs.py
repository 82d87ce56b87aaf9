"""The doors to what a lawyer proves and only reviewers see: the instruction by the client, and the filing in court.

A paper is cleaned between two transactions, as documents are. It is handed out by a form, because every look at it is
noted.
"""

from collections.abc import Callable
from typing import BinaryIO, cast

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.cases import access, court_filing, filing_review, instruction, labels, moves
from app.cases import files as case_files
from app.cases.files import Sent
from app.cases.models import Case, CaseFiling
from app.cases.proof_forms import FilingDecisionForm, FilingForm, InstructionForm
from app.cases.review import OwnCase
from app.core.errors import DomainError, NotFound
from app.database import db
from app.i18n.errors import render_error
from app.storage import cleaning, files
from app.web.access import lawyer, staff
from app.web.fields import blame
from app.web.headers import keep_private
from app.web.visitor import current_visitor

blueprint = Blueprint("proofs", __name__)
blueprint.after_request(keep_private)


# ---------------------------------------------------------------- the lawyer
@blueprint.route("/dashboard/cases/<public_id>/proofs", methods=["GET", "POST"])
@lawyer
def desk(public_id: str) -> ResponseReturnValue:
    """Both forms, and how each proof stands. `what` names the form that was sent."""
    case = _own(public_id)
    if request.method != "POST":
        return _page(case)
    receive = RECEIVERS.get(request.form.get("what", ""))
    if receive is None:
        abort(400)
    return receive(case)


def _own(public_id: str) -> Case:
    return access.own(public_id, current_visitor())


def _instruction(case: Case) -> ResponseReturnValue:
    form, by_id = InstructionForm(case), current_visitor().user_id

    def keep(case: Case, sent: Sent | None) -> None:
        instruction.state(case, form.statement, by_id=by_id)
        if sent is not None:
            instruction.add_paper(case, sent, by_id=by_id)

    return _receive(case, form, keep) or _done(case, _("The proof of instruction is saved."))


def _filing(case: Case) -> ResponseReturnValue:
    form = FilingForm(case, court_filing.latest(case))

    def keep(case: Case, sent: Sent | None) -> None:
        assert sent is not None
        court_filing.send(case, form.particulars, sent, by_id=current_visitor().user_id)

    return _receive(case, form, keep) or _done(case, _("The filing is with a reviewer. We will write to you."))


RECEIVERS: dict[str, Callable[[Case], ResponseReturnValue]] = {"instruction": _instruction, "filing": _filing}


def _receive(
    case: Case, form: InstructionForm | FilingForm, keep: Callable[[Case, Sent | None], None]
) -> ResponseReturnValue | None:
    """Clean the paper, if one was sent, and `keep` all of it; the page with what is wrong, or None."""
    public_id = case.public_id
    if not form.validate():
        return _page(case, form), 400
    try:
        if form.file is None:
            keep(moves.held(case), None)
        else:
            case_files.count_upload(case)
            db.session.commit()
            with cleaning.paper(cast(BinaryIO, form.file.stream)) as made:
                case = moves.held(_own(public_id))
                stored = files.keep(made.stream, form.name, by_id=current_visitor().user_id, kinds=(made.kind,))
                keep(case, Sent(stored, made.sent_sha256))
    except DomainError as error:
        db.session.rollback()
        if error.field == "file":  # storage speaks of files in general
            error.field = form.name
        blame(form, error)
        return _page(_own(public_id), form), error.status
    db.session.commit()
    return None


def _done(case: Case, words: str) -> ResponseReturnValue:
    flash(words, "done")
    return redirect(url_for("proofs.desk", public_id=case.public_id), 303)


def _page(case: Case, form: InstructionForm | FilingForm | None = None) -> str:
    """The page as it stands, with the form that was sent as it was sent."""
    filings = court_filing.all_of(case)
    latest = filings[0] if filings else None
    return render_template(
        "proofs/desk.html",
        case=case,
        sent=form,
        instruction=form if isinstance(form, InstructionForm) else InstructionForm(case, fresh=True),
        filing=form if isinstance(form, FilingForm) else FilingForm(case, latest, fresh=True),
        row=instruction.standing(case),
        was_for_others=case.instruction is not None and case.instruction.stated_for != case.client_key,
        may_state=instruction.may_change(case),
        may_send=court_filing.may_send(case),
        can_be_filed=court_filing.can_be_filed(case),
        badge=court_filing.badge(case),
        latest=latest,
        cap=court_filing.cap(),
        labels=labels,
        largest=files.LARGEST // 1024 // 1024,
    )


# ---------------------------------------------------------------- staff
@blueprint.post("/staff/cases/<public_id>/instruction/paper")
@staff("reviewer")
def instruction_paper(public_id: str) -> ResponseReturnValue:
    """Hand the paper out, and note who took it."""
    case = access.submitted(public_id, current_visitor())
    answer = files.download(instruction.see(case, current_user.user))
    db.session.commit()
    return answer


@blueprint.post("/staff/cases/<public_id>/instruction")
@staff("reviewer")
def accept(public_id: str) -> ResponseReturnValue:
    """Accept a proof of instruction that came after the page went live."""
    case = moves.held(access.submitted(public_id, current_visitor()))
    try:
        if case.lawyer.user_id == current_visitor().user_id:
            raise OwnCase()
        is_first = instruction.accept_late(case, current_user.user)
    except DomainError as error:
        db.session.rollback()
        flash(render_error(error), "problem")
        return redirect(url_for("cases_admin.review", public_id=public_id), 303)
    db.session.commit()
    if is_first:
        flash(_("The page tells that the lawyer is instructed."), "done")
    return redirect(url_for("cases_admin.review", public_id=public_id), 303)


@blueprint.route("/staff/cases/<public_id>/court-filing", methods=["GET", "POST"])
@staff("reviewer")
def decide(public_id: str) -> ResponseReturnValue:
    """What the lawyer says was filed, the proof, and the decision."""
    case = access.submitted(public_id, current_visitor())
    row = _latest(case)
    form = FilingDecisionForm(row)
    if request.method != "POST":
        return _decision(row, form)
    if not form.validate():
        return _decision(row, form), 400
    try:
        if form.filing.data != str(row.id):
            raise filing_review.Decided()
        if form.decision.data == "checked":
            is_first = filing_review.check(row, current_user.user)
        else:
            is_first = filing_review.refuse(row, current_user.user, form.comment.data)
    except DomainError as error:
        db.session.rollback()
        status = blame(form, error)
        return _decision(_latest(case), form), status
    db.session.commit()
    if is_first:
        flash(_("Your decision is saved. The lawyer is told by email."), "done")
    return redirect(url_for("cases_admin.review", public_id=public_id), 303)


@blueprint.post("/staff/cases/<public_id>/court-filing/paper")
@staff("reviewer")
def filing_paper(public_id: str) -> ResponseReturnValue:
    """Hand the proof out, and note who took it."""
    row = _latest(access.submitted(public_id, current_visitor()))
    answer = files.download(filing_review.see(row, current_user.user))
    db.session.commit()
    return answer


def _latest(case: Case) -> CaseFiling:
    row = court_filing.latest(case)
    if row is None:
        raise NotFound()
    return row


def _decision(row: CaseFiling, form: FilingDecisionForm) -> str:
    case = row.case
    return render_template(
        "proofs/decide.html",
        case=case,
        row=row,
        form=form,
        cap=court_filing.cap(),
        is_own=case.lawyer.user_id == current_visitor().user_id,
        labels=labels,
    )
