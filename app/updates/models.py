"""Updates and their earlier versions, outcomes, and who wants no letters about a case."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.models import Case
from app.core.clock import now
from app.core.ids import public_id
from app.database import Base, BigId, UTCDateTime
from app.storage.models import StoredFile
from app.updates.states import Audience, Kind


class Update(Base):
    """One update of a case. It is a draft, known by its `public_id`, until `posted_at`; then it has its number `n`.

    `due_on` is the day on which it was due when it was posted, None if nothing was. `version` counts the drafts that
    were saved and, later, the corrections and what staff did. While it is `taken_down_at`, for a reason of
    `cases.labels.REASONS`, its words are given to nobody.
    """

    __tablename__ = "updates"
    __table_args__ = (
        UniqueConstraint("case_id", "n"),
        CheckConstraint("(n IS NULL) = (posted_at IS NULL)", name="numbered_when_posted"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    n: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(20), default=Kind.WRITTEN)
    audience: Mapped[str] = mapped_column(String(20), default=Audience.EVERYONE)
    legal_stage: Mapped[str] = mapped_column(String(20), default="")
    title: Mapped[str] = mapped_column(String(120), default="")
    body_markdown: Mapped[str] = mapped_column(Text, default="")
    body_html: Mapped[str] = mapped_column(Text, default="")
    body_policy: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    due_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    posted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    corrected_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    taken_down_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    taken_down_because: Mapped[str] = mapped_column(String(20), default="", server_default="")

    case: Mapped[Case] = relationship()
    versions: Mapped[list["UpdateVersion"]] = relationship(order_by="UpdateVersion.version.desc()")

    @property
    def is_posted(self) -> bool:
        """Whether it is out. What was posted is never taken back; it is corrected."""
        return self.posted_at is not None

    @property
    def is_for_backers(self) -> bool:
        """Whether only backers may read it."""
        return self.audience == Audience.BACKERS


class UpdateVersion(Base):
    """What an update said until it was corrected. `is_hidden`: only the lawyer may still read it."""

    __tablename__ = "update_versions"
    __table_args__ = (UniqueConstraint("update_id", "version"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    update_id: Mapped[int] = mapped_column(ForeignKey("updates.id", ondelete="CASCADE"))
    version: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    body_markdown: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    body_policy: Mapped[int]
    is_hidden: Mapped[bool] = mapped_column(default=False)
    replaced_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class UpdateOptout(Base):
    """Somebody who wants no letters about the updates of one case. `email` is in lower case, as in `pledges`."""

    __tablename__ = "update_optouts"
    __table_args__ = (UniqueConstraint("case_id", "email"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(String(254))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class Outcome(Base):
    """How a case ended: one row a case, written with the update that tells of it, and never changed.

    `document` is the court's order; `document_cleared_at` is when the lawyer said that it tells no restricted name.
    `tells_story` is the lawyer's consent to a success story; it may be given
    and taken back later.
    """

    __tablename__ = "outcomes"
    __table_args__ = (Index("ix_outcomes_decided", "decided_on", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), unique=True)
    update_id: Mapped[int] = mapped_column(ForeignKey("updates.id"), unique=True)
    code: Mapped[str] = mapped_column(String(20))
    decided_on: Mapped[date]
    court: Mapped[str] = mapped_column(String(120))
    citation: Mapped[str] = mapped_column(String(80), default="")
    quote: Mapped[str] = mapped_column(String(600), default="")
    effect: Mapped[str] = mapped_column(String(600))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    tells_story: Mapped[bool] = mapped_column(default=False)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    document_cleared_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    case: Mapped[Case] = relationship()
    update: Mapped[Update] = relationship()
    document: Mapped[StoredFile | None] = relationship()

    @property
    def has_order(self) -> bool:
        """Whether the court's order can be read by everybody."""
        return self.document_id is not None and not self.is_withheld

    @property
    def is_withheld(self) -> bool:
        """Whether the order is kept back, because it may tell a name."""
        return self.case.withholds(self.recorded_at, self.document_cleared_at)
