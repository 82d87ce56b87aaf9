"""Filling in forms as a browser does: fetch the page, send its hidden mark back with the fields."""

import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

_TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')


def token_of(page: TestResponse) -> str:
    """The page's own mark against forged forms."""
    found = _TOKEN.search(page.text)
    assert found, f"{page.request.path} has no form"
    return found[1]


def without_token(page: TestResponse) -> str:
    """What the page says, but for the mark, which changes from second to second."""
    return page.text.replace(token_of(page), "…")


def send(client: FlaskClient, url: str, *, to: str | None = None, **fields: Any) -> TestResponse:
    """Open `url`, fill in `fields` and send the form, to `to` if its action says so."""
    page = client.get(url)
    return client.post(to or url, data={"csrf_token": token_of(page), **fields}, headers={"Referer": page.request.url})
