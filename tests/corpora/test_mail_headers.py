"""Headers that hide in names, titles and addresses: judged on the bytes that the mail server receives."""

import email.policy
import re
import smtplib
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.utils import getaddresses
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.database import db as database
from app.jobs import queue
from app.mail import outbox as letters
from app.mail.models import OutgoingLetter
from app.web import throttle
from tests.cases import stages
from tests.lawyers.test_views import APPLY, TYPED
from tests.lawyers.test_views import pdf as evidence
from tests.people import PASSWORD, browser_of, leila, omid, sara
from tests.pledges import backing
from tests.support.corpora import rows
from tests.updates import making
from tests.updates.test_desk import write

ROWS = rows("mail-header")
# Every header that a letter of ours may have.
KNOWN = {
    *("from", "to", "subject", "date", "message-id", "mime-version", "content-type", "content-transfer-encoding"),
    *("auto-submitted", "content-language", "list-unsubscribe", "list-unsubscribe-post", "list-id", "reply-to"),
}
OURS = {"omid@example.org", "sara@example.org", "leila@example.org", "ada@example.org", "new@example.org"}


def faults(raw: bytes, recipients: list[str]) -> list[str]:
    """What is wrong with a message as it came over the wire."""
    head = raw.partition(b"\r\n\r\n")[0]
    found = ["a bare line end"] if re.search(rb"\r(?!\n)|(?<!\r)\n|[\x00\x0b\x0c\x85]", head) else []
    lines = re.sub(rb"\r\n[ \t]+", b" ", head).split(b"\r\n")
    names = [line.partition(b":")[0].decode("latin-1").lower() for line in lines]
    found += [f"a header {name!r} that is none of ours" for name in set(names) - KNOWN]
    found += [f"{name} twice" for name in set(names) if names.count(name) > 1]
    message = message_from_bytes(raw, policy=email.policy.default)
    to = [address for _name, address in getaddresses([str(message["To"])])]
    if len(recipients) != 1 or to != recipients:
        found.append(f"goes to {recipients}, says {to}")
    if not set(recipients) <= OURS:
        found.append(f"goes to {recipients}, whom nobody named")
    if re.search(r"[\r\n\x00\x0b\x0c\x85\u2028]", str(message["Subject"])):
        found.append("a subject of several lines")
    if message.get_content_type() != "multipart/alternative":
        found.append(f"the body is {message.get_content_type()}")
    return found


@dataclass
class Door:
    """A form with a field that may reach a header; `needs` more for it to be taken with good words in that field."""

    who: Callable[[], Any] | None
    address: str
    named: str
    needs: dict[str, Any] = field(default_factory=dict)


WORDS = "The page names somebody whom a court has said must not be named."
DOORS = {
    "sign up: name": Door(None, "/account/sign-up", "name", {"email": "new@example.org", "password": PASSWORD}),
    "sign up: address": Door(None, "/account/sign-up", "email", {"name": "Nasrin", "password": PASSWORD}),
    "account: name": Door(omid, "/account/details", "name", {"password": PASSWORD, "lang": "en"}),
    "account: address": Door(omid, "/account/email", "email", {"password": PASSWORD}),
    "new password: address": Door(None, "/account/reset", "email"),
    "pledges: address": Door(omid, "/me/find-pledges", "email"),
    "privacy: address": Door(None, "/privacy/ask", "email"),
    "report: address": Door(None, "/cases/{public}/report", "email", {"concern": "misleading", "words": WORDS}),
    "pledge: name": Door(None, "/cases/{public}/back", "name", backing.FILLED),
    "pledge: address": Door(None, "/cases/{public}/back", "email", backing.FILLED),
    "invitation: addresses": Door(leila, "/dashboard/cases/{hidden}/invitations", "addresses", {"lang": "en"}),
    "client: name": Door(leila, "/dashboard/cases/{draft}/client", "name", {"email": "ada@example.org", "lang": "en"}),
    "client: address": Door(leila, "/dashboard/cases/{draft}/client", "email", {"name": "Ada Marlowe", "lang": "en"}),
    "lawyer: firm": Door(sara, APPLY, "firm", TYPED),
}


