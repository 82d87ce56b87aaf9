"""What can happen to a live case: it is funded or not, ended early, told of, and concluded.

How its page is written stands in `drafting`, how it is decided on in `review`, how it goes live in `publishing`.
"""

from app.audit.service import record
from app.cases.models import Case
from app.cases.moves import move
from app.cases.states import CaseState
from app.core import clock


# ---------------------------------------------------------------- the verdict
def fund(case: Case) -> None:
    """The target is met. The caller holds the case and has counted."""
    if move(case, CaseState.FUNDED):
        case.funded_at = clock.now()
        record("case.funded", case)


def start_closing(case: Case) -> None:
    """The deadline has passed; no pledge arrives or leaves while it is counted."""
    if move(case, CaseState.CLOSING):
        record("case.closing", case)


def end_unfunded(case: Case) -> None:
    """The target was missed."""
    if move(case, CaseState.UNFUNDED):
        case.closed_at = case.raising_ended_at = clock.now()
        record("case.unfunded", case)


def end_early(case: Case, reason: str, *, by: str, actor_id: int | None) -> None:
    """An open case ends before its deadline; `by` is "lawyer" or "staff". The caller holds the case and has counted."""
    if move(case, CaseState.UNFUNDED):
        case.ended_early_at = case.closed_at = case.raising_ended_at = clock.now()
        case.ended_early_by, case.ended_early_because = by, reason
        record("case.ended_early", case, actor_id=actor_id, by=by)


def end_raising(case: Case, *, actor_id: int | None = None) -> None:
    """A funded case takes no more pledges."""
    if case.raising_ended_at is None:
        case.raising_ended_at = clock.now()
        case.version += 1
        record("case.raising_ended", case, actor_id=actor_id)


# ---------------------------------------------------------------- after the verdict
def told_more(case: Case, legal_stage: str = "") -> None:
    """Something new stands on the page of a live case, and perhaps the case has reached another legal stage."""
    case.legal_stage = legal_stage or case.legal_stage
    case.version += 1
    case.updated_at = clock.now()


def conclude(case: Case) -> None:
    """The outcome of a funded case is known. The caller holds the case. Raises IllegalMove."""
    end_raising(case)
    if move(case, CaseState.CONCLUDED):
        record("case.concluded", case, actor_id=case.lawyer.user_id)
