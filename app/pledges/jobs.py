"""What the clock and the outbox do with pledges."""

import structlog
from sqlalchemy import select

from app.core import clock
from app.database import db
from app.jobs.queue import Postpone, defer, job
from app.jobs.worker import each_second
from app.lawyers import queries as lawyers
from app.mail.outbox import send_due
from app.payments.gateway import ProviderError, Refused
from app.payments.provider import gateway
from app.pledges import changes, checkout, claims, closing, collection, freeze, reconcile, totals
from app.pledges.models import WebhookEvent

log = structlog.get_logger()
each_second(totals.roll_up)
each_second(send_due)  # before the charges: the backer was promised a letter before any


@each_second
def charge_due() -> None:
    """Charge for about a second, so that totals and letters do not wait for a long run or a slow provider."""
    collection.charge_due(seconds=1)


@each_second
def close_cases() -> None:
    """Wake the closing of cases whose deadline has passed; twice a minute for each until it is done."""
    slot = int(clock.now().timestamp()) // 30
    for case_id in closing.due_for_closing():
        defer("pledges.close_case", {"case_id": case_id}, uniq=f"close:{case_id}:{slot}")
    db.session.commit()


@job("pledges.follow_lawyer")
def follow_lawyer(lawyer_id: int) -> None:
    """Whatever changed how a badge stands, the lawyer's cases follow it."""
    freeze.follow(lawyers.by_id(lawyer_id))


@job("pledges.check_target")
def check_target(case_id: int) -> None:
    closing.check_target(case_id)


@job("pledges.apply_change")
def apply_change(draft_id: int) -> None:
    """A reviewer has approved a change to a live page."""
    changes.apply(draft_id)


@job("pledges.tell_of_change")
def tell_of_change(version_id: int, after: int = 0) -> None:
    changes.tell(version_id, after)


@job("pledges.end_windows", every_minutes=1)
def end_windows() -> None:
    """Go on where the time is over in which backers could decide again."""
    changes.end_windows()


@job("pledges.close_case")
def close_case(case_id: int) -> None:
    try:
        closing.close(case_id)
    except ProviderError as error:  # `close_cases` wakes it again
        db.session.rollback()
        log.error("case not closed", case=case_id, error=str(error))


@job("pledges.close_pages")
def close_pages(case_id: int) -> None:
    """After an early end: nobody should save a card for a case that takes no pledges."""
    try:
        closing.close_pages(case_id)
    except ProviderError:
        raise Postpone(120) from None


@job("pledges.detach_card")
def detach_card(payment_method: str) -> None:
    """However long the provider is away, the card goes: the backer was told so."""
    try:
        gateway().detach(payment_method)
    except ProviderError:
        raise Postpone(120) from None


@job("pledges.handle_event")
def handle_event(event_id: int) -> None:
    """Re-read what an event speaks of; the event's own words are never trusted."""
    event = db.session.get_one(WebhookEvent, event_id)
    kind, object_id, handled = event.type, event.object_id, event.handled_at
    db.session.rollback()
    if handled:
        return
    try:
        if kind.startswith("checkout.session."):
            checkout.fold_page(object_id)
        elif kind.startswith("payment_intent."):
            collection.apply(gateway().read_intent(object_id))
    except Refused as refusal:  # an object that is gone; there is nothing to learn from it
        log.warning("event about nothing", row=event_id, kind=kind, error=str(refusal))
        db.session.rollback()
    event = db.session.scalars(select(WebhookEvent).where(WebhookEvent.id == event_id).with_for_update()).one()
    event.handled_at = clock.now()


@job("pledges.read_pages", every_minutes=1)
def read_pages() -> None:
    checkout.read_due()


@job("pledges.lapse", every_minutes=5)
def lapse() -> None:
    collection.lapse_due()


@job("pledges.abandon", every_minutes=60)
def abandon() -> None:
    checkout.abandon_stale()


@job("pledges.reconcile", every_minutes=60)
def reconcile_recent() -> None:
    reconcile.reconcile(since=reconcile.recent())


@job("pledges.reconcile_all", every_minutes=24 * 60)
def reconcile_all() -> None:
    reconcile.reconcile()


@job("pledges.send_claim")
def send_claim(link: int) -> None:
    """Send a link to claim pledges; `link` 0 stands for an address that got enough letters lately."""
    claims.send(link)
