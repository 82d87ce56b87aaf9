"""The pages: asking by address, the link that answers, one's own privacy, and the consent log for staff."""

import io
import re
import zipfile

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.accounts.personal import Person
from app.audit.models import AuditEntry
from app.cases.models import Case
from app.core.clock import real_now
from app.database import db as database
from app.jobs import queue
from app.lawyers.models import Lawyer
from app.mail.models import OutgoingLetter
from app.mail.outbox import render
from app.pledges.models import Pledge
from app.privacy import asking, consents, service
from tests.cases import backed, stages
from tests.people import PASSWORD, browser_of, dara, leila, mina, omid, roya
from tests.privacy import holding
from tests.support.forms import send, token_of
from tests.updates import making

P = holding.P
GUEST = "zqguest@example.org"


@pytest.fixture
def guest(app):
    """Somebody without an account of whom we hold something."""
    with app.app_context():
        holding.pledge("zqguest", GUEST, P.RELEASED)
        database.session.commit()
    return GUEST


def link(app, email=GUEST):
    """Ask by the page, let the worker answer; the address in the letter, or None."""
    assert send(app.test_client(), "/privacy/ask", email=email).status_code == 303
    with app.app_context():
        queue.drain()
        letter = database.session.scalars(select(OutgoingLetter).where(OutgoingLetter.to == email)).all()[-1:]
        if not letter or letter[0].name != "privacy.link":
            return None
        text = render("privacy.link", "en", letter[0].facts).text
    return re.search(r"https://localhost(/\S+)", text)[1]


def names(answer):
    return zipfile.ZipFile(io.BytesIO(answer.data)).namelist()


# ---------------------------------------------------------------- without an account
def test_the_answer_is_the_same_whether_we_hold_something_or_not(client, guest):
    pages = []
    for email in (guest, "nobody@example.org"):
        answer = send(client, "/privacy/ask", email=email)
        pages.append((answer.status_code, answer.location, client.get(answer.location).text.replace(email, "")))
    assert pages[0] == pages[1]


def test_only_who_gets_the_letter_sees_what_there_is(app, guest):
    assert link(app, "nobody@example.org") is None
    page = app.test_client().get(link(app))
    assert page.status_code == 200 and "your pledges" in page.text and page.headers["Cache-Control"] == "no-store"


def test_looking_changes_nothing_and_the_buttons_act(app, client, guest):
    address = link(app)
    client.get(address)
    saved = send(client, address, to=f"{address}/copy")
    assert saved.mimetype == "application/zip" and "pledges.json" in names(saved)
    assert send(client, address, to=f"{address}/erase").status_code == 400  # not sure
    done = send(client, address, to=f"{address}/erase", sure="y")
    assert done.location == "/privacy/done" and client.get(done.location).status_code == 200
    assert client.get(address).status_code == 404
    with app.app_context():
        assert holding.everywhere("zqguest") == {}


def test_what_cannot_go_yet_is_said_and_stays(app, client, guest):
    with app.app_context():
        backed.pledge(stages.live(title="Running"), 40, email=GUEST)
        database.session.commit()
    address = link(app)
    page = client.get(address)
    assert "£40" in page.text and 'name="sure"' not in page.text
    answer = client.post(f"{address}/erase", data={"csrf_token": token_of(page), "sure": "y"}, headers=_from(address))
    assert answer.status_code == 409 and client.get(address).status_code == 200
    with app.app_context():
        assert "pledges" in holding.everywhere("zqguest")


def _from(address):
    return {"Referer": f"https://localhost{address}"}


def test_an_address_with_an_account_is_led_to_sign_in(app):
    browser_of(app, omid)
    assert link(app, "omid@example.org") == "/me/privacy/"


def test_a_link_that_is_too_old_made_up_or_of_somebody_who_joined_since_opens_nothing(app, client, guest):
    address = link(app)
    with app.app_context():
        row = database.session.scalars(select(asking.PrivacyLink)).one()
        row.expires_at = real_now()
        database.session.commit()
    for wrong in (address, f"/privacy/link/{'x' * 32}", f"/privacy/link/{'x' * 32}/erase"):
        assert client.get(wrong).status_code == 404
    again = link(app)
    with app.app_context():
        holding.accounts.register(GUEST, "Guest", PASSWORD)
        database.session.commit()
    assert client.get(again).status_code == 404


@pytest.mark.parametrize("path", ["", "/erase"])
def test_a_link_that_opens_nothing_begins_no_session(client, path):
    answer = client.get(f"/privacy/link/{'x' * 32}{path}")
    assert answer.status_code == 404 and "Set-Cookie" not in answer.headers


# ---------------------------------------------------------------- with an account
def test_one_has_a_copy_of_ones_own_which_is_noted(app):
    browser = browser_of(app, omid)
    saved = send(browser, "/me/privacy/copy")
    assert {"README.txt", "account.json", "sign_ins.json"} <= set(names(saved))
    assert (
        saved.headers["Content-Disposition"].startswith("attachment") and saved.headers["Cache-Control"] == "no-store"
    )
    with app.app_context():
        assert "privacy.exported" in database.session.scalars(select(AuditEntry.action)).all()


def test_the_readme_is_in_the_language_of_its_reader(app):
    browser = browser_of(app, omid)
    page = browser.get("/fa/me/privacy/copy")
    referer = {"Referer": "https://localhost/fa/me/privacy/copy"}
    saved = browser.post("/fa/me/privacy/copy", data={"csrf_token": token_of(page)}, headers=referer)
    readme = zipfile.ZipFile(io.BytesIO(saved.data)).read("README.txt").decode()
    assert "omid@example.org" in readme


