"""Pages kept for visitors without a session: what is kept, for how long, and what never is.

That a page comes from the cache is seen by a change behind the services' back, which no version tells of.
"""

from datetime import timedelta
from types import SimpleNamespace

import brotli
import pytest
from flask.testing import FlaskClient
from sqlalchemy import update as sql_update

from app.cases import service as cases
from app.cases.models import Case
from app.core import clock as house_clock
from app.database import db as database
from app.lawyers.models import Lawyer
from app.lawyers.states import LawyerState
from app.pledges import service as pledges
from app.pledges.models import Pledge
from app.pledges.states import Shown
from app.updates import service as updates
from app.updates.models import Update
from app.web import page_cache
from tests.cases import stages
from tests.cases.backed import pledge
from tests.people import browser_of, sara
from tests.updates import making

pytestmark = pytest.mark.settings(page_cache=True)
TITLE = stages.WORDS["title"]


@pytest.fixture
def slug(app):
    """Slug of an open public case."""
    return _made(app, stages.live)


def _made(app, make):
    with app.app_context():
        made = make()
        case = made[0] if isinstance(made, tuple) else made
        database.session.commit()
        return case.slug


@pytest.fixture
def impatient(monkeypatch):
    """No version is believed; each visit asks for it."""
    monkeypatch.setattr(page_cache, "BELIEVED", 0)


def behind_the_back(app, **values):
    """Change every case without a word to anybody."""
    with app.app_context():
        database.session.execute(sql_update(Case).values(**values))
        database.session.commit()


def happens(app, slug, event):
    """Let `event` happen to the case at `slug`, and commit."""
    with app.app_context():
        event(database.session.query(Case).filter_by(slug=slug).one())
        database.session.commit()


# ---------------------------------------------------------------- kept
@pytest.mark.parametrize("prefix", ["", "/fa"])
@pytest.mark.parametrize("path", ["/cases/{}", "/cases/", "/cases/{}/backers", "/"])
def test_a_public_page_is_kept(app, client, slug, prefix, path):
    address = prefix + path.format(slug)
    first = client.get(address)
    behind_the_back(app, title="Changed by hand")
    again = client.get(address)
    assert again.text == first.text and TITLE in again.text and again.headers["ETag"] == first.headers["ETag"]


@pytest.mark.settings(page_cache=False)
def test_without_the_cache_the_change_shows(app, client, slug):
    """The control."""
    client.get(f"/cases/{slug}")
    behind_the_back(app, title="Changed by hand")
    assert "Changed by hand" in client.get(f"/cases/{slug}").text


def test_each_language_and_each_theme_has_a_page_of_its_own(client, slug):
    english, persian = client.get(f"/cases/{slug}"), client.get(f"/fa/cases/{slug}")
    client.set_cookie("theme", "dark")
    dark = client.get(f"/cases/{slug}")
    assert 'lang="en"' in english.text and 'lang="fa"' in persian.text
    assert "dark" in dark.text.split("<head")[0] and dark.text != english.text


