"""Accounts, passwords, roles and one-time codes."""

from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest

from app.accounts import queries, service
from app.core.clock import now, real_now
from app.database import db as database

PASSWORD = "correct horse"


def test_an_address_is_kept_in_lower_case(db):
    user = service.register("Nasrin@Example.ORG", "Nasrin", PASSWORD)
    assert user.email == "nasrin@example.org"
    assert queries.by_email("NASRIN@example.org") == user


def test_an_address_is_registered_once_however_it_is_written(db):
    service.register("nasrin@example.org", "Nasrin", PASSWORD)
    with pytest.raises(service.EmailTaken):
        service.register("Nasrin@Example.org", "Somebody else", PASSWORD)


def test_twenty_equal_registrations_make_one_account(app):
    def register(_: int) -> bool:
        with app.app_context():
            try:
                service.register("nasrin@example.org", "Nasrin", PASSWORD)
            except service.EmailTaken:
                return False
            database.session.commit()
            return True

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(register, range(20))).count(True) == 1


@pytest.mark.parametrize("email", ["", "nasrin", "nasrin@", "a@b\nBcc: c@d.org", "nasrin@example"])
def test_what_is_no_address_is_refused(db, email):
    with pytest.raises(service.BadEmail):
        service.register(email, "Nasrin", PASSWORD)


@pytest.mark.parametrize("name", ["", "   ", "a" * 121, "Nasrin\nBcc: x@y.org", "=?utf-8?q?Nasrin?="])
def test_a_name_that_could_spoil_a_letter_is_refused(db, name):
    with pytest.raises(service.BadName):
        service.register("nasrin@example.org", name, PASSWORD)


def test_a_short_password_is_refused(db):
    with pytest.raises(service.BadPassword):
        service.register("nasrin@example.org", "Nasrin", "a" * (service.SHORTEST_PASSWORD - 1))


def test_a_password_is_stored_as_an_argon2_hash(db):
    user = service.register("nasrin@example.org", "Nasrin", PASSWORD)
    assert user.password_hash.startswith("$argon2id$") and PASSWORD not in user.password_hash
    assert service.password_matches(user.password_hash, PASSWORD)
    assert not service.password_matches(user.password_hash, PASSWORD + " ")


def test_a_password_costs_an_attacker_what_owasp_asks():
    """The tests themselves hash with less work, see tests/conftest.py."""
    assert service.COST.memory_cost >= 19 * 1024 and service.COST.time_cost >= 2


def test_nobody_has_no_password():
    assert not service.password_matches(None, PASSWORD)


def test_nobody_is_verified_with_the_same_work_as_somebody(db):
    user = service.register("nasrin@example.org", "Nasrin", PASSWORD)
    cost = user.password_hash.split("$")[3]
    assert service._nobodys_hash().split("$")[3] == cost


def test_a_disabled_account_has_no_credentials(db):
    user = service.register("nasrin@example.org", "Nasrin", PASSWORD)
    assert queries.credentials(user.email).user_id == user.id
    service.disable(user)
    assert queries.credentials(user.email) == queries.credentials("never@example.org")


def test_a_sign_in_of_an_account_disabled_in_any_way_is_worth_nothing(db):
    user = service.register("nasrin@example.org", "Nasrin", PASSWORD)
    token = service.sign_in(user)
    assert queries.identity(token).user == user
    user.disabled_at = now()
    assert queries.identity(token) is None


def test_a_disabled_account_opens_no_sign_in(db):
    user = service.register("nasrin@example.org", "Nasrin", PASSWORD)
    service.disable(user)
    with pytest.raises(service.AccountDisabled):
        service.sign_in(user)


def test_a_role_is_given_once(db):
    user = service.register("nasrin@example.org", "Nasrin", PASSWORD)
    service.give_role(user, "reviewer")
    service.give_role(user, "reviewer")
    assert [role.role for role in user.roles] == ["reviewer"]


def test_a_role_that_ended_counts_no_more_and_can_be_given_again(db):
    user = service.register("nasrin@example.org", "Nasrin", PASSWORD)
    service.give_role(user, "reviewer")
    user.roles[0].ended_at = now()
    assert user.role_names == frozenset()
    service.give_role(user, "reviewer")
    assert user.role_names == {"reviewer"}


@pytest.fixture
def coded(db):
    user = service.register("nasrin@example.org", "Nasrin", PASSWORD)
    service.turn_on_second_factor(user)
    db.session.flush()
    return user


def code_of(user, *, steps=0):
    step = int(real_now().timestamp()) // service.STEP_SECONDS + steps
    return pyotp.TOTP(user.totp_secret).generate_otp(step)


def test_a_code_works_once(coded):
    code = code_of(coded)
    service.use_code(coded, code)
    with pytest.raises(service.WrongCode):
        service.use_code(coded, code)


def test_a_code_older_than_one_used_is_refused(coded):
    service.use_code(coded, code_of(coded))
    with pytest.raises(service.WrongCode):
        service.use_code(coded, code_of(coded, steps=-1))


def test_a_code_of_the_step_before_is_accepted_but_not_one_of_five_steps_ago(coded):
    with pytest.raises(service.WrongCode):
        service.use_code(coded, code_of(coded, steps=-5))
    service.use_code(coded, code_of(coded, steps=-1))


def test_a_code_may_be_typed_in_persian_digits_and_with_a_space(coded):
    code = code_of(coded).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    service.use_code(coded, f"{code[:3]} {code[3:]}")


def test_codes_keep_real_time_when_the_clock_is_moved(coded, clock):
    clock.move(40 * 86_400)
    service.use_code(coded, code_of(coded))


def test_somebody_without_a_secret_has_no_code(db):
    user = service.register("nasrin@example.org", "Nasrin", PASSWORD)
    with pytest.raises(service.WrongCode):
        service.use_code(user, "000000")
