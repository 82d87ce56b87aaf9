"""Regulators as data: each takes its own example, in either digits, and none of somebody else's."""

import pytest

from app.lawyers.regulators import BARS, HEADINGS, REGULATORS, heading_of, is_number, key_of, label_of, normal_number

PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def test_every_state_and_the_capital_have_a_bar():
    assert len(BARS) == 51 and {"ca", "ny", "tx", "dc"} <= BARS.keys()
    assert {"sra", "bsb", "lss", "lsni", "iba", "us", "other"} == HEADINGS.keys()


@pytest.mark.parametrize("key", REGULATORS)
def test_each_regulator_takes_its_example_in_either_digits(key):
    known = REGULATORS[key]
    for typed in (known.example, known.example.translate(PERSIAN), f"  {known.example.lower()} "):
        assert is_number(known.name, normal_number(typed)), typed
    assert not is_number(known.name, "!") and not is_number(known.name, "1" * 41)
    assert known.register.startswith("https://") and key_of(known.name) == key and len(known.name) <= 80
    assert len(key) <= 20 and heading_of(key)[0] in HEADINGS


def test_a_number_of_another_regulator_is_refused():
    assert not is_number(REGULATORS["us-tx"].name, "612345") and is_number(REGULATORS["sra"].name, "612345")
    assert not is_number(REGULATORS["iba"].name, "B-20177")


def test_a_state_bar_is_named_with_its_state(db):
    assert str(label_of("State bar of California")) == "State bar of California"
    assert heading_of("us-ca") == ("us", "ca") and heading_of("sra") == ("sra", "")
