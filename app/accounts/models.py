"""Accounts, staff roles, sign-ins, links that work once, passkeys and recovery codes."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.clock import now
from app.core.ids import public_id
from app.database import Base, BigId, UTCDateTime


class User(Base):
    """A person who can sign in. `email` is stored in lower case; `totp_secret` (base32) turns codes on.

    `confirmed_at` says that letters to the address reach them. `name_fixed_at` is set while the name is part of what
    staff check or have checked, `codes_required_at` once they do what needs a second factor. A secret that no code has
    proved yet waits in `pending_totp_secret` until `pending_totp_until` (real time).
    """

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(200))
    lang: Mapped[str] = mapped_column(String(5), default="en")
    totp_secret: Mapped[str | None] = mapped_column(String(64))
    totp_last_step: Mapped[int | None] = mapped_column(BigId)
    pending_totp_secret: Mapped[str | None] = mapped_column(String(64))
    pending_totp_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    name_fixed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    codes_required_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    roles: Mapped[list["StaffRole"]] = relationship(back_populates="user", foreign_keys="StaffRole.user_id")
    passkeys: Mapped[list["Passkey"]] = relationship(
        back_populates="user", order_by="Passkey.id", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def role_names(self) -> frozenset[str]:
        """The staff roles they hold now."""
        return frozenset(role.role for role in self.roles if role.ended_at is None)

    @property
    def is_confirmed(self) -> bool:
        """Whether they have shown that letters to their address reach them."""
        return self.confirmed_at is not None

    @property
    def has_second_factor(self) -> bool:
        """Whether more than the password is asked for: codes from an app, a passkey, or both."""
        return self.totp_secret is not None or bool(self.passkeys)

    @property
    def needs_codes(self) -> bool:
        """Whether they must have a second factor: staff, and lawyers who were verified."""
        return self.codes_required_at is not None or bool(self.role_names)

    @property
    def owes_codes(self) -> bool:
        """Whether they must have a second factor and have none yet."""
        return self.needs_codes and not self.has_second_factor


class StaffRole(Base):
    """A staff role that somebody was given, and perhaps lost again."""

    __tablename__ = "staff_roles"
    __table_args__ = (UniqueConstraint("user_id", "role"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(20))
    given_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    given_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    user: Mapped[User] = relationship(back_populates="roles", foreign_keys=[user_id])


class SignIn(Base):
    """A sign-in on one device. The cookie holds a token, the row its hash; each request looks the row up.

    Its moments are real time, never the moved clock of a demonstration. `proved_at` is when they last proved again who
    they are, before something sensitive. `device` is what `devices` made of the browser's name; nothing else about the
    device is kept.
    """

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    proved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    device: Mapped[str] = mapped_column(String(40), default="")

    user: Mapped[User] = relationship()


class OneTimeLink(Base):
    """A link in a letter to `email`, for one of `by_letter.KINDS`. It works once, until `expires_at` (real time).

    Its token is derived from `seed` when the letter is sent, and never stored; the row holds the token's hash.
    """

    __tablename__ = "one_time_links"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    email: Mapped[str] = mapped_column(String(254))
    seed: Mapped[str] = mapped_column(String(32))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    user: Mapped[User] = relationship()


class Passkey(Base):
    """A key that one device or one account of devices holds, and of which we know the public half.

    `credential_id` and `public_key` (COSE) are base64url. `sign_count` is what the key counted up to at its last use; 0
    for one that does not count. `transports` says how browsers reach it, by commas. Moments are real time.
    """

    __tablename__ = "passkeys"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    public_key: Mapped[str] = mapped_column(Text)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    transports: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    user: Mapped[User] = relationship(back_populates="passkeys")


class RecoveryCode(Base):
    """One of the codes that stand in for the second factor, each once. Stored hashed; shown only when it is made."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
