"""The provider's door: take an event down, answer, and let the worker re-read what it speaks of."""

import structlog
from flask import Blueprint, request
from sqlalchemy.dialects import postgresql, sqlite

from app.core import clock
from app.database import db, is_sqlite
from app.jobs.queue import defer
from app.payments.gateway import ForgedEvent
from app.payments.provider import gateway
from app.payments.stripe_gateway import MOST_EVENT_BYTES
from app.pledges.models import WebhookEvent
from app.web.access import provider

log = structlog.get_logger()
blueprint = Blueprint("webhooks", __name__)


@blueprint.post("/stripe")
@provider
def stripe() -> tuple[str, int]:
    if (request.content_length or 0) > MOST_EVENT_BYTES:
        return "too large", 413
    try:
        event = gateway().read_event(request.get_data(), request.headers.get("Stripe-Signature", ""))
    except ForgedEvent as error:
        log.warning("webhook refused", reason=str(error))
        return "refused", 400
    dialect = sqlite if is_sqlite() else postgresql
    row = db.session.execute(
        dialect.insert(WebhookEvent)
        .values(event_id=event.id, type=event.type, object_id=event.object_id, received_at=clock.now())
        .on_conflict_do_nothing(index_elements=["event_id"])
        .returning(WebhookEvent.id)
    ).first()
    if row is not None:
        defer("pledges.handle_event", {"event_id": row[0]}, uniq=f"event:{event.id}")
    db.session.commit()
    return "", 200
