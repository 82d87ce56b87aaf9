"""From a lawyer's sign-up to a live page: lawyer, two members of staff, client and reviewer, over HTTP, both languages.

Every step is a form that somebody fills in; what arrives by mail is read there, and its links are followed.
"""

import re
from io import BytesIO

import pyotp
import pytest
from sqlalchemy import select

from app.cases import labels
from app.cases.models import ClientConsent
from app.database import db as database
from app.jobs import worker
from tests.cases.writing import send_step, write_all
from tests.people import browser_of, dara, mina
from tests.pledges.backing import hidden, pledge, post, press, said
from tests.updates.making import PDF

ROYA, CLIENT, PASSWORD = "roya@example.org", "client@example.org", "a long way home"
SLUG = "keep-thornley-library-open"
CHECKED = {
    name: value
    for kind in ("practising_certificate", "firm", "identity")
    for name, value in ((kind, "y"), (f"{kind}_source", "SRA register"))
}


class Opening:
    """One run in one language; every page that is opened must speak it."""

    def __init__(self, app, outbox, lang):
        self.app, self.outbox, self.lang = app, outbox, lang
        self.prefix = "/fa" if lang == "fa" else ""

    def opens(self, browser, path):
        page = browser.get(path)
        assert page.status_code == 200 and f'<html lang="{self.lang}"' in page.text, f"{path}: {page.status_code}"
        return page

    def works(self):
        """A round of the worker: letters leave."""
        worker.beat(self.app)
        worker.beat(self.app)

    def link(self, address, part):
        """The path of the link with `part` in the latest letter to `address`, which is in this run's language."""
        letter = self.outbox.to(address)[-1]
        assert letter["Content-Language"] == self.lang
        return re.findall(rf"https://localhost(\S*/{part}/\S+)", letter.get_body("plain").get_content())[-1]

    def sends(self, browser, path, to="", **fields):
        answer = press(browser, path, to or path, **fields)
        assert answer.status_code in (200, 303), said(answer)
        return answer


@pytest.fixture
def opening(app, outbox, stripe, lang):
    return Opening(app, outbox, lang)


def joins(opening, browser):
    """Sign up, confirm the address, sign in."""
    prefix = opening.prefix
    opening.sends(browser, f"{prefix}/account/sign-up", name="Roya Karimi", email=ROYA, password=PASSWORD)
    opening.works()
    link = opening.link(ROYA, "account/confirm")
    assert hidden(opening.opens(browser, link)) and "/sign-in" in opening.sends(browser, link).location
    opening.sends(browser, f"{prefix}/account/sign-in", email=ROYA, password=PASSWORD)


def applies(opening, browser):
    """Apply, half-way first, then with the evidence; two members of staff decide, each for themselves."""
    path, details = (
        f"{opening.prefix}/lawyers/apply",
        {"profession": "solicitor", "firm": "Karimi Law", "town": "Leeds"},
    )
    opening.sends(browser, path, later="1", **details)
    assert "Karimi Law" in opening.opens(browser, path).text
    more = {"regulator": "sra", "registration_number": "654321", "register_name": "Roya Karimi"}
    opening.sends(browser, path, **details, **more, evidence=(BytesIO(PDF), "certificate.pdf"))
    for who in (mina, dara):
        staff = browser_of(opening.app, who)
        queue = opening.opens(staff, f"{opening.prefix}/staff/lawyers").text
        (page,) = set(re.findall(r'href="([^"]*/staff/lawyers/[0-9a-z]{20})"', queue))
        opening.sends(staff, page, decision="approve", **CHECKED)
    opening.works()


def sets_up_codes(opening, browser):
    """Before a verified lawyer goes on, a second factor is asked for."""
    asked = browser.get(f"{opening.prefix}/cases/new")
    assert "/second-factor/set-up" in asked.location
    scan = opening.sends(browser, asked.location, password=PASSWORD).location
    secret = re.search(r"((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})", opening.opens(browser, scan).text)[0].replace(" ", "")
    codes = opening.sends(browser, scan, code=pyotp.TOTP(secret).now())
    assert len(re.findall(r"(?:[0-9a-z]{4}-){3}[0-9a-z]{4}", codes.text)) == 10


