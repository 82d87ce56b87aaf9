"""Operators' commands for pledges: ``flask pledges …``."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.money import Money
from app.database import db
from app.i18n.format import money_text
from app.ledger.models import Entry, Posting
from app.mail.models import OutgoingLetter
from app.payments.gateway import Intent, ProviderError
from app.payments.provider import gateway
from app.pledges.models import ChargeAttempt, CheckoutSession, Pledge
from app.pledges.states import PledgeState

MEANING = {
    PledgeState.STARTED: "the form was sent, and no card is saved yet",
    PledgeState.ABANDONED: "no card was saved in time; it never counted",
    PledgeState.PLEDGED: "it counts, and the card is charged only if the target is met",
    PledgeState.WITHDRAWN: "the backer took it back; nothing was charged",
    PledgeState.RELEASED: "the case missed its target; nothing was charged",
    PledgeState.DUE: "the target is met, and the card is to be charged",
    PledgeState.CANCELLED: "it was called off before a charge succeeded",
    PledgeState.CHARGING: "a charge is under way, or its outcome is not known yet",
    PledgeState.RETRY: "a charge failed, and the card is tried again",
    PledgeState.ACTION_REQUIRED: "a charge failed, and the backer must approve it or bring another card",
    PledgeState.COLLECTED: "the card was charged",
    PledgeState.LAPSED: "no charge succeeded in time, and none is tried any more",
}
_PAGES = {
    "opening": "is being opened; the provider has not answered yet",
    "open": "is open",
    "complete": "was completed: a card is saved",
    "expired": "ran out or was closed",
}
_ATTEMPTS = {
    "open": "the outcome is not known yet",
    "succeeded": "succeeded",
    "declined": "was declined",
    "action": "waits for the backer at the bank",
    "superseded": "was given up",
}


@dataclass(frozen=True, order=True)
class Happening:
    """A moment and what happened then; `details` are set in below it. Equal moments keep their order of telling."""

    at: datetime
    words: str = field(compare=False)
    details: tuple[str, ...] = field(default=(), compare=False)


@click.group()
def pledges() -> None:
    """Pledges."""


@pledges.command()
@click.argument("pledge")
@with_appcontext
def explain(pledge: str) -> None:
    """Tell the life of PLEDGE (its number or public id): moments, hosted pages, charges, books and letters."""
    found = _find(pledge)
    for words in _head(found):
        click.echo(words)
    intent, problem = _ask_provider(found)
    found = _find(pledge)
    click.echo("")
    for event in sorted(_life(found, intent)):
        click.echo(f"{event.at:%Y-%m-%d %H:%M:%S}  {event.words}")
        for detail in event.details:
            click.echo(f"{'':21}{detail}")
    click.echo("")
    for words in _now(found, intent, problem):
        click.echo(words)


def _find(wanted: str) -> Pledge:
    is_number = wanted.isascii() and wanted.isdigit() and len(wanted) < 19
    key = Pledge.id == int(wanted) if is_number else Pledge.public_id == wanted
    pledge = db.session.scalar(select(Pledge).where(key))
    if pledge is None:
        raise click.ClickException(f"There is no pledge {wanted}. Give its number or its public id.")
    return pledge


def _head(pledge: Pledge) -> Iterator[str]:
    case = pledge.case
    yield f"Pledge {pledge.id} ({pledge.public_id}) by {pledge.name} <{pledge.email}>, in {pledge.lang}"
    yield f"to case {case.id} ({case.public_id}), which is {case.state}{' and private' if case.is_private else ''}"
    tip = f" and a tip of {money_text(pledge.tip)}" if pledge.tip.minor else ", no tip"
    yield f"{money_text(pledge.amount)}{tip}; shown as {pledge.shown.replace('_', ' ')}. All times are UTC."


def _ask_provider(pledge: Pledge) -> tuple[Intent | None, str]:
    """The pledge's payment as the provider has it now, and what kept us from knowing. Ends the transaction."""
    intent_id = pledge.intent_id
    db.session.rollback()
    if intent_id is None:
        return None, ""
    try:
        return gateway().read_intent(intent_id), ""
    except ProviderError as error:
        return None, f"The provider does not tell of {intent_id} now: {type(error).__name__}, {error}"


# ---------------------------------------------------------------- what happened
def _life(pledge: Pledge, intent: Intent | None) -> Iterator[Happening]:
    yield from _milestones(pledge)
    for page in pledge.pages:
        yield from _page(page)
    for attempt in pledge.attempts:
        yield from _attempt(attempt)
    yield from _audited(pledge)
    yield from _booked(intent)
    yield from _letters(pledge)


def _milestones(pledge: Pledge) -> Iterator[Happening]:
    yield Happening(pledge.started_at, "started: the form was sent")
    yield Happening(
        pledge.consented_at, f"agreed to the terms of {pledge.terms_version}", (f"“{pledge.consent_text}”",)
    )
    if pledge.pledged_at:
        yield Happening(pledge.pledged_at, f"pledged, with the {_card(pledge)}")
    if pledge.due_at:
        yield Happening(pledge.due_at, "due: the target is met")
    if pledge.first_failed_at:
        yield Happening(pledge.first_failed_at, "failing for the first time; the days of grace run from here")
    if pledge.collected_at:
        yield Happening(pledge.collected_at, f"collected: {money_text(pledge.total)} charged")
    if pledge.ended_at:
        yield Happening(pledge.ended_at, f"{pledge.state}: {MEANING[PledgeState(pledge.state)]}")


