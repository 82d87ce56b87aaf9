"""Pledges, their hosted pages, their charge attempts, and the totals derived from them."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.models import Case
from app.core.clock import now
from app.core.ids import public_id
from app.core.money import Money
from app.database import Base, BigId, UTCDateTime, money
from app.pledges.states import PledgeState, Shown

OPEN = ("opening", "open")  # states of a hosted page that has not come to an end


class Pledge(Base):
    """One backer's promise to one case.

    `form_key` comes with the form, so that a form sent twice makes one pledge. `link_version` is part of every mail
    link; raising it ends the links sent before. `intent_id` is the one payment intent this pledge will ever have: it
    can succeed only once, which is what makes a double charge impossible. `next_at` is when a failing pledge is tried
    again or lapses; `leased_until` (real time) says how long a worker may be at it.
    """

    __tablename__ = "pledges"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("tip_minor >= 0", name="tip_not_negative"),
        Index("ix_pledges_case", "case_id", "id"),  # read backwards for the newest first
        Index("ix_pledges_email", "email"),
        Index("ix_pledges_next", "state", "next_at", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    form_key: Mapped[str] = mapped_column(String(64), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254))
    lang: Mapped[str] = mapped_column(String(5))
    amount: Mapped[Money] = money("amount")
    tip: Mapped[Money] = money("tip")
    shown: Mapped[str] = mapped_column(String(20), default=Shown.NAME_AND_AMOUNT)
    message: Mapped[str] = mapped_column(String(200), default="")

    state: Mapped[str] = mapped_column(String(20), default=PledgeState.STARTED)
    link_version: Mapped[int] = mapped_column(default=1)
    consent_text: Mapped[str] = mapped_column(Text)
    consent_hash: Mapped[str] = mapped_column(String(64))
    terms_version: Mapped[str] = mapped_column(String(20))
    consented_at: Mapped[datetime] = mapped_column(UTCDateTime)

    customer_id: Mapped[str | None] = mapped_column(String(80))
    payment_method: Mapped[str | None] = mapped_column(String(80))
    card_brand: Mapped[str | None] = mapped_column(String(20))
    card_last4: Mapped[str | None] = mapped_column(String(4))
    card_expires: Mapped[str | None] = mapped_column(String(7))
    intent_id: Mapped[str | None] = mapped_column(String(80), unique=True)
    last_code: Mapped[str | None] = mapped_column(String(60))
    first_failed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    next_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)

    started_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    pledged_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    collected_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    case: Mapped[Case] = relationship()
    pages: Mapped[list["CheckoutSession"]] = relationship(back_populates="pledge", order_by="CheckoutSession.n")
    attempts: Mapped[list["ChargeAttempt"]] = relationship(back_populates="pledge", order_by="ChargeAttempt.n")

    @property
    def total(self) -> Money:
        """What the card is charged: the pledge and the tip."""
        return self.amount + self.tip


class CheckoutSession(Base):
    """A hosted page opened for a pledge. The row is written before the call, under its own key.

    `state`: `opening → open → complete | expired`. At most one of a pledge is opening or open. `amount` and `tip` are
    what the backer agreed to on the way to this page; they become the pledge's when the card is saved. `read_next_at`
    is when the page is looked at again, should neither the browser nor a webhook bring word.
    """

    __tablename__ = "checkout_sessions"
    __table_args__ = (
        UniqueConstraint("pledge_id", "n"),
        Index(
            "uq_checkout_sessions_one_open",
            "pledge_id",
            unique=True,
            sqlite_where=text("state IN ('opening', 'open')"),
            postgresql_where=text("state IN ('opening', 'open')"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id", ondelete="CASCADE"))
    n: Mapped[int]
    session_id: Mapped[str | None] = mapped_column(String(120), unique=True)
    url: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), default="opening")
    amount: Mapped[Money] = money("amount")
    tip: Mapped[Money] = money("tip")
    consent_text: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    read_next_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    pledge: Mapped[Pledge] = relationship(back_populates="pages")

    @property
    def is_open(self) -> bool:
        """Whether the backer may still be on it, as far as we know."""
        return self.state in OPEN

    @property
    def key(self) -> str:
        """The provider's idempotency key of the call that opens it."""
        return f"pledge:{self.pledge_id}:page:{self.n}"


class ChargeAttempt(Base):
    """One try to charge a pledge, written before the call with the card it uses.

    `state`: `open → succeeded | declined | action | superseded`. At most one of a pledge is open.
    """

    __tablename__ = "charge_attempts"
    __table_args__ = (
        UniqueConstraint("pledge_id", "n"),
        Index(
            "uq_charge_attempts_one_open",
            "pledge_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id", ondelete="CASCADE"))
    n: Mapped[int]
    payment_method: Mapped[str] = mapped_column(String(80))
    off_session: Mapped[bool] = mapped_column(default=True)
    state: Mapped[str] = mapped_column(String(20), default="open")
    code: Mapped[str | None] = mapped_column(String(60))
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    pledge: Mapped[Pledge] = relationship(back_populates="attempts")

    @property
    def key(self) -> str:
        """The provider's idempotency key of the confirmation."""
        return f"pledge:{self.pledge_id}:confirm:{self.n}"


class PledgeDelta(Base):
    """A change to a case's totals, appended with the pledge's own change and folded into `CaseTotals` each second."""

    __tablename__ = "pledge_deltas"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    day: Mapped[date]
    pledged: Mapped[int] = mapped_column(BigInteger, default=0)
    backers: Mapped[int] = mapped_column(default=0)
    collected: Mapped[int] = mapped_column(BigInteger, default=0)
    collections: Mapped[int] = mapped_column(default=0)
    failing: Mapped[int] = mapped_column(BigInteger, default=0)


class CaseTotals(Base):
    """The folded totals of a case, in pence. What a page shows is these plus the deltas still open."""

    __tablename__ = "case_totals"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    pledged: Mapped[int] = mapped_column(BigInteger, default=0)
    backers: Mapped[int] = mapped_column(default=0)
    collected: Mapped[int] = mapped_column(BigInteger, default=0)
    collections: Mapped[int] = mapped_column(default=0)
    failing: Mapped[int] = mapped_column(BigInteger, default=0)


class CaseDay(Base):
    """What a case's pledged sum gained (or lost) on one day, for its chart."""

    __tablename__ = "case_days"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    pledged: Mapped[int] = mapped_column(BigInteger, default=0)
    backers: Mapped[int] = mapped_column(default=0)


class WebhookEvent(Base):
    """A verified event from the provider, kept so that each is handled once."""

    __tablename__ = "webhook_events"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    event_id: Mapped[str] = mapped_column(String(80), unique=True)
    type: Mapped[str] = mapped_column(String(80))
    object_id: Mapped[str] = mapped_column(String(120))
    received_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    handled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
