"""Lawyers, what they told us, and what staff checked and decided about them."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.core.clock import now
from app.core.ids import public_id
from app.database import Base, BigId, UTCDateTime
from app.lawyers.states import LawyerState
from app.storage.models import StoredFile


class Lawyer(Base):
    """A lawyer's professional side. `profession` is one of `queries.PROFESSIONS`; `regulator` its English name.

    `portrait` names an artwork, or is empty. `version` counts what they told us: whoever decides has read the last.
    """

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
    register_name: Mapped[str] = mapped_column(String(120), default="")
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    version: Mapped[int] = mapped_column(default=1)
    portrait: Mapped[str] = mapped_column(String(20), default="p1")
    state: Mapped[str] = mapped_column(String(20), default=LawyerState.APPLIED)
    applied_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    verified_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decline_reason: Mapped[str] = mapped_column(Text, default="")

    user: Mapped[User] = relationship()
    evidence: Mapped[StoredFile | None] = relationship()
    checks: Mapped[list["LawyerCheck"]] = relationship(
        back_populates="lawyer", order_by="LawyerCheck.id", cascade="all, delete-orphan"
    )

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


class LawyerDecision(Base):
    """What one member of staff decided, `approve` or `decline`, about one `version` of what a lawyer told us."""

    __tablename__ = "lawyer_decisions"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    lawyer_id: Mapped[int] = mapped_column(ForeignKey("lawyers.id", ondelete="CASCADE"), index=True)
    version: Mapped[int]
    decided_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    decision: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    by: Mapped[User] = relationship()


class ApplicationDraft(Base):
    """What somebody has written of an application, or of changes to one, and not sent in yet. Parts may be missing.

    `regulator` is a key of `regulators.REGULATORS`; `regulator_name` is typed for one that is not among them.
    """

    __tablename__ = "application_drafts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    profession: Mapped[str] = mapped_column(String(20), default="")
    regulator: Mapped[str] = mapped_column(String(20), default="")
    regulator_name: Mapped[str] = mapped_column(String(80), default="")
    registration_number: Mapped[str] = mapped_column(String(40), default="")
    register_name: Mapped[str] = mapped_column(String(120), default="")
    firm: Mapped[str] = mapped_column(String(120), default="")
    town: Mapped[str] = mapped_column(String(80), default="")
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    user: Mapped[User] = relationship()
    evidence: Mapped[StoredFile | None] = relationship()
