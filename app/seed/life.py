"""Telling what happened before the demo opened; see `app.seed` for how."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from random import Random
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import select

from app.accounts.models import User
from app.cases import appeals, client, court_filing, drafting, filing_review, instruction, publishing, review
from app.cases import files as case_files
from app.cases.client import Client
from app.cases.fields import fingerprint
from app.cases.files import Sent
from app.cases.instruction import Statement
from app.cases.labels import CHECKS
from app.cases.models import Area, Case
from app.cases.states import CaseState
from app.core import clock, ids
from app.database import db
from app.i18n.locale import using_language
from app.jobs.worker import beat
from app.lawyers import queries as lawyers
from app.lawyers.models import Lawyer
from app.mail.models import OutgoingLetter
from app.moderation import service as moderation
from app.moderation.service import About
from app.pledges import checkout, closing
from app.pledges import service as pledges
from app.pledges.models import Pledge
from app.pledges.states import PledgeState
from app.seed import people
from app.seed.backers import Backing, as_person, draw, messages
from app.seed.papers import certificate
from app.seed.parts import Ending, News, Page, Told
from app.seed.people import EDITOR, PEOPLE, REVIEWERS, Person, Standing
from app.seed.plans import PLANS, Plan, Wave
from app.seed.turns import Turn, user_of
from app.storage import files
from app.stories import service as stories
from app.stories.models import Story
from app.updates import outcomes
from app.updates import queries as update_queries
from app.updates import service as updates
from app.updates.models import Outcome, Update

SEED = 1789  # any number; the same one draws the same demo
# Somebody at the provider's hosted page: its address, a card's number and the name on it; where the browser is sent.
Pay = Callable[[str, str, str], str]
_STEP = timedelta(days=2)
_LATER = timedelta(minutes=7)  # no two people come at the same moment
_MOST_ROUNDS = 20  # each charges for a second; a busy machine needs more than one of them
_AT_LAST = timedelta(minutes=20)
_NIGHT = timedelta(hours=8)
_CLIENTS = {"en": ("Alex Marlowe", "alex.marlowe@example.org"), "fa": ("الهام صابری", "elham.saberi@example.org")}


class Refused(Exception):
    """This is no place for made-up people and cases; the message says why."""


@dataclass(frozen=True)
class Event:
    """Something that happens at a moment. `backers` is how many pledges it brings, for the progress."""

    at: datetime
    happen: Callable[[], object]
    backers: int = 0


def tell(
    app: Flask,
    password: str,
    *,
    plans: Sequence[Plan] = PLANS,
    pay: Pay | None = None,
    say: Callable[[str], None] = lambda _words: None,
) -> dict[str, str]:
    """Make people (all with `password`) and cases, and backers too if there is somebody to `pay`; commits as it goes.

    `say` is told of the progress. The answer has the title of each private case that is live, and the token of its
    link, which nobody can be shown later. Raises Refused in production and where somebody has an account already.
    """
    refuse_where_real(app)
    now, links = clock.now(), dict[str, str]()
    events = sorted(_events(plans, now, password, links, pay), key=lambda event: event.at)
    total, done = sum(event.backers for event in events), 0
    for event in events:
        with clock.back_at(event.at):
            event.happen()
            db.session.commit()
            db.session.remove()
            _settle(app)
        done += event.backers
        if event.backers and (done % 20 == 0 or done == total):
            say(f"{done} of {total} pledges")
    _settle(app)
    _check(plans, are_backed=pay is not None)
    return links


def _settle(app: Flask) -> None:
    """Let the worker do rounds until nothing more is due: what one brings about, the next one charges and tells."""
    for _ in range(_MOST_ROUNDS):
        beat(app)
        due = select(Pledge.id).where(Pledge.state == PledgeState.DUE)
        untold = select(OutgoingLetter.id).where(
            OutgoingLetter.sent_at.is_(None),
            OutgoingLetter.dropped_at.is_(None),
            OutgoingLetter.next_at <= clock.now(),
        )
        waits = db.session.scalar(select(due.exists() | untold.exists()))
        db.session.remove()
        if not waits:
            return


def refuse_where_real(app: Flask) -> None:
    """Raise Refused in production and where somebody has an account already."""
    if app.config["AMICUS"].env == "production":
        raise Refused("Made-up people and cases have no place in production.")
    if db.session.scalar(select(User.id).limit(1)) is not None:
        raise Refused("Somebody has an account here already. Begin with an empty database: flask db upgrade")
    db.session.rollback()


def _check(plans: Sequence[Plan], *, are_backed: bool) -> None:
    """The worker's round swallows errors, so whether all came about is looked at in the end."""
    found = dict(db.session.execute(select(Case.title, Case.state)).all())
    for plan in plans:
        wanted = plan.becomes or plan.reaches
        if found.get(plan.page.title) != wanted and (are_backed or not plan.waves):
            raise RuntimeError(f"“{plan.page.title}” is {found.get(plan.page.title)}, not {wanted}; see the log")
    db.session.rollback()


