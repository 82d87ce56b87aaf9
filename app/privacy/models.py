"""Links by which people without an account reach what we hold about them."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigId, UTCDateTime


class PrivacyLink(Base):
    """A link in a letter to `email`, which has no account. It works until `used_at` or `expires_at` (real time).

    Its token is derived from `seed` when the letter is sent, and never stored; the row holds the token's hash.
    """

    __tablename__ = "privacy_links"
    __table_args__ = (Index("ix_privacy_links_email", "email"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    lang: Mapped[str] = mapped_column(String(5))
    seed: Mapped[str] = mapped_column(String(32))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