@pytest.fixture
def house(app, monkeypatch):
    """A page, a private one, a draft; and nothing is too often."""
    app.test_client_class = FlaskClient  # hundreds of the same few pages, that are looked at elsewhere
    monkeypatch.setattr(throttle, "check", lambda kind, key, limit, per_seconds: None)
    with app.app_context():
        public, (hidden, _link), draft = stages.live(title="A page"), stages.live_private(), stages.draft()
        found = {"public": public.slug, "hidden": hidden.public_id, "draft": draft.public_id}
        omid(), sara(), leila()
        database.session.commit()
    return found


def sent(app, outbox):
    """Hand over every letter that waits; the messages as they came, and that none broke down on the way."""
    with app.app_context():
        queue.drain()
        letters.send_due(1000)
        broken = [row.last_error for row in database.session.scalars(select(OutgoingLetter)) if row.last_error]
    assert not broken, broken[:3]
    return list(zip(outbox.raw, outbox.recipients, strict=True))


@pytest.mark.parametrize("name", DOORS)
def test_no_field_reaches_into_the_headers(app, outbox, house, name):
    door = DOORS[name]
    browser = browser_of(app, door.who) if door.who else app.test_client()
    address = door.address.format(**house)
    fed = 0
    for row in ROWS:
        page = browser.get(address)
        assert page.status_code == 200, page.location
        data = {**backing.hidden(page), **door.needs, door.named: row["text"]}
        if address == APPLY:
            data |= evidence()
        answer = browser.post(address, data=data, headers={"Referer": "https://localhost/"})
        assert answer.status_code in (303, 400, 409, 422), (row, answer.status_code)
        fed += 1
    assert fed == 28
    for raw, recipients in sent(app, outbox):
        assert not faults(raw, recipients), (recipients, raw[:600])


def test_a_title_in_a_subject_is_one_line(app, outbox, house):
    """Letters about a case name it in their subject: here its client is asked."""
    lawyer = browser_of(app, leila)
    draft = f"/dashboard/cases/{house['draft']}"
    sent(app, outbox)
    outbox.clear()
    taken = 0
    for row in ROWS:
        step = f"{draft}/edit/about"
        data = {**backing.hidden(lawyer.get(step)), "title": row["text"], "area": "government", "kind": "litigation"}
        answer = lawyer.post(step, data=data, headers={"Referer": "https://localhost/"})
        assert answer.status_code in (303, 400), row
        if answer.status_code == 303:
            taken += 1
            asked = {**backing.hidden(lawyer.get(f"{draft}/client")), "name": "Ada", "email": "ada@example.org"}
            answer = lawyer.post(
                f"{draft}/client", data=asked | {"lang": "en"}, headers={"Referer": "https://localhost/"}
            )
            assert answer.status_code == 303, row
            messages = sent(app, outbox)  # each at once, for the next asks anew and the link before is worth nothing
            assert len(messages) == taken, row
    assert taken > 10
    for raw, recipients in messages:
        assert not faults(raw, recipients), raw[:600]


def test_a_title_of_an_update_reaches_no_header(app, outbox, house):
    with app.app_context():
        funded = making.funded(title="Funded").public_id
        database.session.commit()
    lawyer, fed = browser_of(app, leila), 0
    for row in ROWS:
        answer = write(lawyer, f"/dashboard/cases/{funded}", "post", title=row["text"])
        assert answer.status_code in (303, 400), row
        fed += answer.status_code == 303
    messages = sent(app, outbox)
    assert fed > 10 and len(messages) >= fed
    for raw, recipients in messages:
        assert not faults(raw, recipients), raw[:600]


@pytest.mark.parametrize("where", ["subject", "to"])
def test_a_careless_letter_is_found(app, outbox, where):
    """The control: the rows put into headers as they are."""
    found = 0
    for row in ROWS:
        words, to = (row["text"], "ada@example.org") if where == "subject" else ("Hello", row["text"])
        head = f"From: a@example.org\r\nTo: {to}\r\nSubject: {words}\r\nMIME-Version: 1.0\r\n"
        letter = f'{head}Content-Type: multipart/alternative; boundary="x"\r\n\r\n--x--\r\n'
        with smtplib.SMTP(outbox.host, outbox.port) as server:
            server.sendmail("a@example.org", ["ada@example.org"], letter.encode())
        found += bool(faults(outbox.raw[-1], outbox.recipients[-1]))
    assert found >= (18 if where == "subject" else 28)
