"""Asking for one's data without an account: by a link in a letter to the address.

Nothing that the page answers tells whether we hold anything: that is told by letter, to the address itself. To an
address with an account the letter says so, and carries no link that could stand in for signing in.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update

from app.accounts import by_letter, service
from app.accounts.models import User
from app.accounts.personal import Person
from app.accounts.queries import by_email
from app.core import clock, ids
from app.database import db
from app.jobs.queue import defer
from app.mail.outbox import post
from app.privacy.models import PrivacyLink
from app.web.secret import secret_key

HOLDS = frozenset({"privacy_links.email"})
LASTS = timedelta(hours=24)
_PURPOSE = "privacy.link"


def token_of(link: PrivacyLink) -> str:
    """The token of `link`, for the letter that is being sent."""
    return _token(link.seed)


def _token(seed: str) -> str:
    return ids.derive(secret_key(), _PURPOSE, seed, 1)


def ask(email: str, lang: str, *, may_write: bool = True) -> None:
    """Have a link to what we hold about `email` sent there, if there is anything. Raises BadEmail.

    Whatever could tell is a job's work. `may_write` False: the address got enough letters lately.
    """
    seed, real = ids.public_id(), clock.real_now()
    link = PrivacyLink(
        email=service.normal_email(email),
        lang=lang,
        seed=seed,
        token_hash=ids.hash_token(_token(seed)),
        created_at=real,
        expires_at=real + LASTS,
    )
    db.session.add(link)
    db.session.flush()
    defer("privacy.answer", {"link": link.id, "may_write": may_write})


def send(link: PrivacyLink) -> None:
    """Write the letter down that brings `link` to its address; again is quiet."""
    post(f"privacy.link:{link.seed}", "privacy.link", to=link.email, lang=link.lang, facts={"link": link.id})


def working(link_id: int) -> PrivacyLink | None:
    """The link while it works."""
    link = db.session.get(PrivacyLink, link_id)
    return None if link is None or link.used_at or link.expires_at <= clock.real_now() else link


def account_of(link: PrivacyLink) -> User | None:
    """The open account of the link's address."""
    user = by_email(link.email)
    return user if user is not None and user.disabled_at is None else None


def find(token: str) -> PrivacyLink:
    """The link that `token` opens. Raises LinkEnded, also when the address has an account by now."""
    row = db.session.scalar(
        select(PrivacyLink).where(
            PrivacyLink.token_hash == ids.hash_token(token),
            PrivacyLink.used_at.is_(None),
            PrivacyLink.expires_at > clock.real_now(),
        )
    )
    if row is None or account_of(row) is not None:
        raise by_letter.LinkEnded()
    return row


def use(token: str) -> Person:
    """Take a link out of use; whose data it opens. Of two at the same time one comes through. Raises LinkEnded."""
    link = find(token)
    unused = update(PrivacyLink).where(PrivacyLink.id == link.id, PrivacyLink.used_at.is_(None))
    if db.session.scalar(unused.values(used_at=clock.real_now()).returning(PrivacyLink.id)) is None:
        raise by_letter.LinkEnded()
    return Person(None, link.email)


def forget(link_ids: list[int]) -> None:
    """Delete these links."""
    db.session.execute(delete(PrivacyLink).where(PrivacyLink.id.in_(link_ids)))


# ---------------------------------------------------------------- what the asking itself leaves behind
def about(person: Person) -> dict[str, Any]:
    """When they asked."""
    asked = select(PrivacyLink.created_at).where(PrivacyLink.email == person.email, PrivacyLink.email != "")
    return {"asked": [at.isoformat() for at in db.session.scalars(asked.order_by(PrivacyLink.id))]}


def duties(person: Person) -> list[str]:
    """None."""
    return []


def erase(person: Person) -> None:
    """Delete every link to the address."""
    db.session.execute(delete(PrivacyLink).where(PrivacyLink.email == person.email, PrivacyLink.email != ""))


def old(before: datetime) -> Any:
    """Ids of links that ended before that moment (real time)."""
    return select(PrivacyLink.id).where(func.coalesce(PrivacyLink.used_at, PrivacyLink.expires_at) < before)
