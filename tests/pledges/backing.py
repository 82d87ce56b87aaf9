"""Backing a case as a browser without script does: the form, the hosted page, the way back."""

import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.cases.models import Case
from app.core.clock import now
from app.database import db
from app.pledges import closing, collection
from tests.support import stand_in

GOOD_CARD = "4242424242424242"
LATER_DECLINED = "4000000000000341"  # saved without trouble, declined when charged
ASKS_EACH_TIME = "4000002760003184"  # the bank wants every payment approved
FILLED = {
    "amount_choice": "25",
    "tip_choice": "0",
    "shown": "name_and_amount",
    "name": "Omid Rahimi",
    "email": "omid@example.org",
    "message": "",
    "agree": "y",
}
_HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
_ERRORS = re.compile(r'<div class="error-summary".*?</div>', re.DOTALL)


def hidden(page: TestResponse) -> dict[str, str]:
    """The hidden fields of a page's forms, by name."""
    tags = _HIDDEN.findall(page.text)
    return {re.search(r'name="([^"]*)"', tag)[1]: unescape(re.search(r'value="([^"]*)"', tag)[1]) for tag in tags}


def post(client: FlaskClient, path: str, marks: dict[str, str], **fields: Any) -> TestResponse:
    """Send `fields` to `path` with the hidden fields of a page that was opened before."""
    origin = client.get("/healthz").request.host_url
    return client.post(path, data={**marks, **fields}, headers={"Referer": origin})


def fill(client: FlaskClient, path: str, **fields: Any) -> TestResponse:
    """Open the pledge form at `path`, fill it in (`FILLED`, but for `fields`) and send it."""
    return post(client, path, hidden(client.get(path)), **{**FILLED, **fields})


def send_again(client: FlaskClient, path: str, marks: dict[str, str], **fields: Any) -> TestResponse:
    """Send the pledge form once more, from a page that was opened before."""
    return post(client, path, marks, **{**FILLED, **fields})


def press(client: FlaskClient, page: str, path: str, **fields: Any) -> TestResponse:
    """Open `page` and send one of its forms to `path`."""
    return post(client, path, hidden(client.get(page)), **fields)


def local(url: str) -> str:
    """An absolute address without its origin."""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def pledge(client: FlaskClient, slug: str, card: str = GOOD_CARD, prefix: str = "", **fields: Any) -> str:
    """Pledge to the case `slug` all the way; the path of the pledge's own page."""
    sent = fill(client, f"{prefix}/cases/{slug}/back", **fields)
    assert sent.status_code == 303, said(sent)
    answer = client.get(local(stand_in.pay(sent.location, card)))
    assert answer.status_code == 303, said(answer)
    return answer.location.removesuffix("/thanks")


def said(page: TestResponse) -> str:
    """The words of a page's main part."""
    main = re.search(r"<main.*?</main>", page.text, re.DOTALL)
    words = re.sub(r"<svg.*?</svg>", "", main[0] if main else page.text, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", words)).split())


def complaints(page: TestResponse) -> list[str]:
    """What the error summary of a page lists."""
    found = _ERRORS.search(page.text)
    return [unescape(text) for text in re.findall(r"<li>(?:<a[^>]*>)?([^<]+)", found[0])] if found else []


def meet_target(app: Flask, slug: str) -> None:
    """Let the case's pledges be counted (they must reach the target), and charge all of them once."""
    with app.app_context():
        case_id = db.session.scalars(select(Case.id).where(Case.slug == slug)).one()
        assert closing.check_target(case_id)
        db.session.commit()
        collection.charge_due()


def miss_target(app: Flask, slug: str) -> None:
    """Let the case's deadline have passed, its pledges not reaching the target."""
    with app.app_context():
        case = db.session.scalars(select(Case).where(Case.slug == slug)).one()
        case.deadline_at = now() - timedelta(seconds=1)
        db.session.commit()
        closing.close(case.id)
