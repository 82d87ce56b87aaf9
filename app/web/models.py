"""What limits are counted in."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigId, UTCDateTime


class ThrottleHit(Base):
    """One attempt that counts towards a limit. `key_hash` hides whose (an address, an email); `at` is real time."""

    __tablename__ = "throttle_hits"
    __table_args__ = (Index("ix_throttle_hits_key", "kind", "key_hash", "at"), Index("ix_throttle_hits_at", "at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    key_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
