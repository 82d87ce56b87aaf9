"""What can happen after a case has missed its target: its lawyer tries again, with a new page that begins as a copy.

The copy is a draft like any other: its client is asked, staff review it. No pledge comes along, and no proof: how the
client instructs the lawyer, and that the case is filed, is shown anew.
"""

from sqlalchemy import select

from app.audit.service import record
from app.cases import restrictions
from app.cases.drafting import Line, Stage, open_case, plan_stages, set_budget
from app.cases.models import Case
from app.cases.moves import IllegalMove, held
from app.cases.states import CaseState, Visibility
from app.core.errors import N_, Conflict
from app.database import db

# What the new page says as the old one did. The deadline is another, and so is everything that has happened since.
COPIED = (
    *("area", "kind", "title", "summary", "acting_for", "respondent", "court", "claim_number", "legal_stage"),
    *("cause_of_action", "relief_sought", "who_benefits", "benefits_place", "benefits_number", "time_zone"),
    *("story_markdown", "story_html", "story_policy", "costs_risk", "costs_cap", "costs_note", "costs_insurance"),
    *("prospects", "prospects_note", "prospects_on", "video"),
)


class TriedAgain(Conflict):
    """Another page carries the case on."""

    message = N_("You have started this case again already.")


def start_again(case: Case) -> Case:
    """A draft that says what the unfunded `case` said; the same one if it was begun before.

    Raises IllegalMove for a case that is not unfunded or whose page was taken down, TriedAgain once the new one was
    sent in.
    """
    case = held(case)
    if case.state != CaseState.UNFUNDED or case.taken_down_at is not None:
        raise IllegalMove()
    last = next_try(case)
    if last is not None and last.is_editable:
        return last
    if last is not None and last.state != CaseState.DECLINED:
        raise TriedAgain()
    new = open_case(case.lawyer, Visibility(case.visibility), case.lang)
    for name in COPIED:
        setattr(new, name, getattr(case, name))
    new.relaunch_of_id = case.id
    restrictions.inherit(case, new)
    set_budget(new, [Line(line.label, line.detail, line.amount) for line in case.budget], None, whole=False)
    if case.stages:
        first, *later = [Stage(stage.title, stage.reason, stage.amount) for stage in case.stages]
        plan_stages(new, first, later)
    done = [*new.steps_done.split(","), *case.steps_done.split(",")]
    left = {"deadline", "parties"} if new.target is not None else {"deadline", "parties", "budget"}
    new.steps_done = ",".join(dict.fromkeys(step for step in done if step and step not in left))
    case.version += 1
    db.session.flush()
    record("case.started_again", case, actor_id=case.lawyer.user_id, draft=new.id)
    return new


def next_try(case: Case) -> Case | None:
    """The latest page that tries `case` again."""
    again = select(Case).where(Case.relaunch_of_id == case.id)
    return db.session.scalars(again.order_by(Case.id.desc()).limit(1)).first()


def can_start(case: Case) -> bool:
    """Whether `start_again` leads anywhere now."""
    if case.state != CaseState.UNFUNDED or case.taken_down_at is not None:
        return False
    last = next_try(case)
    return last is None or last.is_editable or last.state == CaseState.DECLINED
