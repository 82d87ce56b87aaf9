"""What a backer can do with a pledge, and what a saved card does to it.

The form's sentence of consent is made here too, because it is stored word for word.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.audit.service import record
from app.cases import access as case_access
from app.cases.models import Case
from app.cases.states import CaseState
from app.core import clock
from app.core.errors import N_, Conflict, Invalid
from app.core.money import Money
from app.database import db
from app.i18n.format import moment_text, money_text
from app.jobs.queue import defer
from app.mail.outbox import post
from app.payments.gateway import Card
from app.pledges import totals
from app.pledges.models import CheckoutSession, Pledge
from app.pledges.states import FAILING, PledgeState, Shown
from app.settings.queries import in_force

TERMS_VERSION = "2026-11"


class CaseNotOpen(Conflict):
    """The case takes no pledges now."""

    message = N_("This case is not taking pledges any more. Nothing was charged.")


class BelowMinimum(Invalid):
    """The pledge is smaller than allowed."""

    message = N_("Enter an amount of %(minimum)s or more.")
    field = "amount_other"


class AboveMaximum(Invalid):
    """The pledge is larger than allowed."""

    message = N_("Enter an amount of %(maximum)s or less.")
    field = "amount_other"


class TooLateToWithdraw(Conflict):
    """The last moment to withdraw has passed, or the target was met."""

    message = N_("It is too late to withdraw this pledge. You could withdraw until 24 hours before the deadline.")


class CannotChange(Conflict):
    """The pledge has left the state in which it can be changed."""

    message = N_("This pledge cannot be changed any more.")


@dataclass(frozen=True)
class PledgeDetails:
    """What the form brings. `form_key` is the form's own random value; amounts are in the case's currency."""

    form_key: str
    name: str
    email: str
    lang: str
    amount: Money
    tip: Money
    shown: Shown
    message: str
    consent_text: str


def consent_text(case: Case, amount: Money, tip: Money) -> str:
    """What the backer agrees to, in the present language; shown at the provider too, and stored."""
    assert case.target is not None and case.deadline_at is not None
    total = money_text(amount + tip)
    if case.state == CaseState.FUNDED:
        return str(_("Your card will be charged %(total)s once. The initial target of this case is met.", total=total))
    return str(
        _(
            "You pay nothing today. Your card will be charged %(total)s once, and only if pledges reach %(target)s by "
            "%(deadline)s.",
            total=total,
            target=money_text(case.target),
            deadline=moment_text(case.deadline_at, case.time_zone),
        )
    )


def check_amount(amount: Money) -> None:
    """Raise BelowMinimum or AboveMaximum if a pledge may not be `amount`."""
    settings = in_force()
    minimum = Money(settings.minimum_pledge, amount.currency)
    maximum = Money(settings.maximum_pledge, amount.currency)
    if amount < minimum:
        raise BelowMinimum(minimum=minimum)
    if amount > maximum:
        raise AboveMaximum(maximum=maximum)


def start(case: Case, details: PledgeDetails, *, user_id: int | None = None) -> Pledge:
    """Write the pledge down, not counted yet: it joins when its card is saved. The same form sent twice makes one.

    Raises CaseNotOpen, BelowMinimum, AboveMaximum.
    """
    known = db.session.scalar(select(Pledge).where(Pledge.form_key == details.form_key))
    if known is not None:
        if known.case_id != case.id:
            raise CannotChange()
        known = locked(known.id)
        if known.state == PledgeState.STARTED and case.takes_pledges(clock.now()):
            known.user_id = known.user_id or user_id
            _take_over(known, details)
        return known
    if not case.takes_pledges(clock.now()):
        raise CaseNotOpen()
    check_amount(details.amount)
    pledge = Pledge(form_key=details.form_key, case_id=case.id, user_id=user_id, state=PledgeState.STARTED)
    _take_over(pledge, details)
    try:
        with db.session.begin_nested():
            db.session.add(pledge)
    except IntegrityError:
        # The same form, sent twice at the same moment: the other has made the pledge since we looked.
        if db.session.scalar(select(Pledge.id).where(Pledge.form_key == details.form_key)) is None:
            raise
        return start(case, details, user_id=user_id)
    return pledge


def _take_over(pledge: Pledge, details: PledgeDetails) -> None:
    check_amount(details.amount)
    pledge.name, pledge.email, pledge.lang = details.name, details.email.lower(), details.lang
    pledge.amount, pledge.tip = details.amount, details.tip
    pledge.shown, pledge.message = details.shown, details.message
    agree(pledge, details.consent_text)


def agree(pledge: Pledge, text: str) -> None:
    """Store the words the backer agreed to, with the version of the terms, their hash and the moment."""
    pledge.consent_text = text
    pledge.terms_version = TERMS_VERSION
    pledge.consent_hash = hashlib.sha256(f"{TERMS_VERSION}\n{text}".encode()).hexdigest()
    pledge.consented_at = clock.now()


def locked(pledge_id: int) -> Pledge:
    """The pledge, held against other transactions until this one ends."""
    return db.session.scalars(
        select(Pledge).where(Pledge.id == pledge_id).with_for_update().execution_options(populate_existing=True)
    ).one()


def locked_with_case(pledge_id: int) -> tuple[Pledge, Case]:
    """The pledge, held, and its case, held so that it cannot close meanwhile; pledges do not wait for each other on it.

    The case comes first, as in a verdict, which then takes the pledges: in another order the two would wait for each
    other.
    """
    case = db.session.scalars(
        select(Case)
        .where(Case.id == select(Pledge.case_id).where(Pledge.id == pledge_id).scalar_subquery())
        .with_for_update(read=True, key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    return locked(pledge_id), case


def card_saved(page_id: int, card: Card, *, completed_at: datetime | None = None) -> CheckoutSession:
    """Fold a completed hosted page into its pledge: join the case, raise the amount, or bring another card; the page.

    The page stays open while it cannot be decided. Either the deadline has passed and when the page was completed is
    not known: the closing job asks the provider and calls again with `completed_at`. Or the old card is being charged.
    """
    pledge_id = db.session.scalars(select(CheckoutSession.pledge_id).where(CheckoutSession.id == page_id)).one()
    pledge, case = locked_with_case(pledge_id)
    page = locked_page(page_id)
    if page.is_open and _fold_card(pledge, case, page, card, completed_at):
        page.state, page.ended_at, page.read_next_at = "complete", clock.now(), None
    return page


def locked_page(page_id: int) -> CheckoutSession:
    """The hosted page, held until the transaction ends. Hold its pledge first, if both are needed."""
    return db.session.scalars(
        select(CheckoutSession)
        .where(CheckoutSession.id == page_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _fold_card(pledge: Pledge, case: Case, page: CheckoutSession, card: Card, completed_at: datetime | None) -> bool:
    """What a saved card does; False while it cannot be decided."""
    state = PledgeState(pledge.state)
    if state in (PledgeState.STARTED, PledgeState.PLEDGED, PledgeState.DUE):
        if _undecided(case, completed_at):
            return False
        if not _in_time(case, completed_at):
            _turn_away(pledge, card)
        elif state is PledgeState.STARTED:
            _join(pledge, case, page, card)
        else:
            _take_page(pledge, page, card)
            post(f"pledge:{pledge.id}:changed:{page.n}", "pledges.changed", **_to(pledge))
    elif state is PledgeState.CHARGING:
        return False
    elif state in FAILING:
        _replace_card(pledge, card)
        for attempt in pledge.attempts:
            if attempt.state == "action":  # a bank's page for the old card decides nothing about the new one
                attempt.state, attempt.answered_at = "superseded", clock.now()
        totals.change(pledge, state=PledgeState.RETRY)
        pledge.next_at = clock.now()
    else:
        forget_card(card.payment_method)
    return True


def _undecided(case: Case, completed_at: datetime | None) -> bool:
    """Whether only the closing job can tell if a page was completed in time."""
    assert case.deadline_at is not None
    if completed_at is not None:
        return False
    late = clock.now() > case.deadline_at and case.raising_ended_at is None
    return case.state == CaseState.CLOSING or (late and case.state in (CaseState.OPEN, CaseState.FUNDED))


def _in_time(case: Case, completed_at: datetime | None) -> bool:
    if completed_at is not None and case.deadline_at is not None:
        counting = case.state in (CaseState.OPEN, CaseState.CLOSING, CaseState.FUNDED) and not case.raising_ended_at
        return counting and completed_at <= case.deadline_at and not case.suspended_at
    return case.takes_pledges(clock.now())


def _turn_away(pledge: Pledge, card: Card) -> None:
    """The card came too late: a pledge that was not there yet never joins, one that stands stays as it is."""
    forget_card(card.payment_method)
    if pledge.state == PledgeState.STARTED:
        totals.change(pledge, state=PledgeState.ABANDONED)
        pledge.ended_at = clock.now()
        post(f"pledge:{pledge.id}:too_late", "pledges.too_late", **_to(pledge))


def _take_page(pledge: Pledge, page: CheckoutSession, card: Card) -> None:
    """What the backer agreed to on the way to the page, and the card."""
    totals.change(pledge, amount=page.amount)
    pledge.tip = page.tip
    if page.consent_text != pledge.consent_text:
        agree(pledge, page.consent_text)
    _replace_card(pledge, card)


def _join(pledge: Pledge, case: Case, page: CheckoutSession, card: Card) -> None:
    _take_page(pledge, page, card)
    pledge.pledged_at = clock.now()
    if case.state == CaseState.FUNDED:
        totals.change(pledge, state=PledgeState.DUE)
        pledge.due_at = pledge.next_at = clock.now()
    else:
        totals.change(pledge, state=PledgeState.PLEDGED)
    if case.is_private:
        case_access.grant_for_pledge(case, label=pledge.public_id)
    post(f"pledge:{pledge.id}:thanks", "pledges.thanks", **_to(pledge))


def _replace_card(pledge: Pledge, card: Card) -> None:
    if pledge.payment_method and pledge.payment_method != card.payment_method:
        forget_card(pledge.payment_method)
    pledge.payment_method = card.payment_method
    pledge.card_brand, pledge.card_last4, pledge.card_expires = card.brand, card.last4, card.expires


def forget_card(payment_method: str) -> None:
    """Have the provider detach a saved card, later and outside this transaction."""
    defer("pledges.detach_card", {"payment_method": payment_method}, uniq=f"detach:{payment_method}")


def _to(pledge: Pledge) -> dict[str, Any]:
    return {"to": pledge.email, "lang": pledge.lang, "facts": {"pledge": pledge.id}}


def withdrawable_until(pledge: Pledge) -> datetime | None:
    """The last moment to withdraw, or None when the pledge's state allows it no more."""
    case = pledge.case
    if pledge.state != PledgeState.PLEDGED or case.state != CaseState.OPEN or case.deadline_at is None:
        return None
    hours = current_app.config["AMICUS"].withdraw_hours
    until = case.deadline_at - timedelta(hours=hours)
    return max(until, case.withdraw_until) if case.withdraw_until is not None else until