def test_whoever_has_the_page_already_is_told_so(client, slug):
    page = client.get(f"/cases/{slug}")
    again = client.get(f"/cases/{slug}", headers={"If-None-Match": page.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"") and again.headers["ETag"] == page.headers["ETag"]
    other = client.get(f"/cases/{slug}", headers={"If-None-Match": '"of something else"'})
    assert other.status_code == 200


def test_a_browser_that_can_unpack_gets_it_packed(app, client, slug):
    plain = client.get(f"/cases/{slug}")
    packed = FlaskClient(app, app.response_class).get(f"/cases/{slug}", headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "br" and brotli.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"] and packed.headers["Vary"] == "Accept-Encoding"
    refusing = client.get(f"/cases/{slug}", headers={"Accept-Encoding": "br;q=0, gzip"})
    assert "Content-Encoding" not in refusing.headers and refusing.data == plain.data


def test_head_gets_the_headers_alone(client, slug):
    page = client.get(f"/cases/{slug}")
    head = client.head(f"/cases/{slug}")
    assert head.data == b"" and head.headers["Content-Length"] == page.headers["Content-Length"]


def test_what_is_kept_has_an_end(app, client, slug, monkeypatch):
    monkeypatch.setattr(page_cache, "MOST_BYTES", 1)
    client.get(f"/cases/{slug}")
    behind_the_back(app, title="Changed by hand")
    assert "Changed by hand" in client.get(f"/cases/{slug}").text


# ---------------------------------------------------------------- for how long
def post_update(case):
    making.post(case)


def correct_update(case):
    update = database.session.query(Update).filter_by(case_id=case.id).one()
    assert updates.correct(update, update.title, "Both grounds, after all.", seen=update.version)


def appear_otherwise(case):
    backer = database.session.query(Pledge).filter_by(case_id=case.id).one()
    pledges.change(backer.id, name="Another Name", shown=Shown.NAME_AND_AMOUNT, message="")


def suspend(case):
    case.suspended_at = house_clock.now()


def lose_the_badge(case):
    database.session.get(Lawyer, case.lawyer_id).state = LawyerState.APPLIED


def rename_the_lawyer(case):
    case.lawyer.user.name = "Leila Farahani-Stone"


EVENTS = [
    lambda case: pledge(case, 40),
    post_update,
    correct_update,
    appear_otherwise,
    suspend,
    lose_the_badge,
    rename_the_lawyer,
    cases.fund,
    lambda case: making.concluded("lost", case, tells_story=False),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_what_happens_to_a_case_ends_its_page(app, client, impatient, event):
    with app.app_context():
        case = stages.live() if event is cases.fund else making.funded()
        if event is cases.fund:
            pledge(case, 25)
        making.post(case)
        slug = case.slug
        database.session.commit()
    before = client.get(f"/cases/{slug}")
    assert client.get(f"/cases/{slug}").text == before.text
    happens(app, slug, event)
    after = client.get(f"/cases/{slug}")
    assert after.text != before.text and after.headers["ETag"] != before.headers["ETag"]


def test_a_case_that_is_not_public_any_more_is_gone(app, client, slug, impatient):
    client.get(f"/cases/{slug}")
    behind_the_back(app, visibility="private")
    assert client.get(f"/cases/{slug}").status_code == 404


def test_a_version_is_believed_for_a_second_and_no_longer(app, client, slug, monkeypatch):
    moment = [100.0]
    monkeypatch.setattr(page_cache, "time", SimpleNamespace(monotonic=lambda: moment[0]))
    client.get(f"/cases/{slug}")
    happens(app, slug, suspend)
    moment[0] += page_cache.BELIEVED - 0.1
    assert "back" in client.get(f"/cases/{slug}").text and "paused" not in client.get(f"/cases/{slug}").text.lower()
    moment[0] += 0.2
    assert "paused" in client.get(f"/cases/{slug}").text.lower()


def test_a_list_lives_two_seconds(app, client, slug, clock):
    client.get("/cases/")
    behind_the_back(app, title="Changed by hand")
    assert TITLE in client.get("/cases/").text
    clock.move(page_cache.BRIEFLY.total_seconds())
    assert "Changed by hand" in client.get("/cases/").text


def test_the_deadline_ends_a_page_to_the_second(app, client, slug, clock):
    with app.app_context():
        deadline = database.session.query(Case.deadline_at).scalar()
    clock.set(deadline - timedelta(seconds=20))
    assert f"/cases/{slug}/back" in client.get(f"/cases/{slug}").text
    clock.set(deadline + timedelta(microseconds=1))
    assert f"/cases/{slug}/back" not in client.get(f"/cases/{slug}").text


@pytest.mark.parametrize("before_deadline", [timedelta(days=5), timedelta(days=20, hours=13)])
def test_so_do_the_last_days_and_midnight(app, client, slug, clock, before_deadline):
    """Five days before the deadline a case "closes soon"; the deadline is at 13:00, so the other moment is midnight."""
    with app.app_context():
        moment = database.session.query(Case.deadline_at).scalar() - before_deadline
    clock.set(moment - timedelta(seconds=20))
    before = client.get(f"/cases/{slug}").text
    clock.set(moment)
    assert client.get(f"/cases/{slug}").text != before


# ---------------------------------------------------------------- never kept
def test_somebody_who_is_signed_in_gets_their_own_page(app, client, slug):
    client.get(f"/cases/{slug}")
    mine = browser_of(app, sara).get(f"/cases/{slug}")
    assert "Sara Moradi" in mine.text and mine.headers["Cache-Control"] == "private, no-cache"
    assert "Sara Moradi" not in client.get(f"/cases/{slug}").text


def test_a_page_that_sets_a_cookie_is_built_for_each(app):
    first, second = (app.test_client().get("/account/sign-in") for _ in range(2))
    assert first.headers["Set-Cookie"] != second.headers["Set-Cookie"] and "ETag" not in first.headers


def test_a_private_case_is_kept_for_nobody(app, client):
    with app.app_context():
        case, token = stages.live_private()
        slug = case.slug
        database.session.commit()
    holder = app.test_client()
    holder.get(f"/p/{token}")
    page = holder.get(f"/cases/{slug}")
    assert page.status_code == 200 and page.headers["Cache-Control"] == "no-store" and "ETag" not in page.headers
    for browser in (client, app.test_client()):
        assert browser.get(f"/cases/{slug}").status_code == 404
    holder.delete_cookie(app.config["SESSION_COOKIE_NAME"])
    assert holder.get(f"/cases/{slug}").status_code == 404


def test_what_is_not_there_may_be_there_soon(app, client):
    assert client.get("/cases/new-one").status_code == 404
    with app.app_context():
        case = stages.live()
        case.slug = "new-one"
        database.session.commit()
    assert client.get("/cases/new-one").status_code == 200


def test_another_host_fills_no_page(client, slug):
    client.get(f"/cases/{slug}", base_url="https://evil.example")
    assert client.get(f"/cases/{slug}").status_code == 200
