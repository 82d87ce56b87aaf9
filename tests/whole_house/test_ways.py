"""Walking through the whole portal by its links, as each kind of person, in both languages.

Whatever a page links to is there; every page has a way back to where one came from; every page can be reached; and a
page that says no leads on. Addresses that were public once stay: they are kept in `addresses.txt`.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from io import BytesIO
from urllib.parse import urljoin, urlsplit

import pytest
from flask import abort
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from app.accounts import by_letter
from app.accounts import service as accounts
from app.accounts.models import OneTimeLink, Passkey
from app.cases import access, appeals, changing, client, invitations, review, visibility
from app.core import clock
from app.core.errors import DomainError
from app.database import db as database
from app.jobs.models import Job
from app.moderation import service as moderation
from app.pledges import claims, closing, links
from app.pledges.models import Pledge
from app.pledges.states import PledgeState
from app.privacy import asking as privacy
from app.privacy.models import PrivacyLink
from app.storage import files
from app.stories import service as stories
from app.updates import readers
from app.updates import service as updates
from app.web import throttle
from app.web.access import public
from tests.cases import backed, filing, restricting, rewriting, stages
from tests.moderation import making as reports
from tests.people import PASSWORD, browser_of, kian, leila, mina, nima, omid, sara
from tests.updates import making
from tests.whole_house.routes import MADE_UP, mark, methods, rules

pytestmark = pytest.mark.one_database
HOME = "https://localhost"
MOST_OF_ONE_PATH = 8  # addresses that differ in what stands behind the question mark only
LISTED = __file__.replace("test_ways.py", "addresses.txt")
# Pages that stand behind a form, a letter or the provider, and are led to by no link.
NOT_LINKED = {
    "accounts.recovery_code",
    "accounts.second_factor",
    "joining.letter_sent",
    "reports.sent",
    "joining.reset_sent",
    "settings.scan",
    "proving.prove",
    "privacy.sent",
    "privacy.erase",
    "privacy.done",
    "pledges.returned",
    "manage.approved",
    "operations.healthz",
    "operations.readyz",
    "pages.robots",
}


# ---------------------------------------------------------------- a house with something on every page
def roya():
    """Staff: an administrator."""
    user = accounts.by_email("roya@example.org") or accounts.register("roya@example.org", "Roya Karimi", PASSWORD)
    if not user.totp_secret:
        accounts.turn_on_second_factor(user)
    accounts.give_role(user, "admin")
    return user


@dataclass
class World:
    """Addresses that people have from letters and from the lawyer, by who holds them."""

    letters: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)


def build() -> World:
    """Cases in every state with all that hangs on them; the caller commits."""
    river, (hidden, token) = stages.live(title="Clean water"), stages.live_private(title="A private one")
    stages.empty_draft(), stages.draft(title="Draft"), stages.approved(title="Approved", comment="Fine.")
    stages.in_review(title="Waiting")
    invitations.invite(hidden, ["sara@example.org"], "en")
    wanting, _link = stages.live_private(title="To be public")
    visibility.ask_public(wanting)
    (guest,) = invitations.invite(wanting, ["ada@example.org"], "en")
    returned = stages.in_review(title="Returned")
    review.request_changes(returned, mina(), "Say who benefits.")
    refused, appealed = stages.in_review(title="Turned down"), stages.in_review(title="Appealed")
    for case in (refused, appealed):
        review.decline(case, mina(), "No.")
    appeals.appeal(appealed, "The order is older.")
    reports.report(river), reports.report(hidden), reports.about_lawyer(leila())
    moderation.close(reports.report(river), mina(), "Nothing in it.")
    read = stages.draft(title="For the client to read")
    to_client = client.token_of(stages.asked(read))
    for case in (river, hidden, returned, read):
        filing.document(case), filing.picture(case)
    stages.filed(river)
    stages.draft(kian(), title="A draft of Kian’s")
    card = {"payment_method": "pm_1", "card_brand": "visa", "card_last4": "4242", "collected_at": clock.now()}
    moment = {"next_at": clock.now() + timedelta(days=1), "first_failed_at": clock.now(), "ended_at": clock.now()}
    S = PledgeState
    for case in (river, hidden):
        for state in (S.PLEDGED, S.RETRY):
            made = backed.pledge(case, 25, state, user_id=omid().id, **card, **moment)
            if case.is_private:
                access.grant_for_pledge(case, made.public_id)
    for n in range(25):
        backed.pledge(river, 5 + n, email=f"{n}@example.org")
    corrected = stages.live(title="A case with a mistake")
    changing.correct(rewriting.begun(corrected, "A typo.", title="A case without a mistake"))
    early = stages.live(title="Ended early")
    closing.end_early(early.id, "There is no case any more.", by="staff", actor_id=None)
    running = making.funded(title="Still running")
    first = making.post(running)
    updates.correct(first, "Corrected", "And better", seen=first.version)
    making.post(running, making.SECRET)
    updates.draft(running, making.WORDS)
    late = making.funded(title="Late")
    late.funded_at = clock.now() - timedelta(days=90)
    restricting.hide(late)
    making.told(making.concluded("won", making.funded(title="Won")))
    stories.draft(making.concluded("won", making.funded(title="Won, not told yet")))
    making.concluded("lost", making.funded(title="Lost"))
    kian().evidence = files.keep(BytesIO(b"%PDF-1.7"), "evidence.pdf", by_id=kian().user_id)
    key = {"credential_id": "abcd", "public_key": "", "sign_count": 0, "transports": "", "name": "My phone"}
    database.session.add(Passkey(user_id=kian().user_id, created_at=clock.now(), **key))
    database.session.add(Job(name="updates.remind", dead_at=clock.now(), attempts=12, last_error="KeyError: 1"))
    backed.pledge(river, 25, email="omid@example.org")
    return _letters(f"/p/{token}", f"/p/invited/{invitations.token_of(guest)}", f"/client/{to_client}")


def _letters(*others: str) -> World:
    by_letter.send_reset(sara().id)
    by_letter.ask_to_move(sara(), "other@example.org")
    claims.ask(omid(), "3@example.org")
    database.session.flush()
    privacy.ask("3@example.org", "en")
    data = privacy.token_of(database.session.scalars(select(PrivacyLink)).one())
    made = {link.kind: by_letter.token_of(link) for link in database.session.scalars(select(OneTimeLink))}
    pledges = database.session.scalars(select(Pledge).order_by(Pledge.id).limit(4)).all()
    readers.unsubscribe(pledges[0])
    world = World(
        [f"/account/reset/{made['reset']}", f"/account/confirm/{made['change']}", f"/privacy/link/{data}", *others],
        [f"/me/claim/{made['claim']}"],
    )
    world.letters += [f"/pledges/{links.token_of(pledge)}{end}" for pledge in pledges for end in ("", "/thanks")]
    world.letters += [f"/unsubscribe/{readers.token_of(pledge)}" for pledge in pledges]
    return world


# ---------------------------------------------------------------- the walk
_LINK = re.compile(r'<a\s[^>]*?href="([^"]*)"')
_FORM = re.compile(r"<form\s[^>]*")
_ACTION = re.compile(r'action="([^"]*)"')


def acts_on(address: str, page: str) -> list[str]:
    """Where the forms of a page that change something are sent."""
    to = [_ACTION.search(form) for form in _FORM.findall(page) if 'method="post"' in form]
    return [urlsplit(urljoin(HOME + address, unescape(at[1]))).path for at in to if at]


def leads_to(address: str, page: str) -> list[str]:
    """The addresses of ours that a page links to, without what stands behind the #."""
    searches = [form for form in _FORM.findall(page) if 'method="post"' not in form]
    found = _LINK.findall(page) + [at for form in searches for at in _ACTION.findall(form)]
    ours = []
    for link in found:
        whole = urlsplit(urljoin(HOME + address, unescape(link)))
        if f"{whole.scheme}://{whole.netloc}" == HOME and not whole.path.startswith("/static/"):
            ours.append(whole.path + (f"?{whole.query}" if whole.query else ""))
    return ours