# ---------------------------------------------------------------- what happens when
def _events(
    plans: Sequence[Plan], now: datetime, password: str, links: dict[str, str], pay: Pay | None
) -> Iterator[Event]:
    for number, person in enumerate(PEOPLE.values()):
        yield from _joined(person, now + number * _LATER, password)
    for number, plan in enumerate(plans):
        yield from _made(plan, now, links, REVIEWERS[number % len(REVIEWERS)])
        for days, turn in plan.turns:
            yield Event(now - timedelta(days=days), partial(_turn, plan, turn))
        if plan.report:
            yield Event(now - timedelta(days=plan.report[0]), partial(_report, plan))
        if pay:
            yield from _backed(plan, now, pay)
            yield from _told(plan, now)


def _generator(plan: Plan, purpose: str) -> Random:
    """Each case draws by itself, so that a change to one leaves the others as they were."""
    return Random(f"{SEED}:{plan.page.title}:{purpose}")  # noqa: S311 (nothing here is secret)


def _joined(person: Person, now: datetime, password: str) -> Iterator[Event]:
    """Somebody makes an account, and a lawyer applies; staff look at the application in the days after."""

    def join() -> None:
        user = people.register(person, password)
        if person.practice:
            people.apply(person, user)

    at = now - timedelta(days=person.days)
    yield Event(at, join)
    if person.practice and person.practice.standing is not Standing.WAITING:
        yield Event(at + _STEP, lambda: people.decide(person, _lawyer(person), *map(user_of, REVIEWERS)))
    if person.practice and person.practice.standing in people.LOST:
        for days in person.practice.turned:
            yield Event(now - timedelta(days=days), partial(_badge_turns, person))


def _badge_turns(person: Person) -> None:
    people.turn(person, _lawyer(person), user_of(REVIEWERS[0]))


