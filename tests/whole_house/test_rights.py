"""The matrix of rights: every route, as everybody, by every method, against the table in `rights.py`.

Each try starts from the same database. Who may not is refused whatever thing of somebody else's they name, and a
refusal writes nothing.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.accounts import by_letter
from app.accounts.models import OneTimeLink, Passkey
from app.cases import access, appeals, client, invitations, publishing, queries, review, service, visibility
from app.cases.models import Case
from app.cases.states import CaseState
from app.core import clock
from app.database import db as database
from app.jobs import queue
from app.pledges import claims, links
from app.pledges.models import CheckoutSession, Pledge
from app.privacy import asking as privacy
from app.privacy.models import PrivacyLink
from app.settings import service as settings
from app.settings.known import BY_NAME
from app.storage import files
from app.updates import readers
from app.web import access as marks
from tests.cases import filing, restricting, stages
from tests.moderation import making as reports
from tests.people import babak, browser_of, kian, leila, mina, nima, omid, sara, staff
from tests.pledges import backing
from tests.support.forms import send, token_of
from tests.updates import making
from tests.whole_house import rights
from tests.whole_house.routes import fill, methods, rules
from tests.whole_house.test_csrf import snapshot

pytestmark = pytest.mark.one_database  # they are put back by copying a file
GUEST = "guest@example.org"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
HOME = {"Referer": "https://localhost/"}
WHO = {
    "supporter": sara,
    "backer": omid,
    "applicant": kian,
    "owner": leila,
    "other lawyer": babak,
    "reviewer": mina,
    "editor": nima,
    **{role: (lambda role=role: staff(role)) for role in ("finance", "admin", "auditor")},
}


@dataclass
class World:
    """Things by the names that the table gives them, as values of an address's placeholders; and who tries."""

    app: Flask
    things: dict[str, dict[str, object]] = field(default_factory=lambda: {"-": {}})
    browsers: dict[str, FlaskClient] = field(default_factory=dict)
    own: dict[str, list[object]] = field(default_factory=dict)
    letters: dict[str, list[str]] = field(default_factory=dict)
    kept: sqlite3.Connection = field(default_factory=lambda: sqlite3.connect(":memory:"))

    def keep(self) -> None:
        """Remember the database and everybody's cookies as they are now."""
        with closing(sqlite3.connect(self._file())) as live:
            live.backup(self.kept)
        for browser in self.browsers.values():
            token = token_of(browser.get("/settings/appearance"))
            browser.kept = browser.get_cookie(self.cookie).value, token  # type: ignore[attr-defined]

    def put_back(self) -> None:
        with closing(sqlite3.connect(self._file())) as live:
            self.kept.backup(live)

    @property
    def cookie(self) -> str:
        return str(self.app.config["SESSION_COOKIE_NAME"])

    def _file(self) -> str:
        with self.app.app_context():
            return str(database.engine.url.database)


@pytest.fixture
def world(app) -> World:
    """Cases of Leila's in every state that a route wants, with all that hangs on them."""
    app.test_client_class = FlaskClient
    made = World(app)
    with app.app_context():
        _things(made)
        database.session.commit()
    made.browsers = {who: browser_of(app, person) for who, person in WHO.items()}
    made.browsers |= {"nobody": app.test_client(), "guest": app.test_client()}
    _come_in(made)
    made.keep()
    return made


