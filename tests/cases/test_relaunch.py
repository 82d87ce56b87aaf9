"""Trying again after a target was missed: a new draft, no old pledge, and one letter to those who backed the first."""

import pytest
from sqlalchemy import func, select

from app.cases import drafting, publishing, relaunch, review
from app.cases.fields import FIELDS
from app.cases.models import Case
from app.cases.moves import IllegalMove
from app.cases.relaunch import TriedAgain
from app.cases.states import Visibility
from app.database import db as database
from app.jobs import queue
from app.mail.models import OutgoingLetter
from app.mail.outbox import render
from app.pledges import totals
from app.pledges.models import Pledge
from app.pledges.states import PledgeState
from app.updates import readers
from tests.cases import backed, stages
from tests.people import browser_of, leila
from tests.support.forms import send

S = PledgeState


def unfunded(**words):
    """A case that missed its target, with two backers; one pledged twice, another had withdrawn."""
    case = stages.live(**words)
    for email in ("omid@example.org", "omid@example.org", "ada@example.org"):
        backed.pledge(case, 25, S.RELEASED, email=email)
    totals.change(backed.pledge(case, 25, email="gone@example.org"), state=S.WITHDRAWN)
    case.state = "unfunded"
    return case


def tried_again(case):
    """The new page, live."""
    new = relaunch.start_again(case)
    stages.stated(new)
    drafting.set_deadline(new, stages.day(30), stages.costs())
    drafting.assess(new, drafting.Prospects("reasonable", stages.WORDS["prospects_note"]))
    stages.consented(new)
    review.submit(new)
    stages.approve(new)
    publishing.publish(new)
    return new


def letters(name="updates.started_again"):
    rows = database.session.scalars(select(OutgoingLetter).where(OutgoingLetter.name == name))
    return sorted(row.to for row in rows)


def test_the_draft_says_what_the_first_page_said_but_its_deadline(db):
    case = unfunded()
    new = relaunch.start_again(case)
    told = {name for name, field in FIELDS.items() if field.said(new) != field.said(case)}
    assert told <= {"deadline", "documents", "pictures"} and "deadline" in told
    assert (new.state, new.relaunch_of_id, new.target) == ("draft", case.id, case.target)
    assert drafting.missing(new) == ["parties", "deadline"]  # how the client instructs the lawyer is asked anew


def test_no_pledge_and_nothing_that_happened_comes_along(db):
    case = unfunded()
    case.passphrase_hash, case.suspended_line = "x", "y"
    new = relaunch.start_again(case)
    assert database.session.scalar(select(func.count()).where(Pledge.case_id == new.id)) == 0
    assert not (new.opened_at or new.submitted_at or new.passphrase_hash or new.suspended_line or new.deadline_at)


def test_pressing_twice_begins_one_draft_and_once_it_is_sent_in_there_is_no_other(db):
    case = unfunded()
    new = relaunch.start_again(case)
    assert relaunch.start_again(case) is new and relaunch.can_start(case)
    new.state = "in_review"
    with pytest.raises(TriedAgain):
        relaunch.start_again(case)
    new.state = "declined"
    assert relaunch.start_again(case) is not new


@pytest.mark.parametrize("state", ["open", "closing", "funded", "concluded"])
def test_only_what_missed_its_target_is_tried_again(db, state):
    case = stages.live()
    case.state = state
    with pytest.raises(IllegalMove):
        relaunch.start_again(case)


def test_the_new_page_goes_through_review_and_its_client_is_asked(db):
    new = relaunch.start_again(unfunded())
    stages.stated(new)
    drafting.set_deadline(new, stages.day(30), stages.costs())
    with pytest.raises(review.client.NoConsent):
        review.submit(new)
        stages.approve(new)


@pytest.mark.forged
def test_backers_of_the_first_page_get_one_letter_each_when_the_new_one_is_live(app):
    with app.app_context():
        case = unfunded()
        readers.unsubscribe(backed.pledge(case, 25, S.RELEASED, email="no@example.org"))
        relaunch.start_again(case)
        database.session.commit()
        queue.drain()
        assert letters() == []
        new = tried_again(database.session.scalars(select(Case).where(Case.relaunch_of_id.is_(None))).one())
        new_id, slug = new.id, new.slug
        database.session.commit()
        queue.drain()
        queue.drain()
        assert letters() == ["ada@example.org", "omid@example.org"]
        assert database.session.scalar(select(func.count()).where(Pledge.case_id == new_id)) == 0
        row = database.session.scalars(select(OutgoingLetter).where(OutgoingLetter.name == "updates.started_again"))
        said = render("updates.started_again", "fa", row.first().facts)
        assert slug in said.text and said.headers["List-Unsubscribe"]


@pytest.mark.forged
def test_a_private_page_writes_to_nobody(app):
    with app.app_context():
        case = unfunded()
        new = relaunch.start_again(case)
        drafting.set_visibility(new, Visibility.PRIVATE, "en")
        assert tried_again(case).is_private
        database.session.commit()
        queue.drain()
        assert letters() == []


@pytest.mark.forged
def test_the_pages_show_the_way_to_each_other(app, client):
    with app.app_context():
        case = unfunded(title="The first try")
        database.session.commit()
        public_id, first = case.public_id, case.slug
    assert "tries again" not in client.get(f"/cases/{first}").text
    browser = browser_of(app, leila)
    assert "Start this case again" in browser.get(f"/dashboard/cases/{public_id}").text
    draft = send(browser, f"/dashboard/cases/{public_id}/again").location.rpartition("/")[2]
    assert client.get(f"/cases/{draft}").status_code == 404
    assert draft not in browser.get(f"/cases/{first}").text
    with app.app_context():
        new = tried_again(database.session.scalars(select(Case).where(Case.public_id == public_id)).one())
        second = new.slug
        database.session.commit()
    other = app.test_client()
    other.get("/settings/appearance")
    assert f"/cases/{second}" in other.get(f"/cases/{first}").text
    assert f"/cases/{first}" in other.get(f"/cases/{second}").text
    assert draft in browser.get(f"/dashboard/cases/{public_id}").text


def test_who_began_again_is_led_to_the_new_page_and_not_asked_again(app):
    with app.app_context():
        case = unfunded()
        old, new = case.public_id, relaunch.start_again(case).public_id
        other = unfunded(title="Another case").public_id
        database.session.commit()
    browser = browser_of(app, leila)
    assert browser.get(f"/dashboard/cases/{old}/again").location == f"/dashboard/cases/{new}"
    assert browser.get(f"/dashboard/cases/{other}/again").status_code == 200  # the control