def _made(plan: Plan, now: datetime, links: dict[str, str], reviewer: str) -> Iterator[Event]:
    """A page is written, sent in, agreed to by the client, decided on and published, some two days apart."""
    rng = _generator(plan, "steps")
    decisions: dict[CaseState, Callable[[], object]] = {
        CaseState.CHANGES_REQUESTED: lambda: review.request_changes(
            _case(plan), user_of(reviewer), plan.comment, comments=plan.comments
        ),
        CaseState.DECLINED: lambda: review.decline(_case(plan), user_of(reviewer), plan.comment, code=plan.refusal),
    }

    def approve() -> None:
        case = _case(plan)
        others = [name for name in REVIEWERS if name != reviewer]
        for name in [*others, reviewer][-review.approvals_needed(case) :]:
            _look(case, user_of(name))
            review.approve(case, user_of(name), plan.comment if name == reviewer else "", checks=CHECKS)

    def first_approval() -> None:
        case, by = _case(plan), user_of(reviewer)
        _look(case, by)
        review.approve(case, by, plan.comment, checks=CHECKS)

    def publish() -> None:
        token = publishing.publish(_case(plan))
        if token is not None:
            links[plan.page.title] = token

    steps: list[Callable[[], object]] = [lambda: _write(plan, now)]
    if plan.reaches is not CaseState.DRAFT:
        steps.append(lambda: _send_in(plan))
    if plan.reaches not in (CaseState.DRAFT, CaseState.DECLINED):
        steps.append(lambda: _agree(plan))
    if plan.reaches in decisions:
        steps.append(decisions[plan.reaches])
    if plan.appeal:
        steps.append(lambda: appeals.appeal(_case(plan), plan.appeal))
    if plan.reaches is CaseState.IN_REVIEW and plan.comment:
        steps.append(first_approval)
    if plan.reaches in (CaseState.APPROVED, CaseState.OPEN):
        steps.append(approve)
    if plan.reaches is CaseState.OPEN:
        steps.append(publish)
    at = now - timedelta(days=plan.since)
    for step in reversed(steps):
        yield Event(at, step)
        at -= _STEP - timedelta(minutes=rng.randrange(600))


def _look(case: Case, by: User) -> None:
    """A reviewer opens what the lawyer proves, and checks what was filed if nobody has."""
    instruction.see(case, by)
    row = court_filing.latest(case)
    if row is not None and row.state == "sent":
        filing_review.see(row, by)
        filing_review.check(row, by)


def _turn(plan: Plan, turn: Turn) -> None:
    turn(_case(plan))


def _report(plan: Plan) -> None:
    """A reader has something to say about the page."""
    assert plan.report is not None
    _days, concern, words = plan.report
    case = _case(plan)
    about = About("case", case.lawyer_id, case.id)
    moderation.report(about, concern=concern, words=words, email="", lang="en", form_key=ids.token())


def _send_in(plan: Plan) -> None:
    """The client is sent a link, and a reviewer the page."""
    case = _case(plan)
    name, email = _CLIENTS[plan.page.lang]
    review.ask_client(case, Client(name, email, plan.page.lang))
    review.submit(case)


def _agree(plan: Plan) -> None:
    """The client has read the page."""
    case = _case(plan)
    asked = client.standing(case).row
    assert asked is not None
    with using_language(plan.page.lang):
        client.agree(client.token_of(asked), seen=fingerprint(case))


def _write(plan: Plan, now: datetime) -> None:
    page = plan.page
    lawyer = _lawyer(PEOPLE[plan.lawyer])
    case = drafting.open_case(lawyer, page.visibility, page.lang)
    area = db.session.scalars(select(Area).where(Area.slug == page.area)).one()
    drafting.describe(case, title=page.title, area=area, kind=page.kind)
    drafting.set_parties(case, replace(page.parties, claim_number=_dated(page.parties.claim_number)))
    drafting.tell_story(case, page.summary, page.story)
    _prove(case, page, now)
    if page.lines:
        drafting.set_budget(case, page.lines, None)
        today = now.astimezone(ZoneInfo(case.time_zone)).date()
        drafting.plan_stages(case, page.raising[0], page.raising[1:])
        drafting.set_deadline(case, today + timedelta(days=plan.deadline), page.costs)
        drafting.assess(case, page.prospects)
    _file(case, page, now)


def _prove(case: Case, page: Page, now: datetime) -> None:
    """What the client signed, and what was filed in court, each with its paper."""
    if not page.parties.acting_for:
        return  # a draft that has hardly begun
    by_id, day = case.lawyer.user_id, (now - timedelta(days=300)).date()
    drafting.state_instruction(case, Statement("client_care", _CLIENTS[page.lang][0], day))
    letter = files.keep(BytesIO(certificate("Client care letter", "Signed by the client")), "Letter", by_id=by_id)
    instruction.add_paper(case, Sent(letter, letter.sha256), by_id=by_id)
    if page.is_filed:
        form = files.keep(BytesIO(certificate("Claim form", "Sealed by the court")), "Claim form", by_id=by_id)
        said = court_filing.Particulars(case.court, case.claim_number, day + timedelta(days=30))
        court_filing.send(case, said, Sent(form, form.sha256), by_id=by_id)


