"""The client's consent to the publication of their case's page: asked for by letter, given, refused, taken back.

The link works once. Whoever opens it reads the page as it will be published and answers; the row keeps the wording they
agreed to and a hash of what they read. When a word of the page changes after that, the hash differs and the consent
counts no longer: the page is neither approved nor published until the client was asked again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from app.accounts.service import normal_email
from app.audit.service import record
from app.cases import access, fields, files, moves
from app.cases.models import Case, ClientConsent
from app.cases.states import CaseState, Consent
from app.core import clock, ids
from app.core.errors import N_, Conflict, Invalid
from app.database import db
from app.i18n.locale import LANGUAGES, alternate_url, get_locale
from app.mail.outbox import post
from app.web.secret import secret_key

LASTS = timedelta(days=14)
LONGEST_MESSAGE = 2000  # characters
WORDING_VERSION = "2026-11"


class NoConsent(Conflict):
    """The client has not agreed to the page as it is now."""

    message = N_("The client has not agreed to the page as it is now. They must be asked first.")


class CannotAsk(Conflict):
    """The page is live, or was turned down, and nobody asked that it become public."""

    message = N_("The client is asked before the page is live, not after.")


class OwnAddress(Invalid):
    """The lawyer would answer for the client."""

    message = N_("Enter your client’s address, not your own: the client answers for themselves.")
    field = "email"


class NoName(Invalid):
    """A client without a name."""

    message = N_("Enter your client’s name.")
    field = "name"


class BadLanguage(Invalid):
    """A language that we do not write letters in."""

    message = N_("Choose one of the answers.")
    field = "lang"


class PageChanged(Conflict):
    """The lawyer changed the page while the client was reading it."""

    message = N_("The page has changed since you opened it. Read it again, then answer.")


class NoMessage(Invalid):
    """A wish for changes that does not say which."""

    message = N_("Say what should be changed.")
    field = "message"


@dataclass(frozen=True)
class Client:
    """Whom to ask, where letters reach them, and in which language."""

    name: str
    email: str
    lang: str


@dataclass(frozen=True)
class Standing:
    """How the consent stands, and the row that says so (None while nobody was asked)."""

    state: Consent
    row: ClientConsent | None

    @property
    def is_given(self) -> bool:
        """Whether the client agrees to the page as it is now."""
        return self.state is Consent.GIVEN

    @property
    def can_wait(self) -> bool:
        """Whether there is nothing for the lawyer to do about it now."""
        return self.state in (Consent.GIVEN, Consent.WAITING)


# ---------------------------------------------------------------- how it stands
def standing(case: Case) -> Standing:
    """How the consent to `case` as it is now stands."""
    return _stands(case, _latest(case))


def standings(cases: Sequence[Case]) -> dict[int, Standing]:
    """The same of each of `cases`, by id, with as many queries for many as for one."""
    if not cases:
        return {}
    latest = (
        select(func.max(ClientConsent.id))
        .where(ClientConsent.case_id.in_([case.id for case in cases]), ClientConsent.ended_at.is_(None))
        .group_by(ClientConsent.case_id)
    )
    rows = db.session.scalars(
        select(ClientConsent)
        .where(ClientConsent.id.in_(latest))
        .options(
            selectinload(ClientConsent.case).selectinload(Case.area),
            selectinload(ClientConsent.case).selectinload(Case.budget),
            selectinload(ClientConsent.case).selectinload(Case.stages),
        )
    )
    found = {row.case_id: row for row in rows}
    files.read([row.case for row in found.values()])
    return {case.id: _stands(case, found.get(case.id)) for case in cases}


def _latest(case: Case) -> ClientConsent | None:
    rows = select(ClientConsent).where(ClientConsent.case_id == case.id, ClientConsent.ended_at.is_(None))
    return db.session.scalars(rows.order_by(ClientConsent.id.desc()).limit(1)).first()


def _stands(case: Case, row: ClientConsent | None) -> Standing:
    if row is None:
        return Standing(Consent.NONE, None)
    if row.answer == "change":
        return Standing(Consent.CHANGE, row)
    if row.answer:
        return Standing(Consent.GIVEN if row.text_hash == fields.fingerprint(case) else Consent.STALE, row)
    return Standing(Consent.WAITING if row.expires_at > clock.real_now() else Consent.EXPIRED, row)


def require(case: Case) -> None:
    """Raise NoConsent unless the client agrees to the page as it is now. The caller holds the case."""
    if not standing(case).is_given:
        raise NoConsent()


# ---------------------------------------------------------------- asking
def token_of(row: ClientConsent) -> str:
    """The token of the link, for the letter that is being sent."""
    return _token(row.seed)


def _token(seed: str) -> str:
    return ids.derive(secret_key(), "client", seed, 1)


def link_of(row: ClientConsent) -> str:
    """Absolute address at which the client answers, in the client's language."""
    return str(current_app.config["AMICUS"].base_url) + alternate_url(f"client/{token_of(row)}", row.lang)


