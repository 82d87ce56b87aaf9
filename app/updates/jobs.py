"""What the clock and the outbox do with updates."""

from sqlalchemy import select

from app.cases.models import Case
from app.cases.states import CaseState
from app.database import db
from app.jobs.queue import defer, job
from app.mail.outbox import post, post_many
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