@dataclass
class Walk:
    """What one person found: pages by address with what they lead to, who led there, and what is not there."""

    pages: dict[str, set[str]] = field(default_factory=dict)
    came_from: dict[str, set[str]] = field(default_factory=dict)
    became: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    endpoints: set[str] = field(default_factory=set)

    def dead_ends(self, starts: list[str]) -> list[str]:
        """Pages from which no link leads back to a page that one can come from, nor home."""
        bad = []
        for address, led in self.pages.items():
            own = {_bare(self.became.get(link, link)) for link in led if link != address}
            back = {_bare(source) for source in self.came_from.get(address, set()) if source != address}
            back |= {_bare(address)} if "?" in address else set()  # of a narrowed list, the whole one
            home = "/fa/" if address.startswith("/fa/") else "/"
            if home not in own | {address} or (back and address not in starts and not own & back):
                bad.append(address)
        return bad


def _bare(address: str) -> str:
    """The page itself, whatever is asked of it behind the question mark."""
    return address.partition("?")[0]


def walk(browser: FlaskClient, starts: list[str]) -> Walk:
    """Follow every link from `starts`. Of a path with many questions behind it some are asked."""
    done, waiting, seen = Walk(), [(start, "") for start in starts], set()
    asked: Counter[str] = Counter()
    adapter = browser.application.url_map.bind("localhost")

    def note(path: str, method: str) -> None:
        bare = path.removeprefix("/fa") if path.startswith("/fa/") else path
        done.endpoints.add(adapter.match(bare, method=method)[0])

    while waiting:
        address, source = waiting.pop()
        if source:
            done.came_from.setdefault(address, set()).add(source)
        path = _bare(address)
        if address in seen or (asked[path] >= MOST_OF_ONE_PATH and address != path):
            continue
        seen.add(address)
        asked[path] += 1
        answer = browser.get(address, headers={"Referer": HOME + (source or "/")})
        if answer.status_code in (301, 302, 303, 308):
            target = urlsplit(urljoin(HOME + address, answer.location))
            done.became[address] = target.path + (f"?{target.query}" if target.query else "")
            waiting.append((done.became[address], source))
        elif answer.status_code >= 400 and not (answer.status_code == 409 and "<main" in answer.text):
            done.missing[address] = f"{answer.status_code}, linked from {source or 'the start'}"
            continue
        elif answer.mimetype == "text/html":
            done.pages[address] = set(leads_to(address, answer.text))
            waiting += [(link, address) for link in sorted(done.pages[address])]
            for action in acts_on(address, answer.text):
                note(action, "POST")
        note(path, "GET")
    for address, target in done.became.items():  # whoever links to a redirect leads to where it ends
        done.came_from.setdefault(target, set()).update(done.came_from.get(address, set()))
    return done