def _things(world: World) -> None:
    hidden, link = stages.live_private(title="A private one")
    public = stages.live(title="A public one")
    draft, approved = stages.draft(title="Draft"), stages.approved(title="Approved")
    waiting, declined, appealed = (stages.draft(title=title) for title in ("Waiting", "Declined", "Appealed"))
    filed = {name: filing.document(case) for name, case in (("own", hidden), ("draft", draft), ("waiting", waiting))}
    stages.filed(waiting), stages.instructed(waiting)
    for case in (waiting, declined, appealed):
        stages.consented(case)
        review.submit(case)
    for case in (declined, appealed):
        review.decline(case, mina(), "No.")
    appeals.appeal(appealed, "The order is older.")
    wanting, _link = stages.live_private(title="To be public")
    visibility.ask_public(wanting)
    unfunded = stages.live(title="Unfunded")
    service.start_closing(unfunded)
    service.end_unfunded(unfunded)
    ended = making.concluded("won", making.funded_private(title="Won in private"))
    story = making.told(making.concluded("won", making.funded(title="Won")))
    posted, drafted = making.post(hidden), making.service.draft(hidden, making.WORDS)
    guest, other_guest = invitations.invite(hidden, [GUEST, "ada@example.org"], "en")
    (to_ended,) = invitations.invite(ended.case, [GUEST], "en")
    paid = database.session.scalars(select(Pledge).where(Pledge.case_id == ended.case_id)).one()
    access.grant_for_pledge(ended.case, paid.public_id)
    publishing.make_link(hidden, "second")
    kian().evidence = files.keep(BytesIO(b"%PDF-1.7"), "evidence.pdf", by_id=kian().user_id)
    key = {"credential_id": "abcd", "public_key": "", "sign_count": 0, "transports": "", "name": "My phone"}
    database.session.add(Passkey(user_id=kian().user_id, created_at=clock.now(), **key))
    token = client.token_of(stages.asked(draft))
    by_letter.send_reset(sara().id)
    by_letter.ask_to_move(sara(), "other@example.org")
    sara().confirmed_at = clock.now()
    making.pledge(public, 25, email="3@example.org")
    claims.ask(sara(), "3@example.org")
    privacy.ask("3@example.org", "en")
    stages.live_private(babak(), title="Another lawyer’s")
    about = reports.report(hidden)
    named = restricting.hide(unfunded)
    longer = settings.change(BY_NAME["fresh_minutes"], 60, "We are asked too often.", by_id=mina().id)
    database.session.flush()
    once = {row.kind: by_letter.token_of(row) for row in database.session.scalars(select(OneTimeLink))}
    data = database.session.scalars(select(PrivacyLink)).one()
    cases = (hidden, draft, waiting, approved, declined, appealed, wanting, unfunded, ended.case, public)
    world.own = {
        "public_id": [case.public_id for case in cases],
        "slug": [case.public_id for case in cases if case is not public],
    }
    world.letters = {
        "guest": [invitations.token_of(guest), invitations.token_of(to_ended)],
        "backer": [links.token_of(paid)],
    }
    name = "public_id"
    world.things |= {
        "area": {"slug": public.area.slug},
        "lawyer_page": {"slug": leila().slug},
        "story_page": {"slug": story.slug},
        "reset": {"token": once["reset"]},
        "moved": {"token": once["change"]},
        "claim": {"token": once["claim"]},
        "data": {"token": privacy.token_of(data)},
        "passkey": {"n": 1},
        "page": {"slug": hidden.slug},
        "page_file": {"slug": hidden.slug, "file_id": filed["own"].public_id},
        "page_update": {"slug": hidden.slug, "n": 1},
        "ended_page": {"slug": ended.case.slug},
        "link": {"token": link},
        "invitation": {"token": invitations.token_of(other_guest)},
        "client": {"token": token},
        "client_file": {"token": token, "file_id": filed["draft"].public_id},
        "own": {name: hidden.public_id},
        "public": {name: public.public_id},
        "step": {name: draft.public_id, "step": "story"},
        "draft": {name: draft.public_id},
        "file": {name: hidden.public_id, "file_id": filed["own"].public_id},
        "approved": {name: approved.public_id},
        "declined": {name: declined.public_id},
        "grant": {name: hidden.public_id, "grant_id": queries.links(hidden)[0].id},
        "invited": {name: hidden.public_id, "grant_id": other_guest.id},
        "drafted": {name: hidden.public_id, "update_id": drafted.public_id},
        "posted": {name: hidden.public_id, "update_id": posted.public_id},
        "ended": {name: ended.case.public_id},
        "unfunded": {name: unfunded.public_id},
        "restricted": {name: unfunded.public_id, "n": named.id},
        "waiting": {name: waiting.public_id},
        "waiting_file": {name: waiting.public_id, "file_id": filed["waiting"].public_id},
        "appealed": {name: appealed.public_id},
        "wanting": {name: wanting.public_id},
        "report": {name: about.public_id},
        "setting": {"name": "fresh_minutes"},
        "setting_change": {"name": "fresh_minutes", "n": longer.id},
        "applicant": {name: kian().public_id},
        "story": {"story_id": story.public_id},
    }


def _come_in(world: World) -> None:
    """The backer pledges by the private link, and opens an earlier pledge; the guest follows their invitations."""
    hidden = str(world.things["page"]["slug"])
    backer, guest = world.browsers["backer"], world.browsers["guest"]
    backer.get(f"/p/{world.things['link']['token']}")
    world.things["pledge"] = {"token": backing.pledge(backer, hidden).removeprefix("/pledges/")}
    assert backer.get(f"/pledges/{world.letters['backer'][0]}").status_code == 200
    for token in world.letters["guest"]:
        assert send(guest, f"/p/invited/{token}", email=GUEST).status_code == 303
    with world.app.app_context():
        queue.drain()
        page = database.session.scalars(select(CheckoutSession)).one()
        world.things["reader"] = {"token": readers.token_of(page.pledge)}
        world.things["returned"] = {"slug": hidden, "?": f"session_id={page.session_id}"}


