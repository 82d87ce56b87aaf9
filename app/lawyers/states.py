"""The states of a lawyer's verification."""

from enum import StrEnum


class LawyerState(StrEnum):
    """`applied → verified | declined`; a verified lawyer may be suspended and verified again."""

    APPLIED = "applied"
    VERIFIED = "verified"
    DECLINED = "declined"
    SUSPENDED = "suspended"


MOVES: dict[LawyerState, frozenset[LawyerState]] = {
    LawyerState.APPLIED: frozenset({LawyerState.VERIFIED, LawyerState.DECLINED}),
    LawyerState.VERIFIED: frozenset({LawyerState.SUSPENDED}),
    LawyerState.SUSPENDED: frozenset({LawyerState.VERIFIED}),
    LawyerState.DECLINED: frozenset({LawyerState.APPLIED}),
}
