"""Every letter there is, rendered in both languages, and every template belongs to one."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from app.accounts import by_letter
from app.accounts.models import OneTimeLink, User
from app.cases import (
    appeals,
    changing,
    client,
    filing_review,
    invitations,
    publishing,
    restrictions,
    review,
    service,
    visibility,
)
from app.cases import stages as stage_changes
from app.cases.drafting import Stage
from app.cases.models import Case, CaseStageChange, CaseVersion
from app.core import clock
from app.core.money import Money
from app.core.text import is_safe_line
from app.database import db as database
from app.i18n.locale import LANGUAGES
from app.lawyers import queries as known_lawyers
from app.lawyers import renewal, suspension
from app.lawyers import service as lawyers
from app.lawyers.models import Lawyer
from app.mail import outbox
from app.mail.outbox import WRITERS, Letter, render
from app.moderation import service as moderation
from app.moderation.models import Report
from app.moderation.service import About
from app.pledges import closing
from app.pledges.models import ChargeAttempt, Pledge
from app.pledges.states import PledgeState
from app.privacy import asking as privacy
from app.privacy.models import PrivacyLink
from app.settings import service as settings
from app.settings.known import BY_NAME
from app.updates import service as updates
from app.updates.models import Update
from config import ROOT
from tests.cases import backed, restricting, rewriting, stages
from tests.people import dara, kian, leila, mina, sara
from tests.updates import making

pytestmark = pytest.mark.one_database
P = PledgeState
TEMPLATES = ROOT / "app" / "templates" / "email"


@dataclass
class World:
    """What letters tell of: a complete draft and a pledge with a card that was tried once."""

    case: Case
    pledge: Pledge

    def at(self, *steps: Callable[[Case], object]) -> dict[str, int]:
        """The facts of a letter about the case after these steps."""
        for step in steps:
            step(self.case)
        return {"case": self.case.id}

    def pledged(self, state: PledgeState, **values: object) -> dict[str, int]:
        """The facts of a letter about the pledge in `state`."""
        for name, value in {"state": state, **values}.items():
            setattr(self.pledge, name, value)
        return {"pledge": self.pledge.id}

    def failing(self, state: PledgeState) -> dict[str, int]:
        """The facts of a letter about the pledge's failed try."""
        soon = clock.now() + timedelta(days=1)
        return {**self.pledged(state, next_at=soon, first_failed_at=clock.now()), "attempt": 1}


def changed(case: Case) -> CaseVersion:
    """A material change, as it stands on the page of `case`."""
    return rewriting.applied(case, relief_sought="A declaration, and costs")


def approve(case: Case) -> None:
    stages.approve(case, mina(), "Well done.")


def end_early(case: Case) -> None:
    closing.end_early(case.id, "There is no case any more.", by="lawyer", actor_id=None)


def suspend(case: Case) -> None:
    service.suspend(case, "staff", "money", line="We are looking into it.", actor_id=None)


def take_down(case: Case) -> None:
    service.take_down(case, "order", actor_id=None)


def reported(case_id: int) -> Report:
    about = About("case", leila().id, case_id)
    moderation.report(about, concern="money", words="Why?", email="r@example.org", lang="en", form_key="1" * 32)
    return database.session.scalars(select(Report)).one()


def noted(case_id: int) -> dict[str, int]:
    """The facts of a letter with what staff wrote to the lawyer."""
    report = reported(case_id)
    moderation.write_to_lawyer(report, mina(), "Say what the money is for.")
    return {"note": report.notes[0].id}


def decided_filing(case_id: int, refusal: str = "") -> int:
    """The id of a filing that Mina has looked at and checked, or refused."""
    row = stages.filed(database.session.get_one(Case, case_id))
    filing_review.see(row, mina())
    assert filing_review.refuse(row, mina(), refusal) if refusal else filing_review.check(row, mina())
    return row.id


def told(update: Update) -> dict[str, int]:
    """The facts of a letter to a backer about an update."""
    database.session.flush()
    backer = select(Pledge.id).where(Pledge.case_id == update.case_id)
    return {"update": update.id, "pledge": database.session.scalars(backer).one()}


def update_down() -> dict[str, int | str]:
    """The facts of a letter to the lawyer whose update was taken down."""
    update = making.post(making.funded())
    updates.take_down(update, "privacy", actor_id=mina().id)
    return {"update": update.id, "what": "taken_down"}


