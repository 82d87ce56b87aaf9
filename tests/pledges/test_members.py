"""The member's area, as its pages show it to whom."""

import re
from html import unescape

import pytest
from sqlalchemy import event, select

from app.accounts import queries as accounts
from app.cases.models import Case, CaseGrant
from app.database import db as database
from app.jobs import queue
from app.mail.models import OutgoingLetter
from app.pledges.models import Pledge
from app.pledges.states import PledgeState
from tests.accounts import letters
from tests.cases import backed, stages
from tests.people import browser_of, kian, omid, sara
from tests.pledges import backing
from tests.pledges.backing import complaints, press, said
from tests.support.forms import send
from tests.updates import making

GUEST = "guest@example.org"
P = PledgeState


def commit(app, build):
    """What `build` makes, committed; its result."""
    with app.app_context():
        made = build()
        database.session.commit()
        return made


def of(who, case, state=P.PLEDGED, pounds=25, **values):
    return backed.pledge(case, pounds, state, user_id=who().id, **values)


@pytest.fixture
def member(app):
    """Omid's browser."""
    return browser_of(app, omid)


def follow(browser, answer):
    """The messages at the head of the page that an answer leads to."""
    page = browser.get(answer.location).text
    found = re.search(r'<div class="wrap flashes".*?</div></div></div>', page, re.DOTALL)
    assert found, "no message"
    return " ".join(unescape(re.sub(r"<svg.*?</svg>|<[^>]+>", " ", found[0], flags=re.DOTALL)).split())


# ---------------------------------------------------------------- the list
def test_somebody_without_pledges_is_led_to_the_cases(member):
    page = member.get("/me/")
    assert "You have no pledges yet" in said(page) and 'class="btn" href="/cases/"' in page.text


def test_what_one_pledges_while_signed_in_is_there_at_once(app, member):
    slug = commit(app, lambda: stages.live(title="Clean water").slug)
    own_page = backing.pledge(member, slug, email="another@example.org")
    page = member.get("/me/")
    assert "Clean water £25.00 Pledged Charged only if the target is met by" in said(page)
    assert f'href="{own_page}"' in page.text


def test_a_form_begun_as_a_guest_belongs_to_whoever_goes_on_with_it_signed_in(app, member):
    slug = commit(app, lambda: stages.live(title="Clean water").slug)
    guest = app.test_client()
    backing.fill(guest, f"/cases/{slug}/back")
    begun = commit(app, lambda: database.session.scalars(select(Pledge)).one().form_key)
    marks = backing.hidden(member.get(f"/cases/{slug}/back")) | {"form_key": begun}
    assert backing.send_again(member, f"/cases/{slug}/back", marks).status_code == 303
    assert "Clean water £25.00 Not finished" in said(member.get("/me/"))


@pytest.mark.parametrize("state", P)
def test_every_state_has_words_and_a_way_to_the_pledge(app, member, state):
    def build():
        pledge = of(omid, stages.live(title="Clean water"))
        pledge.state, pledge.ended_at = state, pledge.pledged_at
        pledge.collected_at = pledge.due_at = pledge.pledged_at

    commit(app, build)
    for prefix in ("", "/fa"):
        page = member.get(f"{prefix}/me/")
        assert f'href="{prefix}/pledges/' in page.text and "None" not in said(page)


def test_nobody_sees_the_pledges_of_others(app, member):
    commit(app, lambda: of(sara, stages.live(title="Clean water"), P.COLLECTED))
    for path in ("/me/", "/me/payments", "/me/emails"):
        assert "Clean water" not in member.get(path).text


def test_a_long_list_goes_on(app, member):
    def build():
        case = stages.live(title="Clean water")
        for pounds in range(10, 32):
            of(omid, case, pounds=pounds)

    commit(app, build)
    first = member.get("/me/")
    rest = member.get(re.search(r'href="(/me/\?before=[^"]+)" rel="next"', first.text)[1])
    shown = [re.findall(r"£\d\d\.00", said(page)) for page in (first, rest)]
    assert [len(sums) for sums in shown] == [20, 2] and len({*shown[0], *shown[1]}) == 22
    assert 'href="/me/" rel="prev"' in rest.text and 'rel="next"' not in rest.text


def test_an_odd_place_to_go_on_from_begins_anew(member):
    assert member.get("/me/?before=%00%ff'x").status_code == 200


