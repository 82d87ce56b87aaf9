"""The outbox of letters."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.database import Base, BigId, UTCDateTime


class OutgoingLetter(Base):
    """A letter to one address. `key` names the event and the person, so that nobody is told a thing twice.

    What it says is made when it is sent, from `facts` (ids only): links are derived then and never stored, and a
    letter that is no longer true is dropped (`dropped_at`). `to` is emptied when it is no longer needed; the key stays.
    """

    __tablename__ = "letters"
    __table_args__ = (
        Index(
            "ix_letters_open",
            "next_at",
            "id",
            sqlite_where=text("sent_at IS NULL AND dropped_at IS NULL"),
            postgresql_where=text("sent_at IS NULL AND dropped_at IS NULL"),
        ),
        Index("ix_letters_to", "to_address"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    to: Mapped[str] = mapped_column("to_address", String(254))
    lang: Mapped[str] = mapped_column(String(5))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    next_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    dropped_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)
