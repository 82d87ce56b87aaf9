"""The lawyer's door for writing a page: a form a step, each saved by itself, then a look at the whole and the sending.

Every step is an address of its own, so that a page that is closed or reloaded goes on where it was left.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.cases import access, changing, client, court_filing, drafting, forms, kinds, labels, moves, queries, review
from app.cases.models import Case
from app.cases.states import CaseState, Visibility
from app.core import ids
from app.core.errors import DomainError
from app.database import db
from app.i18n.errors import render_error
from app.i18n.format import unit
from app.lawyers.models import Lawyer
from app.pages import case_page
from app.web.access import keeps_words, lawyer
from app.web.fields import blame
from app.web.headers import keep_private
from app.web.visitor import current_visitor

blueprint = Blueprint("wizard", __name__)
blueprint.after_request(keep_private)
CHECK = "check"
AUTOSAVE = "X-Autosave"


@dataclass(frozen=True)
class Part:
    """One step: its form, what a case holds of it, and how the form's answers are saved."""

    form: type[forms.StepForm]
    held: Callable[[Case], object]
    save: Callable[[Case, Any], None]


def _save_visibility(case: Case, form: forms.VisibilityForm) -> None:
    drafting.set_visibility(case, Visibility(form.visibility.data or case.visibility), form.lang.data or case.lang)


def _save_about(case: Case, form: forms.AboutForm) -> None:
    drafting.describe(case, title=form.title.data, area=form.areas.get(form.area.data), kind=form.kind.data)


def _save_parties(case: Case, form: forms.PartiesForm) -> None:
    drafting.set_parties(case, form.parties)
    if not form.is_other_client:
        drafting.state_instruction(case, form.statement)


def _save_story(case: Case, form: forms.StoryForm) -> None:
    drafting.tell_story(case, form.summary.data, form.story.data)


def _save_budget(case: Case, form: forms.BudgetForm) -> None:
    drafting.set_budget(case, form.budget, form.wanted, whole=form.whole)


def _save_stages(case: Case, form: forms.StagesForm) -> None:
    drafting.plan_stages(case, form.first, form.stages_after)


def _save_deadline(case: Case, form: forms.DeadlineForm) -> None:
    drafting.set_deadline(case, form.deadline.data, form.costs, form.time_zone.data or "")
    drafting.assess(case, form.view)


PARTS = {
    "visibility": Part(forms.VisibilityForm, lambda case: (case.visibility, case.lang), _save_visibility),
    "about": Part(
        forms.AboutForm,
        lambda case: (case.title, case.area and case.area.slug, case.kind),
        _save_about,
    ),
    "parties": Part(forms.PartiesForm, lambda case: forms.PartiesForm.stored(case), _save_parties),
    "story": Part(forms.StoryForm, lambda case: (case.summary, case.story_markdown), _save_story),
    "budget": Part(
        forms.BudgetForm,
        lambda case: [(line.label, line.detail, line.amount) for line in case.budget],
        _save_budget,
    ),
    "stages": Part(
        forms.StagesForm,
        lambda case: [(stage.title, stage.reason, stage.amount) for stage in case.stages],
        _save_stages,
    ),
    "deadline": Part(
        forms.DeadlineForm,
        # The same moment looks different before it has been in the database and after, so it is told by the clock.
        lambda case: (
            case.deadline_at and case.deadline_at.timestamp(),
            case.time_zone,
            case.costs_risk,
            case.costs_cap,
            case.costs_insurance,
            case.costs_note,
            case.prospects,
            case.prospects_note,
        ),
        _save_deadline,
    ),
}
TITLES = labels.STEPS | {CHECK: _l("Check and send")}


def _titles(case: Case | None) -> dict[str, LazyString]:
    """The steps of a page, or of a change to one."""
    left_out = drafting.FIXED if case is not None and case.change_of_id is not None else ()
    return {step: title for step, title in TITLES.items() if step not in left_out}


def _url_of(case: Case, step: str) -> str:
    if step == CHECK:
        return url_for("wizard.check", public_id=case.public_id)
    return url_for("wizard.step", public_id=case.public_id, step=step)


