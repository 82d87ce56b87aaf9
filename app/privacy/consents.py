"""The consent log: who agreed to what, when, and to which words. It is read from where each consent was given.

There are three kinds: what a backer agreed to with a pledge, what a client answered to a page, and that somebody wants
no letters about a case. Nothing is copied, so the log cannot disagree with what counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.accounts.models import User
from app.accounts.personal import Person
from app.audit.models import AuditEntry
from app.cases.models import Case, ClientConsent
from app.database import db
from app.pledges import personal as pledges
from app.pledges.models import Pledge
from app.updates.models import UpdateOptout

PAGE = 50
MOST = 30  # of one person and one kind; their copy of their data has all
KINDS = ("pledges", "client", "emails")


@dataclass(frozen=True)
class Consent:
    """One line: `kind` is pledge, client, emails or claim. `who` is a number that tells a stranger nothing.

    `text` is what was agreed to, word for word, in `lang`; `version` and `hash` say to which wording.
    """

    id: int
    kind: str
    at: datetime
    who: str = ""
    given: bool = True
    text: str = ""
    lang: str = ""
    version: str = ""
    hash: str = ""
    case: Case | None = None


def of_person(user: User) -> list[Consent]:
    """What somebody with an account consented to, the latest first; the latest MOST of each kind."""
    person = Person.of(user)
    made = select(Pledge).where(pledges.theirs(person)).order_by(Pledge.id.desc()).limit(MOST)
    found = [_of_pledge(row) for row in db.session.scalars(made)]
    if person.email:
        asked = (ClientConsent.email == person.email, ClientConsent.answer != "")
        found += [_of_client(row) for row in db.session.scalars(_latest(ClientConsent, *asked))]
        stopped = _latest(UpdateOptout, UpdateOptout.email == person.email)
        found += [_of_emails(row, db.session.get(Case, row.case_id)) for row in db.session.scalars(stopped)]
    claimed = (AuditEntry.actor_id == user.id, AuditEntry.action == "pledges.claimed")
    found += [Consent(row.id, "claim", row.at) for row in db.session.scalars(_latest(AuditEntry, *claimed))]
    return sorted(found, key=lambda consent: consent.at, reverse=True)


def _latest(table: Any, *conditions: Any) -> Any:
    return select(table).where(*conditions).order_by(table.id.desc()).limit(MOST)


def of_case(case: Case, kind: str, before: int | None, limit: int = PAGE) -> Sequence[Consent]:
    """Consents of one of KINDS about a case, the latest first, from below the row with id `before`."""
    table: Any = {"pledges": Pledge, "client": ClientConsent, "emails": UpdateOptout}[kind]
    query = select(table).where(table.case_id == case.id)
    if kind == "client":
        query = query.where(ClientConsent.answer != "")
    if before is not None:
        query = query.where(table.id < before)
    rows = db.session.scalars(query.order_by(table.id.desc()).limit(limit))
    if kind == "pledges":
        return [_of_pledge(row) for row in rows]
    return [_of_client(row) if kind == "client" else _of_emails(row, case) for row in rows]


def _of_pledge(row: Pledge) -> Consent:
    return Consent(
        row.id,
        "pledge",
        row.consented_at,
        who=row.public_id,
        text=row.consent_text,
        lang=row.lang,
        version=row.terms_version,
        hash=row.consent_hash,
        case=row.case,
    )


def _of_client(row: ClientConsent) -> Consent:
    return Consent(
        row.id,
        "client",
        row.answered_at or row.asked_at,
        given=row.answer == "agree",
        text=row.wording,
        lang=row.wording_lang,
        version=row.wording_version,
        hash=row.text_hash,
        case=row.case,
    )


def _of_emails(row: UpdateOptout, case: Case | None) -> Consent:
    return Consent(row.id, "emails", row.at, given=False, case=case)