@pytest.mark.parametrize("path", ["/me/privacy/copy", "/me/privacy/erase"])
def test_whoever_proved_who_they_are_long_ago_proves_it_again(app, path, clock):
    browser = browser_of(app, omid)
    with app.app_context():
        for row in database.session.scalars(select(holding.accounts.SignIn)):
            row.created_at = real_now().replace(year=2020)
        database.session.commit()
    assert browser.get(path).location.startswith("/account/prove")


def test_an_account_is_erased_with_its_password_and_the_sign_in_with_it(app):
    browser = browser_of(app, omid)
    for fields in ({"password": "wrong", "sure": "y"}, {"password": PASSWORD}, {"sure": "y"}):
        assert send(browser, "/me/privacy/erase", **fields).status_code == 400
    assert send(browser, "/me/privacy/erase", password=PASSWORD, sure="y").location == "/privacy/done"
    assert browser.get("/me/privacy/").location.startswith("/account/sign-in")
    with app.app_context():
        assert not database.session.scalars(select(User).where(User.email == "omid@example.org")).all()
        assert holding.everywhere("omid@") == {}


def test_somebody_with_a_duty_sees_it_instead_of_the_form(app):
    page = browser_of(app, mina).get("/me/privacy/erase").text
    assert "member of staff" in page and 'name="password"' not in page


# ---------------------------------------------------------------- the consent log
def test_one_sees_what_one_agreed_to_and_to_which_words(app):
    browser = browser_of(app, omid)
    with app.app_context():
        case = stages.live(title="Clean water")
        backed.pledge(case, 25, consent_text="I agree to £25", consent_hash="ab" * 32)
        stages.asked(stages.draft(title="Mine"), "Omid", "omid@example.org")
        database.session.commit()
    page = browser.get("/me/privacy/").text
    assert "I agree to £25" in page and "abababab" in page and "Clean water" in page


def test_nobody_elses_consent_is_in_it(db):
    backed.pledge(stages.live(title="Clean water"), 25, email="sara@example.org")
    assert consents.of_person(omid()) == []


def test_a_private_case_is_not_named_to_who_may_not_see_it_now(app):
    browser = browser_of(app, omid)
    with app.app_context():
        case, _token = stages.live_private(title="Zqhidden matter")
        backed.pledge(case, 25)
        database.session.commit()
    page = browser.get("/me/privacy/").text
    assert "Zqhidden" not in page and "A private case" in page


@pytest.mark.parametrize("kind", consents.KINDS)
def test_the_log_of_a_case_is_read_page_by_page_and_names_nobody(app, kind, monkeypatch):
    monkeypatch.setattr(consents, "PAGE", 2)
    with app.app_context():
        case = stages.live(title="Clean water")
        for number in range(5):
            made = backed.pledge(case, 25, email=f"zq{number}@example.org", name="Zqname")
            holding.readers.unsubscribe(made)
        address = f"/staff/consents/{case.public_id}?kind={kind}"
        database.session.commit()
    browser, rows, pages = browser_of(app, roya), 0, 0
    while address:
        page = browser.get(address).text
        assert "zqname" not in page.lower() and "ada@example.org" not in page and "zq1@" not in page
        rows, pages = rows + page.count('<h2 class="h-s">'), pages + 1
        following = re.search(r'href="([^"]+)" rel="next"', page)
        address = following[1].replace("&amp;", "&") if following else ""
    assert (rows, pages) == ((1, 1) if kind == "client" else (5, 3))


def test_only_administrators_and_auditors_read_the_log(app):
    with app.app_context():
        case = stages.live(title="Clean water")
        draft = stages.draft(title="Zqdraft").public_id
        address = f"/staff/consents/{case.public_id}"
        database.session.commit()
    assert browser_of(app, roya).get(address).status_code == 200
    assert browser_of(app, roya).get(f"/staff/consents/{draft}").status_code == 404
    assert "Zqdraft" not in browser_of(app, roya).get("/staff/consents").text
    for who in (mina, dara, leila, omid):
        assert browser_of(app, who).get(address).status_code == 404


@pytest.mark.forged
def test_the_page_of_an_ended_case_stands_without_its_lawyer(app, client):
    with app.app_context():
        case = making.concluded(case=making.funded(leila())).case
        service.erase(Person.of(leila().user))
        slug, profile = case.slug, case.lawyer.slug
        database.session.commit()
    page = client.get(f"/cases/{slug}")
    assert page.status_code == 200 and "Farahani" not in page.text and "Fenmoor" not in page.text
    assert client.get(f"/lawyers/{profile}").status_code == 404
    assert "Farahani" not in client.get("/lawyers/").text
    assert f"/lawyers/{profile}" not in page.text
    assert browser_of(app, roya).get(f"/staff/lawyers/{_lawyer_id(app)}").status_code == 200


def _lawyer_id(app):
    with app.app_context():
        return database.session.scalars(select(Lawyer.public_id)).first()


def test_a_lawyers_page_of_backers_still_stands_when_one_was_erased(app, client):
    with app.app_context():
        case = stages.live(title="Clean water")
        holding.pledge("zqone", "zqone@example.org", P.RELEASED, case)
        backed.pledge(case, 30, email="sara@example.org")
        service.erase(Person(None, "zqone@example.org"))
        slug, public_id = case.slug, case.public_id
        database.session.commit()
        assert database.session.query(Pledge).count() == 2 and database.session.query(Case).count() == 1
    assert client.get(f"/cases/{slug}").status_code == 200
    assert browser_of(app, leila).get(f"/dashboard/cases/{public_id}").status_code == 200
