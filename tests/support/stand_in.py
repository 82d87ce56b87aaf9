"""The Stripe stand-in for tests: run in a thread, steered, and its hosted pages walked as a browser without script."""

import hashlib
import hmac
import json
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any, Literal

import stripe

from stripesim.server import serve

Outcome = Literal["complete", "fail"]


class CardRefused(AssertionError):
    """The hosted page did not take the card; the message is what the page says."""


@dataclass(frozen=True)
class StandIn:
    """One Stripe account on a running stand-in. Every namespace (letters and digits) is an account of its own."""

    url: str
    namespace: str = "portal"

    @property
    def key(self) -> str:
        """A secret key of this account."""
        return f"sk_test_{self.namespace}_key"

    @property
    def client(self) -> stripe.StripeClient:
        """The real library, without retries, to look at what is there."""
        return stripe.StripeClient(self.key, base_addresses={"api": self.url}, max_network_retries=0)

    def account(self, namespace: str | None = None) -> "StandIn":
        """Another account on the same server, by default a new and empty one."""
        return StandIn(self.url, namespace or uuid.uuid4().hex[:16])

    def control(self, what: str, **values: Any) -> Any:
        """Ask `/_test/<what>` (see stripesim/README.md). Raises AssertionError when it does not understand."""
        body = json.dumps({"ns": self.namespace, **values}).encode()
        status, _, answer = _ask(f"{self.url}/_test/{what}", body)
        assert status == 200, f"/_test/{what}: {answer}"
        return json.loads(answer)

    def listen(self, url: str, secret: str, *events: str) -> None:
        """Send this account's events (all, or those named) to the webhook at `url`, signed with `secret`."""
        self.control("webhooks/endpoint", url=url, secret=secret, enabled_events=list(events) or ["*"])

    def events(self, kind: str | None = None) -> list[dict[str, Any]]:
        """The account's last 100 events of this type, oldest first, as Stripe would send them."""
        found = self.client.v1.events.list({"limit": 100, **({"type": kind} if kind else {})})
        return [event.to_dict() for event in found.data][::-1]


@contextmanager
def stand_in(db: Path | None = None, clock_file: Path | None = None) -> Iterator[StandIn]:
    """A stand-in in a thread of this process, on a free port of 127.0.0.1."""
    server = serve(0, db, clock_file)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield StandIn(f"http://127.0.0.1:{server.port}")
    finally:
        server.shutdown()
        thread.join()
        server.app.close()


def pay(url: str, card_number: str, name: str = "A Backer", three_ds: Outcome = "complete") -> str:
    """Type a card into the hosted Checkout page at `url`; the address to which the browser would return at last.

    That page is ours and is not fetched. A bank's 3-D Secure page on the way is answered with `three_ds`. Raises
    CardRefused when the page stays and says why.
    """
    status, _, text = _ask(url)
    assert status == 200 and 'name="cardNumber"' in text, f"no card form at {url}: {status} {_said(text)}"
    card = {"email": "", "cardNumber": card_number, "cardExpiry": "12 / 34", "cardCvc": "123", "billingName": name}
    return _walk(url, card, three_ds)


def authenticate(url: str, three_ds: Outcome = "complete") -> str:
    """Answer the bank's 3-D Secure page at `url`; the address to which the browser would return, not fetched."""
    return _walk(url, {"r": three_ds}, three_ds)


def signed(event: dict[str, Any] | bytes, secret: str, at: float | None = None) -> tuple[bytes, dict[str, str]]:
    """Body and headers of a webhook, signed as Stripe does at the moment `at` (Unix time; by default now)."""
    body = event if isinstance(event, bytes) else json.dumps(event, indent=2).encode()
    moment = int(time.time() if at is None else at)
    signature = hmac.new(secret.encode(), b"%d." % moment + body, hashlib.sha256).hexdigest()
    return body, {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": f"t={moment},v1={signature}"}


def made_up_event(kind: str, **thing: Any) -> dict[str, Any]:
    """An event about `thing` that never happened, shaped like Stripe's; `thing` needs an `id`."""
    return {
        "id": f"evt_{uuid.uuid4().hex[:24]}",
        "object": "event",
        "type": kind,
        "created": int(time.time()),
        "livemode": False,
        "pending_webhooks": 1,
        "data": {"object": thing},
    }


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


_browser = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)


def _ask(url: str, body: bytes | None = None) -> tuple[int, str, str]:
    """Status, Location and text of the answer to a GET, or to a POST of `body`."""
    try:
        answer = _browser.open(url, body, timeout=30)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status, answer.headers.get("Location", ""), answer.read().decode()


def _walk(url: str, form: dict[str, str], three_ds: Outcome) -> str:
    origin = urllib.parse.urlsplit(url)[:2]
    status, location, text = _ask(url, urllib.parse.urlencode(form).encode())
    for _ in range(5):
        if not location:
            raise CardRefused(f"{status} {_said(text)}")
        if urllib.parse.urlsplit(location)[:2] != origin:
            return location
        url = location
        status, location, text = _ask(url)
        if not location and 'value="complete"' in text:
            status, location, text = _ask(url, urllib.parse.urlencode({"r": three_ds}).encode())
    raise AssertionError(f"The pages go round in circles at {url}")


def _said(page: str) -> str:
    """What a page says: its alert, else its heading."""
    found = re.search(r'role="alert">(.*?)</p>', page) or re.search(r"<h1>(.*?)</h1>", page)
    return unescape(found[1]) if found else page[:200]
