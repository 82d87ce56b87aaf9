"""Amounts of money: whole minor units (pence) and a currency, always together. No float ever touches them."""

import re
from dataclasses import dataclass
from functools import total_ordering
from typing import Self

from app.core.text import ascii_digits

# Digits after the decimal point, from ISO 4217.
EXPONENTS = {"GBP": 2, "EUR": 2, "USD": 2, "JPY": 0, "IRR": 2, "KWD": 3}
# The sign that people write before an amount; every other unit is refused.
_SIGNS = {"GBP": "£", "EUR": "€", "USD": "$", "JPY": "¥"}
# Far above any case, far below what a 64-bit column holds, even for a sum over every pledge.
LARGEST_MINOR = 10**15 - 1

_MARKS = str.maketrans({"\u066c": ",", "\u060c": ",", "\u066b": "."})  # Arabic thousands sign, comma, decimal sign
_NUMBER = re.compile(r"(?P<whole>[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.(?P<fraction>[0-9]+))?")
_SIGNED = re.compile(r"[-\u2212]\s*[0-9.,]*[0-9]")


class MoneyError(ValueError):
    """Amounts that cannot be put together, or a currency we do not know: a mistake in the program."""


class AmountError(ValueError):
    """Text that is no amount. `code` says why, so that a form can choose its sentence.

    empty · not_a_number · negative · zero · decimals (more than the currency has) · ambiguous_comma ("25,50") ·
    too_large
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@total_ordering
@dataclass(frozen=True)
class Money:
    """`minor` units (pence for GBP) of `currency`. Raises MoneyError for anything but an int and a known currency."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise MoneyError(f"Minor units are whole numbers, not {self.minor!r}")
        if self.currency not in EXPONENTS:
            raise MoneyError(f"Unknown currency {self.currency!r}")

    @classmethod
    def zero(cls, currency: str) -> Self:
        """Nothing, to start a sum from: `sum(parts, Money.zero("GBP"))`."""
        return cls(0, currency)

    @property
    def exponent(self) -> int:
        """Digits after the decimal point."""
        return EXPONENTS[self.currency]

    def _same(self, other: "Money") -> int:
        if self.currency != other.currency:
            raise MoneyError(f"{self.currency} and {other.currency} do not mix")
        return other.minor

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency) if isinstance(other, Money) else NotImplemented

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency) if isinstance(other, Money) else NotImplemented

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __mul__(self, times: int) -> "Money":
        return Money(self.minor * times, self.currency) if type(times) is int else NotImplemented

    __rmul__ = __mul__

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other) if isinstance(other, Money) else NotImplemented


def parse(text: str | None, currency: str, *, zero: bool = False) -> Money:
    """What a person typed, as Money above zero (`zero` also allows nothing). Raises AmountError.

    Digits may be 0-9, Persian or Arabic; thousands are groups of three. "25,50" is refused rather than guessed: it is
    25.50 in one country and a slip in another.
    """
    written = ascii_digits((text or "").strip()).translate(_MARKS)
    sign = _SIGNS.get(currency)
    if sign:
        written = written.removeprefix(sign).lstrip()
    if not written:
        raise AmountError("empty")
    match = _NUMBER.fullmatch(written)
    if match is None:
        raise AmountError(_what_is_wrong(written))
    whole, fraction = match["whole"].replace(",", "").lstrip("0") or "0", match["fraction"] or ""
    exponent = EXPONENTS[currency]
    if len(fraction) > exponent:
        raise AmountError("decimals")
    # Compare lengths first: turning thousands of digits into a number is work that an attacker would choose.
    if len(whole) > len(str(LARGEST_MINOR)) or (minor := int(whole + fraction.ljust(exponent, "0"))) > LARGEST_MINOR:
        raise AmountError("too_large")
    if minor == 0 and not zero:
        raise AmountError("zero")
    return Money(minor, currency)


def _what_is_wrong(written: str) -> str:
    if _SIGNED.fullmatch(written):
        return "negative"
    if "," in written and re.fullmatch(r"[0-9][0-9.,]*", written):
        return "ambiguous_comma"
    return "not_a_number"


def percent_of(amount: Money, per_10_000: int) -> Money:
    """Hundredths of a per cent of `amount`, a half rounded up: 300 is 3 %."""
    return Money((amount.minor * per_10_000 + 5_000) // 10_000, amount.currency)


def fees_on(amount: Money, *per_10_000: int, fixed: int = 0) -> Money:
    """What is kept of `amount`: each rate rounded by itself, as it is booked, and `fixed` minor units besides."""
    return sum((percent_of(amount, rate) for rate in per_10_000), Money(fixed, amount.currency))


def gross_up(lines: Money, *per_10_000: int, fixed: int = 0) -> Money:
    """The smallest target that leaves `lines` after `fees_on(target, …)`.

    It is met to the penny: what is left grows by a penny at most from one target to the next, so the first that leaves
    enough leaves exactly enough. Raises MoneyError when the rates leave nothing.
    """
    left = 10_000 - sum(per_10_000)
    if left <= 0 or lines.minor < 0:
        raise MoneyError(f"Fees of {per_10_000} in 10,000 leave nothing of a target")
    # Each rounding moves the fee by half a penny at most; start below all of them and step up.
    target = Money(max(0, (lines.minor + fixed - len(per_10_000)) * 10_000 // left), lines.currency)
    while target - fees_on(target, *per_10_000, fixed=fixed) < lines:
        target += Money(1, lines.currency)
    return target
