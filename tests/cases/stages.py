"""Cases at every stage up to going live, made by calling the services as the doors do.

The functions need an application context and leave the commit to the caller. Further arguments by name are what the
page says, in place of `WORDS`.
"""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.accounts.models import User
from app.cases import client, drafting, fields, labels, publishing, review
from app.cases.client import Client
from app.cases.drafting import CostsRisk, Line, Parties, Prospects, Stage
from app.cases.models import Area, Case, ClientConsent
from app.cases.states import Visibility
from app.core import clock
from app.core.money import Money
from app.database import db
from app.lawyers.models import Lawyer
from tests.people import leila, mina

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
    **words: Any,
) -> Case:
    """A complete draft. Its one budget line is of `minor` pence."""
    said = {**PARTIES, **WORDS, **words}
    case = empty_draft(lawyer, visibility)
    drafting.describe(case, title=said["title"], area=area(area_slug), kind="litigation")
    drafting.set_parties(case, Parties(**{name: said[name] for name in PARTIES}))
    drafting.tell_story(case, said["summary"], said["story"])
    drafting.set_budget(case, [Line(said["line"], said["detail"], Money(minor, "GBP"))], None)
    drafting.plan_stages(case, Stage(said["stage"], said["stage_reason"]))
    drafting.set_deadline(case, day(closes_in), costs(note=said["costs_note"]))
    drafting.assess(case, Prospects("reasonable", said["prospects_note"]))
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
    return review.approve(case, by or mina(), comment, checks=labels.CHECKS, seen=seen)


def approved(*args: Any, by: User | None = None, comment: str = "", **values: Any) -> Case:
    """A case that may be published."""
    case = in_review(*args, **values)
    approve(case, by, comment)
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
