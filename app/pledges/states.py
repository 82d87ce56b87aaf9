"""The life of a pledge, and the law of its moves."""

from enum import StrEnum

from app.cases.states import Verdict


class PledgeState(StrEnum):
    """See `docs/life-of-a-pledge.md`. Refunds and disputes are facts of the ledger, not states."""

    STARTED = "started"
    ABANDONED = "abandoned"
    PLEDGED = "pledged"
    WITHDRAWN = "withdrawn"
    RELEASED = "released"
    DUE = "due"
    CANCELLED = "cancelled"
    CHARGING = "charging"
    RETRY = "retry"
    ACTION_REQUIRED = "action_required"
    COLLECTED = "collected"
    LAPSED = "lapsed"


S = PledgeState
MOVES: dict[PledgeState, frozenset[PledgeState]] = {
    S.STARTED: frozenset({S.PLEDGED, S.DUE, S.ABANDONED}),
    S.ABANDONED: frozenset(),
    S.PLEDGED: frozenset({S.DUE, S.WITHDRAWN, S.RELEASED}),
    S.WITHDRAWN: frozenset(),
    S.RELEASED: frozenset(),
    S.DUE: frozenset({S.CHARGING, S.COLLECTED, S.CANCELLED}),
    S.CANCELLED: frozenset(),
    S.CHARGING: frozenset({S.COLLECTED, S.RETRY, S.ACTION_REQUIRED, S.LAPSED, S.CANCELLED}),
    S.RETRY: frozenset({S.CHARGING, S.COLLECTED, S.LAPSED, S.ACTION_REQUIRED, S.CANCELLED}),
    S.ACTION_REQUIRED: frozenset({S.CHARGING, S.RETRY, S.COLLECTED, S.LAPSED, S.CANCELLED}),
    # A success counts whoever reports it and however late: the money has moved.
    S.LAPSED: frozenset({S.COLLECTED}),
    S.COLLECTED: frozenset(),
}
LIVE = frozenset({S.PLEDGED, S.DUE, S.CHARGING, S.RETRY, S.ACTION_REQUIRED, S.COLLECTED})
FAILING = frozenset({S.RETRY, S.ACTION_REQUIRED})
# What a case's page counts as pledged; a case that missed its target goes on showing what was pledged to it.
COUNTED = LIVE | {S.RELEASED}


def judge(old: PledgeState, new: PledgeState) -> Verdict:
    """Whether a pledge may go from `old` to `new`; a repeated move is quiet, an illegal one is an error."""
    if old == new:
        return Verdict.REPEATED
    return Verdict.LEGAL if new in MOVES[old] else Verdict.ILLEGAL


class Shown(StrEnum):
    """How the backer appears on the page."""

    NAME_AND_AMOUNT = "name_and_amount"
    NAME = "name"
    INITIALS = "initials"
    ANONYMOUS = "anonymous"