def ask(case: Case, client: Client, *, form_key: str = "") -> ClientConsent:
    """Send the client a link; one that was sent before ends, with what was answered to it. The caller holds the case.

    A form that is sent twice, with the same `form_key`, asks once. Raises CannotAsk, NoName, BadEmail, OwnAddress,
    BadLanguage.
    """
    if not case.can_ask_client:
        raise CannotAsk()
    name, email = " ".join(client.name.split()), normal_email(client.email)
    if not name:
        raise NoName()
    if email == case.lawyer.user.email:
        raise OwnAddress()
    if client.lang not in LANGUAGES:
        raise BadLanguage()
    seed = ids.public_id()
    if form_key:
        seed = ids.derive(secret_key(), "client form", f"{case.public_id}:{form_key}", 1)
        asked = db.session.scalar(select(ClientConsent).where(ClientConsent.seed == seed))
        if asked is not None:
            return asked
    _end(case)
    row = ClientConsent(
        case_id=case.id,
        name=name,
        email=email,
        lang=client.lang,
        seed=seed,
        token_hash=ids.hash_token(_token(seed)),
        expires_at=clock.real_now() + LASTS,
    )
    db.session.add(row)
    db.session.flush()
    post(f"client:{row.id}:asked", "cases.client_asked", to=email, lang=row.lang, facts={"consent": row.id})
    record("case.client_asked", case, actor_id=case.lawyer.user_id, consent=row.id)
    return row


def ask_again(case: Case) -> None:
    """Ask whoever was asked before, if their answer no longer fits the page. The caller holds the case."""
    found = standing(case)
    if found.row is not None and not found.can_wait:
        ask(case, Client(found.row.name, found.row.email, found.row.lang))


def take_back(case: Case) -> bool:
    """The lawyer ends the link, and the consent if it was given; False if there was none. Raises CannotAsk."""
    case = moves.held(case)
    if not case.can_ask_client:
        raise CannotAsk()
    if not _end(case):
        return False
    record("case.client_consent_ended", case, actor_id=case.lawyer.user_id)
    return True


def _end(case: Case) -> bool:
    row = _latest(case)
    if row is not None:
        row.ended_at = clock.now()
        db.session.flush()
    return row is not None


# ---------------------------------------------------------------- answering
def wording(case: Case) -> str:
    """What the client agrees to, in the present language."""
    who_reads = (
        _("It is private: only people who have a link can open it.")
        if case.stays_private
        else _("It is public: anybody can find and read it.")
    )
    return " ".join((_("I am the client in this case. I have read this page and agree to its publication."), who_reads))


def _to_answer(token: str) -> tuple[ClientConsent, Case]:
    """The row that `token` opens and its case, both held. Raises NotFound."""
    case = moves.held(access.asked(token).case)
    # Looked up again: another answer, or an end, may have come before us.
    return access.asked(token), case


def agree(token: str, *, seen: str) -> bool:
    """The client agrees to the page whose fingerprint is `seen`; False if they answered before.

    Raises NotFound, PageChanged.
    """
    row, case = _to_answer(token)
    if row.answer:
        return False
    if seen != fields.fingerprint(case):
        raise PageChanged()
    row.wording, row.wording_lang, row.wording_version = wording(case), get_locale(), WORDING_VERSION
    row.text_hash, row.case_version = seen, case.version
    _answered(row, case, "agree", "agreed")
    return True


def wish_changes(token: str, message: str) -> bool:
    """The client asks for changes: the page goes back to the lawyer if it is with a reviewer, or approved.

    False if they answered before. Raises NotFound, NoMessage.
    """
    row, case = _to_answer(token)
    if row.answer:
        return False
    if not message.strip():
        raise NoMessage()
    row.message = message
    _answered(row, case, "change", "wants_changes")
    if case.state in (CaseState.IN_REVIEW, CaseState.APPROVED):
        moves.move(case, CaseState.CHANGES_REQUESTED)
    return True


def _answered(row: ClientConsent, case: Case, answer: str, event: str) -> None:
    row.answer, row.answered_at = answer, clock.now()
    record(f"case.client_{event}", case, consent=row.id)
    user = case.lawyer.user
    post(f"client:{row.id}:{event}", f"cases.client_{event}", to=user.email, lang=user.lang, facts={"consent": row.id})
