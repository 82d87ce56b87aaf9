"""Filling in the forms of pages as a browser does: what stands in them stays, and every box for words is typed into."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

_TYPED = {"", "text", "search"}
_NUMBERS = {"numeric", "decimal"}


@dataclass
class Form:
    """A form of a page: what is sent if nothing is touched, and the boxes that take words."""

    action: str
    is_sent: bool  # and not looked up
    values: dict[str, list[str]] = field(default_factory=dict)
    boxes: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._box = self._list = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        name = said.get("name", "")
        if tag == "form":
            self.forms.append(Form(said.get("action", ""), said.get("method", "").lower() == "post"))
        elif not self.forms:
            return
        elif tag == "textarea":
            self._box = name
            self.forms[-1].boxes.append(name)
            self.forms[-1].values[name] = [""]
        elif tag == "select":
            self._list = name
        elif tag == "option" and self._list and ("selected" in said or self._list not in self.forms[-1].values):
            self.forms[-1].values[self._list] = [said.get("value", "")]
        elif tag == "input" and name:
            self._input(name, said)

    def _input(self, name: str, said: dict[str, str]) -> None:
        form, kind = self.forms[-1], said.get("type", "")
        if kind in ("radio", "checkbox") and "checked" not in said:
            return
        if kind in ("file", "submit"):
            return
        form.values.setdefault(name, []).append(said.get("value", "y" if kind == "checkbox" else ""))
        if kind in _TYPED and said.get("inputmode") not in _NUMBERS:
            form.boxes.append(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._box = ""
        elif tag == "select":
            self._list = ""

    def handle_data(self, data: str) -> None:
        if self._box:
            self.forms[-1].values[self._box][0] += data


def forms_of(html: str) -> list[Form]:
    """The forms of a page."""
    return _Reader(html).forms


def form_of(page: TestResponse, box: str) -> Form:
    """The form of a page that has `box`, or a hidden mark of that name."""
    found = [form for form in forms_of(page.text) if box in {*form.values, *form.boxes}]
    assert found, f"{page.request.path} ({page.status_code}) has no form with {box}"
    return found[0]


def send_filled(client: FlaskClient, page: TestResponse, form: Form, **fields: Any) -> TestResponse:
    """Send `form` with `fields` in place of what stands in it; what is called for a value gives one anew each time."""
    values = {name: value() if callable(value) else value for name, value in {**form.values, **fields}.items()}
    return client.post(form.action or page.request.path, data=values, headers={"Referer": page.request.url})
