"""Whose data something is, and what this room holds about them.

Every room with such data has a file like this one: `about` gives it out, `duties` says why it cannot go yet, `erase`
takes it away, and `HOLDS` names the columns by which it is found, so that a test can tell that none was forgotten.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, delete, func, inspect, or_, select

from app.accounts.by_letter import KINDS
from app.accounts.models import OneTimeLink, Passkey, RecoveryCode, SignIn, StaffRole, User
from app.audit.models import AuditEntry
from app.audit.service import record
from app.core import clock, erased
from app.database import db

HOLDS = frozenset(
    {
        "users.email",
        "sign_ins.user_id",
        "one_time_links.user_id",
        "one_time_links.email",
        "passkeys.user_id",
        "recovery_codes.user_id",
        "staff_roles.user_id",
        "audit_entries.actor_id",
    }
)
# What a row is known by inside, and secrets that its owner has in another form or should have nowhere.
_INSIDE = re.compile(r"id|.*_id|.*_by|.*hash|.*secret|.*_key|seed|.*totp_.*|leased_until|sign_count|transports")


@dataclass(frozen=True)
class Person:
    """An account with what belongs to its address, or an address without an account (`user` None).

    `email` is empty while nothing shows that letters to the address reach whoever has the account.
    """

    user: User | None
    email: str

    @classmethod
    def of(cls, user: User) -> "Person":
        """Whoever has the account `user`."""
        return cls(user, user.email if user.is_confirmed else "")


def told(row: Any, *without: str) -> dict[str, Any]:
    """The columns of a row as JSON takes them, but those that mean something inside only, and those named."""
    names = (attribute.key for attribute in inspect(row).mapper.column_attrs)
    return {name: _plain(getattr(row, name)) for name in names if not _INSIDE.fullmatch(name) and name not in without}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else value


# ---------------------------------------------------------------- having it
def about(person: Person) -> dict[str, Any]:
    """The account, where it was signed in, links sent, keys, roles, and what its owner did."""
    user = person.user
    links = [
        told(link) for link in db.session.scalars(select(OneTimeLink).where(_links(person)).order_by(OneTimeLink.id))
    ]
    if user is None:
        return {"links": links}
    codes = select(func.count()).where(RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None))
    done = select(AuditEntry.at, AuditEntry.action).where(AuditEntry.actor_id == user.id).order_by(AuditEntry.id)
    return {
        "account": told(user) | {"has_codes": user.totp_secret is not None},
        "sign_ins": [told(row) for row in _mine(SignIn, user)],
        "passkeys": [told(row, "credential_id") for row in _mine(Passkey, user)],
        "recovery_codes_left": db.session.scalar(codes),
        "staff_roles": [told(row) for row in _mine(StaffRole, user)],
        "links": links,
        "log": [{"at": _plain(at), "action": action} for at, action in db.session.execute(done)],
    }


def _mine(table: Any, user: User) -> Any:
    return db.session.scalars(select(table).where(table.user_id == user.id).order_by(table.id))


def _links(person: Person) -> ColumnElement[bool]:
    """Links that they asked for. One that another account asked for is known to that account too."""
    return OneTimeLink.user_id == person.user.id if person.user else OneTimeLink.email == person.email


def letter_keys(user: User) -> list[str]:
    """Patterns of the keys of letters about the account, wherever they were sent: to an address it had before, say."""
    seeds = db.session.execute(select(OneTimeLink.kind, OneTimeLink.seed).where(OneTimeLink.user_id == user.id))
    # A link to claim pledges went to an address that is perhaps not theirs.
    sent = [f"{KINDS[kind].letter}:{seed}" for kind, seed in seeds if kind in ("confirm", "known", "reset")]
    return [f"accounts.%:{user.id}:%", *sent]


# ---------------------------------------------------------------- taking it away
def duties(person: Person) -> list[str]:
    """Why the account cannot be erased yet."""
    if person.user is not None and person.user.role_names:
        return [_("You are a member of staff. An administrator ends your role first.")]
    return []


def erase(person: Person) -> None:
    """Empty the account, which can never be signed in to again; what is known by its id stays consistent."""
    db.session.execute(delete(OneTimeLink).where(or_(_links(person), _sent_to(person))))
    user = person.user
    if user is None:
        return
    for table in (SignIn, Passkey, RecoveryCode):
        db.session.execute(delete(table).where(table.user_id == user.id))
    user.email, user.name, user.password_hash = erased.address(), erased.NAME, ""
    user.totp_secret = user.pending_totp_secret = None
    user.totp_last_step = user.pending_totp_until = None
    user.disabled_at = user.disabled_at or clock.now()
    record("account.erased", user, actor_id=user.id)
    db.session.flush()
    db.session.expire(user)


def _sent_to(person: Person) -> ColumnElement[bool]:
    return and_(OneTimeLink.email == person.email, OneTimeLink.email != "")


def ended_sign_ins(before: datetime) -> Any:
    """Ids of sign-ins that ended before that moment (real time)."""
    ended = func.coalesce(SignIn.ended_at, SignIn.expires_at)
    return select(SignIn.id).where(or_(ended < before, SignIn.expires_at < before))


def forget_sign_ins(ids: list[int]) -> None:
    """Delete these sign-ins."""
    db.session.execute(delete(SignIn).where(SignIn.id.in_(ids)))


def old_links(before: datetime) -> Any:
    """Ids of links that stopped working before that moment (real time)."""
    return select(OneTimeLink.id).where(OneTimeLink.expires_at < before)


def forget_links(ids: list[int]) -> None:
    """Delete these links."""
    db.session.execute(delete(OneTimeLink).where(OneTimeLink.id.in_(ids)))
