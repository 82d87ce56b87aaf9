"""The states of a lawyer's verification."""

from enum import StrEnum


class LawyerState(StrEnum):
    """`applied → verified | declined`. A badge that stood may come down to be checked again (`applied` with
    `pending_since`), and it may rest (`suspended`); then it goes back to what it was.
    """

    APPLIED = "applied"
    VERIFIED = "verified"
    DECLINED = "declined"
    SUSPENDED = "suspended"


MOVES: dict[LawyerState, frozenset[LawyerState]] = {
    LawyerState.APPLIED: frozenset({LawyerState.VERIFIED, LawyerState.DECLINED, LawyerState.SUSPENDED}),
    LawyerState.VERIFIED: frozenset({LawyerState.SUSPENDED, LawyerState.APPLIED}),
    LawyerState.SUSPENDED: frozenset({LawyerState.VERIFIED, LawyerState.APPLIED}),
    LawyerState.DECLINED: frozenset({LawyerState.APPLIED}),
}


class RegisterStatus(StrEnum):
    """What a register says of somebody in it."""

    PRACTISING = "practising"
    NOT_PRACTISING = "not_practising"
    SUSPENDED = "suspended"
    STRUCK_OFF = "struck_off"
