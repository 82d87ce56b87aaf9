"""One's own second factor, and the recovery codes."""

import re
from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest
from sqlalchemy import select

from app.accounts import queries, second_factor, service
from app.accounts.models import RecoveryCode, User
from app.core.clock import real_now
from app.database import db as database
from app.mail.models import OutgoingLetter

PASSWORD = "correct horse"


@pytest.fixture
def user(db):
    return service.register("nasrin@example.org", "Nasrin", PASSWORD)


def code_of(secret, steps=0):
    return pyotp.TOTP(secret).generate_otp(int(real_now().timestamp()) // service.STEP_SECONDS + steps)


def set_up(user):
    second_factor.begin(user)
    return second_factor.complete(user, code_of(second_factor.pending(user)))


def told(db):
    db.session.flush()
    rows = db.session.scalars(select(OutgoingLetter).order_by(OutgoingLetter.id))
    return [row.facts["what"] for row in rows if row.name == "accounts.second_factor"]


def test_a_secret_counts_once_a_code_has_proved_it(user, db):
    second_factor.begin(user)
    assert user.totp_secret is None
    secret = second_factor.pending(user)
    second_factor.complete(user, code_of(secret))
    assert user.totp_secret == secret and second_factor.pending(user) is None and told(db) == ["on"]


def test_a_wrong_code_turns_nothing_on(user):
    second_factor.begin(user)
    with pytest.raises(service.WrongCode):
        second_factor.complete(user, "000000" if code_of(second_factor.pending(user)) != "000000" else "111111")
    assert user.totp_secret is None and second_factor.pending(user)


def test_the_code_that_turned_it_on_does_not_sign_in(user):
    second_factor.begin(user)
    code = code_of(second_factor.pending(user))
    second_factor.complete(user, code)
    with pytest.raises(service.WrongCode):
        service.use_code(user, code)


def test_setting_up_ends_after_half_an_hour(user, monkeypatch):
    second_factor.begin(user)
    code = code_of(second_factor.pending(user))
    user.pending_totp_until = real_now()
    assert second_factor.pending(user) is None
    with pytest.raises(second_factor.NothingPending):
        second_factor.complete(user, code)


def test_the_old_app_goes_on_until_the_new_one_has_shown_a_code(user, db):
    set_up(user)
    old = user.totp_secret
    second_factor.begin(user)
    assert user.totp_secret == old
    second_factor.complete(user, code_of(second_factor.pending(user)))
    assert user.totp_secret != old and told(db) == ["on", "replaced"]


# ---------------------------------------------------------------- recovery codes
def test_there_are_ten_codes_of_which_the_database_holds_none(user, db):
    codes = set_up(user)
    assert len(set(codes)) == 10 and all(re.fullmatch("([0-9a-z]{4}-){3}[0-9a-z]{4}", code) for code in codes)
    db.session.flush()
    stored = db.session.scalars(select(RecoveryCode.code_hash)).all()
    assert len(stored) == 10 and not {code.replace("-", "") for code in codes} & set(stored)


def test_a_recovery_code_works_once_and_the_owner_is_told(user, db):
    code = set_up(user)[3]
    second_factor.use_recovery_code(user, code)
    with pytest.raises(second_factor.WrongRecoveryCode):
        second_factor.use_recovery_code(user, code)
    assert queries.recovery_codes_left(user) == 9 and told(db) == ["on", "recovered"]


@pytest.mark.parametrize(
    "typed", [str.upper, lambda code: code.replace("-", ""), lambda code: f"  {code.replace('-', ' ')}\u200f"]
)
def test_a_recovery_code_may_be_typed_as_people_type(user, typed):
    second_factor.use_recovery_code(user, typed(set_up(user)[0]))


def test_letters_that_look_like_figures_are_taken_for_them(user, db, monkeypatch):
    monkeypatch.setattr(second_factor.ids, "token", lambda: "0011" * 8)
    monkeypatch.setattr(second_factor, "RECOVERY_CODES", 1)
    set_up(user)
    second_factor.use_recovery_code(user, "OoIl-0o1L-oO1i-0011")


@pytest.mark.parametrize("wrong", ["", "----", "0000-0000-0000-0000", "x" * 60, "\ud7ff"])
def test_what_is_no_recovery_code_is_refused(user, wrong):
    set_up(user)
    with pytest.raises(second_factor.WrongRecoveryCode):
        second_factor.use_recovery_code(user, wrong)


def test_the_code_of_somebody_else_is_refused(user):
    other = service.register("omid@example.org", "Omid", PASSWORD)
    set_up(user)
    with pytest.raises(second_factor.WrongRecoveryCode):
        second_factor.use_recovery_code(user, set_up(other)[0])


def test_new_codes_end_the_old_ones(user, db):
    old = set_up(user)[0]
    new = second_factor.renew(user)[0]
    with pytest.raises(second_factor.WrongRecoveryCode):
        second_factor.use_recovery_code(user, old)
    second_factor.use_recovery_code(user, new)
    assert told(db) == ["on", "renewed", "recovered"]


def test_recovery_codes_need_something_to_recover(user):
    with pytest.raises(second_factor.NotOn):
        second_factor.renew(user)


def test_twenty_uses_of_one_code_let_one_in(app):
    with app.app_context():
        user = service.register("nasrin@example.org", "Nasrin", PASSWORD)
        code, user_id = set_up(user)[0], user.id
        database.session.commit()

    def use(_: int) -> bool:
        with app.app_context():
            try:
                second_factor.use_recovery_code(database.session.get_one(User, user_id), code)
            except second_factor.WrongRecoveryCode:
                return False
            database.session.commit()
            return True

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(use, range(20))).count(True) == 1


# ---------------------------------------------------------------- turning it off
def test_it_can_be_turned_off_and_the_codes_go_with_it(user, db):
    code = set_up(user)[0]
    second_factor.turn_off(user)
    second_factor.turn_off(user)
    assert user.totp_secret is None and queries.recovery_codes_left(user) == 0 and told(db) == ["on", "off"]
    with pytest.raises(second_factor.WrongRecoveryCode):
        second_factor.use_recovery_code(user, code)


def test_staff_and_verified_lawyers_keep_it(user):
    set_up(user)
    service.give_role(user, "finance")
    with pytest.raises(second_factor.MustStayOn):
        second_factor.turn_off(user)
    user.roles[0].ended_at = real_now()
    service.require_codes(user)
    with pytest.raises(second_factor.MustStayOn):
        second_factor.turn_off(user)


def test_who_must_have_it_and_has_none_owes_it(user):
    assert not user.owes_codes
    service.require_codes(user)
    assert user.owes_codes
    set_up(user)
    assert not user.owes_codes and user.needs_codes
