"""Lawyers, what they told us, and what staff checked and decided about them."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
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
    `pending_since` is when a badge that stood came down to be checked again, `pending_because` "changed" or "lapsed";
    `renewal_at` when new evidence came while it stands. `suspended_because` is "staff", "declined" or what a register
    said. `frozen_since` is since when the money of their cases rests; it ends when `pledges.freeze` has let it go on.
    What a register said last is `register_status` (of `states.RegisterStatus`, "not_found" or empty) as of
    `register_on`; `flag` is what of it waits for a person (see `labels.FLAGS`).
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
    pending_since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    pending_because: Mapped[str] = mapped_column(String(20), default="")
    renewal_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    suspended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    suspended_because: Mapped[str] = mapped_column(String(20), default="")
    suspension_reason: Mapped[str] = mapped_column(Text, default="")
    frozen_since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    register_status: Mapped[str] = mapped_column(String(20), default="")
    register_on: Mapped[date | None]
    register_source: Mapped[str] = mapped_column(String(120), default="")
    register_snapshot_id: Mapped[int | None] = mapped_column(ForeignKey("register_snapshots.id"))
    flag: Mapped[str] = mapped_column(String(20), default="")
    flagged_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    user: Mapped[User] = relationship()
    evidence: Mapped[StoredFile | None] = relationship()
    checks: Mapped[list["LawyerCheck"]] = relationship(
        back_populates="lawyer", order_by="LawyerCheck.id", cascade="all, delete-orphan"
    )

    @property
    def is_verified(self) -> bool:
        """Whether the badge stands now."""
        return self.state == LawyerState.VERIFIED

    @property
    def was_verified(self) -> bool:
        """Whether a badge stands, or stood and came down to be checked again or rests."""
        return self.is_verified or self.pending_since is not None or self.state == LawyerState.SUSPENDED

    @property
    def waits_since(self) -> datetime:
        """When what staff are to look at came in."""
        return self.renewal_at or self.applied_at


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
    """What one member of staff decided about one `version` of what a lawyer told us.

    `decision` is `approve`, `decline`, `suspend`, `lift`, or `settle` for a flag that means nothing.
    """

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
    shown_name: Mapped[str] = mapped_column(String(120), default="")
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    user: Mapped[User] = relationship()
    evidence: Mapped[StoredFile | None] = relationship()


class RegisterSnapshot(Base):
    """A regulator's register as it was on a day, imported by staff. Only the latest of a regulator has its entries."""

    __tablename__ = "register_snapshots"
    __table_args__ = (Index("ix_register_snapshots_latest", "regulator", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    regulator: Mapped[str] = mapped_column(String(80))
    source: Mapped[str] = mapped_column(String(120))
    as_of: Mapped[date]
    entries: Mapped[int]
    imported_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    imported_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    by: Mapped[User | None] = relationship()


class RegisterEntry(Base):
    """One line of a register: the number in its stored form, the name, and a `states.RegisterStatus`."""

    __tablename__ = "register_entries"
    __table_args__ = (UniqueConstraint("regulator", "number", name="uq_register_entries_regulator_number"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("register_snapshots.id", ondelete="CASCADE"))
    regulator: Mapped[str] = mapped_column(String(80))
    number: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    status: Mapped[str] = mapped_column(String(20))
    firm: Mapped[str] = mapped_column(String(120), default="")
