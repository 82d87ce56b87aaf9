"""The lawyer's own door: their cases, how each one stands, going live, and the links to a private page.

A private link is shown in the answer to the form that made it and never again, for only its hash is stored. The form
carries a key of its own, so that pressing twice or loading again makes no second link and still shows the first.
"""

from dataclasses import dataclass

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.cases import access, appeals, changing, client, drafting, forms, labels, publishing, queries, relaunch, stages
from app.cases.models import Case, CaseGrant
from app.cases.states import CaseState
from app.core import clock
from app.core.errors import DomainError, NotFound
from app.database import db
from app.i18n.errors import render_error
from app.i18n.format import num_text, unit
from app.i18n.locale import alternate_url
from app.lawyers.models import Lawyer
from app.moderation import queries as moderation
from app.pledges import queries as pledges
from app.pledges.queries import Totals
from app.stories import queries as stories
from app.updates import duties
from app.updates import queries as updates
from app.updates.duties import Duty
from app.updates.states import SUCCESSES
from app.web.access import lawyer
from app.web.fields import blame
from app.web.headers import keep_private
from app.web.visitor import current_visitor

blueprint = Blueprint("dashboard", __name__)
blueprint.after_request(keep_private)
TO_DO = (CaseState.APPROVED, CaseState.CHANGES_REQUESTED, CaseState.DRAFT)


@dataclass(frozen=True)
class Row:
    """One case on the list. `totals` is None before the case is live, `left` counts the parts that are not complete,
    `duty` is the update that it owes, `asks` whether its client must be asked before it can go on.
    """

    case: Case
    state: CaseState
    totals: Totals | None
    left: int
    duty: Duty | None
    asks: bool


# ---------------------------------------------------------------- looking
@blueprint.get("/")
@lawyer
def home() -> str:
    """The lawyer's cases, and what waits for them."""
    owner = db.session.get_one(Lawyer, current_visitor().lawyer_id)
    cases = queries.of_lawyer(owner.id)
    totals = pledges.totals_of([case.id for case in cases if case.is_published])
    owed = duties.of_many(cases)
    consents = client.standings([case for case in cases if case.state in (CaseState.IN_REVIEW, CaseState.APPROVED)])
    rows = [
        Row(
            case,
            CaseState(case.state),
            totals.get(case.id),
            len(drafting.missing(case)),
            owed.get(case.id),
            case.id in consents and not consents[case.id].can_wait,
        )
        for case in cases
    ]
    return render_template(
        "dashboard/home.html",
        lawyer=owner,
        rows=rows,
        to_do=[row for state in TO_DO for row in rows if row.state is state],
        asking=[row for row in rows if row.asks],
        owing=sorted((row for row in rows if row.duty and row.duty.is_soon), key=lambda row: row.duty.due_on),
        labels=labels,
        icons=labels.STATE_ICONS,
    )


@blueprint.get("/cases/<public_id>")
@lawyer
def case(public_id: str) -> ResponseReturnValue:
    """How a case stands; a draft goes on where it was left."""
    found = access.own(public_id, current_visitor())
    if found.change_of_id is not None and found.state in (CaseState.DRAFT, CaseState.APPROVED):
        return redirect(url_for("changes.desk", public_id=changing.page_of(found).public_id), 303)
    if found.state == CaseState.DRAFT:
        left = drafting.missing(found)
        where = url_for("wizard.step", public_id=public_id, step=left[0]) if left else None
        return redirect(where or url_for("wizard.check", public_id=public_id), 303)
    return _page(found)


def _page(
    found: Case,
    *,
    publish: forms.PublishForm | None = None,
    link: forms.LinkForm | None = None,
    token: str | None = None,
    is_ended: bool = False,
    refusal: str = "",
) -> str:
    """The page of a case. `token` is of the link that was made just now; `is_ended` if it was revoked since."""
    is_approved = found.state == CaseState.APPROVED
    desk = updates.desk(found) if found.is_published else None
    outcome = desk.outcome if desk else None
    story = stories.of_case(found) if outcome else None
    decision = next(iter(queries.decisions(found)), None)
    return render_template(
        "dashboard/case.html",
        case=found,
        state=CaseState(found.state),
        totals=pledges.totals(found) if found.is_published else None,
        desk=desk,
        headline=updates.headline(outcome, found) if outcome else "",
        story_url=url_for("stories.show", slug=story.slug) if story else "",
        successes=SUCCESSES,
        appeal=appeals.of_case(found) if found.state == CaseState.DECLINED else None,
        staff_notes=moderation.notes_about(found),
        decision=decision,
        remarks=queries.remarks(found, decision[0]) if decision else [],
        consent=client.standing(found),
        needs_day=is_approved and "deadline" in drafting.missing(found),
        publish=(publish or forms.PublishForm(fresh=True, deadline=forms.likely_day(found))) if is_approved else None,
        links=_named_links(found) if found.is_private else [],
        link=(link or forms.LinkForm(fresh=True)) if found.is_private and found.is_published else None,
        token=token,
        token_url=_link_url(found, token) if token else "",
        is_ended=is_ended,
        first=db.session.get(Case, found.relaunch_of_id) if found.relaunch_of_id else None,
        next_try=relaunch.next_try(found) if found.state == CaseState.UNFUNDED else None,
        can_start_again=relaunch.can_start(found),
        page_url=queries.page_url(found, found.lang) if found.is_published else "",
        limits=drafting.deadline_limits(found.time_zone),
        labels=labels,
        icons=labels.STATE_ICONS,
        refusal=refusal,
        change=changing.draft_of(found) if found.is_published else None,
        may_change=changing.may_change(found),
        decides_again=found.withdraw_until is not None and clock.now() <= found.withdraw_until,
    )


