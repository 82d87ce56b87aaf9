"""Comparing our books with the provider's account, line by line.

Webhooks are hints; with all of them lost this brings the same end. Each balance transaction answers to an entry. What
is missing is booked by reading the payment itself; what is not understood goes to suspense, charging stops and a
person must look.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from app.core import clock
from app.core.errors import DomainError
from app.core.money import Money, MoneyError
from app.database import db
from app.ledger import queries as books
from app.ledger import service as ledger
from app.payments import brake
from app.payments.gateway import BalanceLine, ProviderError, Refused
from app.payments.provider import gateway
from app.pledges import collection

log = structlog.get_logger()


@dataclass(frozen=True)
class Report:
    """What a run found. `wrong` names the provider's lines that our books answer with another sum, and currencies in
    which they tell of lines that the provider does not have; None when only recent lines were looked at.
    """

    lines: int
    booked: int
    unknown: list[str]
    wrong: list[str] | None


def reconcile(*, since: datetime | None = None) -> Report:
    """Answer every line since `since` (None: all, and then the sums are compared too). Own transactions.

    A line that the provider has no answer for waits, and the others do not wait for it; raises its ProviderError at
    the end.
    """
    newest = books.newest_entry()
    db.session.rollback()
    lines = gateway().balance_lines(since=since)
    booked, unknown, failure = 0, [], None
    for line in lines:
        answered = books.is_answered(line.id)
        db.session.rollback()
        if answered:
            continue
        try:
            if _book(line):
                booked += 1
            else:
                _to_suspense(line)
                unknown.append(line.id)
        except ProviderError as error:
            db.session.rollback()
            log.warning("line not booked", transaction=line.id, error=str(error))
            failure = error
    if failure is not None:
        raise failure
    wrong = _compare(lines, newest) if since is None else None
    if wrong:
        brake.pull(f"Our books and the provider's account differ: {', '.join(wrong)}"[:500])
    db.session.commit()
    return Report(len(lines), booked, unknown, wrong)


def _book(line: BalanceLine) -> bool:
    """Book a line that we understand; False for any other."""
    if line.category == "charge":
        return _book_charge(line)
    if line.category == "payout":
        net, fee = Money(line.net, line.currency.upper()), Money(line.fee, line.currency.upper())
        lines = {ledger.STRIPE: net, ledger.STRIPE_FEES: fee, ledger.BANK: -(net + fee)}
        ledger.post(f"payout:{line.source}", "payout", lines, transaction=line.id)
        db.session.commit()
        return True
    return False


def _book_charge(line: BalanceLine) -> bool:
    try:
        intent = gateway().read_intent_of_charge(line.source)
        return intent is not None and collection.apply(intent) is not None
    except (Refused, DomainError, MoneyError) as error:
        db.session.rollback()
        log.error("charge does not fit", transaction=line.id, charge=line.source, error=str(error))
        return False


def _compare(lines: list[BalanceLine], newest: int) -> list[str]:
    """Where books and account differ. Charging may go on meanwhile, so both are asked only for what both must know.

    Every line has its answer by now. And what was booked up to `newest`, which was read before the lines were, had
    happened at the provider already, so it must be among them.
    """
    wrong, left = [], books.provider_totals(ledger.STRIPE, newest)
    for start in range(0, len(lines), 500):
        part = lines[start : start + 500]
        sums = books.provider_sums(ledger.STRIPE, [line.id for line in part], newest)
        for line in part:
            currency = line.currency.upper()
            now, before = sums.get((line.id, currency), (0, 0))
            if now != line.net:
                wrong.append(line.id)
            left[currency] = left.get(currency, 0) - before
    return wrong + sorted(currency for currency, minor in left.items() if minor)


def _to_suspense(line: BalanceLine) -> None:
    amount, fee = Money(line.amount, line.currency.upper()), Money(line.fee, line.currency.upper())
    ledger.post(
        f"suspense:{line.id}",
        "unidentified",
        {ledger.STRIPE: amount - fee, ledger.STRIPE_FEES: fee, ledger.SUSPENSE: -amount},
        transaction=line.id,
    )
    brake.pull(f"The provider's line {line.id} ({line.category}) is not understood")
    db.session.commit()
    log.error("unidentified balance transaction", transaction=line.id, category=line.category)


def recent() -> datetime:
    """How far back the hourly run looks; the daily one looks at everything."""
    return clock.now() - timedelta(days=2)
