"""Somebody of whom we hold all that we hold of anybody, every word of it their own; and looking for such a word."""

from io import BytesIO

from sqlalchemy import text

from app.accounts import by_letter, queries
from app.accounts import service as accounts
from app.accounts.models import User
from app.cases import client, invitations
from app.cases.models import Case
from app.core import clock
from app.database import db, is_derived, metadata
from app.lawyers import service as lawyers
from app.mail.outbox import post
from app.moderation.models import Report
from app.pledges.models import Pledge
from app.pledges.states import PledgeState
from app.privacy import asking
from app.storage import files
from app.updates import readers
from tests.cases import backed, stages
from tests.people import PASSWORD

P = PledgeState


def account(word: str) -> User:
    """An account with sign-ins and links, an application as a lawyer that was not decided, and a page never sent in."""
    email = f"{word}@example.org"
    user = queries.by_email(email) or accounts.register(email, f"Nam{word} Family", PASSWORD)
    accounts.sign_in(user, f"Firefox {word}")
    by_letter.send_reset(user.id)
    by_letter.ask_to_move(user, f"moved-{word}@example.org")
    details = ("solicitor", "Solicitors Regulation Authority", "612345", f"Firm{word} Legal", "Leeds")
    lawyer = lawyers.apply(user, *details)
    lawyer.evidence = files.keep(BytesIO(b"%PDF-1.7"), f"paper{word}.pdf", by_id=user.id)
    lawyers.save_draft(user, {"firm": f"Firm{word} anew"})
    stages.draft(lawyer, title=f"Titled {word}")
    guest(word, email, user)
    db.session.flush()
    return user


def guest(word: str, email: str, user: User | None = None) -> None:
    """What there may be of an address: pledges that ended, letters, a client's answer, an invitation, a report."""
    for state in (P.RELEASED, P.ABANDONED):
        pledge(word, email, state, user_id=user.id if user else None)
    asked = stages.asked(stages.draft(title="Of a client"), f"Nam{word} Client", email)
    client.wish_changes(client.token_of(asked), f"Wish {word}")
    private, _token = stages.live_private()
    invitations.invite(private, [email], "en")
    about = stages.live(title="A reported page")
    reported = {"kind": "case", "case_id": about.id, "lawyer_id": about.lawyer_id, "concern": "other", "lang": "en"}
    db.session.add(Report(form_key=f"form {len(word)}{word[-1]}", words="It is odd.", email=email, **reported))
    asking.ask(email, "en")
    db.session.flush()


def pledge(word: str, email: str, state: PledgeState, case: Case | None = None, **values: object) -> Pledge:
    """A pledge with its letter, whose backer wants no others."""
    made = backed.pledge(
        case or stages.live(title="Clean water"),
        25,
        state,
        **{"name": f"Nam{word} Family", "email": email, "message": f"Said {word}", "card_last4": "4242", **values},
    )
    made.ended_at = clock.now()
    readers.unsubscribe(made)
    post(f"thanks:{made.id}", "pledges.thanks", to=email, lang="en", facts={"pledge": made.id})
    return made


def everywhere(word: str) -> dict[str, int]:
    """In how many rows `word` stands, by table, however it is written."""
    db.session.flush()
    found = {}
    for name in metadata.tables:
        if not is_derived(name):
            rows = db.session.execute(text(f'SELECT * FROM "{name}"'))
            number = sum(word.lower() in repr(tuple(row)).lower() for row in rows)
            found |= {name: number} if number else {}
    return found
