"""Names that pass for somebody else's: letters of other scripts, invisible signs, and names of verified lawyers.

Two names look alike when their skeletons are equal, as in Unicode Technical Standard 39: every sign is replaced by one
that stands for all that look like it. Which those are comes from the tables of `confusable_homoglyphs`. A name is
never refused for it; whoever verifies the lawyer is told.
"""

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from confusable_homoglyphs import categories
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.core.text import fold
from app.database import db
from app.lawyers.models import Lawyer
from app.lawyers.states import LawyerState

_HALF_SPACE = "\u200c"  # belongs into Persian words
_PERSIAN = re.compile("[\u0600-\u06ff]\u200c[\u0600-\u06ff]")
_SCRIPTS_OF_NO_WORD = frozenset({"COMMON", "INHERITED", "UNKNOWN", "ZINH", "ZYYY"})
_BLANK_LETTERS = "\u115f\u1160\u2800\u3164\uffa0"  # that show nothing, though Unicode calls them letters or symbols
_OWN_DIGITS = re.compile("[\u0660-\u0669\u06f0-\u06f90-9]")


@cache
def _standing_for() -> dict[str, str]:
    """For each sign that looks like others the one that stands for all of them."""
    path = files("confusable_homoglyphs").joinpath("confusables.json")
    alike: dict[str, list[dict[str, str]]] = json.loads(path.read_text("utf-8"))
    leader: dict[str, str] = {}

    def find(sign: str) -> str:
        while leader.setdefault(sign, sign) != sign:
            sign = leader[sign]
        return sign

    for sign, others in alike.items():
        for other in (one["c"] for one in others):
            if len(sign) == len(other) == 1:
                first, second = sorted((find(sign), find(other)))
                leader[second] = first
    found = {sign: find(sign) for sign in leader}
    # Signs that look like several letters, such as "m" and "rn", or a ligature.
    for sign, others in alike.items():
        longer = [one["c"] for one in others if len(one["c"]) > 1 and one["c"].isascii()]
        if len(sign) == 1 and longer:
            found[sign] = "".join(found.get(letter, letter) for letter in min(longer))
    return found


def _replaced(text: str) -> str:
    table = _standing_for()
    return "".join(table.get(sign, sign) for sign in text)


def skeleton(text: str) -> str:
    """What is left of `text` when all that looks alike is the same. Not for showing."""
    text = unicodedata.normalize("NFKD", _replaced(_visible(text)))
    text = unicodedata.normalize("NFKD", _replaced(_replaced(_visible(text))).casefold())
    text = _replaced(_replaced(text)).casefold()
    return "".join(sign for sign in text if sign.isalnum())


@lru_cache(maxsize=50_000)
def skeletons(text: str) -> frozenset[str]:
    """The skeletons of `text`, as it is written and in small letters: a capital looks like other signs."""
    return frozenset({skeleton(text), skeleton(fold(text))} - {""})


def _visible(text: str) -> str:
    return "".join(
        sign
        for sign in text
        if unicodedata.category(sign) not in ("Cf", "Cc", "Mn", "Cs") and sign not in _BLANK_LETTERS
    )


def has_hidden_signs(text: str) -> bool:
    """Whether `text` has signs that nobody sees or that turn its direction; a half-space in Persian is none."""
    left = text
    while _PERSIAN.search(left):
        left = _PERSIAN.sub(lambda found: found[0].replace(_HALF_SPACE, ""), left)
    return any(unicodedata.category(sign) in ("Cf", "Cc", "Co", "Cn") or sign in _BLANK_LETTERS for sign in left)


def mixes_scripts(text: str) -> bool:
    """Whether a word of `text` has letters of several scripts, or one that is drawn to look like a plain letter."""
    for word in text.split():
        letters = [sign for sign in word if not _OWN_DIGITS.match(sign)]
        scripts = {categories.alias(sign) for sign in letters} - _SCRIPTS_OF_NO_WORD
        if len(scripts) > 1 or any(_is_drawn(sign) for sign in letters):
            return True
    return False


def _is_drawn(sign: str) -> bool:
    """Whether a sign is a variant of a letter, such as a bold one of mathematics or a full-width one."""
    plain = unicodedata.normalize("NFKC", sign)
    return sign.isalnum() and plain != sign and plain.isascii()


@dataclass(frozen=True)
class Doubt:
    """Something about a name that a person must look at: `kind` is "hidden", "mixed", "same" or "alike".

    `part` is "name", "register_name" or "firm", `text` what stands there, and `like` what it resembles, of `lawyer`.
    """

    kind: str
    part: str
    text: str
    like: str = ""
    lawyer: Lawyer | None = None


def doubts(lawyer: Lawyer) -> list[Doubt]:
    """What is doubtful about the names of `lawyer`; reads the names of all whose badge stands, stood or rests."""
    own = {"name": lawyer.user.name, "register_name": lawyer.register_name, "firm": lawyer.firm}
    if own["register_name"] == own["name"]:
        del own["register_name"]
    found = []
    for part, text in own.items():
        if has_hidden_signs(text):
            found.append(Doubt("hidden", part, text))
        if mixes_scripts(text):
            found.append(Doubt("mixed", part, text))
    known = select(Lawyer).where(
        Lawyer.id != lawyer.id,
        or_(
            Lawyer.state.in_((LawyerState.VERIFIED, LawyerState.SUSPENDED)),
            Lawyer.pending_since.is_not(None),
        ),
    )
    bones = {part: skeletons(text) for part, text in own.items() if text}
    for other in db.session.scalars(known.options(joinedload(Lawyer.user)).order_by(Lawyer.id)):
        found += _alike(own, bones, other)
    return found


def _alike(own: dict[str, str], bones: dict[str, frozenset[str]], other: Lawyer) -> list[Doubt]:
    found, names = [], {other.user.name, other.register_name} - {""}
    for part, bone in bones.items():
        text = own[part]
        if part == "firm":
            # Colleagues work at one firm: only one that is written otherwise is doubtful.
            if bone & skeletons(other.firm) and text != other.firm and fold(text) != fold(other.firm):
                found.append(Doubt("alike", part, text, other.firm, other))
            continue
        for name in sorted(names):
            if bone & skeletons(name):
                kind = "same" if text == name else "alike"
                found.append(Doubt(kind, part, text, name, other))
                break
    return found
