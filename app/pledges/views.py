"""Backing a case: the form, the way to the provider's hosted page, and the way back."""

import re
from dataclasses import dataclass
from datetime import timedelta

import structlog
from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from app.cases import access
from app.cases.models import Case
from app.cases.states import CaseState
from app.core import clock, ids
from app.core.money import Money, fees_on, percent_of
from app.database import db
from app.i18n.errors import render_error
from app.i18n.format import digits, money_text, unit
from app.i18n.locale import get_locale
from app.lawyers import queries as lawyers
from app.payments.gateway import ProviderError
from app.pledges import checkout, links, queries, service
from app.pledges.forms import PledgeForm
from app.pledges.models import Pledge
from app.pledges.states import LIVE, PledgeState, Shown
from app.web import throttle
from app.web.access import anyone, returning
from app.web.headers import allow_checkout, keep_private
from app.web.visitor import current_visitor

log = structlog.get_logger()
blueprint = Blueprint("pledges", __name__)
blueprint.after_request(keep_private)
blueprint.after_request(allow_checkout)

AN_HOUR = 3600
FOR_ONE_EMAIL = 20
FROM_ONE_NETWORK = 60  # a network has many people on it
SESSION_ID = re.compile(r"\w{1,120}", re.ASCII)


@dataclass(frozen=True)
class Split:
    """Where a pledge goes once it is charged. `card_fee` and `platform_fee` come off the pledge, never off the tip."""

    amount: Money
    card_fee: Money
    platform_fee: Money

    @property
    def to_case(self) -> Money:
        return self.amount - self.card_fee - self.platform_fee


def split(amount: Money, tip: Money) -> Split:
    """The fees on a pledge as the settings estimate them; the card fee is on all that the card pays."""
    settings = current_app.config["AMICUS"]
    if not amount.minor:
        return Split(amount, amount, amount)
    return Split(
        amount,
        fees_on(amount + tip, settings.card_fee_rate, fixed=settings.card_fee_fixed),
        percent_of(amount, settings.platform_fee_rate),
    )


# ---------------------------------------------------------------- the form
@blueprint.route("/<slug>/back", methods=["GET", "POST"])
@anyone
def back(slug: str) -> ResponseReturnValue:
    case = access.find(slug, current_visitor())
    if request.method == "POST":
        return _receive(case)
    if not case.takes_pledges(clock.now()):
        return _closed(case)
    started = links.read(request.args.get("resume", ""))
    if started is None or started.case_id != case.id:
        return _new_form(case)
    if started.state != PledgeState.STARTED:
        return redirect(url_for("manage.show", token=links.token_of(started)), 303)
    return _form_page(case, PledgeForm(_currency(case), data=PledgeForm.of(started)))


def _new_form(case: Case) -> str:
    """A form whose key is the same in every tab of this browser until it has made a pledge, so two tabs make one."""
    kept = session.get("pledging", {})
    if kept.get("case") != case.public_id:
        kept = {"case": case.public_id, "key": ids.token(), "made": ""}
    made = _by_form_key(kept["key"])
    if made is not None and made.state != PledgeState.STARTED:
        kept = {**kept, "key": ids.token(), "made": kept["key"]}
    session["pledging"] = kept
    before = _by_form_key(kept["made"])
    form = PledgeForm(_currency(case), data=_known_of_visitor() | {"form_key": kept["key"]})
    return _form_page(case, form, before=before if before and before.state in LIVE else None)


def _by_form_key(key: str) -> Pledge | None:
    return db.session.scalar(select(Pledge).where(Pledge.form_key == key))


def _receive(case: Case) -> ResponseReturnValue:
    form = PledgeForm(_currency(case))
    if not form.has_form_key:
        abort(400)
    if not case.takes_pledges(clock.now()):
        made = _by_form_key(form.form_key.data)
        if made is None or made.state == PledgeState.STARTED:
            return _closed(case)
        return _sent_before(links.token_of(made))
    if "update" in request.form:
        return _form_page(case, form)
    if not form.validate():
        return _form_page(case, form), 400
    try:
        _count(form.email.data)
        pledge = service.start(case, _details(case, form), user_id=current_visitor().user_id)
    except throttle.TooMany as error:
        db.session.rollback()
        form.form_errors.append(render_error(error))
        return _form_page(case, form), 429, {"Retry-After": str(error.retry_after)}
    except service.CaseNotOpen:
        db.session.rollback()
        return _closed(case)
    pledge_id, state, token = pledge.id, pledge.state, links.token_of(pledge)
    db.session.commit()
    return _to_hosted_page(case, form, pledge_id) if state == PledgeState.STARTED else _sent_before(token)


