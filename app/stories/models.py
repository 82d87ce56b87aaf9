"""Success stories."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.clock import now
from app.core.ids import public_id
from app.database import Base, BigId, UTCDateTime
from app.updates.models import Outcome


class Story(Base):
    """What came of a case, told from its outcome in the case's language: a draft until `published_at`.

    Its `slug` is its `public_id` until then. Money, backers and days are not copied here: they are read from the case.
    """

    __tablename__ = "stories"
    __table_args__ = (Index("ix_stories_published", "published_at", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcomes.id", ondelete="CASCADE"), unique=True)
    lang: Mapped[str] = mapped_column(String(5))
    title: Mapped[str] = mapped_column(String(120))
    lede: Mapped[str] = mapped_column(String(200))
    body_markdown: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    body_policy: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    drafted_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    published_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    taken_down_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    outcome: Mapped[Outcome] = relationship()

    @property
    def is_out(self) -> bool:
        """Whether an editor has published it and not taken it down."""
        return self.published_at is not None and self.taken_down_at is None
