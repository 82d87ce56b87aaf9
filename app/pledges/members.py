"""The member's area: one's pledges, what was paid, which emails come, and claiming pledges made without signing in.

A pledge is managed on its own page, behind the same link as in its letters. A private case is named here only to
somebody whom `cases.access` shows it: the pledge that brought them the right to see it goes on doing so.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import EmailField
from wtforms.validators import InputRequired

from app.accounts import by_letter, limits
from app.cases import access
from app.cases.models import Case
from app.core.errors import DomainError
from app.database import db
from app.i18n.errors import render_error
from app.i18n.format import num_text
from app.pledges import claims, links
from app.pledges.models import Pledge
from app.pledges.states import FAILING, LIVE, PledgeState
from app.updates import queries as updates
from app.updates import readers
from app.updates.queries import UpdateLine
from app.web.access import signed_in
from app.web.fields import one_line
from app.web.headers import keep_private
from app.web.visitor import current_visitor, forget_visitor

blueprint = Blueprint("members", __name__)
blueprint.after_request(keep_private)
NEWS = 5
S = PledgeState
# What each state is called, the colour of its tag, and its icon.
STATES: dict[PledgeState, tuple[LazyString, str, str]] = {
    S.STARTED: (_l("Not finished"), "amber", "clock"),
    S.ABANDONED: (_l("Not finished"), "", "circle-slash"),
    S.PLEDGED: (_l("Pledged"), "blue", "shield-check"),
    S.DUE: (_l("About to be charged"), "amber", "hourglass"),
    S.CHARGING: (_l("Being charged"), "amber", "hourglass"),
    S.RETRY: (_l("Card declined"), "red", "circle-alert"),
    S.ACTION_REQUIRED: (_l("Needs you"), "red", "circle-alert"),
    S.COLLECTED: (_l("Paid"), "green", "check"),
    S.WITHDRAWN: (_l("Withdrawn"), "", "undo-2"),
    S.RELEASED: (_l("Ended, not charged"), "", "circle-slash"),
    S.CANCELLED: (_l("Cancelled"), "", "circle-slash"),
    S.LAPSED: (_l("Lapsed"), "", "circle-slash"),
}


class OtherAddressForm(FlaskForm):
    """The address with which somebody pledged without signing in."""

    email = EmailField(
        _l("Email address of the pledges"),
        [InputRequired(_l("Enter an email address, such as name@example.org."))],
        filters=[one_line],
        render_kw={"autocomplete": "email", "maxlength": "254"},
    )


@dataclass(frozen=True)
class Row:
    """One pledge as its backer may see it: `case` is None where the case is hidden from them."""

    pledge: Pledge
    case: Case | None
    token: str
    state: tuple[LazyString, str, str]

    @property
    def is_failing(self) -> bool:
        return self.pledge.state in FAILING


def _rows(pledges: Sequence[Pledge]) -> list[Row]:
    """The pledges, with the rights that they brought carried in the cookie as their own pages do it."""
    for grant in access.grants_of_pledges([pledge.public_id for pledge in pledges if pledge.case.is_private]):
        access.carry(session, grant)
        forget_visitor()  # the next look at them sees the right
    seen = access.seen_among({pledge.case_id for pledge in pledges}, current_visitor())
    return [
        Row(
            pledge,
            pledge.case if pledge.case_id in seen else None,
            links.token_of(pledge),
            STATES[PledgeState(pledge.state)],
        )
        for pledge in pledges
    ]


def _listed(*, paid: bool = False) -> tuple[list[Row], str]:
    """One page of the list, and the public id after which the next begins, or an empty one."""
    before = request.args.get("before", "")
    found = claims.of_user(current_user.user.id, before=before, paid=paid, limit=claims.PAGE + 1)
    page = found[: claims.PAGE]
    return _rows(page), page[-1].public_id if len(found) > claims.PAGE else ""


# ---------------------------------------------------------------- looking
@blueprint.get("/")
@signed_in
def home() -> str:
    """Their pledges, and the latest from the cases they back."""
    user = current_user.user
    rows, following = _listed()
    return render_template(
        "members/home.html",
        rows=rows,
        following=following,
        is_first="before" not in request.args,
        news=[] if "before" in request.args else _news(_rows(claims.backed(user.id))),
        user=user,
        waiting=claims.own_waiting(user),
        live=LIVE,
    )


def _news(backed: list[Row]) -> list[tuple[Row, UpdateLine]]:
    """The latest updates of the cases they back and may see, each with the pledge on whose page it stands."""
    by_case = {row.case.id: row for row in backed if row.case}
    cases = [row.case for row in by_case.values() if row.case]
    return [(by_case[case.id], line) for case, line in updates.latest(cases, limit=NEWS)]


@blueprint.get("/payments")
@signed_in
def payments() -> str:
    """What their cards were charged: each payment, and the sums by currency."""
    rows, following = _listed(paid=True)
    return render_template(
        "members/payments.html", rows=rows, following=following, sums=claims.paid(current_user.user.id)
    )


@blueprint.get("/emails")
@signed_in
def emails() -> str:
    """Which letters come to whom, and where each kind is ended."""
    backed = claims.backed(current_user.user.id)
    refusing = readers.refusing(backed)
    rows = [
        (row, (row.pledge.case_id, row.pledge.email) not in refusing, readers.token_of(row.pledge))
        for row in _rows(backed)
    ]
    return render_template("members/emails.html", rows=rows, user=current_user.user)


# ---------------------------------------------------------------- claiming
@blueprint.errorhandler(by_letter.LinkEnded)
def link_ended(_error: by_letter.LinkEnded) -> ResponseReturnValue:
    """One page for every link that does not work, whatever the reason."""
    db.session.rollback()
    return render_template("members/link_ended.html"), 404


@blueprint.errorhandler(claims.OtherAccount)
def other_account(error: claims.OtherAccount) -> ResponseReturnValue:
    """Somebody else is signed in than asked for the link. It stays as it was."""
    db.session.rollback()
    return render_template("members/other_account.html", text=render_error(error)), error.status


@blueprint.post("/claim-own")
@signed_in
def claim_own() -> ResponseReturnValue:
    """Take over the pledges that were made with one's own address."""
    try:
        number = claims.claim_own(current_user.user)
    except claims.NotConfirmed as error:
        db.session.rollback()
        flash(render_error(error), "warning")
        return redirect(url_for("joining.resend"), 303)
    db.session.commit()
    _tell(claims.Found(number, 0))
    return redirect(url_for("members.home"), 303)


