"""What the clock and the outbox do with updates."""

from sqlalchemy import select

from app.cases.models import Case, CaseStageChange
from app.cases.states import CaseState
from app.core.ids import hash_token
from app.database import db
from app.jobs.queue import defer, job
from app.mail.outbox import post, post_many
from app.pledges.states import PledgeState
from app.updates import duties, readers
from app.updates.models import Update
from app.updates.states import Kind


@job("updates.tell_backers")
def tell_backers(update_id: int, after: int = 0) -> None:
    """Write the letters of one slice of the backers down, and defer the next; a repeated slice writes none twice."""
    update = db.session.get_one(Update, update_id)
    people = readers.slice_of(update.case_id, after)
    name = "updates.concluded" if update.kind == Kind.OUTCOME else "updates.posted"
    post_many(
        name,
        [
            (
                readers.letter_key(update.id, reader.email),
                reader.email,
                reader.lang,
                {"update": update.id, "pledge": reader.pledge_id},
            )
            for reader in people
        ],
    )
    if len(people) == readers.SLICE:
        last = people[-1].first_id
        defer("updates.tell_backers", {"update_id": update.id, "after": last}, uniq=f"update:{update.id}:tell:{last}")


@job("updates.tell_of_relaunch")
def tell_of_relaunch(case_id: int, after: int = 0) -> None:
    """Tell those who backed the first try of a case, once each, that there is a new page; of a public one only."""
    case = db.session.get_one(Case, case_id)
    if case.is_private or case.relaunch_of_id is None:
        return
    people = readers.slice_of(case.relaunch_of_id, after, states=(PledgeState.RELEASED,))
    post_many(
        "updates.started_again",
        [
            (
                f"relaunch:{case_id}:{hash_token(reader.email)[:32]}",
                reader.email,
                reader.lang,
                {"case": case_id, "pledge": reader.pledge_id},
            )
            for reader in people
        ],
    )
    if len(people) == readers.SLICE:
        last = people[-1].first_id
        defer("updates.tell_of_relaunch", {"case_id": case_id, "after": last}, uniq=f"case:{case_id}:relaunch:{last}")


@job("updates.tell_of_stages")
def tell_of_stages(change_id: int, after: int = 0) -> None:
    """Tell the backers, once each, that the stages of their case were changed; `change_id` is the last change of one
    save. Slices as with updates.
    """
    change = db.session.get_one(CaseStageChange, change_id)
    people = readers.slice_of(change.case_id, after)
    post_many(
        "updates.stages_changed",
        [
            (
                f"stages:{change_id}:{hash_token(reader.email)[:32]}",
                reader.email,
                reader.lang,
                {"change": change_id, "pledge": reader.pledge_id},
            )
            for reader in people
        ],
    )
    if len(people) == readers.SLICE:
        last = people[-1].first_id
        defer("updates.tell_of_stages", {"change_id": change_id, "after": last}, uniq=f"stages:{change_id}:tell:{last}")


@job("updates.remind", every_minutes=60)
def remind() -> None:
    """Write to the lawyers whose updates are soon due, due or late; each reminder goes out once."""
    funded = list(db.session.scalars(select(Case).where(Case.state == CaseState.FUNDED).order_by(Case.id)))
    for case_id, duty in duties.of_many(funded).items():
        days = duties.reminder(duty)
        if days is None:
            continue
        case = db.session.get_one(Case, case_id)
        user, due_on = case.lawyer.user, duty.due_on.isoformat()
        facts = {"case": case_id, "due_on": due_on, "days": days}
        post(f"case:{case_id}:update_due:{due_on}:{days}", "updates.due", to=user.email, lang=user.lang, facts=facts)
