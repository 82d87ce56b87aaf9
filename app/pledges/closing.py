"""The two verdicts on a case: its target is met, or its deadline has passed. And the two ways to end before that.

Totals only wake these functions. The decision is made under the case's lock, from the pledges themselves.
"""

from sqlalchemy import func, select, update

from app.cases import queries as cases
from app.cases import service as case_service
from app.cases.models import Case
from app.cases.states import CaseState
from app.core import clock
from app.core.errors import N_, Conflict, Invalid
from app.core.money import Money
from app.database import db
from app.jobs.queue import defer, defer_many
from app.mail.outbox import post, post_many
from app.payments.gateway import ProviderError
from app.pledges import checkout
from app.pledges.models import OPEN, CheckoutSession, Pledge
from app.pledges.states import PledgeState

LONGEST_REASON = 600  # characters


class NotRaising(Conflict):
    """There is nothing to end: the case raises no money now, or its deadline has passed and it is being counted."""

    message = N_("This case is not raising money now, so there is nothing to end.")


class TargetIsMet(Conflict):
    """Pledges have reached the target since the page was opened; they are charged."""

    message = N_("Pledges have just reached the target, so the case cannot end without it. You can end fundraising.")


class NoPublicReason(Invalid):
    """Everybody who pledged is owed a word."""

    message = N_("Say why, in a sentence or more. Everybody can read it.")
    field = "reason"


def sum_pledged(case_id: int, currency: str) -> Money:
    """What stands pledged to a case, from its rows."""
    total = db.session.scalar(
        select(func.coalesce(func.sum(Pledge.amount_minor), 0)).where(  # type: ignore[attr-defined]
            Pledge.case_id == case_id, Pledge.state == PledgeState.PLEDGED
        )
    )
    return Money(int(total or 0), currency)


def check_target(case_id: int) -> bool:
    """Move an open case to funded if its pledges reach its target; whether they did. The caller commits."""
    case = cases.locked(case_id)
    if case.state != CaseState.OPEN or case.suspended_at or not case.takes_pledges(clock.now()):
        return False
    assert case.target is not None
    if case.withdraw_until is not None and clock.now() <= case.withdraw_until:
        return False  # backers decide again about a change; `changes.end_windows` looks once more
    if sum_pledged(case_id, case.target.currency) < case.target:
        return False
    _fund(case)
    return True


def _fund(case: Case) -> None:
    """Every pledge becomes due, and everyone is told."""
    case_service.fund(case)
    moment = clock.now()
    due = db.session.execute(
        update(Pledge)
        .where(Pledge.case_id == case.id, Pledge.state == PledgeState.PLEDGED)
        .values(state=PledgeState.DUE, due_at=moment, next_at=moment)
        .returning(Pledge.id, Pledge.email, Pledge.lang)
        .execution_options(synchronize_session=False)
    ).all()
    post_many("pledges.target_met", [(f"pledge:{i}:target_met", email, lang, {"pledge": i}) for i, email, lang in due])
    _tell_lawyer(case, "cases.target_met")


def _tell_lawyer(case: Case, letter: str) -> None:
    user = case.lawyer.user
    post(f"case:{case.id}:{letter}", letter, to=user.email, lang=user.lang, facts={"case": case.id})


def due_for_closing() -> list[int]:
    """Cases whose deadline has passed and which still raise, or are being counted."""
    return list(
        db.session.scalars(
            select(Case.id)
            .where(
                Case.deadline_at < clock.now(),
                (Case.state.in_((CaseState.OPEN, CaseState.CLOSING)))
                | ((Case.state == CaseState.FUNDED) & Case.raising_ended_at.is_(None)),
            )
            .order_by(Case.deadline_at)
        )
    )


