"""The part of a text that holds what was looked for, with the words marked. Pure; the answer is escaped."""

import re

from markupsafe import Markup, escape

from app.search.words import matches, words

LENGTH = 220  # characters, about
_LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\s]*\)")
_SIGNS = re.compile(r"(?m)^\s{0,3}(?:#{1,6}\s+|>\s?|[-*+]\s+|\d+\.\s+)|[*_`~\\]+")


def plain(markdown: str) -> str:
    """Markdown as one line of words: no headings, quotes, lists, emphasis or addresses of links."""
    return " ".join(_SIGNS.sub("", _LINK.sub(r"\1", markdown)).split())


def snippet(text: str, wanted: list[str], length: int = LENGTH) -> Markup:
    """Some words of `text` around the first that is `wanted`, each such word in <mark>; its beginning if none is."""
    parts = text.split()
    hits = {place for place, part in enumerate(parts) if any(matches(word, wanted) for word in words(part))}
    start = max(0, min(hits, default=0) - 6)
    shown: list[Markup] = []
    end, used = start, 0
    while end < len(parts) and (used == 0 or used + len(parts[end]) < length):
        part = parts[end] if len(parts[end]) <= length else parts[end][:length]
        shown.append(Markup("<mark>{}</mark>").format(part) if end in hits else escape(part))
        used += len(part) + 1
        end += 1
    words_between = Markup(" ").join(shown)
    before, after = ("… " if start else ""), (" …" if end < len(parts) else "")
    return Markup("{}{}{}").format(before, words_between, after)
