"""How a case ends: the outcome is recorded once, is an update by itself, and concludes the case."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.audit.service import record
from app.cases import moves
from app.cases import service as cases
from app.cases.models import Case
from app.cases.states import CaseState
from app.core import clock
from app.core.errors import N_, Conflict, Invalid
from app.database import db
from app.jobs.queue import defer
from app.storage.models import StoredFile
from app.updates import queries, service
from app.updates.labels import OUTCOMES
from app.updates.models import Outcome, Update
from app.updates.states import NEEDS_DOCUMENT, SUCCESSES, Kind


class NotFunded(Conflict):
    """Cases that met their target have outcomes; the others end when their fundraising does."""

    message = N_("An outcome is recorded for a case that met its target, and only once.")


class BadCode(Invalid):
    """None of the codes."""

    message = N_("Choose how the case ended.")
    field = "code"


class InTheFuture(Invalid):
    """Decided tomorrow."""

    message = N_("The day cannot be in the future.")
    field = "decided_on"


class BeforeTheCase(Invalid):
    """Decided before the page went live."""

    message = N_("The page went live on %(opened)s. The outcome cannot be from before that day.")
    field = "decided_on"


class NoDocument(Invalid):
    """Won, and nothing to show for it."""

    message = N_("Add the court’s order as a PDF. A case counts as won only with it.")
    field = "document"


class NotPdf(Invalid):
    """An order that is a picture."""

    message = N_("Send the order as a PDF file.")
    field = "document"


class Incomplete(Invalid):
    """Something that every outcome tells is missing."""

    message = N_("Fill in this part.")


class NoSuccess(Conflict):
    """A loss is told in its outcome, not as a success story."""

    message = N_("Only a case that was won, partly won or settled can become a success story.")


@dataclass(frozen=True)
class Finding:
    """What the lawyer reports. `account` (Markdown) tells why, in the lawyer's words; the rest is plain text."""

    code: str
    decided_on: date
    court: str
    effect: str
    account: str
    citation: str = ""
    quote: str = ""


def record_outcome(
    case: Case, finding: Finding, *, document: StoredFile | None = None, tells_story: bool = False
) -> tuple[Outcome, bool]:
    """Conclude a funded case; the outcome, and whether this was the first time: a second one is quiet.

    Raises NotFunded, BadCode, Incomplete, InTheFuture, BeforeTheCase, NoDocument, NotPdf.
    """
    case = moves.held(case)
    if (known := queries.outcome_of(case)) is not None:
        return known, False
    if case.state != CaseState.FUNDED:
        raise NotFunded()
    _check(case, finding, document)
    update = Update(case=case, kind=Kind.OUTCOME)
    service.write_body(update, finding.account)
    service.enter(case, update)
    outcome = Outcome(
        case=case,
        update=update,
        code=finding.code,
        decided_on=finding.decided_on,
        court=finding.court,
        citation=finding.citation,
        quote=finding.quote,
        effect=finding.effect,
        document=document,
        tells_story=tells_story and finding.code in SUCCESSES,
    )
    db.session.add(outcome)
    db.session.flush()
    cases.conclude(case)
    record("outcome.recorded", outcome, actor_id=case.lawyer.user_id, code=finding.code)
    if outcome.tells_story:
        _have_story_drafted(outcome)
    return outcome, True


def _check(case: Case, finding: Finding, document: StoredFile | None) -> None:
    if finding.code not in OUTCOMES:
        raise BadCode()
    for field in ("court", "effect", "account"):
        if not getattr(finding, field).strip():
            raise Incomplete(field=field)
    zone = ZoneInfo(case.time_zone)
    if finding.decided_on > clock.now().astimezone(zone).date():
        raise InTheFuture()
    assert case.opened_at is not None
    opened = case.opened_at.astimezone(zone).date()
    if finding.decided_on < opened:
        raise BeforeTheCase(opened=opened)
    if document is None and finding.code in NEEDS_DOCUMENT:
        raise NoDocument()
    if document is not None and document.kind != "pdf":
        raise NotPdf()


def consent_to_story(outcome: Outcome, wanted: bool) -> None:
    """The lawyer agrees to a success story, or takes that back; a story that was published disappears then.

    Raises NoSuccess.
    """
    held = db.session.scalars(
        select(Outcome).where(Outcome.id == outcome.id).with_for_update().execution_options(populate_existing=True)
    ).one()
    if wanted and held.code not in SUCCESSES:
        raise NoSuccess()
    if held.tells_story == wanted:
        return
    held.tells_story = wanted
    record("outcome.story_agreed" if wanted else "outcome.story_refused", held, actor_id=held.case.lawyer.user_id)
    if wanted:
        _have_story_drafted(held)


def _have_story_drafted(outcome: Outcome) -> None:
    """A note to the storytellers; a private case has no story."""
    if not outcome.case.is_private:
        defer("stories.draft", {"outcome_id": outcome.id}, uniq=f"outcome:{outcome.id}:story")


def clear_order(outcome: Outcome, *, by_id: int | None) -> None:
    """The lawyer says that the order tells no hidden name: everybody can read it again."""
    case = moves.held(outcome.case)
    if outcome.document_id is not None and outcome.is_withheld:
        outcome.document_cleared_at = clock.now()
        case.restriction_changes += 1
        record("outcome.order_cleared", outcome, actor_id=by_id, case=case.id)
