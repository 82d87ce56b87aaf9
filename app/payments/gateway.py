"""What the portal asks of a payment provider, and the plain values it gets back.

Amounts are minor units (pence) with a lower-case currency. Every call runs outside a database transaction; the
implementation asserts it. Keys make a call happen at most once at the provider, for about a day; our rows are the
longer memory.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

CARD_UNUSABLE = "payment_method_unusable"


class ProviderError(Exception):
    """The provider did not do what was asked."""


class OutcomeUnknown(ProviderError):
    """No answer, or one that tells nothing (time-out, 5xx, 409): the thing may or may not have happened."""


class TooFast(OutcomeUnknown):
    """The provider asks us to slow down; nothing happened."""


class KeyRefused(ProviderError):
    """Our key is not accepted: charging must stop and somebody must be told."""


class Refused(ProviderError):
    """The provider understood and will not; `code` says why.

    "card": declined, and the intent tells more. CARD_UNUSABLE: the saved card or its customer is gone.
    "key_of_another_request": this key was used with other parameters. Anything else is the provider's own code.
    """

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class ForgedEvent(ProviderError):
    """A webhook that the provider did not sign, or not now, or not for this account."""


@dataclass(frozen=True)
class Card:
    """A saved card, as much of it as a page may show."""

    payment_method: str
    brand: str
    last4: str
    expires: str  # "2031-12"


@dataclass(frozen=True)
class SetupRequest:
    """What the hosted page needs to save a card. Ids only: no titles, no names."""

    customer: str
    reference: str
    success_url: str
    cancel_url: str
    locale: Literal["en-GB", "auto"]
    currency: str
    promise: str  # the consent in words, shown above the button
    metadata: dict[str, str]


@dataclass(frozen=True)
class CheckoutPage:
    """A hosted page that was opened."""

    session_id: str
    url: str
    expires_at: datetime


@dataclass(frozen=True)
class SessionState:
    """A hosted page as the provider now has it. `card` is there once the setup succeeded."""

    session_id: str
    status: Literal["open", "complete", "expired"]
    url: str | None
    card: Card | None
    metadata: dict[str, str]


@dataclass(frozen=True)
class Payment:
    """A successful charge. `fee` is what the provider kept, `gross` what the backer paid, in minor units."""

    charge: str
    transaction: str
    gross: int
    fee: int
    currency: str
    last4: str  # of the card that was charged


@dataclass(frozen=True)
class Intent:
    """A payment intent as the provider now has it."""

    id: str
    status: str
    amount: int
    currency: str
    payment_method: str | None = None
    payment: Payment | None = None
    error_code: str | None = None
    decline_code: str | None = None
    advice_code: str | None = None
    action_url: str | None = None
    metadata: dict[str, str] | None = None


@dataclass(frozen=True)
class BalanceLine:
    """One line of the provider's account. `net` = `amount` - `fee`."""

    id: str
    category: str
    amount: int
    fee: int
    net: int
    currency: str
    source: str
    created: datetime


@dataclass(frozen=True)
class Event:
    """A verified webhook: a hint that something happened to an object, nothing more."""

    id: str
    type: str
    object_id: str
    created: datetime


class Gateway(Protocol):
    """The provider. Raises OutcomeUnknown, TooFast, KeyRefused or Refused."""

    def create_customer(self, *, reference: str, key: str) -> str:
        """A customer to hang cards on; its id."""
        ...

    def open_setup(self, request: SetupRequest, *, key: str) -> CheckoutPage:
        """Open a hosted page that saves a card and charges nothing."""
        ...

    def read_session(self, session_id: str) -> SessionState:
        """The hosted page as it is now."""
        ...

    def expire_session(self, session_id: str) -> SessionState:
        """Close the hosted page; if it was complete already, it stays so and is returned."""
        ...

    def completed_at(self, session_id: str, since: datetime) -> datetime | None:
        """When the hosted page was completed, from the provider's event log; None if it does not say."""
        ...

    def create_intent(
        self, *, amount: int, currency: str, customer: str, reference: str, metadata: dict[str, str], key: str
    ) -> Intent:
        """An unconfirmed payment intent; nothing is charged."""
        ...

    def confirm_intent(
        self, intent: str, *, payment_method: str, off_session: bool, return_url: str | None, key: str
    ) -> Intent:
        """The only call that moves a backer's money. A declined card is no error: the intent tells of it."""
        ...

    def read_intent(self, intent: str) -> Intent:
        """The intent as it is now, with its payment."""
        ...

    def cancel_intent(self, intent: str, *, key: str) -> Intent:
        """Cancel an intent that was not paid; if it was, it is returned as it is."""
        ...

    def detach(self, payment_method: str) -> None:
        """Forget a saved card; one that is gone already is fine."""
        ...

    def read_intent_of_charge(self, charge: str) -> Intent | None:
        """The intent that a charge belongs to."""
        ...

    def balance_lines(self, *, since: datetime | None) -> "list[BalanceLine]":
        """Lines of the provider's account, oldest first."""
        ...

    def read_event(self, payload: bytes, signature: str) -> Event:
        """Verify a webhook on its raw body. Raises ForgedEvent."""
        ...