# ---------------------------------------------------------------- private cases
@pytest.fixture
def hidden_pledge(app):
    """A pledge that a guest made to a private case all the way; the case's slug."""

    def build():
        case, token = stages.live_private(title="zqprivatezq")
        return case.slug, token

    slug, token = commit(app, build)
    guest = app.test_client()
    guest.get(f"/p/{token}")
    backing.pledge(guest, slug, email="omid@example.org")
    return slug


def test_a_claimed_pledge_shows_its_private_case_and_lets_its_backer_in(member, hidden_pledge):
    assert "zqprivatezq" not in member.get("/me/").text
    assert member.get(f"/cases/{hidden_pledge}").status_code == 404
    press(member, "/me/", "/me/claim-own")
    assert "zqprivatezq" in said(member.get("/me/"))
    assert member.get(f"/cases/{hidden_pledge}").status_code == 200


def test_a_private_case_is_not_named_once_the_right_to_see_it_is_gone(app, member, hidden_pledge):
    press(member, "/me/", "/me/claim-own")

    def revoke():
        for grant in database.session.scalars(select(CaseGrant)):
            grant.revoked_at = grant.created_at

    commit(app, revoke)
    for path in ("/me/", "/me/payments", "/me/emails"):
        assert "zqprivatezq" not in member.get(path).text
    assert "A private case £25.00" in said(member.get("/me/"))


def test_signing_out_takes_the_right_along(member, hidden_pledge):
    press(member, "/me/", "/me/claim-own")
    member.get("/me/")
    press(member, "/account/", "/account/sign-out")
    assert member.get(f"/cases/{hidden_pledge}").status_code == 404


# ---------------------------------------------------------------- payments, emails, news
def test_payments_are_listed_and_summed(app, member):
    def build():
        case = stages.live(title="Clean water")
        for state, pounds in ((P.COLLECTED, 25), (P.COLLECTED, 10), (P.PLEDGED, 99)):
            of(omid, case, state, pounds)
        for pledge in database.session.scalars(select(Pledge)):
            pledge.collected_at = pledge.pledged_at

    commit(app, build)
    words = said(member.get("/me/payments"))
    assert "2 payments together £35.00" in words and "£99" not in words
    assert "۳۵٫۰۰ پوند" in said(member.get("/fa/me/payments"))


def test_emails_of_a_case_are_ended_from_the_list(app, member):
    commit(app, lambda: of(omid, making.funded(title="Clean water", backers=()), P.COLLECTED, collected_at=None))
    page = member.get("/me/emails")
    assert "Clean water On to omid@example.org" in said(page)
    stop = re.search(r'href="(/unsubscribe/[^"]+)"', page.text)[1]
    press(member, stop, stop)
    assert "Clean water Off to omid@example.org" in said(member.get("/me/emails"))


def test_the_latest_updates_stand_there_those_for_backers_too(app, member):
    def build():
        case = making.funded(title="Clean water")
        pledge = database.session.scalars(select(Pledge)).one()
        making.post(case)
        making.post(case, making.SECRET)
        return pledge.id

    pledge_id = commit(app, build)
    assert "The latest from your cases" not in member.get("/me/").text
    with app.app_context():
        database.session.get_one(Pledge, pledge_id).user_id = accounts.by_email("omid@example.org").id
        database.session.commit()
    words = said(member.get("/me/"))
    assert words.index("For you alone") < words.index("Permission granted") and "zqsecretzq" not in words


# ---------------------------------------------------------------- claiming
@pytest.fixture
def guests(app):
    """A guest's pledge to a public case, made with another address than any account has."""
    slug = commit(app, lambda: stages.live(title="Clean water").slug)
    backing.pledge(app.test_client(), slug, email=GUEST)
    return slug


def test_pledges_of_another_address_are_claimed_by_the_letter_there(app, member, guests):
    asked = send(member, "/me/find-pledges", email=GUEST)
    assert f"If pledges were made with {GUEST}, we have sent an email there." in follow(member, asked)
    path = letters.link(app, GUEST, "me/claim")
    assert f"1 pledge was made with {GUEST}" in said(member.get(path))
    assert "Clean water" not in said(member.get("/me/"))
    assert "1 pledge is in your list now." in follow(member, send(member, path))
    assert "Clean water" in said(member.get("/me/"))


def test_the_answer_is_the_same_for_an_address_that_nobody_pledged_with(app, member, guests):
    answers = [follow(member, send(member, "/me/find-pledges", email=email)) for email in (GUEST, "nobody@example.org")]
    assert answers[0].replace(GUEST, "…") == answers[1].replace("nobody@example.org", "…")
    with app.app_context():
        queue.drain()
        to = database.session.scalars(select(OutgoingLetter.to).where(OutgoingLetter.name == "pledges.claim")).all()
    assert to == [GUEST]