def newcomer():
    """Somebody whose address is not confirmed yet."""
    user = accounts.by_email("new@example.org") or accounts.register("new@example.org", "Nasrin", PASSWORD)
    user.confirmed_at = None
    return user


PEOPLE = {"nobody": None, "newcomer": newcomer, "backer": omid, "applicant": kian, "lawyer": leila}
PEOPLE |= {"reviewer": mina, "editor": nima, "administrator": roya}


@pytest.fixture
def world(app):
    app.test_client_class = FlaskClient  # many pages, that are looked at elsewhere
    with app.app_context():
        made = build()
        database.session.commit()
        return made


def walks(app, world):
    """Everybody's walk, in both languages: every page links to itself in the other."""
    found = {}
    for name, who in PEOPLE.items():
        browser = browser_of(app, who) if who else app.test_client()
        known = {"nobody": world.letters, "backer": world.members}.get(name, [])
        starts = ["/", *(prefix + address for address in known for prefix in ("", "/fa"))]
        found[name] = (starts, walk(browser, starts))
    return found


@pytest.mark.timeout(900)
def test_every_link_leads_somewhere_and_every_page_back(app, world):
    reached = set()
    for name, (starts, found) in walks(app, world).items():
        assert not found.missing, f"{name}: these links lead nowhere: {found.missing}"
        assert not found.dead_ends(starts), f"{name}: no way back from {found.dead_ends(starts)}"
        pages = {_bare(address) for address in found.pages}
        in_persian = {path for path in pages if path.startswith("/fa/")}
        assert in_persian == {f"/fa{path}" for path in pages - in_persian} and len(in_persian) > 25, name
        reached |= found.endpoints
    pages = {rule.endpoint for rule in rules(app) if "GET" in methods(rule)} - NOT_LINKED
    assert not pages - reached, f"No link leads to these pages; link to them, or say why not: {pages - reached}"
    assert reached.isdisjoint({"operations.healthz", "operations.readyz", "pages.robots", "webhooks.stripe"})


def _page(*links: str) -> str:
    return "<main>" + "".join(f'<a href="{link}">x</a>' for link in links) + "</main>"


