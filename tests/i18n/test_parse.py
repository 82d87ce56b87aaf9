from datetime import date

import pytest

from app.i18n.parse import DateError, parse_date


@pytest.mark.parametrize(
    "written",
    [
        ("14", "5", "2026"),
        (" 14 ", "05", "2026"),
        ("۱۴", "۵", "۲۰۲۶"),
        ("١٤", "٥", "٢٠٢٦"),
        ("24", "2", "1405"),
        ("۲۴", "۲", "۱۴۰۵"),
    ],
)
def test_a_date_is_read_in_either_digits_and_either_calendar(written):
    assert parse_date(*written) == date(2026, 5, 14)


def test_leap_days_are_each_calendar_s_own():
    assert parse_date("29", "2", "2028") == date(2028, 2, 29)
    assert parse_date("30", "12", "1403") == date(2025, 3, 20)


@pytest.mark.parametrize(
    ("written", "code", "part"),
    [
        (("", None, " "), "empty", "day"),
        (("14", "", "2026"), "missing", "month"),
        (("14", "5", None), "missing", "year"),
        (("x", "5", "2026"), "not_a_number", "day"),
        (("14", "May", "2026"), "not_a_number", "month"),
        (("-1", "5", "2026"), "not_a_number", "day"),
        (("²", "5", "2026"), "not_a_number", "day"),
        (("1", "5", "20266"), "not_a_number", "year"),
        (("14", "5", "26"), "year", "year"),
        (("14", "5", "1700"), "year", "year"),
        (("14", "13", "2026"), "not_a_date", "month"),
        (("31", "6", "2026"), "not_a_date", "day"),
        (("29", "2", "2027"), "not_a_date", "day"),
        (("30", "12", "1405"), "not_a_date", "day"),
        (("0", "5", "2026"), "not_a_date", "day"),
    ],
)
def test_each_wrong_date_has_its_reason_and_its_place(written, code, part):
    with pytest.raises(DateError) as refused:
        parse_date(*written)
    assert (refused.value.code, refused.value.part) == (code, part)
