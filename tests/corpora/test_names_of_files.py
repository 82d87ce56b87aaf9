"""Ways out of a folder, where names are given: as names of files that are sent, and as tokens and ids in an address."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.database import db as database
from app.storage import files
from app.storage.models import StoredFile
from tests.corpora.test_paths import address
from tests.lawyers.test_views import APPLY, TYPED, pdf
from tests.people import browser_of, leila, roya, sara
from tests.pledges.backing import hidden
from tests.support.corpora import rows
from tests.whole_house.routes import MADE_UP, methods, rules

NAMES = rows("path-traversal") + rows("filenames")
ROWS = rows("path-traversal")
SECRETS = (b"root:", b"[boot loader]", b"[extensions]")


def send_all(app, names):
    """Send a file under each of `names` to the lawyers' application; how many were taken."""
    app.test_client_class = FlaskClient
    browser, taken, marks = browser_of(app, sara), 0, {}
    for row in names:
        marks = marks or hidden(browser.get(APPLY))
        data = {**marks, **TYPED, **pdf(name=row["text"])}
        answer = browser.post(APPLY, data=data, headers={"Referer": "https://localhost/"})
        assert answer.status_code in (303, 400), (row, answer.status_code)
        taken += answer.status_code == 303
    return taken


def faults(app):
    """Names that are more than a name, and files that are not where files are kept."""
    with app.app_context():
        stored = database.session.scalars(select(StoredFile)).all()
        folder = app.config["AMICUS"].data_dir.resolve() / "files"
        bad = [one.name for one in stored if set(one.name) & set('/\\\0\r\n"') or one.name in (".", "..")]
        bad += [one.name for one in stored if not files.path_of(one).resolve().is_relative_to(folder)]
        return len(stored), bad


def test_no_name_of_a_file_leads_anywhere(app):
    taken = send_all(app, NAMES)
    assert taken > 300 and len(NAMES) == 295 + 29
    stored, bad = faults(app)
    assert stored > 300 and bad == []


def test_names_that_are_kept_as_they_came_are_found(app, monkeypatch):
    """The control."""
    monkeypatch.setattr(files, "clean_name", lambda name, kind: name[:100])
    send_all(app, NAMES[:12])
    assert faults(app)[1]


# ---------------------------------------------------------------- in an address
@pytest.fixture
def browsers(app):
    app.test_client_class = FlaskClient
    return {"/staff/": browser_of(app, roya), "/": browser_of(app, leila)}


@pytest.mark.parametrize("name", MADE_UP)
def test_no_placeholder_of_an_address_leads_to_a_file(app, browsers, name):
    """Each row goes into every third placeholder; the routes that have one take turns."""
    share = ROWS[list(MADE_UP).index(name) % 3 :: 3]
    having = [rule for rule in rules(app) if name in rule.arguments and "GET" in methods(rule)]
    assert having
    for n, row in enumerate(share):
        rule = having[n % len(having)]
        marked = re.sub(rf"<(?:\w+:)?{name}>", "\0", rule.rule)
        before, _mark, after = (re.sub(r"<(?:\w+:)?(\w+)>", lambda found: MADE_UP[found[1]], marked)).partition("\0")
        who = browsers["/staff/" if before.startswith("/staff/") else "/"]
        answer = who.get(address(before, row["text"]) + after)
        assert answer.status_code in (301, 302, 303, 308, 400, 404, 405), (rule.rule, row, answer.status_code)
        assert not any(secret in answer.data for secret in SECRETS), (rule.rule, row)
    assert len(share) in (98, 99) and len(ROWS) == 295 and len(MADE_UP) >= 3
