"""Every page of the portal in every state that it can be in, for looking at."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

from playwright.sync_api import Page
from sqlalchemy import select

from app.accounts import by_letter
from app.accounts import queries as accounts
from app.accounts import service as accounts_service
from app.accounts.models import OneTimeLink, Passkey, User
from app.cases import (
    appeals,
    changing,
    client,
    drafting,
    fields,
    filing_review,
    invitations,
    passphrase,
    publishing,
    queries,
    relaunch,
    review,
    visibility,
)
from app.cases import files as case_files
from app.cases import jobs as cases_jobs
from app.cases.models import Case, CasePicture
from app.cases.states import CaseState, Visibility
from app.core import clock
from app.database import db
from app.jobs.models import Job
from app.lawyers import queries as lawyers
from app.lawyers import renewal, suspension
from app.lawyers import service as lawyers_service
from app.lawyers.models import Lawyer
from app.mail.models import OutgoingLetter
from app.moderation import service as moderation
from app.pages import figures
from app.pledges import claims, closing, collection, freeze, links, totals
from app.pledges.collection import AUTHENTICATION
from app.pledges.models import Pledge
from app.pledges.states import PledgeState, Shown
from app.privacy import asking as privacy
from app.privacy.models import PrivacyLink
from app.search import index
from app.seed.papers import river
from app.storage import files
from app.storage.models import StoredFile
from app.stories import service as stories
from app.stories.models import Story
from app.updates import readers
from app.updates import service as updates
from tests.browser import steps
from tests.browser.running import DAY, Running
from tests.browser.steps import Person
from tests.cases import backed, filing, restricting, rewriting, stages
from tests.lawyers import badges
from tests.moderation import making as reporting
from tests.people import PASSWORD, dara, kian, leila, mina, nima, omid, roya, sara
from tests.pledges import money
from tests.updates import making

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
            places["paper"] = filing.document(busy).public_id
            refused = stages.filed(busy)
            filing_review.see(refused, mina())
            filing_review.refuse(refused, mina(), "The seal cannot be read.\n\nPlease scan it again.")
            filing.picture(busy, content=river())
            filing.picture(busy, is_cover=False, alt="Six people in the water, arm in arm")
            case_files.set_video(busy, "https://vimeo.com/76979871", by_id=None)
            again = stages.live(title="A footbridge over the Wenlow", area_slug="environment", closes_in=40)
            changing.correct(rewriting.begun(again, "A typo.", title="The footbridge over the Wenlow"))
            places["rewritten"] = again.slug
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
        behind_doors(places)
        badges_that_are_down(places)
        each_pledge(places)
    with running.inside():
        looked_into(places)
    with running.inside():
        told_of(places)
        claimed(places)
        asked_for_data(places)
        failed()
        index.refresh()
    with running.inside():
        for picture_id in list(db.session.scalars(select(CasePicture.id))):
            cases_jobs.make_variants(picture_id)
        figures.refresh()
    return places


def newcomer() -> User:
    """Somebody who has not confirmed their address."""
    known = accounts.by_email("nadia@example.org")
    if known is None:
        known = accounts_service.register("nadia@example.org", "Nadia Amini", PASSWORD)
        known.confirmed_at = None
    return known


def passkey_of(user: User) -> int:
    """The id of the first of two passkeys of `user`; what they can open does not matter."""
    kept = {"public_key": "", "sign_count": 0, "transports": "internal", "created_at": clock.real_now()}
    names = {"Phone, موبایل": clock.real_now(), "A key in the drawer of the desk": None}
    keys = [
        Passkey(user_id=user.id, credential_id=f"key{n}{user.id:04}", name=name, used_at=used, **kept)
        for n, (name, used) in enumerate(names.items())
    ]
    db.session.add_all(keys)
    db.session.flush()
    return keys[0].id


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


def _with_badge(first: str, name: str, number: str, firm: str) -> Lawyer:
    """A lawyer whom Mina and Dara verified, besides Leila."""
    user = accounts_service.register(f"{first}@example.org", name, PASSWORD)
    accounts_service.turn_on_second_factor(user)
    made = lawyers_service.apply(user, "solicitor", "Solicitors Regulation Authority", number, firm, "Hull")
    badges.approve(made)
    return made


def farid() -> Lawyer:
    """A lawyer whose verification is suspended."""
    return lawyers.by_email("farid@example.org") or _with_badge("farid", "Farid Noori", "701234", "Noori Legal")


def shirin() -> Lawyer:
    """A lawyer who changed firms and waits for staff again."""
    return lawyers.by_email("shirin@example.org") or _with_badge("shirin", "Shirin Rad", "701235", "Rad & Vale")


def badges_that_are_down(places: Places) -> None:
    """Cases of lawyers without their badge, a register, and somebody of whom it says something else."""
    suspended, waits = farid(), shirin()
    for name, lawyer in (("suspended", suspended), ("pending", waits)):
        places[name] = stages.live(lawyer, title=f"A case whose lawyer is {name}", story=STORY).slug
        places[f"{name}_lawyer"] = lawyer.public_id
    badges.bring("612345,Leyla Farahani,practising,Fenmoor Legal", "701234,Farid Noori,practising,")
    renewal.recheck(leila().id)
    places["badged_lawyer"] = leila().public_id
    suspension.suspend(suspended, "The firm has closed.\n\nWrite to us once you are at another.", mina())
    freeze.follow(suspended)
    badges.send_in(waits, firm="Noor\u0456 Legal")


def _evidence() -> StoredFile:
    return files.keep(BytesIO(b"%PDF-1.7"), "practising-certificate.pdf", by_id=None)


def people_and_drafts(places: Places) -> None:
    for person in (omid, mina, dara, newcomer):
        person()
    waiting, turned_down = kian(), rejected()
    waiting.evidence = _evidence()
    lawyers_service.check(waiting, "firm", "Companies House", dara())
    places["waiting_lawyer"], places["declined_lawyer"] = waiting.public_id, turned_down.public_id
    places["passkey"] = str(passkey_of(waiting.user))
    by_letter.send_confirmation(newcomer())
    by_letter.ask_to_move(omid(), "omid.rahimi@example.org")
    by_letter.send_reset(omid().id)
    db.session.flush()
    for link in db.session.query(OneTimeLink):
        link.expires_at += timedelta(days=1)  # looking at everything takes longer than they last
        places[link.kind] = by_letter.token_of(link)
    places["empty"] = stages.empty_draft(leila()).public_id
    places["unplanned"] = stages.empty_draft(leila()).public_id
    places["draft"] = stages.draft(leila(), title="A draft with everything", story=STORY, minor=475_000).public_id
    places["in_review"] = stages.in_review(leila(), title="Keep the footbridge", story=STORY).public_id
    places["private_in_review"] = stages.in_review(leila(), Visibility.PRIVATE, title="A family’s appeal").public_id
    asked = stages.in_review(leila(), title="Lorries on Mill Lane")
    comment = "Say who owns the lane.\n\nSay how many lorries there were."
    review.request_changes(asked, mina(), comment, comments={"story": "How many?", "lines": "Is there no expert?"})
    declined = stages.in_review(leila(), title="Fees for a school trip")
    review.decline(declined, mina(), "This is not a legal case.", code="outside")
    answers(places)
    places["changes_requested"], places["declined"] = asked.public_id, declined.public_id
    places["approved"] = stages.approved(leila(), title="Minimum wage on the night shift", closes_in=60).public_id
    places["approved_too_late"] = stages.approved(leila(), title="A hearing in spring", closes_in=8).public_id


def answers(places: Places) -> None:
    """Clients who were asked: one who has not answered, one who agreed and one who wants changes; and words changed."""
    for name in ("waits", "agreed", "wishes"):
        case = stages.draft(leila(), title=f"A client who {name}", story=STORY, minor=475_000)
        asked = stages.asked(case, "Ada Marlowe", f"{name}@example.org")
        places[f"client_{name}"], places[f"asked_{name}"] = client.token_of(asked), case.public_id
    client.agree(places["client_agreed"], seen=fields.fingerprint(service_case(places["asked_agreed"])))
    client.wish_changes(places["client_wishes"], "Leave my street out.\n\nAnd my name.")
    changed = stages.consented(stages.draft(leila(), title="Other words", story=STORY))
    drafting.tell_story(changed, "A new summary.", STORY)
    places["asked_stale"] = changed.public_id


def service_case(public_id: str) -> Case:
    return db.session.query(Case).filter_by(public_id=public_id).one()


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
    publishing.make_link(case, "Parents’ group")
    places["private"], places["link"] = case.public_id, token
    places["grant"] = str(queries.links(case)[0].id)
    named = stages.live(leila(), title="Zohreh Quillon against the borough", story=STORY)
    filing.document(named, title="Statement of Ms Quillon")
    places["restricted"], places["restricted_name"] = named.public_id, str(restricting.hide(named).id)


def behind_doors(places: Places) -> None:
    """Pages for few: invitations in every state, a passphrase, who sees a page, and when; and a try after a miss."""
    case = service_case(places["private"])
    used, ended, sent = invitations.invite(case, ["ada@example.org", "omid@example.org", "sara@example.org"], "en")
    invitations.accept(invitations.token_of(used), "ada@example.org")
    invitations.revoke(case, ended.id)
    places["invited"], places["invitation"] = invitations.token_of(sent), str(sent.id)
    asks, places["link_that_asks"] = stages.live_private(leila(), title="A passphrase first", story=STORY)
    passphrase.put(asks, passphrase.hashed("seven grey herons"))
    places["with_passphrase"] = asks.public_id
    wanting, _link = stages.live_private(leila(), title="A family that wants to be heard", story=STORY)
    visibility.ask_public(wanting)
    places["wanting"] = wanting.public_id
    hidden = stages.live(leila(), title="A page that became private", story=STORY)
    places["tombstone"] = hidden.slug
    visibility.make_private(hidden, actor_id=None)
    planned = stages.approved(leila(), title="A page that waits for its day", story=STORY)
    publishing.plan(planned, clock.now() + timedelta(days=3))
    places["planned"] = planned.public_id
    missed = db.session.query(Case).filter_by(slug=places["missed"]).one()
    places["missed_case"] = missed.public_id
    other = stages.live(leila(), title="A case that is tried again", story=STORY)
    other.state = CaseState.UNFUNDED
    relaunch.start_again(other)
    places["tried_again"] = other.public_id


def looked_into(places: Places) -> None:
    """A page that one of two has approved, an appeal, reports, a suspended case, and one that was taken down."""
    dear = stages.in_review(leila(), title="A case that asks for much", story=STORY, minor=2_900_000)
    places["filed"] = stages.in_review(leila(), title="A filing to check", story=STORY, minor=2_000_000).public_id
    stages.approve(dear, mina(), "Clear.")
    appealed = stages.in_review(leila(), title="An appeal against a refusal", story=STORY)
    review.decline(appealed, mina(), "It says too little.", code="facts")
    appeals.appeal(appealed, "The second order is in the story.\n\nSee the third paragraph.")
    places["two_reviewers"], places["appealed"] = dear.public_id, appealed.public_id
    for name in ("suspended", "taken_down"):
        case = stages.live(leila(), title=f"A case that was {name}", story=STORY, minor=47_500)
        open_, done = reporting.report(case, email="reader@example.org"), reporting.report(case, concern="money")
        if name == "suspended":
            moderation.write_to_lawyer(open_, mina(), "Say what the second payment was for.")
            moderation.suspend(open_, mina(), "money", "We are asking the lawyer about a payment.")
            places["report"] = open_.public_id
        else:
            moderation.take_down(done, mina(), "order")
            moderation.close(done, mina(), "The court has ordered it.")
            places["report_closed"] = done.public_id
        places[name] = case.slug


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


def told_of(places: Places) -> None:
    """Updates of every kind, outcomes, and stories: published, waiting for the editor, taken down."""
    case = making.funded(leila(), title="A case with updates", story=STORY, minor=47_500)
    news = making.post(case)
    making.post(case, making.SECRET)
    updates.correct(news, "Permission granted on both grounds", "The judge let **both** go on.", seen=news.version)
    updates.say_unchanged(case, after=2)
    draft = updates.draft(case, making.WORDS)
    places["told"], places["told_case"] = case.slug, case.public_id
    places["update"], places["draft_update"] = news.public_id, draft.public_id
    readers_of(case, places)
    late = making.funded(leila(), title="A case that is late with its update", minor=47_500)
    late.funded_at = clock.now() - timedelta(days=90)
    places["late"], places["late_case"] = late.slug, late.public_id
    for code in ("won", "settled", "lost"):
        case = making.funded(leila(), title=f"A case that was {code}", story=STORY, area_slug="environment")
        outcome = making.concluded(code, case)
        places[code], places[f"{code}_case"] = case.slug, case.public_id
        if code == "won":
            places["story"] = making.told(outcome, title="What the gauge on the bridge saw").slug
        elif code == "settled":
            waiting = stories.draft(outcome)
            assert waiting is not None
            places["draft_story"] = waiting.public_id
    gone = making.told(making.concluded("won", making.funded(leila(), title="A story that was taken back")))
    stories.take_down(gone, nima())
    places["gone_story"], places["gone_story_id"] = gone.slug, gone.public_id
    told = db.session.query(Story).filter_by(slug=places["story"]).one()
    places["story_id"] = told.public_id
    early = stages.live(leila(), title="A case that ended early", minor=47_500)
    closing.end_early(early.id, "The landlord has paid.", by="lawyer", actor_id=leila().user_id)
    places["early"], places["early_case"] = early.slug, early.public_id


def readers_of(case: Case, places: Places) -> None:
    """Two of its backers: one who gets letters, one who wants none."""
    for name in ("reads", "reads_not"):
        pledge = backed.pledge(case, 25, PledgeState.COLLECTED, email=f"{name}@example.org")
        places[name] = readers.token_of(pledge)
        if name == "reads_not":
            readers.unsubscribe(pledge)


def claimed(places: Places) -> None:
    """Omid's member area: pledges of his own, one that he may claim, and a link to those of another address."""
    row = service_case(places["told_case"])
    backed.pledge(row, 40, PledgeState.COLLECTED, email="omid@example.org")
    claims.claim_own(omid())
    backed.pledge(row, 15, email="omid@example.org")
    backed.pledge(row, 10, email="guest@example.org")
    claims.ask(omid(), "guest@example.org")
    link = db.session.query(OneTimeLink).order_by(OneTimeLink.id.desc()).first()
    assert link is not None
    link.expires_at += timedelta(days=1)
    places["claim"] = by_letter.token_of(link)