def _changeable(pledge_id: int) -> Pledge:
    pledge, case = locked_with_case(pledge_id)
    if pledge.state != PledgeState.PLEDGED or case.state != CaseState.OPEN or not case.takes_pledges(clock.now()):
        raise CannotChange()
    return pledge


def withdraw(pledge_id: int) -> Pledge:
    """Take a pledge back and forget its card; a second time is quiet. Raises TooLateToWithdraw."""
    pledge, _case = locked_with_case(pledge_id)
    if pledge.state == PledgeState.WITHDRAWN:
        return pledge
    until = withdrawable_until(pledge)
    if until is None or clock.now() > until:
        raise TooLateToWithdraw()
    totals.change(pledge, state=PledgeState.WITHDRAWN)
    pledge.ended_at = clock.now()
    if pledge.payment_method:
        forget_card(pledge.payment_method)
    record("pledge.withdrawn", pledge)
    post(f"pledge:{pledge.id}:withdrawn", "pledges.withdrawn", **_to(pledge))
    return pledge


def change(pledge_id: int, *, name: str, shown: Shown, message: str) -> Pledge:
    """Change how the backer appears. Possible in every state in which the pledge is shown."""
    pledge = locked(pledge_id)
    pledge.name, pledge.shown, pledge.message = name, shown, message
    record("pledge.appearance_changed", pledge, shown=str(shown))
    totals.pages_changed([pledge.case_id])
    return pledge


def lower(pledge_id: int, amount: Money, tip: Money) -> Pledge:
    """Lower the amount; the consent given covers it. A raise goes by a hosted page and a new consent.

    Raises CannotChange, BelowMinimum.
    """
    pledge = _changeable(pledge_id)
    check_amount(amount)
    if (amount + tip) > pledge.total:
        raise CannotChange()
    if (amount, tip) != (pledge.amount, pledge.tip):
        totals.change(pledge, amount=amount)
        pledge.tip = tip
        record("pledge.lowered", pledge, minor=amount.minor, tip=tip.minor)
        post(f"pledge:{pledge.id}:lowered:{clock.now().isoformat()}", "pledges.changed", **_to(pledge))
    return pledge
