"""Areas of law, cases, their budget, their reviews and the links to private ones."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.states import EDITABLE, PUBLISHED, CaseState, Visibility
from app.core.clock import now
from app.core.ids import public_id
from app.core.money import Money
from app.database import Base, BigId, UTCDateTime, money
from app.lawyers.models import Lawyer


class Area(Base):
    """An area of law, in both languages, with its icon and artwork."""

    __tablename__ = "areas"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name_en: Mapped[str] = mapped_column(String(80))
    name_fa: Mapped[str] = mapped_column(String(80))
    blurb_en: Mapped[str] = mapped_column(String(160))
    blurb_fa: Mapped[str] = mapped_column(String(160))
    icon: Mapped[str] = mapped_column(String(40))
    art: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]

    def name(self, lang: str) -> str:
        """The area's name in `lang`."""
        return self.name_fa if lang == "fa" else self.name_en


class Case(Base):
    """A case page. A draft may lack anything but its lawyer; what an open case must have is in `service.missing`.

    `slug` is made from the title of a public case; a private one keeps its `public_id` there, which tells nothing.
    `story_html` is the sanitised rendering of `story_markdown`, made on write under `story_policy`.
    `ended_early_by` is "lawyer" or "staff", `ended_early_because` the reason that everybody may read.
    """

    __tablename__ = "cases"
    __table_args__ = (
        CheckConstraint("target_minor IS NULL OR target_minor > 0", name="target_positive"),
        Index("ix_cases_state_deadline", "state", "deadline_at", "id"),
        Index("ix_cases_lawyer", "lawyer_id", "id"),
        Index("ix_cases_listed", "visibility", "state", "opened_at", "id"),
        # One for each order of the list: what may be shown is most of what it walks through.
        Index("ix_cases_newest", "visibility", "opened_at", "id"),
        Index("ix_cases_ending", "visibility", "deadline_at", "id"),
        Index("ix_cases_in_turn", "visibility", "public_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    lawyer_id: Mapped[int] = mapped_column(ForeignKey("lawyers.id"))
    state: Mapped[str] = mapped_column(String(20), default=CaseState.DRAFT)
    visibility: Mapped[str] = mapped_column(String(10), default=Visibility.PUBLIC)
    lang: Mapped[str] = mapped_column(String(5), default="en")
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"))
    kind: Mapped[str | None] = mapped_column(String(20))

    title: Mapped[str] = mapped_column(String(120), default="")
    summary: Mapped[str] = mapped_column(String(200), default="")
    acting_for: Mapped[str] = mapped_column(String(160), default="")
    respondent: Mapped[str] = mapped_column(String(160), default="")
    court: Mapped[str] = mapped_column(String(120), default="")
    claim_number: Mapped[str] = mapped_column(String(60), default="")
    legal_stage: Mapped[str] = mapped_column(String(20), default="")
    cause_of_action: Mapped[str] = mapped_column(String(200), default="")
    relief_sought: Mapped[str] = mapped_column(String(600), default="")
    who_benefits: Mapped[str] = mapped_column(String(300), default="")
    story_markdown: Mapped[str] = mapped_column(Text, default="")
    story_html: Mapped[str] = mapped_column(Text, default="")
    story_policy: Mapped[int] = mapped_column(default=0)

    target: Mapped[Money | None] = money("target", nullable=True)
    deadline_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    time_zone: Mapped[str] = mapped_column(String(40), default="Europe/London")
    costs_risk: Mapped[str] = mapped_column(String(10), default="")
    costs_cap: Mapped[Money | None] = money("costs_cap", nullable=True)
    costs_note: Mapped[str] = mapped_column(String(600), default="")

    steps_done: Mapped[str] = mapped_column(String(120), default="")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    funded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    raising_ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    suspended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_early_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_early_by: Mapped[str] = mapped_column(String(10), default="")
    ended_early_because: Mapped[str] = mapped_column(String(600), default="")

    lawyer: Mapped[Lawyer] = relationship()
    area: Mapped[Area | None] = relationship()
    budget: Mapped[list["BudgetLine"]] = relationship(
        back_populates="case", order_by="BudgetLine.position", cascade="all, delete-orphan"
    )
    reviews: Mapped[list["CaseReview"]] = relationship(back_populates="case", order_by="CaseReview.id")

    @property
    def is_private(self) -> bool:
        """Whether only holders of a link may know of it."""
        return self.visibility == Visibility.PRIVATE

    @property
    def is_editable(self) -> bool:
        """Whether the lawyer may change the page in the wizard."""
        return self.state in EDITABLE

    @property
    def is_published(self) -> bool:
        """Whether the page was ever live and stays reachable."""
        return self.state in PUBLISHED

    def takes_pledges(self, moment: datetime) -> bool:
        """Whether a pledge may join at `moment`: still raising, not suspended, in time (the deadline itself counts)."""
        if self.suspended_at or self.raising_ended_at or self.deadline_at is None:
            return False
        return self.state in (CaseState.OPEN, CaseState.FUNDED) and moment <= self.deadline_at


class BudgetLine(Base):
    """One thing the money pays for."""

    __tablename__ = "budget_lines"
    __table_args__ = (UniqueConstraint("case_id", "position"), CheckConstraint("amount_minor > 0", name="positive"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    position: Mapped[int]
    label: Mapped[str] = mapped_column(String(120))
    detail: Mapped[str] = mapped_column(String(160), default="")
    amount: Mapped[Money] = money("amount")

    case: Mapped[Case] = relationship(back_populates="budget")


class CaseReview(Base):
    """What a member of staff decided about a submitted page: `approve`, `request_changes` or `decline`.

    `code` is one of `labels.REFUSALS` when it was turned down, else empty.
    """

    __tablename__ = "case_reviews"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    decision: Mapped[str] = mapped_column(String(20))
    code: Mapped[str] = mapped_column(String(20), default="", server_default="")
    comment: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    case: Mapped[Case] = relationship(back_populates="reviews")
    comments: Mapped[list["ReviewComment"]] = relationship(
        back_populates="review", order_by="ReviewComment.id", cascade="all, delete-orphan"
    )


class ReviewComment(Base):
    """What a reviewer wrote about one part of a page: a name of `fields.FIELDS`. `said` is what stood there then."""

    __tablename__ = "review_comments"
    __table_args__ = (UniqueConstraint("review_id", "field"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("case_reviews.id", ondelete="CASCADE"))
    field: Mapped[str] = mapped_column(String(30))
    said: Mapped[str] = mapped_column(Text)
    comment: Mapped[str] = mapped_column(Text)

    review: Mapped[CaseReview] = relationship(back_populates="comments")


class ClientConsent(Base):
    """The client of a case, asked by a link in a letter whether the page may be published, and what they answered.

    The link works until `expires_at` (real time) or until it is answered or ended (`ended_at`); its token is derived
    from `seed` when the letter is sent, and stored hashed. `answer` is `agree`, `change` or empty. Of an agreement the
    row keeps the `wording` that was agreed to, word for word, and the hash of the page (`fields.fingerprint`).
    """

    __tablename__ = "client_consents"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254))
    lang: Mapped[str] = mapped_column(String(5))
    seed: Mapped[str] = mapped_column(String(32), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answer: Mapped[str] = mapped_column(String(10), default="")
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    message: Mapped[str] = mapped_column(Text, default="")
    wording: Mapped[str] = mapped_column(Text, default="")
    wording_lang: Mapped[str] = mapped_column(String(5), default="")
    wording_version: Mapped[str] = mapped_column(String(10), default="")
    text_hash: Mapped[str] = mapped_column(String(64), default="")
    case_version: Mapped[int | None]

    case: Mapped[Case] = relationship()


class CaseGrant(Base):
    """A right to see a private case: a link whose token is stored hashed, or a pledge (`kind`, `pledge`).

    Whoever holds the link has the right until `revoked_at`; raising `version` ends the cookies made from it.
    """

    __tablename__ = "case_grants"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    label: Mapped[str] = mapped_column(String(80), default="")
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    case: Mapped[Case] = relationship()
