"""The lawyer's door to updates and to the outcome of a case. Everything works by plain forms.

A draft is saved whenever that is asked for, looked at as readers will see it, and posted once. What was posted can be
corrected; the outcome cannot, but for the lawyer's own account of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.cases import access as case_access
from app.cases.models import Case
from app.cases.states import CaseState
from app.core.errors import DomainError
from app.database import db
from app.i18n.errors import render_error
from app.i18n.format import num_text
from app.storage import cleaning, files
from app.storage.cleaning import Clean
from app.storage.models import StoredFile
from app.updates import access, outcomes, queries, readers, service
from app.updates.forms import CorrectionForm, OutcomeForm, UpdateForm
from app.updates.models import Update
from app.updates.states import SUCCESSES, Kind
from app.web.access import lawyer
from app.web.fields import blame
from app.web.headers import keep_private
from app.web.visitor import current_visitor

blueprint = Blueprint("updates_desk", __name__)
blueprint.after_request(keep_private)
_UPDATES = "/dashboard/cases/<public_id>/updates"
_UPDATE = f"{_UPDATES}/<update_id>"


def _own(public_id: str) -> Case:
    return case_access.own(public_id, current_visitor())


def _own_update(public_id: str, update_id: str) -> Update:
    return access.own(_own(public_id), update_id)


def _to_case(case: Case, anchor: str = "updates") -> Response:
    return redirect(url_for("dashboard.case", public_id=case.public_id, _anchor=anchor), 303)


def _to_draft(update: Update) -> Response:
    address = url_for("updates_desk.edit", public_id=update.case.public_id, update_id=update.public_id)
    return redirect(address, 303)


# ---------------------------------------------------------------- writing
@blueprint.route(f"{_UPDATES}/new", methods=["GET", "POST"])
@lawyer
def new(public_id: str) -> ResponseReturnValue:
    case = _own(public_id)
    if not case.is_published:
        return _to_case(case)
    form = UpdateForm(case)
    return _receive(case, form) if request.method == "POST" else _writing(case, form)


@blueprint.route(_UPDATE, methods=["GET", "POST"])
@lawyer
def edit(public_id: str, update_id: str) -> ResponseReturnValue:
    """Go on with a draft. One that was posted meanwhile leads to its correction."""
    update = _own_update(public_id, update_id)
    form = UpdateForm(update.case, update)
    if request.method == "POST":
        return _receive(update.case, form, update)
    if update.is_posted:
        return redirect(url_for("updates_desk.correct", public_id=public_id, update_id=update_id), 303)
    return _writing(update.case, form, update)


def _receive(case: Case, form: UpdateForm, update: Update | None = None) -> ResponseReturnValue:
    if form.preview(form.body):
        return _writing(case, form, update), 400 if form.errors else 200
    if not form.validate():
        return _writing(case, form, update), 400
    try:
        if update is None:
            update = service.draft(case, form.words, form_key=form.form_key.data)
        else:
            service.change(update, form.words, seen=form.seen_version)
        is_posted = "post" in request.form and service.publish(update)
    except DomainError as error:
        db.session.rollback()
        return _refused(case, form, update, error)
    db.session.commit()
    if "post" not in request.form:
        flash(_("The draft is saved. Only you can see it."), "done")
        return _to_draft(update)
    if is_posted:
        flash(_posted_words(case), "done")
    return _to_case(case)


def _refused(case: Case, form: UpdateForm, update: Update | None, error: DomainError) -> ResponseReturnValue:
    blame(form, error)
    if isinstance(error, service.Overtaken) and update is not None:
        form.seen.data = str(update.version)  # sent again, the form has seen it
    return _writing(case, form, update), error.status


def _posted_words(case: Case) -> str:
    people = readers.count(case.id)
    if not people:
        return str(_("The update is posted. There is nobody to email yet."))
    return str(
        ngettext(
            "The update is posted. We are emailing it to %(n)s backer.",
            "The update is posted. We are emailing it to %(n)s backers.",
            people,
            n=num_text(people),
        )
    )


def _writing(case: Case, form: UpdateForm, update: Update | None = None) -> str:
    return render_template(
        "updates_desk/write.html", case=case, form=form, update=update, people=readers.count(case.id)
    )


@blueprint.route(f"{_UPDATE}/discard", methods=["GET", "POST"])
@lawyer
def discard(public_id: str, update_id: str) -> ResponseReturnValue:
    """Ask, then throw a draft away."""
    update = _own_update(public_id, update_id)
    if update.is_posted:
        return _to_case(update.case)
    if request.method != "POST":
        return render_template("updates_desk/discard.html", case=update.case, update=update)
    case = update.case
    service.discard(update)
    db.session.commit()
    flash(_("The draft is gone."), "done")
    return _to_case(case)


@blueprint.route(f"{_UPDATES}/no-change", methods=["GET", "POST"])
@lawyer
def no_change(public_id: str) -> ResponseReturnValue:
    """One click; `after` tells a second press of the same button."""
    case = _own(public_id)
    if request.method != "POST":
        return _to_case(case)
    after = request.form.get("after", "")
    number = int(after) if after.isascii() and after.isdecimal() and len(after) < 10 else -1
    try:
        is_posted = service.say_unchanged(case, after=number)
    except DomainError as error:
        db.session.rollback()
        flash(render_error(error), "warning")
        return _to_case(case)
    db.session.commit()
    if is_posted:
        flash(_posted_words(case), "done")
    return _to_case(case)


# ---------------------------------------------------------------- correcting
@blueprint.route(f"{_UPDATE}/correct", methods=["GET", "POST"])
@lawyer
def correct(public_id: str, update_id: str) -> ResponseReturnValue:
    update = _own_update(public_id, update_id)
    if not update.is_posted:
        return _to_draft(update)
    form = CorrectionForm(update)
    if update.kind != Kind.WRITTEN:
        del form.title
    if request.method != "POST":
        return _correcting(update, form)
    if form.preview(form.body):
        return _correcting(update, form), 400 if form.errors else 200
    if not form.validate():
        return _correcting(update, form), 400
    title = form.title.data if form.title else ""
    hides = form.hides_earlier.data
    try:
        is_new = service.correct(update, title, form.body.data, seen=form.seen_version, hides_earlier=hides)
    except DomainError as error:
        db.session.rollback()
        blame(form, error)
        form.seen.data = str(update.version)
        return _correcting(update, form), error.status
    db.session.commit()
    if is_new:
        flash(_("The correction is on the page."), "done")
    return _to_case(update.case)


def _correcting(update: Update, form: CorrectionForm) -> str:
    line = queries.line_of(update, as_backer=True)
    return render_template("updates_desk/correct.html", case=update.case, update=update, line=line, form=form)


# ---------------------------------------------------------------- the outcome
@blueprint.route("/dashboard/cases/<public_id>/outcome", methods=["GET", "POST"])
@lawyer
def outcome(public_id: str) -> ResponseReturnValue:
    """How the case ended. Once that is recorded there is nothing to fill in any more."""
    case = _own(public_id)
    if case.state != CaseState.FUNDED:
        return _to_case(case, "outcome")
    form = OutcomeForm(case)
    if request.method != "POST":
        return _concluding(case, form)
    if form.preview(form.account):
        return _concluding(case, form), 400 if form.errors else 200
    if not form.validate():
        return _concluding(case, form), 400
    try:
        with _cleaned(form) as clean:
            _outcome, is_first = outcomes.record_outcome(
                _own(public_id), form.finding, document=_kept(form, clean), tells_story=form.tells_story.data
            )
    except DomainError as error:
        db.session.rollback()
        _blame_outcome(form, error)
        return _concluding(case, form), error.status
    if not is_first:  # pressed twice: the first has stored the document
        db.session.rollback()
        return _to_case(case, "outcome")
    db.session.commit()
    flash(_("The outcome is recorded, and the case has concluded. We are telling the backers."), "done")
    return _to_case(case, "outcome")


@contextmanager
def _cleaned(form: OutcomeForm) -> Iterator[Clean | None]:
    """The document, made anew, if there is one. That takes its time, so no transaction is open meanwhile."""
    if form.file is None:
        yield None
        return
    db.session.rollback()
    with cleaning.paper(cast(BinaryIO, form.file.stream), ("pdf",)) as clean:
        yield clean


def _kept(form: OutcomeForm, clean: Clean | None) -> StoredFile | None:
    """The document, stored; it goes again if the transaction does."""
    if clean is None or form.file is None:
        return None
    return files.keep(clean.stream, form.file.filename or "", by_id=current_visitor().user_id)


def _blame_outcome(form: OutcomeForm, error: DomainError) -> None:
    if error.field == "file":  # storage speaks of files in general
        if isinstance(error, cleaning.WrongPaper):
            error = outcomes.NotPdf()
        error.field = "document"
    blame(form, error)


def _concluding(case: Case, form: OutcomeForm) -> str:
    return render_template(
        "updates_desk/outcome.html", case=case, form=form, successes=SUCCESSES, people=readers.count(case.id)
    )


@blueprint.route("/dashboard/cases/<public_id>/outcome/story", methods=["GET", "POST"])
@lawyer
def story(public_id: str) -> ResponseReturnValue:
    """Agree to a success story, or take that back."""
    case = _own(public_id)
    found = queries.outcome_of(case)
    if request.method != "POST" or found is None:
        return _to_case(case, "outcome")
    wanted = request.form.get("wanted") == "1"
    outcomes.consent_to_story(found, wanted)
    db.session.commit()
    flash(
        _("Thank you. An editor will turn the outcome into a story.")
        if wanted
        else _("The case is not told as a story."),
        "done",
    )
    return _to_case(case, "outcome")
