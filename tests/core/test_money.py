import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.money import EXPONENTS, AmountError, Money, MoneyError, fees_on, gross_up, parse, percent_of
from tests.support.corpora import rows

PENCE = st.integers(-(10**13), 10**13)
RATE = st.integers(0, 2000)


def pounds(minor: int) -> Money:
    return Money(minor, "GBP")


def code_of(text: str | None, currency: str = "GBP") -> str:
    with pytest.raises(AmountError) as refused:
        parse(text, currency)
    return refused.value.code


@pytest.mark.parametrize(
    "mix",
    [
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: a < b,
        lambda a, b: a >= b,
        lambda a, b: max(a, b),
        lambda a, b: sum([a, b], Money.zero("GBP")),
    ],
)
def test_two_currencies_never_mix(mix):
    with pytest.raises(MoneyError):
        mix(pounds(1), Money(1, "EUR"))


def test_the_same_number_of_another_currency_is_not_equal():
    assert pounds(5) != Money(5, "EUR")


@pytest.mark.parametrize("minor", [1.0, "1", True, None])
def test_minor_units_are_whole_numbers(minor):
    with pytest.raises(MoneyError):
        Money(minor, "GBP")


def test_an_unknown_currency_is_refused():
    with pytest.raises(MoneyError):
        Money(1, "XXX")


@pytest.mark.parametrize("factor", [0.5, True, pounds(2)])
def test_money_is_multiplied_by_whole_numbers_only(factor):
    with pytest.raises(TypeError):
        pounds(5) * factor


def test_a_sum_needs_a_currency_to_start_from():
    with pytest.raises(TypeError):
        sum([pounds(1), pounds(2)])


@given(PENCE, PENCE)
def test_adding_and_taking_away_are_exact(a, b):
    assert (pounds(a) + pounds(b) - pounds(b)) == pounds(a)
    assert -pounds(a) == pounds(-a)
    assert 3 * pounds(a) == pounds(a) + pounds(a) + pounds(a)


@pytest.mark.parametrize("row", rows("money"), ids=lambda row: row["id"])
def test_every_awkward_amount_is_refused_or_read_as_it_is_meant(row):
    try:
        amount = parse(row["text"], "GBP")
    except AmountError:
        assert row["expect"] in ("reject", "accept_or_reject_never_other")
    else:
        assert amount == pounds(row["minor"])


@pytest.mark.parametrize(
    "text",
    ["25.50", "۲۵٫۵۰", "٢٥٫٥٠", "۲۵.۵", "£25.50", "£ 25.5", " 25.50\n", "025.50"],
)
def test_an_amount_is_read_in_every_script(text):
    assert parse(text, "GBP") == pounds(2550)


@pytest.mark.parametrize("text", ["1,234,567.00", "۱٬۲۳۴٬۵۶۷", "۱،۲۳۴،۵۶۷٫۰", "1234567"])
def test_thousands_are_read_in_groups_of_three(text):
    assert parse(text, "GBP") == pounds(123456700)


@pytest.mark.parametrize("text", ["25,50", "۲۵،۵۰", "۲۵٬۵۰", "1,00", "0,500", "1,0000", "1.000,00", "10,", "1,23,456"])
def test_a_comma_that_could_be_a_decimal_sign_has_its_own_reason(text):
    assert code_of(text) == "ambiguous_comma"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, "empty"),
        ("  ", "empty"),
        ("£", "empty"),
        ("-1", "negative"),
        ("−۱٫۵", "negative"),
        ("- 1,000", "negative"),
        ("1e3", "not_a_number"),
        ("-inf", "not_a_number"),
        ("€5", "not_a_number"),
        ("five", "not_a_number"),
        (",", "not_a_number"),
        ("5.", "not_a_number"),
        ("１０", "not_a_number"),
        ("10\u200c", "not_a_number"),
        ("0", "zero"),
        ("۰٫۰۰", "zero"),
        ("0.001", "decimals"),
        ("25.500", "decimals"),
        ("10000000000000.00", "too_large"),
        ("9" * 5000, "too_large"),
    ],
)
def test_each_wrong_amount_has_its_reason(text, code):
    assert code_of(text) == code


def test_nothing_is_an_amount_where_it_is_allowed():
    assert parse("0", "GBP", zero=True) == Money.zero("GBP")


def test_decimals_are_counted_by_currency():
    assert parse("1,500", "JPY") == Money(1500, "JPY")
    assert code_of("1.5", "JPY") == "decimals"
    assert parse("1.5", "KWD") == Money(1500, "KWD")


@given(st.integers(1, 10**15 - 1), st.sampled_from(sorted(EXPONENTS)), st.booleans())
def test_what_is_written_is_read_back_to_the_penny(minor, currency, persian):
    exponent = EXPONENTS[currency]
    whole, rest = divmod(minor, 10**exponent)
    text = f"{whole:,}" + (f".{rest:0{exponent}}" if exponent else "")
    if persian:
        text = text.translate(str.maketrans("0123456789,.", "۰۱۲۳۴۵۶۷۸۹٬٫"))
    assert parse(text, currency) == Money(minor, currency)


@given(st.text())
def test_no_text_at_all_breaks_the_reader(text):
    try:
        assert parse(text, "GBP").minor > 0
    except AmountError as error:
        assert error.code


@pytest.mark.parametrize(("minor", "rate", "expected"), [(50, 100, 1), (49, 100, 0), (250, 300, 8), (2500, 150, 38)])
def test_half_a_penny_is_rounded_up(minor, rate, expected):
    assert percent_of(pounds(minor), rate) == pounds(expected)


def test_each_rate_is_rounded_by_itself():
    assert fees_on(pounds(50), 100, 100, fixed=20) == pounds(1 + 1 + 20)


@given(st.integers(0, 10**9), st.lists(RATE, max_size=3), st.integers(0, 10**6))
def test_the_target_is_lines_and_fees_to_the_penny_and_none_smaller_would_do(lines, rates, fixed):
    target = gross_up(pounds(lines), *rates, fixed=fixed)
    assert target - fees_on(target, *rates, fixed=fixed) == pounds(lines)
    for smaller in range(max(0, target.minor - 20), target.minor):
        assert pounds(smaller) - fees_on(pounds(smaller), *rates, fixed=fixed) < pounds(lines)


def test_fees_that_leave_nothing_are_refused():
    with pytest.raises(MoneyError):
        gross_up(pounds(100), 9000, 1000)