def _file(case: Case, page: Page, now: datetime) -> None:
    """Put the document and the picture on the page; they come as clean as the cleaner would have made them."""
    by_id = case.lawyer.user_id
    if page.paper is not None:
        kept = files.keep(BytesIO(certificate(*page.paper.lines)), page.paper.title, by_id=by_id)
        day = (now - timedelta(days=page.paper.days)).date()
        sent = Sent(kept, kept.sha256)
        title, kind = page.paper.title, page.paper.kind
        case_files.add_document(case, sent, title=title, kind=kind, dated_on=day, by_id=by_id)
    if page.sight is not None:
        kept = files.keep(BytesIO(page.sight.draw()), "picture", by_id=by_id)
        sent, words = Sent(kept, kept.sha256), page.sight
        case_files.add_picture(case, sent, alt=words.alt, caption=words.caption, is_cover=True, by_id=by_id)


def _backed(plan: Plan, now: datetime, pay: Pay) -> Iterator[Event]:
    for at, backing in backings(plan, now):
        yield Event(at, partial(_back, plan, backing, pay), backers=1)
        if backing.withdraws:
            yield Event(now - _AT_LAST, partial(_withdraw, plan, backing.email))


def backings(plan: Plan, now: datetime) -> list[tuple[datetime, Backing]]:
    """Who backs the case when, in order: the same people with the same sums and words, whatever `now` is."""
    # When a day begins depends on `now`, so the moments must not use up what the rest is drawn from.
    when = _generator(plan, "moments")
    rng, taken, found = _generator(plan, "backers"), set[str](), list[tuple[datetime, Backing]]()
    said = messages(rng, plan.page.lang, plan.words)
    for wave in plan.waves:
        moments = sorted(_moment(wave, now, when) for _ in range(wave.count))
        drawn = draw(rng, plan.page.lang, wave.count, wave.pounds, taken=taken, said=said)
        cast = _cast(wave, drawn)
        rng.shuffle(cast)
        found += zip(moments, cast, strict=True)
    return found


def _cast(wave: Wave, drawn: list[Backing]) -> list[Backing]:
    """Some of those drawn become people with accounts, others bring the cards that give trouble, others withdraw."""
    named = [
        replace(as_person(backing, key), card=card) for backing, (key, card) in zip(drawn, wave.people, strict=False)
    ]
    rest = drawn[len(named) :]
    troubled = [replace(backing, card=card) for backing, card in zip(rest, wave.cards, strict=False)]
    rest = rest[len(troubled) :]
    leaving = [replace(backing, withdraws=True) for backing in rest[: wave.withdraw]]
    return [*named, *troubled, *leaving, *rest[len(leaving) :]]


def _moment(wave: Wave, now: datetime, rng: Random) -> datetime:
    """Most come in the first days, and none in the middle of the night if it can be helped.

    Which hour it is `now` moves nobody by more than a night: cards that fail must have as many days left to be mended.
    """
    first, last = now - timedelta(days=wave.since), now - timedelta(days=wave.until)
    at = first + (last - first) * rng.betavariate(0.9, 1.5)
    if 7 <= at.astimezone(ZoneInfo("Europe/London")).hour < 23:
        return at
    return next((other for other in (at - _NIGHT, at + _NIGHT) if first <= other <= last), at)


