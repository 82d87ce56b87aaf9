"""The home of staff: what waits for whom, what is late, and what failed."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select, update

from app.accounts import service as accounts
from app.audit.models import AuditEntry
from app.cases import queries as cases
from app.cases.models import Case
from app.core import clock
from app.database import db as database
from app.jobs.models import Job
from app.mail.models import OutgoingLetter
from app.operations import failures
from app.payments import brake
from app.storage import files
from app.stories import service as stories
from tests.cases import stages
from tests.people import PASSWORD, browser_of, kian, leila, mina, nima, omid
from tests.pledges.backing import press, said
from tests.updates import making

ADDRESS = "backer@example.org"


def _member(name, role):
    user = accounts.by_email(f"{name}@example.org") or accounts.register(f"{name}@example.org", name.title(), PASSWORD)
    if not user.totp_secret:
        accounts.turn_on_second_factor(user)
    accounts.give_role(user, role)
    return user


def farid():
    """Staff: finance."""
    return _member("farid", "finance")


def aida():
    """Staff: an auditor, who changes nothing."""
    return _member("aida", "auditor")


def roya():
    """Staff: an administrator."""
    return _member("roya", "admin")


@pytest.fixture
def busy(app):
    """Something in every queue."""
    with app.app_context():
        stages.in_review(title="zqwaitingzq")
        kian().evidence = files.keep(BytesIO(b"%PDF-1.7"), "evidence.pdf", by_id=kian().user_id)
        late = making.funded(title="zqlatezq")
        late.funded_at = clock.now() - timedelta(days=80)
        stories.draft(making.concluded("won"))
        database.session.add(
            Job(name="updates.remind", dead_at=clock.now(), attempts=12, last_error="KeyError: 'zqwordzq'")
        )
        letter = {"key": "k", "name": "pledges.thanks", "to": ADDRESS, "lang": "en", "attempts": 3}
        database.session.add(OutgoingLetter(**letter, last_error=f"SMTPException: zqwordzq {ADDRESS}"))
        database.session.commit()


LINES = {
    "1 case page waits for review": {mina, roya},
    "1 lawyer waits to be verified": {mina, roya},
    "1 case is two weeks late with its update": {mina, roya},
    "1 story waits for an editor": {nima, roya},
    "2 letters or jobs failed": {farid, aida, roya},
}


@pytest.mark.parametrize("who", [mina, nima, farid, aida, roya])
def test_everybody_sees_the_queues_of_their_roles_and_no_others(app, busy, who):
    words = said(browser_of(app, who).get("/staff/"))
    assert {line for line in LINES if line in words} == {line for line, people in LINES.items() if who in people}


@pytest.mark.parametrize("who", [mina, nima, farid, aida, roya])
def test_every_queue_leads_where_it_is_worked_on(app, busy, who):
    browser = browser_of(app, who)
    for prefix in ("", "/fa"):
        home = browser.get(f"{prefix}/staff/").text
        for path in {link for link in home.split('"') if link.startswith(f"{prefix}/staff/")}:
            assert browser.get(path).status_code == 200, path


def test_an_empty_house_says_so(app):
    assert "Nothing waits for you" in said(browser_of(app, nima).get("/staff/"))


def test_everybody_sees_that_charging_is_stopped(app):
    with app.app_context():
        brake.pull("the books do not balance")
        database.session.commit()
    for who in (mina, nima, aida):
        assert "the books do not balance" in said(browser_of(app, who).get("/staff/"))


# ---------------------------------------------------------------- late updates
@pytest.mark.parametrize(("days", "is_listed"), [(60, False), (73, False), (74, True), (200, True)])
def test_a_case_is_listed_from_two_weeks_late(app, clock, days, is_listed):
    with app.app_context():
        case = making.funded(title="zqlatezq")
        case.funded_at = clock.now() - timedelta(days=days)
        database.session.commit()
    assert ("zqlatezq" in browser_of(app, mina).get("/staff/overdue").text) is is_listed


def test_an_update_ends_it(app, busy):
    with app.app_context():
        making.post(database.session.scalars(select(Case).where(Case.title == "zqlatezq")).one())
        database.session.commit()
    assert "No update is that late" in said(browser_of(app, mina).get("/staff/overdue"))


# ---------------------------------------------------------------- live cases
def test_live_cases_lead_to_their_file_and_from_there_to_an_early_end(app):
    with app.app_context():
        slugs = [stages.live(title="zqopenzq").public_id, stages.live_private(title="zqhiddenzq")[0].public_id]
        stages.approved(title="zqnotyetzq")
        database.session.commit()
    browser = browser_of(app, mina)
    page = browser.get("/staff/live")
    assert "zqopenzq" in page.text and "zqhiddenzq" in page.text and "zqnotyetzq" not in page.text
    for slug in slugs:
        assert f'href="/staff/cases/{slug}"' in page.text
        assert f'href="/staff/cases/{slug}/end"' in browser.get(f"/staff/cases/{slug}").text


@pytest.mark.both_databases
def test_a_long_list_of_live_cases_goes_on(app, monkeypatch):
    monkeypatch.setattr(cases, "PAGE", 2)
    with app.app_context():
        for n in range(3):
            stages.live(title=f"zq{n}zq")
        database.session.commit()
    browser = browser_of(app, mina)
    first = browser.get("/staff/live")
    rest = browser.get(re.search(r'href="(/staff/live\?before=[^"]+)"', first.text)[1])
    assert [[n for n in range(3) if f"zq{n}zq" in page.text] for page in (first, rest)] == [[1, 2], [0]]
    for odd in ("nothing", "%00", "%ff"):
        assert browser.get(f"/staff/live?before={odd}").status_code == 200


# ---------------------------------------------------------------- failures
def test_what_failed_is_listed_without_a_word_of_what_it_is_about(app, busy):
    page = browser_of(app, aida).get("/staff/failures")
    words = said(page)
    assert "pledges.thanks" in words and "updates.remind Given up" in words
    assert "SMTPException" in words and "KeyError" in words and "b…@example.org" in words
    assert "zqwordzq" not in page.text and ADDRESS not in page.text and "/failures/again" in page.text
    assert "<button" not in page.text.split("<main")[1].split("</main>")[0]  # an auditor only reads


def test_what_goes_well_is_not_listed(app):
    with app.app_context():
        row = {"key": "k", "name": "pledges.thanks", "to": ADDRESS, "lang": "en"}
        database.session.add_all(
            [OutgoingLetter(**row), Job(name="updates.remind", done_at=clock.now(), last_error="once")]
        )
        database.session.flush()
        assert failures.letters() == failures.jobs() == [] and failures.summary() == (0, None)


def test_a_letter_is_tried_again_at_once(app, busy):
    later = clock.now() + timedelta(days=1)
    with app.app_context():
        database.session.execute(update(OutgoingLetter).values(next_at=later))
        database.session.commit()
        letter_id = failures.letters()[0].id
    press(browser_of(app, farid), "/staff/failures", "/staff/failures/again", letter=str(letter_id))
    with app.app_context():
        assert failures.letters()[0].next_at <= clock.now()


def test_a_job_that_was_given_up_is_taken_up_again(app, busy):
    with app.app_context():
        (job,) = failures.jobs()
    press(browser_of(app, roya), "/staff/failures", "/staff/failures/again", job=str(job.id))
    with app.app_context():
        row = database.session.get_one(Job, job.id)
        assert (row.dead_at, row.attempts) == (None, 0) and row.run_at <= clock.now()
        noted = database.session.scalars(select(AuditEntry).where(AuditEntry.action == "operations.tried_again")).one()
        assert (noted.subject_kind, noted.subject_id) == ("jobs", job.id)


def test_what_was_done_meanwhile_is_left_alone(app, busy):
    with app.app_context():
        (job,) = failures.jobs()
        database.session.execute(update(Job).values(done_at=clock.now(), dead_at=None))
        database.session.commit()
    press(browser_of(app, farid), "/staff/failures", "/staff/failures/again", job=str(job.id))
    with app.app_context():
        assert database.session.get_one(Job, job.id).attempts == 12


@pytest.mark.parametrize("typed", ["", "0", "-1", "x", "9" * 40, "٣"])
def test_an_odd_number_does_nothing(app, busy, typed):
    answer = press(browser_of(app, farid), "/staff/failures", "/staff/failures/again", job=typed)
    assert answer.status_code in (303, 404)


@pytest.mark.parametrize("who", [omid, leila, kian, mina, nima, aida])
def test_nobody_else_tries_anything_again(app, busy, who):
    browser = browser_of(app, who)
    answer = press(browser, "/settings/appearance", "/staff/failures/again", job="1")
    assert answer.status_code == 404
    with app.app_context():
        assert database.session.scalars(select(Job.dead_at).where(Job.attempts == 12)).one() is not None


def test_an_address_is_masked():
    assert failures.masked("omid@example.org") == "o…@example.org" and failures.masked("") == "…@"
