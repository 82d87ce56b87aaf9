from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from app.core import clock
from app.core.money import Money
from app.i18n import format

MOMENT = datetime(2026, 5, 14, 12, 0, tzinfo=UTC)
NBSP = "\u00a0"


def pounds(minor: int) -> Money:
    return Money(minor, "GBP")


def both(speak, say) -> tuple[str, str]:
    """What `say` answers in English and in Persian, as it would stand in a page."""
    answers = []
    for language in ("en", "fa"):
        with speak(language):
            answers.append(str(say()))
    return answers[0], answers[1]


@pytest.mark.parametrize(
    ("value", "english", "persian"),
    [
        (0, "0", "۰"),
        (31480, "31,480", "۳۱٬۴۸۰"),
        (Decimal("2.5"), "2.5", "۲٫۵"),
        (-1200, "−1,200", '<bdi dir="ltr">−۱٬۲۰۰</bdi>'),
    ],
)
def test_numbers(speak, value, english, persian):
    assert both(speak, lambda: format.num(value)) == (english, persian)


def test_percentages(speak):
    assert both(speak, lambda: format.pct(80)) == ("80%", "۸۰٪")
    assert both(speak, lambda: format.pct(-4)) == ("−4%", '<bdi dir="ltr">−۴</bdi>٪')


@pytest.mark.parametrize(
    ("amount", "english", "persian"),
    [
        (pounds(2500), "£25.00", "۲۵٫۰۰~پوند"),
        (pounds(123456789), "£1,234,567.89", "۱٬۲۳۴٬۵۶۷٫۸۹~پوند"),
        (pounds(5), "£0.05", "۰٫۰۵~پوند"),
        (pounds(-1200), "−£12.00", '<bdi dir="ltr">−۱۲٫۰۰</bdi>~پوند'),
        (Money(2550, "EUR"), "€25.50", "۲۵٫۵۰~یورو"),
        (Money(2550, "USD"), "$25.50", "۲۵٫۵۰~دلار آمریکا"),
        (Money(1500, "JPY"), "¥1,500", "۱٬۵۰۰~ین"),
        (Money(1500, "KWD"), "KWD~1.500", "۱٫۵۰۰~دینار کویت"),
        (Money(150000, "IRR"), "IRR~1,500.00", "۱٬۵۰۰٫۰۰~ریال"),
    ],
)
def test_money(speak, amount, english, persian):
    assert both(speak, lambda: format.money(amount)) == (english.replace("~", NBSP), persian.replace("~", NBSP))


def test_short_money_leaves_out_pence_that_are_none(speak):
    assert both(speak, lambda: format.money(pounds(500000), short=True)) == ("£5,000", f"۵٬۰۰۰{NBSP}پوند")
    assert both(speak, lambda: format.money(pounds(2550), short=True)) == ("£25.50", f"۲۵٫۵۰{NBSP}پوند")
    assert both(speak, lambda: format.money(pounds(0), short=True)) == ("£0", f"۰{NBSP}پوند")


def test_a_column_of_money_names_its_unit_once(speak):
    assert both(speak, lambda: format.money(pounds(2500), unit=False)) == ("25.00", "۲۵٫۰۰")
    assert both(speak, lambda: format.unit("GBP")) == ("£", "پوند")


def test_money_in_plain_text_has_no_markup(speak):
    assert both(speak, lambda: format.money_text(pounds(2500))) == ("£25.00", f"۲۵٫۰۰{NBSP}پوند")
    assert both(speak, lambda: format.money_text(pounds(-1200))) == ("−£12.00", f"\u2066−۱۲٫۰۰\u2069{NBSP}پوند")


def test_markup_of_a_negative_amount_is_not_escaped_in_a_page(app, speak):
    template = app.jinja_env.from_string("{{ m|money }} {{ _('of %(x)s', x=m|money) }}")
    with speak("fa"):
        assert template.render(m=pounds(-100)).count('<bdi dir="ltr">') == 2


