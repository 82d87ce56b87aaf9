"""The page of one pledge, opened by the link in every letter about it; no account is needed.

A link in a mail shows a button and the POST acts, because mail scanners follow links.
"""

from dataclasses import dataclass
from datetime import datetime

import structlog
from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.cases import access as case_access
from app.cases.queries import page_url
from app.cases.states import CaseState
from app.core import clock
from app.core.errors import Conflict
from app.database import db
from app.i18n.errors import render_error
from app.i18n.format import money_text, unit
from app.i18n.locale import direction
from app.payments.gateway import ProviderError
from app.pledges import changes, checkout, collection, links, service
from app.pledges.forms import AmountForm, AppearanceForm
from app.pledges.models import Pledge
from app.pledges.states import COUNTED, FAILING, LIVE, PledgeState, Shown
from app.updates import queries as updates
from app.updates import readers
from app.updates.queries import UpdateLine
from app.web.access import by_token, returning
from app.web.headers import allow_checkout, keep_private

log = structlog.get_logger()
blueprint = Blueprint("manage", __name__)
blueprint.after_request(keep_private)
blueprint.after_request(allow_checkout)
MOST_UPDATES = 50
APPEARS = {
    Shown.NAME_AND_AMOUNT: _l("Name and amount"),
    Shown.NAME: _l("Name without the amount"),
    Shown.INITIALS: _l("Initials and amount"),
    Shown.ANONYMOUS: _l("Anonymous"),
}
# Failures that the backer's approval at the bank may mend; the others need another card.
APPROVABLE = (None, collection.AUTHENTICATION, "payment_intent_authentication_failure")


@dataclass(frozen=True)
class Options:
    """What the holder of the link can do now; `withdraw_until` is None when it is too late."""

    withdraw_until: datetime | None
    change: bool
    card: bool
    approve: bool
    appearance: bool


def options_of(pledge: Pledge) -> Options:
    until = service.withdrawable_until(pledge)
    state, case = PledgeState(pledge.state), pledge.case
    change = state is PledgeState.PLEDGED and case.state == CaseState.OPEN and case.takes_pledges(clock.now())
    return Options(
        withdraw_until=until if until is not None and clock.now() <= until else None,
        change=change,
        card=change or state in FAILING,
        approve=state in FAILING and pledge.last_code in APPROVABLE,
        appearance=state in COUNTED,
    )


def _pledge(token: str) -> Pledge:
    """The pledge that the link opens. The backer of a private case may from now on open its page too."""
    pledge = links.read(token)
    if pledge is None:
        abort(404)
    if pledge.case.is_private and (grant := case_access.grant_of_pledge(pledge.public_id)):
        case_access.carry(session, grant)
    return pledge


def _to_page(token: str) -> ResponseReturnValue:
    return redirect(url_for("manage.show", token=token), 303)


def _page(template: str, pledge: Pledge, **values: object) -> str:
    return render_template(
        f"pledges/{template}.html",
        pledge=pledge,
        case=pledge.case,
        token=links.token_of(pledge),
        options=options_of(pledge),
        takes_pledges=pledge.case.takes_pledges(clock.now()),
        changed=changes.latest_of(pledge),
        **values,
    )


def _show(pledge: Pledge, **values: object) -> str:
    return _page(
        "show",
        pledge,
        shown=APPEARS[Shown(pledge.shown)],
        live=LIVE,
        lapses_at=collection.lapses_at(pledge) if PledgeState(pledge.state) in FAILING else None,
        is_trying=pledge.next_at is not None and pledge.next_at <= clock.now(),
        updates=_updates(pledge),
        case_direction=direction(pledge.case.lang),
        gets_letters=readers.is_backer(pledge) and not readers.wants_none(pledge),
        unsubscribe_token=readers.token_of(pledge) if readers.is_backer(pledge) else "",
        came_too_late=pledge.state == PledgeState.ABANDONED and any(page.state == "complete" for page in pledge.pages),
        **values,
    )


def _updates(pledge: Pledge) -> list[UpdateLine]:
    """What the lawyer has posted; what is written for backers only to somebody who is one."""
    return updates.timeline(pledge.case, as_backer=readers.is_backer(pledge), limit=MOST_UPDATES)


# ---------------------------------------------------------------- looking
@blueprint.get("/<token>")
@by_token
def show(token: str) -> ResponseReturnValue:
    return _show(_pledge(token))


@blueprint.get("/<token>/thanks")
@by_token
def thanks(token: str) -> ResponseReturnValue:
    pledge = _pledge(token)
    if pledge.state not in LIVE - FAILING:
        return _to_page(token)
    return _page("thanks", pledge, share_url=None if pledge.case.is_private else page_url(pledge.case, pledge.lang))


# ---------------------------------------------------------------- changing
@blueprint.route("/<token>/withdraw", methods=["GET", "POST"])
@by_token
def withdraw(token: str) -> ResponseReturnValue:
    pledge = _pledge(token)
    if pledge.state == PledgeState.WITHDRAWN:
        return _to_page(token)
    if request.method != "POST":
        return _page("withdraw", pledge) if options_of(pledge).withdraw_until else _too_late(pledge)
    try:
        service.withdraw(pledge.id)
    except service.TooLateToWithdraw:
        db.session.rollback()
        return _too_late(_pledge(token))
    db.session.commit()
    return _to_page(token)


