"""Limits on what may be tried how often, counted in database rows, so that every process counts together.

A door calls `check` and then `note` in one transaction and commits before it goes on, so that attempts at the same time
cannot pass together. A refused attempt is not noted: somebody who keeps hammering does not keep the window shut.
Time here is real time, whatever a demonstration's clock says.
"""

import hashlib
import hmac
import math
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from sqlalchemy import Select, delete, func, select

from app.core import clock
from app.core.errors import TooMany as TooMany
from app.database import db, is_sqlite
from app.web.models import ThrottleHit
from app.web.secret import secret_key

KEPT = timedelta(days=30)


def check(kind: str, key: str, limit: int, per_seconds: int) -> None:
    """Raise TooMany if `kind` was noted for `key` at least `limit` times in the last `per_seconds`.

    On PostgreSQL this also holds back other transactions that check the same until this one ends; SQLite has one
    writer.
    """
    key_hash = _hash(kind, key)
    if not is_sqlite():
        db.session.execute(select(func.pg_advisory_xact_lock(int(key_hash[:15], 16))))
    real = clock.real_now()
    # The hit that must leave the window before there is room again.
    deciding = db.session.scalar(
        select(ThrottleHit.at)
        .where(
            ThrottleHit.kind == kind,
            ThrottleHit.key_hash == key_hash,
            ThrottleHit.at > real - timedelta(seconds=per_seconds),
        )
        .order_by(ThrottleHit.at.desc())
        .offset(limit - 1)
        .limit(1)
    )
    if deciding is not None:
        free_at = deciding + timedelta(seconds=per_seconds)
        raise TooMany(max(1, math.ceil((free_at - real).total_seconds())))


def note(kind: str, key: str) -> None:
    """Count one attempt of `kind` for `key`."""
    db.session.add(ThrottleHit(kind=kind, key_hash=_hash(kind, key), at=clock.real_now()))


def take_back(kind: str, key: str) -> None:
    """Uncount the latest attempt of `kind` for `key`: it turned out to be a good one."""
    mine = (ThrottleHit.kind == kind) & (ThrottleHit.key_hash == _hash(kind, key))
    latest = select(func.max(ThrottleHit.id)).where(mine).scalar_subquery()
    db.session.execute(delete(ThrottleHit).where(ThrottleHit.id == latest))


def was_noted(kind: str, key: str) -> bool:
    """Whether `kind` was noted for `key` within the time that rows are kept."""
    hit = select(ThrottleHit.id).where(ThrottleHit.kind == kind, ThrottleHit.key_hash == _hash(kind, key)).limit(1)
    return db.session.scalar(hit) is not None


def address_block(address: str | None) -> str:
    """The network an address belongs to (IPv4 /24, IPv6 /56): one person easily has many addresses of one network."""
    try:
        known = ip_address(address or "")
    except ValueError:
        return "unknown"
    return str(ip_network((known, 24 if known.version == 4 else 56), strict=False))


def noted_before(moment: datetime) -> Select[int]:
    """Ids of what was noted before `moment` (real time). What is older than KEPT no limit looks at any more."""
    return select(ThrottleHit.id).where(ThrottleHit.at < moment)


def forget(ids: list[int]) -> None:
    """Delete these rows. The caller commits."""
    db.session.execute(delete(ThrottleHit).where(ThrottleHit.id.in_(ids)))


def _hash(kind: str, key: str) -> str:
    return hmac.new(secret_key(), f"{kind}\0{key}".encode(), hashlib.sha256).hexdigest()
