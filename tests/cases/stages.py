"""Cases at every stage up to going live, made by calling the services as the doors do.

The functions need an application context and leave the commit to the caller. Further arguments by name are what the
page says, in place of `WORDS`.
"""

from datetime import date
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.accounts.models import User
from app.cases import (
    client,
    court_filing,
    drafting,
    fields,
    filing_review,
    instruction,
    labels,
    publishing,
    review,
)
from app.cases.client import Client
from app.cases.drafting import CostsRisk, Line, Parties, Prospects, Stage
from app.cases.files import Sent
from app.cases.instruction import Statement
from app.cases.models import Area, Case, CaseFiling, ClientConsent
from app.cases.states import CaseState, Visibility
from app.core import clock
from app.core.money import Money
from app.database import db
from app.lawyers.models import Lawyer
from app.storage import files
from tests.people import dara, leila, mina

UNFILED = 1_400_000  # pence that a budget may come to before the filing is checked, with room for fees
STORY = "The council closed the library without asking those who read there. " * 8
PARTIES: dict[str, Any] = {
    "acting_for": "the readers of Thornley",
    "respondent": "Thornley Borough Council",
    "court": "Administrative Court, Leeds",
    "claim_number": "AC-2026-LDS-000117",
    "legal_stage": "permission",
    "cause_of_action": "Failure to consult",
    "relief_sought": "An order that the council decides again after asking the public",
    "who_benefits": "People who hold a library card",
    "benefits_place": "Thornley and four villages around it",
    "benefits_number": 9_400,
}
WORDS: dict[str, str] = {
    "title": "Keep Thornley library open",
    "summary": "A town asks the court to let its library stay.",
    "story": STORY,
    "costs_note": "We have asked the court for a cap.",
    "prospects_note": "The council was bound to ask the public, and its own minutes say that it did not.",
    "stage": "Permission and the first hearing",
    "stage_reason": "The court decides whether the claim may go on.",
    "line": "Counsel’s fee",
    "detail": "two days in court",
    **{name: words for name, words in PARTIES.items() if isinstance(words, str)},
}


def day(ahead: int, zone: str = "Europe/London") -> date:
    """The day that is `ahead` days from today in `zone`."""
    return date.fromordinal(clock.now().astimezone(ZoneInfo(zone)).toordinal() + ahead)


def area(slug: str = "government") -> Area:
    return db.session.scalars(select(Area).where(Area.slug == slug)).one()


def empty_draft(lawyer: Lawyer | None = None, visibility: Visibility = Visibility.PUBLIC, lang: str = "en") -> Case:
    """A draft of which only the first part is done."""
    return drafting.open_case(lawyer or leila(), visibility, lang)


def costs(risk: str = "uncapped", cap: Money | None = None, note: str = WORDS["costs_note"]) -> CostsRisk:
    """What losing could cost, of a client without insurance."""
    return CostsRisk(risk, cap, note, "none")


def draft(
    lawyer: Lawyer | None = None,
    visibility: Visibility = Visibility.PUBLIC,
    *,
    area_slug: str = "government",
    minor: int = 450_000,
    closes_in: int = 30,
    signed_by: str = "Ada Marlowe",
    **words: Any,
) -> Case:
    """A complete draft. Its one budget line is of `minor` pence."""
    said = {**PARTIES, **WORDS, **words}
    case = empty_draft(lawyer, visibility)
    drafting.describe(case, title=said["title"], area=area(area_slug), kind="litigation")
    drafting.set_parties(case, Parties(**{name: said[name] for name in PARTIES}))
    stated(case, signed_by)
    if minor > UNFILED:
        filed(case, said["court"], said["claim_number"])
    drafting.tell_story(case, said["summary"], said["story"])
    drafting.set_budget(case, [Line(said["line"], said["detail"], Money(minor, "GBP"))], None)
    drafting.plan_stages(case, Stage(said["stage"], said["stage_reason"]))
    drafting.set_deadline(case, day(closes_in), costs(note=said["costs_note"]))
    drafting.assess(case, Prospects("reasonable", said["prospects_note"]))
    return case


def stated(case: Case, signed_by: str = "Ada Marlowe") -> Case:
    """The case, of which the lawyer says how its client of now has instructed them."""
    drafting.state_instruction(case, Statement("client_care", signed_by, day(-40)))
    return case


def filed(case: Case, court: str = "Administrative Court, Leeds", number: str = "AC-2026-LDS-000117") -> CaseFiling:
    """What was filed in court, as the lawyer sends it; nobody has checked it."""
    paper = files.keep(BytesIO(f"%PDF-1.7 {number}".encode()), "proof.pdf", by_id=case.lawyer.user_id)
    said = court_filing.Particulars(court, number, day(-10))
    return court_filing.send(case, said, Sent(paper, paper.sha256), by_id=case.lawyer.user_id)


def instructed(case: Case) -> Case:
    """The case, with the paper that its client signed."""
    paper = files.keep(BytesIO(b"%PDF-1.7 signed"), "letter.pdf", by_id=case.lawyer.user_id)
    instruction.add_paper(case, Sent(paper, paper.sha256), by_id=case.lawyer.user_id)
    return case


def checked(case: Case, by: User | None = None) -> Case:
    """The case, of which a reviewer (Mina, if nobody is named) has found that it is filed."""
    row, reviewer = court_filing.latest(case) or filed(case), by or mina()
    filing_review.see(row, reviewer)
    assert filing_review.check(row, reviewer)
    return case


def asked(case: Case, name: str = "Ada Marlowe", email: str = "ada@example.org", lang: str = "en") -> ClientConsent:
    """The client is sent a link; what they will answer to."""
    return review.ask_client(case, Client(name, email, lang))


def consented(case: Case, **whom: str) -> Case:
    """The case, to whose page as it is now the client agrees."""
    client.agree(client.token_of(asked(case, **whom)), seen=fields.fingerprint(case))
    return case


def in_review(*args: Any, **values: Any) -> Case:
    """A case that waits for a reviewer and whose client agrees."""
    case = consented(draft(*args, **values))
    review.submit(case)
    return case


def approve(case: Case, by: User | None = None, comment: str = "", *, seen: int | None = None) -> bool:
    """A reviewer (Mina, if nobody is named) who has checked everything approves."""
    reviewer = by or mina()
    if case.instruction is not None and case.instruction.paper is not None:
        instruction.see(case, reviewer)
    filing = court_filing.latest(case)
    if filing is not None and filing.state == "sent" and case.lawyer.user_id != reviewer.id:
        checked(case, reviewer)
    return review.approve(case, by or mina(), comment, checks=labels.CHECKS, seen=seen)


def approve_wholly(case: Case, by: User | None = None, comment: str = "") -> None:
    """As many reviewers approve as its target asks for."""
    approve(case, by, comment)
    if case.state == CaseState.IN_REVIEW:
        approve(case, dara())


def approved(*args: Any, by: User | None = None, comment: str = "", **values: Any) -> Case:
    """A case that may be published."""
    case = in_review(*args, **values)
    approve_wholly(case, by, comment)
    return case


def live(*args: Any, **values: Any) -> Case:
    """A public case that takes pledges."""
    case = approved(*args, **values)
    assert publishing.publish(case) is None
    return case


def live_private(lawyer: Lawyer | None = None, **values: Any) -> tuple[Case, str]:
    """A private case that takes pledges, and the token of its link."""
    case = approved(lawyer, Visibility.PRIVATE, **values)
    token = publishing.publish(case)
    assert token is not None
    return case, token