def _link_url(found: Case, token: str) -> str:
    """Absolute address of a private link, which leads to the page in the case's own language."""
    return str(current_app.config["AMICUS"].base_url) + alternate_url(f"p/{token}", found.lang)


def _named_links(found: Case) -> list[tuple[str, CaseGrant]]:
    """The links to a private page, each with what it is called."""
    return [
        (grant.label or _("Link %(n)s", n=num_text(place)), grant)
        for place, grant in enumerate(queries.links(found), start=1)
    ]


# ---------------------------------------------------------------- going live
@blueprint.route("/cases/<public_id>/publish", methods=["GET", "POST"])
@lawyer
def publish(public_id: str) -> ResponseReturnValue:
    """Open the case for pledges. The page of a private one shows its link in this answer, and only here."""
    found = access.own(public_id, current_visitor())
    if request.method != "POST":  # another language was chosen on the answer's page
        return redirect(url_for("dashboard.case", public_id=public_id), 303)
    form = forms.PublishForm()
    if not form.validate():
        return _page(found, publish=form), 400
    try:
        token = publishing.publish(found, form.deadline.data, form_key=form.form_key.data)
    except DomainError as error:
        db.session.rollback()
        return _publishing_refused(found, form, error)
    db.session.commit()
    if token is not None:
        return _show_link(found, token)
    flash(_("The page is live."), "done")
    return redirect(url_for("dashboard.case", public_id=public_id), 303)


def _publishing_refused(found: Case, form: forms.PublishForm, error: DomainError) -> ResponseReturnValue:
    if error.field == "deadline":
        form.deadline.errors = [render_error(error)]
        return _page(found, publish=form), error.status
    if found.state == CaseState.DRAFT:
        raise error
    return _page(found, refusal=render_error(error)), error.status


# ---------------------------------------------------------------- stages of the money
@blueprint.route("/cases/<public_id>/stages", methods=["GET", "POST"])
@lawyer
def change_stages(public_id: str) -> ResponseReturnValue:
    """What a live page raises money for after the initial target. Every change stands on the page, dated."""
    found = access.own(public_id, current_visitor())
    if not stages.may_change(found):
        return redirect(url_for("dashboard.case", public_id=public_id), 303)
    form = forms.LaterStagesForm(found)
    if request.method != "POST":
        return _stages_page(found, form)
    if form.changes_rows(request.form):
        return _stages_page(found, form), 400 if form.errors else 200
    if not form.validate():
        return _stages_page(found, form), 400
    seen = int(form.seen.data) if (form.seen.data or "").isdecimal() else 0
    try:
        changed = stages.change(found, form.stages_after, found.lawyer.user, seen=seen)
    except DomainError as error:
        db.session.rollback()
        return _stages_page(found, form), blame(form, error)
    db.session.commit()
    if changed:
        flash(_("The stages are changed. The page tells what they were and when you changed them."), "done")
    return redirect(url_for("dashboard.case", public_id=public_id), 303)


def _stages_page(found: Case, form: forms.LaterStagesForm) -> str:
    return render_template(
        "dashboard/stages.html",
        case=found,
        form=form,
        standings=stages.standings(found, found.stages, pledges.totals(found).pledged),
        currency_unit=unit(current_app.config["AMICUS"].currency),
    )


# ---------------------------------------------------------------- private links
@blueprint.route("/cases/<public_id>/links", methods=["GET", "POST"])
@lawyer
def links(public_id: str) -> ResponseReturnValue:
    """Make a further link to a private page, and show it once."""
    found = access.own(public_id, current_visitor())
    if request.method != "POST":
        return redirect(url_for("dashboard.case", public_id=public_id), 303)
    form = forms.LinkForm()
    form.whole = True
    if not form.validate():
        return _page(found, link=form), 400
    token = publishing.make_link(found, form.label.data, form_key=form.form_key.data)
    db.session.commit()
    return _show_link(found, token)


def _show_link(found: Case, token: str) -> str:
    try:
        access.grant_of_link(token)
    except NotFound:
        return _page(found, is_ended=True)
    return _page(found, token=token)


@blueprint.route("/cases/<public_id>/links/<int:grant_id>/revoke", methods=["GET", "POST"])
@lawyer
def revoke(public_id: str, grant_id: int) -> ResponseReturnValue:
    """Ask, then end a link and every right that came by it."""
    found = access.own(public_id, current_visitor())
    name, grant = next(((name, grant) for name, grant in _named_links(found) if grant.id == grant_id), ("", None))
    if grant is None:
        abort(404)
    if request.method != "POST" and grant.revoked_at is None:
        return render_template("dashboard/revoke.html", case=found, name=name)
    if request.method == "POST":
        publishing.revoke_link(found, grant_id)
        db.session.commit()
        flash(_("The link has ended. Whoever had it can no longer open the page."), "done")
    return redirect(url_for("dashboard.case", public_id=public_id), 303)
