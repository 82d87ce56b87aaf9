"""Changes of settings, and what became of those that a second administrator decides on. Rows are only ever added."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.clock import now
from app.database import Base, BigId, UTCDateTime, append_only


class SettingChange(Base):
    """Somebody wants `name` to be `value` from `starts_at`, which may be to come. `old_value` held when they said so.

    With `needs_second` it counts once another administrator has confirmed it, and not before that.
    """

    __tablename__ = "setting_changes"
    __table_args__ = (Index("ix_setting_changes_name", "name", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    value: Mapped[int] = mapped_column(BigInteger)
    old_value: Mapped[int] = mapped_column(BigInteger)
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    needs_second: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(600))
    by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    answer: Mapped["SettingAnswer | None"] = relationship(back_populates="change")

    @property
    def waits(self) -> bool:
        """Whether a second administrator has to decide on it."""
        return self.needs_second and self.answer is None

    @property
    def counts_from(self) -> datetime | None:
        """From when it holds; None if it does not, or not yet."""
        if self.answer is None:
            return None if self.needs_second else self.starts_at
        return max(self.starts_at, self.answer.at) if self.answer.answer == "confirmed" else None


class SettingAnswer(Base):
    """What became of a change: confirmed or refused by another administrator, or withdrawn before it began.

    `proposed_by` repeats who wanted the change, so that the database refuses whoever confirms their own.
    """

    __tablename__ = "setting_answers"
    __table_args__ = (CheckConstraint("answer <> 'confirmed' OR by_id <> proposed_by", "second"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("setting_changes.id"), unique=True)
    answer: Mapped[str] = mapped_column(String(10))
    proposed_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    change: Mapped[SettingChange] = relationship(back_populates="answer")


append_only("setting_changes")
append_only("setting_answers")
