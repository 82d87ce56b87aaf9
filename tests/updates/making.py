"""Cases that met their target, with updates, outcomes and stories, made by calling the services as the doors do.

The functions need an application context and leave the commit to the caller.
"""

from datetime import date
from io import BytesIO
from typing import Any

from app.accounts.models import User
from app.cases import service as cases
from app.cases.models import Case
from app.lawyers.models import Lawyer
from app.pledges.states import PledgeState
from app.storage import files
from app.storage.models import StoredFile
from app.stories import service as stories
from app.stories.models import Story
from app.updates import outcomes, service
from app.updates.models import Outcome, Update
from app.updates.outcomes import Finding
from app.updates.service import Words
from tests.cases import stages
from tests.cases.backed import pledge
from tests.people import nima

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
PDF += b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
WORDS = Words("Permission granted", "The judge let **both grounds** go to a hearing.", "everyone")
SECRET = Words("For you alone", "zqsecretzq: we have made an offer.", "backers")
EFFECT = "The library opens again for all 9,400 readers."


def funded(lawyer: Lawyer | None = None, *, backers: tuple[str, ...] = ("omid@example.org",), **values: Any) -> Case:
    """A public case that met its target, each of `backers` having paid £25."""
    case = stages.live(lawyer, **values)
    return _paid(case, backers)


def funded_private(*, backers: tuple[str, ...] = ("omid@example.org",), **values: Any) -> Case:
    """A private case that met its target."""
    case, _token = stages.live_private(**values)
    return _paid(case, backers)


def _paid(case: Case, backers: tuple[str, ...]) -> Case:
    for email in backers:
        pledge(case, 25, PledgeState.COLLECTED, email=email, name=email.split("@")[0].title())
    cases.fund(case)
    return case


def post(case: Case, words: Words = WORDS) -> Update:
    """An update that is out."""
    update = service.draft(case, words)
    assert service.publish(update)
    return update


def finding(code: str = "lost", **values: Any) -> Finding:
    """What a lawyer reports at the end; today's decision."""
    said: dict[str, Any] = {
        "decided_on": stages.day(0),
        "court": "The High Court",
        "effect": EFFECT,
        "account": "The judge found that **nobody had been asked**.",
        "citation": "[2027] EWHC 42 (Admin)",
        "quote": "No sensible decision-maker could have skipped this step.",
    }
    return Finding(code=code, **{**said, **values})


def order() -> StoredFile:
    """The court's order as a stored PDF."""
    return files.keep(BytesIO(PDF), "order.pdf", by_id=None)


def concluded(code: str = "won", case: Case | None = None, *, tells_story: bool = True, **values: Any) -> Outcome:
    """The outcome of a case that has concluded."""
    outcome, is_first = outcomes.record_outcome(
        case or funded(),
        finding(code, **values),
        document=order() if code == "won" else None,
        tells_story=tells_story,
    )
    assert is_first
    return outcome


def told(outcome: Outcome | None = None, by: User | None = None, **words: str) -> Story:
    """A story that is out."""
    story = stories.draft(outcome or concluded())
    assert story is not None
    if words:
        said = {"title": story.title, "lede": story.lede, "body": story.body_markdown, **words}
        stories.edit(story, by or nima(), seen=story.version, **said)
    assert stories.publish(story, by or nima())
    return story


def on(day: date) -> str:
    """A day as English pages write it."""
    return f"{day.day} {day:%B %Y}"
