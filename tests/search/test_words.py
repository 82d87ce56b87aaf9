"""Words as the search compares them. Persian letters are written as escapes: an editor may swap them unseen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.search import words
from app.search.words import asked, distance, matches, nearest, written

# "cases": keheh, yeh and a half-space; "freedom": alef with madda, as one sign and as two
PARVANDE = "\u067e\u0631\u0648\u0646\u062f\u0647"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("\u06a9\u06cc\u0641", "\u0643\u064a\u0641"),  # keheh and Persian yeh, kaf and Arabic yeh
        ("\u06a9\u06cc\u0641", "\u0643\u0649\u0641"),  # alef maksura
        (f"{PARVANDE}\u200c\u0647\u0627", f"{PARVANDE} \u0647\u0627"),  # half-space
        ("\u0622\u0628", "\u0627\u0653\u0628"),  # madda apart
        ("\u06f1\u06f4\u06f0\u06f5", "1405"),
        ("\u0661\u0664\u0660\u0665", "1405"),
        ("\u062d\u064e\u0642\u0651", "\u062d\u0642"),  # vowel signs
        ("\u062d\u0640\u0640\u0642", "\u062d\u0642"),  # tatweel
        ("Café RIVER", "cafe river"),
        ("the council’s", "the councils"),
    ],
)
def test_what_looks_alike_is_alike(one, other):
    assert written(one) == written(other) != ""


def test_a_plural_with_a_half_space_holds_the_word():
    assert PARVANDE in written(f"{PARVANDE}\u200c\u0647\u0627\u06cc").split()


def test_signs_are_no_words():
    assert asked('"river" OR (sewage*) -title:^ {}') == ["river", "sewage", "title"]
    assert asked("?!… — «»") == [] and asked("") == []


def test_empty_words_count_only_alone():
    assert asked("the river of the north") == ["river", "north"] and asked("to be") == ["to", "be"]


def test_a_question_is_read_to_its_limits():
    assert len(asked(" ".join(f"word{n}" for n in range(40)))) == words.MOST_WORDS
    assert asked("x" * 10_000) == ["x" * words.LONGEST]


@given(st.text())
def test_whatever_is_typed_comes_to_plain_words(text):
    for word in asked(text):
        assert word.isalnum() and len(word) <= words.LONGEST and "\0" not in word


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("rivr", "river"), ("rievr", "river"), ("librrary", "library"), ("discrimintion", "discrimination")],
)
def test_a_slip_of_the_hand_is_forgiven(typed, meant):
    assert nearest(typed, ["river", "library", "discrimination", "council"]) == meant


@pytest.mark.parametrize("typed", ["cat", "rover street", "zzzzz", "libel"])
def test_another_word_is_not(typed):
    assert nearest(typed, ["river", "library"]) in (None, "river") and nearest("zzzzz", ["river"]) is None


def test_slips_are_counted():
    pairs = [("river", "river"), ("river", "rivre"), ("river", "rive"), ("river", "rover"), ("river", "diver")]
    assert [distance(*pair, 2) for pair in pairs] == [0, 1, 1, 1, 1] and distance("river", "library", 2) > 2


def test_what_is_near_enough_is_marked():
    assert matches("rivers", ["river"]) and matches("river", ["rivers"]) and matches("river", ["river"])
    assert not matches("riverside", ["river"]) and not matches("re", ["river"]) and not matches("driver", ["river"])
