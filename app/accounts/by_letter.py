"""What begins with a letter: joining, confirming one's address, a new password, another address.

Whoever presses the button behind the link in a letter has shown that the letter reached them. A link works once, for a
while (real time), and is derived from its row when the letter is sent. Nothing that a page answers tells whether an
address has an account: that is told by letter, to the address itself.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from app.accounts import service
from app.accounts.models import OneTimeLink, User
from app.accounts.queries import by_email
from app.audit.service import record
from app.core import clock, ids
from app.core.errors import N_, Conflict, NotFound
from app.database import db, is_sqlite
from app.jobs.queue import defer
from app.mail.outbox import post
from app.web.secret import secret_key


@dataclass(frozen=True)
class Kind:
    """How long a link works, and the letter that it stands in."""

    lasts: timedelta
    letter: str


KINDS = {
    "confirm": Kind(timedelta(hours=24), "accounts.confirm"),
    "change": Kind(timedelta(hours=24), "accounts.confirm"),
    "known": Kind(timedelta(minutes=15), "accounts.already_registered"),
    "reset": Kind(timedelta(minutes=15), "accounts.reset"),
    "claim": Kind(timedelta(hours=24), "pledges.claim"),
}
CONFIRMING = ("confirm", "change")
RESETTING = ("reset", "known")


class LinkEnded(NotFound):
    """The link was used, is too old, was altered, or never existed."""

    message = N_("This link does not work any more.")


class AddressTaken(Conflict):
    """Between the letter and the button somebody else got an account with this address."""

    message = N_("This address cannot be used for your account.")


# ---------------------------------------------------------------- links
def token_of(link: OneTimeLink) -> str:
    """The token of `link`, for the letter that is being sent."""
    return _token(link.kind, link.seed)


def _token(kind: str, seed: str) -> str:
    return ids.derive(secret_key(), f"account.{kind}", seed, 1)


def _send(user: User, kind: str, email: str) -> None:
    """Make a link and write the letter down that brings it to `email`."""
    send(make(user, kind, email))


def send(link: OneTimeLink) -> None:
    """Write the letter down that brings `link` to its address; again is quiet."""
    name = KINDS[link.kind].letter
    post(f"{name}:{link.seed}", name, to=link.email, lang=link.user.lang, facts={"link": link.id})


def make(user: User, kind: str, email: str) -> OneTimeLink:
    """A link of `kind` to `email` for `user`, not sent to anybody yet."""
    seed, real = ids.public_id(), clock.real_now()
    link = OneTimeLink(
        user_id=user.id,
        kind=kind,
        email=email,
        seed=seed,
        token_hash=ids.hash_token(_token(kind, seed)),
        created_at=real,
        expires_at=real + KINDS[kind].lasts,
    )
    db.session.add(link)
    db.session.flush()
    return link


def working(link_id: int) -> OneTimeLink | None:
    """The link while it works: unused, in time, its account open."""
    link = db.session.get(OneTimeLink, link_id)
    if link is None or link.used_at or link.expires_at <= clock.real_now() or link.user.disabled_at:
        return None
    return link


def find(token: str, kinds: tuple[str, ...]) -> OneTimeLink:
    """The link of one of `kinds` that `token` opens, still to be used. Raises LinkEnded."""
    link = _row(token, kinds)
    if link is None or link.used_at is not None:
        raise LinkEnded()
    return link


def _row(token: str, kinds: tuple[str, ...]) -> OneTimeLink | None:
    """The link, used or not, while it is in time and its account is open."""
    return db.session.scalar(
        select(OneTimeLink)
        .join(OneTimeLink.user)
        .where(
            OneTimeLink.token_hash == ids.hash_token(token),
            OneTimeLink.kind.in_(kinds),
            OneTimeLink.expires_at > clock.real_now(),
            User.disabled_at.is_(None),
        )
    )


def use(token: str, kinds: tuple[str, ...]) -> OneTimeLink:
    """Take a link out of use. Of two at the same time one comes through. Raises LinkEnded."""
    link = find(token, kinds)
    unused = update(OneTimeLink).where(OneTimeLink.id == link.id, OneTimeLink.used_at.is_(None))
    if db.session.scalar(unused.values(used_at=clock.real_now()).returning(OneTimeLink.id)) is None:
        raise LinkEnded()
    return link


def _end_links(user: User) -> None:
    mine = update(OneTimeLink).where(OneTimeLink.user_id == user.id, OneTimeLink.used_at.is_(None))
    db.session.execute(mine.values(used_at=clock.real_now()))


# ---------------------------------------------------------------- joining
def sign_up(email: str, name: str, password_hash: str, lang: str, *, may_write: bool = True) -> None:
    """Make an account that waits to be confirmed; of an address that has one, the owner is told so by letter.

    One statement makes the account or finds that there is one, whoever else joins at the same time; all that differs
    then is a job's work, so that it takes as long. `may_write` False sends no letter to a known address: it got some
    lately. Raises BadEmail, BadName.
    """
    email, name = service.normal_email(email), service.checked_name(name)
    values = {"email": email, "name": name, "password_hash": password_hash, "lang": lang}
    dialect = sqlite if is_sqlite() else postgresql
    making = dialect.insert(User).values(values).on_conflict_do_nothing(index_elements=["email"]).returning(User.id)
    made = db.session.scalar(making)
    defer("accounts.joined", {"email": email, "is_new": made is not None, "may_write": may_write})


def joined(email: str, *, is_new: bool, may_write: bool) -> None:
    """Send whoever signed up with `email` a link to confirm it; whoever had it before is told that there was one."""
    user = by_email(email)
    if user is not None and is_new:
        record("account.registered", user, actor_id=user.id)
        send_confirmation(user)
    elif may_write:
        tell_known(email)


def tell_known(email: str) -> None:
    """Tell whoever has the account of `email` that it exists, with a link to a new password."""
    user = by_email(email)
    if user is not None and user.disabled_at is None:
        _send(user, "known", email)


def send_confirmation(user: User) -> None:
    """Send `user` a link to confirm their address; quiet if it is confirmed."""
    if not user.is_confirmed:
        _send(user, "confirm", user.email)


def confirm(token: str) -> User:
    """The address that the link was sent to is theirs: their present one, or the new one they asked for.

    A second press of the same button is quiet. Raises LinkEnded, AddressTaken.
    """
    row = _row(token, CONFIRMING)
    if row is not None and row.used_at is not None and row.user.is_confirmed and row.user.email == row.email:
        return row.user
    link = use(token, CONFIRMING)
    user = link.user
    if link.kind == "change":
        _move(user, link.email)
    elif link.email != user.email:
        raise LinkEnded()
    user.confirmed_at = user.confirmed_at or clock.now()
    record("account.confirmed", user, actor_id=user.id)
    return user


# ---------------------------------------------------------------- another address
def ask_to_move(user: User, email: str, *, may_write: bool = True) -> None:
    """Send a link to the new address; it counts once that is used. An address with an account is told so instead.

    `user` sees no difference: the page shows that the address waits to be confirmed, and who is told what is a job's
    work. Raises BadEmail.
    """
    email = service.normal_email(email)
    if email != user.email:
        link = make(user, "change", email)
        defer("accounts.asked_to_move", {"link": link.id if may_write else 0})


def asked_to_move(link_id: int) -> None:
    """Send the link to the new address; of one that has an account, the owner is told so and nobody gets the link."""
    link = working(link_id)
    if link is None:
        return
    if by_email(link.email):
        tell_known(link.email)
    else:
        send(link)


def _move(user: User, email: str) -> None:
    """Give `user` their new address and tell both; links in earlier letters end. Raises AddressTaken."""
    old = user.email
    try:
        with db.session.begin_nested():
            user.email = email
    except IntegrityError:
        raise AddressTaken() from None
    user.confirmed_at = clock.now()
    _end_links(user)
    record("account.moved", user, actor_id=user.id)
    for to in (old, email):
        service.tell(user, "accounts.email_changed", to=to, is_old=to == old)


# ---------------------------------------------------------------- a new password
def ask_reset(email: str, *, may_write: bool = True) -> None:
    """Have a link to a new password sent to `email` if it has an account.

    The letter is a job's work, so that it takes as long for an address that nobody has.
    """
    user = by_email(email)
    known = user is not None and user.disabled_at is None and may_write
    defer("accounts.reset", {"user": user.id if user is not None and known else 0})


def send_reset(user_id: int) -> None:
    """Send the link, unless there is no such account any more."""
    user = db.session.get(User, user_id)
    if user is not None and user.disabled_at is None:
        _send(user, "reset", user.email)


def reset(token: str, password_hash: str) -> User:
    """Give the holder of a letter a new password: every sign-in and every other link of theirs ends.

    They are not signed in by it, so a second factor is asked for as ever. Raises LinkEnded.
    """
    link = use(token, RESETTING)
    user = link.user
    if link.email != user.email:
        raise LinkEnded()
    user.confirmed_at = user.confirmed_at or clock.now()  # the letter has reached them
    _end_links(user)
    service.set_password(user, password_hash)
    return user