@blueprint.route("/find-pledges", methods=["GET", "POST"])
@signed_in
def find_pledges() -> ResponseReturnValue:
    """Ask for a link to the pledges of another address. The answer is the same whether there are any."""
    form = OtherAddressForm()
    if not form.validate_on_submit():
        return _find_page(form), 400 if form.is_submitted() else 200
    email = form.email.data or ""
    may_write = limits.count_letter(email, request.remote_addr)
    try:
        claims.ask(current_user.user, email, may_write=may_write)
    except DomainError as error:
        db.session.rollback()
        form.email.errors = [render_error(error)]
        return _find_page(form), error.status
    db.session.commit()
    flash(
        _(
            "If pledges were made with %(email)s, we have sent an email there. Press the button in it while you are "
            "signed in here.",
            email=email,
        ),
        "info",
    )
    return redirect(url_for("members.home"), 303)


def _find_page(form: OtherAddressForm) -> str:
    return render_template("members/find_pledges.html", form=form)


@blueprint.route("/claim/<token>", methods=["GET", "POST"])
@signed_in
def claim(token: str) -> ResponseReturnValue:
    """The link in the letter shows a button, and the button acts."""
    form, user = FlaskForm(), current_user.user
    link = claims.asked(token, user)
    if not form.validate_on_submit():
        found = claims.found(link.email, user)
        return render_template("members/claim.html", form=form, link=link, found=found)
    moved = claims.claim(token, user)
    db.session.commit()
    _tell(moved)
    return redirect(url_for("members.home"), 303)


def _tell(moved: claims.Found) -> None:
    if moved.free:
        words = ngettext(
            "%(n)s pledge is in your list now.",
            "%(n)s pledges are in your list now.",
            moved.free,
            n=num_text(moved.free),
        )
        flash(words, "done")
    elif not moved.taken:
        flash(_("There is nothing to add: your list has every pledge of this address."), "info")
    if moved.taken:
        words = ngettext(
            "%(n)s pledge of this address belongs to another account already and stays there.",
            "%(n)s pledges of this address belong to another account already and stay there.",
            moved.taken,
            n=num_text(moved.taken),
        )
        flash(words, "warning")
