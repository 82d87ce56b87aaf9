"""Letters about updates: what each says, in both languages, how it can be ended, and when it is not sent."""

import re

import pytest

from app.database import db as database
from app.jobs import queue
from app.mail.outbox import render, send_due
from app.pledges import links
from app.pledges.models import Pledge
from app.updates import duties, readers, service
from app.updates.models import Update
from app.updates.service import Words
from tests.cases.backed import pledge
from tests.updates import making

LANGS = ["en", "fa"]
DAY = 86400
CANARY = {"title": "CANARY title", "summary": "CANARY summary", "acting_for": "CANARY client", "court": "CANARY court"}


def omids(case):
    return database.session.query(Pledge).filter_by(case_id=case.id, email="omid@example.org").one()


def write(update, lang="en", of=None):
    database.session.flush()
    name = "updates.concluded" if update.kind == "outcome" else "updates.posted"
    return render(name, lang, {"update": update.id, "pledge": (of or omids(update.case)).id})


def remind(case, lang="en", days=0):
    due_on = duties.of_many([case])[case.id].due_on.isoformat()
    return render("updates.due", lang, {"case": case.id, "due_on": due_on, "days": days})


def bare(html):
    """The words without the markup; letters bring styles of their own into it."""
    return " ".join(re.sub("<[^>]+>", " ", html).split())


# ---------------------------------------------------------------- every letter
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("words", [making.WORDS, making.SECRET])
def test_a_letter_brings_the_whole_update_and_the_ways_on(case, lang, words):
    update = making.post(case, words)
    mine = omids(case)
    said = write(update, lang)
    assert case.title in said.subject and words.title in said.text and words.title in said.html
    assert words.body in said.text and f'lang="{lang}"' in said.html
    assert bare(update.body_html) in bare(said.html)
    for url in (links.manage_url(mine), readers.unsubscribe_url(mine)):
        assert url in said.text and url in said.html
    assert f"/updates/{update.n}" in said.text and "%(" not in said.text + said.html + said.subject
    assert "\n\n\n\n" not in said.text


@pytest.mark.parametrize("lang", LANGS)
def test_nothing_has_changed_says_so(case, lang):
    service.say_unchanged(case, after=0)
    (update,) = database.session.query(Update).filter_by(case_id=case.id)
    said = write(update, lang)
    assert case.title in said.subject and said.text.strip() and "%(" not in said.text
    if lang == "en":
        assert "Nothing has changed since the last update" in said.text and "No change" in said.subject


@pytest.mark.parametrize("lang", LANGS)
def test_the_letter_about_an_outcome_has_the_headline_built_from_its_code(case, lang):
    outcome = making.concluded("lost", case)
    said = write(outcome.update, lang)
    assert making.EFFECT in said.text and making.EFFECT in said.html and "nobody had been asked" in said.text
    if lang == "en":
        assert said.subject == f"Lost: {case.title}"
        assert f"Lost. The High Court dismissed the claim on {making.on(outcome.decided_on)}." in said.text


def test_what_a_lawyer_wrote_cannot_become_markup(case):
    said = write(making.post(case, Words("Fish & <b>chips</b>", "A <b>bold</b> claim", "everyone")))
    assert "Fish &amp; &lt;b&gt;chips&lt;/b&gt;" in said.html and "<b>chips" not in said.html
    assert "A &lt;b&gt;bold&lt;/b&gt; claim" in said.html and "Fish & <b>chips</b>" in said.text


# ---------------------------------------------------------------- private cases
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("words", [Words("CANARY one", "CANARY two", "everyone"), Words("CANARY", "CANARY", "backers")])
def test_a_letter_about_a_private_case_names_nothing(db, lang, words):
    case = making.funded_private(**CANARY)
    said = write(making.post(case, words), lang)
    whole = said.subject + said.text + said.html
    assert "CANARY" not in whole and f"/cases/{case.slug}" not in whole and case.public_id not in said.subject
    assert links.manage_url(omids(case)) in said.text and "List-Unsubscribe" in said.headers


@pytest.mark.parametrize("lang", LANGS)
def test_nor_does_the_one_about_its_outcome(db, lang):
    case = making.funded_private(**CANARY)
    words = {"court": "CANARY court", "effect": "CANARY effect", "account": "CANARY account", "quote": "CANARY quote"}
    said = write(making.concluded("lost", case, **words).update, lang)
    assert "CANARY" not in said.subject + said.text + said.html and "High Court" not in said.text


@pytest.mark.parametrize("lang", LANGS)
def test_nor_does_a_reminder(db, clock, lang):
    case = making.funded_private(**CANARY)
    case.legal_stage = "issued"
    clock.move(60 * DAY)
    said = remind(case, lang)
    assert "CANARY" not in said.subject + said.text + said.html and said.subject


# ---------------------------------------------------------------- one-click unsubscribe
def test_a_mail_program_may_end_the_letters_with_one_post(case):
    said = write(making.post(case))
    assert said.headers == {
        "List-Unsubscribe": f"<{readers.unsubscribe_url(omids(case))}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def test_the_headers_arrive_whole(app, outbox_of):
    message = outbox_of(making.funded)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(r"<https://localhost/unsubscribe/\w+\.1\.\w+>", message["List-Unsubscribe"].strip())


@pytest.fixture
def outbox_of(app, outbox):
    """Have Omid told of an update of the case that is made; his letter, as it arrived."""

    def send(make):
        with app.app_context():
            making.post(make())
            database.session.commit()
            queue.drain()
            send_due()
        return outbox.one("omid@example.org", "Update")

    return send


def test_other_letters_have_no_such_header(case, db):
    assert render("cases.target_met", "en", {"case": case.id}).headers == {}


# ---------------------------------------------------------------- when it is not sent
def test_whoever_unsubscribed_after_it_was_written_down_gets_none(case):
    update = making.post(case)
    readers.unsubscribe(omids(case))
    assert write(update) is None


def test_nor_does_whoever_withdrew_meanwhile(case):
    made = pledge(case, 5, email="sara@example.org")
    update = making.post(case)
    made.state = "withdrawn"
    assert write(update, of=made) is None


def test_a_reminder_is_dropped_once_an_update_is_posted_or_a_later_one_is_due(case, clock):
    case.legal_stage = "issued"
    due_on = duties.of(case, None).due_on
    clock.move(61 * DAY)
    facts = {"case": case.id, "due_on": due_on.isoformat()}
    assert render("updates.due", "en", {**facts, "days": -7}) is None
    said = render("updates.due", "en", {**facts, "days": 0})
    assert "1 day late. No payout is made until it is posted." in said.text and "Late" in said.subject
    making.post(case)
    assert render("updates.due", "en", {**facts, "days": 0}) is None


@pytest.mark.parametrize("lang", LANGS)
def test_a_reminder_says_when_and_how(case, clock, lang):
    case.legal_stage = "issued"
    clock.move(53 * DAY)
    said = remind(case, lang, -7)
    assert case.title in said.subject and f"dashboard/cases/{case.public_id}#updates" in said.text
    if lang == "en":
        assert "Your next update is due on" in said.text and "you can say so in one click" in said.text
