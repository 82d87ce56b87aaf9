"""The life of a case, and the law of its moves."""

from enum import StrEnum


class CaseState(StrEnum):
    """See `docs/glossary.md`. The legal stage (pre-action, hearing …) is a separate field."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    CHANGES_REQUESTED = "changes_requested"
    APPROVED = "approved"
    DECLINED = "declined"
    OPEN = "open"
    CLOSING = "closing"
    FUNDED = "funded"
    UNFUNDED = "unfunded"
    CONCLUDED = "concluded"


MOVES: dict[CaseState, frozenset[CaseState]] = {
    CaseState.DRAFT: frozenset({CaseState.IN_REVIEW}),
    CaseState.IN_REVIEW: frozenset({CaseState.CHANGES_REQUESTED, CaseState.APPROVED, CaseState.DECLINED}),
    CaseState.CHANGES_REQUESTED: frozenset({CaseState.IN_REVIEW}),
    # Back to the lawyer too: the client may ask for changes until the page is live.
    CaseState.APPROVED: frozenset({CaseState.OPEN, CaseState.CHANGES_REQUESTED}),
    # Only by an appeal that another reviewer decides: nobody sends in again what was turned down.
    CaseState.DECLINED: frozenset({CaseState.CHANGES_REQUESTED, CaseState.IN_REVIEW}),
    CaseState.OPEN: frozenset({CaseState.CLOSING, CaseState.FUNDED, CaseState.UNFUNDED}),
    CaseState.CLOSING: frozenset({CaseState.FUNDED, CaseState.UNFUNDED}),
    CaseState.FUNDED: frozenset({CaseState.CONCLUDED}),
    CaseState.UNFUNDED: frozenset(),
    CaseState.CONCLUDED: frozenset(),
}
EDITABLE = frozenset({CaseState.DRAFT, CaseState.CHANGES_REQUESTED})
# While the page is not live, and may still become so, the client can be asked about it.
ASKABLE = EDITABLE | {CaseState.IN_REVIEW, CaseState.APPROVED}
PUBLISHED = frozenset({CaseState.OPEN, CaseState.CLOSING, CaseState.FUNDED, CaseState.UNFUNDED, CaseState.CONCLUDED})


class Visibility(StrEnum):
    """Who may find the page: everybody, or only holders of a link."""

    PUBLIC = "public"
    PRIVATE = "private"


class Consent(StrEnum):
    """How the client's consent to the page as it is now stands. Only `GIVEN` lets it be approved and published.

    `STALE`: given to other words than those that stand there now. `CHANGE`: the client asked for changes.
    """

    NONE = "none"
    WAITING = "waiting"
    EXPIRED = "expired"
    GIVEN = "given"
    STALE = "stale"
    CHANGE = "change"


class Verdict(StrEnum):
    """Answer to a wished-for move."""

    LEGAL = "legal"
    REPEATED = "repeated"
    ILLEGAL = "illegal"


def judge(old: CaseState, new: CaseState) -> Verdict:
    """Whether a case may go from `old` to `new`; a repeated move is quiet, an illegal one is an error."""
    if old == new:
        return Verdict.REPEATED
    return Verdict.LEGAL if new in MOVES[old] else Verdict.ILLEGAL
