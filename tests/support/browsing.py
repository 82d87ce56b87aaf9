"""Where a browser goes: the rules of https://url.spec.whatwg.org that attacks on redirects live on."""

import re
from html.parser import HTMLParser
from urllib.parse import SplitResult, urljoin, urlsplit

_TRIMMED = "".join(map(chr, range(33)))
_HOST = re.compile(r"(?i)(https?:)?/{2,}")
_LEADS = ("href", "action", "formaction", "src")


def goes(address: str, site: str) -> SplitResult:
    """Where a browser that shows a page of `site` (an absolute address) goes for `address`.

    It drops tabs and line ends, trims spaces and control characters, reads a backslash as a slash and any number of
    slashes as two; and a scheme that is its own, with no slashes behind it, as no scheme at all.
    """
    read = re.sub(r"[\t\r\n]", "", address.strip(_TRIMMED))
    way, mark, rest = re.match(r"(?s)([^?#]*)([?#]?)(.*)", read).groups()  # type: ignore[union-attr]
    if re.match(r"(?i)https?:|[^a-z]|$", way):
        way = _HOST.sub(lambda found: (found[1] or "") + "//", way.replace("\\", "/"), count=1)
    if re.match(r"(?i)https:(?!//)", way):
        way = way[len("https:") :]
    return urlsplit(urljoin(site, way + mark + rest))


def leads(html: str) -> list[str]:
    """Every address that a page leads to, or fetches from."""
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.extend(value or "" for name, value in attrs if name in _LEADS)

    Reader().feed(html)
    return found
