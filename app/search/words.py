"""Words as the search compares them. Pure.

Both databases are handed nothing but folded words with single spaces between them, so neither reads punctuation,
operators or quotes in its own way.
"""

import re
from collections.abc import Iterable

from app.core.text import fold

LONGEST_QUESTION = 200  # characters that are read of a question
MOST_WORDS = 8
LONGEST = 40  # characters of a word
LONGEST_TEXT = 60_000  # characters of a text; PostgreSQL takes a megabyte of vector at most
SHORTEST_MENDED = 4
_APOSTROPHES = re.compile("['\u2019\u02bc\u2018`]")
_WORD = re.compile(r"[^\W_]+")
# What stands in every text and tells nothing; in Persian also the endings that a half-space sets apart.
_EMPTY = frozenset(
    fold(
        "a an and are as at be but by for from in into is it its of on or s t that the their this to was were will "
        "with \u0627\u0632 \u062f\u0631 \u0628\u0647 \u0648 \u0631\u0627 \u06a9\u0647 \u0628\u0627 \u0628\u0631\u0627"
        "\u06cc \u0627\u06cc\u0646 \u0622\u0646 \u06cc\u06a9 \u0647\u0627 \u0647\u0627\u06cc \u0627\u06cc \u0627\u06cc"
        "\u0645 \u0627\u0646\u062f \u0645\u06cc \u0646\u0645\u06cc \u062a\u0631 \u062a\u0631\u06cc\u0646"
    ).split()
)


def words(text: str) -> list[str]:
    """The words of `text`, folded, in their order."""
    return [word[:LONGEST] for word in _WORD.findall(_APOSTROPHES.sub("", fold(text)))]


def written(*texts: str) -> str:
    """What is stored of a text."""
    return " ".join(words(" ".join(texts)[:LONGEST_TEXT]))


def asked(question: str) -> list[str]:
    """The words of a question, each once; without the empty ones, unless it has no others."""
    found = list(dict.fromkeys(words(question[:LONGEST_QUESTION])))
    return ([word for word in found if word not in _EMPTY] or found)[:MOST_WORDS]


def matches(word: str, wanted: Iterable[str]) -> bool:
    """Whether a folded word of a text is near enough to a wanted one to be marked: the same but for its ending."""
    return any(
        word == other
        or (min(len(word), len(other)) >= 4 and abs(len(word) - len(other)) <= 3 and _share_start(word, other))
        for other in wanted
    )


def _share_start(one: str, other: str) -> bool:
    shorter = min(len(one), len(other))
    return one[: max(4, shorter - 1)] == other[: max(4, shorter - 1)]


# ---------------------------------------------------------------- mistyped words
def is_mendable(word: str) -> bool:
    """Whether a mistyped `word` can be told from another: long enough, and no number or citation."""
    return len(word) >= SHORTEST_MENDED and word.isalpha()


def grams(word: str) -> set[str]:
    """Three letters in a row, the word's edges counted: "  r", " ri", "riv", "ive", "ver", "er "."""
    padded = f"  {word} "
    return {padded[start : start + 3] for start in range(len(padded) - 2)}


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `word` was most likely meant to be: one slip away, two in a long word. None if none is."""
    most = 1 if len(word) < 6 else 2
    near = [(slips, other) for other in candidates if (slips := distance(word, other, most)) <= most]
    return min(near)[1] if near else None


def distance(one: str, other: str, most: int) -> int:
    """Letters put in, left out, changed, or swapped with the next; anything above `most` stands for "far"."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, its in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == its:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
