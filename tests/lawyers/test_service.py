"""Lawyers: applying, checks, and two people who decide."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from app.accounts import service as accounts
from app.accounts.models import User
from app.audit.models import AuditEntry
from app.core.clock import now
from app.core.errors import DomainError, NotFound
from app.database import db as database
from app.lawyers import queries, service
from app.lawyers.models import ApplicationDraft, Lawyer, LawyerDecision
from app.lawyers.service import Details
from app.lawyers.states import LawyerState
from app.mail.models import OutgoingLetter
from app.storage import files

PASSWORD = "correct horse"


def person(name, *roles):
    user = accounts.register(f"{name.split()[0].lower()}@lawyers.example.org", name, PASSWORD)
    for role in roles:
        accounts.give_role(user, role)
    return user


@pytest.fixture
def lawyer(db):
    return service.apply(person("Priya Raman"), "solicitor", "SRA", "612345", "Fenmoor Legal", "Leeds")


@pytest.fixture
def two(db):
    return person("Tara Lund", "reviewer"), person("Noor Haddad", "admin")


def check_all(lawyer, *by):
    for kind in queries.CHECKS:
        for member in by:
            service.check(lawyer, kind, "SRA register", member)


def test_an_application_waits_for_staff(lawyer):
    assert lawyer.state == LawyerState.APPLIED and not lawyer.is_verified
    assert queries.by_user(lawyer.user_id) == lawyer
    assert queries.id_of_user(lawyer.user_id) == lawyer.id


def test_an_account_applies_once(lawyer):
    with pytest.raises(service.AlreadyApplied):
        service.apply(lawyer.user, "barrister", "BSB", "1", "Northgate Chambers", "York")


def test_two_lawyers_of_one_name_have_two_addresses(lawyer):
    other = accounts.register("other@lawyers.example.org", "Priya Raman", PASSWORD)
    assert service.apply(other, "other", "CILEX", "2", "Raman & Co", "Hull").slug == "priya-raman-2"


@pytest.mark.parametrize(
    ("field", "value"),
    [("profession", "king"), ("regulator", ""), ("firm", "  "), ("town", "Leeds\nBcc: a@b.org"), ("firm", "x" * 121)],
)
def test_a_detail_that_cannot_be_shown_is_refused_by_name(db, field, value):
    details = {"profession": "solicitor", "regulator": "SRA", "registration_number": "1", "firm": "F", "town": "T"}
    with pytest.raises(service.BadDetails) as refused:
        service.apply(person("Priya Raman"), **{**details, field: value})
    assert refused.value.field == field


def test_two_of_staff_verify_a_checked_lawyer(lawyer, two):
    check_all(lawyer, *two)
    service.verify(lawyer, *two)
    assert lawyer.is_verified and lawyer.verified_at == lawyer.decided_at


def test_one_person_cannot_verify_alone(lawyer, two):
    check_all(lawyer, two[0])
    with pytest.raises(service.NotAllowedToVerify):
        service.verify(lawyer, two[0], two[0])
    assert not lawyer.is_verified


def test_lawyers_do_not_verify_themselves(lawyer, two):
    check_all(lawyer, two[0])
    accounts.give_role(lawyer.user, "reviewer")
    with pytest.raises(service.NotAllowedToVerify):
        service.verify(lawyer, two[0], lawyer.user)
    with pytest.raises(service.NotAllowedToVerify):
        service.check(lawyer, "firm", "SRA register", lawyer.user)


@pytest.mark.parametrize("roles", [(), ("finance",), ("editor",), ("auditor",)])
def test_other_roles_do_not_verify(lawyer, two, roles):
    check_all(lawyer, two[0])
    with pytest.raises(service.NotAllowedToVerify):
        service.verify(lawyer, two[0], person("Omid Kian", *roles))


def test_staff_whose_account_is_closed_do_not_verify(lawyer, two):
    check_all(lawyer, two[0])
    accounts.disable(two[1])
    with pytest.raises(service.NotAllowedToVerify):
        service.verify(lawyer, *two)


@pytest.mark.parametrize("lazy", [0, 1])
def test_a_badge_needs_every_check_by_each_of_the_two(lawyer, two, lazy):
    check_all(lawyer, two[1 - lazy])
    service.check(lawyer, "practising_certificate", "SRA register", two[lazy])
    with pytest.raises(service.NotChecked):
        service.verify(lawyer, *two)
    assert not lawyer.is_verified


def test_a_declined_application_is_not_verified(lawyer, two):
    check_all(lawyer, *two)
    lawyer.state = LawyerState.DECLINED
    with pytest.raises(service.CannotVerify):
        service.verify(lawyer, *two)


def test_verifying_again_is_quiet(db, lawyer, two):
    check_all(lawyer, *two)
    service.verify(lawyer, *two)
    service.verify(lawyer, *two)
    db.session.flush()
    actions = db.session.scalars(select(AuditEntry.actor_id).where(AuditEntry.action == "lawyer.verified")).all()
    assert sorted(actions) == sorted(user.id for user in two)


def test_the_badge_says_what_was_checked_and_when_last(lawyer, two, clock):
    check_all(lawyer, *two)
    service.verify(lawyer, *two)
    clock.move(30 * 86_400)
    service.check(lawyer, "firm", "Companies House", two[1])
    card = queries.card(lawyer)
    sources = {str(check.label): check.source for check in card.checks}
    assert sources == {
        "Practising certificate": "SRA register",
        "Firm or chambers": "Companies House",
        "Identity": "SRA register",
    }
    assert (card.checks[1].checked_on - card.checks[0].checked_on).days == 30


def test_a_check_made_again_renews_its_date(lawyer, two, clock):
    service.check(lawyer, "firm", "SRA register", two[0])
    clock.move(86_400)
    service.check(lawyer, "firm", "SRA register", two[0])
    assert len(lawyer.checks) == 1


def test_a_lawyer_without_a_badge_shows_no_checks(lawyer, two):
    check_all(lawyer, two[0])
    card = queries.card(lawyer)
    assert not card.is_verified and card.checks == []


# ---------------------------------------------------------------- writing an application
DETAILS = Details("solicitor", "Solicitors Regulation Authority", "612345", "Fenmoor Legal", "Leeds", "P. Raman")


def upload(words=b"certificate"):
    return files.keep(BytesIO(b"%PDF-1.7 " + words), "certificate.pdf", by_id=None)


def sent_in(name="Priya Raman", **changes):
    user = person(name)
    service.save_draft(user, {}, upload())
    return service.send_in(user, Details(**{**vars(DETAILS), **changes}))


def letters(db):
    db.session.flush()
    return [row.name for row in db.session.scalars(select(OutgoingLetter).order_by(OutgoingLetter.id))]


def test_what_was_written_is_kept_and_the_file_takes_the_place_of_the_one_before(db):
    user = person("Priya Raman")
    first = service.save_draft(user, {"firm": "Fenmoor Legal"}, upload()).evidence
    draft = service.save_draft(user, {"town": "Leeds"}, upload(b"a better one"))
    assert (draft.firm, draft.town) == ("Fenmoor Legal", "Leeds")
    assert first.deleted_at and draft.evidence.deleted_at is None
    assert queries.by_user(user.id) is None, "a draft makes nobody a lawyer"


def test_sending_in_takes_the_file_along_and_leaves_no_draft(db):
    lawyer = sent_in()
    assert lawyer.evidence.kind == "pdf" and lawyer.portrait == "" and lawyer.register_name == "P. Raman"
    assert queries.draft_of(lawyer.user_id) is None and letters(db) == ["lawyers.applied"]


def test_nobody_applies_without_evidence(db):
    user = person("Priya Raman")
    with pytest.raises(service.NoEvidence):
        service.send_in(user, DETAILS)


def test_nobody_applies_before_their_address_is_confirmed(db):
    user = person("Priya Raman")
    user.confirmed_at = None
    service.save_draft(user, {}, upload())
    with pytest.raises(service.NotConfirmed):
        service.send_in(user, DETAILS)


@pytest.mark.parametrize(
    ("regulator", "number"),
    [
        ("Solicitors Regulation Authority", "12"),
        ("Solicitors Regulation Authority", "A12345"),
        ("Bar Standards Board", "C-20177"),
        ("Law Society of Scotland", "1"),
        ("Law Society of Northern Ireland", "ABC123"),
        ("Lawyers of Elsewhere", "<script>"),
    ],
)
def test_a_number_that_the_regulator_does_not_give_out_is_refused(db, regulator, number):
    with pytest.raises(service.BadNumber):
        sent_in(regulator=regulator, registration_number=number)


@pytest.mark.parametrize(("typed", "stored"), [("۶۱۲۳۴۵", "612345"), (" 612345 ", "612345"), ("٦١٢٣٤٥", "612345")])
def test_a_number_may_be_typed_in_any_digits(db, typed, stored):
    assert sent_in(registration_number=typed).registration_number == stored


def test_nobody_gets_the_address_of_a_form(db):
    assert [sent_in(name).slug for name in ("Apply", "Application", "Start")] == ["apply-2", "application-2", "start-2"]


def test_the_name_stays_as_it_is_while_staff_check_it_and_after_that(db, two):
    lawyer = sent_in()
    with pytest.raises(accounts.NameIsFixed):
        accounts.describe(lawyer.user, "Somebody Else", "en")
    service.decline(lawyer, two[0], "No.")
    service.decline(lawyer, two[1], "")
    accounts.describe(lawyer.user, "Priya R. Raman", "en")
    assert lawyer.user.name == "Priya R. Raman"


# ---------------------------------------------------------------- changing it
def test_changing_what_was_told_drops_checks_and_decisions(db, two):
    lawyer = sent_in()
    check_all(lawyer, *two)
    assert not service.approve(lawyer, two[0])
    service.send_in(lawyer.user, Details(**{**vars(DETAILS), "firm": "Raman & Co"}))
    assert (lawyer.firm, lawyer.version, lawyer.checks, service.standing(lawyer)) == ("Raman & Co", 2, [], [])
    check_all(lawyer, two[1])
    assert not service.approve(lawyer, two[1]) and lawyer.state == LawyerState.APPLIED


def test_who_decides_must_have_read_the_last_version(db, two):
    lawyer = sent_in()
    service.send_in(lawyer.user, Details(**{**vars(DETAILS), "town": "York"}))
    check_all(lawyer, two[0])
    for decide in (
        lambda: service.approve(lawyer, two[0], seen=1),
        lambda: service.decline(lawyer, two[0], "x", seen=1),
    ):
        with pytest.raises(service.Changed):
            decide()


def test_a_new_file_takes_the_place_of_the_old_one(db):
    lawyer = sent_in()
    old = lawyer.evidence
    service.save_draft(lawyer.user, {}, upload(b"another"))
    service.send_in(lawyer.user, DETAILS)
    assert old.deleted_at and lawyer.evidence is not old and letters(db) == ["lawyers.applied"]


def test_a_verified_lawyer_who_sends_in_the_same_again_stays_verified(db, two):
    lawyer = sent_in()
    check_all(lawyer, *two)
    service.verify(lawyer, *two)
    service.send_in(lawyer.user, DETAILS)
    assert lawyer.is_verified and lawyer.renewal_at is None and len(queries.card(lawyer).checks) == 3


# ---------------------------------------------------------------- two people decide
def test_the_second_approval_verifies_and_tells_the_lawyer(db, two):
    lawyer = sent_in()
    check_all(lawyer, *two)
    assert not service.approve(lawyer, two[0], seen=1) and not lawyer.is_verified
    assert service.approve(lawyer, two[1], seen=1) and lawyer.is_verified
    assert lawyer.user.needs_codes and letters(db) == ["lawyers.applied", "lawyers.verified"]


def test_approving_twice_is_one_voice(db, two):
    lawyer = sent_in()
    check_all(lawyer, two[0])
    assert [service.approve(lawyer, two[0]) for _ in range(3)] == [False] * 3
    assert len(db.session.scalars(select(LawyerDecision)).all()) == 1


def test_two_must_agree_to_turn_somebody_down_and_the_lawyer_is_told_why(db, two):
    lawyer = sent_in()
    assert not service.decline(lawyer, two[0], "The certificate is of 2019.") and lawyer.state == LawyerState.APPLIED
    assert service.decline(lawyer, two[1], "") and lawyer.state == LawyerState.DECLINED
    assert lawyer.decline_reason == "The certificate is of 2019." and letters(db)[-1] == "lawyers.declined"


def test_the_second_may_put_it_in_other_words(db, two):
    lawyer = sent_in()
    service.decline(lawyer, two[0], "No.")
    service.decline(lawyer, two[1], "Send this year’s certificate.")
    assert lawyer.decline_reason == "Send this year’s certificate."


def test_nobody_is_turned_down_without_a_word(db, two):
    with pytest.raises(service.NoReason):
        service.decline(sent_in(), two[0], "  ")


def test_when_two_disagree_a_third_decides(db, two):
    lawyer, third = sent_in(), person("Mina Sohrabi", "reviewer")
    check_all(lawyer, two[0], third)
    assert not service.approve(lawyer, two[0]) and not service.decline(lawyer, two[1], "No.")
    assert service.approve(lawyer, third) and lawyer.is_verified


def test_somebody_may_change_their_mind(db, two):
    lawyer = sent_in()
    check_all(lawyer, two[0])
    service.approve(lawyer, two[0])
    assert not service.decline(lawyer, two[0], "I looked again.")
    assert [done.decision for done in service.standing(lawyer)] == ["decline"]
    assert service.decline(lawyer, two[1], "")


def test_the_voice_of_somebody_who_left_counts_no_more(db, two):
    lawyer, third = sent_in(), person("Mina Sohrabi", "reviewer")
    check_all(lawyer, *two, third)
    service.approve(lawyer, two[0])
    accounts.disable(two[0])
    assert not service.approve(lawyer, two[1]) and service.approve(lawyer, third)


def test_nobody_decides_on_themselves(db, two):
    lawyer = sent_in()
    accounts.give_role(lawyer.user, "reviewer")
    for decide in (
        lambda: service.decline(lawyer, lawyer.user, "x"),
        lambda: service.approve(lawyer, lawyer.user),
        lambda: service.see_evidence(lawyer, lawyer.user),
    ):
        with pytest.raises(service.NotAllowedToVerify):
            decide()


def test_what_is_decided_is_decided(db, two):
    lawyer = sent_in()
    check_all(lawyer, *two)
    service.verify(lawyer, *two)
    with pytest.raises(service.NotWaiting):
        service.decline(lawyer, two[0], "Too late.")


def test_somebody_turned_down_applies_again_with_what_is_there(db, two):
    lawyer = sent_in()
    check_all(lawyer, two[0])
    service.decline(lawyer, two[0], "No.")
    service.decline(lawyer, two[1], "")
    again = service.send_in(lawyer.user, Details(**{**vars(DETAILS), "firm": "Raman & Co"}))
    assert again is lawyer and (lawyer.state, lawyer.version, lawyer.checks) == (LawyerState.APPLIED, 2, [])
    assert lawyer.decline_reason == "" and letters(db) == ["lawyers.applied", "lawyers.declined", "lawyers.applied"]


def test_twenty_equal_approvals_of_each_of_two_verify_once(app):
    with app.app_context():
        lawyer, members = sent_in(), [person("Tara Lund", "reviewer"), person("Noor Haddad", "admin")]
        check_all(lawyer, *members)
        ids = lawyer.id, [member.id for member in members]
        database.session.commit()

    def approve(n: int) -> bool:
        with app.app_context():
            try:
                lawyer = database.session.get_one(Lawyer, ids[0])
                settled = service.approve(lawyer, database.session.get_one(User, ids[1][n % 2]), seen=1)
                database.session.commit()
                return settled
            except DomainError:
                return False

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(approve, range(20))).count(True) == 1
    with app.app_context():
        assert len(database.session.scalars(select(LawyerDecision)).all()) == 2
        assert database.session.scalars(select(Lawyer)).one().is_verified


# ---------------------------------------------------------------- evidence
def test_each_look_at_the_evidence_is_noted(db, two):
    lawyer = sent_in()
    for member in two:
        assert service.see_evidence(lawyer, member) is lawyer.evidence
    db.session.flush()
    seen = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "lawyer.evidence_seen")).all()
    assert [entry.actor_id for entry in seen] == [member.id for member in two]


@pytest.mark.parametrize("role", ["finance", "editor", "auditor"])
def test_other_staff_see_no_evidence(db, role):
    with pytest.raises(service.NotAllowedToVerify):
        service.see_evidence(sent_in(), person("Omid Rahimi", role))


def test_evidence_is_deleted_some_time_after_the_decision(app, db, two, clock):
    lawyer, waiting = sent_in(), sent_in("Kian Daneshvar")
    check_all(lawyer, *two)
    service.verify(lawyer, *two)
    days = app.config["AMICUS"].evidence_days
    clock.set(now() + timedelta(days=days, seconds=-60))
    assert service.forget_evidence() == 0
    clock.move(120)
    assert service.forget_evidence() == 1 and service.forget_evidence() == 0
    assert lawyer.evidence.deleted_at and waiting.evidence.deleted_at is None
    with pytest.raises(NotFound):
        service.see_evidence(lawyer, two[0])


def test_a_draft_that_was_left_is_forgotten_with_its_file(app, db, clock):
    draft = service.save_draft(person("Priya Raman"), {"firm": "Fenmoor Legal"}, upload())
    file = draft.evidence
    clock.move((app.config["AMICUS"].evidence_days + 1) * 86_400)
    assert service.forget_evidence() == 1 and file.deleted_at
    db.session.flush()
    assert db.session.scalars(select(ApplicationDraft)).all() == []
