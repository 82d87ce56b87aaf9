"""A passphrase in front of a private page's links, which its lawyer may set.

It is asked of whoever opens a link. Invitations are bound to a person and backers come by their pledge; the lawyer's
own way in is their account, so that no number of wrong tries keeps the owner out.
"""

from sqlalchemy import update

from app.accounts import service as accounts
from app.audit.service import record
from app.cases.models import Case, CaseGrant
from app.cases.moves import held
from app.core.errors import N_, Invalid
from app.database import db

LONGEST = 200  # characters


class TooEasy(Invalid):
    """One that would soon be guessed."""

    message = N_("Use at least 10 characters, and nothing that others would guess.")
    field = "passphrase"


class WrongPassphrase(Invalid):
    """Not the one that the lawyer set."""

    message = N_("That is not the passphrase of this page. Ask whoever sent you the link.")
    field = "passphrase"


def hashed(passphrase: str) -> str:
    """The hash of a new passphrase. Takes long on purpose: no transaction may be open. Raises TooEasy."""
    if not 10 <= len(passphrase) <= LONGEST:
        raise TooEasy()
    try:
        return accounts.hash_password(passphrase)
    except accounts.BadPassword:
        raise TooEasy() from None


def put(case: Case, passphrase_hash: str) -> None:
    """Ask for this passphrase from now on, or for none if it is empty. Who came in by a link must come in again."""
    case = held(case)
    if not passphrase_hash and not case.passphrase_hash:
        return
    case.passphrase_hash = passphrase_hash
    theirs = update(CaseGrant).where(CaseGrant.case_id == case.id, CaseGrant.kind == "link")
    if passphrase_hash:
        db.session.execute(theirs.values(version=CaseGrant.version + 1).execution_options(synchronize_session="fetch"))
    record("case.passphrase_set" if passphrase_hash else "case.passphrase_ended", case, actor_id=case.lawyer.user_id)


def check(passphrase_hash: str, given: str) -> None:
    """Raise WrongPassphrase unless `given` is the one. Takes long: no transaction should be open."""
    if not accounts.password_matches(passphrase_hash, given):
        raise WrongPassphrase()
