"""From the first update to the success story: lawyer, backers, editor and public, over HTTP in both languages."""

import re
from io import BytesIO

import pytest

from app.database import db as database
from app.jobs import worker
from tests.cases import stages
from tests.cases.writing import boxes
from tests.people import browser_of, leila, nima
from tests.pledges.backing import meet_target, pledge, press, said
from tests.updates import making

SLUG = "keep-thornley-library-open"
PAID = {"amount_choice": "other", "amount_other": "3000", "tip_choice": "0"}
SECRET = {"title": "An offer", "body": "They offer **half**.", "audience": "backers", "legal_stage": ""}
NEWS = {"title": "Permission granted", "body": "On both grounds.", "audience": "everyone", "legal_stage": "permission"}
WON = {
    "code": "won",
    "court": "The High Court",
    "citation": "[2027] EWHC 42 (Admin)",
    "quote": "Nobody had been asked.",
    "effect": "The library stays open.",
    "account": "The judge read every page.",
    "tells_story": "y",
}


class Journey:
    """One run in one language; every page that is opened must speak it."""

    def __init__(self, app, outbox, lang):
        self.app, self.outbox, self.lang = app, outbox, lang
        self.prefix = "/fa" if lang == "fa" else ""

    def opens(self, browser, path):
        page = browser.get(path)
        assert page.status_code == 200 and f'<html lang="{self.lang}"' in page.text, f"{path}: {page.status_code}"
        return page

    def works(self):
        """A round of the worker."""
        worker.beat(self.app)
        worker.beat(self.app)

    def case(self):
        with self.app.app_context():
            case = stages.live()
            database.session.commit()
            return case.public_id

    def posts(self, lawyer, page, words):
        new = f"{page}/updates/new"
        assert press(lawyer, new, new, **words, post="1").status_code == 303
        self.works()


@pytest.fixture(params=["en", "fa"])
def journey(request, app, outbox, stripe):
    return Journey(app, outbox, request.param)


def test_the_third_journey_with_what_leads_to_it(app, client, journey, outbox):
    prefix, page = journey.prefix, f"{journey.prefix}/dashboard/cases/{journey.case()}"
    for email, where in (("omid@example.org", prefix), ("sara@example.org", "")):
        pledge(app.test_client(), SLUG, prefix=where, email=email, **PAID)
    meet_target(app, SLUG)
    journey.works()
    lawyer = browser_of(app, leila)

    # An update for backers reaches them whole, and the page only mentions it.
    journey.posts(lawyer, page, SECRET)
    letter = outbox.to("omid@example.org")[-1]
    assert (
        letter["Content-Language"] == journey.lang and "They offer **half**." in letter.get_body("plain").get_content()
    )
    public = journey.opens(client, f"{prefix}/cases/{SLUG}")
    assert "They offer" not in public.text and "An offer" not in public.text
    (manage,) = set(re.findall(r"https://localhost(\S*/pledges/\S+?)#updates", letter.get_body("plain").get_content()))
    assert "They offer <strong>half</strong>." in journey.opens(app.test_client(), manage).text

    # Omid's mail program ends his letters with one POST; Sara goes on getting hers.
    link = re.fullmatch(r"<https://localhost(\S+)>", letter["List-Unsubscribe"].strip())[1]
    one_click = dict([letter["List-Unsubscribe-Post"].split("=")])
    assert app.test_client().post(link, data=one_click).status_code == 200
    before = {email: len(outbox.to(email)) for email in ("omid@example.org", "sara@example.org")}
    journey.posts(lawyer, page, NEWS)
    after = {email: len(outbox.to(email)) for email in before}
    assert after == {"omid@example.org": before["omid@example.org"], "sara@example.org": before["sara@example.org"] + 1}
    assert "Permission granted" in said(journey.opens(client, f"{prefix}/cases/{SLUG}/updates/2"))

    # The outcome concludes the case; the headline is built from its code.
    order = (BytesIO(making.PDF), "order.pdf")
    fields = {**WON, "decided_on": boxes(stages.day(0)), "document": order}
    assert press(lawyer, f"{page}/outcome", f"{page}/outcome", **fields).status_code == 303
    journey.works()
    words = said(journey.opens(client, f"{prefix}/cases/{SLUG}"))
    assert "The High Court" in words and (journey.lang == "fa" or "Won. The High Court decided for" in words)
    assert "Keep Thornley library open" in str(outbox.to("sara@example.org")[-1]["Subject"])

    # An editor publishes the story that was drafted, and its lawyer is told.
    editor = browser_of(app, nima)
    desk = journey.opens(editor, f"{prefix}/staff/stories")
    (draft,) = set(re.findall(r'href="([^"]*/staff/stories/[0-9a-z]{20})"', desk.text))
    assert "Nobody had been asked." in journey.opens(editor, draft).text
    words = {"title": "The town that was asked", "lede": "A library stays.", "body": "They read *every* page."}
    assert press(editor, draft, draft, **words, publish="1").status_code == 303
    journey.works()
    assert any(
        "The town that was asked" in str(mail.get_body("plain").get_content())
        for mail in outbox.to("leila@example.org")
    )

    # The public finds it, reads it, and goes on to an open case like it.
    with app.app_context():
        stages.live(title="Another library")
        database.session.commit()
    gallery = journey.opens(client, f"{prefix}/stories/?area=government&outcome=won")
    (story,) = set(re.findall(r'href="([^"]*/stories/the-town-that-was-asked)"', gallery.text))
    told = journey.opens(client, story)
    assert "They read <em>every</em> page." in told.text and "Another library" in said(told)
    assert journey.opens(client, f"{prefix}/cases/another-library")
    assert "Keep Thornley library open" in said(journey.opens(client, f"{prefix}/outcomes/"))
