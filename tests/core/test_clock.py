import os
from datetime import UTC, datetime, timedelta

import pytest

from app.core import clock

NEAR = timedelta(seconds=5)


@pytest.fixture(autouse=True)
def real_time(monkeypatch):
    monkeypatch.setattr(clock, "_LOOK_EVERY", 0)
    yield
    clock.set_offset_file(None)
    clock.reset()


def ahead() -> timedelta:
    return clock.now() - clock.real_now()


def test_now_is_aware_and_in_utc():
    assert clock.now().tzinfo is UTC
    assert abs(ahead()) < NEAR


def test_tests_move_the_clock_and_put_it_back():
    clock.move(3600)
    clock.move(60)
    assert abs(ahead() - timedelta(seconds=3660)) < NEAR
    clock.reset()
    assert abs(ahead()) < NEAR


def test_inside_it_is_a_moment_of_the_past_and_then_it_is_now_again():
    with clock.back_at(clock.now() - timedelta(days=30)):
        assert abs(ahead() + timedelta(days=30)) < NEAR
        with clock.back_at(clock.now() - timedelta(days=1)):
            assert abs(ahead() + timedelta(days=31)) < NEAR
        assert abs(ahead() + timedelta(days=30)) < NEAR
    assert abs(ahead()) < NEAR


def test_what_is_still_to_come_cannot_be_told():
    with pytest.raises(ValueError, match="still to come"), clock.back_at(clock.now() + timedelta(hours=1)):
        pass


def test_tests_set_the_clock_and_it_runs_on():
    clock.set(datetime(2030, 1, 1, tzinfo=UTC))
    first = clock.now()
    assert timedelta() <= first - datetime(2030, 1, 1, tzinfo=UTC) < NEAR
    assert clock.now() > first


def test_the_offset_file_moves_now_but_not_real_time(tmp_path):
    file = tmp_path / "offset"
    file.write_text("86400\n")
    clock.set_offset_file(file)
    assert abs(ahead() - timedelta(days=1)) < NEAR
    assert abs(clock.real_now() - datetime.now(UTC)) < NEAR


def test_the_offset_file_is_read_again_when_it_changes(tmp_path):
    file = tmp_path / "offset"
    clock.set_offset_file(file)
    assert abs(ahead()) < NEAR
    file.write_text("100")
    assert abs(ahead() - timedelta(seconds=100)) < NEAR
    file.write_text("200")
    os.utime(file, ns=(1, 1))
    assert abs(ahead() - timedelta(seconds=200)) < NEAR
    file.unlink()
    assert abs(ahead()) < NEAR


def test_a_file_caught_half_written_keeps_the_last_offset(tmp_path):
    file = tmp_path / "offset"
    file.write_text("100")
    clock.set_offset_file(file)
    assert abs(ahead() - timedelta(seconds=100)) < NEAR
    file.write_text("")
    os.utime(file, ns=(1, 1))
    assert abs(ahead() - timedelta(seconds=100)) < NEAR


def test_the_file_is_looked_at_five_times_a_second_at_most(tmp_path, monkeypatch):
    monkeypatch.setattr(clock, "_LOOK_EVERY", 60)
    file = tmp_path / "offset"
    file.write_text("100")
    clock.set_offset_file(file)
    clock.now()
    file.unlink()
    assert abs(ahead() - timedelta(seconds=100)) < NEAR


def test_setting_the_clock_overrules_the_file(tmp_path):
    file = tmp_path / "offset"
    file.write_text("86400")
    clock.set_offset_file(file)
    clock.set(datetime(2030, 1, 1, tzinfo=UTC))
    assert abs(clock.now() - datetime(2030, 1, 1, tzinfo=UTC)) < NEAR
