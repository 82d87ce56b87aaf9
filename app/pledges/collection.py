"""Charging due pledges: once each, whatever breaks on the way.

The rule that makes a double charge impossible: one payment intent per pledge. It can succeed at most once, so it, and
not an idempotency key that the provider forgets after a day, is the guarantee. An attempt is written down with its
card before it is sent. When its outcome is unknown, the pledge stays `charging`; after its lease a worker asks the
provider first and then sends the same request under the same key. `apply` folds what the provider says into our rows;
worker, webhook and reconciler all call it, in any order and any number of times.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from flask import current_app
from sqlalchemy import Exists, or_, select

from app.cases import queries as cases
from app.cases.models import Case
from app.cases.states import Verdict
from app.core import clock
from app.core.errors import N_, Conflict
from app.core.money import Money
from app.database import db
from app.ledger import service as ledger
from app.mail.outbox import post
from app.payments import brake
from app.payments.gateway import CARD_UNUSABLE, Intent, KeyRefused, OutcomeUnknown, ProviderError, Refused, TooFast
from app.payments.provider import gateway
from app.pledges import links, service, totals
from app.pledges.models import ChargeAttempt, Pledge
from app.pledges.states import FAILING, PledgeState, judge

log = structlog.get_logger()
LEASE = timedelta(seconds=120)
UNKNOWN_LEASE = timedelta(seconds=30)
# Declines that another try with the same card cannot mend. https://docs.stripe.com/declines/codes
HARD = frozenset(
    {
        "lost_card",
        "stolen_card",
        "pickup_card",
        "fraudulent",
        "invalid_account",
        "expired_card",
        "incorrect_number",
        "restricted_card",
        "revocation_of_all_authorizations",
        "revocation_of_authorization",
        "stop_payment_order",
        "transaction_not_allowed",
        "card_not_supported",
        CARD_UNUSABLE,
    }
)
AUTHENTICATION = "authentication_required"


class ChargingStopped(Conflict):
    """Something is being looked into; no card is charged meanwhile."""

    message = N_("We have paused payments while we check something. Nothing was charged. Try again later.")


# ---------------------------------------------------------------- the worker's side
def _is_frozen() -> Exists:
    """Whether the case of a pledge is suspended, or its lawyer's badge is down: then what is due waits."""
    return select(Case.id).join(Case.lawyer).where(Case.id == Pledge.case_id, cases.frozen()).exists()


