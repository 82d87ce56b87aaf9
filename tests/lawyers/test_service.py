"""Lawyers: applying, checks, and two people who verify."""

import pytest
from sqlalchemy import select

from app.accounts import service as accounts
from app.audit.models import AuditEntry
from app.lawyers import queries, service
from app.lawyers.states import LawyerState

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


def check_all(lawyer, by):
    for kind in queries.CHECKS:
        service.check(lawyer, kind, "SRA register", by)


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
    check_all(lawyer, two[0])
    service.verify(lawyer, *two)
    assert lawyer.is_verified and lawyer.verified_at


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


def test_a_badge_needs_every_check(lawyer, two):
    service.check(lawyer, "practising_certificate", "SRA register", two[0])
    with pytest.raises(service.NotChecked):
        service.verify(lawyer, *two)


def test_a_declined_application_is_not_verified(lawyer, two):
    check_all(lawyer, two[0])
    lawyer.state = LawyerState.DECLINED
    with pytest.raises(service.CannotVerify):
        service.verify(lawyer, *two)


def test_verifying_again_is_quiet(db, lawyer, two):
    check_all(lawyer, two[0])
    service.verify(lawyer, *two)
    service.verify(lawyer, *two)
    db.session.flush()
    actions = db.session.scalars(select(AuditEntry.actor_id).where(AuditEntry.action == "lawyer.verified")).all()
    assert sorted(actions) == sorted(user.id for user in two)


def test_the_badge_says_what_was_checked_and_when_last(lawyer, two, clock):
    check_all(lawyer, two[0])
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
