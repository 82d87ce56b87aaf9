"""An independent judge of sanitised HTML (CC0).

It parses the output anew with a browser-grade parser (in three contexts, and once more after writing it out again, for
HTML that changes its meaning on the way) and never trusts the sanitiser's own reading.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import html5lib

URL_ATTRIBUTES = {
    *("href", "src", "action", "formaction", "background", "poster", "data", "cite", "xlink:href", "srcset", "ping"),
    *("manifest", "longdesc"),
}
_NEVER = {"style", "srcdoc", "id", "name", "class", "form", "formaction", "is", "slot"}
_BELOW_SPACE = "".join(map(chr, range(0x21)))


def violations(
    html: str, tags: Collection[str], attributes: Mapping[str, Collection[str]], schemes: Collection[str]
) -> list[str]:
    """What is wrong with `html`, sorted; empty means safe. `attributes["*"]` are allowed on every tag."""
    found: set[str] = set()
    for context in ("div", "td", "p"):
        found.update(_wrong(_fragment(html, context), tags, attributes, schemes, context))
    again = html5lib.serialize(
        _fragment(html, "div"), quote_attr_values="always", omit_optional_tags=False, escape_lt_in_attrs=False
    )
    found.update(_wrong(_fragment(again, "div"), tags, attributes, schemes, "second round"))
    found.update(_escapes(html))
    return sorted(found)


def _fragment(html: str, container: str) -> Any:
    return html5lib.parseFragment(html, container=container, namespaceHTMLElements=False)


def _walk(element: Any) -> Iterator[Any]:
    yield element
    for child in element:
        yield from _walk(child)


def _as_browsers_read(url: str) -> str:
    """What a browser does before it looks for a scheme."""
    return (url or "").strip(_BELOW_SPACE).translate({9: None, 10: None, 13: None})


def _wrong(
    root: Any, tags: Collection[str], attributes: Mapping[str, Collection[str]], schemes: Collection[str], where: str
) -> Iterator[str]:
    for element in _walk(root):
        tag = element.tag
        if not isinstance(tag, str) or tag == "DOCUMENT_FRAGMENT":
            continue
        if tag not in tags:
            yield f"{where}: tag <{tag}>"
            continue
        allowed = {*attributes.get("*", ()), *attributes.get(tag, ())}
        for key, value in element.attrib.items():
            name = (key if isinstance(key, str) else ":".join(str(part) for part in key if part)).lower()
            if name not in allowed or name.startswith(("on", "data-")) or name in _NEVER:
                yield f"{where}: <{tag} {name}=>"
            scheme = re.match(r"([a-zA-Z][a-zA-Z0-9+.\-]*):", _as_browsers_read(value))
            if name in URL_ATTRIBUTES and scheme and scheme[1].lower() not in schemes:
                yield f"{where}: <{tag} {name}> scheme {scheme[1][:20]}"
        if element.attrib.get("target") == "_blank" and "noopener" not in element.attrib.get("rel", ""):
            yield f"{where}: target=_blank without noopener"


def _escapes(html: str) -> Iterator[str]:
    """Whether `html` breaks out of what stands around it."""
    page = f"<main id=w><article id=x>{html}</article></main><footer id=f>END</footer>"
    document = html5lib.parse(page, namespaceHTMLElements=False)
    footers = [element for element in _walk(document) if element.attrib.get("id") == "f"]
    if not footers or footers[0].text != "END":
        yield "wrapper: footer swallowed or restyled"
    body = document.find("body")
    if body is None or [child.attrib.get("id") for child in body if isinstance(child.tag, str)][:2] != ["w", "f"]:
        yield "wrapper: broke out of its container"
