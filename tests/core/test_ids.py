import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import ids

KEY = b"a key for tests"


def test_public_ids_are_short_distinct_and_need_no_escaping():
    made = {ids.public_id() for _ in range(1000)}
    assert len(made) == 1000
    assert all(re.fullmatch("[0-9a-hjkmnp-tv-z]{20}", one) for one in made)
    assert re.fullmatch("case-[0-9a-z]{20}", ids.public_id("case-"))


def test_tokens_have_at_least_128_bits_and_never_end_in_a_sign_that_mail_programs_cut_off():
    made = {ids.token() for _ in range(1000)}
    assert len(made) == 1000
    assert all(re.fullmatch("[0-9a-hjkmnp-tv-z]{26,}", one) for one in made)


def test_a_token_is_stored_as_its_hash():
    assert ids.hash_token("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert len(ids.hash_token("\ud800 no text at all")) == 64


def test_a_derived_token_is_the_same_each_time_and_verifies():
    made = ids.derive(KEY, "unsubscribe", 7, 1)
    assert made == ids.derive(KEY, "unsubscribe", 7, 1)
    assert ids.verify_derived(KEY, "unsubscribe", 7, 1, made)


@pytest.mark.parametrize(
    "other",
    [(b"other", "pledge", 7, 1), (KEY, "case", 7, 1), (KEY, "pledge", 8, 1), (KEY, "pledge", 7, 2)],
)
def test_a_derived_token_opens_nothing_else(other):
    assert not ids.verify_derived(*other, ids.derive(KEY, "pledge", 7, 1))


def test_parts_that_run_together_give_different_tokens():
    assert ids.derive(KEY, "a", "b", 1) != ids.derive(KEY, "ab", "", 1)
    assert ids.derive(KEY, 'a", "b', "c", 1) != ids.derive(KEY, "a", 'b", "c', 1)


@pytest.mark.parametrize("given", ["", "é", "\ud800", "a" * 10_000])
def test_any_text_may_be_offered_as_a_derived_token(given):
    assert not ids.verify_derived(KEY, "pledge", 7, 1, given)


def test_a_signed_link_reads_back():
    public_id = ids.public_id()
    assert ids.read_link(KEY, "pledge", ids.sign_link(KEY, "pledge", public_id, 3)) == (public_id, 3)


def test_a_link_signed_for_one_purpose_opens_no_other():
    token = ids.sign_link(KEY, "pledge", "abc", 1)
    assert ids.read_link(KEY, "consent", token) is None
    assert ids.read_link(b"other", "pledge", token) is None


@given(st.integers(0, 200), st.characters())
def test_a_link_with_one_letter_changed_opens_nothing(place, letter):
    token = ids.sign_link(KEY, "pledge", "abcdefgh", 12)
    place %= len(token)
    changed = token[:place] + letter + token[place + 1 :]
    assert ids.read_link(KEY, "pledge", changed) == (("abcdefgh", 12) if changed == token else None)


@given(st.text())
def test_no_text_breaks_the_reader_of_links(text):
    assert ids.read_link(KEY, "pledge", text) is None


def test_a_version_has_one_spelling():
    token = ids.sign_link(KEY, "pledge", "abc", 1)
    assert ids.read_link(KEY, "pledge", token.replace(".1.", ".01.")) is None
    assert ids.read_link(KEY, "pledge", token.replace(".1.", ".۱.")) is None
