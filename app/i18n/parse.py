"""Dates that people type, in either digits and either calendar."""

from datetime import date

import jdatetime

from app.core.text import ascii_digits

JALALI_YEARS = range(1300, 1501)  # 1921 to 2121
GREGORIAN_YEARS = range(1900, 2101)


class DateError(ValueError):
    """Text that is no date. `part` is the box to point at (day, month or year); `code` says why.

    empty (nothing at all) · missing · not_a_number · year (no year of either calendar) · not_a_date (such as 31 June)
    """

    def __init__(self, code: str, part: str) -> None:
        super().__init__(f"{part}: {code}")
        self.code = code
        self.part = part


def parse_date(day: str | None, month: str | None, year: str | None) -> date:
    """The day that three boxes name. A year from 1300 to 1500 is Jalali and converted. Raises DateError."""
    written = {
        part: ascii_digits((text or "").strip()) for part, text in (("day", day), ("month", month), ("year", year))
    }
    if not any(written.values()):
        raise DateError("empty", "day")
    for part, text in written.items():
        if not text:
            raise DateError("missing", part)
        if not (text.isascii() and text.isdigit() and len(text) <= 4):
            raise DateError("not_a_number", part)
    d, m, y = (int(text) for text in written.values())
    if y not in JALALI_YEARS and y not in GREGORIAN_YEARS:
        raise DateError("year", "year")
    if not 1 <= m <= 12:
        raise DateError("not_a_date", "month")
    try:
        if y in JALALI_YEARS:
            converted: date = jdatetime.date(y, m, d).togregorian()
            return converted
        return date(y, m, d)
    except ValueError:
        raise DateError("not_a_date", "day") from None