def claim() -> int | None:
    """Take one pledge that is to be charged under a lease, and commit; None when there is none, or charging is stopped.

    A frozen case is not collected for, but what was begun is brought to its end.
    """
    if brake.is_on():
        db.session.rollback()
        return None
    moment, real = clock.now(), clock.real_now()
    pledge = db.session.scalars(
        select(Pledge)
        .where(
            or_(
                Pledge.state.in_((PledgeState.DUE, PledgeState.RETRY)) & (Pledge.next_at <= moment) & ~_is_frozen(),
                Pledge.state == PledgeState.CHARGING,
            ),
            or_(Pledge.leased_until.is_(None), Pledge.leased_until < real),
        )
        .order_by(Pledge.next_at, Pledge.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).first()
    if pledge is None:
        db.session.rollback()
        return None
    totals.change(pledge, state=PledgeState.CHARGING)
    pledge.leased_until = real + LEASE
    pledge_id = pledge.id
    db.session.commit()
    return pledge_id


def charge_due(limit: int = 50, *, seconds: float | None = None) -> int:
    """Charge pledges that are due, up to `limit`, and begin none after `seconds`; how many were taken."""
    began = time.monotonic()
    for taken in range(limit):
        if seconds is not None and time.monotonic() - began > seconds:
            return taken
        pledge_id = claim()
        if pledge_id is None:
            return taken
        try:
            charge(pledge_id)
        except TooFast:
            return taken
        finally:
            db.session.remove()
    return limit


def charge(pledge_id: int) -> None:
    """Charge a claimed pledge, or find out what became of an earlier try. Raises TooFast when it is to rest."""
    try:
        _ensure_intent(pledge_id)
        attempt = _take_attempt(pledge_id, off_session=True)
        if attempt is None:
            return
        if not attempt.is_new and not _is_unsent(intent := gateway().read_intent(attempt.intent), attempt):
            apply(intent, attempt_n=attempt.n)
        else:
            apply(_confirm(attempt), attempt_n=attempt.n)
    except KeyRefused as error:
        db.session.rollback()
        brake.pull(f"The payment provider refuses our key: {error}")
        db.session.commit()
        _rest(pledge_id)
    except TooFast:
        _rest(pledge_id)
        raise
    except OutcomeUnknown as error:
        log.warning("charge outcome unknown", pledge=pledge_id, error=str(error))
        _rest(pledge_id)
    except Refused as refusal:
        log.warning("charge refused", pledge=pledge_id, code=refusal.code)
        _apply_refusal(pledge_id, refusal.code)


def _rest(pledge_id: int) -> None:
    """The outcome is unknown: the pledge stays `charging` and is looked at again soon."""
    db.session.rollback()
    pledge = service.locked(pledge_id)
    if pledge.state == PledgeState.CHARGING:
        pledge.leased_until = clock.real_now() + UNKNOWN_LEASE
    db.session.commit()


def _ensure_intent(pledge_id: int) -> None:
    """Create and store the one payment intent of the pledge, unconfirmed: an orphan is harmless."""
    pledge = db.session.get_one(Pledge, pledge_id)
    known, total, customer, case_id = pledge.intent_id, pledge.total, pledge.customer_id, pledge.case_id
    db.session.rollback()
    if known is not None:
        return
    assert customer is not None
    intent = gateway().create_intent(
        amount=total.minor,
        currency=total.currency.lower(),
        customer=customer,
        reference=f"pledge_{pledge_id}",
        metadata={"pledge": str(pledge_id), "case": str(case_id)},
        key=f"pledge:{pledge_id}:pi",
    )
    pledge = service.locked(pledge_id)
    if pledge.intent_id is None:
        pledge.intent_id = intent.id
    db.session.commit()


@dataclass(frozen=True)
class Attempt:
    """A written attempt, as it is sent: the same each time, or the provider would refuse its key.

    `return_url` is where the bank sends a backer who is present. `is_new`: nobody can have sent it before.
    """

    intent: str
    n: int
    card: str
    key: str
    off_session: bool
    return_url: str | None
    is_new: bool


def _take_attempt(pledge_id: int, *, off_session: bool) -> Attempt | None:
    """The attempt whose answer is not known; else the next one, written down with the card it will use. Commits.

    None when the pledge is being charged no more: a worker that slept through its lease must not begin another try.
    """
    pledge = service.locked(pledge_id)
    if pledge.state != PledgeState.CHARGING:
        db.session.rollback()
        return None
    attempt = next((one for one in pledge.attempts if one.state == "open"), None)
    is_new = attempt is None
    if attempt is None:
        _answer(pledge, "superseded")
        attempt = _write_attempt(pledge, off_session=off_session)
    assert pledge.intent_id is not None
    found = Attempt(
        intent=pledge.intent_id,
        n=attempt.n,
        card=attempt.payment_method,
        key=attempt.key,
        off_session=attempt.off_session,
        return_url=None if attempt.off_session else links.manage_url(pledge, "/approved"),
        is_new=is_new,
    )
    db.session.commit()
    return found


def _write_attempt(pledge: Pledge, *, off_session: bool) -> ChargeAttempt:
    assert pledge.payment_method is not None
    attempt = ChargeAttempt(
        n=max((one.n for one in pledge.attempts), default=0) + 1,
        payment_method=pledge.payment_method,
        off_session=off_session,
        state="open",
    )
    pledge.attempts.append(attempt)
    db.session.flush()
    return attempt


def _is_unsent(intent: Intent, attempt: Attempt) -> bool:
    """Whether the intent shows no sign of the attempt, so that its request may be sent again.

    A bank's page that is open for another card belongs to an older attempt; one off the session never opens any.
    """
    if intent.status == "requires_action":
        return attempt.off_session or intent.payment_method != attempt.card
    return intent.status in ("requires_confirmation", "requires_payment_method")


def _confirm(attempt: Attempt) -> Intent:
    return gateway().confirm_intent(
        attempt.intent,
        payment_method=attempt.card,
        off_session=attempt.off_session,
        return_url=attempt.return_url,
        key=attempt.key,
    )


# ---------------------------------------------------------------- what the provider says
def apply(intent: Intent, *, attempt_n: int | None = None) -> PledgeState | None:
    """Fold `intent`, as the provider now has it, into pledge, books and letters; commits. None if it is not ours.

    A success counts whoever reports it. A failure counts only for the attempt whose own answer it was (`attempt_n`):
    a late word of an old failure must not mark a newer try.
    """
    pledge = db.session.scalars(
        select(Pledge).where(Pledge.intent_id == intent.id).with_for_update().execution_options(populate_existing=True)
    ).first()
    if pledge is None:
        pledge = _adopt(intent)
    if pledge is None:
        db.session.rollback()
        return None
    if intent.status == "succeeded":
        _collect(pledge, intent)
    elif intent.status == "canceled":
        _cancel(pledge)
    elif intent.status == "requires_action" and attempt_n is not None:
        _await_bank(pledge, attempt_n)
    elif intent.status == "requires_payment_method" and attempt_n is not None and intent.error_code:
        code = intent.decline_code or intent.error_code
        never = intent.advice_code == "do_not_try_again"
        _decline(pledge, attempt_n, AUTHENTICATION if intent.error_code == AUTHENTICATION else code, never=never)
    state = PledgeState(pledge.state)
    db.session.commit()
    return state


def _adopt(intent: Intent) -> Pledge | None:
    """The pledge named in the intent's metadata, if it lost the id of its intent to a crash or to an older backup.

    Only one that can be charged, and that amount: a number in somebody else's metadata is no proof.
    """
    named = (intent.metadata or {}).get("pledge", "")
    if not (named.isascii() and named.isdigit() and len(named) < 19):
        return None
    pledge = db.session.scalars(
        select(Pledge)
        .where(Pledge.id == int(named), Pledge.intent_id.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if pledge is None or judge(PledgeState(pledge.state), PledgeState.COLLECTED) is not Verdict.LEGAL:
        return None
    if (intent.amount, intent.currency.upper()) != (pledge.total.minor, pledge.total.currency):
        return None
    pledge.intent_id = intent.id
    return pledge


def _collect(pledge: Pledge, intent: Intent) -> None:
    payment = intent.payment
    assert payment is not None
    currency = payment.currency.upper()
    gross, fee = Money(payment.gross, currency), Money(payment.fee, currency)
    case_account = ledger.case_account(pledge.case_id)
    if gross != pledge.total:
        brake.pull(f"Pledge {pledge.id} was charged {gross.minor}, not {pledge.total.minor}")
    ledger.post(
        f"charge:{payment.charge}",
        "pledge_collected",
        {ledger.STRIPE: gross, case_account: -(gross - pledge.tip), ledger.TIPS: -pledge.tip},
        case_id=pledge.case_id,
        transaction=payment.transaction,
    )
    ledger.post(
        f"fee:{payment.transaction}",
        "stripe_fee",
        {ledger.STRIPE_FEES: fee, ledger.STRIPE: -fee},
        case_id=pledge.case_id,
        transaction=payment.transaction,
    )
    ledger.post(
        f"casefee:{payment.transaction}",
        "case_bears_fee",
        {case_account: fee, ledger.RECOVERED_FEES: -fee},
        case_id=pledge.case_id,
        transaction=payment.transaction,
    )
    waiting = [attempt.n for attempt in pledge.attempts if attempt.state in ("open", "action")]
    if waiting:
        _answer(pledge, "succeeded", n=waiting[-1])
        _answer(pledge, "superseded")
    if totals.change(pledge, state=PledgeState.COLLECTED):
        pledge.collected_at = clock.now()
        pledge.leased_until = pledge.next_at = None
        pledge.card_last4 = payment.last4
        if pledge.payment_method:
            service.forget_card(pledge.payment_method)  # the consent was for one charge
        post(f"pledge:{pledge.id}:receipt", "pledges.receipt", **_to(pledge))


def _answer(pledge: Pledge, state: str, *, n: int | None = None, code: str | None = None) -> bool:
    """Close the attempt (number `n`, or whichever still waits); False if it was closed before."""
    wanted = [a for a in pledge.attempts if a.state in ("open", "action") and n in (None, a.n)]
    for attempt in wanted:
        attempt.state, attempt.code, attempt.answered_at = state, code, clock.now()
    return bool(wanted)


def _cancel(pledge: Pledge) -> None:
    """The intent can never succeed any more: a failing pledge has lapsed, any other was cancelled."""
    if PledgeState(pledge.state) in (PledgeState.LAPSED, PledgeState.CANCELLED):
        return
    _answer(pledge, "superseded")
    lapsed = pledge.first_failed_at is not None
    totals.change(pledge, state=PledgeState.LAPSED if lapsed else PledgeState.CANCELLED)
    pledge.ended_at, pledge.leased_until, pledge.next_at = clock.now(), None, None
    if pledge.payment_method:
        service.forget_card(pledge.payment_method)
    if lapsed:
        post(f"pledge:{pledge.id}:lapsed", "pledges.lapsed", **_to(pledge))


def _await_bank(pledge: Pledge, n: int) -> None:
    """The bank wants the backer; the attempt waits for them. Who was not present is told."""
    attempt = next((one for one in pledge.attempts if one.n == n and one.state == "open"), None)
    if attempt is None or pledge.state != PledgeState.CHARGING:
        return
    attempt.state = "action"
    totals.change(pledge, state=PledgeState.ACTION_REQUIRED)
    _start_failing(pledge)
    pledge.next_at, pledge.leased_until = lapses_at(pledge), None
    if attempt.off_session:
        pledge.last_code = AUTHENTICATION
        _tell_of_failure(pledge, n, "pledges.approve_payment")


def _start_failing(pledge: Pledge) -> None:
    if pledge.first_failed_at is None:
        pledge.first_failed_at = clock.now()


def lapses_at(pledge: Pledge) -> datetime:
    """When a failing pledge ends: the last retry day after its first failure."""
    assert pledge.first_failed_at is not None
    return pledge.first_failed_at + timedelta(days=current_app.config["AMICUS"].retry_days[-1])


def _decline(pledge: Pledge, n: int, code: str, *, never: bool = False) -> None:
    """A try failed. Soft declines are tried again on the set days; hard ones and banks that ask wait for the backer."""
    if not _answer(pledge, "declined", n=n, code=code) or PledgeState(pledge.state) in (
        PledgeState.COLLECTED,
        PledgeState.LAPSED,
        PledgeState.CANCELLED,
    ):
        return
    _start_failing(pledge)
    assert pledge.first_failed_at is not None
    pledge.last_code, pledge.leased_until = code, None
    days = current_app.config["AMICUS"].retry_days
    moments = [pledge.first_failed_at + timedelta(days=day) for day in days]
    later = [moment for moment in moments if moment > clock.now()]
    hard = never or code in HARD
    if hard or code == AUTHENTICATION or not later or pledge.state == PledgeState.ACTION_REQUIRED:
        totals.change(pledge, state=PledgeState.ACTION_REQUIRED)
        pledge.next_at = moments[-1]
    else:
        totals.change(pledge, state=PledgeState.RETRY)
        pledge.next_at = later[0]
    if later:
        _tell_of_failure(pledge, n, "pledges.approve_payment" if code == AUTHENTICATION else "pledges.card_failed")


def _tell_of_failure(pledge: Pledge, n: int, letter: str) -> None:
    to = {**_to(pledge), "facts": {"pledge": pledge.id, "attempt": n}}
    post(f"pledge:{pledge.id}:failed:{n}", letter, **to)


def _apply_refusal(pledge_id: int, code: str) -> None:
    """The provider will not even try. For a card that is gone, the backer must bring another.

    Any other reason is our own mistake, which no backer must be blamed for: charging stops until a person has looked.
    """
    db.session.rollback()
    pledge = service.locked(pledge_id)
    if pledge.state != PledgeState.CHARGING:
        db.session.rollback()
        return
    waiting = next((attempt for attempt in pledge.attempts if attempt.state == "open"), None)
    if code == CARD_UNUSABLE:
        attempt = waiting or _write_attempt(pledge, off_session=True)
        _decline(pledge, attempt.n, code, never=True)
    else:
        pledge.leased_until = clock.real_now() + UNKNOWN_LEASE
        if code == "key_of_another_request":
            # A setting that is part of the request has changed since it was first sent. The next try has a new key.
            _answer(pledge, "superseded")
        else:
            brake.pull(f"The provider refuses to charge pledge {pledge_id}: {code}")
    db.session.commit()


def _to(pledge: Pledge) -> dict[str, Any]:
    return {"to": pledge.email, "lang": pledge.lang, "facts": {"pledge": pledge.id}}


# ---------------------------------------------------------------- the backer's side
def authenticate(pledge_id: int) -> str | None:
    """Confirm the same intent with the backer present; address of the bank's page, None when nothing more is needed.

    A second click finds the page that is open already. Raises ChargingStopped, ProviderError.
    """
    pledge = db.session.get_one(Pledge, pledge_id)
    waiting = _waiting_for_bank(pledge)
    failing, intent_id = PledgeState(pledge.state) in FAILING, pledge.intent_id
    db.session.rollback()
    if not failing or intent_id is None:
        return None
    if waiting is not None:
        intent = gateway().read_intent(intent_id)
        if intent.status == "requires_action":
            return intent.action_url
        apply(intent, attempt_n=waiting)
    pledge = service.locked(pledge_id)
    if PledgeState(pledge.state) not in FAILING:
        db.session.rollback()
        return None
    if brake.is_on() or pledge.case.is_frozen:
        db.session.rollback()
        raise ChargingStopped()
    totals.change(pledge, state=PledgeState.CHARGING)
    pledge.leased_until = clock.real_now() + LEASE
    db.session.commit()
    attempt = _take_attempt(pledge_id, off_session=False)
    if attempt is None:
        return None
    try:
        intent = _confirm(attempt)
    except Refused as refusal:
        _apply_refusal(pledge_id, refusal.code)
        return None
    except OutcomeUnknown:
        _rest(pledge_id)
        raise
    apply(intent, attempt_n=attempt.n)
    return intent.action_url if intent.status == "requires_action" else None


def _waiting_for_bank(pledge: Pledge) -> int | None:
    return next((attempt.n for attempt in pledge.attempts if attempt.state == "action"), None)


def look_again(pledge_id: int) -> PledgeState:
    """After the bank's page: ask the provider and fold in what it says."""
    pledge = db.session.get_one(Pledge, pledge_id)
    intent_id, state, waiting = pledge.intent_id, PledgeState(pledge.state), _waiting_for_bank(pledge)
    db.session.rollback()
    if intent_id is None:
        return state
    return apply(gateway().read_intent(intent_id), attempt_n=waiting) or state


# ---------------------------------------------------------------- the end of patience
def lapse_due(limit: int = 50) -> int:
    """Let failing pledges go whose time is over; how many were due. One that the provider does not answer for waits.

    The time of a pledge to a frozen case does not run out.
    """
    due = list(
        db.session.scalars(
            select(Pledge.id)
            .where(Pledge.state == PledgeState.ACTION_REQUIRED, Pledge.next_at <= clock.now(), ~_is_frozen())
            .order_by(Pledge.next_at)
            .limit(limit)
        )
    )
    db.session.rollback()
    for pledge_id in due:
        try:
            _lapse(pledge_id)
        except ProviderError as error:
            db.session.rollback()
            log.warning("pledge not lapsed", pledge=pledge_id, error=str(error))
    return len(due)


def _lapse(pledge_id: int) -> None:
    """End one pledge. Its intent is cancelled first, so that it cannot succeed afterwards."""
    pledge = service.locked(pledge_id)
    intent_id, ends_at = pledge.intent_id, pledge.next_at
    is_over = pledge.state == PledgeState.ACTION_REQUIRED and ends_at is not None and ends_at <= clock.now()
    is_over = is_over and not pledge.case.is_frozen
    if is_over and intent_id is None:
        _cancel(pledge)
    db.session.commit()
    if is_over and intent_id is not None:
        apply(gateway().cancel_intent(intent_id, key=f"pledge:{pledge_id}:cancel"))
