"""What this room holds about a lawyer: see `accounts.personal`."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from app.accounts.personal import Person, told
from app.audit.service import record
from app.core import erased, ids
from app.database import db
from app.lawyers.models import ApplicationDraft, Lawyer, LawyerCheck, LawyerDecision
from app.lawyers.queries import by_user, draft_of
from app.lawyers.states import LawyerState
from app.storage import files
from app.storage.models import StoredFile

HOLDS = frozenset({"lawyers.user_id", "application_drafts.user_id"})


def about(person: Person) -> dict[str, Any]:
    """What they told us, what was checked, and what was decided about it. Who of staff did so is theirs."""
    if person.user is None:
        return {}
    found: dict[str, Any] = {"files": [told(file) for file in papers(person)]}
    draft, lawyer = draft_of(person.user.id), by_user(person.user.id)
    if draft is not None:
        found["application_draft"] = told(draft)
    if lawyer is not None:
        decisions = select(LawyerDecision).where(LawyerDecision.lawyer_id == lawyer.id).order_by(LawyerDecision.id)
        found["lawyer"] = told(lawyer)
        found["checks"] = [told(check) for check in lawyer.checks]
        found["decisions"] = [told(decision) for decision in db.session.scalars(decisions)]
    return found


def papers(person: Person) -> list[StoredFile]:
    """The evidence that they sent and we still have."""
    if person.user is None:
        return []
    holders = (draft_of(person.user.id), by_user(person.user.id))
    sent = [holder.evidence for holder in holders if holder is not None and holder.evidence is not None]
    return [file for file in sent if file.deleted_at is None]


def duties(person: Person) -> list[str]:
    """Nothing of a lawyer's own must stay; their cases must: `cases.personal`."""
    return []


def erase(person: Person) -> None:
    """Empty the lawyer's row, which closed cases go on pointing to; the badge comes down, evidence is deleted."""
    if person.user is None:
        return
    for file in papers(person):
        files.delete(file)
        file.name = f"erased.{file.kind}"
    db.session.flush()
    db.session.execute(delete(ApplicationDraft).where(ApplicationDraft.user_id == person.user.id))
    lawyer = by_user(person.user.id)
    if lawyer is None:
        return
    if lawyer.evidence is not None:
        lawyer.evidence.name = f"erased.{lawyer.evidence.kind}"
    lawyer.firm = lawyer.town = lawyer.registration_number = erased.NAME
    lawyer.register_name = lawyer.decline_reason = lawyer.suspension_reason = lawyer.portrait = ""
    lawyer.slug = ids.public_id()
    lawyer.state, lawyer.flag = LawyerState.DECLINED, ""
    about_them = LawyerDecision.lawyer_id == lawyer.id
    db.session.execute(update(LawyerDecision).where(about_them).values(reason=""))
    db.session.execute(update(LawyerCheck).where(LawyerCheck.lawyer_id == lawyer.id).values(source=erased.NAME))
    record("lawyer.erased", lawyer, actor_id=person.user.id)


def evidence_decided(before: datetime) -> Any:
    """Ids of lawyers whose evidence was decided about before that moment and is still there."""
    decided = (Lawyer.state != LawyerState.APPLIED, Lawyer.decided_at <= before)
    return select(Lawyer.id).join(Lawyer.evidence).where(StoredFile.deleted_at.is_(None), *decided)


def drafts_left(before: datetime) -> Any:
    """Ids of applications that were left unfinished before that moment."""
    return select(ApplicationDraft.id).where(ApplicationDraft.updated_at <= before)
