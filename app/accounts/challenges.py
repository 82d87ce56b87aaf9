"""The challenges that passkeys answer, and their answers as they come to the doors.

A challenge waits in the visitor's signed cookie, for one purpose, for a few minutes, and counts once. The cookie can be
kept and sent again, so what was answered is noted in the database.
"""

from flask import request, session

from app.accounts import limits, passkeys
from app.accounts.models import User
from app.core import clock, ids
from app.database import db

LASTS = 600  # seconds


def ask(purpose: str, user: User | None = None) -> str:
    """A challenge (base64url) for `purpose`: the one that waits, unless it is about to end, or else a new one.

    Two open windows share it.
    """
    known, moment = _waiting(purpose, user), int(clock.real_now().timestamp())
    if known is None or int(known["until"]) - moment < LASTS // 2:
        known = {"challenge": ids.token(), "until": moment + LASTS, "user": user.id if user else 0}
        session["challenges"] = {**session.get("challenges", {}), purpose: known}
    return str(known["challenge"])


def _waiting(purpose: str, user: User | None) -> dict[str, str | int] | None:
    known = session.get("challenges", {}).get(purpose)
    return known if known and known["user"] == (user.id if user else 0) else None


def take(purpose: str, user: User | None = None) -> str:
    """The challenge that was asked, to be answered now and never again. Ends the transaction.

    Raises passkeys.WrongPasskey, throttle.TooMany.
    """
    limits.count_passkey(request.remote_addr)
    known = _waiting(purpose, user)
    session["challenges"] = {name: kept for name, kept in session.get("challenges", {}).items() if name != purpose}
    is_good = known is not None and int(known["until"]) > clock.real_now().timestamp()
    is_good = is_good and known is not None and limits.spend(str(known["challenge"]))
    db.session.commit()
    if known is None or not is_good:
        raise passkeys.WrongPasskey()
    return str(known["challenge"])


def answered(purpose: str, user: User | None = None, *, verified: bool) -> User:
    """Who answered the challenge of `purpose` with the form that was sent; see `passkeys.use`.

    Raises passkeys.WrongPasskey, with nothing left open in the transaction; throttle.TooMany.
    """
    challenge = take(purpose, user)
    try:
        return passkeys.use(challenge, request.form.get("answer", ""), user, verified=verified)
    except passkeys.Copied as error:
        db.session.rollback()
        passkeys.report_copy(error.key_id)
        db.session.commit()
        raise
    except passkeys.WrongPasskey:
        db.session.rollback()
        raise
