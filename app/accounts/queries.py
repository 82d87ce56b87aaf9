"""What is asked about accounts. Nothing is changed here."""

from dataclasses import dataclass

from flask_login import UserMixin
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import SignIn, StaffRole, User
from app.core import clock, ids
from app.database import db


class Identity(UserMixin):
    """A live sign-in. Flask-Login keeps its `id`, the token, in the cookie and asks for it on each request."""

    def __init__(self, token: str, user: User) -> None:
        self.id = token
        self.user = user


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
    user = db.session.scalar(
        select(User)
        .join(SignIn, SignIn.user_id == User.id)
        .where(
            SignIn.token_hash == ids.hash_token(token),
            SignIn.ended_at.is_(None),
            SignIn.expires_at > clock.real_now(),
            User.disabled_at.is_(None),
        )
        .options(joinedload(User.roles))
    )
    return Identity(token, user) if user else None


def staff() -> list[User]:
    """Everybody who holds a staff role now, by email."""
    holders = select(StaffRole.user_id).where(StaffRole.ended_at.is_(None))
    query = select(User).where(User.id.in_(holders)).options(selectinload(User.roles)).order_by(User.email)
    return list(db.session.scalars(query))