# ---------------------------------------------------------------- steps
@blueprint.route("/cases/new", methods=["GET", "POST"])
@lawyer
def new() -> ResponseReturnValue:
    """The first step; sending it begins the draft."""
    form = forms.NewCaseForm()
    owner = db.session.get_one(Lawyer, current_visitor().lawyer_id)
    if not form.validate_on_submit():
        page = _page("visibility", form, is_verified=owner.is_verified)
        return page, 400 if form.is_submitted() else 200
    visibility, lang = Visibility(form.visibility.data), form.lang.data
    case = drafting.open_case(owner, visibility, lang, form_key=form.form_key.data)
    if case.is_editable and (case.visibility, case.lang) != (visibility, lang):
        drafting.set_visibility(case, visibility, lang)  # the browser went back and sent other answers
    db.session.commit()
    return _onwards(case, "visibility")


@blueprint.route("/dashboard/cases/<public_id>/edit/<step>", methods=["GET", "POST"])
@keeps_words
@lawyer
def step(public_id: str, step: str) -> ResponseReturnValue:
    if step not in PARTS:
        abort(404)
    case = access.own(public_id, current_visitor())
    if request.method == "POST":
        receive = _keep if AUTOSAVE in request.headers else _receive
        return receive(step, moves.held(case))
    if not case.is_editable:
        return redirect(url_for("dashboard.case", public_id=public_id), 303)
    if step not in _titles(case):
        return redirect(_url_of(case, CHECK), 303)
    return _page(step, PARTS[step].form(case), case)


def _receive(step: str, case: Case) -> ResponseReturnValue:
    """Save a step; `case` is held, so that two tabs come one after the other."""
    part = PARTS[step]
    form = part.form(case)
    if not case.is_editable:
        form.form_errors.append(render_error(drafting.NotEditable()))
        return _page(step, form, case, is_closed=True), 409
    if form.redraws(request.form):
        return _page(step, form, case), 400 if form.errors else 200
    form.whole = "later" not in request.form
    if not form.validate():
        return _page(step, form, case), 400
    before = _sign(part, case)
    try:
        part.save(case, form)
    except DomainError as error:
        db.session.rollback()
        blame(form, error)
        return _page(step, form, case), error.status
    if before not in (form.seen.data, _sign(part, case)):
        # Another tab saved something else here since this form was drawn. Sent again, the form has seen it.
        db.session.rollback()
        form.seen.data = before
        return _page(step, form, case, is_overtaken=True), 409
    db.session.commit()
    return _onwards(case, step)


def _keep(step: str, case: Case) -> ResponseReturnValue:
    """Save what a script sends while a step is being written; it goes nowhere from here.

    A field that cannot be read keeps what is stored of it. The answer names it, by its id, and says what to send as
    `seen` next time.
    """
    part, errors = PARTS[step], dict[str, str]()
    form = part.form(case)
    form.whole = False
    if not case.is_editable:
        return _kept(case, form, {"": render_error(drafting.NotEditable())}), 409
    before = _sign(part, case)
    form.validate()
    for name in [name for name in form.errors if name in form]:
        errors[name] = _first(form.errors[name])
        form.restore(name)
    try:
        part.save(case, form)
    except DomainError as error:
        db.session.rollback()
        return _kept(case, form, errors | {error.field or "": render_error(error)}), error.status
    after = _sign(part, case)
    if before not in (form.seen.data, after):
        db.session.rollback()
        told = _("Another tab or window has saved this part since you opened it.")
        return _kept(case, form, {"": told}), 409
    if before == after:
        db.session.rollback()  # nothing new
    db.session.commit()
    form.seen.data = after
    return _kept(case, form, errors), 200


def _kept(case: Case, form: forms.StepForm, errors: dict[str, str]) -> Response:
    return jsonify(seen=form.seen.data, version=case.version, errors=errors)


def _first(errors: Any) -> str:
    """The first sentence among a field's errors, which may lie in the rows of a list."""
    while not isinstance(errors, str):
        if isinstance(errors, LazyString):
            return str(errors)
        inner = errors.values() if isinstance(errors, dict) else errors
        errors = next(error for error in inner if error)
    return errors


