"""Addresses that lead inside: whatever is typed where an address belongs, nothing here goes and fetches it."""

import socket
import urllib.request

import pytest
from flask import request
from flask.testing import FlaskClient

from app.database import db as database
from app.jobs import queue
from app.mail import outbox as letters
from app.web.access import public
from tests.cases import filing, stages
from tests.people import browser_of, leila
from tests.pledges.backing import press
from tests.support.browsing import leads
from tests.support.corpora import rows
from tests.support.network import reached
from tests.updates import making
from tests.updates.test_desk import write

ROWS = rows("ssrf-url")
# As Markdown has them: as a link, as a picture, by reference, in angle brackets and bare.
WRITTEN = "[see]({0}) and ![seen]({0})\n\n<{0}>\n\n{0}\n\n[there][{1}]\n\n[{1}]: {0}"
GREETING = f"{socket.gethostname()}:None"
PAGE = "\n\n".join(WRITTEN.format(row["text"], n) for n, row in enumerate(ROWS))


@pytest.fixture
def lawyer(app):
    app.test_client_class = FlaskClient
    return browser_of(app, leila)


def settle(app):
    """Do whatever was put off: jobs and letters."""
    with app.app_context():
        queue.drain()
        letters.send_due(100)


def elsewhere(app, found):
    """What was reached, but for the mail server, which greets by the name of this machine."""
    settings = app.config["AMICUS"]
    return [place for place in found if place != f"{settings.mail_host}:{settings.mail_port}" and place != GREETING]


def test_the_address_of_a_video_is_read_and_not_followed(app, lawyer):
    with app.app_context():
        case = stages.draft().public_id
        database.session.commit()
    fed = 0
    with reached() as found:
        for row in ROWS:
            answer = filing.send(lawyer, case, "video", None, "", video=row["text"])
            assert answer.status_code in (303, 400), row
            fed += 1
        settle(app)
        page = lawyer.get(f"/dashboard/cases/{case}/files").text
    assert fed == 36 and elsewhere(app, found) == []
    assert not any("127.0.0.1" in lead or "169.254" in lead for lead in leads(page))


def test_an_address_in_a_story_or_an_update_is_not_followed(app, lawyer, outbox):
    with app.app_context():
        draft = stages.draft().public_id
        funded = making.funded(title="Funded")
        slug, funded = funded.slug, funded.public_id
        database.session.commit()
    assert len(ROWS) == 36 and all(row["text"] in PAGE for row in ROWS)
    with reached() as found:
        step = f"/dashboard/cases/{draft}/edit/story"
        assert press(lawyer, step, step, summary="A summary", story=PAGE).status_code == 303
        assert lawyer.get(f"/dashboard/cases/{draft}/check").status_code == 200
        assert write(lawyer, f"/dashboard/cases/{funded}", "post", body=PAGE).status_code == 303
        settle(app)
        assert "see" in app.test_client().get(f"/cases/{slug}").text
    assert len(outbox.messages) > 0 and elsewhere(app, found) == []


def test_a_view_that_fetches_is_found(app, client):
    """The control: where nothing answers and where the network is closed alike."""

    @public
    def fetching():
        try:
            urllib.request.urlopen(request.args["url"], timeout=1)
        except Exception as error:  # whatever becomes of it
            return type(error).__name__
        return ""

    app._got_first_request = False
    app.add_url_rule("/fetching", "fetching", fetching)
    with reached() as found:
        for row in ROWS:
            client.get("/fetching", query_string={"url": row["text"]})
    assert len(found) > 20 and {"127.0.0.1:80", "169.254.169.254:80", "192.168.1.1:80"} <= set(found)
