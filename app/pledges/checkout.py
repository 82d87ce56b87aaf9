"""The way to the provider's hosted page and back.

Each function is a small story with its own transactions, because a provider call lies in the middle: write down what
we are about to do, commit, call, write down what happened, commit. Call them with no transaction open.
"""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import select

from app.cases.queries import page_url
from app.core import clock
from app.core.money import Money
from app.database import db
from app.i18n.locale import using_language
from app.payments.gateway import CheckoutPage, OutcomeUnknown, ProviderError, Refused, SessionState, SetupRequest
from app.payments.provider import gateway
from app.pledges import links, service, totals
from app.pledges.models import OPEN, CheckoutSession, Pledge
from app.pledges.states import FAILING, PledgeState

log = structlog.get_logger()
_FIRST_LOOK = timedelta(seconds=90)
_PATIENCE = timedelta(hours=1)  # how long the verdict on a case waits to learn when a page was completed


def open_page(pledge_id: int, *, amount: Money | None = None, tip: Money | None = None) -> str:
    """Address of a hosted page that saves a card for the pledge; `amount` and `tip` when they are to be raised.

    Only one page of a pledge is open at a time: an older one is closed first, and if the backer completed it
    meanwhile, it is folded in and its pledge's own page is the answer. Raises ProviderError and service.CannotChange.
    """
    while True:
        for page_id in _open_pages(pledge_id):
            if close_page(page_id) == "complete":
                return _manage_url(pledge_id)
        pledge = service.locked(pledge_id)
        if pledge.state not in (PledgeState.STARTED, PledgeState.PLEDGED) and pledge.state not in FAILING:
            db.session.rollback()
            return _manage_url(pledge_id)
        if not any(page.is_open for page in pledge.pages):
            break
        db.session.rollback()  # another click was quicker and opened one; it is closed in turn
    page = _write_page(pledge, amount or pledge.amount, tip if tip is not None else pledge.tip)
    page_id = page.id
    db.session.commit()
    return _call(page_id)


def _open_pages(pledge_id: int) -> list[int]:
    found = list(
        db.session.scalars(
            select(CheckoutSession.id).where(CheckoutSession.pledge_id == pledge_id, CheckoutSession.state.in_(OPEN))
        )
    )
    db.session.rollback()
    return found


def _manage_url(pledge_id: int) -> str:
    url = links.manage_url(db.session.get_one(Pledge, pledge_id))
    db.session.rollback()
    return url


def _write_page(pledge: Pledge, amount: Money, tip: Money) -> CheckoutSession:
    case = pledge.case
    if pledge.state in (PledgeState.STARTED, PledgeState.PLEDGED) and not case.takes_pledges(clock.now()):
        raise service.CaseNotOpen()
    service.check_amount(amount)
    last = max((page.n for page in pledge.pages), default=0)
    with using_language(pledge.lang):
        promise = service.consent_text(case, amount, tip)
    page = CheckoutSession(
        pledge_id=pledge.id, n=last + 1, amount=amount, tip=tip, consent_text=promise, read_next_at=clock.now()
    )
    db.session.add(page)
    db.session.flush()
    return page


def _call(page_id: int) -> str:
    """Open the page that was written down; calling again under the same key brings the same page."""
    try:
        return _open_at_provider(page_id)
    except Refused as refusal:
        # It is open nowhere that anybody knows of. The next page has a key of its own.
        db.session.rollback()
        log.error("hosted page refused", page=page_id, code=refusal.code, error=str(refusal))
        _end(service.locked_page(page_id))
        db.session.commit()
        raise


def _open_at_provider(page_id: int) -> str:
    page = db.session.get_one(CheckoutSession, page_id)
    pledge = page.pledge
    reference, key, customer = f"pledge_{pledge.id}", page.key, pledge.customer_id
    # The worker calls this too, where there is no request: the address and language are the pledge's own.
    back = f"{page_url(pledge.case, pledge.lang)}/back"
    is_new = pledge.state == PledgeState.STARTED
    cancel = f"{back}?resume={links.token_of(pledge)}" if is_new else links.manage_url(pledge)
    returned = f"{back}/returned?session_id={{CHECKOUT_SESSION_ID}}"
    promise, currency = page.consent_text, page.amount.currency.lower()
    metadata = {"pledge": str(pledge.id), "case": str(pledge.case_id)}
    pledge_id = pledge.id
    db.session.rollback()

    if customer is None:
        made = gateway().create_customer(reference=reference, key=f"pledge:{pledge_id}:customer")
        pledge = service.locked(pledge_id)
        customer = pledge.customer_id = pledge.customer_id or made  # the card must hang where the intent will look
        db.session.commit()
    opened = gateway().open_setup(
        SetupRequest(
            customer=customer,
            reference=reference,
            success_url=returned,
            cancel_url=cancel,
            locale="en-GB",
            currency=currency,
            promise=promise,
            metadata=metadata,
        ),
        key=key,
    )
    _note_opened(page_id, opened)
    return opened.url