def staged() -> dict[str, int]:
    """The facts of a letter to a backer about other stages."""
    case = making.funded()
    later = [Stage("The appeal", "If we lose.", Money(500_00, "GBP"))]
    stage_changes.change(case, later, case.lawyer.user)
    database.session.flush()
    change = select(CaseStageChange.id).where(CaseStageChange.case_id == case.id)
    backer = select(Pledge.id).where(Pledge.case_id == case.id)
    return {"change": database.session.scalars(change).one(), "pledge": database.session.scalars(backer).one()}


def owing() -> dict[str, int | str]:
    """The facts of a letter about an update that is due today."""
    case = making.funded(legal_stage="issued")
    case.funded_at = clock.now() - timedelta(days=60)
    return {"case": case.id, "due_on": stages.day(0).isoformat(), "days": 0}


def hidden_and_told_again(case: Case) -> int:
    row = restricting.hide(case)
    restrictions.lift(row, mina(), "The order was discharged.")
    return row.id


def wishing(case: Case) -> Case:
    client.wish_changes(client.token_of(stages.asked(case)), "Leave my street out.")
    return case


def answered(case: Case) -> dict[str, int | None]:
    """The facts of a letter about the client's answer."""
    row = client.standing(case).row
    return {"consent": row.id if row else None}


SENT_IN = (stages.consented, review.submit)
APPROVED = (*SENT_IN, approve)
LIVE = (*APPROVED, publishing.publish)


def linked(send: Callable[[User], object]) -> dict[str, int]:
    """The facts of a letter around the link that `send` makes for Sara."""
    send(sara())
    return {"link": database.session.scalars(select(OneTimeLink).order_by(OneTimeLink.id.desc())).first().id}


def about(who: Callable[[], Lawyer], *steps: Callable[[Lawyer], object]) -> dict[str, int]:
    """The facts of a letter to a lawyer after these steps."""
    for step in steps:
        step(who())
    return {"lawyer": who().id}


def asking_for_data() -> dict[str, int]:
    """The facts of the letter that answers who asked what we hold."""
    privacy.ask("guest@example.org", "en")
    return {"link": database.session.scalars(select(PrivacyLink)).one().id}


def moved() -> Lawyer:
    """Sara, as a lawyer at another firm."""
    details = ("solicitor", "Solicitors Regulation Authority", "701235", "Rad & Vale", "Hull")
    return known_lawyers.by_user(sara().id) or lawyers.apply(sara(), *details)


def suspended_and_lifted(lawyer: Lawyer) -> None:
    suspension.suspend(lawyer, "Looked into.", mina())
    for member in (mina(), dara()):
        suspension.lift(lawyer, member, "Settled.")


def setting_proposed() -> dict[str, int | str]:
    """The facts of a letter about a change that waits for a second administrator."""
    row = settings.change(BY_NAME["fresh_minutes"], 60, "We are asked too often.", by_id=mina().id)
    return {"change": row.id, "what": "proposed"}


