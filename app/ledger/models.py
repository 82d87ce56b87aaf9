"""The books: entries and postings, append-only and balanced by the database itself.

Postings are written first (their link to the entry is checked at commit), then the entry. A trigger refuses an entry
with fewer than two postings or with a currency that does not sum to zero; another refuses a posting that comes after
its entry. SQLite has no constraint triggers, and this order needs none.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.database import Base, BigId, Trigger, UTCDateTime, append_only, register_trigger


class Entry(Base):
    """One event in the books. `key` names it for ever: the same event cannot be booked twice."""

    __tablename__ = "entries"
    __table_args__ = (
        Index("ix_entries_case", "case_id", "id"),
        Index("ix_entries_transaction", "provider_transaction"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    provider_transaction: Mapped[str | None] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class Posting(Base):
    """One line of an entry; `minor` is pence, debits positive, credits negative."""

    __tablename__ = "postings"
    __table_args__ = (
        CheckConstraint("minor <> 0", name="not_zero"),
        Index("ix_postings_account", "account", "currency", "entry_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id", deferrable=True, initially="DEFERRED"), index=True)
    account: Mapped[str] = mapped_column(String(60))
    minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))


append_only("entries")
append_only("postings")

_UNBALANCED = (
    "(SELECT count(*) FROM postings WHERE entry_id = NEW.id) < 2 OR EXISTS "
    "(SELECT 1 FROM postings WHERE entry_id = NEW.id GROUP BY currency HAVING sum(minor) <> 0)"
)
_CLOSED = "EXISTS (SELECT 1 FROM entries WHERE id = NEW.entry_id)"


def _refuse(name: str, table: str, condition: str, message: str) -> None:
    register_trigger(
        Trigger(
            name,
            table,
            (
                f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN {condition} "
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END",
            ),
            (
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF {condition} THEN RAISE EXCEPTION '{message}'; END IF; RETURN NEW; END $$",
                f"CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
            ),
        )
    )


_refuse("entries_balanced", "entries", _UNBALANCED, "entry does not balance")
_refuse("postings_before_entry", "postings", _CLOSED, "entry is closed")
