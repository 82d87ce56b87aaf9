"""How long we keep what, and why: the one table that the clock works by and the privacy page shows.

A rule finds the ids of what is due and forgets them, both in the room that has them. Whoever runs the rules commits
after each slice. Days are settings where an operator may choose.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app.accounts import personal as accounts
from app.cases import personal as cases
from app.core import clock
from app.database import db
from app.lawyers import personal as lawyers
from app.lawyers import service as lawyers_service
from app.moderation import personal as moderation
from app.pledges import personal as pledges
from app.privacy import asking, letters
from app.settings.queries import in_force
from app.updates import personal as updates
from app.web import throttle

SLICE = 500


@dataclass(frozen=True)
class Rule:
    """`find` gives a statement for the ids of what has been kept long enough at a moment, `forget` lets them go.

    `days` is a number or the name of a setting. `is_real`: it goes by real time, as what it looks at does.
    """

    name: str
    what: LazyString
    why: LazyString
    days: int | str
    find: Callable[[datetime], Any]
    forget: Callable[[list[int]], object]
    is_real: bool = False

    @property
    def lasts(self) -> int:
        """In days."""
        return self.days if isinstance(self.days, int) else int(getattr(in_force(), self.days))

    @property
    def before(self) -> datetime:
        """What ended before this moment has been kept long enough."""
        return (clock.real_now() if self.is_real else clock.now()) - timedelta(days=self.lasts)


def _forget_evidence(_ids: list[int]) -> None:
    lawyers_service.forget_evidence()


RULES: tuple[Rule, ...] = (
    Rule(
        "attempts",
        _l("Scrambled network and email addresses of attempts to sign in, to pledge or to ask for emails"),
        _l("They keep attackers out."),
        throttle.KEPT.days,
        throttle.noted_before,
        throttle.forget,
        is_real=True,
    ),
    Rule(
        "sign-ins",
        _l("Sign-ins that have ended, with the kind of browser"),
        _l("You can see whether somebody else was in your account."),
        "sign_in_days",
        accounts.ended_sign_ins,
        accounts.forget_sign_ins,
        is_real=True,
    ),
    Rule(
        "links",
        _l("Links in emails that do not work any more, with the address they went to"),
        _l("We can tell what became of a link that somebody asks about."),
        "sign_in_days",
        accounts.old_links,
        accounts.forget_links,
        is_real=True,
    ),
    Rule(
        "questions",
        _l("Requests for a copy of data, with the address that asked"),
        _l("We can tell what became of a request."),
        "sign_in_days",
        asking.old,
        asking.forget,
        is_real=True,
    ),
    Rule(
        "emails",
        _l("To which address which kind of email went"),
        _l("We can prove that we told you, before a charge for example."),
        "letter_days",
        letters.old,
        letters.forget,
    ),
    Rule(
        "errors",
        _l("Notes of what went wrong in our own work"),
        _l("We can find out what happened."),
        "letter_days",
        letters.old_errors,
        letters.forget_errors,
    ),
    Rule(
        "unfinished-pledges",
        _l("Pledges that were never finished"),
        _l("You can go on with a pledge that was interrupted, and we can answer questions about it."),
        "unfinished_days",
        pledges.unfinished,
        pledges.empty,
    ),
    Rule(
        "unpaid-pledges",
        _l("Pledges that ended without a charge: name, address, message and card details"),
        _l("We can answer questions, and show that nothing was charged."),
        "unpaid_days",
        pledges.unpaid,
        pledges.empty,
    ),
    Rule(
        "paid-pledges",
        _l("Pledges that were paid: name, address, message and card details"),
        _l("The law asks for records of payments. The sums stay in the books, without a name."),
        "paid_days",
        pledges.paid,
        pledges.empty,
    ),
    Rule(
        "stopped-emails",
        _l("That you want no emails about a case, counted from its end"),
        _l("We do not write to you again."),
        "unpaid_days",
        updates.over,
        updates.forget,
    ),
    Rule(
        "case-drafts",
        _l("Case pages that were never sent in, counted from the last change"),
        _l("A lawyer can go on with a draft."),
        "draft_days",
        cases.old_drafts,
        cases.delete_pages,
    ),
    Rule(
        "clients",
        _l("Name, address and message of a lawyer’s client, counted from the end of the case"),
        _l("We can prove that the client agreed. That they did, and to what, stays without a name."),
        "paid_days",
        cases.clients_over,
        cases.forget_clients,
    ),
    Rule(
        "silent-clients",
        _l("Name and address of a lawyer’s client who did not answer"),
        _l("The lawyer can see whom we asked."),
        "unpaid_days",
        cases.clients_silent,
        cases.forget_clients,
        is_real=True,
    ),
    Rule(
        "invitations",
        _l("The address of somebody who was invited to a private case, counted from the end of the invitation"),
        _l("The lawyer can see who was able to read the page."),
        "letter_days",
        cases.invitations_ended,
        cases.forget_invitations,
        is_real=True,
    ),
    Rule(
        "evidence",
        _l("The file with which a lawyer shows the right to practise, counted from the decision"),
        _l("A decision can be looked at again while somebody may still object to it."),
        "evidence_days",
        lawyers.evidence_decided,
        _forget_evidence,
    ),
    Rule(
        "proofs",
        _l("Papers that prove a client’s instruction or a filing in court, counted from the decision"),
        _l("A decision can be looked at again while somebody may still object to it."),
        "evidence_days",
        cases.proofs_decided,
        cases.forget_proofs,
    ),
    Rule(
        "signers",
        _l("The name of who signed a lawyer’s instruction, counted from the end of the case"),
        _l("We can show that there was a client."),
        "paid_days",
        cases.signers_over,
        cases.forget_signers,
    ),
    Rule(
        "applications",
        _l("Applications of lawyers that were never sent in, counted from the last change"),
        _l("A lawyer can go on with an application."),
        "evidence_days",
        lawyers.drafts_left,
        _forget_evidence,
    ),
    Rule(
        "reports",
        _l("The address of somebody who reported a page, counted from our answer"),
        _l("We can answer, and ask back."),
        "unpaid_days",
        moderation.closed,
        moderation.forget,
    ),
)


def due(rule: Rule) -> int:
    """How many things `rule` would let go now."""
    return db.session.scalar(select(func.count()).select_from(rule.find(rule.before).subquery())) or 0


def run(rule: Rule, most: int = SLICE) -> int:
    """Let go up to `most` things that `rule` finds; how many. The caller commits, and calls again until it is none."""
    ids = list(db.session.scalars(rule.find(rule.before).limit(most)))
    if ids:
        rule.forget(ids)
        db.session.flush()
    return len(ids)