def _sent_before(token: str) -> ResponseReturnValue:
    flash(_("You have sent this form before. This is the pledge it made; there is no second one."), "info")
    return redirect(url_for("manage.show", token=token), 303)


def _to_hosted_page(case: Case, form: PledgeForm, pledge_id: int) -> ResponseReturnValue:
    try:
        return redirect(checkout.open_page(pledge_id), 303)
    except service.CaseNotOpen:
        db.session.rollback()
        return _closed(case)
    except ProviderError as error:
        log.warning("hosted page not opened", pledge=pledge_id, error=str(error))
        db.session.rollback()
        return _form_page(case, form, unreachable=True), 503


def _count(email: str) -> None:
    """Count a pledge that is begun. Raises throttle.TooMany."""
    network = throttle.address_block(request.remote_addr)
    throttle.check("pledge.network", network, FROM_ONE_NETWORK, AN_HOUR)
    throttle.check("pledge.email", email.lower(), FOR_ONE_EMAIL, AN_HOUR)
    throttle.note("pledge.network", network)
    throttle.note("pledge.email", email.lower())


def _details(case: Case, form: PledgeForm) -> service.PledgeDetails:
    return service.PledgeDetails(
        form_key=form.form_key.data,
        name=form.name.data,
        email=form.email.data,
        lang=get_locale(),
        amount=form.amount,
        tip=form.tip,
        shown=Shown(form.shown.data),
        message=form.message.data,
        consent_text=service.consent_text(case, form.amount, form.tip),
    )


def _currency(case: Case) -> str:
    return case.target.currency if case.target else str(current_app.config["AMICUS"].currency)


def _known_of_visitor() -> dict[str, str]:
    if not current_user.is_authenticated:
        return {}
    return {"name": current_user.user.name, "email": current_user.user.email}


def _form_page(case: Case, form: PledgeForm, *, before: Pledge | None = None, unreachable: bool = False) -> str:
    form.read_sums()
    settings = current_app.config["AMICUS"]
    assert case.deadline_at is not None
    return render_template(
        "pledges/back.html",
        case=case,
        form=form,
        totals=queries.totals(case),
        lawyer=lawyers.card(case.lawyer),
        is_met=case.state == CaseState.FUNDED,
        split=split(form.amount, form.tip),
        nothing=Money.zero(form.currency),
        currency_unit=unit(form.currency),
        fees={"card": settings.card_fee_rate, "fixed": settings.card_fee_fixed, "platform": settings.platform_fee_rate},
        withdraw_hours=settings.withdraw_hours,
        can_withdraw=clock.now() <= case.deadline_at - timedelta(hours=settings.withdraw_hours),
        before=before,
        before_token=links.token_of(before) if before else None,
        unreachable=unreachable,
    )


def _closed(case: Case) -> ResponseReturnValue:
    past = case.deadline_at is not None and clock.now() > case.deadline_at
    return render_template("pledges/closed.html", case=case, past=past, refused=request.method == "POST"), 409


# ---------------------------------------------------------------- the way back
@blueprint.get("/<slug>/back/returned")
@returning
def returned(slug: str) -> ResponseReturnValue:
    """Believe nothing but what the provider says of the page now, and lead on to where reloading does no harm."""
    session_id = request.args.get("session_id", "")
    if not SESSION_ID.fullmatch(session_id):
        abort(404)
    try:
        pledge_id = checkout.fold_page(session_id)
    except ProviderError as error:
        log.warning("hosted page not read", error=str(error))
        db.session.rollback()
        return _waiting()
    if pledge_id is None:
        abort(404)
    pledge = db.session.get_one(Pledge, pledge_id)
    page = next(page for page in pledge.pages if page.session_id == session_id)
    if page.state == "open":
        return _waiting()
    token = links.token_of(pledge)
    if page is next((one for one in pledge.pages if one.state == "complete"), None):
        return redirect(url_for("manage.thanks", token=token), 303)
    _tell_of_card(pledge)
    return redirect(url_for("manage.show", token=token), 303)


def _tell_of_card(pledge: Pledge) -> None:
    if pledge.state == PledgeState.PLEDGED:
        total, last4 = money_text(pledge.total), digits(pledge.card_last4 or "")
        flash(_("Your pledge is now %(total)s, on the card ending %(last4)s.", total=total, last4=last4), "done")
    elif pledge.state in (PledgeState.RETRY, PledgeState.CHARGING):
        flash(_("Your new card is saved. We are charging it now."), "done")


def _waiting() -> ResponseReturnValue:
    """We do not know yet what became of the card, and say no more than that."""
    return render_template("pledges/waiting.html", again=request.full_path), 202