def _house_of(app, monkeypatch, *, fees: str) -> None:
    """Three pages in place of ours: home leads to the terms, they to the fees."""
    for endpoint, text in {"home": _page("/terms"), "terms": _page("/", "/fees"), "fees": fees}.items():
        monkeypatch.setitem(app.view_functions, f"pages.{endpoint}", public(lambda text=text: text))


def test_a_page_without_a_way_back_is_noticed(app, client, monkeypatch):
    """The controls: home alone is not the way back to where one came from, and a good page is not blamed."""
    app.test_client_class = FlaskClient
    for fees, bad in ((_page("/"), ["/fees"]), (_page("/terms"), ["/fees"]), (_page("/", "/terms"), [])):
        _house_of(app, monkeypatch, fees=fees)
        assert walk(FlaskClient(app), ["/"]).dead_ends(["/"]) == bad


def test_a_link_that_leads_nowhere_is_noticed(app, monkeypatch):
    """The control."""
    _house_of(app, monkeypatch, fees=_page("/", "/terms", "/nothing-here", "https://elsewhere.example/"))
    assert walk(FlaskClient(app), ["/"]).missing == {"/nothing-here": "404, linked from /fees"}


# ---------------------------------------------------------------- pages that say no
def _raise(error):
    if isinstance(error, Exception):
        raise error
    abort(error)


REFUSALS = [400, 401, 403, 404, 405, 409, 410, 413, 418, 429, 500, 501, 503, throttle.TooMany(60), RuntimeError("ours")]


@pytest.mark.parametrize("error", REFUSALS, ids=str)
@pytest.mark.parametrize("prefix", ["", "/fa"])
def test_whatever_goes_wrong_the_page_leads_on(app, client, monkeypatch, error, prefix):
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(app.view_functions, "pages.fees", public(lambda: _raise(error)))
    answer = client.get(f"{prefix}/fees")
    expected = error if isinstance(error, int) else getattr(error, "status", 500)
    assert answer.status_code == {401: 404, 403: 404}.get(expected, expected)
    main = answer.text.split("<main")[1].split("</main>")[0]
    assert {f"{prefix}/", f"{prefix}/cases/"} <= set(leads_to(f"{prefix}/fees", main))
    assert "Traceback" not in answer.text and "RuntimeError" not in answer.text


def test_an_address_that_never_was_leads_on_too(client):
    for prefix in ("", "/fa"):
        answer = client.get(f"{prefix}/no/such/page")
        assert answer.status_code == 404 and f"{prefix}/cases/" in leads_to(f"{prefix}/x", answer.text)


def test_every_refusal_of_ours_is_one_that_a_page_is_made_of():
    assert issubclass(throttle.TooMany, DomainError) and not issubclass(DomainError, HTTPException)


# ---------------------------------------------------------------- addresses
def listed() -> list[str]:
    with open(LISTED, encoding="utf-8") as file:
        return [line.strip() for line in file if line.strip() and not line.startswith("#")]


def outside(app) -> set[str]:
    """The addresses that people keep: in bookmarks, letters and links of others."""
    kinds = {"public", "anyone", "by_token", "one_click", "returning", "provider"}
    return {rule.rule for rule in rules(app) if mark(app, rule).kind in kinds} | {
        rule.rule for rule in rules(app) if mark(app, rule).kind in {"signed_in", "lawyer"} and "GET" in methods(rule)
    }


def lost(app, addresses: list[str]) -> list[str]:
    """Which of these no view answers any more, by any method."""
    adapter, gone = app.url_map.bind("localhost"), []
    for address in addresses:
        filled = re.sub(r"<(?:int:|path:)?(\w+)>", lambda match: MADE_UP[match[1]], address)
        try:
            adapter.match(filled, method="GET")
        except HTTPException as error:
            if error.code == 404:
                gone.append(address)
    return gone


def test_no_address_is_lost(app):
    gone = lost(app, listed())
    assert not gone, f"People have these addresses; keep them, or redirect from them: {gone}"


def test_every_address_is_on_the_list(app):
    new = sorted(outside(app) - set(listed()))
    assert not new, "Add these lines to tests/whole_house/addresses.txt:\n" + "\n".join(new)
    assert listed() == sorted(set(listed()))


def test_an_address_that_is_gone_is_noticed(app):
    """The control."""
    assert lost(app, ["/fees", "/fees-of-old", "/cases/<slug>/prints", "/webhooks/stripe"]) == [
        "/fees-of-old",
        "/cases/<slug>/prints",
    ]
