"""The doors to who sees a live page: its lawyer makes it private, or asks that it become public, and staff decide."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from app.cases import access, client, labels, queries, review, visibility
from app.cases.models import Case
from app.core.errors import DomainError, NotFound
from app.database import db
from app.pages import case_page
from app.pledges import privacy
from app.web.access import lawyer, staff
from app.web.fields import AtMost, blame, cleaned
from app.web.headers import keep_private
from app.web.visitor import current_visitor

blueprint = Blueprint("openness", __name__)
blueprint.after_request(keep_private)
LONGEST_REASON = 4000  # characters


class WishForm(FlaskForm):
    """What the lawyer wants: the button that was pressed."""


class AnswerForm(FlaskForm):
    """A reviewer's answer to the wish. `version` is that of the page they read."""

    decision = RadioField(
        _l("Your decision"),
        choices=[
            SelectChoice("public", _l("Let it become public")),
            SelectChoice("private", _l("Keep it private")),
        ],
        validate_choice=False,
    )
    comment = TextAreaField(
        _l("Message to the lawyer"), [AtMost(LONGEST_REASON)], filters=[cleaned], render_kw={"rows": "5", "dir": "auto"}
    )
    version = HiddenField()

    def validate_decision(self, field: RadioField) -> None:
        if field.data not in ("public", "private"):
            raise ValidationError(_("Choose what to decide."))


# ---------------------------------------------------------------- the lawyer
@blueprint.route("/dashboard/cases/<public_id>/visibility", methods=["GET", "POST"])
@lawyer
def change(public_id: str) -> ResponseReturnValue:
    """Who sees the page, and what can be done about it."""
    case = _published(access.own(public_id, current_visitor()))
    if request.method != "POST":
        return _page(case)
    try:
        told = _do(case)
    except DomainError as error:
        db.session.rollback()
        form = WishForm()
        status = blame(form, error)
        return _page(case, form), status
    db.session.commit()
    if told:
        flash(told, "done")
    return redirect(url_for("openness.change", public_id=public_id), 303)


def _published(case: Case) -> Case:
    if not case.is_published:
        raise NotFound()
    return case


def _do(case: Case) -> str:
    """What the pressed button says; the words that tell of it, or none."""
    if "private" in request.form and privacy.make_private(case, actor_id=current_visitor().user_id):
        return str(_("The page is private now. Its old address tells nothing any more."))
    if "ask" in request.form and visibility.ask_public(case):
        return str(_("Your wish is noted. Now ask your client; then a reviewer decides."))
    if "back" in request.form and visibility.take_back(case):
        return str(_("The page stays private."))
    return ""


def _page(case: Case, form: WishForm | None = None) -> str:
    last = next(iter(queries.decisions(case)), None)
    return render_template(
        "openness/change.html",
        case=case,
        form=form or WishForm(),
        consent=client.standing(case),
        is_agreed=visibility.is_agreed(case),
        refusal=last[0] if last and last[0].decision == visibility.KEEP else None,
        labels=labels,
    )


# ---------------------------------------------------------------- staff
@blueprint.route("/staff/cases/<public_id>/public", methods=["GET", "POST"])
@staff("reviewer")
def decide(public_id: str) -> ResponseReturnValue:
    """Whether a private page becomes public, as its lawyer wishes."""
    case = _published(access.submitted(public_id, current_visitor()))
    if request.method != "POST":
        if case.public_wanted_at is None:
            return redirect(url_for("cases_admin.review", public_id=public_id), 303)
        return _decision(case, AnswerForm(data={"version": str(case.version)}))
    form = AnswerForm()
    if not form.validate():
        return _decision(case, form), 400
    try:
        if form.decision.data == "public":
            is_first = privacy.make_public(case, current_user.user, seen=_seen(form))
        else:
            is_first = visibility.keep_private(case, current_user.user, form.comment.data)
    except DomainError as error:
        db.session.rollback()
        status = blame(form, error)
        return _decision(case, form), status
    waits = form.decision.data == "public" and case.is_private
    db.session.commit()
    if is_first:
        flash(_("Your decision is saved. The lawyer is told by email."), "done")
    elif waits:
        flash(_("Your approval is saved. Another reviewer must agree that the page becomes public."), "done")
    return redirect(url_for("cases_admin.queue"), 303)


def _seen(form: AnswerForm) -> int:
    """The version that was read; 0, which no page has, for anything odd."""
    text = form.version.data or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _decision(case: Case, form: AnswerForm) -> str:
    return render_template(
        "openness/decide.html",
        case=case,
        form=form,
        page=case_page.of(case),
        preview=True,
        is_agreed=visibility.is_agreed(case),
        consent=client.standing(case),
        is_own=case.lawyer.user_id == current_visitor().user_id,
        needed=review.approvals_needed(case),
        opened_by=visibility.opened_by(case),
        user_id=current_visitor().user_id,
        labels=labels,
    )


@blueprint.route("/staff/cases/<public_id>/private", methods=["GET", "POST"])
@staff("reviewer")
def hide(public_id: str) -> ResponseReturnValue:
    """Ask, then make a public page private at once."""
    case = _published(access.submitted(public_id, current_visitor()))
    back = url_for("cases_admin.review", public_id=public_id)
    if request.method != "POST":
        return redirect(back, 303) if case.is_private else render_template("openness/hide.html", case=case)
    if privacy.make_private(case, actor_id=current_visitor().user_id):
        flash(_("The page is private now. Its old address tells nothing any more."), "done")
    db.session.commit()
    return redirect(back, 303)
