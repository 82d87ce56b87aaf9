"""Reporting a page, without an account; the public log."""

import pytest
from sqlalchemy import select

from app.cases import service as cases
from app.core import ids
from app.database import db as database
from app.moderation.labels import CONCERNS
from app.moderation.models import Report
from tests.cases import stages
from tests.cases.backed import pledge
from tests.people import leila
from tests.pledges.backing import complaints, press, said
from tests.updates import making as told

FIELDS = {"concern": "danger", "words": "The second paragraph names <a child>.", "email": ""}


@pytest.fixture
def places(app):
    """Pages of every kind, by kind."""
    with app.app_context():
        outcome = told.concluded("won", told.funded(title="Won"))
        story = told.told(outcome)
        told.post(outcome.case)
        found = {
            "case": f"/cases/{outcome.case.slug}",
            "update": f"/cases/{outcome.case.slug}/updates/1",
            "outcome": f"/cases/{outcome.case.slug}/outcome",
            "story": f"/stories/{story.slug}",
            "lawyer": f"/lawyers/{leila().slug}",
        }
        database.session.commit()
        return found


def reports(app):
    with app.app_context():
        return database.session.scalars(select(Report).order_by(Report.id)).all()


KINDS = ("case", "update", "outcome", "story", "lawyer")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("prefix", ["", "/fa"])
def test_every_kind_of_page_leads_to_a_form_that_anybody_can_send(app, client, places, kind, prefix):
    page = prefix + places[kind]
    shows = page.removesuffix("/outcome")
    assert f'href="{page}/report"' in client.get(shows).text
    sent = press(client, f"{page}/report", f"{page}/report", **FIELDS)
    assert (sent.status_code, sent.location) == (303, f"{prefix}/reported")
    assert client.get(sent.location).status_code == 200
    (report,) = reports(app)
    assert (report.kind, report.concern, report.words) == (kind, "danger", FIELDS["words"])
    assert report.lang == ("fa" if prefix else "en") and (report.case_id is None) == (kind == "lawyer")
    assert report.place == (1 if kind == "update" else None) and report.email == ""


def test_an_address_for_the_answer_is_kept_as_it_is_written_to(app, client, places):
    address = f"{places['case']}/report"
    assert press(client, address, address, **{**FIELDS, "email": " Reader@Example.ORG "}).status_code == 303
    assert reports(app)[0].email == "reader@example.org"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"concern": "weather"}, "Choose what it is about."),
        ({"concern": ""}, "Choose what it is about."),
        ({"words": "  "}, "Say what is wrong, in a sentence or more."),
        ({"words": "x" * 2001}, "This is 1 character too long. Use 2,000 or fewer."),
        ({"email": "nowhere"}, "Enter an email address such as name@example.com."),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_the_rest_kept(app, client, places, wrong, sentence):
    address = f"{places['case']}/report"
    answer = press(client, address, address, **{**FIELDS, **wrong})
    assert answer.status_code == 400 and len(complaints(answer)) == 1 and not reports(app)
    if "email" not in wrong:
        assert complaints(answer) == [sentence]
    assert "words" in wrong or "&lt;a child&gt;.</textarea>" in answer.text


def test_control_characters_do_not_reach_the_database(app, client, places):
    address = f"{places['case']}/report"
    press(client, address, address, **{**FIELDS, "words": "a\x00b\r\nc"})
    assert reports(app)[0].words == "ab\nc"


def test_ten_reports_an_hour_come_from_one_network(app, client, places):
    address = f"{places['case']}/report"
    answers = [press(client, address, address, **FIELDS).status_code for _ in range(12)]
    assert answers == [303] * 10 + [429] * 2 and len(reports(app)) == 10


def test_a_form_without_our_mark_is_refused(app, client, places):
    answer = client.post(f"{places['case']}/report", data=FIELDS, headers={"Referer": "https://localhost/"})
    assert answer.status_code == 400 and not reports(app)


# ---------------------------------------------------------------- private pages
def test_only_who_can_open_a_private_page_can_report_it(app, client):
    with app.app_context():
        case, token = stages.live_private()
        slug = case.slug
        told.post(case)
        database.session.commit()
    for path in (f"/cases/{slug}/report", f"/cases/{slug}/updates/1/report"):
        stranger = client.get(path)
        nothing = client.get(path.replace(slug, ids.public_id()))
        assert stranger.status_code == nothing.status_code == 404
        assert press(client, "/settings/appearance", path, **FIELDS).status_code == 404
    holder = app.test_client()
    holder.get(f"/p/{token}")
    page = holder.get(f"/cases/{slug}/report")
    assert page.status_code == 200 and "no-store" in page.headers["Cache-Control"]
    assert press(holder, f"/cases/{slug}/report", f"/cases/{slug}/report", **FIELDS).status_code == 303
    assert len(reports(app)) == 1


@pytest.mark.parametrize("path", ["/cases/{}/outcome/report", "/cases/{}/updates/7/report", "/stories/{}/report"])
def test_what_is_not_there_is_not_reported(app, client, path):
    with app.app_context():
        slug = stages.live().slug
        database.session.commit()
    assert client.get(path.format(slug)).status_code == 404


# ---------------------------------------------------------------- the log
@pytest.mark.parametrize("prefix", ["", "/fa"])
def test_the_public_log_tells_day_kind_and_reason_and_no_name(app, client, prefix):
    assert client.get(f"{prefix}/takedowns").status_code == 200
    with app.app_context():
        case = stages.live(title="CANARY")
        cases.take_down(case, "order", actor_id=None)
        slug = case.slug
        database.session.commit()
    page = client.get(f"{prefix}/takedowns")
    assert "CANARY" not in page.text and slug not in page.text and "Leila" not in page.text
    assert prefix or ("Case page taken down" in said(page) and "a court order or the law" in said(page))
    assert 'href="/takedowns"' in client.get("/").text and 'href="/takedowns"' in client.get("/policy").text


@pytest.mark.parametrize("before", ["0", "1", "x", "-3", "9" * 30, "٣"])
def test_the_log_begins_anew_for_odd_places(client, before):
    assert client.get(f"/takedowns?before={before}").status_code == 200


@pytest.mark.parametrize("prefix", ["", "/fa"])
def test_every_kind_of_concern_can_be_chosen(app, client, places, prefix):
    page = client.get(f"{prefix}{places['case']}/report").text
    assert all(f'value="{code}"' in page for code in CONCERNS)


def test_what_a_backer_wrote_can_be_reported_where_it_stands(app, client):
    with app.app_context():
        case = stages.live()
        pledge(case, 25, message="A word of mine.")
        page, whole = f"/cases/{case.slug}", f"/cases/{case.slug}/backers"
        database.session.commit()
    for where in (page, whole):
        assert f'href="{page}/report"' in client.get(where).text, where