def _note_opened(page_id: int, opened: CheckoutPage) -> None:
    page = service.locked_page(page_id)
    page.session_id, page.url, page.expires_at = opened.session_id, opened.url, opened.expires_at
    if page.state == "opening":
        page.state = "open"
        page.read_next_at = clock.now() + _FIRST_LOOK
    db.session.commit()


def close_page(page_id: int, *, ask_when: bool = False) -> str:
    """Close a page at the provider; "complete" if the backer was first (then it is folded in), else "expired".

    With `ask_when` the provider is asked when it was completed, which the closing of a case needs.
    """
    page = db.session.get_one(CheckoutSession, page_id)
    session_id, opened_at, state = page.session_id, page.opened_at, page.state
    deadline_at = page.pledge.case.deadline_at
    db.session.rollback()
    if state not in OPEN:
        return "complete" if state == "complete" else "expired"
    if session_id is None:
        # The call that opened it was never answered. Asking again under its key tells its id, or opens it now.
        try:
            _call(page_id)
        except Refused:
            return "expired"
        session_id = db.session.get_one(CheckoutSession, page_id).session_id
        db.session.rollback()
        assert session_id is not None
    found = gateway().expire_session(session_id)
    completed_at = None
    if found.status == "complete" and ask_when:
        completed_at = gateway().completed_at(session_id, opened_at)
        if completed_at is None and deadline_at is not None and clock.now() - deadline_at < _PATIENCE:
            raise OutcomeUnknown("the provider does not say yet when the page was completed")
    return fold(page_id, found, completed_at=completed_at or (clock.now() if ask_when else None))


def fold_page(session_id: str) -> int | None:
    """Re-read a hosted page at the provider and fold it in; the pledge's id, None for a page that is not ours."""
    page = db.session.scalar(select(CheckoutSession).where(CheckoutSession.session_id == session_id))
    known = (page.id, page.pledge_id, page.state) if page else None
    db.session.rollback()
    if known is None:
        return None
    page_id, pledge_id, state = known
    if state in OPEN:
        fold(page_id, gateway().read_session(session_id))
    return pledge_id


def fold(page_id: int, found: SessionState, *, completed_at: datetime | None = None) -> str:
    """Fold what the provider says of a page into our rows; any order, any number of times. Commits."""
    if found.status == "complete" and found.card is not None:
        page = service.card_saved(page_id, found.card, completed_at=completed_at)
    else:
        page = service.locked_page(page_id)
        if found.status == "expired" and page.is_open:
            _end(page)
    if page.is_open:
        _look_later(page)
    state = page.state
    db.session.commit()
    return "complete" if found.status == "complete" else state


def _end(page: CheckoutSession) -> None:
    page.state, page.ended_at, page.read_next_at = "expired", clock.now(), None


def _look_later(page: CheckoutSession) -> None:
    """The pause between looks doubles, up to an hour."""
    waited = clock.now() - page.opened_at
    page.read_next_at = clock.now() + min(max(waited, _FIRST_LOOK), timedelta(hours=1))


def pages_to_read(limit: int = 100) -> list[int]:
    """Pages that are due to be looked at again, because no word of them came."""
    return list(
        db.session.scalars(
            select(CheckoutSession.id)
            .where(CheckoutSession.state.in_(OPEN), CheckoutSession.read_next_at <= clock.now())
            .order_by(CheckoutSession.read_next_at)
            .limit(limit)
        )
    )


def read_due(limit: int = 100) -> int:
    """Look at the pages that are due; how many. One that the provider has no answer for does not hold up the others."""
    due = pages_to_read(limit)
    db.session.rollback()
    for looked, page_id in enumerate(due):
        try:
            read_page(page_id)
        except ProviderError as error:
            db.session.rollback()
            log.warning("hosted page not read", page=page_id, error=str(error))
            page = service.locked_page(page_id)
            if page.is_open:
                _look_later(page)
            db.session.commit()
            if not isinstance(error, Refused):  # nobody is there; the others wait for the next round
                return looked + 1
    return len(due)


def read_page(page_id: int) -> None:
    """Look at one page again; one whose opening was never answered is closed. Raises ProviderError."""
    page = db.session.get_one(CheckoutSession, page_id)
    session_id, is_open, opened_at = page.session_id, page.is_open, page.opened_at
    db.session.rollback()
    if not is_open:
        return
    if session_id is not None:
        fold(page_id, gateway().read_session(session_id))
    elif clock.now() - opened_at >= _FIRST_LOOK:
        close_page(page_id)


def abandon_stale(older_than: timedelta = timedelta(days=2)) -> int:
    """Let go pledges whose hosted pages all ran out; how many. Commits."""
    still = select(CheckoutSession.id).where(CheckoutSession.pledge_id == Pledge.id, CheckoutSession.state.in_(OPEN))
    stale = db.session.scalars(
        select(Pledge)
        .where(Pledge.state == PledgeState.STARTED, Pledge.started_at < clock.now() - older_than, ~still.exists())
        .with_for_update(skip_locked=True)
    ).all()
    for pledge in stale:
        totals.change(pledge, state=PledgeState.ABANDONED)
        pledge.ended_at = clock.now()
    db.session.commit()
    return len(stale)
