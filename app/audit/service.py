"""Writing the audit log."""

from typing import Any

from app.audit.models import AuditEntry
from app.database import db


def record(action: str, subject: Any, *, actor_id: int | None = None, **details: Any) -> None:
    """Note that `actor_id` (None: the system) did `action` to the row `subject`. `details` hold no names, no texts."""
    db.session.add(
        AuditEntry(
            action=action,
            actor_id=actor_id,
            subject_kind=subject.__tablename__,
            subject_id=subject.id,
            details=details,
        )
    )