# ---------------------------------------------------------------- what a backer does
def _back(plan: Plan, backing: Backing, pay: Pay) -> None:
    case = _case(plan)
    with using_language(backing.lang):
        promise = pledges.consent_text(case, backing.amount, backing.tip)
    details = pledges.PledgeDetails(
        form_key=ids.token(),
        name=backing.name,
        email=backing.email,
        lang=backing.lang,
        amount=backing.amount,
        tip=backing.tip,
        shown=backing.shown,
        message=backing.message,
        consent_text=promise,
    )
    user_id = user_of(backing.person).id if backing.person else None
    pledge_id = pledges.start(case, details, user_id=user_id).id
    db.session.commit()
    returned = pay(checkout.open_page(pledge_id), backing.card, backing.name)
    session_id = parse_qs(urlsplit(returned).query)["session_id"][0]
    if checkout.fold_page(session_id) != pledge_id:
        raise RuntimeError(f"The hosted page of pledge {pledge_id} led to {returned}")


def _withdraw(plan: Plan, email: str) -> None:
    found = select(Pledge.id).where(Pledge.case_id == _case(plan).id, Pledge.email == email)
    pledges.withdraw(db.session.scalars(found).one())


# ---------------------------------------------------------------- what is told afterwards
def _told(plan: Plan, now: datetime) -> Iterator[Event]:
    """The lawyer's updates, an early end or an outcome, and the story of it."""

    some = timedelta(minutes=_generator(plan, "told").randrange(540))  # at another time of day for each case

    def at(days: float) -> datetime:
        return now - timedelta(days=days) - some

    for news in plan.news:
        yield Event(at(news.days), partial(_post, plan, news))
        if news.corrected:
            yield Event(at(news.days - 1), partial(_correct, plan, news))
    if plan.ends_early:
        days, reason = plan.ends_early
        yield Event(at(days), lambda: _end_early(plan, reason))
    if ending := plan.ending:
        yield Event(at(ending.days), lambda: _conclude(plan, ending))
        if told := ending.told:
            yield Event(at(told.days), lambda: _tell_story(plan, told))


def _post(plan: Plan, news: News) -> None:
    case = _case(plan)
    if news.title:
        words = updates.Words(news.title, news.body, news.audience, news.stage)
        updates.publish(updates.draft(case, words))
    else:
        updates.say_unchanged(case, after=update_queries.count(case))


def _correct(plan: Plan, news: News) -> None:
    written = select(Update).where(Update.case_id == _case(plan).id, Update.title == news.title)
    update = db.session.scalars(written).one()
    updates.correct(update, news.title, news.corrected, seen=update.version)


def _end_early(plan: Plan, reason: str) -> None:
    case = _case(plan)
    closing.end_early(case.id, reason, by="lawyer", actor_id=case.lawyer.user_id)


def _conclude(plan: Plan, ending: Ending) -> None:
    case, document = _case(plan), None
    if ending.order:
        document = files.keep(BytesIO(certificate(*ending.order)), "order.pdf", by_id=case.lawyer.user_id)
    finding = outcomes.Finding(
        code=ending.code,
        decided_on=clock.now().astimezone(ZoneInfo(case.time_zone)).date(),
        court=ending.court,
        effect=ending.effect,
        account=ending.account,
        citation=_dated(ending.citation),
        quote=ending.quote,
    )
    outcomes.record_outcome(case, finding, document=document, tells_story=ending.tells_story)


def _tell_story(plan: Plan, told: Told) -> None:
    """The editor writes the story anew from the draft that the worker made, and publishes it."""
    drafted = select(Story).join(Outcome, Outcome.id == Story.outcome_id).where(Outcome.case_id == _case(plan).id)
    story, editor = db.session.scalars(drafted).one(), user_of(EDITOR)
    stories.edit(story, editor, title=told.title, lede=told.lede, body=told.body, seen=story.version)
    stories.publish(story, editor)


def _dated(text: str) -> str:
    return text.replace("{year}", str(clock.now().year))


# ---------------------------------------------------------------- looking up
def _lawyer(person: Person) -> Lawyer:
    lawyer = lawyers.by_email(person.email)
    assert lawyer is not None
    return lawyer


def _case(plan: Plan) -> Case:
    return db.session.scalars(select(Case).where(Case.title == plan.page.title)).one()