def asked_for_data(places: Places) -> None:
    """Links to what we hold: about a guest whose pledge has ended, and about one whose pledge stands."""
    ended = service_case(places["early_case"])
    backed.pledge(ended, 20, PledgeState.RELEASED, email="ended@example.org", ended_at=clock.now())
    for name in ("ended", "guest"):
        privacy.ask(f"{name}@example.org", "en")
        link = db.session.query(PrivacyLink).order_by(PrivacyLink.id.desc()).first()
        assert link is not None
        link.expires_at += timedelta(days=1)
        places[f"data_of_{name}"] = privacy.token_of(link)


def failed() -> None:
    """A letter that cannot be sent and a job that gave up, for staff to see."""
    letter = db.session.query(OutgoingLetter).filter(OutgoingLetter.sent_at.is_(None)).first()
    assert letter is not None
    letter.attempts, letter.last_error = 9, "ConnectionRefusedError: [Errno 111] Connection refused"
    job = db.session.query(Job).filter(Job.done_at.is_(None)).first()
    assert job is not None
    job.attempts, job.last_error, job.dead_at = 99, "ValueError: no", clock.now()


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


def use_template(page: Page) -> None:
    """Fill the page in from the template; what was filled in is saved, so whoever comes later finds it so."""
    if page.locator("button[name=template]").count():
        press("template")(page)


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


