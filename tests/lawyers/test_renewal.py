"""What time and registers do to a badge: reminders, running out, renewal, and what a newer register says."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core.clock import now
from app.database import db as database
from app.jobs import queue
from app.lawyers import queries, renewal, service, suspension
from app.lawyers.models import Lawyer
from app.lawyers.states import LawyerState
from app.mail.models import OutgoingLetter
from app.storage import files
from tests.lawyers.badges import approve, bring, send_in
from tests.people import dara, kian, leila, mina

DAY = 86_400
LEILA = "612345,Leila Farahani,practising,Fenmoor Legal"


def letters(db):
    written = select(OutgoingLetter.name).where(OutgoingLetter.name.startswith("lawyers."))
    return [name for name in db.session.scalars(written.order_by(OutgoingLetter.id)) if name != "lawyers.applied"]


def pass_time(lawyer):
    for lawyer_id in renewal.running_out():
        renewal.remind_or_lapse(lawyer_id)
    return lawyer


# ---------------------------------------------------------------- running out
def test_a_badge_gives_notice_a_month_and_a_week_before_and_then_comes_down(db, clock):
    lawyer = leila()
    told = []
    for days in (300, 334, 336, 340, 357, 359, 364, 366, 370):
        clock.move(days * DAY - (now() - lawyer.verified_at).total_seconds())
        pass_time(lawyer)
        told.append((days, letters(db)[1:], lawyer.is_verified))
    first, both, gone = ["lawyers.expiring"], ["lawyers.expiring"] * 2, ["lawyers.expiring"] * 2 + ["lawyers.pending"]
    assert told == [
        *[(days, [], True) for days in (300, 334)],
        *[(days, first, True) for days in (336, 340, 357)],
        *[(days, both, True) for days in (359, 364)],
        *[(days, gone, False) for days in (366, 370)],
    ]
    assert lawyer.pending_because == "lapsed" and lawyer.frozen_since and lawyer.checks == []


@pytest.mark.settings(verification_days=90)
def test_how_long_a_badge_stands_is_a_setting(db, clock):
    lawyer = leila()
    clock.move(91 * DAY)
    assert not pass_time(lawyer).is_verified


def test_whoever_sends_new_evidence_in_time_keeps_the_badge(db, clock):
    lawyer = leila()
    clock.move(340 * DAY)
    checked = queries.card(lawyer).checks
    send_in(lawyer)
    assert lawyer.is_verified and lawyer.renewal_at and queries.card(lawyer).checks == checked
    assert queries.waiting() == [lawyer] and pass_time(lawyer) and "lawyers.expiring" not in letters(db)
    approve(lawyer)
    assert lawyer.verified_at.date() == now().date() and lawyer.renewal_at is None and queries.waiting() == []
    assert queries.card(lawyer).checks[0].checked_on == now().date()


def test_a_renewal_needs_a_new_look_by_both(db, clock):
    lawyer = leila()
    clock.move(340 * DAY)
    send_in(lawyer)
    with pytest.raises(service.NotChecked):
        service.approve(lawyer, mina())
    with pytest.raises(service.NotWaiting):
        service.decline(lawyer, mina(), "No.")


def test_the_evidence_of_a_renewal_is_kept_until_it_is_decided(db, clock):
    lawyer = leila()
    clock.move(340 * DAY)
    send_in(lawyer)
    assert service.forget_evidence() == 0 and not lawyer.evidence.deleted_at
    approve(lawyer)
    clock.move(91 * DAY)
    assert service.forget_evidence() == 1 and lawyer.evidence.deleted_at, "and no longer than that"


def test_staff_cannot_renew_what_nobody_asked_to_renew(db):
    with pytest.raises(service.NotWaiting):
        service.approve(leila(), mina())


# ---------------------------------------------------------------- a change drops the badge
CHANGES = [
    {"firm": "Farahani & Co"},
    {"registration_number": "612346"},
    {"regulator": "Law Society of Scotland", "registration_number": "23456"},
    {"register_name": "Leila F. Farahani"},
    {"shown_name": "Leila Farahani-Moore"},
    {"profession": "other"},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_a_change_to_what_the_badge_says_drops_it_at_once(db, change):
    lawyer = leila()
    send_in(lawyer, **change)
    card = queries.card(lawyer)
    assert lawyer.state == LawyerState.APPLIED and not card.is_verified and card.checks == [] and card.pending_since
    assert queries.waiting() == [lawyer] and letters(db)[-1] == "lawyers.pending" and lawyer.frozen_since
    assert queries.verified() == [] and queries.by_slug(lawyer.slug) == lawyer
    approve(lawyer)
    assert queries.card(lawyer).is_verified and queries.card(lawyer).pending_since is None


def test_another_name_is_that_of_the_account_and_is_kept_from_then_on(db):
    lawyer = leila()
    send_in(lawyer, shown_name="Leila Moore")
    assert lawyer.user.name == "Leila Moore" and lawyer.user.name_fixed_at


def test_a_change_needs_evidence_and_without_it_nothing_changes(db):
    lawyer = leila()
    with pytest.raises(service.NoEvidence):
        send_in(lawyer, evidence=False, firm="Farahani & Co")
    assert lawyer.is_verified and lawyer.firm == "Fenmoor Legal"


def test_another_town_changes_nothing_that_was_checked(db):
    lawyer = leila()
    send_in(lawyer, evidence=False, town="York")
    assert lawyer.is_verified and lawyer.town == "York" and len(queries.card(lawyer).checks) == 3


def test_a_change_that_cannot_be_verified_suspends(db):
    lawyer = leila()
    send_in(lawyer, firm="Farahani & Co")
    for member in (mina(), dara()):
        service.decline(lawyer, member, "No such firm.")
    assert lawyer.state == LawyerState.SUSPENDED and lawyer.suspended_because == "declined"
    assert lawyer.user.name_fixed_at and letters(db)[-1] == "lawyers.suspended"


def test_the_evidence_of_a_change_takes_the_place_of_the_old_one_and_is_looked_at_by_reviewers_only(db):
    lawyer = leila()
    send_in(lawyer, firm="Farahani & Co")
    assert files.path_of(lawyer.evidence).read_bytes() == b"%PDF-1.7 new"
    assert service.see_evidence(lawyer, mina()) == lawyer.evidence
    with pytest.raises(service.NotAllowedToVerify):
        service.see_evidence(lawyer, lawyer.user)


# ---------------------------------------------------------------- the register again
def recheck():
    for lawyer_id in renewal.due_for_recheck():
        renewal.recheck(lawyer_id)


def test_whoever_practises_by_the_register_has_it_on_the_badge(db):
    lawyer = leila()
    bring(LEILA)
    recheck()
    assert lawyer.flag == "" and lawyer.is_verified
    line = queries.card(lawyer).checks[-1]
    assert (str(line.label), line.checked_on) == ("Entry in the register", now().date())


@pytest.mark.parametrize(
    ("line", "flag"),
    [
        ("612345,Leyla Farahani,practising,", "name_differs"),
        ("612345,Leila Farahani,not_practising,", "not_practising"),
        ("598210,Priya Raman,practising,", "not_found"),
    ],
)
def test_what_a_person_must_look_at_is_flagged_and_waits(db, line, flag):
    lawyer = leila()
    bring(line)
    recheck()
    assert lawyer.flag == flag and lawyer.is_verified and renewal.flagged() == [lawyer]
    suspension.settle(lawyer, mina(), "Called the SRA.")
    assert renewal.flagged() == [] and renewal.due_for_recheck() == []


@pytest.mark.parametrize("status", ["suspended", "struck_off"])
def test_whoever_the_register_stops_is_suspended_at_once(db, status):
    lawyer = leila()
    bring(f"612345,Leila Farahani,{status},")
    recheck()
    assert lawyer.state == LawyerState.SUSPENDED and lawyer.suspended_because == lawyer.flag == status
    assert letters(db)[-1] == "lawyers.suspended"


@pytest.mark.parametrize("name", ["Farahani, Leila", "LEILA FARAHANI", "Léila  Farahani"])
def test_a_name_may_be_written_otherwise(db, name):
    lawyer = leila()
    bring(f'612345,"{name}",practising,')
    recheck()
    assert lawyer.flag == ""


def test_a_snapshot_is_asked_once_so_that_a_lifted_suspension_stays_lifted_until_the_next(db):
    lawyer = leila()
    bring("612345,Leila Farahani,suspended,")
    recheck()
    for member in (mina(), dara()):
        suspension.lift(lawyer, member, "The register was wrong.")
    recheck()
    assert lawyer.is_verified
    bring("612345,Leila Farahani,suspended,")
    recheck()
    assert lawyer.state == LawyerState.SUSPENDED


def test_an_old_register_is_not_relied_on_and_staff_see_it(db, clock):
    lawyer = leila()
    bring("612345,Leila Farahani,suspended,", as_of=now().date() - timedelta(days=40))
    recheck()
    assert lawyer.is_verified
    (held,) = renewal.held()
    assert held.is_old and held.lawyers == 1


def test_applicants_are_not_compared_and_who_waits_again_is(db):
    bring("20177,Kian Daneshvar,struck_off,", key="bsb")
    assert kian() and renewal.due_for_recheck() == []
    lawyer = leila()
    send_in(lawyer, firm="Farahani & Co")
    bring("612345,Leila Farahani,struck_off,")
    recheck()
    assert lawyer.state == LawyerState.SUSPENDED


def test_the_daily_jobs_compare_remind_and_take_down(app, clock):
    with app.app_context():
        leila()
        bring("612345,Leila Farahani,suspended,")
        database.session.commit()
        queue.defer_ticks()
        database.session.commit()
        queue.drain()
        lawyer = database.session.scalars(select(Lawyer)).one()
        assert lawyer.state == LawyerState.SUSPENDED
