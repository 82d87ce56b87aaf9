"""Every page of the portal in every state that it can be in, for looking at."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

from playwright.sync_api import Page

from app.accounts import by_letter
from app.accounts import queries as accounts
from app.accounts import service as accounts_service
from app.accounts.models import OneTimeLink, User
from app.cases import queries, service
from app.cases.models import Case
from app.cases.states import CaseState, Visibility
from app.core import clock
from app.database import db
from app.lawyers import queries as lawyers
from app.lawyers import service as lawyers_service
from app.lawyers.models import Lawyer
from app.pledges import closing, collection, links, totals
from app.pledges.collection import AUTHENTICATION
from app.pledges.models import Pledge
from app.pledges.states import PledgeState, Shown
from app.storage import files
from app.storage.models import StoredFile
from tests.browser import steps
from tests.browser.running import DAY, Running
from tests.browser.steps import Person
from tests.cases import backed, stages
from tests.people import PASSWORD, dara, kian, leila, mina, omid
from tests.pledges import money

S = PledgeState
STORY = """The Wenlow rises on the moor above Harrowby and runs for nineteen miles past two schools, a swimming club and
the allotments where I first met the people I now act for. In March the regulator renewed a permit for the works at
Coldbeck. Since then there have been 61 releases.

## What we are asking the court to decide

We say the permit is **unlawful** for two reasons:

