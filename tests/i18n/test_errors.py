from datetime import UTC, date, datetime

import pytest

from app.core.errors import DomainError, Invalid
from app.core.money import Money
from app.i18n.errors import render_error


@pytest.mark.parametrize(
    ("value", "english", "persian"),
    [
        (Money(500, "GBP"), "£5.00", "۵٫۰۰\u00a0پوند"),
        (24, "24", "۲۴"),
        (date(2026, 5, 14), "14 May 2026", "۱۴ مهٔ ۲۰۲۶ (۲۴ اردیبهشت ۱۴۰۵)"),
        (
            datetime(2026, 5, 14, 12, tzinfo=UTC),
            "14 May 2026, 13:00 London time",
            "۱۴ مهٔ ۲۰۲۶ (۲۴ اردیبهشت ۱۴۰۵)، ساعت ۱۳:۰۰ به وقت لندن",
        ),
        ("<b>as it is</b>", "<b>as it is</b>", "<b>as it is</b>"),
    ],
)
def test_values_are_written_as_the_reader_s_language_writes_them(speak, value, english, persian):
    error = Invalid("<%(value)s>", value=value)
    for language, expected in (("en", english), ("fa", persian)):
        with speak(language):
            assert render_error(error) == f"<{expected}>"


def test_a_sentence_without_values_may_hold_a_per_cent_sign(speak):
    with speak("en"):
        assert render_error(DomainError("At most 5% more.")) == "At most 5% more."


def test_any_name_will_do_for_a_value(speak):
    with speak("en"):
        assert render_error(DomainError("%(string)s %(self)s", string="a", self="b")) == "a b"
