"""Fields that several forms share."""

from datetime import date

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import Form, StringField

from app.core.money import AmountError, Money
from app.i18n import locale
from app.web import fields


@pytest.fixture
def app():
    """A small application with the languages and nothing else."""
    app = Flask("small", static_folder=None)
    locale.init_app(app)
    with app.app_context():
        yield app


class Day(Form):
    on = fields.DateField()


class Rows(Form):
    rows = fields.FieldList(StringField())


def day(*typed):
    form = Day(MultiDict([("on", text) for text in typed]))
    form.validate()
    return form.on


def test_three_boxes_are_one_day(app):
    assert day("1", "۲", "٢٠٢٧").data == date(2027, 2, 1)
    assert day("1", "10", "1405").data == date(2026, 12, 22)


@pytest.mark.parametrize("typed", [(), ("1",), ("1", "2"), ("", "", ""), ("a b", "\x00", "1\n2"), ("1", "2", "3", "4")])
def test_whatever_comes_there_are_three_boxes_and_no_day(app, typed):
    on = day(*typed)
    assert on.data is None and len(on.typed) == 3 and not any("\n" in text for text in on.typed)


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        (("31", "6", "2027"), ""),
        (("", "6", "2027"), "day"),
        (("1", "x", "2027"), "month"),
        (("1", "6", "27"), "year"),
    ],
)
def test_the_box_at_fault_is_pointed_at(app, typed, wrong):
    on = day(*typed)
    assert on.wrong == wrong and len(on.errors) == 1 and on.typed == typed


def test_empty_boxes_are_no_error_of_the_field(app):
    assert day("", "", "").errors == []


def test_a_known_day_stands_in_the_boxes_as_the_language_writes_it(app):
    assert Day(data={"on": date(2026, 5, 14)}).on.typed == ("14", "5", "2026")
    with locale.using_language("fa"):
        assert Day(data={"on": date(2026, 5, 14)}).on.typed == ("۱۴", "۵", "۲۰۲۶")


@pytest.mark.parametrize("place", ["²", "9" * 5000, "-1", "x", ""])
def test_a_forged_number_of_a_row_is_passed_over(app, place):
    form = Rows(MultiDict([("rows-0", "first"), (f"rows-{place}", "forged")]))
    assert form.rows.data == ["first"]


def test_a_sentence_names_the_limits_where_there_are_any(app):
    def said(code, **limits):
        return fields.amount_sentence(AmountError(code), "GBP", **limits)

    assert said("zero") == "Enter an amount above zero."
    assert said("empty", least=Money(500, "GBP")) == "Enter an amount of £5.00 or more."
    assert said("too_large", most=Money(500, "GBP")) == "Enter an amount of £5.00 or less."
    assert said("too_large") == "Enter a smaller amount."


def test_one_line_is_one_line_and_keeps_the_half_space():
    assert fields.one_line(" a\r\nb\t c\x00 ") == "a b c"
    assert fields.one_line("می\u200cشود") == "می\u200cشود"
    assert fields.one_line(None) == fields.cleaned(None) == ""
