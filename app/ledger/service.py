"""Booking entries."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, insert, select, text

from app.core import clock
from app.core.money import Money
from app.database import db, is_sqlite
from app.ledger.models import Entry, Posting

STRIPE = "asset:stripe"
BANK = "asset:bank"
TIPS = "income:tips"
RECOVERED_FEES = "income:recovered_fees"
STRIPE_FEES = "expense:stripe_fees"
SUSPENSE = "liability:suspense"


def case_account(case_id: int) -> str:
    """What is owed to a case."""
    return f"liability:case:{case_id}"


def is_booked(key: str) -> bool:
    """Whether the event called `key` stands in the books."""
    return db.session.scalar(select(Entry.id).where(Entry.key == key)) is not None


def _next_id() -> int:
    # Postings come before their entry, so its id must be known. SQLite has one writer; PostgreSQL has a sequence.
    if is_sqlite():
        return (db.session.scalar(select(func.max(Entry.id))) or 0) + 1
    return int(db.session.scalar(text("SELECT nextval('entries_id_seq')")) or 0)


def post(
    key: str,
    kind: str,
    lines: Mapping[str, Money],
    *,
    case_id: int | None = None,
    transaction: str | None = None,
    at: datetime | None = None,
) -> bool:
    """Book one balanced entry: `lines` maps accounts to signed amounts, debits positive; zero lines are left out.

    At most once for each `key`: False if it stands already, or if there is no line but zeroes (a fee of nothing). An
    entry that does not balance is refused by the database.
    `transaction` is the provider's balance transaction that it answers to.
    """
    booked = [(account, amount) for account, amount in lines.items() if amount.minor]
    if not booked or is_booked(key):
        return False
    entry_id = _next_id()
    db.session.execute(
        insert(Posting),
        [
            {"entry_id": entry_id, "account": account, "minor": amount.minor, "currency": amount.currency}
            for account, amount in booked
        ],
    )
    db.session.execute(
        insert(Entry).values(
            id=entry_id,
            key=key,
            kind=kind,
            case_id=case_id,
            provider_transaction=transaction,
            at=at or clock.now(),
        )
    )
    return True
