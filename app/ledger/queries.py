"""Reading the books, and checking them."""

from sqlalchemy import case, func, select

from app.core.money import Money
from app.database import db
from app.ledger.models import Entry, Posting


def balance(account: str, currency: str) -> Money:
    """Sum of an account; debits positive."""
    total = db.session.scalar(
        select(func.coalesce(func.sum(Posting.minor), 0)).where(
            Posting.account == account, Posting.currency == currency
        )
    )
    return Money(int(total or 0), currency)


def unbalanced_entries() -> list[int]:
    """Ids of entries that do not sum to zero in each currency, or have fewer than two postings. None in sound books."""
    sums = select(Posting.entry_id).group_by(Posting.entry_id, Posting.currency).having(func.sum(Posting.minor) != 0)
    wrong = set(db.session.scalars(sums))
    counts = (
        select(Entry.id)
        .outerjoin(Posting, Posting.entry_id == Entry.id)
        .group_by(Entry.id)
        .having(func.count(Posting.id) < 2)
    )
    return sorted(wrong | set(db.session.scalars(counts)))


def overdrawn_cases() -> list[str]:
    """Accounts of cases that owe money instead of holding it."""
    return list(
        db.session.scalars(
            select(Posting.account)
            .where(Posting.account.startswith("liability:case:"))
            .group_by(Posting.account, Posting.currency)
            .having(func.sum(Posting.minor) > 0)
        )
    )


def is_answered(transaction: str) -> bool:
    """Whether some entry answers to the provider's balance transaction."""
    return db.session.scalar(select(Entry.id).where(Entry.provider_transaction == transaction).limit(1)) is not None


def newest_entry() -> int:
    """The highest id that an entry has now; 0 for empty books."""
    return db.session.scalar(select(func.max(Entry.id))) or 0


def provider_totals(account: str, newest: int) -> dict[str, int]:
    """Sum of `account` by currency over the entries up to `newest`, as the provider's lines would have it."""
    rows = db.session.execute(
        select(Posting.currency, func.sum(Posting.minor))
        .where(Posting.account == account, Posting.entry_id <= newest)
        .group_by(Posting.currency)
    )
    return {currency: int(minor) for currency, minor in rows}


def provider_sums(account: str, transactions: list[str], newest: int) -> dict[tuple[str, str], tuple[int, int]]:
    """What `account` was moved by for each of the provider's `transactions`, by (transaction, currency).

    Two sums: over all entries, and over those up to `newest`.
    """
    before = case((Entry.id <= newest, Posting.minor), else_=0)
    rows = db.session.execute(
        select(Entry.provider_transaction, Posting.currency, func.sum(Posting.minor), func.sum(before))
        .join(Posting, Posting.entry_id == Entry.id)
        .where(Posting.account == account, Entry.provider_transaction.in_(transactions))
        .group_by(Entry.provider_transaction, Posting.currency)
    )
    return {(str(transaction), currency): (int(now), int(then)) for transaction, currency, now, then in rows}