def test_an_address_that_got_letters_lately_gets_no_more_and_the_answer_stays(app, member, guests):
    said_each_time = {follow(member, send(member, "/me/find-pledges", email=GUEST)) for _ in range(6)}
    assert len(said_each_time) == 1
    assert letters.names(app, GUEST).count("pledges.claim") == 4


def test_a_link_in_the_hands_of_another_account_is_refused_plainly(app, member, guests):
    send(member, "/me/find-pledges", email=GUEST)
    path = letters.link(app, GUEST, "me/claim")
    other = browser_of(app, sara)
    for answer in (other.get(path), press(other, "/me/find-pledges", path)):
        assert answer.status_code == 409 and "asked for from another account" in said(answer)
        assert "Clean water" not in answer.text and GUEST not in answer.text
    assert "1 pledge is in your list now." in follow(member, send(member, path))


def test_a_second_press_says_that_the_link_is_used(app, member, guests):
    send(member, "/me/find-pledges", email=GUEST)
    path = letters.link(app, GUEST, "me/claim")
    send(member, path)
    for answer in (member.get(path), press(member, "/me/find-pledges", path), member.get("/me/claim/" + "x" * 32)):
        assert answer.status_code == 404 and "it has done its work" in said(answer)


def test_somebody_not_signed_in_is_brought_back_to_the_link(app, member, client, guests):
    send(member, "/me/find-pledges", email=GUEST)
    path = letters.link(app, GUEST, "me/claim")
    answer = client.get(path)
    assert answer.status_code == 303 and answer.location.startswith("/account/sign-in?next=/me/claim/")


def test_who_came_first_keeps_them_and_the_other_is_told(app, member, guests):
    send(member, "/me/find-pledges", email=GUEST)
    first = letters.link(app, GUEST, "me/claim")
    other = browser_of(app, sara)
    send(other, "/me/find-pledges", email=GUEST)
    second = letters.link(app, GUEST, "me/claim")
    send(member, first)
    assert "There is nothing to add" in said(other.get(second))
    assert "belongs to another account already" in follow(other, press(other, "/me/find-pledges", second))
    assert "Clean water" not in said(other.get("/me/")) and "Clean water" in said(member.get("/me/"))


@pytest.mark.parametrize("typed", ["", "not an address", "a@b", "x" * 300 + "@example.org", "a\r\nbcc: b@example.org"])
def test_what_is_no_address_is_told_at_the_field_and_kept(member, typed):
    answer = send(member, "/me/find-pledges", email=typed)
    assert answer.status_code == 400 and complaints(answer)


def test_an_unconfirmed_account_must_confirm_first(app, member):
    commit(app, lambda: backed.pledge(stages.live(title="Clean water"), 25))
    commit(app, lambda: setattr(omid(), "confirmed_at", None))
    page = member.get("/me/")
    assert "can be added once you have confirmed that address" in said(page) and "/me/claim-own" not in page.text
    answer = press(member, "/me/", "/me/claim-own")
    assert answer.location == "/account/confirm" and "Clean water" not in said(member.get("/me/"))


# ---------------------------------------------------------------- the way there
def test_the_header_leads_backers_there_and_the_account_everybody(app, member):
    assert 'href="/me/"' in member.get("/").text and 'href="/me/"' not in app.test_client().get("/").text
    lawyer = browser_of(app, kian)
    header = re.search(r'<div class="acct">.*?</div>', lawyer.get("/").text, re.DOTALL)[0]
    assert 'href="/me/"' not in header and 'href="/me/"' in lawyer.get("/account/").text


def queries_of(app, browser, path):
    """How many statements a page takes."""
    asked = []

    def note(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    with app.app_context():
        engine = database.engine
    event.listen(engine, "before_cursor_execute", note)
    browser.get(path)
    event.remove(engine, "before_cursor_execute", note)
    return len(asked)


def test_the_list_asks_the_database_as_often_however_long_it_is(app, member):
    def build(times):
        for n in range(times):
            case = making.funded(title=f"Case {n} of {times}", backers=())
            of(omid, case, P.COLLECTED, collected_at=case.funded_at)
            making.post(case)

    commit(app, lambda: build(1))
    few = queries_of(app, member, "/me/")
    commit(app, lambda: build(6))
    assert queries_of(app, member, "/me/") == few < 20
    assert commit(app, lambda: database.session.query(Case).count()) == 7
