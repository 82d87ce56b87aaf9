"""Limits on attempts, counted in rows."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from app.core.clock import real_now
from app.core.errors import TooMany
from app.database import db as database
from app.web import throttle
from app.web.models import ThrottleHit


def attempt(key="somebody", kind="test", limit=3, seconds=60):
    throttle.check(kind, key, limit, seconds)
    throttle.note(kind, key)


def count(session):
    return session.scalar(select(func.count()).select_from(ThrottleHit))


def test_as_many_attempts_as_allowed_pass_and_no_more(db):
    for _ in range(3):
        attempt()
    with pytest.raises(TooMany):
        attempt()


def test_limits_of_other_keys_and_kinds_are_their_own(db):
    for _ in range(3):
        attempt()
    attempt("somebody else")
    attempt(kind="other")


def test_the_refusal_says_when_there_is_room_again(db):
    start = real_now()
    for second in (0, 10, 20):
        with time_machine.travel(start + timedelta(seconds=second), tick=False):
            attempt()
    with time_machine.travel(start + timedelta(seconds=30), tick=False), pytest.raises(TooMany) as refused:
        attempt()
    assert refused.value.retry_after == 30
    with time_machine.travel(start + timedelta(seconds=61), tick=False):
        attempt()


def test_a_refused_attempt_does_not_keep_the_window_shut(db):
    start = real_now()
    with time_machine.travel(start, tick=False):
        for _ in range(3):
            attempt()
    for second in range(1, 60):
        with time_machine.travel(start + timedelta(seconds=second), tick=False), pytest.raises(TooMany):
            attempt()
    with time_machine.travel(start + timedelta(seconds=61), tick=False):
        attempt()


def test_moving_the_clock_of_a_demonstration_opens_no_window(db, clock):
    for _ in range(3):
        attempt()
    clock.move(86_400)
    with pytest.raises(TooMany):
        attempt()


def test_an_attempt_taken_back_does_not_count(db):
    for _ in range(10):
        attempt()
        throttle.take_back("test", "somebody")
    assert count(db.session) == 0


def test_taking_back_leaves_others_alone(db):
    attempt("somebody")
    attempt("somebody else")
    throttle.take_back("test", "somebody else")
    assert throttle.was_noted("test", "somebody") and not throttle.was_noted("test", "somebody else")


def test_rows_do_not_tell_whose_they_are(db):
    attempt("leila@example.org")
    row = db.session.scalars(select(ThrottleHit)).one()
    assert "leila" not in row.key_hash and len(row.key_hash) == 64


def test_old_rows_are_deleted_and_young_ones_stay(db):
    with time_machine.travel(real_now() - throttle.KEPT - timedelta(hours=1)):
        attempt("old")
    attempt("young")
    throttle.forget(list(db.session.scalars(throttle.noted_before(real_now() - throttle.KEPT))))
    assert not throttle.was_noted("test", "old") and throttle.was_noted("test", "young")


def test_twenty_attempts_at_once_do_not_pass_together(app):
    def go(_: int) -> bool:
        with app.app_context():
            try:
                attempt()
            except TooMany:
                return False
            database.session.commit()
            return True

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(go, range(20))).count(True) == 3


@pytest.mark.parametrize(
    ("address", "block"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2ff::5", "2001:db8:1:200::/56"),
        ("", "unknown"),
        (None, "unknown"),
        ("no address", "unknown"),
    ],
)
def test_an_address_counts_as_its_network(address, block):
    assert throttle.address_block(address) == block
