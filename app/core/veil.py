"""Names that may not be told: found however they are written, and replaced. Pure.

A text is compared in one folded form (case, accents, Persian and Arabic letters, digits, NFC and NFD are alike); what
stands unseen or as markup inside a word (soft hyphens, zero-width signs, `Jo*hn*`, `<em>`) counts for nothing. Every
sign of the folded text knows where it came from, so what is replaced is exactly what was found.
"""

import html as entities
import json
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote

from app.core.text import fold

SHORTEST = 2  # letters and digits of a name that stands alone
_NOTHING, _WALL = "\x00", "\x01"  # what counts for nothing, and what no name reaches across
_UNSEEN = frozenset("*_~`\\'\u2019\u02bc\u2018")
_BETWEEN = "[^\\w\x01]|_"
_GAP, _SPACE = f"(?:{_BETWEEN}){{0,6}}", f"(?:{_BETWEEN}){{1,6}}"
_START, _END = r"(?<![^\W_])", r"(?![^\W_])"
_WORD = re.compile(r"[^\W_]+")
_TITLES = (
    *("mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "dame", "lord", "lady", "rev", "reverend"),
    *("\u0622\u0642\u0627\u06cc", "\u0622\u0642\u0627", "\u062e\u0627\u0646\u0645", "\u062f\u06a9\u062a\u0631"),
    *("\u0645\u0647\u0646\u062f\u0633", "\u0633\u06cc\u062f", "\u0633\u06cc\u062f\u0647", "\u062d\u0627\u062c"),
)
# What Persian hangs on a name without a space, and English.
_ENDINGS = (
    "(?:\u06cc\u06cc|\u06cc|\u0647\u0627|\u0647\u0627\u06cc|\u0645|\u062a|\u0634|\u0627\u0645|\u0627\u062a|\u0627\u0634"
    "|\u0645\u0627\u0646|\u062a\u0627\u0646|\u0634\u0627\u0646|\u0633\u062a|\u0631\u0627)?"
)
_PLURAL = "(?:e?s)?"


@dataclass(frozen=True)
class Name:
    """What may not be told, and what stands in its place. Of a person every part of the name, with or without title,
    as initials, in either order; of anything else just these words. `others` are further spellings, taken as they are.
    """

    words: str
    told: str
    is_person: bool = True
    others: tuple[str, ...] = ()


# ---------------------------------------------------------------- folding
class _Signs(dict[str, str]):
    """Signs as they are compared; each is worked out once."""

    def __missing__(self, sign: str) -> str:
        if sign in _UNSEEN or unicodedata.category(sign) in ("Cf", "Mn", "Me", "Cs"):
            folded = _NOTHING
        else:
            folded = fold(sign) or (_NOTHING if sign.strip() else " ")
        self[sign] = folded
        return folded


_SIGNS = _Signs()


def _folded(texts: list[str]) -> tuple[str, list[int]]:
    """Pieces of text as they are compared, and for each sign of that the piece that it came from."""
    parts = [
        "".join([_SIGNS[sign] for sign in text]) if len(text) > 1 else _SIGNS[text] if text else "" for text in texts
    ]
    return "".join(parts), [place for place, part in enumerate(parts) for _sign in part]


# ---------------------------------------------------------------- patterns
def _units(words: str) -> list[list[str]]:
    """The words of a name as they are compared; what a hyphen or a half-space joins is one unit of several words."""
    plain = "".join(sign for sign in words if sign not in _UNSEEN)
    found = [_WORD.findall(fold(unit)) for unit in plain.split()]
    return [unit for unit in found if unit]


def _written(words: Iterable[str]) -> str:
    """A pattern of these words in a row, whatever counts for nothing in and between them."""
    return _GAP.join(f"{_NOTHING}*".join(map(re.escape, word)) for word in words)


def _whole(pattern: str, words: str) -> str:
    ending = _PLURAL if words.isascii() else _ENDINGS
    return f"{_START}{pattern}{ending}{_END}"


def _forms(name: Name) -> list[tuple[int, str]]:
    """The patterns of a name, each with its rank: the lower one is tried first where both begin."""
    found = []
    for spelling in name.others:
        if units := _units(spelling):
            words = [word for unit in units for word in unit]
            found.append((1, _whole(_written(words), "".join(words))))
    units = _units(name.words)
    if not units:
        return found
    if not name.is_person:
        words = [word for unit in units for word in unit]
        return [*found, (1, _whole(_written(words), "".join(words)))]
    while len(units) > 1 and units[0][0] in _PLAIN_TITLES:
        units = units[1:]
    *given, last = units
    surname, letters = _written(last), "".join(last)
    title = f"(?:(?:{'|'.join(_written([word]) for word in _PLAIN_TITLES)}){_SPACE}){{0,3}}"
    found.append((4, _whole(f"{title}{surname}", letters)))
    if given:
        firsts = "|".join(_written(unit) for unit in given)
        initials = "|".join(re.escape(unit[0][0]) for unit in given)
        any_first = f"(?:(?:{firsts})|(?:{initials}){_END})"
        # Every repetition has an end, or a text made for it would be searched for ever.
        middle = f"(?:[^\\W_]{_END}{_GAP}){{0,2}}"
        found.append((0, _whole(f"{title}(?:{any_first}{_GAP}){{1,4}}{middle}{surname}", letters)))
        found.append((0, f"{_START}{surname}{_SPACE}(?:{firsts}){_END}(?:{_SPACE}(?:{any_first}){_END}){{0,3}}"))
        dotted = _GAP.join(f"{re.escape(unit[0][0])}\\." for unit in given)
        found.append((3, f"{_START}{dotted}{_GAP}{re.escape(last[0][0])}{_END}(?!{_NOTHING}*[^\\W_])\\.?"))
        for unit in given:
            if len("".join(unit)) > SHORTEST:
                found.append((5, _whole(f"{title}{_written(unit)}", "".join(unit))))
    return found


_PLAIN_TITLES = [fold(title) for title in _TITLES]


# ---------------------------------------------------------------- the veil
_TAG = re.compile(
    r"<!--.*?-->|<script\b(?:\"[^\"]*\"|'[^']*'|[^'\">])*>.*?</script\s*>|<style\b.*?</style\s*>"
    r"|<!\[CDATA\[|\]\]>|</?[a-zA-Z!?](?:\"[^\"]*\"|'[^']*'|[^'\">])*>",
    re.DOTALL | re.IGNORECASE,
)
_JSON_SCRIPT = re.compile(r"(<script\b[^>]*\bjson\b[^>]*>)(.*?)(</script\s*>)", re.DOTALL | re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d+|#[xX][0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);?")
_ATTRIBUTE = re.compile(r"([a-zA-Z][\w:.-]*)(\s*=\s*)(\"[^\"]*\"|'[^']*')")
_INLINE = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|cite|code|data|del|dfn|em|font|i|ins|kbd|mark|q|s|samp|small|span|strong|sub|sup|time|u|var"
    r"|wbr)\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?i)(?:https?:|mailto:|/)")
_PART_OF_ADDRESS = re.compile(r"[^/?&=#;:@\"]+")
# Attributes that hold no words of anybody's.
_SILENT = frozenset(
    [
        *("class", "id", "for", "name", "type", "rel", "method", "role", "lang", "dir", "width", "height", "style"),
        *("sizes", "loading", "autocomplete", "http-equiv", "integrity", "viewbox", "d", "points", "fill", "stroke"),
        *("aria-controls", "aria-labelledby", "aria-describedby"),
    ]
)
_MARK_OF_FORM = re.compile(r"name=\"(?:csrf_token|form_key|seen|version)\"")


class Veil:
    """Replaces names. `spared` are whole phrases that stay although a name is a part of them."""

    def __init__(self, names: Iterable[Name], spared: Iterable[str] = ()) -> None:
        forms = sorted(
            ((rank, place, pattern, name.told) for place, name in enumerate(names) for rank, pattern in _forms(name)),
            key=lambda form: form[:2],
        )
        self._told = [told for _rank, _place, _pattern, told in forms]
        kept = [_written(word for unit in _units(phrase) for word in unit) for phrase in spared if _units(phrase)]
        patterns = [f"({pattern})" for _rank, _place, pattern, _told in forms]
        groups = [f"({_START}(?:{'|'.join(kept)}){_END})" if kept else "(?!)()", *patterns]
        self._pattern = re.compile("|".join(groups)) if patterns else None

    def _found(self, folded: str) -> list[tuple[int, int, str]]:
        """Where names stand in a folded text, and what is told instead."""
        if self._pattern is None:
            return []
        return [
            (found.start(), found.end(), self._told[found.lastindex - 2])
            for found in self._pattern.finditer(folded)
            if found.lastindex is not None and found.lastindex > 1
        ]

    def is_in(self, text: str) -> bool:
        """Whether a name stands in `text`."""
        return bool(self._found(_folded(list(text))[0]))

    def text(self, text: str) -> str:
        """Plain text without the names."""
        return "".join(self._replaced(list(text), list(text), str))

    def _replaced(self, sources: list[str], texts: list[str], written: Callable[[str], str]) -> list[str]:
        """`sources` with the names taken out; `texts` is what each says. Sources that say nothing stay."""
        folded, places = _folded(texts)
        for start, end, told in self._found(folded):
            for place in dict.fromkeys(places[start:end]):
                if texts[place] not in (_NOTHING, _WALL):
                    sources[place] = ""
            first = next(place for place in places[start:end] if texts[place] not in (_NOTHING, _WALL))
            sources[first] = written(told)
            after = places[end - 1] + 1
            while after < len(texts) and unicodedata.combining(texts[after][:1] or " "):
                sources[after] = ""  # an accent of the last letter
                after += 1
        return sources

    def html(self, page: str) -> str:
        """HTML or XML without the names: in its text, whatever tags stand within them, in attributes and JSON."""
        sources: list[str] = []
        texts: list[str] = []
        end = 0
        for tag in _TAG.finditer(page):
            self._take(page[end : tag.start()], sources, texts)
            sources.append(self._tag(tag[0]))
            texts.append(_NOTHING if _INLINE.match(tag[0]) or tag[0].startswith("<!--") else _WALL)
            end = tag.end()
        self._take(page[end:], sources, texts)
        return "".join(self._replaced(sources, texts, _escaped))

    @staticmethod
    def _take(text: str, sources: list[str], texts: list[str]) -> None:
        """Part a text into signs, an entity being one."""
        end = 0
        for entity in _ENTITY.finditer(text):
            sources.extend(text[end : entity.start()])
            texts.extend(text[end : entity.start()])
            sources.append(entity[0])
            texts.append(entities.unescape(entity[0]))
            end = entity.end()
        sources.extend(text[end:])
        texts.extend(text[end:])

    def _tag(self, tag: str) -> str:
        if script := _JSON_SCRIPT.fullmatch(tag):
            said = self.json(script[2])
            for sign in "<>&'":
                said = said.replace(sign, f"\\u{ord(sign):04x}")
            return script[1] + said + script[3]
        if tag.startswith("<!--"):
            return "<!-- -->" if self.is_in(tag) else tag
        if "=" not in tag or _MARK_OF_FORM.search(tag) or tag[:7].lower() in ("<script", "<style"):
            return tag
        return _ATTRIBUTE.sub(self._attribute, tag)

    def _attribute(self, found: re.Match[str]) -> str:
        name, between, quoted = found.groups()
        if name.lower() in _SILENT:
            return found[0]
        value = entities.unescape(quoted[1:-1])
        said = self.address(value) if _ADDRESS.match(value) else self.text(value)
        return found[0] if said == value else f'{name}{between}"{_escaped(said)}"'

    def address(self, address: str) -> str:
        """An address without the names in any of its parts, percent-encoded or not."""

        def part(found: re.Match[str]) -> str:
            plain = unquote(found[0].replace("+", " "))
            said = self.text(plain)
            return found[0] if said == plain else quote(said, safe="")

        said = _PART_OF_ADDRESS.sub(part, address)
        return self.text(said) if self.is_in(unquote(said)) else said

    def json(self, text: str) -> str:
        """JSON without the names in its strings and keys; what is no JSON is taken as plain text."""
        try:
            return json.dumps(self.value(json.loads(text)), ensure_ascii=False)
        except ValueError:
            return self.text(text)

    def value(self, value: Any) -> Any:
        """What JSON is made of, without the names."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(one) for one in value]
        if isinstance(value, dict):
            return {self.text(key): self.value(one) for key, one in value.items()}
        return value


def _escaped(text: str) -> str:
    return entities.escape(text, quote=True)


@lru_cache(maxsize=256)
def veil(names: tuple[Name, ...], spared: tuple[str, ...] = ()) -> Veil:
    """The veil of these names; made once."""
    return Veil(names, spared)