# ---------------------------------------------------------------- trying
def address_of(rule: Rule, values: dict[str, object]) -> str:
    given = {name: [value] for name, value in values.items() if name != "?"}
    (address,) = fill(rule, **given)
    return f"{address}?{values['?']}" if "?" in values else address


def ask(world: World, who: str, method: str, address: str) -> TestResponse:
    """One request, with what a form of ours carries, from the same cookies each time."""
    browser = world.browsers[who]
    cookie, token = browser.kept  # type: ignore[attr-defined]
    browser.set_cookie(world.cookie, cookie, domain="localhost", secure=True)
    data = {"data": {"csrf_token": token}} if method in ("POST", "PUT", "PATCH", "DELETE") else {}
    return browser.open(address, method=method, headers=HOME, **data)


AWAY = {"/account/sign-in": "sign in", "/account/prove": "prove", "/account/second-factor/set-up": "set up"}


def answered(answer: TestResponse, right: rights.Right) -> str:
    """What an answer says of rights: `in`, `404`, `405`, `sign in`, `prove` or `set up`; or that it broke down.

    Pages that belong to signing in, proving or setting up themselves lead there too, when they let somebody in.
    """
    if answer.status_code in (404, 405):
        return str(answer.status_code)
    if answer.status_code >= 500 and answer.status_code != 503:
        return f"broke down with {answer.status_code}"
    led_to = (answer.location or "").partition("?")[0]
    found = AWAY.get(led_to, "in")
    is_their_own = {
        "sign in": right.at_the_door == "everybody",
        "prove": right.endpoint.startswith("proving."),
        "set up": right.at_the_door == "account",
    }
    return "in" if is_their_own.get(found) else found


def taken_by_another(app: Flask, rule: Rule, method: str, address: str) -> bool:
    """Whether by this method the address is another route's, as `/account/reset/sent` is by POST."""
    try:
        endpoint, _values = app.url_map.bind("localhost").match(address, method=method)
    except MethodNotAllowed:
        return False
    return bool(endpoint != rule.endpoint)


def expected(right: rights.Right, rule: Rule, who: str, method: str) -> str:
    """What the table says of it."""
    if method not in methods(rule):
        return "405"
    if not right.passes(who):
        return "sign in" if who in ("nobody", "guest") and method in ("GET", "HEAD") else "404"
    if method == "OPTIONS":  # which methods there are is told whatever the thing
        return "in"
    return "in" if right.may(who, method) else "404"


@dataclass
class Tally:
    """What was tried, and what differed from the table."""

    tried: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def matrix(world: World, only: set[str] | None = None) -> Tally:
    """Try everything, those who are refused first, so that what they are refused is all there."""
    tally, table = Tally(), rights.read()
    cells = [
        (right, rule, who, method, expected(right, rule, who, method))
        for rule in rules(world.app)
        if only is None or rule.endpoint in only
        for right in [table[rule.endpoint]]
        for who in rights.PEOPLE
        for method in METHODS
        if not taken_by_another(world.app, rule, method, fill(rule)[0])
    ]
    with world.app.app_context():
        before = snapshot()
    for right, rule, who, method, wanted in cells:
        if wanted in ("404", "405", "sign in"):
            things = [world.things[right.thing], *others(world, right, rule, wanted)]
            for thing in things:
                _try(world, tally, right, who, method, address_of(rule, thing), wanted)
    with world.app.app_context():
        changed = {name for name, digest in snapshot().items() if before[name] != digest}
    if changed:
        tally.wrong.append(f"being refused wrote into {sorted(changed)}")
    for right, rule, who, method, wanted in cells:
        if wanted == "in":
            _try(world, tally, right, who, method, address_of(rule, world.things[right.thing]), wanted)
            if method == "POST" or right.thing == "returned":
                world.put_back()
    return tally


def others(world: World, right: rights.Right, rule: Rule, wanted: str) -> Iterator[dict[str, object]]:
    """The same route with every other thing of the same lawyer's that could stand in its address."""
    thing = world.things[right.thing]
    for name in ("public_id", "slug"):
        if wanted == "404" and name in rule.arguments and thing[name] in world.own[name]:
            yield from ({**thing, name: other} for other in world.own[name] if other != thing[name])


