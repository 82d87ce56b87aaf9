"""Stripe behind the `Gateway` protocol. The only file that knows its library.

Seen with stripe 16: the client does not retry unless told to, its time-out is 80 s unless the HTTP client has another,
objects are not dicts, and a webhook signature dated in the future verifies, so its age, mode, account and size are
checked here.
"""

import json
import re
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, TypeVar

import stripe

from app.database import in_transaction
from app.payments.gateway import (
    CARD_UNUSABLE,
    BalanceLine,
    Card,
    CheckoutPage,
    Event,
    ForgedEvent,
    Intent,
    KeyRefused,
    OutcomeUnknown,
    Payment,
    Refused,
    SessionState,
    SetupRequest,
    TooFast,
)
from config import Settings

Answer = TypeVar("Answer")
MOST_EVENT_BYTES = 256 * 1024
EVENT_AGE_SECONDS = 300
# Stripe has no code for a card that was detached or hangs on another customer, only words.
_ABOUT_CARD = re.compile(r"payment ?method\b", re.IGNORECASE)


class StripeGateway:
    """See `app.payments.gateway.Gateway` for what each method promises."""

    def __init__(self, settings: Settings) -> None:
        extra: dict[str, Any] = {}
        if settings.stripe_api_base:
            extra["base_addresses"] = {"api": settings.stripe_api_base}
        self._client = stripe.StripeClient(
            settings.stripe_secret_key.get_secret_value(),
            max_network_retries=2,
            http_client=stripe.RequestsClient(timeout=(5, 30)),
            **extra,
        )
        self._webhook_secret = settings.stripe_webhook_secret.get_secret_value()
        self._livemode = settings.livemode
        self._pace = _Pace(settings.charges_per_second)

    # ------------------------------------------------------------ saving a card
    def create_customer(self, *, reference: str, key: str) -> str:
        answer = self._call(
            lambda: self._client.v1.customers.create({"metadata": {"reference": reference}}, {"idempotency_key": key})
        )
        return answer.id

    def open_setup(self, request: SetupRequest, *, key: str) -> CheckoutPage:
        params: Any = {
            "mode": "setup",
            "currency": request.currency,
            "customer": request.customer,
            "allowed_payment_method_types": ["card"],
            "client_reference_id": request.reference,
            "locale": request.locale,
            "success_url": request.success_url,
            "cancel_url": request.cancel_url,
            "metadata": request.metadata,
            "setup_intent_data": {"metadata": request.metadata},
            "custom_text": {"submit": {"message": request.promise}},
        }
        session = self._call(lambda: self._client.v1.checkout.sessions.create(params, {"idempotency_key": key}))
        return CheckoutPage(session.id, session.url or "", _moment(session.expires_at))

    def read_session(self, session_id: str) -> SessionState:
        session = self._call(
            lambda: self._client.v1.checkout.sessions.retrieve(session_id, {"expand": ["setup_intent.payment_method"]})
        )
        return _session(session)

    def expire_session(self, session_id: str) -> SessionState:
        with suppress(Refused):  # it was complete or expired already; the re-read below tells which
            self._call(lambda: self._client.v1.checkout.sessions.expire(session_id))
        return self.read_session(session_id)

    def completed_at(self, session_id: str, since: datetime) -> datetime | None:
        params: Any = {
            "types": ["checkout.session.completed"],
            "created": {"gte": int(since.timestamp()) - 60},
            "limit": 100,
        }
        page = self._call(lambda: self._client.v1.events.list(params))
        for event in self._call(lambda: list(page.auto_paging_iter())):
            if event.data.object["id"] == session_id:
                return _moment(event.created)
        return None

    def detach(self, payment_method: str) -> None:
        with suppress(Refused):  # not attached to anybody any more, which is what was wanted
            self._call(lambda: self._client.v1.payment_methods.detach(payment_method))

    # ------------------------------------------------------------ charging
    def create_intent(
        self, *, amount: int, currency: str, customer: str, reference: str, metadata: dict[str, str], key: str
    ) -> Intent:
        params: Any = {
            "amount": amount,
            "currency": currency,
            "customer": customer,
            "allowed_payment_method_types": ["card"],
            "capture_method": "automatic",  # by default its line on the account would come some time after the answer
            "description": reference,
            "transfer_group": f"case_{metadata['case']}",
            "metadata": metadata,
        }
        intent = self._call(lambda: self._client.v1.payment_intents.create(params, {"idempotency_key": key}))
        return _intent(intent)

    def confirm_intent(
        self, intent: str, *, payment_method: str, off_session: bool, return_url: str | None, key: str
    ) -> Intent:
        params: Any = {"payment_method": payment_method}
        if off_session:
            params["off_session"] = True
        elif return_url:
            params["return_url"] = return_url
        self._pace.wait()
        try:
            self._call(lambda: self._client.v1.payment_intents.confirm(intent, params, {"idempotency_key": key}))
        except Refused as refusal:
            if refusal.code not in ("card", "payment_intent_unexpected_state"):
                raise
        return self.read_intent(intent)

    def read_intent(self, intent: str) -> Intent:
        return _intent(
            self._call(
                lambda: self._client.v1.payment_intents.retrieve(
                    intent, {"expand": ["latest_charge.balance_transaction"]}
                )
            )
        )

    def cancel_intent(self, intent: str, *, key: str) -> Intent:
        with suppress(Refused):  # paid or cancelled already; the re-read below tells which
            self._call(lambda: self._client.v1.payment_intents.cancel(intent, {}, {"idempotency_key": key}))
        return self.read_intent(intent)

    def read_intent_of_charge(self, charge: str) -> Intent | None:
        found = self._call(lambda: self._client.v1.charges.retrieve(charge))
        return self.read_intent(str(found.payment_intent)) if found.payment_intent else None

    # ------------------------------------------------------------ the account and its events
    def balance_lines(self, *, since: datetime | None) -> list[BalanceLine]:
        params: Any = {"limit": 100}
        if since:
            params["created"] = {"gte": int(since.timestamp())}
        page = self._call(lambda: self._client.v1.balance_transactions.list(params))
        lines = [
            BalanceLine(
                line.id,
                line.reporting_category,
                line.amount,
                line.fee,
                line.net,
                line.currency,
                str(line.source),
                _moment(line.created),
            )
            for line in self._call(lambda: list(page.auto_paging_iter()))
        ]
        return lines[::-1]

    def read_event(self, payload: bytes, signature: str) -> Event:
        if len(payload) > MOST_EVENT_BYTES:
            raise ForgedEvent("too large")
        try:
            stripe.WebhookSignature.verify_header(
                payload.decode(), signature, self._webhook_secret, tolerance=EVENT_AGE_SECONDS
            )
            signed_at = int(dict(part.split("=", 1) for part in signature.split(","))["t"])
            data = json.loads(payload)
            about = data["data"]["object"].get("id") or ""  # a balance has none
            event = Event(data["id"], data["type"], about, _moment(data["created"]))
        except (stripe.SignatureVerificationError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ForgedEvent(type(error).__name__) from None
        if signed_at > time.time() + EVENT_AGE_SECONDS:
            raise ForgedEvent("dated in the future")
        if bool(data.get("livemode")) != self._livemode or data.get("account"):
            raise ForgedEvent("another mode or account")
        return event

    # ------------------------------------------------------------
    def _call(self, ask: Callable[[], Answer]) -> Answer:
        """Ask Stripe, with its errors turned into ours. Never inside a transaction: a call may take half a minute."""
        if in_transaction():
            raise RuntimeError("A provider call inside a database transaction")
        try:
            return ask()
        except stripe.CardError as error:
            raise Refused("card", error.code or "") from None
        except stripe.IdempotencyError as error:
            if error.http_status == 409:  # the first request with this key is still under way
                raise OutcomeUnknown(type(error).__name__) from None
            raise Refused("key_of_another_request", str(error)[:300]) from None
        except stripe.RateLimitError:
            raise TooFast("the provider asks us to slow down") from None
        except (stripe.AuthenticationError, stripe.PermissionError) as error:
            raise KeyRefused(type(error).__name__) from None
        except stripe.InvalidRequestError as error:
            raise _refused(error) from None
        except stripe.StripeError as error:
            raise OutcomeUnknown(type(error).__name__) from None


class _Pace:
    """Keeps this process's confirmations under the provider's rate."""

    def __init__(self, per_second: int) -> None:
        self._gap = 1 / per_second
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        with self._lock:
            moment = time.monotonic()
            pause = self._next - moment
            self._next = max(self._next, moment) + self._gap
        if pause > 0:
            time.sleep(pause)


def _refused(error: stripe.InvalidRequestError) -> Refused:
    said = str(error.user_message or error)
    if error.code in (None, "resource_missing") and (
        error.param in ("payment_method", "customer") or _ABOUT_CARD.search(said)
    ):
        return Refused(CARD_UNUSABLE, said[:300])
    return Refused(error.code or "invalid_request", said[:300])


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _card(method: Any) -> Card:
    card = method.card
    return Card(method.id, card.brand, card.last4, f"{card.exp_year:04d}-{card.exp_month:02d}")


def _session(session: Any) -> SessionState:
    setup = session.setup_intent
    done = setup is not None and not isinstance(setup, str) and setup.status == "succeeded" and setup.payment_method
    metadata = session.metadata.to_dict() if session.metadata else {}
    return SessionState(
        session.id, session.status, session.url, _card(setup.payment_method) if done else None, metadata
    )


def _intent(intent: Any) -> Intent:
    payment = None
    if intent.status == "succeeded":
        charge = intent.latest_charge
        if isinstance(charge, str) or charge is None or not charge.balance_transaction:
            raise OutcomeUnknown("the payment is not on the account yet")
        line = charge.balance_transaction
        last4 = charge.payment_method_details.card.last4
        payment = Payment(charge.id, line.id, line.amount, line.fee, line.currency, last4)
    error = intent.last_payment_error
    action = intent.next_action
    redirect = action.redirect_to_url.url if action and action.type == "redirect_to_url" else None
    return Intent(
        id=intent.id,
        status=intent.status,
        amount=intent.amount,
        currency=intent.currency,
        payment_method=str(intent.payment_method) if intent.payment_method else None,
        payment=payment,
        error_code=error.code if error else None,
        decline_code=getattr(error, "decline_code", None) if error else None,
        advice_code=getattr(error, "advice_code", None) if error else None,
        action_url=redirect,
        metadata=intent.metadata.to_dict() if intent.metadata else {},
    )
