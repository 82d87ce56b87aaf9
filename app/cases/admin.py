"""The staff's door: what waits, and the review of a page before it goes live.

Everything here is for reviewers, tells of pages that nobody else may know of yet, and is stored nowhere.
"""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import Form, FormField, HiddenField, RadioField, SelectField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.accounts.models import User
from app.cases import access, appeals, changing, client, court_filing, instruction, labels, queries
from app.cases import review as decisions
from app.cases.fields import FIELDS
from app.cases.models import Case
from app.cases.states import CaseState
from app.core.errors import DomainError
from app.database import db
from app.i18n.locale import direction
from app.lawyers import queries as lawyers
from app.pages import case_page
from app.web.access import staff
from app.web.fields import AtMost, blame, cleaned
from app.web.headers import keep_private
from app.web.visitor import current_visitor

blueprint = Blueprint("cases_admin", __name__)
blueprint.after_request(keep_private)
LONGEST_COMMENT = 4000
DECISIONS = ("approve", "request_changes", "decline")


class CommentsForm(Form):
    """A comment on each part of the page, under the part's own name."""


for _name, _part in FIELDS.items():
    _box = TextAreaField(
        _part.label, [AtMost(LONGEST_COMMENT)], filters=[cleaned], render_kw={"rows": "3", "dir": "auto"}
    )
    setattr(CommentsForm, _name, _box)


class DecisionForm(FlaskForm):
    """A reviewer's decision. `version` is that of the page they read: nobody approves what they have not seen."""

    decision = RadioField(
        _l("Your decision"),
        choices=[
            SelectChoice("approve", _l("Approve")),
            SelectChoice("request_changes", _l("Ask for changes")),
            SelectChoice("decline", _l("Turn down")),
        ],
        validate_choice=False,
    )
    code = SelectField(
        _l("Why it is turned down"),
        choices=[
            SelectChoice("", _l("Choose a reason")),
            *(SelectChoice(code, label) for code, (label, _note) in labels.REFUSALS.items()),
        ],
        validate_choice=False,
    )
    checks = SelectMultipleField(
        _l("What you have checked"),
        choices=[SelectChoice(name, label) for name, label in labels.CHECKS.items()],
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    comments = FormField(CommentsForm)
    comment = TextAreaField(
        _l("Message to the lawyer"),
        [AtMost(LONGEST_COMMENT)],
        filters=[cleaned],
        render_kw={"rows": "6", "dir": "auto"},
    )
    version = HiddenField()

    @property
    def seen(self) -> int:
        """The version that was read; 0, which no page has, for anything odd."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0

    @property
    def written(self) -> dict[str, str]:
        """The comments in which something is written, by part."""
        return {name: words for name, words in self.comments.data.items() if words}

    def validate_decision(self, field: RadioField) -> None:
        if field.data not in DECISIONS:
            raise ValidationError(_("Choose what to decide."))
        if field.data == "approve" and self.written:
            raise ValidationError(
                _("Comments on parts of the page go with a request for changes. Choose that, or empty the comments.")
            )

    def validate_code(self, field: SelectField) -> None:
        if self.decision.data == "decline" and field.data not in labels.REFUSALS:
            raise ValidationError(_("Choose the reason from the list."))

    def decide(self, case: Case, reviewer: User) -> bool:
        """Do what was chosen; whether it was the first such decision."""
        comment, seen = self.comment.data, self.seen
        if self.decision.data == "approve":
            return decisions.approve(case, reviewer, comment, checks=self.checks.data or (), seen=seen)
        if self.decision.data == "decline":
            code = self.code.data
            return decisions.decline(case, reviewer, comment, code=code, comments=self.written, seen=seen)
        return decisions.request_changes(case, reviewer, comment, comments=self.written, seen=seen)


@blueprint.get("/cases")
@staff("reviewer")
def queue() -> str:
    visitor = current_visitor()
    return render_template(
        "cases_admin/queue.html",
        waiting=queries.waiting(visitor),
        appealed=queries.appealed(visitor),
        opening=access.wanting_public(visitor),
        filings=access.filings_waiting(visitor),
        instructions=access.instructions_waiting(visitor),
    )


@blueprint.route("/cases/<public_id>", methods=["GET", "POST"])
@staff("reviewer")
def review(public_id: str) -> ResponseReturnValue:
    case = access.submitted(public_id, current_visitor())
    form = DecisionForm()
    if not form.is_submitted():
        form.version.data = str(case.version)
        return _page(case, form)
    if not form.validate():
        return _page(case, form), 400
    try:
        is_first = form.decide(case, current_user.user)
    except DomainError as error:
        db.session.rollback()
        return _refused(case, form, error)
    db.session.commit()
    if is_first and form.decision.data == "approve" and case.state == CaseState.IN_REVIEW:
        flash(_("Your approval is saved. Another reviewer must approve this page too."), "done")
    elif is_first:
        flash(_("Your decision is saved. The lawyer is told by email."), "done")
    else:
        flash(_("The same was decided before. What you wrote now was not sent."), "info")
    return redirect(url_for("cases_admin.queue"), 303)


def _refused(case: Case, form: DecisionForm, error: DomainError) -> ResponseReturnValue:
    """Say why, on the page as it is now; what was written is kept."""
    status = blame(form, error)
    if not error.field:
        form.version.data = str(case.version)
    return _page(case, form), status


def _page(case: Case, form: DecisionForm) -> str:
    user_id = current_visitor().user_id
    is_own = case.lawyer.user_id == user_id
    decided = queries.decisions(case)
    asked = next((review for review, _name in decided if review.decision == "request_changes"), None)
    return render_template(
        "cases_admin/review.html",
        case=case,
        form=form,
        page=case_page.of(case),
        files_at=("filing.submitted", {"public_id": case.public_id}),
        preview=True,
        waiting=queries.waiting(current_visitor()),
        decisions=decided,
        approved_by=decisions.approved_by(case) if case.state == CaseState.IN_REVIEW else set(),
        needed=decisions.approvals_needed(case),
        user_id=user_id,
        appeal=appeals.of_case(case),
        parts_of={name: (part, part.reads(part.said(case))) for name, part in FIELDS.items()},
        remarks=queries.remarks(case, asked) if asked else [],
        consent=client.standing(case),
        instruction=instruction.standing(case),
        filing=court_filing.latest(case),
        fits=case.target is None or court_filing.fits(case, case.target, is_checked=True),
        cap=court_filing.cap(),
        checks=lawyers.latest_checks(case.lawyer),
        check_names=lawyers.CHECKS,
        labels=labels,
        is_own=is_own,
        changed=changing.differences(case) if case.change_of_id is not None else None,
        changed_page=changing.page_of(case) if case.change_of_id is not None else None,
        case_direction=direction(case.lang),
        can_decide=case.state == CaseState.IN_REVIEW and not is_own,
    )
