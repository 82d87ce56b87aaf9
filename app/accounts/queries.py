"""What is asked about accounts. Nothing is changed here."""

from dataclasses import dataclass
from datetime import datetime

from flask_login import UserMixin
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import OneTimeLink, Passkey, RecoveryCode, SignIn, StaffRole, User
from app.core import clock, ids
from app.database import db


class Identity(UserMixin):
    """A live sign-in. Flask-Login keeps its `id`, the token, in the cookie and asks for it on each request.

    `proved_at` is when they last showed who they are (real time): at `asked_at`, if they were asked again, or when they
    signed in.
    """

    def __init__(
        self, token: str, user: User, began_at: datetime | None = None, asked_at: datetime | None = None
    ) -> None:
        self.id = token
        self.user = user
        self.asked_at = asked_at
        self.proved_at = asked_at or began_at or clock.real_now()


@dataclass(frozen=True)
class Credentials:
    """What a password is checked against; both None for an address without a usable account."""

    user_id: int | None = None
    password_hash: str | None = None


def by_email(email: str) -> User | None:
    """The account of `email`, however its letters are written."""
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


def credentials(email: str) -> Credentials:
    """Credentials of the account of `email`; empty ones if there is none or it is disabled."""
    row = db.session.execute(
        select(User.id, User.password_hash).where(User.email == email.strip().lower(), User.disabled_at.is_(None))
    ).first()
    return Credentials(*row) if row else Credentials()


def identity(token: str) -> Identity | None:
    """Who holds the sign-in `token`; None when it ended, expired or never existed, or the account is disabled."""
    found = db.session.execute(
        select(User, SignIn.created_at, SignIn.proved_at)
        .join(SignIn, SignIn.user_id == User.id)
        .where(
            SignIn.token_hash == ids.hash_token(token),
            SignIn.ended_at.is_(None),
            SignIn.expires_at > clock.real_now(),
            User.disabled_at.is_(None),
        )
        .options(joinedload(User.roles))
    ).unique()
    row = found.first()
    return Identity(token, *row) if row else None


def sign_ins(user: User) -> list[SignIn]:
    """The sign-ins of `user` that live now, the latest first."""
    live = (SignIn.user_id == user.id, SignIn.ended_at.is_(None), SignIn.expires_at > clock.real_now())
    return list(db.session.scalars(select(SignIn).where(*live).order_by(SignIn.id.desc())))


def passkey(user: User, passkey_id: int) -> Passkey | None:
    """One of the passkeys of `user`."""
    return next((key for key in user.passkeys if key.id == passkey_id), None)


def recovery_codes_left(user: User) -> int:
    """How many of their recovery codes `user` has not used."""
    left = select(func.count()).where(RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(left) or 0


def wanted_address(user: User) -> str | None:
    """The address that `user` wants to have instead of the present one and has not confirmed yet."""
    latest = (
        select(OneTimeLink.email)
        .where(
            OneTimeLink.user_id == user.id,
            OneTimeLink.kind == "change",
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > clock.real_now(),
        )
        .order_by(OneTimeLink.id.desc())
        .limit(1)
    )
    return db.session.scalar(latest)


def staff() -> list[User]:
    """Everybody who holds a staff role now, by email."""
    holders = select(StaffRole.user_id).where(StaffRole.ended_at.is_(None))
    query = select(User).where(User.id.in_(holders)).options(selectinload(User.roles)).order_by(User.email)
    return list(db.session.scalars(query))
