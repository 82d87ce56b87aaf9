"""Reports, and what staff wrote to lawyers about them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.models import Case
from app.core.clock import now
from app.core.ids import public_id
from app.database import Base, BigId, UTCDateTime
from app.lawyers.models import Lawyer
from app.moderation.states import ReportState


class Report(Base):
    """Somebody's concern about a page. Nothing is kept of who they are but the address they left, if any.

    `kind` is one of `labels.KINDS`; `case_id` is empty for a lawyer's profile; `place` is the number of an update.
    `form_key` is of the form that brought it, so that one sent twice counts once.
    """

    __tablename__ = "reports"
    __table_args__ = (Index("ix_reports_state", "state", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    form_key: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    lawyer_id: Mapped[int] = mapped_column(ForeignKey("lawyers.id"))
    place: Mapped[int | None]
    concern: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(String(254), default="")
    lang: Mapped[str] = mapped_column(String(5))
    state: Mapped[str] = mapped_column(String(10), default=ReportState.OPEN)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    taken_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_because: Mapped[str] = mapped_column(Text, default="")

    case: Mapped[Case | None] = relationship()
    lawyer: Mapped[Lawyer] = relationship()
    notes: Mapped[list["StaffNote"]] = relationship(back_populates="report", order_by="StaffNote.id")

    @property
    def is_closed(self) -> bool:
        """Whether staff are done with it."""
        return self.state == ReportState.CLOSED


class StaffNote(Base):
    """What a member of staff wrote to the lawyer about a report."""

    __tablename__ = "staff_notes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id", ondelete="CASCADE"), index=True)
    words: Mapped[str] = mapped_column(Text)
    written_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    report: Mapped[Report] = relationship(back_populates="notes")