def test_an_amount_to_change_can_be_read_back(speak):
    assert both(speak, lambda: format.amount_input(pounds(123450))) == ("1234.50", "۱۲۳۴٫۵۰")
    assert both(speak, lambda: format.amount_input(pounds(500000))) == ("5000", "۵۰۰۰")
    assert both(speak, lambda: format.amount_input(None)) == ("", "")


def test_dates(speak):
    assert both(speak, lambda: format.date(date(2026, 12, 3))) == ("3 December 2026", "۳ دسامبر ۲۰۲۶")
    assert both(speak, lambda: format.date(date(2026, 5, 28))) == ("28 May 2026", "۲۸ مهٔ ۲۰۲۶")


def test_a_date_without_its_year(speak):
    assert both(speak, lambda: format.date(date(2026, 5, 28), year=False)) == ("28 May", "۲۸ مه")


def test_a_binding_date_has_the_jalali_date_in_persian(speak):
    expected = ("14 May 2026", "۱۴ مهٔ ۲۰۲۶ (۲۴ اردیبهشت ۱۴۰۵)")
    assert both(speak, lambda: format.date_binding(date(2026, 5, 14))) == expected


def test_moments_tell_whose_time_it_is(speak):
    assert both(speak, lambda: format.moment(MOMENT)) == (
        "14 May 2026, 13:00 London time",
        "۱۴ مهٔ ۲۰۲۶، ساعت ۱۳:۰۰ به وقت لندن",
    )
    assert both(speak, lambda: format.moment(MOMENT, "Asia/Tehran")) == (
        "14 May 2026, 15:30 Tehran time",
        "۱۴ مهٔ ۲۰۲۶، ساعت ۱۵:۳۰ به وقت تهران",
    )
    assert both(speak, lambda: format.moment(MOMENT, "UTC")) == (
        "14 May 2026, 12:00 UTC",
        "۱۴ مهٔ ۲۰۲۶، ساعت ۱۲:۰۰ به وقت جهانی",
    )


def test_a_binding_moment_has_the_jalali_date_in_persian(speak):
    assert both(speak, lambda: format.moment_text(MOMENT, "Europe/London")) == (
        "14 May 2026, 13:00 London time",
        "۱۴ مهٔ ۲۰۲۶ (۲۴ اردیبهشت ۱۴۰۵)، ساعت ۱۳:۰۰ به وقت لندن",
    )


def test_a_day_is_the_day_where_the_court_sits(speak):
    late = datetime(2026, 7, 31, 23, 30, tzinfo=UTC)
    with speak("en"):
        assert format.date(late) == "1 August 2026"
        assert format.date(late, "UTC") == "31 July 2026"
        assert format.date_binding(late, "America/New_York") == "31 July 2026"


@pytest.mark.parametrize(
    ("ago", "english", "persian"),
    [
        (timedelta(hours=2), "2 hours ago", "۲ ساعت پیش"),
        (timedelta(days=3), "3 days ago", "۳ روز پیش"),
        (timedelta(seconds=3), "1 minute ago", "۱ دقیقه پیش"),
        (timedelta(seconds=-30), "1 minute ago", "۱ دقیقه پیش"),
    ],
)
def test_how_long_ago(speak, ago, english, persian):
    assert both(speak, lambda: format.time_ago(clock.now() - ago)) == (english, persian)


def test_words_of_unknown_direction_are_set_apart_and_escaped():
    assert format.isolate("<R v X>") == "<bdi>&lt;R v X&gt;</bdi>"
    assert format.isolate("[2022] EWHC 42 (TCC)", "ltr") == '<bdi dir="ltr">[2022] EWHC 42 (TCC)</bdi>'


def test_digits_that_are_no_number_keep_every_place(speak):
    assert both(speak, lambda: format.digits("0042")) == ("0042", "۰۰۴۲")


def test_templates_have_every_filter(app, speak):
    page = "{{ n|num }} {{ n|pct }} {{ m|money(short=True) }} {{ t|datetime('UTC') }} {{ t|date }} {{ 'x'|isolate }}"
    with speak("en"):
        shown = app.jinja_env.from_string(page).render(n=5, m=pounds(500), t=MOMENT)
    assert shown == "5 5% £5 14 May 2026, 12:00 UTC 14 May 2026 <bdi>x</bdi>"
