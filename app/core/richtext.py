"""Stories and updates: Markdown rendered and sanitised, once, when it is written.

Two guards that do not trust each other: the renderer knows no raw HTML, no pictures and only our link schemes; bleach
then parses what came out anew and keeps an explicit list. Keep `policy_version` beside the HTML: a row with an older
one is rendered again from its source.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import bleach
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token

from app.core.text import clean_text, without_controls

POLICY_VERSION = 1

TAGS = frozenset({"p", "br", "hr", "h3", "h4", "strong", "em", "ul", "ol", "li", "blockquote", "a", "code", "pre"})
SCHEMES = frozenset({"http", "https", "mailto"})
REL = "nofollow ugc noopener"
# No name before the host: "https://bank.example@evil.example" leads to evil.example.
_WEB = re.compile(r"https?://[^\s/?#\\@<>\"']+(?:[/?#][^\s\\<>\"]*)?", re.IGNORECASE)
_MAIL = re.compile(r"mailto:[^\s:/?#\\@<>\"']+@[^\s:/?#\\@<>\"']+", re.IGNORECASE)


@dataclass(frozen=True)
class RichText:
    """Sanitised HTML and the version of the rules that made it."""

    html: str
    policy_version: int


def render(markdown: str) -> RichText:
    """HTML that may be shown as it is. Headings become h3 and h4, to stand below a page's own h2."""
    tokens = _parser.parse(clean_text(markdown))
    _shift_headings(tokens)
    for token in tokens:
        token.children = _only_our_links(token.children) if token.children else token.children
    rendered: str = _parser.renderer.render(tokens, _parser.options, {})
    return RichText(sanitise(rendered), POLICY_VERSION)


def sanitise(html: str) -> str:
    """Any HTML, reduced to what a story may hold."""
    html = bleach.clean(html, TAGS, _ATTRIBUTES, SCHEMES, strip=True)
    # An entity such as &#8238; is a direction control only now. Not composed again: NFC may swallow the ">" of a tag.
    return without_controls(html).strip()


def is_our_link(url: str) -> bool:
    """Whether a link in a story may lead to `url`: absolute, by http, https or mail, hiding no host."""
    return bool(_WEB.fullmatch(url) or _MAIL.fullmatch(url))


def _keep_attribute(_tag: str, name: str, value: str) -> bool:
    return is_our_link(value) if name == "href" else name == "rel" and value == REL


_ATTRIBUTES: dict[str, list[str] | Callable[[str, str, str], bool]] = {"a": _keep_attribute, "ol": ["start"]}


def _shift_headings(tokens: list[Token]) -> None:
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    top = min((token.tag for token in headings), default="")
    seen = False
    for token in headings:
        # h4 only below an h3, whatever the writer began with: a page must not skip a level.
        seen = seen or token.tag == top
        token.tag = "h3" if token.tag == top or not seen else "h4"


def _only_our_links(children: list[Token]) -> list[Token]:
    kept: list[Token] = []
    dropped = False  # links do not nest
    for token in children:
        if token.type == "link_open":
            dropped = not is_our_link(str(token.attrGet("href") or ""))
            token.attrs = {"href": token.attrs["href"], "rel": REL}
        if not (dropped and token.type in ("link_open", "link_close")):
            kept.append(token)
    return kept


def _words_of_picture(renderer: Any, tokens: list[Token], index: int, options: Any, env: Any) -> str:
    return escapeHtml(renderer.renderInlineAsText(tokens[index].children, options, env))


# Code by indentation is off: pasted text often begins with spaces.
_parser = MarkdownIt("commonmark", {"html": False}).disable(["code", "html_block", "html_inline"])
_parser.add_render_rule("image", _words_of_picture)
