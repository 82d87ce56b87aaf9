"""What this room holds about a lawyer and about a client: see `accounts.personal`."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, delete, false, func, or_, select, union, update

from app.accounts.personal import Person, told
from app.audit.models import AuditEntry
from app.audit.service import record
from app.cases.models import (
    Case,
    CaseDocument,
    CaseFiling,
    CaseGrant,
    CaseInstruction,
    CasePicture,
    CaseReview,
    ClientConsent,
    PictureVariant,
)
from app.cases.states import PUBLISHED, CaseState
from app.core import clock, erased
from app.database import db
from app.lawyers.queries import by_user
from app.mail.models import OutgoingLetter
from app.storage import files
from app.storage.models import StoredFile

HOLDS = frozenset({"client_consents.email", "case_grants.email", "cases.lawyer_id"})
RUNNING = frozenset({CaseState.OPEN, CaseState.CLOSING, CaseState.FUNDED})
OVER = frozenset({CaseState.UNFUNDED, CaseState.CONCLUDED})


def about(person: Person) -> dict[str, Any]:
    """The cases they wrote, with what reviewers answered; what they were asked as somebody's client; and invitations.

    Whom a lawyer invited is not in it: those people are others. What somebody was invited to is private, and not named.
    """
    answers = select(ClientConsent).where(_asked(person)).order_by(ClientConsent.id)
    cases = db.session.scalars(select(Case).where(_own(person)).order_by(Case.id))
    return {
        "cases": [_case(case) for case in cases],
        "client_consents": [told(row) for row in db.session.scalars(answers)],
        "invitations": [
            told(row, "label", "version") for row in db.session.scalars(select(CaseGrant).where(_invited(person)))
        ],
    }


def _case(case: Case) -> dict[str, Any]:
    reviews = db.session.scalars(select(CaseReview).where(CaseReview.case_id == case.id).order_by(CaseReview.id))
    papers = select(CaseDocument).where(CaseDocument.case_id == case.id).order_by(CaseDocument.id)
    pictures = select(CasePicture).where(CasePicture.case_id == case.id).order_by(CasePicture.id)
    filings = select(CaseFiling).where(CaseFiling.case_id == case.id).order_by(CaseFiling.id)
    return told(case, "story_html") | {
        "reviews": [told(review) for review in reviews],
        "documents": [told(paper, "sent_sha256") for paper in db.session.scalars(papers)],
        "pictures": [told(picture, "sent_sha256") for picture in db.session.scalars(pictures)],
        "instruction": told(case.instruction, "sent_sha256") if case.instruction else None,
        "filings": [told(filing, "sent_sha256") for filing in db.session.scalars(filings)],
    }


def _own(person: Person) -> ColumnElement[bool]:
    lawyer = by_user(person.user.id) if person.user else None
    return Case.lawyer_id == lawyer.id if lawyer else false()


def _asked(person: Person) -> ColumnElement[bool]:
    return (ClientConsent.email == person.email) & (ClientConsent.email != "")


def _invited(person: Person) -> ColumnElement[bool]:
    return (CaseGrant.email == person.email) & (CaseGrant.email != "")


def duties(person: Person) -> list[str]:
    """Why their data cannot go yet: money was raised for something that has not ended."""
    found = []
    if db.session.scalar(select(Case.id).where(_own(person), Case.state.in_(RUNNING)).limit(1)) is not None:
        found.append(_("You run a case that has not ended. Its backers are owed your updates and its outcome."))
    asked = select(ClientConsent.id).join(ClientConsent.case).where(_asked(person), ClientConsent.answer == "agree")
    if db.session.scalar(asked.where(Case.state.in_(RUNNING)).limit(1)) is not None:
        found.append(_("You are the client of a case that has not ended. Your consent is what lets its page stand."))
    return found


def erase(person: Person) -> None:
    """Delete the pages that were never live, with all that hangs on them, and empty what a client answered."""
    never = db.session.scalars(select(Case).where(_own(person), Case.state.not_in(PUBLISHED))).all()
    delete_pages([case.id for case in never])
    live = select(Case.id).where(_own(person))
    db.session.execute(  # a link's label names whom it was for; a pledge's is its id
        update(CaseGrant).where(CaseGrant.case_id.in_(live), CaseGrant.kind != "pledge").values(label="")
    )
    told_of = or_(CaseInstruction.case_id.in_(live), CaseInstruction.case_id.in_(_clients_cases(person)))
    papers = _proofs(CaseInstruction.id.in_(_ids(told_of)), CaseFiling.case_id.in_(live))
    forget_proofs(list(db.session.scalars(union(*papers))))
    forget_signers(list(db.session.scalars(_ids(told_of))))
    forget_clients(list(db.session.scalars(select(ClientConsent.id).where(_asked(person)))))
    forget_invitations(list(db.session.scalars(select(CaseGrant.id).where(_invited(person)))))


def _clients_cases(person: Person) -> Any:
    """Ids of the cases whose client they are: what was signed bears their name."""
    return select(ClientConsent.case_id).where(_asked(person))


def _ids(instructions: ColumnElement[bool]) -> Any:
    return select(CaseInstruction.id).where(instructions, CaseInstruction.signed_by != erased.NAME)


# ---------------------------------------------------------------- by the clock
def old_drafts(before: datetime) -> Any:
    """Ids of pages that nobody sent in and nobody touched since that moment."""
    return select(Case.id).where(Case.state == CaseState.DRAFT, Case.submitted_at.is_(None), Case.updated_at <= before)


def delete_pages(case_ids: Collection[int]) -> None:
    """Delete pages that were never live, and drop the letters about them that wait."""
    rows = db.session.scalars(select(Case).where(Case.id.in_(case_ids), Case.state.not_in(PUBLISHED))).all()
    gone = {case.id for case in rows}
    asked = set(db.session.scalars(select(ClientConsent.id).where(ClientConsent.case_id.in_(gone))))
    waiting = select(OutgoingLetter).where(
        OutgoingLetter.sent_at.is_(None), OutgoingLetter.dropped_at.is_(None), OutgoingLetter.name.startswith("cases.")
    )
    for letter in db.session.scalars(waiting) if gone else ():
        if letter.facts.get("case") in gone or letter.facts.get("consent") in asked:
            letter.dropped_at = clock.now()
    for file in _files(gone):
        files.delete(file)
        file.name = f"erased.{file.kind}"
    for case in rows:
        record("case.deleted", case)
        db.session.expunge(case)
    db.session.flush()
    db.session.execute(delete(Case).where(Case.id.in_(gone)).execution_options(synchronize_session=False))


def _files(case_ids: Collection[int]) -> list[StoredFile]:
    """Everything on the disk that belongs to these pages."""
    pictures = select(CasePicture.id).where(CasePicture.case_id.in_(case_ids))
    held = union(
        *_proofs(CaseInstruction.case_id.in_(case_ids), CaseFiling.case_id.in_(case_ids)),
        select(CaseDocument.file_id).where(CaseDocument.case_id.in_(case_ids)),
        select(CasePicture.file_id).where(CasePicture.case_id.in_(case_ids)),
        select(PictureVariant.file_id).where(PictureVariant.picture_id.in_(pictures)),
    )
    return list(db.session.scalars(select(StoredFile).where(StoredFile.id.in_(held))))


def _proofs(instructions: ColumnElement[bool], filings: ColumnElement[bool]) -> tuple[Any, Any]:
    """What finds the ids of the papers of these proofs."""
    said = select(CaseInstruction.file_id).where(CaseInstruction.file_id.is_not(None), instructions)
    return said, select(CaseFiling.file_id).where(filings)


def proofs_decided(before: datetime) -> Any:
    """Ids of papers that prove an instruction or a filing, decided about before that moment and still there.

    What waits for a decision again, after an appeal for example, has time until then.
    """
    waits = select(Case.id).where(Case.state.in_((CaseState.DRAFT, CaseState.IN_REVIEW, CaseState.CHANGES_REQUESTED)))
    papers = _proofs(
        and_(CaseInstruction.decided_at <= before, CaseInstruction.case_id.not_in(waits)),
        CaseFiling.decided_at <= before,
    )
    return select(StoredFile.id).where(StoredFile.deleted_at.is_(None), StoredFile.id.in_(union(*papers)))


def forget_proofs(file_ids: Collection[int]) -> None:
    """Delete these papers; that there were some, and what was decided, stays."""
    for file in db.session.scalars(select(StoredFile).where(StoredFile.id.in_(file_ids))):
        files.delete(file)
        file.name = f"erased.{file.kind}"


def signers_over(before: datetime) -> Any:
    """Ids of instructions for cases that ended before that moment, with the name of who signed."""
    named = CaseInstruction.signed_by.not_in(("", erased.NAME))
    return select(CaseInstruction.id).join(CaseInstruction.case).where(is_over(before), named)


def forget_signers(instruction_ids: Collection[int]) -> None:
    """Take the names of who signed out of these instructions."""
    theirs = update(CaseInstruction).where(CaseInstruction.id.in_(instruction_ids))
    db.session.execute(theirs.values(signed_by=erased.NAME))


def invitations_ended(before: datetime) -> Any:
    """Ids of invitations that ended before that moment (real time)."""
    ended = func.coalesce(CaseGrant.revoked_at, CaseGrant.expires_at)
    return select(CaseGrant.id).where(ended <= before, CaseGrant.email != "", CaseGrant.email.not_like(erased.PATTERN))


def forget_invitations(grant_ids: Collection[int]) -> None:
    """End these invitations, if they have not ended, and take their addresses away."""
    for row in db.session.scalars(select(CaseGrant).where(CaseGrant.id.in_(grant_ids))):
        row.revoked_at, row.version = row.revoked_at or clock.now(), row.version + 1
        row.email, row.label = erased.address(), ""


def is_over(before: datetime) -> ColumnElement[bool]:
    """Cases that ended before that moment, for the database. When one was concluded stands in the log."""
    concluded = (
        select(func.max(AuditEntry.at))
        .where(
            AuditEntry.subject_kind == "cases", AuditEntry.subject_id == Case.id, AuditEntry.action == "case.concluded"
        )
        .scalar_subquery()
    )
    return and_(Case.state.in_(OVER), func.coalesce(Case.closed_at, concluded) <= before)


def clients_over(before: datetime) -> Any:
    """Ids of what clients answered for cases that ended before that moment."""
    return select(ClientConsent.id).join(ClientConsent.case).where(is_over(before), _not_emptied())


def clients_silent(before: datetime) -> Any:
    """Ids of questions that went unanswered, and could be answered until before that moment (real time)."""
    return select(ClientConsent.id).where(
        ClientConsent.answer == "", ClientConsent.expires_at <= before, _not_emptied()
    )


def _not_emptied() -> ColumnElement[bool]:
    return ClientConsent.name != erased.NAME


def forget_clients(consent_ids: Collection[int]) -> None:
    """Take name, address and message out of what clients were asked; what was agreed to, and when, stays."""
    for row in db.session.scalars(select(ClientConsent).where(ClientConsent.id.in_(consent_ids))):
        if not row.answer:
            row.ended_at = row.ended_at or clock.now()
        row.name, row.email, row.message = erased.NAME, erased.address(), ""