# One example for every letter.
EXAMPLES: dict[str, Callable[[World], dict[str, Any]]] = {
    "accounts.confirm": lambda _world: linked(lambda user: by_letter.ask_to_move(user, "sara.m@example.org")),
    "accounts.already_registered": lambda _world: linked(lambda user: by_letter.tell_known(user.email)),
    "accounts.reset": lambda _world: linked(lambda user: by_letter.send_reset(user.id)),
    "accounts.password_changed": lambda _world: {"user": sara().id},
    "accounts.email_changed": lambda _world: {"user": sara().id, "is_old": True},
    "accounts.second_factor": lambda _world: {"user": sara().id, "what": "recovered"},
    "lawyers.applied": lambda _world: about(kian),
    "lawyers.verified": lambda _world: about(leila),
    "lawyers.pending": lambda _world: about(moved, lambda lawyer: lawyers.come_down(lawyer, "changed")),
    "lawyers.expiring": lambda _world: {**about(leila), "until": renewal.runs_out_at(leila()).isoformat()},
    "lawyers.suspended": lambda _world: about(leila, lambda lawyer: suspension.suspend(lawyer, "Looked into.", mina())),
    "lawyers.restored": lambda _world: about(leila, suspended_and_lifted),
    "lawyers.declined": lambda _world: about(
        kian,
        *(lambda lawyer, by=by: lawyers.decline(lawyer, by(), "Send this year’s certificate.") for by in (mina, dara)),
    ),
    "privacy.link": lambda _world: asking_for_data(),
    "cases.submitted": lambda world: world.at(*SENT_IN),
    "cases.client_asked": lambda world: {"consent": stages.asked(world.case).id},
    "cases.client_agreed": lambda world: answered(stages.consented(world.case)),
    "cases.client_wants_changes": lambda world: answered(wishing(world.case)),
    "cases.changes_requested": lambda world: world.at(
        *SENT_IN,
        lambda case: review.request_changes(case, mina(), "Say who benefits.", comments={"title": "Shorter."}),
    ),
    "cases.approved": lambda world: world.at(*APPROVED),
    "cases.declined": lambda world: world.at(*SENT_IN, lambda case: review.decline(case, mina(), "No.")),
    "cases.appeal_decided": lambda world: world.at(
        *SENT_IN,
        lambda case: review.decline(case, mina(), "No."),
        lambda case: appeals.appeal(case, "The order is older."),
        lambda case: appeals.decide(case, dara(), "changes", "Say so on the page."),
    ),
    "cases.suspended": lambda world: world.at(*LIVE, suspend),
    "cases.lifted": lambda world: world.at(*LIVE, suspend, lambda case: service.lift(case, "staff", actor_id=None)),
    "cases.taken_down": lambda world: world.at(*LIVE, take_down),
    "cases.put_back": lambda world: world.at(*LIVE, take_down, lambda case: service.put_back(case, actor_id=None)),
    "settings.changed": lambda _world: setting_proposed(),
    "moderation.note": lambda world: noted(world.at(*LIVE)["case"]),
    "moderation.answered": lambda world: {"report": reported(world.at(*LIVE)["case"]).id},
    "cases.published": lambda world: world.at(*LIVE),
    "cases.not_published": lambda world: world.at(*APPROVED),
    "cases.invited": lambda _world: {
        "grant": invitations.invite(stages.live_private()[0], ["ada@example.org"], "en")[0].id
    },
    "cases.filing_checked": lambda world: {"filing": decided_filing(world.at(*LIVE)["case"])},
    "cases.filing_refused": lambda world: {"filing": decided_filing(world.at(*LIVE)["case"], "Not sealed.")},
    "cases.made_public": lambda world: world.at(*LIVE),
    "cases.name_hidden": lambda world: {**world.at(*LIVE), "name": restricting.hide(world.case).id},
    "cases.name_told_again": lambda world: {**world.at(*LIVE), "name": hidden_and_told_again(world.case)},
    "cases.kept_private": lambda _world: {"case": stages.live_private()[0].id},
    "cases.made_private": lambda world: world.at(*LIVE, lambda case: visibility.make_private(case, actor_id=None)),
    "cases.target_met": lambda world: world.at(*LIVE, service.fund),
    "cases.target_missed": lambda world: world.at(*LIVE, service.start_closing, service.end_unfunded),
    "pledges.thanks": lambda world: world.pledged(P.PLEDGED),
    "pledges.changed": lambda world: world.pledged(P.PLEDGED),
    "cases.page_changed": lambda world: world.at(*LIVE, lambda case: changed(case)),
    "cases.change_refused": lambda world: {"case": changing.begin(stages.live(title="Cleaner water")).id},
    "pledges.page_changed": lambda world: {
        "pledge": world.pledged(P.PLEDGED)["pledge"],
        "version": changed(world.pledge.case).id,
    },
    "pledges.withdrawn": lambda world: world.pledged(P.WITHDRAWN, ended_at=clock.now()),
    "pledges.target_met": lambda world: world.pledged(P.DUE),
    "pledges.receipt": lambda world: world.pledged(P.COLLECTED, collected_at=clock.now()),
    "pledges.card_failed": lambda world: world.failing(P.RETRY),
    "pledges.approve_payment": lambda world: world.failing(P.ACTION_REQUIRED),
    "pledges.lapsed": lambda world: world.pledged(P.LAPSED, ended_at=clock.now()),
    "pledges.target_missed": lambda world: world.pledged(P.RELEASED, ended_at=clock.now()),
    "pledges.too_late": lambda world: world.pledged(P.ABANDONED, ended_at=clock.now()),
    "pledges.claim": lambda _world: linked(lambda user: by_letter.make(user, "claim", "omid@example.org")),
    "pledges.ended_early": lambda world: world.pledged(P.RELEASED, ended_at=clock.now()),
    "cases.ended_early": lambda world: world.at(*LIVE, end_early),
    "updates.posted": lambda _world: told(making.post(making.funded())),
    "updates.concluded": lambda _world: told(making.concluded(effect="The library opens again.").update),
    "updates.started_again": lambda world: {"pledge": world.pledge.id, **world.at(*LIVE)},
    "updates.measure": lambda _world: update_down(),
    "updates.stages_changed": lambda _world: staged(),
    "updates.due": lambda _world: owing(),
    "stories.published": lambda _world: {"story": making.told().id},
}


