"""The brake: a row that stops charging until a person takes it off."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.database import Base, UTCDateTime


class Brake(Base):
    """While a row called `charging` exists, no card is charged. `reason` says what was found wrong."""

    __tablename__ = "brakes"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
