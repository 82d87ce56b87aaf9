"""How figures, money, dates and times look in the present language.

Latin digits become Persian ones here and nowhere else: a translated sentence gets its numbers through placeholders.
A function whose name ends in `_text` writes plain text (letters, sentences that are stored); the others may return
markup. Units of Persian money stand after a no-break space.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property, lru_cache
from zoneinfo import ZoneInfo

import jdatetime
from babel.dates import format_date, format_timedelta, get_timezone_location
from babel.numbers import format_decimal
from flask import current_app
from markupsafe import Markup

from app.core import clock
from app.core.money import Money
from app.i18n.spoken import get_locale

_MINUS = "\u2212"


@dataclass(frozen=True)
class Style:
    """How one language writes: patterns with `{}` for the figure, and CLDR date patterns."""

    digits: str
    marks: str  # between thousands, before decimals
    isolates_minus: bool
    percent: str
    money: dict[str, str]
    units: dict[str, str]
    day_month: str
    moment: str
    zone: str
    utc: str
    jalali: str = ""

    @cached_property
    def of_digits(self) -> dict[int, int]:
        """Latin digits into those of the language."""
        return str.maketrans("0123456789", self.digits)

    @cached_property
    def of_figures(self) -> dict[int, int]:
        """The signs of an English number into those of the language."""
        return str.maketrans("0123456789,.", self.digits + self.marks)


_FA_UNITS = {"GBP": "پوند", "EUR": "یورو", "USD": "دلار آمریکا", "JPY": "ین", "IRR": "ریال", "KWD": "دینار کویت"}
STYLES = {
    "en": Style(
        digits="0123456789",
        marks=",.",
        isolates_minus=False,
        percent="{}%",
        money={"GBP": "£{}", "EUR": "€{}", "USD": "${}", "JPY": "¥{}", "IRR": "IRR\u00a0{}", "KWD": "KWD\u00a0{}"},
        units={"GBP": "£", "EUR": "€", "USD": "$", "JPY": "¥", "IRR": "IRR", "KWD": "KWD"},
        day_month="d MMMM",
        moment="{date}, {time} {zone}",
        zone="{city} time",
        utc="UTC",
    ),
    "fa": Style(
        digits="۰۱۲۳۴۵۶۷۸۹",
        marks="٬٫",
        isolates_minus=True,
        percent="{}٪",
        money={currency: "{}\u00a0" + unit for currency, unit in _FA_UNITS.items()},
        units=_FA_UNITS,
        day_month="d LLLL",  # without a year the month stands alone: مه, not مهٔ
        moment="{date}، ساعت {time} {zone}",
        zone="به وقت {city}",
        utc="به وقت جهانی",
        jalali="{gregorian} ({day} {month} {year})",
    ),
}


def _style() -> Style:
    return STYLES[get_locale()]


def digits(text: str) -> str:
    """The digits in `text`, such as the last four of a card; a comma or full stop in it is none of a number's."""
    return text.translate(_style().of_digits)


def _figure(text: str, markup: bool) -> str:
    """`text` is a number in English; its sign must not wander to the other end in right-to-left words."""
    style = _style()
    figure = text.lstrip("-").translate(style.of_figures)
    if not text.startswith("-"):
        return figure
    figure = _MINUS + figure
    if not style.isolates_minus:
        return figure
    return Markup('<bdi dir="ltr">{}</bdi>').format(figure) if markup else f"\u2066{figure}\u2069"


def _decimal(value: int | Decimal | float) -> str:
    return f"{value:,}" if isinstance(value, int) else str(format_decimal(value, locale="en"))


def num(value: int | Decimal | float) -> str:
    """A count or measure: 31,480 · ۳۱٬۴۸۰. Three decimals at most."""
    return _figure(_decimal(value), markup=True)


def num_text(value: int | Decimal | float) -> str:
    """As `num`, in plain text."""
    return _figure(_decimal(value), markup=False)


def pct(value: int | Decimal | float) -> str:
    """A percentage, given in per cent: 80% · ۸۰٪."""
    return _pattern(_style().percent, num(value))


def _pattern(pattern: str, figure: str) -> str:
    return Markup(pattern).format(figure) if isinstance(figure, Markup) else pattern.format(figure)  # noqa: S704 (ours)


def _amount(amount: Money, short: bool) -> str:
    whole, rest = divmod(abs(amount.minor), 10**amount.exponent)
    decimals = f".{rest:0{amount.exponent}}" if amount.exponent and not (short and rest == 0) else ""
    return f"{'-' if amount.minor < 0 else ''}{whole:,}{decimals}"


def _money(amount: Money, short: bool, pattern: str, markup: bool) -> str:
    if amount.minor < 0 and not _style().isolates_minus:
        return _MINUS + _money(-amount, short, pattern, markup)  # before the unit: −£12.00
    return _pattern(pattern, _figure(_amount(amount, short), markup))


