"""What a material change of a page does to its pledges."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.cases import changing
from app.cases.drafting import Line
from app.cases.models import Case
from app.cases.states import CaseState
from app.core import clock
from app.core.money import Money
from app.database import db as database
from app.mail.models import OutgoingLetter
from app.mail.outbox import render
from app.pledges import changes, closing, links, service
from app.pledges.models import Pledge
from app.pledges.states import PledgeState
from tests.cases import backed, rewriting, stages

RELIEF = {"relief_sought": "A declaration, and costs"}
SECOND = timedelta(seconds=1)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """The clock stands still at `moment`."""
    with patch.object(clock, "now", lambda: moment):
        yield


def pledged(case: Case, pounds: int) -> Pledge:
    return backed.pledge(case, pounds, payment_method="pm_1", card_brand="visa", card_last4="4242")


def letters(name: str) -> list[OutgoingLetter]:
    return list(database.session.scalars(select(OutgoingLetter).where(OutgoingLetter.name == name)))


@pytest.fixture
def case(db):
    case = stages.live()
    db.session.commit()
    return case


# ---------------------------------------------------------------- telling
def test_every_backer_is_told_once_for_each_pledge(db, case):
    one, two = pledged(case, 10), pledged(case, 20)
    version = rewriting.applied(case, **RELIEF)
    changes.tell(version.id)
    keys = {f"change:{version.id}:{pledge.id}" for pledge in (one, two)}
    assert {letter.key for letter in letters("pledges.page_changed")} == keys


def test_slices_pass_nobody_over(db, case, monkeypatch):
    monkeypatch.setattr(changes, "SLICE", 1)
    one, two = pledged(case, 10), pledged(case, 20)
    version = rewriting.applied(case, **RELIEF)
    assert len(letters("pledges.page_changed")) == 1 and version.told_at is None
    changes.tell(version.id, one.id)
    changes.tell(version.id, two.id)
    assert len(letters("pledges.page_changed")) == 2 and version.told_at is not None


def test_a_letter_about_a_private_page_tells_nothing_of_it(db):
    case, _token = stages.live_private(title="zqtitlezq")
    pledge = pledged(case, 10)
    version = rewriting.applied(case, note="zqnotezq", **RELIEF)
    for lang in ("en", "fa"):
        letter = render("pledges.page_changed", lang, {"pledge": pledge.id, "version": version.id})
        whole = letter.subject + letter.text + letter.html
        assert not any(words in whole for words in ("zqtitlezq", "zqnotezq", "/history"))
    other = stages.live(title="zqpublic")  # the control
    found = {"pledge": pledged(other, 10).id, "version": rewriting.applied(other, note="zqnotezq", **RELIEF).id}
    letter = render("pledges.page_changed", "en", found)
    assert "zqpublic" in letter.subject and "zqnotezq" in letter.text and "/history" in letter.text


def test_the_letter_is_not_sent_to_who_has_withdrawn(db, case):
    pledge = pledged(case, 10)
    version = rewriting.applied(case, **RELIEF)
    service.withdraw(pledge.id)
    assert render("pledges.page_changed", "en", {"pledge": pledge.id, "version": version.id}) is None


# ---------------------------------------------------------------- 72 hours
@pytest.mark.parametrize(("late", "can"), [(-SECOND, True), (timedelta(0), True), (SECOND, False)])
def test_backers_can_withdraw_for_72_hours(db, case, late, can):
    case.deadline_at = clock.now() + timedelta(hours=80)  # the usual time ends in 56 hours
    pledge = pledged(case, 10)
    version = rewriting.applied(case, **RELIEF)
    with at(version.withdraw_until + late):
        if can:
            assert service.withdraw(pledge.id).state == PledgeState.WITHDRAWN
        else:
            with pytest.raises(service.TooLateToWithdraw):
                service.withdraw(pledge.id)


def test_a_near_deadline_moves_and_a_far_one_stays(db, case):
    far = case.deadline_at
    rewriting.applied(case, **RELIEF)
    assert case.deadline_at == far
    case.deadline_at = clock.now() + timedelta(hours=5)
    version = rewriting.applied(case, relief_sought="Something else again")
    assert case.deadline_at == version.withdraw_until == case.withdraw_until
    assert case.deadline_at >= version.at + timedelta(hours=72)
    moved = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "case.deadline_moved")
    assert database.session.scalar(moved) >= 1


def test_the_deadline_does_not_move_for_ever(db, case):
    case.opened_at = clock.now() - timedelta(days=100)
    draft = rewriting.begun(case, **RELIEF)
    with pytest.raises(changing.TooLong):
        changing.check(draft)


def test_nobody_is_charged_until_the_72_hours_are_over(db, case):
    pledge = pledged(case, 10_000)
    version = None
    case.target, known = Money(2_000_000, "GBP"), case.target
    version = rewriting.applied(case, **RELIEF)
    case.target = known
    db.session.commit()
    for moment in (version.withdraw_until - SECOND, version.withdraw_until):
        with at(moment):
            assert not closing.check_target(case.id) and changes.end_windows() == 0
            assert case.state == CaseState.OPEN and pledge.state == PledgeState.PLEDGED
    with at(version.withdraw_until + SECOND):
        assert changes.end_windows() == 1
    db.session.expire_all()
    assert case.state == CaseState.FUNDED and pledge.state == PledgeState.DUE and case.withdraw_until is None


def test_a_target_below_what_is_pledged_charges_nobody_at_once(db, case):
    pledge = pledged(case, 3_500)
    rewriting.applied(case, lines=[Line("Counsel’s fee", "one day", Money(300_000, "GBP"))])
    assert case.target <= Money(350_000, "GBP") and not closing.check_target(case.id)
    assert pledge.state == PledgeState.PLEDGED


def test_a_target_is_not_raised_once_it_is_met(db, case):
    draft = rewriting.approved(case, lines=[Line("Counsel’s fee", "three days", Money(900_000, "GBP"))])
    before = case.target
    pledged(case, 6_000)
    db.session.commit()
    assert changes.apply(draft.id) is None
    assert case.target == before and draft.state == CaseState.CHANGES_REQUESTED and letters("cases.change_refused")


def test_a_target_is_raised_before_it_is_met(db, case):
    before = case.target
    rewriting.applied(case, lines=[Line("Counsel’s fee", "three days", Money(900_000, "GBP"))])
    assert case.target > before


# ---------------------------------------------------------------- the page of the pledge
def test_the_pledges_page_shows_the_change_and_only_a_post_withdraws(app, db, case):
    case.deadline_at = clock.now() + timedelta(hours=80)
    pledge = pledged(case, 10)
    rewriting.applied(case, **RELIEF)
    path, pledge_id = f"/pledges/{links.token_of(pledge)}", pledge.id
    client = app.test_client()
    assert rewriting.NOTE in client.get(path).text
    page = client.get(f"{path}/withdraw")
    assert page.status_code == 200 and rewriting.NOTE in page.text
    assert database.session.get_one(Pledge, pledge_id).state == PledgeState.PLEDGED


def test_twenty_withdrawals_at_once_are_one(app, db, case):
    pledge = pledged(case, 10)
    rewriting.applied(case, **RELIEF)
    pledge_id = pledge.id
    db.session.rollback()

    def withdraw(_n: int) -> None:
        with app.app_context():
            service.withdraw(pledge_id)
            database.session.commit()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(withdraw, range(20)))
    assert len(letters("pledges.withdrawn")) == 1
    done = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "pledge.withdrawn")
    assert database.session.scalar(done) == 1
