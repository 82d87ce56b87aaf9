"""The attacks as they are typed, harmless words that fill as many boxes, and what a page is besides them."""

import json
import re
from collections import Counter
from functools import cache
from html import escape as escape_text
from urllib.parse import quote

import css_inline
import html5lib
from markupsafe import escape

from app.core import richtext
from app.core.text import clean_text
from app.web.fields import one_line
from tests.support.corpora import rows
from tests.support.oracle_html import URL_ATTRIBUTES, violations

ROWS = [row for family in ("xss-html", "xss-url", "naughty-strings") for row in rows(family)]
PLAIN = one_line(" ".join(row["text"] for row in ROWS))
RICH = clean_text("\n\n".join(row["text"] for row in ROWS))
# Too long for every box too, so that the same pages are answered.
TWIN_PLAIN, TWIN_RICH = "harmless words " * 400 + "end", "harmless words\n\n" * 1500 + "end"
ATTRIBUTES = {"a": {"href", "rel"}, "ol": {"start"}}
SCHEMES = {"https", "http", "mailto"}
_STYLE = re.compile(r'(<[a-z][^<>]*?) style="[^"]*"')
_SCHEME = re.compile(r"\s*([a-zA-Z][a-zA-Z0-9+.\-]*):")


@cache
def rendered(rich: str) -> str:
    """Markdown as the portal shows it."""
    return richtext.render(rich).html


def unstyled(letter: str) -> str:
    """A letter without the styles that are copied into its elements."""
    return _STYLE.sub(r"\1", letter)


class Sieve:
    """Takes out of pages and letters what was typed wherever it stands as it should: escaped to the last sign.

    PLAIN and RICH stand in its place; whatever is left over is looked at as a browser reads it.
    """

    def __init__(self, plain: str, rich: str) -> None:
        html, dumped = rendered(rich), json.dumps(plain)[1:-1]
        written_again = css_inline.CSSInliner().inline(f"<body>{html}</body>")
        in_json = dumped.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026").replace("'", "\\u0027")
        self._signs = {
            html: "RICH",
            re.search("(?s)<body>(.*)</body>", written_again)[1]: "RICH",  # type: ignore[index]
            str(escape(rich)): "RICH",
            str(escape(plain)): "PLAIN",
            escape_text(plain, quote=False): "PLAIN",
            in_json: "PLAIN",
            str(escape(dumped)): "PLAIN",
            quote(plain): "PLAIN",
        }

    def take(self, html: str) -> str:
        for words, sign in self._signs.items():
            html = html.replace(words, sign)
        return html


def judged(plain: str, rich: str) -> list[str]:
    """What the judge finds in the words as the sieve takes them out."""
    return [
        *violations(str(escape(plain)), (), {}, ()),
        *violations(str(escape(rich)), (), {}, ()),
        *violations(rendered(rich), richtext.TAGS, ATTRIBUTES, richtext.SCHEMES),
    ]


@cache
def bones(html: str) -> Counter[str]:
    """Every element of a page with its attributes, as a browser reads it, and how often it is there.

    Of addresses the scheme is told, of scripts whether they have a source.
    """
    found: Counter[str] = Counter()
    for element in html5lib.parse(html, namespaceHTMLElements=False).iter():
        if isinstance(element.tag, str):
            schemes = {_SCHEME.match(element.attrib.get(name, "")) for name in URL_ATTRIBUTES} - {None}
            told = sorted({scheme[1] for scheme in schemes if scheme})
            found[" ".join([element.tag, *sorted(map(str, element.attrib)), *told])] += 1
    return found


def differences(page: str, twin: str) -> dict[str, tuple[int, int]]:
    """Which elements a page has more or fewer of than its twin."""
    one, other = bones(page), bones(twin)
    return {what: (one[what], other[what]) for what in one.keys() | other.keys() if one[what] != other[what]}
