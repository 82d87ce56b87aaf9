"""What can happen to invitations: private pages are opened by letter, one link a person.

A link works for its person only: whoever follows it names the address that it was sent to, or is signed in with it. The
token is derived from the row when the letter is sent, and stored hashed.
"""

from collections.abc import Sequence
from datetime import timedelta

from flask import current_app
from sqlalchemy import select

from app.accounts.service import BadEmail, normal_email
from app.audit.service import record
from app.cases import access
from app.cases.models import Case, CaseGrant
from app.cases.moves import held
from app.cases.publishing import NoLinks
from app.core import clock, ids
from app.core.errors import N_, Invalid
from app.database import db
from app.i18n.locale import LANGUAGES, alternate_url
from app.mail.outbox import post
from app.settings.queries import in_force
from app.web.secret import secret_key

MOST = 50  # addresses at a time


class NoAddresses(Invalid):
    """An empty list."""

    message = N_("Write at least one email address.")
    field = "addresses"


class TooManyAddresses(Invalid):
    """More than one form takes."""

    message = N_("Write at most %(most)s addresses at a time. There are %(given)s.")
    field = "addresses"


class BadAddress(Invalid):
    """A line that is no address; none of the list is invited."""

    message = N_("Line %(line)s is not an email address: %(said)s")
    field = "addresses"


class BadLanguage(Invalid):
    """A language that we do not write letters in."""

    message = N_("Choose one of the answers.")
    field = "lang"


class NotTheirs(Invalid):
    """The invitation was sent to another address."""

    message = N_("This invitation was sent to another address. Enter the one that the email came to.")
    field = "email"


def read_addresses(written: str) -> list[str]:
    """The addresses, one a line, each once and as it is stored. Raises NoAddresses, TooManyAddresses, BadAddress."""
    found: dict[str, None] = {}
    for number, line in enumerate(written.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found[normal_email(line.strip())] = None
        except BadEmail:
            raise BadAddress(line=number, said=line.strip()[:60]) from None
    if not found:
        raise NoAddresses()
    if len(found) > MOST:
        raise TooManyAddresses(most=MOST, given=len(found))
    return list(found)


def invite(case: Case, addresses: Sequence[str], lang: str) -> list[CaseGrant]:
    """Invite these people; who has an invitation that works gets no second one. The new ones. Raises NoLinks,
    BadLanguage.
    """
    case = held(case)
    if not (case.is_private and case.is_published):
        raise NoLinks()
    if lang not in LANGUAGES:
        raise BadLanguage()
    invited = {grant.email for grant in of_case(case) if is_working(grant)}
    made = [_invite(case, email, lang) for email in dict.fromkeys(addresses) if email not in invited]
    if made:
        record("case.invited", case, actor_id=case.lawyer.user_id, number=len(made))
    return made


def _invite(case: Case, email: str, lang: str) -> CaseGrant:
    days = timedelta(days=in_force().invitation_days)
    grant = CaseGrant(
        case_id=case.id,
        kind="invitation",
        email=email,
        lang=lang,
        expires_at=clock.real_now() + days,
        created_by=case.lawyer.user_id,
    )
    db.session.add(grant)
    db.session.flush()
    grant.token_hash = ids.hash_token(token_of(grant))
    post(f"invitation:{grant.id}", "cases.invited", to=email, lang=lang, facts={"grant": grant.id})
    return grant


def token_of(grant: CaseGrant) -> str:
    """The token of the link, for the letter that is being sent."""
    return ids.derive(secret_key(), "invitation", grant.id, 1)


def link_of(grant: CaseGrant) -> str:
    """Absolute address of the link, in the language of its letter."""
    return str(current_app.config["AMICUS"].base_url) + alternate_url(f"p/invited/{token_of(grant)}", grant.lang)


def of_case(case: Case) -> list[CaseGrant]:
    """Every invitation to a page, in the order in which they were sent."""
    theirs = select(CaseGrant).where(CaseGrant.case_id == case.id, CaseGrant.kind == "invitation")
    return list(db.session.scalars(theirs.order_by(CaseGrant.id)))


def is_working(grant: CaseGrant) -> bool:
    """Whether the invitation still opens the page."""
    return grant.revoked_at is None and grant.expires_at is not None and grant.expires_at > clock.real_now()


def standing(grant: CaseGrant) -> str:
    """`revoked`, `expired`, `opened` or `sent`."""
    if grant.revoked_at is not None:
        return "revoked"
    if not is_working(grant):
        return "expired"
    return "opened" if grant.opened_at else "sent"


def accept(token: str, email: str, *, signed_in_as: str = "") -> CaseGrant:
    """Use an invitation; `email` is what its holder typed, `signed_in_as` the confirmed address of their account.

    Any number of times, until it ends or runs out. Raises NotFound, NotTheirs.
    """
    grant = access.grant_of_invitation(token)
    if grant.email not in (email.strip().lower(), signed_in_as):
        raise NotTheirs()
    if grant.opened_at is None:
        grant.opened_at = clock.now()
        record("case.invitation_opened", grant.case, grant=grant.id)
    return grant


def revoke(case: Case, grant_id: int) -> bool:
    """End an invitation and the right that came by it, at once; False if it had ended, or is none of this case."""
    mine = select(CaseGrant).where(
        CaseGrant.id == grant_id,
        CaseGrant.case_id == case.id,
        CaseGrant.kind == "invitation",
        CaseGrant.revoked_at.is_(None),
    )
    grant = db.session.scalar(mine.with_for_update(of=CaseGrant).execution_options(populate_existing=True))
    if grant is None:
        return False
    grant.revoked_at = clock.now()
    db.session.flush()
    record("case.invitation_revoked", case, actor_id=case.lawyer.user_id, grant=grant_id)
    return True