def _too_late(pledge: Pledge) -> ResponseReturnValue:
    until, deadline_at = None, pledge.case.deadline_at
    if pledge.state == PledgeState.PLEDGED and deadline_at is not None:
        until = service.withdrawable_until(pledge) or deadline_at
    return _page("too_late", pledge, until=until), 409


@blueprint.route("/<token>/appearance", methods=["GET", "POST"])
@by_token
def appearance(token: str) -> ResponseReturnValue:
    pledge = _pledge(token)
    if not options_of(pledge).appearance:
        return _to_page(token)
    form = AppearanceForm(data={"name": pledge.name, "shown": pledge.shown, "message": pledge.message})
    if not form.validate_on_submit():
        return _page("appearance", pledge, form=form), 400 if form.is_submitted() else 200
    service.change(pledge.id, name=form.name.data, shown=Shown(form.shown.data), message=form.message.data)
    db.session.commit()
    flash(_("Your changes are saved."), "done")
    return _to_page(token)


@blueprint.route("/<token>/amount", methods=["GET", "POST"])
@by_token
def amount(token: str) -> ResponseReturnValue:
    """A lower amount stands at once; a higher one needs the card again, and the consent."""
    pledge = _pledge(token)
    if not options_of(pledge).change:
        flash(_("The amount of this pledge cannot be changed any more."), "warning")
        return _to_page(token)
    form = AmountForm(pledge.total, data=AmountForm.filled(pledge.amount, pledge.tip))
    if "update" in request.form:
        return _amount_page(pledge, form)
    if not form.validate_on_submit():
        return _amount_page(pledge, form), 400 if form.is_submitted() else 200
    if form.is_raise:
        return _raise(pledge, form)
    try:
        service.lower(pledge.id, form.amount, form.tip)
    except Conflict as error:
        db.session.rollback()
        flash(render_error(error), "warning")
        return _to_page(token)
    flash(_("Your pledge is now %(total)s.", total=money_text(form.amount + form.tip)), "done")
    db.session.commit()
    return _to_page(token)


def _amount_page(pledge: Pledge, form: AmountForm, *, unreachable: bool = False) -> str:
    form.read_sums()
    return _page("amount", pledge, form=form, currency_unit=unit(form.currency), unreachable=unreachable)


def _raise(pledge: Pledge, form: AmountForm) -> ResponseReturnValue:
    pledge_id, token = pledge.id, links.token_of(pledge)
    db.session.commit()
    try:
        return redirect(checkout.open_page(pledge_id, amount=form.amount, tip=form.tip), 303)
    except Conflict as error:
        db.session.rollback()
        flash(render_error(error), "warning")
        return _to_page(token)
    except ProviderError as error:
        log.warning("hosted page not opened", pledge=pledge_id, error=str(error))
        db.session.rollback()
        return _amount_page(_pledge(token), form, unreachable=True), 503


@blueprint.post("/<token>/card")
@by_token
def card(token: str) -> ResponseReturnValue:
    """Another card, on the provider's page."""
    pledge = _pledge(token)
    if not options_of(pledge).card:
        return _to_page(token)
    pledge_id = pledge.id
    db.session.commit()
    try:
        return redirect(checkout.open_page(pledge_id), 303)
    except Conflict as error:
        db.session.rollback()
        flash(render_error(error), "warning")
        return _to_page(token)
    except ProviderError as error:
        log.warning("hosted page not opened", pledge=pledge_id, error=str(error))
        db.session.rollback()
        return _show(_pledge(token), unreachable=True), 503


# ---------------------------------------------------------------- paying what failed
@blueprint.route("/<token>/approve", methods=["GET", "POST"])
@by_token
def approve(token: str) -> ResponseReturnValue:
    """Confirm the payment with the backer present; the bank's page is reached by a plain link."""
    pledge = _pledge(token)
    if not options_of(pledge).approve:
        return _to_page(token)
    if request.method != "POST":
        return _page("approve", pledge, bank_url=None)
    pledge_id = pledge.id
    db.session.commit()
    try:
        bank_url = collection.authenticate(pledge_id)
    except collection.ChargingStopped as error:
        flash(render_error(error), "warning")
        return _to_page(token)
    except ProviderError as error:
        log.warning("payment not confirmed", pledge=pledge_id, error=str(error))
        db.session.rollback()
        return _unknown(token)
    if bank_url is None:
        return _to_page(token)
    return _page("approve", _pledge(token), bank_url=bank_url)


@blueprint.get("/<token>/approved")
@returning
def approved(token: str) -> ResponseReturnValue:
    """Back from the bank: ask the provider what became of it."""
    pledge_id = _pledge(token).id
    db.session.commit()
    try:
        collection.look_again(pledge_id)
    except ProviderError as error:
        log.warning("payment not read", pledge=pledge_id, error=str(error))
        db.session.rollback()
        return _unknown(token)
    return _to_page(token)


def _unknown(token: str) -> ResponseReturnValue:
    """We do not know yet what became of the payment, and say no more than that."""
    return render_template("pledges/waiting.html", again=url_for("manage.show", token=token)), 202
