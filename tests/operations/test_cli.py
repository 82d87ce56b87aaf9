"""``flask check-books``."""

import pytest
from sqlalchemy import text

from app.database import db as database
from app.payments import brake


@pytest.fixture
def check(house):
    """Run ``flask check-books`` with the given options; exit code and output."""

    def run(*options):
        result = house.test_cli_runner().invoke(args=["check-books", *options])
        return result.exit_code, result.output

    return run


def break_totals():
    database.session.execute(text("UPDATE case_totals SET pledged = pledged + 1"))
    database.session.commit()


def mend_totals():
    database.session.execute(text("UPDATE case_totals SET pledged = pledged - 1"))
    database.session.commit()


def test_sound_books_are_told_so(sound, check):
    assert check() == (0, "Every promise holds.\n")


def test_a_broken_promise_is_told_fails_the_command_and_stops_charging(sound, check):
    break_totals()
    code, output = check()
    assert code == 1 and f"BROKEN  case {sound.id} shows other totals" in output and "1 broken." in output
    assert "Charging is stopped: case" in output and brake.is_on()


def test_the_brake_stays_until_somebody_takes_it_off(sound, check):
    break_totals()
    check()
    mend_totals()
    assert "Charging is stopped" in check()[1] and brake.is_on()
    assert check("--release-brake") == (0, "Every promise holds.\n")
    database.session.rollback()
    assert brake.is_on() is None


def test_the_brake_is_not_taken_off_while_a_promise_is_broken(sound, check):
    break_totals()
    code, output = check("--release-brake")
    assert code == 1 and "Charging is stopped" in output
    database.session.rollback()
    assert brake.is_on()