@pytest.fixture
def world(db):
    river = stages.live(title="Clean water")
    card = {"payment_method": "pm_1", "card_brand": "visa", "card_last4": "4242", "card_expires": "2034-12"}
    pledge = backed.pledge(river, 25, **card)
    db.session.add(ChargeAttempt(pledge_id=pledge.id, n=1, payment_method="pm_1", state="declined"))
    db.session.flush()
    return World(stages.draft(), pledge)


class Reader(HTMLParser):
    """What a letter's HTML declares and links to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.root: dict[str, str | None] = {}
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "html":
            self.root = dict(attrs)
        if tag == "a":
            self.links.append(str(dict(attrs).get("href")))
        if tag in ("img", "script", "iframe", "form", "link"):
            self.loads.append(tag)


# ---------------------------------------------------------------- every letter
def test_every_letter_has_an_example_here(app):
    missing = sorted(WRITERS.keys() - EXAMPLES.keys())
    assert not missing, f"Give these letters an example in tests/whole_house/test_letters.py: {missing}"
    assert EXAMPLES.keys() <= WRITERS.keys()


def test_a_letter_without_an_example_is_noticed(app, monkeypatch):
    """The control."""
    monkeypatch.setitem(WRITERS, "cases.forgotten", lambda case: None)
    with pytest.raises(AssertionError, match=r"cases\.forgotten"):
        test_every_letter_has_an_example_here(app)


@pytest.fixture(params=EXAMPLES)
def written(request, world):
    """A letter in each language, by language."""
    facts = EXAMPLES[request.param](world)
    database.session.flush()
    database.session.expire_all()
    letters = {lang: render(request.param, lang, facts) for lang in LANGUAGES}
    assert None not in letters.values(), f"the example of {request.param} is no longer true"
    return letters


def test_every_letter_is_written_in_both_languages(written):
    for lang, letter in written.items():
        assert letter.subject and is_safe_line(letter.subject) and len(letter.subject) < 140
        for part in (letter.subject, letter.text, letter.html):
            assert "%(" not in part and "{{" not in part and "None" not in part, lang
        assert len(letter.text.splitlines()) > 5 and "\n\n\n\n" not in letter.text and "<" not in letter.text


def test_a_letters_html_says_its_language_loads_nothing_and_leads_only_to_us(written):
    for lang, letter in written.items():
        page = Reader(letter.html)
        assert (page.root["lang"], page.root["dir"]) == (lang, LANGUAGES[lang].direction)
        assert page.loads == [] and page.links
        assert {urlsplit(link)[:2] for link in page.links} == {("https", "localhost")}


def test_whoever_reads_the_text_part_gets_where_the_other_leads(written):
    for lang, letter in written.items():
        in_text, in_html = set(re.findall(r"https://\S+", letter.text)), Reader(letter.html).links
        assert in_text <= set(in_html) and in_html[-1] == f"https://localhost{LANGUAGES[lang].prefix}/"
        assert in_text - {in_html[-1]}, "nothing but the way to the home page"


def test_figures_in_persian_letters_are_persian(written):
    text = re.sub(r"https://\S+|[0-9a-z-]{12,}", "", written["fa"].text)
    assert "£" not in text and not re.search(r"[0-9][.,][0-9]{2}", text)


# ---------------------------------------------------------------- templates
def test_every_letter_has_its_three_templates_and_no_template_is_left_over(world, monkeypatch):
    used = set()
    monkeypatch.setattr(outbox, "render_template", lambda name, **_values: used.add(name) or "x")
    for name, example in EXAMPLES.items():
        outbox.render(name, "en", example(World(stages.draft(), world.pledge)))
    ends = {re.sub(r"\.(subject\.txt|txt|html)$", "", name) for name in used}
    assert used == {f"{end}.{part}" for end in ends for part in ("subject.txt", "txt", "html")}
    there = {f"email/{path.relative_to(TEMPLATES)}" for path in TEMPLATES.rglob("*.*") if path.name[0] != "_"}
    assert there == used


def test_no_two_writers_share_a_name(app):
    with pytest.raises(ValueError, match="Two writers"):
        outbox.letter("cases.approved")(lambda case: Letter("cases/approved"))