def _card(pledge: Pledge) -> str:
    return f"{pledge.card_brand} card ending {pledge.card_last4}, good until {pledge.card_expires}"


def _page(page: CheckoutSession) -> Iterator[Happening]:
    name = f"hosted page {page.n} ({page.session_id or 'no id yet'})"
    yield Happening(page.opened_at, f"{name} opened for {money_text(page.amount + page.tip)}")
    if page.ended_at:
        yield Happening(page.ended_at, f"{name} {_PAGES[page.state]}")


def _attempt(attempt: ChargeAttempt) -> Iterator[Happening]:
    name = f"charge {attempt.n}"
    who = "by the worker" if attempt.off_session else "with the backer present"
    yield Happening(attempt.opened_at, f"{name} sent {who}, with {attempt.payment_method}", (f"key {attempt.key}",))
    if attempt.answered_at:
        code = f": {attempt.code}" if attempt.code else ""
        yield Happening(attempt.answered_at, f"{name} {_ATTEMPTS[attempt.state]}{code}")


def _audited(pledge: Pledge) -> Iterator[Happening]:
    mine = (AuditEntry.subject_kind == Pledge.__tablename__, AuditEntry.subject_id == pledge.id)
    for entry in db.session.scalars(select(AuditEntry).where(*mine).order_by(AuditEntry.id)):
        details = ", ".join(f"{name} {value}" for name, value in entry.details.items())
        yield Happening(entry.at, f"noted in the audit log: {entry.action}{f' ({details})' if details else ''}")


def _booked(intent: Intent | None) -> Iterator[Happening]:
    """Entries name the provider's transaction, not the pledge: a payment is found in the books by it."""
    if intent is None or intent.payment is None:
        return
    mine = select(Entry).where(Entry.provider_transaction == intent.payment.transaction).order_by(Entry.id)
    for entry in db.session.scalars(mine):
        postings = db.session.scalars(select(Posting).where(Posting.entry_id == entry.id).order_by(Posting.id))
        lines = tuple(f"{p.account:<24} {money_text(Money(p.minor, p.currency)):>12}" for p in postings)
        yield Happening(entry.at, f"booked {entry.kind} ({entry.key})", lines)


def _letters(pledge: Pledge) -> Iterator[Happening]:
    mine = OutgoingLetter.key.startswith(f"pledge:{pledge.id}:", autoescape=True)
    for letter in db.session.scalars(select(OutgoingLetter).where(mine).order_by(OutgoingLetter.id)):
        yield Happening(letter.created_at, f"letter {letter.name} written down ({letter.key})")
        if letter.sent_at:
            yield Happening(letter.sent_at, f"letter {letter.name} sent")
        elif letter.dropped_at:
            yield Happening(letter.dropped_at, f"letter {letter.name} not sent: it was no longer true")


# ---------------------------------------------------------------- how it stands
def _now(pledge: Pledge, intent: Intent | None, problem: str) -> Iterator[str]:
    state = PledgeState(pledge.state)
    yield f"Now {state}: {MEANING[state]}."
    if pledge.last_code and state is not PledgeState.COLLECTED:
        yield f"The last charge failed with {pledge.last_code}."
    if pledge.next_at:
        what = "Ends" if state is PledgeState.ACTION_REQUIRED else "Tried"
        yield f"{what} {pledge.next_at:%Y-%m-%d %H:%M:%S} at the earliest."
    if pledge.leased_until:
        yield f"A worker holds it until {pledge.leased_until:%Y-%m-%d %H:%M:%S} (real time)."
    for page in pledge.pages:
        if page.state in ("opening", "open"):
            yield f"Hosted page {page.n} {_PAGES[page.state]}."
    for attempt in pledge.attempts:
        if attempt.state in ("open", "action"):
            yield f"Charge {attempt.n}: {_ATTEMPTS[attempt.state]}."
    waiting = select(OutgoingLetter).where(
        OutgoingLetter.key.startswith(f"pledge:{pledge.id}:", autoescape=True),
        OutgoingLetter.sent_at.is_(None),
        OutgoingLetter.dropped_at.is_(None),
    )
    for letter in db.session.scalars(waiting.order_by(OutgoingLetter.id)):
        why = f"; the last try failed: {letter.last_error}" if letter.last_error else ""
        yield f"Letter {letter.name} waits to be sent{why}."
    if intent is not None:
        amount = money_text(Money(intent.amount, intent.currency.upper()))
        yield f"The provider has {intent.id} ({amount}) as {intent.status}."
        if intent.status == "succeeded" and state is not PledgeState.COLLECTED:
            yield "Its success is not booked here yet; the reconciler will book it within the hour."
    elif problem:
        yield problem
        yield "Entries in the books are found by the provider's transaction, so they are not listed."
    elif pledge.intent_id is None:
        yield "No payment was ever asked of the provider."
