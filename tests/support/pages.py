"""A look at every page that any test fetches: what a screen reader, or a browser under our rules, would trip over.

`LookingClient` is the portal's test client. A page that breaks a rule fails the test that fetched it.
"""

from collections import Counter
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.i18n.locale import LANGUAGES

_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
_NOT_LABELLED = frozenset({"hidden", "submit", "button", "image", "reset"})
_REFERS = ("for", "aria-labelledby", "aria-describedby", "aria-controls")
_NAMES = ("aria-label", "aria-labelledby", "title")


class _Node:
    def __init__(self, tag: str, attrs: dict[str, str], parent: "_Node | None") -> None:
        self.tag, self.attrs, self.parent = tag, attrs, parent
        self.text = ""
        self.children: list[_Node] = []

    def inside(self, tag: str) -> bool:
        return self.parent is not None and (self.parent.tag == tag or self.parent.inside(tag))

    def walk(self) -> "list[_Node]":
        return [self, *(node for child in self.children for node in child.walk())]

    def words(self) -> str:
        """What is read out: text, and what pictures and labels say."""
        own = [self.text, self.attrs.get("alt", ""), *(self.attrs.get(name, "") for name in _NAMES)]
        return " ".join([*own, *(child.words() for child in self.children)]).strip()


class _Tree(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.root = self.here = _Node("", {}, None)
        self.wrong: list[str] = []
        self.feed(html)
        self.close()
        if self.here is not self.root:
            self.wrong.append(f"<{self.here.tag}> is not closed")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if doubled := [name for name, times in Counter(name for name, _ in attrs).items() if times > 1]:
            self.wrong.append(f"<{tag}> has {doubled} twice")
        node = _Node(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(node)
        if tag not in _VOID:
            self.here = node

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.here = self.here.parent or self.root

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if self.here.tag != tag:
            self.wrong.append(f"</{tag}> where <{self.here.tag}> is open")
            node: _Node | None = self.here
            while node is not None and node.tag != tag:
                node = node.parent
            if node is None:
                return
            self.here = node
        self.here = self.here.parent or self.root

    def handle_data(self, data: str) -> None:
        self.here.text += data


def faults(html: str) -> list[str]:
    """What is wrong with a page, in words; empty for a good one."""
    tree = _Tree(html)
    nodes = tree.root.walk()[1:]
    by_tag: dict[str, list[_Node]] = {}
    for node in nodes:
        by_tag.setdefault(node.tag, []).append(node)
    return [
        *tree.wrong,
        *_frame(by_tag),
        *_ids(nodes),
        *_fields(nodes, by_tag),
        *_names(by_tag),
        *_rules(nodes, by_tag),
    ]


def _frame(by_tag: dict[str, list[_Node]]) -> list[str]:
    """Title, language, direction, one main part and one heading over it."""
    found = [f"{len(by_tag.get(tag, []))} <{tag}>" for tag in ("html", "main", "h1") if len(by_tag.get(tag, [])) != 1]
    titles = [node for node in by_tag.get("title", []) if not node.inside("svg")]
    if len(titles) != 1 or not titles[0].text.strip(" –\n"):
        found.append("no title")
    root = by_tag["html"][0].attrs if "html" in by_tag else {}
    language = LANGUAGES.get(root.get("lang", ""))
    if language is None or language.direction != root.get("dir"):
        found.append(f"lang={root.get('lang')} dir={root.get('dir')}")
    return found


def _ids(nodes: list[_Node]) -> list[str]:
    """Ids are there once, and whatever refers to one finds it."""
    ids = Counter(node.attrs["id"] for node in nodes if "id" in node.attrs)
    found = [f"id {name!r} is there {times} times" for name, times in ids.items() if times > 1 or not name]
    for node in nodes:
        wanted = [name for key in _REFERS for name in node.attrs.get(key, "").split()]
        if node.attrs.get("href", "").startswith("#"):
            wanted.append(node.attrs["href"][1:])
        found += [f"<{node.tag}> refers to #{name}, which is not there" for name in wanted if name not in ids]
    return found


def _fields(nodes: list[_Node], by_tag: dict[str, list[_Node]]) -> list[str]:
    """Every box has a label with words in it."""
    labelled = {node.attrs["for"] for node in by_tag.get("label", []) if node.words() and "for" in node.attrs}
    found = []
    for node in nodes:
        if node.tag not in ("input", "select", "textarea") or node.attrs.get("type") in _NOT_LABELLED:
            continue
        if node.attrs.get("id") in labelled or node.inside("label") or any(node.attrs.get(name) for name in _NAMES[:2]):
            continue
        found.append(f"<{node.tag} name={node.attrs.get('name')!r}> has no label")
    found += ["a fieldset without a legend" for node in by_tag.get("fieldset", []) if not _has(node, "legend")]
    return found


def _has(node: _Node, tag: str) -> bool:
    return any(child.tag == tag and child.words() for child in node.children)


def _names(by_tag: dict[str, list[_Node]]) -> list[str]:
    """Links and buttons say something, pictures have an alternative (which may be empty)."""
    found = [f"<{tag}> without words" for tag in ("a", "button") for node in by_tag.get(tag, []) if not node.words()]
    found += [f"a link to nowhere: {node.words()}" for node in by_tag.get("a", []) if not node.attrs.get("href")]
    found += [
        f"<img src={node.attrs.get('src')}> without alt" for node in by_tag.get("img", []) if "alt" not in node.attrs
    ]
    return found


def _rules(nodes: list[_Node], by_tag: dict[str, list[_Node]]) -> list[str]:
    """What our Content-Security-Policy would refuse, and forms that would be."""
    found = [f"<{node.tag}> has {name}" for node in nodes for name in node.attrs if name == "style" or name[:2] == "on"]
    found += ["a style of its own" for _node in by_tag.get("style", [])]
    found += ["a script of its own" for node in by_tag.get("script", []) if not _is_kept_apart(node)]
    for form in by_tag.get("form", []):
        if form.attrs.get("method", "").lower() != "post":
            continue
        if not any(node.attrs.get("name") == "csrf_token" and node.attrs.get("value") for node in form.walk()):
            found.append(f"a form without our mark: {form.attrs.get('action', '')}")
    return found


def _is_kept_apart(node: _Node) -> bool:
    return "src" in node.attrs or node.attrs.get("type") == "application/ld+json"


class LookingClient(FlaskClient):
    """A browser that looks at the pages it is given."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        answer = super().open(*args, **kwargs)
        look_at(answer)
        return answer


def look_at(answer: TestResponse) -> None:
    """Raise AssertionError for a page that breaks a rule. Redirects are left alone, and what has no markup at all."""
    if answer.mimetype != "text/html" or 300 <= answer.status_code < 400 or answer.request.method == "HEAD":
        return
    if "<" in answer.text:
        found = faults(answer.text)
        assert not found, f"{answer.request.method} {answer.request.path} ({answer.status_code}): " + "; ".join(found)
