"""Telling what happened before the demo opened; see `app.seed` for how."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import select

from app.accounts import queries as accounts
from app.accounts.models import User
from app.cases import service as cases
from app.cases.models import Area, Case
from app.cases.states import CaseState
from app.core import clock, ids
from app.database import db
from app.i18n.locale import using_language
from app.jobs.worker import beat
from app.lawyers import queries as lawyers
from app.pledges import checkout
from app.pledges import service as pledges
from app.pledges.models import Pledge
from app.seed import people
from app.seed.backers import Backing, as_person, draw, messages
from app.seed.people import PEOPLE, REVIEWERS
from app.seed.plans import PLANS, Plan, Wave

SEED = 1789  # any number; the same one draws the same demo
# Somebody at the provider's hosted page: its address, a card's number and the name on it; where the browser is sent.
Pay = Callable[[str, str, str], str]
_HIRED = timedelta(days=90)
_STEP = timedelta(days=2)
_AT_LAST = timedelta(minutes=20)


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
            beat(app)
        done += event.backers
        if event.backers and (done % 20 == 0 or done == total):
            say(f"{done} of {total} pledges")
    beat(app)
    _check(plans, are_backed=pay is not None)
    return links


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
    yield Event(now - _HIRED, lambda: _hire(password))
    for number, plan in enumerate(plans):
        yield from _made(plan, now, links, REVIEWERS[number % len(REVIEWERS)])
        yield from _backed(plan, now, pay) if pay else ()


def _generator(plan: Plan, purpose: str) -> Random:
    """Each case draws by itself, so that a change to one leaves the others as they were."""
    return Random(f"{SEED}:{plan.page.title}:{purpose}")  # noqa: S311 (nothing here is secret)


def _hire(password: str) -> None:
    for person in PEOPLE.values():
        user = people.register(person, password)
        if person.practice:
            people.apply(person, user, *(_user(name) for name in REVIEWERS))


def _made(plan: Plan, now: datetime, links: dict[str, str], reviewer: str) -> Iterator[Event]:
    """A page is written, sent in, decided on and published, some two days apart."""
    rng = _generator(plan, "steps")
    decisions: dict[CaseState, Callable[[], object]] = {
        CaseState.CHANGES_REQUESTED: lambda: cases.request_changes(_case(plan), _user(reviewer), plan.comment),
        CaseState.DECLINED: lambda: cases.decline(_case(plan), _user(reviewer), plan.comment),
    }

    def approve() -> None:
        cases.approve(_case(plan), _user(reviewer), plan.comment)

    def publish() -> None:
        token = cases.publish(_case(plan))
        if token is not None:
            links[plan.page.title] = token

    steps: list[Callable[[], object]] = [lambda: _write(plan, now)]
    if plan.reaches is not CaseState.DRAFT:
        steps.append(lambda: cases.submit(_case(plan)))
    if plan.reaches in decisions:
        steps.append(decisions[plan.reaches])
    if plan.reaches in (CaseState.APPROVED, CaseState.OPEN):
        steps.append(approve)
    if plan.reaches is CaseState.OPEN:
        steps.append(publish)
    at = now - timedelta(days=plan.since)
    for step in reversed(steps):
        yield Event(at, step)
        at -= _STEP - timedelta(minutes=rng.randrange(600))


def _write(plan: Plan, now: datetime) -> None:
    page = plan.page
    lawyer = lawyers.by_email(PEOPLE[plan.lawyer].email)
    assert lawyer is not None
    case = cases.open_case(lawyer, page.visibility, page.lang)
    area = db.session.scalars(select(Area).where(Area.slug == page.area)).one()
    cases.describe(case, title=page.title, area=area, kind=page.kind)
    number = page.parties.claim_number.replace("{year}", str(clock.now().year))
    cases.set_parties(case, replace(page.parties, claim_number=number))
    cases.tell_story(case, page.summary, page.story)
    if page.lines:
        cases.set_budget(case, page.lines, None)
        today = now.astimezone(ZoneInfo(case.time_zone)).date()
        cases.set_deadline(case, today + timedelta(days=plan.deadline), page.costs)


def _backed(plan: Plan, now: datetime, pay: Pay) -> Iterator[Event]:
    for at, backing in backings(plan, now):
        yield Event(at, partial(_back, plan, backing, pay), backers=1)
        if backing.withdraws:
            yield Event(now - _AT_LAST, partial(_withdraw, plan, backing.email))


def backings(plan: Plan, now: datetime) -> list[tuple[datetime, Backing]]:
    """Who backs the case when, in order; the same for the same `now`."""
    rng, taken, found = _generator(plan, "backers"), set[str](), list[tuple[datetime, Backing]]()
    said = messages(rng, plan.page.lang, plan.words)
    for wave in plan.waves:
        moments = sorted(_moment(wave, now, rng) for _ in range(wave.count))
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
    """Most come in the first days, few in the middle of the night."""
    span = timedelta(days=wave.since - wave.until)
    for _ in range(20):
        at = now - timedelta(days=wave.since) + span * rng.betavariate(0.9, 1.5)
        if 7 <= at.astimezone(ZoneInfo("Europe/London")).hour < 23:
            break
    return at


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
    user_id = _user(backing.person).id if backing.person else None
    pledge_id = pledges.start(case, details, user_id=user_id).id
    db.session.commit()
    returned = pay(checkout.open_page(pledge_id), backing.card, backing.name)
    session_id = parse_qs(urlsplit(returned).query)["session_id"][0]
    if checkout.fold_page(session_id) != pledge_id:
        raise RuntimeError(f"The hosted page of pledge {pledge_id} led to {returned}")


def _withdraw(plan: Plan, email: str) -> None:
    found = select(Pledge.id).where(Pledge.case_id == _case(plan).id, Pledge.email == email)
    pledges.withdraw(db.session.scalars(found).one())


# ---------------------------------------------------------------- looking up
def _user(name: str) -> User:
    user = accounts.by_email(PEOPLE[name].email)
    assert user is not None
    return user


def _case(plan: Plan) -> Case:
    return db.session.scalars(select(Case).where(Case.title == plan.page.title)).one()
