"""Areas of law, cases, their budget, their reviews and the links to private ones."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.cases.states import ASKABLE, EDITABLE, PUBLISHED, CaseState, Visibility
from app.core.clock import now
from app.core.ids import public_id
from app.core.money import Money
from app.database import Base, BigId, UTCDateTime, money
from app.lawyers.models import Lawyer
from app.storage.models import StoredFile


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
    `publish_at` is when an approved page goes live by itself, `public_wanted_at` when the lawyer of a private one asked
    that it become public. `relaunch_of_id` names the unfunded case that this one tries again.
    `ended_early_by` is "lawyer" or "staff", `ended_early_because` the reason that everybody may read.
    `suspended_for` names what holds it (`service.CAUSES`), with commas; it is suspended as long as one of them does.
    `has_files` says whether a document or a picture stands on it, so that a page without any asks for none.
    `video` is a site and what it calls the video there, with a colon (see `videos`).
    `instruction_for` is the `client_key` for which staff accepted that the lawyer is instructed, `instruction_seen_at`
    when they saw the paper, if there was one. `filed_…` is what staff found filed in court, at `filing_checked_at`.
    `restricted_at` is when a name that may not be told was last added, None while there is none; `restriction_changes`
    counts whatever changed what is told (see `restrictions`).
    A change to a live page is written as a draft of its own, which never goes live: `change_of_id` names the page,
    `change_base` the number of the version that it began from, `change_note` tells what changes and why, and
    `change_marked` says that the lawyer calls it material (see `changing`). `changed_at` is when the words of a live
    page last changed, `withdraw_until` when the time ends in which backers decide again about a material change.
    `suspended_because` and `taken_down_because` are codes of `labels.REASONS`, `suspended_line` what the page says.
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
    benefits_place: Mapped[str] = mapped_column(String(160), default="", server_default="")
    benefits_number: Mapped[int | None] = mapped_column(BigInteger)
    story_markdown: Mapped[str] = mapped_column(Text, default="")
    story_html: Mapped[str] = mapped_column(Text, default="")
    story_policy: Mapped[int] = mapped_column(default=0)

    target: Mapped[Money | None] = money("target", nullable=True)
    deadline_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    time_zone: Mapped[str] = mapped_column(String(40), default="Europe/London")
    costs_risk: Mapped[str] = mapped_column(String(10), default="")
    costs_cap: Mapped[Money | None] = money("costs_cap", nullable=True)
    costs_insurance: Mapped[str] = mapped_column(String(10), default="", server_default="")
    costs_note: Mapped[str] = mapped_column(String(600), default="")
    prospects: Mapped[str] = mapped_column(String(10), default="", server_default="")
    prospects_note: Mapped[str] = mapped_column(Text, default="", server_default="")
    prospects_on: Mapped[date | None]
    video: Mapped[str] = mapped_column(String(30), default="", server_default="")
    instruction_for: Mapped[str] = mapped_column(String(200), default="", server_default="")
    instruction_seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    filed_court: Mapped[str] = mapped_column(String(120), default="", server_default="")
    filed_number: Mapped[str] = mapped_column(String(60), default="", server_default="")
    filed_on: Mapped[date | None]
    filing_checked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    has_files: Mapped[bool] = mapped_column(default=False, server_default=false())

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
    suspended_for: Mapped[str] = mapped_column(String(60), default="", server_default="")
    suspended_because: Mapped[str] = mapped_column(String(20), default="", server_default="")
    suspended_line: Mapped[str] = mapped_column(String(600), default="", server_default="")
    taken_down_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    taken_down_because: Mapped[str] = mapped_column(String(20), default="", server_default="")
    ended_early_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_early_by: Mapped[str] = mapped_column(String(10), default="")
    ended_early_because: Mapped[str] = mapped_column(String(600), default="")

    publish_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    public_wanted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    passphrase_hash: Mapped[str] = mapped_column(String(200), default="", server_default="")
    relaunch_of_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    change_of_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    change_base: Mapped[int] = mapped_column(default=0, server_default="0")
    change_note: Mapped[str] = mapped_column(String(600), default="", server_default="")
    change_marked: Mapped[bool] = mapped_column(default=False, server_default=false())
    changed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdraw_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    restricted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    restriction_changes: Mapped[int] = mapped_column(default=0, server_default="0")

    lawyer: Mapped[Lawyer] = relationship()
    area: Mapped[Area | None] = relationship()
    budget: Mapped[list["BudgetLine"]] = relationship(
        back_populates="case", order_by="BudgetLine.position", cascade="all, delete-orphan"
    )
    stages: Mapped[list["CaseStage"]] = relationship(
        back_populates="case", order_by="CaseStage.position", cascade="all, delete-orphan"
    )
    reviews: Mapped[list["CaseReview"]] = relationship(back_populates="case", order_by="CaseReview.id")
    instruction: Mapped["CaseInstruction | None"] = relationship(back_populates="case", passive_deletes="all")
    # What stands on the page now: `files.read` fills both, with one query.
    documents: Mapped[list["CaseDocument"]] = relationship(
        viewonly=True,
        lazy="raise",
        primaryjoin="and_(foreign(CaseDocument.case_id) == func.coalesce(Case.change_of_id, Case.id), "
        "CaseDocument.removed_at.is_(None))",
    )
    pictures: Mapped[list["CasePicture"]] = relationship(
        viewonly=True,
        lazy="raise",
        primaryjoin="and_(foreign(CasePicture.case_id) == func.coalesce(Case.change_of_id, Case.id), "
        "CasePicture.removed_at.is_(None))",
    )

    @property
    def is_private(self) -> bool:
        """Whether only holders of a link may know of it."""
        return self.visibility == Visibility.PRIVATE

    @property
    def stays_private(self) -> bool:
        """Whether it is private and nobody has asked that it become public: what its client is asked to agree to."""
        return self.is_private and self.public_wanted_at is None

    @property
    def files_of(self) -> int:
        """The id of the case whose documents and pictures stand on this page: a change shows those of the live page."""
        return self.change_of_id or self.id

    @property
    def can_ask_client(self) -> bool:
        """Whether the client's answer decides something: before the page is live, or before it becomes public."""
        return self.state in ASKABLE or self.public_wanted_at is not None

    @property
    def client_key(self) -> str:
        """Which lawyer acts for which client. A proof of instruction is good for one such pair."""
        return self.client_key_of(self.acting_for)

    def client_key_of(self, acting_for: str) -> str:
        """The same, if the lawyer acted for this client."""
        return f"{self.lawyer_id}:{acting_for}"

    @property
    def is_instructed(self) -> bool:
        """Whether staff accepted that this client has instructed this lawyer."""
        return self.instruction_for != "" and self.instruction_for == self.client_key

    @property
    def is_editable(self) -> bool:
        """Whether the lawyer may change the page in the wizard."""
        return self.state in EDITABLE

    @property
    def is_published(self) -> bool:
        """Whether the page was ever live and stays reachable."""
        return self.state in PUBLISHED

    @property
    def is_frozen(self) -> bool:
        """Whether its money rests: nothing is collected and nothing paid out. See `queries.frozen`."""
        return self.suspended_at is not None or self.lawyer.frozen_since is not None

    def withholds(self, added_at: datetime, cleared_at: datetime | None) -> bool:
        """Whether a file that was added then is kept back: a name was hidden since, and the lawyer has not said that
        the file does not tell it.
        """
        since = self.restricted_at
        return since is not None and added_at <= since and (cleared_at is None or cleared_at < since)

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


