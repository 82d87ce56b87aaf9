"""What can happen to a page before it is live: its client is asked, it is sent in, and staff decide on it.

A page goes live by two people: a verified lawyer sends it in, somebody else approves it. One that asks for much needs
two who approve it, of the same version.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import select

from app.accounts.models import User
from app.audit.service import record
from app.cases import client, court_filing, fields, instruction
from app.cases.client import Client
from app.cases.drafting import BadChoice, missing
from app.cases.labels import CHECKS, REFUSALS
from app.cases.models import Case, CaseReview, ClientConsent, ReviewComment
from app.cases.moves import IllegalMove, NotVerified, held, move, tell_lawyer
from app.cases.states import CaseState
from app.core import clock
from app.core.errors import N_, Conflict, Invalid
from app.database import db
from app.jobs.queue import defer
from app.settings.queries import in_force


class NotComplete(Conflict):
    """Parts of the page are missing."""

    message = N_("Some parts of the page are not complete yet.")


class OwnCase(Conflict):
    """Nobody decides on their own case."""

    message = N_("You cannot decide on your own case. Somebody else must.")


class NotChecked(Invalid):
    """An approval by somebody who has not looked at everything."""

    message = N_("Tick everything that you have checked. What does not hold is a reason to ask for changes.")
    field = "checks"


class NoReason(Invalid):
    """A request for changes or a refusal without a word to the lawyer."""

    message = N_("Tell the lawyer why, in a sentence or more.")
    field = "comment"


def ask_client(case: Case, whom: Client, *, form_key: str = "") -> ClientConsent:
    """Ask the client whether the page may be published. Raises NotVerified, NotComplete, and what `client.ask` does."""
    case = held(case)
    if not case.lawyer.is_verified:
        raise NotVerified(N_("Your verification must be complete before we write to your client."))
    if case.is_editable and missing(case):
        raise NotComplete()
    return client.ask(case, whom, form_key=form_key)


def submit(case: Case) -> None:
    """Send the page to review; a second time is quiet. Raises NotVerified, NotComplete, IllegalMove.

    A client whose answer no longer fits the page is asked again. What was turned down comes back by an appeal only.
    """
    case = held(case)
    if case.state == CaseState.DECLINED:
        raise IllegalMove()
    if not case.lawyer.is_verified:
        raise NotVerified()
    if case.is_editable and missing(case):
        raise NotComplete()
    if case.change_of_id is not None and not case.change_note:
        raise NotComplete()
    if move(case, CaseState.IN_REVIEW):
        case.submitted_at = clock.now()
        record("case.submitted", case, actor_id=case.lawyer.user_id)
        tell_lawyer(case, "submitted")
        client.ask_again(case)


def _decide(
    case: Case,
    reviewer: User,
    decision: str,
    state: CaseState,
    comment: str,
    seen: int | None,
    *,
    code: str = "",
    checks: Collection[str] = (),
    comments: Mapping[str, str] | None = None,
) -> bool:
    case = held(case)
    if case.lawyer.user_id == reviewer.id:
        raise OwnCase()
    if case.state == CaseState.IN_REVIEW and seen not in (None, case.version):
        # Somebody else gave the page back meanwhile, and it came in again with other words.
        raise IllegalMove()
    if case.state == state:
        return False
    if case.state != CaseState.IN_REVIEW:  # an approved page goes back to the lawyer too, but not by a reviewer
        raise IllegalMove()
    version, is_enough, proof = case.version, True, None
    if state == CaseState.APPROVED:
        client.require(case)
        proof = instruction.require(case, reviewer)
        if case.target is not None:
            court_filing.check_cap(case, case.target, is_checked=True)
        before = approved_by(case)
        if reviewer.id in before:
            return False
        is_enough = len(before) + 1 >= approvals_needed(case)
    if is_enough:
        move(case, state)
    if is_enough and proof is not None:
        instruction.accept(case, proof)
    elif state == CaseState.DECLINED:
        instruction.settle(case)
    review = CaseReview(case_id=case.id, reviewer_id=reviewer.id, decision=decision, code=code, comment=comment)
    review.case_version = version
    review.checks = ",".join(name for name in CHECKS if name in checks)
    review.comments = [
        ReviewComment(field=name, said=fields.said(case, name), comment=words)
        for name, words in (comments or {}).items()
    ]
    db.session.add(review)
    record(f"case.{decision}", case, actor_id=reviewer.id, **({"code": code} if code else {}))
    if is_enough and state == CaseState.APPROVED and case.change_of_id is not None:
        # What it does to the pledges is told and checked by whoever knows them.
        defer("pledges.apply_change", {"draft_id": case.id}, uniq=f"change:{case.id}:{case.version}")
    elif is_enough:
        tell_lawyer(case, str(state))
    return True


def approvals_needed(case: Case) -> int:
    """How many different people must approve the page: two where it asks for much (`second_reviewer_from`)."""
    limit = in_force().second_reviewer_from
    return 2 if case.target is not None and case.target.minor >= limit else 1


def approved_by(case: Case) -> set[int]:
    """Who has approved the page as it is now: the ids of their accounts. Another version starts anew."""
    theirs = select(CaseReview.reviewer_id).where(
        CaseReview.case_id == case.id, CaseReview.decision == "approve", CaseReview.case_version == case.version
    )
    return set(db.session.scalars(theirs))


# Each decision may name the version of the page that the reviewer has seen (`seen`), and says whether it was the
# first; one that repeats what was decided already is quiet.
def approve(case: Case, reviewer: User, comment: str = "", *, checks: Collection[str], seen: int | None = None) -> bool:
    """Let the lawyer publish the page, or the second reviewer decide on it; `checks` are the names in `labels.CHECKS`
    that were looked at, which must be all.

    Raises NotChecked, OwnCase, NotVerified, client.NoConsent, instruction.NoInstruction, instruction.NotSeen,
    court_filing.AboveCap, IllegalMove.
    """
    if not CHECKS.keys() <= set(checks):
        raise NotChecked()
    if not case.lawyer.is_verified:
        raise NotVerified(N_("The lawyer’s verification must be complete before the page can be approved."))
    return _decide(case, reviewer, "approve", CaseState.APPROVED, comment, seen, checks=checks)


def request_changes(
    case: Case,
    reviewer: User,
    comment: str,
    *,
    comments: Mapping[str, str] | None = None,
    seen: int | None = None,
) -> bool:
    """Give the page back with a comment, or with comments on parts of it (by name in `fields.FIELDS`), or both.

    Raises OwnCase, NoReason, BadChoice, IllegalMove.
    """
    comments = _checked(comments)
    if not comment.strip() and not comments:
        raise NoReason()
    state = CaseState.CHANGES_REQUESTED
    return _decide(case, reviewer, "request_changes", state, comment, seen, comments=comments)


def decline(
    case: Case,
    reviewer: User,
    comment: str,
    *,
    code: str = "other",
    comments: Mapping[str, str] | None = None,
    seen: int | None = None,
) -> bool:
    """Turn the page down for good, for one of the published reasons (`code`, in `labels.REFUSALS`) and in words.

    Raises OwnCase, NoReason, BadChoice, IllegalMove.
    """
    if code not in REFUSALS:
        raise BadChoice(field="code")
    comments = _checked(comments)
    if not comment.strip():
        raise NoReason()
    return _decide(case, reviewer, "decline", CaseState.DECLINED, comment, seen, code=code, comments=comments)


def _checked(comments: Mapping[str, str] | None) -> dict[str, str]:
    """The comments in which something is written, in the order of the page."""
    written = {name: words for name, words in (comments or {}).items() if words.strip()}
    if written.keys() - fields.FIELDS.keys():
        raise BadChoice(field="comments")
    return {name: written[name] for name in fields.FIELDS if name in written}