def _sign(part: Part, case: Case) -> str:
    """A mark that changes when what is stored of a step does."""
    return ids.hash_token(repr(part.held(case)))[:32]


def _onwards(case: Case, step: str) -> ResponseReturnValue:
    if "later" in request.form:
        flash(_("Saved. You can go on whenever you like."), "done")
        return redirect(url_for("dashboard.home"), 303)
    names = list(_titles(case))
    return redirect(_url_of(case, names[names.index(step) + 1]), 303)


def _steps(case: Case | None) -> list[tuple[LazyString, str, bool]]:
    """Title, address and whether it is done, of every step. What is done can be opened, and what comes next."""
    titles = _titles(case)
    left = [*drafting.missing(case), CHECK] if case else list(titles)
    return [
        (title, _url_of(case, step) if case and (step not in left or step == left[0]) else "", step not in left)
        for step, title in titles.items()
    ]


def _page(
    step: str,
    form: forms.StepForm | forms.NewCaseForm,
    case: Case | None = None,
    *,
    is_verified: bool = True,
    is_closed: bool = False,
    is_overtaken: bool = False,
) -> str:
    if case is not None and not form.is_submitted():
        form.seen.data = _sign(PARTS[step], case)
    return render_template(
        f"cases/wizard/{step}.html",
        case=case,
        form=form,
        title=TITLES[step],
        steps=_steps(case),
        current=list(_titles(case)).index(step),
        is_verified=case.lawyer.is_verified if case else is_verified,
        is_closed=is_closed,
        is_overtaken=is_overtaken,
        **_asked_for(step, case),
        drafting=drafting,
        filed=case is not None and court_filing.is_filed(case),
        can_be_filed=case is not None and court_filing.can_be_filed(case),
        cap=court_filing.cap(),
        template_of=kinds.of(case.kind if case else None),
        currency_unit=unit(current_app.config["AMICUS"].currency),
    )


def _asked_for(step: str, case: Case | None) -> dict[str, Any]:
    """What the reviewer asked for with their last decision, as a whole and by field of this step; and the client."""
    if case is None or case.state != CaseState.CHANGES_REQUESTED:
        return {}
    last = queries.last_request(case)
    remarks = queries.remarks(case, last[0]) if last else []
    return {
        "decision": last,
        "remarks": {remark.field: remark for remark in remarks if remark.step == step},
        "consent": client.standing(case),
    }


# ---------------------------------------------------------------- check and send
@blueprint.route("/dashboard/cases/<public_id>/check", methods=["GET", "POST"])
@lawyer
def check(public_id: str) -> ResponseReturnValue:
    """The page as others will see it, and what it lacks. A second sending is quiet."""
    case = access.own(public_id, current_visitor())
    if case.change_of_id is not None:
        return redirect(url_for("changes.desk", public_id=changing.page_of(case).public_id), 303)
    if request.method != "POST":
        if case.is_published:
            return redirect(url_for("dashboard.case", public_id=public_id), 303)
        return _check_page(case)
    try:
        review.submit(case)
    except (moves.NotVerified, review.NotComplete) as error:
        db.session.rollback()
        return _check_page(case, refusal=render_error(error)), error.status
    db.session.commit()
    flash(_("Your page is with a reviewer. We will write to you."), "done")
    return redirect(url_for("dashboard.case", public_id=public_id), 303)


def _check_page(case: Case, refusal: str = "") -> str:
    missing = drafting.missing(case)
    return render_template(
        "cases/wizard/check.html",
        case=case,
        page=case_page.of(case),
        files_at=("filing.own", {"public_id": case.public_id}),
        preview=True,
        title=TITLES[CHECK],
        steps=_steps(case),
        current=len(TITLES) - 1,
        missing=[(TITLES[step], _url_of(case, step)) for step in missing],
        is_verified=case.lawyer.is_verified,
        consent=client.standing(case),
        labels=labels,
        refusal=refusal,
    )