def password_only(page: Page) -> None:
    """Sign in as somebody who is asked for a code next."""
    for name, value in (("email", "leila@example.org"), ("password", PASSWORD)):
        page.locator(f"[name={name}]").fill(value)
    steps.send(page)
    page.wait_for_url(re.compile("/second-factor"))


def lost_phone(page: Page) -> None:
    password_only(page)
    page.locator("a[href*='recovery-code']").click()
    page.wait_for_url(re.compile("/recovery-code"))


def send_unfilled(page: Page) -> None:
    """Send the page's own form as it came."""
    page.locator("main form:has([name=csrf_token]) .actions button").click()


def send_nothing(page: Page) -> None:
    """Send the form that has a decision, as it is."""
    page.locator("main form:has([name=decision]) .actions button").click()
    page.locator(".error-summary").wait_for()


def claim(page: Page) -> None:
    page.locator("[name=email]").fill("guest@example.org")
    send(page)


def open_private(page: Page) -> None:
    page.wait_for_url("**/cases/*")


def choose_other(page: Page) -> None:
    page.locator("[name=amount_choice][value=other]").check()
    page.locator("[name=tip_choice][value=other]").check()


def send(page: Page) -> None:
    steps.send(page)
    page.wait_for_load_state()


def ask_for_data(page: Page) -> None:
    page.get_by_role("textbox").fill("ended@example.org")
    send(page)