def close(case_id: int) -> CaseState:
    """Close a case whose deadline has passed; own transactions. Raises ProviderError while the provider has no answer.

    First the state says `closing`, so that no pledge arrives or leaves. Then every open hosted page is closed at the
    provider; one that was completed by the deadline counts. Then the verdict, under the lock.
    """
    case = cases.locked(case_id)
    if case.deadline_at is None or clock.now() <= case.deadline_at:
        db.session.rollback()
        return CaseState(case.state)
    if case.state == CaseState.OPEN:
        case_service.start_closing(case)
    db.session.commit()
    _close_pages(case_id)
    case = cases.locked(case_id)
    if case.state == CaseState.CLOSING:
        assert case.target is not None
        if not case.suspended_at and sum_pledged(case_id, case.target.currency) >= case.target:
            _fund(case)
        else:
            _release(case)
    if case.state == CaseState.FUNDED:
        case_service.end_raising(case)
    state = CaseState(case.state)
    db.session.commit()
    return state


def _close_pages(case_id: int) -> None:
    """Close every hosted page at the provider; the ones that fail do not hold up the others. Raises ProviderError."""
    failure = None
    for page_id in _open_pages(case_id):
        try:
            checkout.close_page(page_id, ask_when=True)
        except ProviderError as error:
            db.session.rollback()
            failure = error
    if failure is not None:
        raise failure


def _open_pages(case_id: int) -> list[int]:
    found = list(
        db.session.scalars(
            select(CheckoutSession.id)
            .join(Pledge)
            .where(
                Pledge.case_id == case_id,
                CheckoutSession.state.in_(OPEN),
                Pledge.state.in_((PledgeState.STARTED, PledgeState.PLEDGED)),
            )
        )
    )
    db.session.rollback()
    return found


def _release(case: Case) -> None:
    """The target was missed."""
    case_service.end_unfunded(case)
    _let_go(case, "target_missed")


def _let_go(case: Case, event: str) -> None:
    """Nobody is charged: pledges are released, cards detached, everyone told in the letters about `event`."""
    moment = clock.now()
    released = db.session.execute(
        update(Pledge)
        .where(Pledge.case_id == case.id, Pledge.state == PledgeState.PLEDGED)
        .values(state=PledgeState.RELEASED, ended_at=moment)
        .returning(Pledge.id, Pledge.email, Pledge.lang, Pledge.payment_method)
        .execution_options(synchronize_session=False)
    ).all()
    defer_many("pledges.detach_card", {f"detach:{card}": {"payment_method": card} for *_, card in released if card})
    post_many(
        f"pledges.{event}",
        [(f"pledge:{i}:{event}", email, lang, {"pledge": i}) for i, email, lang, _card in released],
    )
    _tell_lawyer(case, f"cases.{event}")


# ---------------------------------------------------------------- before the deadline
def end_early(case_id: int, reason: str, *, by: str, actor_id: int | None) -> bool:
    """The lawyer or staff (`by`) end an open case, with a reason for everybody; a second time is quiet (False).

    The caller commits. Hosted pages that are still open are closed by a job; one that is completed meanwhile finds the
    case ended, and its card is forgotten. Raises NoPublicReason, NotRaising, TargetIsMet.
    """
    case = cases.locked(case_id)
    if case.ended_early_at is not None:
        return False
    if not reason.strip():
        raise NoPublicReason()
    if case.state != CaseState.OPEN or case.deadline_at is None or clock.now() > case.deadline_at:
        raise NotRaising()
    assert case.target is not None
    if not case.suspended_at and sum_pledged(case_id, case.target.currency) >= case.target:
        raise TargetIsMet()
    case_service.end_early(case, reason, by=by, actor_id=actor_id)
    _let_go(case, "ended_early")
    defer("pledges.close_pages", {"case_id": case_id}, uniq=f"close_pages:{case_id}")
    return True


def end_raising(case_id: int, *, actor_id: int | None) -> bool:
    """A funded case takes no more pledges; again is quiet (False). The caller commits. Raises NotRaising."""
    case = cases.locked(case_id)
    if case.state != CaseState.FUNDED:
        raise NotRaising()
    if case.raising_ended_at is not None:
        return False
    case_service.end_raising(case, actor_id=actor_id)
    defer("pledges.close_pages", {"case_id": case_id}, uniq=f"close_pages:{case_id}")
    return True


def close_pages(case_id: int) -> None:
    """Close the hosted pages of a case that takes no pledges any more. Raises ProviderError."""
    _close_pages(case_id)
