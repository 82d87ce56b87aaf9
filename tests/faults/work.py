"""Pieces of work that a test has another process do; all need an application context and commit for themselves."""

import secrets
from typing import Any

from flask import current_app

from app.database import db
from app.jobs import queue, worker
from app.payments.stripe_gateway import StripeGateway
from app.pledges import checkout, closing, collection, service
from app.pledges.models import ChargeAttempt
from tests.pledges.money import case_of, details, pounds


def begin(slug: str, form_key: str) -> int:
    """The form is sent, and the hosted page is opened; the pledge's id."""
    pledge_id = service.start(case_of(slug), details(pounds(25), form_key=form_key)).id
    db.session.commit()
    checkout.open_page(pledge_id)
    return pledge_id


def verdict(case_id: int) -> None:
    """The target is checked."""
    closing.check_target(case_id)
    db.session.commit()


def one_round() -> None:
    """One round of the worker, with what the minute brings."""
    queue.defer_ticks()
    db.session.commit()
    worker.beat(current_app._get_current_object())  # type: ignore[attr-defined]


def rounds(number: int) -> None:
    for _ in range(number):
        one_round()


# ---------------------------------------------------------------- with a guard taken off
class WithoutKeys(StripeGateway):
    """Its idempotency keys are good for nothing, as after 24 hours."""

    def create_intent(self, *, key: str, **values: Any) -> Any:
        return super().create_intent(**values, key=secrets.token_hex(8))

    def confirm_intent(self, intent: str, *, key: str, **values: Any) -> Any:
        return super().confirm_intent(intent, **values, key=secrets.token_hex(8))


def forget_keys() -> None:
    """From now on this process's keys are good for nothing."""
    current_app.extensions["amicus_gateway"] = WithoutKeys(current_app.config["AMICUS"])


def charge_without_keys() -> int:
    """As `collection.charge_due`, but for the keys."""
    forget_keys()
    return collection.charge_due()


def charge_with_an_intent_for_each_try() -> int:
    """As `collection.charge_due` would be without its rule of one intent for a pledge."""
    forget_keys()
    pledge_id = collection.claim()
    if pledge_id is None:
        return 0
    pledge = service.locked(pledge_id)
    pledge.intent_id = None
    db.session.query(ChargeAttempt).filter_by(pledge_id=pledge_id, state="open").update({"state": "superseded"})
    db.session.commit()
    collection.charge(pledge_id)
    db.session.remove()
    return 1
