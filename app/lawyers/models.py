"""Lawyers and what staff checked about them."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.core.clock import now
from app.core.ids import public_id
from app.database import Base, BigId, UTCDateTime
from app.lawyers.states import LawyerState


class Lawyer(Base):
    """A lawyer's professional side. `profession` is one of `queries.PROFESSIONS`; `portrait` names an artwork."""

    __tablename__ = "lawyers"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), unique=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    profession: Mapped[str] = mapped_column(String(20))
    regulator: Mapped[str] = mapped_column(String(80))
    registration_number: Mapped[str] = mapped_column(String(40))
    firm: Mapped[str] = mapped_column(String(120))
    town: Mapped[str] = mapped_column(String(80))
    portrait: Mapped[str] = mapped_column(String(20), default="p1")
    state: Mapped[str] = mapped_column(String(20), default=LawyerState.APPLIED)
    applied_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    verified_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    user: Mapped[User] = relationship()
    checks: Mapped[list["LawyerCheck"]] = relationship(back_populates="lawyer", order_by="LawyerCheck.id")

    @property
    def is_verified(self) -> bool:
        """Whether the badge stands now."""
        return self.state == LawyerState.VERIFIED


class LawyerCheck(Base):
    """One thing that one member of staff checked: `practising_certificate`, `firm` or `identity`."""

    __tablename__ = "lawyer_checks"
    __table_args__ = (UniqueConstraint("lawyer_id", "kind", "checked_by"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    lawyer_id: Mapped[int] = mapped_column(ForeignKey("lawyers.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    source: Mapped[str] = mapped_column(String(120))
    checked_on: Mapped[date]
    checked_by: Mapped[int] = mapped_column(ForeignKey("users.id"))

    lawyer: Mapped[Lawyer] = relationship(back_populates="checks")
