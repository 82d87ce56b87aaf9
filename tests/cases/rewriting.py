"""Changes to live pages, as far as they have come. Words are given by the names of their fields."""

from typing import Any

from app.cases import changing, client, drafting, fields, review
from app.cases.client import Client
from app.cases.models import Case, CaseVersion
from app.database import db
from app.pledges import changes
from tests.cases import stages

NOTE = "The court told us to ask for something else."


def begun(
    case: Case, note: str = NOTE, *, marked: bool = False, lines: list[drafting.Line] | None = None, **words: Any
) -> Case:
    """A change that says something else."""
    draft = changing.begin(case)
    told = {"summary": draft.summary, "story": draft.story_markdown}
    told |= {name: words.pop(name) for name in list(words) if name in told}
    drafting.tell_story(draft, told["summary"], told["story"])
    if "title" in words:
        drafting.describe(draft, title=words.pop("title"), area=draft.area, kind=draft.kind)
    if words:
        drafting.set_parties(draft, drafting.Parties(**(vars(drafting.parties_of(draft)) | words)))
        if draft.acting_for != case.acting_for:
            drafting.state_instruction(
                draft, drafting.instruction.Statement("client_care", "Ada Marlowe", stages.day(-1))
            )
    if lines is not None:
        drafting.set_budget(draft, lines, None)
    changing.describe(draft, note, marked=marked)
    return draft


def sent(case: Case, **words: Any) -> Case:
    """A change that its client agrees to and that waits for a reviewer."""
    draft = begun(case, **words)
    changing.check(draft)
    row = review.ask_client(draft, Client("Ada Marlowe", "ada@example.org", "en"))
    client.agree(client.token_of(row), seen=fields.fingerprint(draft))
    review.submit(draft)
    return draft


def approved(case: Case, **words: Any) -> Case:
    """A change that a reviewer has approved."""
    draft = sent(case, **words)
    stages.approve_wholly(draft)
    return draft


def applied(case: Case, **words: Any) -> CaseVersion:
    """A change that stands on the page, its backers written to. Commits."""
    draft = approved(case, **words)
    db.session.commit()
    version = changes.apply(draft.id)
    assert version is not None
    changes.tell(version.id)
    db.session.commit()
    return version