def _try(world: World, tally: Tally, right: rights.Right, who: str, method: str, address: str, wanted: str) -> None:
    answer = ask(world, who, method, address)
    found = answered(answer, right)
    tally.tried[wanted] += 1
    if found != wanted:
        tally.wrong.append(f"{who}: {method} {right.endpoint} ({address}) is {found}, and should be {wanted}")


@pytest.mark.forged
@pytest.mark.timeout(900)
def test_every_route_lets_in_whom_the_table_names_and_nobody_else(world, record_property):
    tally = matrix(world)
    assert not tally.wrong, "\n".join(tally.wrong[:60]) + f"\n… {len(tally.wrong)} in all"
    tried = ", ".join(f"{number} {what}" for what, number in tally.tried.most_common())
    record_property(
        "figures",
        f"{len(rules(world.app))} routes × {len(rights.PEOPLE)} people × {len(METHODS)} methods, "
        f"{tally.tried.total()} requests: {tried}",
    )


# ---------------------------------------------------------------- the table
def test_every_route_stands_in_the_table_and_nothing_else(app):
    there = {rule.endpoint for rule in rules(app)}
    assert not there - rights.read().keys(), "say in tests/whole_house/rights.py who may use these"
    assert not rights.read().keys() - there, "these routes are gone"


def test_the_table_says_which_routes_have_a_page_and_which_a_form(app):
    for rule in rules(app):
        right = rights.read()[rule.endpoint]
        assert (right.opens != "-", right.sends != "-") == tuple(m in methods(rule) for m in ("GET", "POST")), right


def test_what_asks_for_a_new_proof_stands_in_the_table(app):
    assert {name for name, view in app.view_functions.items() if getattr(view, "asks_again", False)} == (
        rights.ASKED_AGAIN
    )


def test_the_page_for_staff_is_what_the_table_says(app):
    current = rights.page(rights.addresses_of(app))
    assert rights.PAGE.read_text(encoding="utf-8") == current, "run python -m tests.whole_house.rights"


# ---------------------------------------------------------------- the controls
def test_a_route_without_a_line_is_noticed(app):
    app._got_first_request = False
    app.add_url_rule("/later", "later", marks.public(lambda: "inside"))
    assert {rule.endpoint for rule in rules(app)} - rights.read().keys() == {"later"}


@contextmanager
def marked(app: Flask, monkeypatch: pytest.MonkeyPatch, endpoint: str, mark: marks.Mark) -> Iterator[None]:
    """The view wears another mark meanwhile."""
    with monkeypatch.context() as patch:
        patch.setattr(app.view_functions[endpoint], "access_mark", mark)
        yield


@pytest.mark.forged
def test_a_wrong_mark_is_noticed(world, app, monkeypatch):
    for endpoint, mark, said in (
        ("audit.entries", marks.Mark("signed_in"), "supporter: GET audit.entries (/staff/audit) is in"),
        ("cases_admin.queue", marks.Mark("staff", ("editor",)), "editor: GET cases_admin.queue (/staff/cases) is in"),
        ("pages.fees", marks.Mark("lawyer"), "supporter: GET pages.fees (/fees) is 404"),
    ):
        with marked(app, monkeypatch, endpoint, mark):
            assert any(said in line for line in matrix(world, {endpoint}).wrong)
        assert not matrix(world, {endpoint}).wrong


@pytest.mark.forged
def test_a_view_that_forgets_whose_the_case_is_is_noticed(world, monkeypatch):
    """For the page as for the form, and for the forms of what hangs on it."""
    monkeypatch.setattr(access, "own", lambda public_id, _viewer: access._one(Case.public_id == public_id))
    for endpoint, method in (("dashboard.case", "GET"), ("guests.ask_for", "POST"), ("filing.remove", "POST")):
        wrong = matrix(world, {endpoint}).wrong
        assert any(line.startswith(f"applicant: {method} {endpoint}") for line in wrong), wrong
        world.put_back()


@pytest.mark.forged
def test_a_private_page_that_opens_for_all_is_noticed(world, monkeypatch):
    monkeypatch.setattr(access, "_knowable_to", lambda _viewer: Case.state.in_(list(CaseState)))
    wrong = matrix(world, {"cases.detail", "filing.show"}).wrong
    assert {line.split(":")[0] for line in wrong} >= {"nobody", "supporter", "other lawyer", "applicant", "finance"}
