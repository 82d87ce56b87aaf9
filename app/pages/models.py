"""What the home page counts."""

from datetime import datetime

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, UTCDateTime


class SiteFigures(Base):
    """The five figures as they were at `as_of`: one row, written over by the job that counts.

    `raised` holds minor units by currency, for currencies are never summed. `ended_met` of `ended` cases met their
    target; `median_days` is None while no case has. `took_ms` is how long the counting took.
    """

    __tablename__ = "site_figures"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    as_of: Mapped[datetime] = mapped_column(UTCDateTime)
    cases_funded: Mapped[int]
    backers: Mapped[int]
    raised: Mapped[dict[str, int]] = mapped_column(JSON)
    ended: Mapped[int]
    ended_met: Mapped[int]
    median_days: Mapped[int | None]
    took_ms: Mapped[int]