def asks_the_client(opening, browser, page):
    details = {"name": "Sam Client", "email": CLIENT, "lang": opening.lang}
    opening.sends(browser, f"{page}/client", **details)
    opening.works()
    return opening.link(CLIENT, "client")


def decides(opening, who, decision, **fields):
    """A reviewer opens the page from the queue and decides."""
    reviewer = browser_of(opening.app, who)
    queue = opening.opens(reviewer, f"{opening.prefix}/staff/cases").text
    (page,) = set(re.findall(r'href="([^"]*/staff/cases/[0-9a-z]{20})"', queue))
    return press(reviewer, page, page, decision=decision, checks=list(labels.CHECKS), **fields)


def acts_for(lawyer, page, client):
    """Name another client; asked for it, say anew what they have signed."""
    assert send_step(lawyer, page, "parties", acting_for=client).status_code == 400
    return send_step(lawyer, page, "parties", acting_for=client, instructed_for=client)


def test_the_first_journey(app, client, opening, told):
    lawyer, prefix = app.test_client(), opening.prefix
    joins(opening, lawyer)
    applies(opening, lawyer)
    sets_up_codes(opening, lawyer)

    # The wizard, the client's first answer, and a reviewer who may not approve without it.
    page = write_all(lawyer, prefix)
    opening.sends(lawyer, f"{page}/check")
    assert decides(opening, mina, "approve").status_code == 409
    first = asks_the_client(opening, lawyer, page)
    assert "Keep Thornley library open" in opening.opens(client, first).text
    opening.sends(client, first, answer="change", message="Do not name my town.")
    opening.works()
    assert "Do not name my town." in said(opening.opens(lawyer, page))
    assert opening.opens(client, first).text.count("Thornley") == 0

    # Asked again after a change, the client agrees; the reviewer's comment on the title stands beside it.
    assert acts_for(lawyer, page, "the readers of a town").status_code == 303
    agreeing = asks_the_client(opening, lawyer, page)
    opening.sends(client, agreeing, answer="agree")
    opening.sends(lawyer, f"{page}/check")
    assert decides(opening, mina, "request_changes", **{"comments-title": "Say whose library."}).status_code == 303
    assert "Say whose library." in opening.opens(lawyer, f"{page}/edit/about").text

    # A changed word makes the consent stale: the client is asked once more, then the page is approved.
    assert acts_for(lawyer, page, "the readers of Thornley library").status_code == 303
    opening.sends(lawyer, f"{page}/check")
    opening.works()
    assert decides(opening, dara, "approve").status_code == 409
    opening.sends(client, opening.link(CLIENT, "client"), answer="agree")
    assert decides(opening, dara, "approve").status_code == 303

    # Published, found, and backed by a stranger.
    assert client.get(f"{prefix}/cases/{SLUG}").status_code == 404
    opening.sends(lawyer, page, f"{page}/publish")
    assert "Roya Karimi" in said(opening.opens(client, f"{prefix}/cases/{SLUG}"))
    assert pledge(app.test_client(), SLUG, prefix=prefix)
    with app.app_context():
        consents = database.session.scalars(select(ClientConsent).order_by(ClientConsent.id)).all()
        assert [row.answer for row in consents] == ["change", "agree", "agree"]
        agreed = told(
            "I am the client in this case. I have read this page", "من موکل این پرونده‌ام. این صفحه را خوانده‌ام"
        )
        assert consents[-1].wording.startswith(agreed)
        assert (consents[-1].wording_lang, len(consents[-1].text_hash)) == (opening.lang, 64)


def test_leaving_half_way_loses_nothing(app, opening):
    """A new browser finds the application and the draft as they were left."""
    joins(opening, app.test_client())
    first, second = app.test_client(), app.test_client()
    for browser in (first, second):
        post(
            browser,
            f"{opening.prefix}/account/sign-in",
            hidden(browser.get(f"{opening.prefix}/account/sign-in")),
            email=ROYA,
            password=PASSWORD,
        )
    opening.sends(first, f"{opening.prefix}/lawyers/apply", later="1", firm="Karimi Law")
    assert "Karimi Law" in opening.opens(second, f"{opening.prefix}/lawyers/apply").text
