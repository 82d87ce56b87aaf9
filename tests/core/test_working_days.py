"""Counting working days."""

from datetime import date

import pytest

from app.core import working_days

THURSDAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, THURSDAY), (1, date(2026, 11, 27)), (2, date(2026, 11, 30)), (3, date(2026, 12, 1)), (7, date(2026, 12, 7))],
)
def test_weekends_do_not_count(number, expected):
    assert working_days.after(THURSDAY, number) == expected


def test_what_comes_in_at_a_weekend_begins_on_monday():
    assert working_days.after(date(2026, 11, 28), 1) == working_days.after(date(2026, 11, 29), 1) == date(2026, 11, 30)


def test_the_answer_is_always_a_working_day():
    assert all(working_days.is_working(working_days.after(THURSDAY, number)) for number in range(1, 30))
