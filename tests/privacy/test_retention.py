"""The clock: what is kept how long, and that it goes then, not before."""

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from sqlalchemy import select, update

from app.cases import review
from app.cases.models import Case
from app.cases.states import CaseState
from app.core import clock
from app.database import db as database
from app.jobs.models import Job
from app.jobs.queue import READERS, defer
from app.mail.models import OutgoingLetter
from app.moderation.models import Report
from app.privacy import retention
from app.updates import readers
from app.web import throttle
from tests.cases import backed, stages
from tests.people import kian, leila, mina
from tests.privacy import holding
from tests.updates import making

P = holding.P
RULES = {rule.name: rule for rule in retention.RULES}


def paid():
    """A pledge that was paid to a case which is over."""
    case = making.concluded(case=making.funded(backers=("zqone@example.org",))).case
    (row,) = database.session.scalars(select(backed.Pledge).where(backed.Pledge.case_id == case.id))
    row.name = "Namzqone"
    row.collected_at = clock.now()
    return case


def stopped():
    case = paid()
    readers.unsubscribe(database.session.scalars(select(backed.Pledge)).one())
    return case


def answered():
    case = stages.live(title="Clean water")
    database.session.execute(update(Case).values(state=CaseState.UNFUNDED, closed_at=clock.now()))
    return case


def proved():
    """A page that was turned down, whose lawyer had sent what its client signed."""
    case = stages.instructed(stages.draft())
    review.submit(stages.consented(case))
    review.decline(case, mina(), "No.")


def sent():
    holding.post("key", "pledges.thanks", to="zqone@example.org", lang="en", facts={})
    database.session.execute(update(OutgoingLetter).values(sent_at=clock.now(), last_error="zqone"))


def failed():
    defer("privacy.retain", {})
    database.session.execute(update(Job).values(done_at=clock.now(), last_error="zqone"))


def reported():
    holding.guest("zqone", "zqone@example.org")
    database.session.execute(update(Report).values(closed_at=clock.now()))


def decided():
    """A lawyer whose application was decided, with the file that showed their right."""
    lawyer = leila()
    lawyer.evidence = holding.files.keep(BytesIO(b"%PDF-1.7"), "evidence.pdf", by_id=None)


# What each rule lets go, made now.
MADE = {
    "attempts": lambda: throttle.note("test", "zqone"),
    "sign-ins": lambda: holding.accounts.sign_in(kian().user, "Firefox"),
    "links": lambda: holding.by_letter.send_reset(kian().user_id),
    "questions": lambda: holding.asking.ask("zqone@example.org", "en"),
    "emails": sent,
    "errors": failed,
    "unfinished-pledges": lambda: holding.pledge("zqone", "zqone@example.org", P.ABANDONED),
    "unpaid-pledges": lambda: holding.pledge("zqone", "zqone@example.org", P.RELEASED),
    "paid-pledges": paid,
    "stopped-emails": stopped,
    "case-drafts": lambda: stages.draft(title="A draft"),
    "clients": answered,
    "silent-clients": lambda: stages.asked(stages.draft(title="Asked")),
    "invitations": lambda: holding.invitations.invite(stages.live_private()[0], ["zqone@example.org"], "en"),
    "evidence": decided,
    "proofs": proved,
    "signers": answered,
    "applications": lambda: holding.lawyers.save_draft(kian().user, {"firm": "Anew"}),
    "reports": reported,
}


def test_every_rule_is_tried_here():
    assert MADE.keys() == RULES.keys()


@pytest.mark.parametrize("name", sorted(MADE))
def test_what_was_kept_long_enough_goes_and_not_before(db, name):
    rule = RULES[name]
    MADE[name]()
    database.session.flush()
    with time_machine.travel(clock.real_now() + timedelta(days=rule.lasts, minutes=-1)):
        assert retention.due(rule) == retention.run(rule) == 0
    with time_machine.travel(clock.real_now() + timedelta(days=rule.lasts + 100)):
        number = retention.due(rule)
        assert number >= 1 and retention.run(rule) == number
        assert retention.due(rule) == 0
        database.session.expire_all()


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("emails", "letters"),
        ("errors", "jobs"),
        ("unfinished-pledges", "pledges"),
        ("unpaid-pledges", "pledges"),
        ("paid-pledges", "pledges"),
        ("stopped-emails", "update_optouts"),
        ("questions", "privacy_links"),
        ("reports", "reports"),
        ("invitations", "case_grants"),
    ],
)
def test_nothing_of_the_person_is_left_in_what_went(db, name, table):
    MADE[name]()
    assert table in holding.everywhere("zqone")
    with time_machine.travel(clock.real_now() + timedelta(days=3000)):
        for rule in retention.RULES:
            retention.run(rule)
    assert table not in holding.everywhere("zqone")


def test_a_pledge_that_is_still_promised_never_goes(db):
    backed.pledge(stages.live(title="Clean water"), 25, email="zqone@example.org")
    with time_machine.travel(clock.real_now() + timedelta(days=9000)):
        assert not any(retention.run(RULES[name]) for name in ("unfinished-pledges", "unpaid-pledges", "paid-pledges"))


def test_a_page_that_was_sent_in_never_goes(db):
    case = stages.in_review(title="Waiting")
    live = stages.live(title="Live")
    with time_machine.travel(clock.real_now() + timedelta(days=9000)):
        retention.run(RULES["case-drafts"])
    assert {case.id, live.id} <= set(database.session.scalars(select(Case.id)))


def test_the_job_lets_go_of_everything_slice_by_slice(app, monkeypatch):
    monkeypatch.setattr(retention, "SLICE", 2)
    with app.app_context():
        for number in range(5):
            throttle.note("test", str(number))
        database.session.commit()
        with time_machine.travel(clock.real_now() + timedelta(days=40)):
            READERS["privacy.retain"]()
            assert retention.due(RULES["attempts"]) == 0


def test_the_command_only_tells_when_it_is_asked_to(app):
    with app.app_context():
        sent()
        database.session.commit()
    with time_machine.travel(clock.real_now() + timedelta(days=400)):
        run = app.test_cli_runner().invoke
        assert "emails                 365 days  1 due" in run(args=["privacy", "retain", "--dry-run"]).output
        assert "emails                 365 days  1\n" in run(args=["privacy", "retain"]).output
        assert "emails                 365 days  0 due" in run(args=["privacy", "retain", "--dry-run"]).output


def test_the_privacy_page_shows_the_same_table(client):
    page = client.get("/privacy").text
    for rule in retention.RULES:
        assert str(rule.what) in page and str(rule.why) in page