1. it does not mean what it says;
2. nobody was *asked*, see [the decision](https://example.org/a/very/long/address/that/does/not/fit/on/a/telephone).

> We are asking for the permit to mean what it says.

- a list
- of things
"""
FARSI = {
    "title": "آب پاک برای رودخانهٔ ونلو",
    "summary": "اعتراض به پروانه‌ای که ریختن فاضلاب تصفیه‌نشده به رودخانه را در روزهای خشک مجاز می‌کند.",
    "story": "## چه شد\n\n" + "رودخانه از بلندی‌های **هاروبی** سرچشمه می‌گیرد و نوزده مایل راه می‌رود. " * 8,
    "acting_for": "شناگران ونلو و ۱۴ خانواده",
    "respondent": "سازمان محیط زیست",
    "court": "دادگاه عالی لیدز",
}
Places = dict[str, str]


@dataclass(frozen=True)
class Scene:
    """A page: where it is (names in braces come from `build`), who looks, and what they do there first."""

    path: str
    who: Person | None = None
    act: Callable[[Page], None] | None = None


def build(running: Running) -> Places:
    """Make everything that the scenes show, in an empty portal that stands still; addresses by name."""
    places: Places = {}
    try:
        clock.move(-14 * DAY)
        with running.inside():
            people_and_drafts(places)
            busy = stages.live(title="Clean water for the Wenlow", story=STORY, area_slug="environment", closes_in=40)
            places["busy"], places["live"] = busy.slug, busy.public_id
        for day in range(14):
            with running.inside():
                back_busily(places["busy"], day)
                totals.roll_up()
            clock.move(DAY)
    finally:
        clock.reset()
    with running.inside():
        really_paid(places)
    with running.inside():
        published(places)
        each_pledge(places)
    return places


def newcomer() -> User:
    """Somebody who has not confirmed their address."""
    known = accounts.by_email("nadia@example.org")
    if known is None:
        known = accounts_service.register("nadia@example.org", "Nadia Amini", PASSWORD)
        known.confirmed_at = None
    return known


def rejected() -> Lawyer:
    """A lawyer who was turned down."""
    known = lawyers.by_email("arash@example.org")
    if known is None:
        user = accounts_service.register("arash@example.org", "Arash Bell", PASSWORD)
        details = ("other", "Chartered Institute of Legal Executives", "A/1", "Bell Legal", "Hull")
        known = lawyers_service.apply(user, *details, portrait="", evidence=_evidence())
        for member in (mina(), dara()):
            lawyers_service.decline(known, member, "The certificate is of 2019.\n\nSend this year’s.")
    return known


def _evidence() -> StoredFile:
    return files.keep(BytesIO(b"%PDF-1.7"), "practising-certificate.pdf", by_id=None)


def people_and_drafts(places: Places) -> None:
    for person in (omid, mina, dara, newcomer):
        person()
    waiting, turned_down = kian(), rejected()
    waiting.evidence = _evidence()
    lawyers_service.check(waiting, "firm", "Companies House", dara())
    places["waiting_lawyer"], places["declined_lawyer"] = waiting.public_id, turned_down.public_id
    by_letter.send_confirmation(newcomer())
    by_letter.ask_to_move(omid(), "omid.rahimi@example.org")
    by_letter.send_reset(omid().id)
    db.session.flush()
    for link in db.session.query(OneTimeLink):
        link.expires_at += timedelta(days=1)  # looking at everything takes longer than they last
        places[link.kind] = by_letter.token_of(link)
    places["empty"] = stages.empty_draft(leila()).public_id
    places["draft"] = stages.draft(leila(), title="A draft with everything", story=STORY, minor=475_000).public_id
    places["in_review"] = stages.in_review(leila(), title="Keep the footbridge", story=STORY).public_id
    places["private_in_review"] = stages.in_review(leila(), Visibility.PRIVATE, title="A family’s appeal").public_id
    asked = stages.in_review(leila(), title="Lorries on Mill Lane")
    service.request_changes(asked, mina(), "Say who owns the lane.\n\nSay how many lorries there were.")
    declined = stages.in_review(leila(), title="Fees for a school trip")
    service.decline(declined, mina(), "This is not a legal case.")
    places["changes_requested"], places["declined"] = asked.public_id, declined.public_id
    places["approved"] = stages.approved(leila(), title="Minimum wage on the night shift", closes_in=60).public_id
    places["approved_too_late"] = stages.approved(leila(), title="A hearing in spring", closes_in=8).public_id


def back_busily(slug: str, day: int) -> None:
    """Two or three backers, who appear in different ways."""
    ways = list(Shown)
    case = db.session.query(Case).filter_by(slug=slug).one()
    for n in range(2 + day % 2):
        message = "My grandmother swam here. پیروز باشید" if n == day % 3 else ""
        backed.pledge(
            case, 10 + 15 * day + n, name=f"Backer Number {day * 3 + n}", shown=ways[(day + n) % 4], message=message
        )


def published(places: Places) -> None:
    """A case in each state that the public can see."""

    def made(name: str, **words: str) -> Case:
        case = stages.live(minor=47_500, **{"title": f"A case that is {name}", "story": STORY, **words})
        places[name] = case.slug
        return case

    made("first_day")
    made("farsi", **FARSI).lang = "fa"
    made("paused").suspended_at = clock.now()
    for name, state, paid in (
        ("met", CaseState.FUNDED, S.COLLECTED),
        ("ended", CaseState.FUNDED, S.COLLECTED),
        ("counting", CaseState.CLOSING, S.PLEDGED),
        ("missed", CaseState.UNFUNDED, S.RELEASED),
        ("concluded", CaseState.CONCLUDED, S.COLLECTED),
    ):
        case = made(name)
        for n in range(6):
            backed.pledge(case, 100, paid, name=f"Backer {n}")
        case.state = state
        if state in (CaseState.FUNDED, CaseState.CONCLUDED):
            case.funded_at = clock.now()
        if name in ("ended", "missed", "concluded"):
            case.raising_ended_at = case.closed_at = clock.now()
    case, token = stages.live_private(leila(), title="The Moradi family’s appeal", minor=47_500, story=STORY)
    service.make_link(case, "Parents’ group")
    places["private"], places["link"] = case.public_id, token
    places["grant"] = str(queries.links(case)[0].id)


def each_pledge(places: Places) -> None:
    """A pledge in each state, to the case in which such a pledge is found."""
    moment = clock.now()
    for state in PledgeState:
        name = {S.DUE: "met", S.COLLECTED: "met", S.RELEASED: "missed"}.get(state, "first_day")
        if state in (S.CHARGING, S.RETRY, S.ACTION_REQUIRED, S.LAPSED, S.CANCELLED):
            name = "met"
        _pledge(places, name, str(state), state=state, collected_at=moment, ended_at=moment, due_at=moment)
    failing = {"state": S.ACTION_REQUIRED, "first_failed_at": moment, "next_at": moment + timedelta(days=7)}
    _pledge(places, "met", "asks_bank", last_code=AUTHENTICATION, **failing)


def _pledge(places: Places, case: str, name: str, **values: object) -> Pledge:
    row = db.session.query(Case).filter_by(slug=places[case]).one()
    made = backed.pledge(row, 25, message="Good luck. موفق باشید")
    known = {"card_last4": "4242", "first_failed_at": clock.now(), "next_at": clock.now() + timedelta(days=1)}
    for field, value in {**known, "last_code": "generic_decline", **values}.items():
        setattr(made, field, value)
    db.session.flush()
    places[name] = links.token_of(made)
    return made


def really_paid(places: Places) -> None:
    """What Stripe must know of: a card page that is open, and a payment that the bank wants approved."""
    slug = stages.live(title="A case that needs a bank", minor=47_500).slug
    db.session.commit()
    open_page = money.start(slug, money.pounds(25))
    places["card_page"] = money.session_of(money.checkout.open_page(open_page))
    places["open_case"] = slug
    asked = money.back(slug, money.pounds(500), money.ASKS_EACH_TIME)
    totals.roll_up()
    closing.check_target(money.of_case(slug))
    db.session.commit()
    collection.charge_due()
    places["really_asks_bank"] = links.token_of(money.row(asked))


# ---------------------------------------------------------------- what people do on a page first
def send_empty(page: Page) -> None:
    """Send the form as it is, which is not enough."""
    steps.send(page)
    page.locator(".error-summary").wait_for()


def send_pledge(page: Page) -> None:
    steps.pledge_button(page).click()
    page.locator(".error-summary").wait_for()


def press(name: str) -> Callable[[Page], None]:
    """Press the button of this name (the attribute), wherever the page stays."""

    def act(page: Page) -> None:
        page.locator(f"button[name={name}]").first.click()
        page.wait_for_load_state()

    return act


def prove(page: Page) -> None:
    """Say the password again, if it is asked for, and go on."""
    if page.locator("[name=password]").count():
        page.locator("[name=password]").fill(PASSWORD)
    steps.send(page)
    page.wait_for_load_state()


def sign_up(page: Page) -> None:
    for name, value in (("name", "Sara"), ("email", "sara.m@example.org"), ("password", PASSWORD)):
        page.locator(f"[name={name}]").fill(value)
    steps.send(page)
    page.wait_for_url("**/sent")


def open_private(page: Page) -> None:
    page.wait_for_url("**/cases/*")


def choose_other(page: Page) -> None:
    page.locator("[name=amount_choice][value=other]").check()
    page.locator("[name=tip_choice][value=other]").check()


def send(page: Page) -> None:
    steps.send(page)
    page.wait_for_load_state()


STEPS = ("visibility", "about", "parties", "story", "budget", "deadline")
SCENES: dict[str, Scene] = {
    # pages for everybody
    "home": Scene("/"),
    **{name: Scene(f"/{name}") for name in ("how-it-works", "fees", "terms", "privacy", "contact")},
    "appearance": Scene("/settings/appearance"),
    "explore": Scene("/cases/"),
    "explore_all": Scene("/cases/?status=any&sort=ending&area=environment"),
    "explore_nothing": Scene("/cases/?area=criminal&status=ended"),
    "nowhere": Scene("/nowhere"),
    # a case
    **{
        f"case_{name}": Scene(f"/cases/{{{name}}}")
        for name in ("busy", "first_day", "farsi", "paused", "met", "ended", "counting", "missed", "concluded")
    },
    "case_backers": Scene("/cases/{busy}/backers"),
    "case_private": Scene("/p/{link}", act=open_private),
    # pledging
    "back": Scene("/cases/{busy}/back"),
    "back_other": Scene("/cases/{busy}/back", act=choose_other),
    "back_wrong": Scene("/cases/{busy}/back", act=send_pledge),
    "back_met": Scene("/cases/{met}/back"),
    **{f"back_{name}": Scene(f"/cases/{{{name}}}/back") for name in ("paused", "ended", "counting", "missed")},
    "waiting": Scene("/cases/{open_case}/back/returned?session_id={card_page}"),
    # a pledge
    **{f"pledge_{state}": Scene(f"/pledges/{{{state}}}") for state in (*map(str, PledgeState), "asks_bank")},
    "thanks": Scene("/pledges/{pledged}/thanks"),
    "thanks_due": Scene("/pledges/{due}/thanks"),
    "thanks_collected": Scene("/pledges/{collected}/thanks"),
    "withdraw": Scene("/pledges/{pledged}/withdraw"),
    "withdraw_too_late": Scene("/pledges/{collected}/withdraw"),
    "amount": Scene("/pledges/{pledged}/amount"),
    "pledge_appearance": Scene("/pledges/{pledged}/appearance"),
    "approve": Scene("/pledges/{asks_bank}/approve"),
    "approve_at_bank": Scene("/pledges/{really_asks_bank}/approve", act=send),
    # accounts
    "sign_in": Scene("/account/sign-in"),
    "sign_in_wrong": Scene("/account/sign-in", act=send_empty),
    "sign_up": Scene("/account/sign-up"),
    "sign_up_wrong": Scene("/account/sign-up", act=send_empty),
    "sign_up_sent": Scene("/account/sign-up", act=sign_up),
    "confirm": Scene("/account/confirm/{confirm}"),
    "confirm_change": Scene("/account/confirm/{change}"),
    "link_ended": Scene("/account/reset/nothing"),
    "reset": Scene("/account/reset"),
    "reset_sent": Scene("/account/reset/sent"),
    "new_password": Scene("/account/reset/{reset}"),
    "account": Scene("/account/", who=omid),
    "account_with_codes": Scene("/account/", who=leila),
    "account_unconfirmed": Scene("/account/", who=newcomer),
    "resend": Scene("/account/confirm", who=newcomer),
    "set_up_unconfirmed": Scene("/account/second-factor/set-up", who=newcomer),
    **{f"account_{name}": Scene(f"/account/{name}", who=omid) for name in ("details", "email", "password", "sign-ins")},
    "account_password_wrong": Scene("/account/password", who=omid, act=send_empty),
    "account_details_fixed": Scene("/account/details", who=leila),
    "set_up": Scene("/account/second-factor/set-up", who=omid),
    "scan": Scene("/account/second-factor/set-up", who=omid, act=prove),
    "renew": Scene("/account/second-factor/recovery-codes", who=leila),
    "turn_off": Scene("/account/second-factor/off", who=kian),
    "turn_off_never": Scene("/account/second-factor/off", who=leila),
    # applying as a lawyer, and the directory
    "apply": Scene("/lawyers/apply", who=omid),
    "apply_wrong": Scene("/lawyers/apply", who=omid, act=send_empty),
    "apply_unconfirmed": Scene("/lawyers/apply", who=newcomer),
    "apply_change": Scene("/lawyers/apply", who=kian),
    "application_waiting": Scene("/lawyers/application", who=kian),
    "application_verified": Scene("/lawyers/application", who=leila),
    "application_declined": Scene("/lawyers/application", who=rejected),
    "apply_again": Scene("/lawyers/apply", who=rejected),
    "directory": Scene("/lawyers/"),
    "directory_end": Scene("/lawyers/?after=zzz"),
    "profile": Scene("/lawyers/leila-farahani"),
    # the lawyer's side
    "wizard_new": Scene("/cases/new", who=leila),
    "wizard_new_unverified": Scene("/cases/new", who=kian),
    "wizard_new_wrong": Scene("/cases/new", who=leila, act=send_empty),
    **{f"wizard_{step}": Scene(f"/dashboard/cases/{{draft}}/edit/{step}", who=leila) for step in STEPS},
    **{
        f"wizard_{step}_wrong": Scene(f"/dashboard/cases/{{empty}}/edit/{step}", who=leila, act=send_empty)
        for step in STEPS[1:]
    },
    "wizard_story_preview": Scene("/dashboard/cases/{draft}/edit/story", who=leila, act=press("preview")),
    "wizard_check": Scene("/dashboard/cases/{draft}/check", who=leila),
    "wizard_check_incomplete": Scene("/dashboard/cases/{empty}/check", who=leila),
    "dashboard": Scene("/dashboard/", who=leila),
    "dashboard_empty": Scene("/dashboard/", who=kian),
    **{
        f"dashboard_{state}": Scene(f"/dashboard/cases/{{{state}}}", who=leila)
        for state in ("in_review", "changes_requested", "declined", "approved", "approved_too_late", "live", "private")
    },
    "dashboard_new_link": Scene("/dashboard/cases/{private}", who=leila, act=send),
    "dashboard_revoke": Scene("/dashboard/cases/{private}/links/{grant}/revoke", who=leila),
    # staff
    "staff": Scene("/staff/", who=mina),
    "staff_queue": Scene("/staff/cases", who=mina),
    "staff_lawyers": Scene("/staff/lawyers", who=mina),
    "staff_lawyer": Scene("/staff/lawyers/{waiting_lawyer}", who=mina),
    "staff_lawyer_wrong": Scene("/staff/lawyers/{waiting_lawyer}", who=mina, act=send_empty),
    "staff_lawyer_decided": Scene("/staff/lawyers/{declined_lawyer}", who=mina),
    "staff_review": Scene("/staff/cases/{in_review}", who=mina),
    "staff_review_private": Scene("/staff/cases/{private_in_review}", who=mina),
    "staff_review_wrong": Scene("/staff/cases/{in_review}", who=mina, act=send_empty),
    "staff_decided": Scene("/staff/cases/{changes_requested}", who=mina),
}
