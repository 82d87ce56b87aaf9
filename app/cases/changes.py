"""The doors to how a live page changes: the lawyer's, where a change is looked over and sent, and the history that
everybody may read who may read the page.
"""

from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, TextAreaField
from wtforms.validators import ValidationError

from app.cases import access, changing, client, drafting, history, labels, review
from app.cases.models import Case, CaseVersion
from app.core.errors import DomainError, NotFound
from app.database import db
from app.i18n.errors import render_error
from app.i18n.locale import direction
from app.web.access import lawyer, public
from app.web.fields import AtMost, blame, cleaned
from app.web.headers import keep_private
from app.web.visitor import current_visitor

blueprint = Blueprint("changes", __name__)


class ChangeForm(FlaskForm):
    """What is told about a change."""

    note = TextAreaField(
        _l("What changes, and why?"),
        [AtMost(changing.LONGEST_NOTE)],
        filters=[cleaned],
        render_kw={"rows": "4", "dir": "auto"},
    )
    marked = BooleanField(_l("This matters to backers: let them decide again"))

    def validate_note(self, field: TextAreaField) -> None:
        if not field.data:
            raise ValidationError(render_error(changing.NoNote()))


# ---------------------------------------------------------------- the lawyer
@blueprint.route("/dashboard/cases/<public_id>/change", methods=["GET", "POST"])
@lawyer
def desk(public_id: str) -> ResponseReturnValue:
    """Begin a change to a live page, look it over, send it, or give it up."""
    case = access.own(public_id, current_visitor())
    if not case.is_published:
        raise NotFound()
    draft = changing.draft_of(case)
    if request.method != "POST":
        form = ChangeForm(formdata=None, note=draft.change_note, marked=draft.change_marked) if draft else ChangeForm()
        return keep_private(_desk(case, draft, form))
    form = ChangeForm()
    if "discard" in request.form:
        if draft is not None:
            changing.discard(draft)
            db.session.commit()
            flash(_("The change is discarded. The page stays as it is."), "done")
        return redirect(url_for("dashboard.case", public_id=public_id), 303)
    try:
        return _begin(case) if "begin" in request.form or draft is None else _send(case, draft, form)
    except DomainError as error:
        db.session.rollback()
        status = blame(form, error)
        case = access.own(public_id, current_visitor())
        return keep_private(_desk(case, changing.draft_of(case), form, status))


def _begin(case: Case) -> ResponseReturnValue:
    draft = changing.begin(case)
    db.session.commit()
    return redirect(url_for("wizard.step", public_id=draft.public_id, step="about"), 303)


def _send(case: Case, draft: Case, form: ChangeForm) -> ResponseReturnValue:
    back = redirect(url_for("changes.desk", public_id=case.public_id), 303)
    if not draft.is_editable:
        return back  # the same button twice
    if not form.validate():
        return keep_private(_desk(case, draft, form, 400))
    changing.describe(draft, form.note.data, marked=form.marked.data)
    changing.check(draft)
    if changing.is_material(draft):
        review.submit(draft)
        db.session.commit()
        told = _("Your change is with a reviewer. The page stays as it is until your client and the reviewer agree.")
        flash(told, "done")
        return back
    changing.correct(draft)
    db.session.commit()
    flash(_("The page is changed. Its history tells what it said before."), "done")
    return redirect(url_for("dashboard.case", public_id=case.public_id), 303)


def _desk(case: Case, draft: Case | None, form: ChangeForm, status: int = 200) -> Response:
    page = render_template(
        "changes/desk.html",
        case=case,
        draft=draft,
        form=form,
        may_change=changing.may_change(case),
        differences=changing.differences(draft) if draft else [],
        is_material=changing.is_material(draft) if draft else False,
        missing=[labels.STEPS[step] for step in drafting.missing(draft)] if draft and draft.is_editable else [],
        consent=client.standing(draft) if draft else None,
        labels=labels,
        case_direction=direction(case.lang),
    )
    return make_response(page, status)


# ---------------------------------------------------------------- everybody
@blueprint.get("/cases/<slug>/history")
@public
def told(slug: str) -> Response:
    """Every version of a page, and what differs between two of them: by default the last two."""
    case = access.find(slug, current_visitor())
    versions = history.versions(case)
    new = _chosen(versions, "to") or next(iter(versions), None)
    old = _chosen(versions, "from")
    if old is None and new is not None:
        old = next((one for one in versions if one.n < new.n), None)
    page = render_template(
        "changes/history.html",
        case=case,
        versions=versions,
        old=old,
        new=new,
        differences=history.between(case, old, new) if old and new else [],
        case_direction=direction(case.lang),
    )
    response = make_response(page)
    return keep_private(response) if case.is_private else response


def _chosen(versions: list[CaseVersion], name: str) -> CaseVersion | None:
    """The version whose number the address gives; None for anything odd."""
    given: Any = request.args.get(name, "")
    return next((one for one in versions if str(one.n) == given), None)