def money(amount: Money, short: bool = False, unit: bool = True) -> str:
    """£25.00 · ۲۵٫۰۰ پوند. `short` leaves out pence that are none; without `unit` the heading must name it."""
    return _money(amount, short, _style().money[amount.currency] if unit else "{}", markup=True)


def money_text(amount: Money, short: bool = False) -> str:
    """As `money`, in plain text."""
    return _money(amount, short, _style().money[amount.currency], markup=False)


def amount_input(amount: Money | None) -> str:
    """What stands in a box where an amount can be changed: 1234.50 · ۱۲۳۴٫۵۰; nothing for None."""
    return _figure(_amount(amount, short=True).replace(",", ""), markup=False) if amount is not None else ""


def date_figures(value: dt.date, jalali: bool = False) -> str:
    """A day as it is typed into three boxes, no-break spaces between them: 14 5 2026 · ۱۴ ۵ ۲۰۲۶, or 24 2 1405."""
    day = jdatetime.date.fromgregorian(date=value) if jalali else value
    return digits(f"{day.day}\u00a0{day.month}\u00a0{day.year}")


def unit(currency: str) -> str:
    """The unit by itself, for the heading of a column or beside a box: £ · پوند."""
    return _style().units[currency]


def _site_zone() -> str:
    return getattr(current_app.config.get("AMICUS"), "court_time_zone", "Europe/London")


def _local(moment: dt.datetime, zone: str | None) -> dt.datetime:
    return moment.astimezone(ZoneInfo(zone or _site_zone()))


def date(value: dt.date, zone: str | None = None, year: bool = True) -> str:
    """3 December 2026 · ۳ دسامبر ۲۰۲۶. A moment is first taken to `zone`, else to the court's time zone."""
    day = _local(value, zone).date() if isinstance(value, dt.datetime) else value
    return digits(_date(day, "d MMMM y" if year else _style().day_month, get_locale()))


@lru_cache(4096)
def _date(day: dt.date, pattern: str, locale: str) -> str:
    return format_date(day, pattern, locale=locale)


def date_binding(value: dt.date, zone: str | None = None) -> str:
    """As `date`, for a day that binds somebody: in Persian the Jalali date follows in brackets."""
    day = _local(value, zone).date() if isinstance(value, dt.datetime) else value
    pattern = _style().jalali
    if not pattern:
        return date(day)
    jalali = jdatetime.date.fromgregorian(date=day)
    month = jdatetime.date.j_months_fa[jalali.month - 1]
    return digits(pattern.format(gregorian=date(day), day=jalali.day, month=month, year=jalali.year))


def _zone_words(zone: str) -> str:
    style = _style()
    if zone in ("UTC", "Etc/UTC"):
        return style.utc
    return style.zone.format(city=_city(zone, get_locale()))


@cache
def _city(zone: str, locale: str) -> str:
    return get_timezone_location(zone, locale=locale, return_city=True)


def _moment(value: dt.datetime, zone: str | None, day: Callable[[dt.date], str]) -> str:
    zone = zone or _site_zone()
    local = _local(value, zone)
    return _style().moment.format(date=day(local.date()), time=digits(f"{local:%H:%M}"), zone=_zone_words(zone))


def moment(value: dt.datetime, zone: str | None = None) -> str:
    """14 May 2026, 13:00 London time · ۱۴ مهٔ ۲۰۲۶، ساعت ۱۳:۰۰ به وقت لندن, in `zone` or the court's time zone."""
    return _moment(value, zone, date)


def moment_text(value: dt.datetime, zone: str | None = None) -> str:
    """As `moment`, for a moment that binds somebody: in Persian with the Jalali date."""
    return _moment(value, zone, date_binding)


def time_ago(value: dt.datetime) -> str:
    """2 hours ago · ۲ ساعت پیش, from a minute up."""
    minutes = max(int((clock.now() - value).total_seconds()) // 60, 1)
    return digits(_ago(minutes, get_locale()))


@lru_cache(4096)
def _ago(minutes: int, locale: str) -> str:
    past = dt.timedelta(minutes=minutes)
    return format_timedelta(-past, granularity="minute", add_direction=True, locale=locale)


def isolate(value: object, direction: str | None = None) -> Markup:
    """Words of unknown direction (names, titles) or of a known one (citations: "ltr"), set apart from those around."""
    if direction:
        return Markup('<bdi dir="{}">{}</bdi>').format(direction, value)
    return Markup("<bdi>{}</bdi>").format(value)


FILTERS: dict[str, Callable[..., str]] = {
    "num": num,
    "digits": digits,
    "pct": pct,
    "money": money,
    "money_text": money_text,
    "amount_input": amount_input,
    "unit": unit,
    "date": date,
    "date_binding": date_binding,
    "date_figures": date_figures,
    "datetime": moment,
    "datetime_binding": moment_text,
    "time_ago": time_ago,
    "isolate": isolate,
}