def preview(page: Page) -> None:
    """Press the button that shows what was written."""
    page.locator("button[name=preview]:visible").click()
    page.locator(".preview").wait_for()


def without_title(page: Page) -> None:
    page.locator("[name=title]").fill("")
    page.locator("button[name=publish]").click()
    page.locator(".error-summary").wait_for()


_COMMENTED = "/dashboard/cases/{{changes_requested}}/edit/{}"
STEPS = ("visibility", "about", "parties", "story", "budget", "stages", "deadline")
SCENES: dict[str, Scene] = {
    # pages for everybody
    "home": Scene("/"),
    **{
        name: Scene(f"/{name}") for name in ("how-it-works", "fees", "terms", "privacy", "contact", "policy", "figures")
    },
    "appearance": Scene("/settings/appearance"),
    "explore": Scene("/cases/"),
    "explore_all": Scene("/cases/?status=any&sort=ending&area=environment"),
    "explore_found": Scene("/cases/?q=wenlow&status=any"),
    "search": Scene("/search"),
    "search_found": Scene("/search?q=case"),
    "search_nothing": Scene("/search?q=zzzzzz"),
    "areas": Scene("/areas/"),
    "area": Scene("/areas/environment"),
    "area_empty": Scene("/areas/other"),
    "explore_nothing": Scene("/cases/?area=criminal&status=ended"),
    "nowhere": Scene("/nowhere"),
    # a case
    **{
        f"case_{name}": Scene(f"/cases/{{{name}}}")
        for name in ("busy", "first_day", "farsi", "paused", "met", "ended", "counting", "missed", "concluded")
    },
    **{f"case_{name}": Scene(f"/cases/{{{name}}}") for name in ("told", "late", "won", "settled", "lost", "early")},
    "updates": Scene("/cases/{told}/updates/"),
    "updates_none": Scene("/cases/{first_day}/updates/"),
    "update_corrected": Scene("/cases/{told}/updates/1"),
    "update_for_backers": Scene("/cases/{told}/updates/2"),
    "update_no_change": Scene("/cases/{told}/updates/3"),
    "update_outcome": Scene("/cases/{lost}/updates/1"),
    "unsubscribe": Scene("/unsubscribe/{reads}"),
    "unsubscribe_sent": Scene("/unsubscribe/{reads_not}"),
    "unsubscribe_undo": Scene("/unsubscribe/{reads_not}/undo"),
    # what came of cases
    "stories": Scene("/stories/"),
    "stories_some": Scene("/stories/?outcome=won&area=environment"),
    "stories_none": Scene("/stories/?outcome=settled&area=immigration"),
    "story": Scene("/stories/{story}"),
    "story_gone": Scene("/stories/{gone_story}"),
    "outcomes": Scene("/outcomes/"),
    "outcomes_lost": Scene("/outcomes/?outcome=lost"),
    "outcomes_none": Scene("/outcomes/?outcome=withdrawn"),
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
    "second_factor": Scene("/account/sign-in", act=password_only),
    "recovery_code": Scene("/account/sign-in", act=lost_phone),
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
    "passkeys": Scene("/account/passkeys", who=kian),
    "passkeys_none": Scene("/account/passkeys", who=omid),
    "passkey_new": Scene("/account/passkeys/new", who=kian),
    "passkey_new_unconfirmed": Scene("/account/passkeys/new", who=newcomer),
    "passkey_remove": Scene("/account/passkeys/{passkey}/remove", who=kian),
    "prove": Scene("/account/prove", who=omid),
    "prove_with_passkey": Scene("/account/prove", who=kian),
    "prove_wrong": Scene("/account/prove", who=leila, act=send_empty),
    "renew": Scene("/account/second-factor/recovery-codes", who=leila),
    "turn_off": Scene("/account/second-factor/off", who=kian),
    "turn_off_never": Scene("/account/second-factor/off", who=leila),
    # the member area
    "me": Scene("/me/", who=omid),
    "me_empty": Scene("/me/", who=sara),
    "me_payments": Scene("/me/payments", who=omid),
    "me_emails": Scene("/me/emails", who=omid),
    "me_find": Scene("/me/find-pledges", who=omid),
    "me_find_wrong": Scene("/me/find-pledges", who=omid, act=send_empty),
    "me_find_sent": Scene("/me/find-pledges", who=omid, act=claim),
    "me_claim": Scene("/me/claim/{claim}", who=omid),
    "me_claim_others": Scene("/me/claim/{claim}", who=sara),
    "me_claim_ended": Scene("/me/claim/nothing", who=omid),
    # the client
    **{f"client_{name}": Scene(f"/client/{{client_{name}}}") for name in ("waits", "agreed", "wishes")},
    "client_wrong": Scene("/client/{client_waits}", act=send_empty),
    "client_ended": Scene("/client/nothing"),
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
    "profile_suspended": Scene("/lawyers/farid-noori"),
    "profile_pending": Scene("/lawyers/shirin-rad"),
    "case_lawyer_suspended": Scene("/cases/{suspended}"),
    "case_lawyer_pending": Scene("/cases/{pending}"),
    "application_suspended": Scene("/lawyers/application", who=farid),
    "application_pending": Scene("/lawyers/application", who=shirin),
    "apply_verified": Scene("/lawyers/apply", who=leila),
    "dashboard_suspended": Scene("/dashboard/", who=farid),
    # the lawyer's side
    "wizard_new": Scene("/cases/new", who=leila),
    "wizard_new_unverified": Scene("/cases/new", who=kian),
    "wizard_new_wrong": Scene("/cases/new", who=leila, act=send_empty),
    **{f"wizard_{step}": Scene(f"/dashboard/cases/{{draft}}/edit/{step}", who=leila) for step in STEPS},
    **{
        f"wizard_{step}_wrong": Scene(f"/dashboard/cases/{{empty}}/edit/{step}", who=leila, act=send_empty)
        for step in STEPS[1:]
    },
    "wizard_stages_template": Scene("/dashboard/cases/{unplanned}/edit/stages", who=leila, act=use_template),
    "page_change": Scene("/dashboard/cases/{live}/change", who=leila),
    "page_history": Scene("/cases/{rewritten}/history"),
    "dashboard_stages": Scene("/dashboard/cases/{live}/stages", who=leila),
    "wizard_story_preview": Scene("/dashboard/cases/{draft}/edit/story", who=leila, act=press("preview")),
    "wizard_check": Scene("/dashboard/cases/{draft}/check", who=leila),
    "files": Scene("/dashboard/cases/{draft}/files", who=leila),
    "files_live": Scene("/dashboard/cases/{live}/files", who=leila),
    "restrictions": Scene("/dashboard/cases/{restricted}/restrictions", who=leila),
    "restrictions_wrong": Scene("/dashboard/cases/{restricted}/restrictions", who=leila, act=send_unfilled),
    "dashboard_restricted": Scene("/dashboard/cases/{restricted}", who=leila),
    "staff_restrictions": Scene("/staff/cases/{restricted}/restrictions", who=mina),
    "staff_restriction_lift": Scene("/staff/cases/{restricted}/restrictions/{restricted_name}/lift", who=mina),
    "staff_restriction_lift_wrong": Scene(
        "/staff/cases/{restricted}/restrictions/{restricted_name}/lift", who=mina, act=send_empty
    ),
    "files_remove": Scene("/dashboard/cases/{live}/files/{paper}/remove", who=leila),
    "proofs": Scene("/dashboard/cases/{draft}/proofs", who=leila),
    "proofs_refused": Scene("/dashboard/cases/{live}/proofs", who=leila),
    "filing_to_check": Scene("/staff/cases/{filed}/court-filing", who=mina),
    "wizard_check_incomplete": Scene("/dashboard/cases/{empty}/check", who=leila),
    "dashboard": Scene("/dashboard/", who=leila),
    "dashboard_empty": Scene("/dashboard/", who=kian),
    **{
        f"dashboard_{state}": Scene(f"/dashboard/cases/{{{state}}}", who=leila)
        for state in ("in_review", "changes_requested", "declined", "approved", "approved_too_late", "live", "private")
    },
    "dashboard_new_link": Scene("/dashboard/cases/{private}", who=leila, act=send),
    **{
        f"dashboard_{name}": Scene(f"/dashboard/cases/{{{name}_case}}", who=leila)
        for name in ("told", "late", "won", "lost", "early")
    },
    "consent": Scene("/dashboard/cases/{draft}/client", who=leila),
    "consent_wrong": Scene("/dashboard/cases/{draft}/client", who=leila, act=send_empty),
    **{
        f"consent_{name}": Scene(f"/dashboard/cases/{{asked_{name}}}/client", who=leila)
        for name in ("waits", "agreed", "wishes", "stale")
    },
    "consent_live": Scene("/dashboard/cases/{live}/client", who=leila),
    "consent_end": Scene("/dashboard/cases/{asked_waits}/client/end", who=leila),
    **{f"wizard_{step}_commented": Scene(_COMMENTED.format(step), who=leila) for step in ("story", "budget")},
    "update_new": Scene("/dashboard/cases/{told_case}/updates/new", who=leila),
    "update_new_wrong": Scene("/dashboard/cases/{told_case}/updates/new", who=leila, act=press("post")),
    "update_draft": Scene("/dashboard/cases/{told_case}/updates/{draft_update}", who=leila),
    "update_preview": Scene("/dashboard/cases/{told_case}/updates/{draft_update}", who=leila, act=preview),
    "update_discard": Scene("/dashboard/cases/{told_case}/updates/{draft_update}/discard", who=leila),
    "update_correct": Scene("/dashboard/cases/{told_case}/updates/{update}/correct", who=leila),
    "outcome": Scene("/dashboard/cases/{told_case}/outcome", who=leila),
    "outcome_wrong": Scene("/dashboard/cases/{told_case}/outcome", who=leila, act=send),
    "end_early": Scene("/dashboard/cases/{live}/end", who=leila),
    "end_early_wrong": Scene("/dashboard/cases/{live}/end", who=leila, act=send_empty),
    "end_raising": Scene("/dashboard/cases/{told_case}/end", who=leila),
    "dashboard_revoke": Scene("/dashboard/cases/{private}/links/{grant}/revoke", who=leila),
    # pages for few
    "invitations": Scene("/dashboard/cases/{private}/invitations", who=leila),
    "invitations_wrong": Scene("/dashboard/cases/{private}/invitations", who=leila, act=send_empty),
    "invitation_revoke": Scene("/dashboard/cases/{private}/invitations/{invitation}/revoke", who=leila),
    "passphrase": Scene("/dashboard/cases/{private}/passphrase", who=leila),
    "passphrase_wrong": Scene("/dashboard/cases/{private}/passphrase", who=leila, act=send_unfilled),
    "passphrase_set": Scene("/dashboard/cases/{with_passphrase}/passphrase", who=leila),
    "link_that_asks": Scene("/p/{link_that_asks}"),
    "link_that_asks_wrong": Scene("/p/{link_that_asks}", act=send_empty),
    "invited": Scene("/p/invited/{invited}"),
    "invited_wrong": Scene("/p/invited/{invited}", act=send_empty),
    "visibility_private": Scene("/dashboard/cases/{private}/visibility", who=leila),
    "visibility_wanting": Scene("/dashboard/cases/{wanting}/visibility", who=leila),
    "visibility_public": Scene("/dashboard/cases/{live}/visibility", who=leila),
    "staff_public": Scene("/staff/cases/{wanting}/public", who=mina),
    "staff_private": Scene("/staff/cases/{live}/private", who=mina),
    "tombstone": Scene("/cases/{tombstone}"),
    "plan": Scene("/dashboard/cases/{approved}/plan", who=leila),
    "plan_wrong": Scene("/dashboard/cases/{approved}/plan", who=leila, act=send_empty),
    "planned": Scene("/dashboard/cases/{planned}/plan", who=leila),
    "again": Scene("/dashboard/cases/{missed_case}/again", who=leila),
    "dashboard_tried_again": Scene("/dashboard/cases/{tried_again}", who=leila),
    "dashboard_planned": Scene("/dashboard/cases/{planned}", who=leila),
    "dashboard_missed": Scene("/dashboard/cases/{missed_case}", who=leila),
    # one's data
    "data_ask": Scene("/privacy/ask"),
    "data_ask_wrong": Scene("/privacy/ask", act=send_empty),
    "data_sent": Scene("/privacy/ask", act=ask_for_data),
    "data_link": Scene("/privacy/link/{data_of_ended}"),
    "data_link_waits": Scene("/privacy/link/{data_of_guest}"),
    "data_link_erase": Scene("/privacy/link/{data_of_ended}/erase"),
    "data_link_ended": Scene("/privacy/link/nothing"),
    "data_done": Scene("/privacy/done"),
    "data_mine": Scene("/me/privacy/", who=omid),
    "data_mine_copy": Scene("/me/privacy/copy", who=omid),
    "data_mine_erase": Scene("/me/privacy/erase", who=sara),
    "data_mine_erase_wrong": Scene("/me/privacy/erase", who=sara, act=send_empty),
    "data_mine_waits": Scene("/me/privacy/erase", who=omid),
    # staff
    "staff": Scene("/staff/", who=mina),
    "staff_queue": Scene("/staff/cases", who=mina),
    "staff_lawyers": Scene("/staff/lawyers", who=mina),
    "staff_lawyer": Scene("/staff/lawyers/{waiting_lawyer}", who=mina),
    "staff_lawyer_wrong": Scene("/staff/lawyers/{waiting_lawyer}", who=mina, act=send_nothing),
    "staff_lawyer_badged": Scene("/staff/lawyers/{badged_lawyer}", who=mina),
    "staff_lawyer_suspended": Scene("/staff/lawyers/{suspended_lawyer}", who=mina),
    "staff_lawyer_pending": Scene("/staff/lawyers/{pending_lawyer}", who=mina),
    "staff_registers": Scene("/staff/registers", who=mina),
    "staff_registers_wrong": Scene("/staff/registers", who=mina, act=send_empty),
    "staff_lawyer_decided": Scene("/staff/lawyers/{declined_lawyer}", who=mina),
    "staff_review": Scene("/staff/cases/{in_review}", who=mina),
    "staff_review_private": Scene("/staff/cases/{private_in_review}", who=mina),
    "staff_review_wrong": Scene("/staff/cases/{in_review}", who=mina, act=send_nothing),
    "staff_decided": Scene("/staff/cases/{changes_requested}", who=mina),
    "staff_two": Scene("/staff/cases/{two_reviewers}", who=dara),
    "appeal": Scene("/dashboard/cases/{declined}/appeal", who=leila),
    "staff_appeal": Scene("/staff/cases/{appealed}/appeal", who=dara),
    "staff_appeal_wrong": Scene("/staff/cases/{appealed}/appeal", who=dara, act=send_nothing),
    "staff_appeal_own": Scene("/staff/cases/{appealed}/appeal", who=mina),
    "report": Scene("/cases/{busy}/report"),
    "report_wrong": Scene("/cases/{busy}/report", act=send_unfilled),
    "report_update": Scene("/cases/{told}/updates/1/report"),
    "report_outcome": Scene("/cases/{won}/outcome/report"),
    "report_story": Scene("/stories/{story}/report"),
    "report_lawyer": Scene("/lawyers/leila-farahani/report"),
    "reported": Scene("/reported"),
    "takedowns": Scene("/takedowns"),
    "taken_down": Scene("/cases/{taken_down}"),
    "suspended": Scene("/cases/{suspended}"),
    "staff_reports": Scene("/staff/reports", who=mina),
    "staff_report": Scene("/staff/reports/{report}", who=mina),
    "staff_report_wrong": Scene("/staff/reports/{report}", who=mina, act=send_unfilled),
    "staff_report_closed": Scene("/staff/reports/{report_closed}", who=mina),
    "staff_audit": Scene("/staff/audit", who=roya),
    "staff_settings": Scene("/staff/settings", who=roya),
    "staff_setting": Scene("/staff/settings/fresh_minutes", who=roya),
    "staff_setting_wrong": Scene("/staff/settings/review_days", who=roya, act=send_empty),
    "staff_end": Scene("/staff/cases/{live}/end", who=mina),
    "staff_live": Scene("/staff/live", who=mina),
    "staff_overdue": Scene("/staff/overdue", who=mina),
    "staff_consents": Scene("/staff/consents", who=roya),
    "staff_consents_case": Scene("/staff/consents/{live}", who=roya),
    "staff_failures": Scene("/staff/failures", who=roya),
    "staff_editor": Scene("/staff/", who=nima),
    "staff_stories": Scene("/staff/stories", who=nima),
    "staff_story": Scene("/staff/stories/{draft_story}", who=nima),
    "staff_story_wrong": Scene("/staff/stories/{draft_story}", who=nima, act=without_title),
    "staff_story_out": Scene("/staff/stories/{story_id}", who=nima),
    "staff_story_down": Scene("/staff/stories/{gone_story_id}", who=nima),
    "staff_story_take_down": Scene("/staff/stories/{story_id}/take-down", who=nima),
}
