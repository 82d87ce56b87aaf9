"""What can happen to a live case: it is funded or not, ended early, suspended, taken down, told of, and concluded.

How its page is written stands in `drafting`, how it is decided on in `review`, how it goes live in `publishing`.
"""

from app.audit.service import record
from app.cases.drafting import BadChoice
from app.cases.labels import REASONS
from app.cases.models import Case
from app.cases.moves import IllegalMove, held, move, tell_lawyer
from app.cases.states import CaseState
from app.core import clock

# What may hold a case: staff who look into something, or the standing of its lawyer. It goes on when none does.
CAUSES = ("staff", "lawyer")


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


# ---------------------------------------------------------------- staff step in
def suspend(case: Case, cause: str, because: str, *, line: str = "", actor_id: int | None) -> bool:
    """Stop a live case for `cause` (of CAUSES): no pledge joins, no card is charged, while it lasts.

    `because` is a code of `labels.REASONS`, `line` what everybody may read on the page. False if that cause holds it
    already. Raises BadChoice, IllegalMove for what is not live.
    """
    case = held(case)
    if because not in REASONS or cause not in CAUSES:
        raise BadChoice(field="code")
    if not case.is_published:
        raise IllegalMove()
    causes = _causes(case)
    if cause in causes:
        return False
    case.suspended_for = ",".join(sorted({*causes, cause}))
    case.suspended_at = case.suspended_at or clock.now()
    if cause == "staff":
        case.suspended_because, case.suspended_line = because, line
    _stepped_in(case)
    record("case.suspended", case, actor_id=actor_id, cause=cause, code=because)
    if cause == "staff":
        tell_lawyer(case, "suspended")
    return True


def lift(case: Case, cause: str, *, actor_id: int | None) -> bool:
    """`cause` holds the case no longer; False if it did not. Another cause may still hold it.

    Raises IllegalMove while the page is down: nothing is collected for what nobody can read.
    """
    case = held(case)
    causes = _causes(case)
    if cause not in causes:
        return False
    if cause == "staff" and case.taken_down_at is not None:
        raise IllegalMove()
    case.suspended_for = ",".join(sorted(causes - {cause}))
    if cause == "staff":
        case.suspended_because = case.suspended_line = ""
    if not case.suspended_for:
        case.suspended_at = None
    _stepped_in(case)
    record("case.lifted", case, actor_id=actor_id, cause=cause)
    if cause == "staff":
        tell_lawyer(case, "lifted")
    return True


def take_down(case: Case, because: str, *, actor_id: int | None) -> bool:
    """Take the page of a live case away from everybody; what was pledged waits. False if it is down already.

    Raises BadChoice, IllegalMove for what is not live.
    """
    case = held(case)
    if because not in REASONS:
        raise BadChoice(field="code")
    if not case.is_published:
        raise IllegalMove()
    if case.taken_down_at is not None:
        return False
    case.taken_down_at, case.taken_down_because = clock.now(), because
    case.suspended_for = ",".join(sorted({*_causes(case), "staff"}))
    case.suspended_at = case.suspended_at or case.taken_down_at
    case.suspended_because = case.suspended_because or because
    _stepped_in(case)
    record("case.taken_down", case, actor_id=actor_id, code=because)
    tell_lawyer(case, "taken_down")
    return True


def put_back(case: Case, *, actor_id: int | None) -> bool:
    """The page stands again. It stays suspended until that is lifted. False if it was not down."""
    case = held(case)
    if case.taken_down_at is None:
        return False
    case.taken_down_at, case.taken_down_because = None, ""
    _stepped_in(case)
    record("case.put_back", case, actor_id=actor_id)
    tell_lawyer(case, "put_back")
    return True


def _causes(case: Case) -> set[str]:
    return set(filter(None, case.suspended_for.split(",")))


def _stepped_in(case: Case) -> None:
    case.version += 1
    case.updated_at = clock.now()


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