class CaseStage(Base):
    """One thing that the case raises money for, in order. The first is paid by the initial target and has no amount of
    its own; each later one has.
    """

    __tablename__ = "case_stages"
    __table_args__ = (
        UniqueConstraint("case_id", "position"),
        CheckConstraint("amount_minor IS NULL OR amount_minor > 0", name="positive"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(String(300))
    amount: Mapped[Money | None] = money("amount", nullable=True)

    case: Mapped[Case] = relationship(back_populates="stages")


class CaseStageChange(Base):
    """A later stage of a live page that was added (nothing old), changed, or taken out (nothing new), when and by whom.

    Everybody who can see the page reads these rows; none is ever changed.
    """

    __tablename__ = "case_stage_changes"
    __table_args__ = (Index("ix_case_stage_changes_case", "case_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    position: Mapped[int]
    actor_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    old_title: Mapped[str] = mapped_column(String(120), default="")
    old_reason: Mapped[str] = mapped_column(String(300), default="")
    old_amount: Mapped[Money | None] = money("old_amount", nullable=True)
    new_title: Mapped[str] = mapped_column(String(120), default="")
    new_reason: Mapped[str] = mapped_column(String(300), default="")
    new_amount: Mapped[Money | None] = money("new_amount", nullable=True)

    actor: Mapped[User] = relationship()


class CaseReview(Base):
    """What a member of staff decided about a submitted page: `approve`, `request_changes` or `decline`.

    `code` is one of `labels.REFUSALS` when it was turned down, else empty. `case_version` is the one they read:
    approvals count together only for the same one. `checks` are the names in `labels.CHECKS` that they ticked, with
    commas.
    """

    __tablename__ = "case_reviews"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    decision: Mapped[str] = mapped_column(String(20))
    code: Mapped[str] = mapped_column(String(20), default="", server_default="")
    comment: Mapped[str] = mapped_column(Text, default="")
    checks: Mapped[str] = mapped_column(String(200), default="", server_default="")
    case_version: Mapped[int | None]
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


class CaseAppeal(Base):
    """A lawyer's one appeal against the refusal of a page, and what another reviewer decided about it.

    `decision` is `uphold`, `changes` or `review` (see `appeals.DECISIONS`), empty while it waits.
    """

    __tablename__ = "case_appeals"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), unique=True)
    words: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    decision: Mapped[str] = mapped_column(String(10), default="")
    comment: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    case: Mapped[Case] = relationship()


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


class Tombstone(Base):
    """The address that a public page had before it became private. Nothing else is ever put there."""

    __tablename__ = "tombstones"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class CaseGrant(Base):
    """A right to see a private case; `kind` is `link`, `invitation` or `pledge`. Tokens are stored hashed.

    Whoever holds a link has the right until `revoked_at`; raising `version` ends the cookies made from it. An
    invitation is one person's: it names their `email`, is written in `lang`, runs out at `expires_at` (real time), and
    notes when it was first used.
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
    email: Mapped[str] = mapped_column(String(254), default="", server_default="")
    lang: Mapped[str] = mapped_column(String(5), default="", server_default="")
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    case: Mapped[Case] = relationship()


class CaseVersion(Base):
    """What a live page said from `at` until the next version: `words` has each part of it (see `history.words_of`) as
    JSON. The first is that of the publication. `note` tells everybody what changed and why. Of a material change
    `told_at` is when the last backer was written to, and `withdraw_until` how long they could decide again.
    """

    __tablename__ = "case_versions"
    __table_args__ = (UniqueConstraint("case_id", "n"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    n: Mapped[int]
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    note: Mapped[str] = mapped_column(String(600), default="")
    is_material: Mapped[bool] = mapped_column(default=False)
    words: Mapped[str] = mapped_column(Text)
    told_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdraw_until: Mapped[datetime | None] = mapped_column(UTCDateTime)

    case: Mapped[Case] = relationship()


class RestrictedName(Base):
    """A name that a court has said may not be told, or other words, and what stands in its place in each language.

    `kind` is `person` (every part of the name is hidden) or `words`; `spellings` are further ones, one on each line.
    The order of the court has a reference and a day; the last day it lasts is `until_on`, if it names one. The row is
    kept when it is lifted; `lifted_by` is then None if it ended by itself. The words are told to nobody but the lawyer
    of the case and reviewers.
    """

    __tablename__ = "restricted_names"
    __table_args__ = (Index("ix_restricted_names_case", "case_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    words: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(10))
    spellings: Mapped[str] = mapped_column(Text, default="")
    told_en: Mapped[str] = mapped_column(String(60))
    told_fa: Mapped[str] = mapped_column(String(60))
    order_ref: Mapped[str] = mapped_column(String(120))
    ordered_on: Mapped[date]
    until_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(600), default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    lifted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    lifted_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    lifted_because: Mapped[str] = mapped_column(String(600), default="")

    case: Mapped[Case] = relationship()


class CaseDocument(Base):
    """A paper that belongs to the case. `kind` is one of `labels.DOCUMENTS`; `sent_sha256` is of the file as it was
    sent, by which one that is sent twice is known. What was removed keeps its row and loses its file. `cleared_at` is
    when the lawyer said that it holds no restricted name.
    """

    __tablename__ = "case_documents"
    __table_args__ = (Index("ix_case_documents_case", "case_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    title: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(20))
    dated_on: Mapped[date]
    sent_sha256: Mapped[str] = mapped_column(String(64))
    added_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    added_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    cleared_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    case: Mapped[Case] = relationship()
    file: Mapped[StoredFile] = relationship()


class CasePicture(Base):
    """A picture on the page, with what it shows in words (`alt`). At most one picture of a case is its cover.

    The file is never handed out: its variants are, once a job has made them.
    """

    __tablename__ = "case_pictures"
    __table_args__ = (Index("ix_case_pictures_case", "case_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    alt: Mapped[str] = mapped_column(String(300))
    caption: Mapped[str] = mapped_column(String(200), default="")
    is_cover: Mapped[bool] = mapped_column(default=False)
    sent_sha256: Mapped[str] = mapped_column(String(64))
    added_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    added_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    cleared_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    case: Mapped[Case] = relationship()
    file: Mapped[StoredFile] = relationship()
    variants: Mapped[list["PictureVariant"]] = relationship(
        back_populates="picture", order_by="PictureVariant.width", cascade="all, delete-orphan"
    )


class PictureVariant(Base):
    """A picture as WebP, `width` and `height` in pixels."""

    __tablename__ = "picture_variants"
    __table_args__ = (UniqueConstraint("picture_id", "width"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    picture_id: Mapped[int] = mapped_column(ForeignKey("case_pictures.id", ondelete="CASCADE"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    width: Mapped[int]
    height: Mapped[int]

    picture: Mapped[CasePicture] = relationship(back_populates="variants")
    file: Mapped[StoredFile] = relationship()


class CaseInstruction(Base):
    """How the lawyer of a case was instructed: which of `labels.INSTRUCTIONS` was signed, by whom and when; perhaps the
    paper itself, for staff only. It says so of the client and the lawyer in `stated_for` (a `Case.client_key`).

    `sent_sha256` is of the paper as it was sent. `decided_at` is when staff decided about the page.
    """

    __tablename__ = "case_instructions"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), unique=True)
    kind: Mapped[str] = mapped_column(String(20), default="")
    signed_by: Mapped[str] = mapped_column(String(160), default="")
    signed_on: Mapped[date | None]
    stated_for: Mapped[str] = mapped_column(String(200), default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    sent_sha256: Mapped[str] = mapped_column(String(64), default="")
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    case: Mapped[Case] = relationship(back_populates="instruction")
    file: Mapped[StoredFile | None] = relationship()

    @property
    def paper(self) -> StoredFile | None:
        """The paper, as long as we have it."""
        return self.file if self.file is not None and self.file.deleted_at is None else None


class CaseFiling(Base):
    """What a lawyer says was filed in court, with a paper that proves it, for staff only.

    `state` is `sent`, `checked`, `refused` or `replaced` by a later one; `reason` is why it was refused.
    """

    __tablename__ = "case_filings"
    __table_args__ = (Index("ix_case_filings_case", "case_id", "id"), Index("ix_case_filings_state", "state", "id"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(10), default="sent")
    court: Mapped[str] = mapped_column(String(120))
    claim_number: Mapped[str] = mapped_column(String(60), default="")
    filed_on: Mapped[date]
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    sent_sha256: Mapped[str] = mapped_column(String(64))
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reason: Mapped[str] = mapped_column(Text, default="")

    case: Mapped[Case] = relationship()
    file: Mapped[StoredFile] = relationship()

    @property
    def paper(self) -> StoredFile | None:
        """The paper, as long as we have it."""
        return self.file if self.file.deleted_at is None else None
