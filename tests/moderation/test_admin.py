"""The staff's pages about reports."""

import pytest
from sqlalchemy import select

from app.accounts import service as accounts
from app.cases.models import Case
from app.database import db as database
from app.moderation import service
from app.moderation.models import Report
from tests.cases import stages
from tests.moderation import making
from tests.people import browser_of, dara, kian, leila, mina, nima, omid, sara
from tests.pledges.backing import complaints, press, said
from tests.updates import making as told


@pytest.fixture
def address(app):
    """The address of a report about a live case."""
    with app.app_context():
        report = making.report(stages.live(title="Clean water"), email="reader@example.org")
        database.session.commit()
        return f"/staff/reports/{report.public_id}"


@pytest.fixture
def reviewer(app):
    """Mina's browser."""
    return browser_of(app, mina)


def act(browser, address, name, words="", code=""):
    return press(browser, address, address, act=name, words=words, code=code)


def stored(app):
    with app.app_context():
        report = database.session.scalars(select(Report)).one()
        return report, report.case


@pytest.mark.parametrize("who", [sara, omid, leila, kian, nima])
def test_for_whoever_is_no_reviewer_there_is_nothing_here(app, address, who):
    browser = browser_of(app, who)
    assert browser.get("/staff/reports").status_code == browser.get(address).status_code == 404
    assert press(browser, "/settings/appearance", address, act="close", words="No.").status_code == 404


def test_a_report_is_read_with_its_words_shown_as_they_are(reviewer, address):
    assert address in reviewer.get("/staff/reports").text
    page = reviewer.get(address)
    assert "&lt;a child&gt;" in page.text and "<a child>" not in page.text
    assert "Clean water" in said(page) and "reader@example.org" not in page.text
    assert "1 report waits" in said(reviewer.get("/staff/"))


def test_everything_can_be_done_from_the_page(app, reviewer, address):
    steps = [
        ("take", "", ""),
        ("note", "Leave out the name.", ""),
        ("suspend", "We are looking into it.", "privacy"),
        ("take_down", "", "privacy"),
        ("put_back", "", ""),
        ("lift", "", ""),
        ("close", "The name is gone.", ""),
    ]
    for name, words, code in steps:
        assert act(reviewer, address, name, words, code).status_code == 303, name
    report, case = stored(app)
    assert report.is_closed and report.closed_because == "The name is gone."
    assert (case.suspended_at, case.taken_down_at) == (None, None)
    page = said(reviewer.get(address))
    assert "Leave out the name." in page and "The name is gone." in page and "Mina Sohrabi" in page
    assert address not in reviewer.get("/staff/reports").text
    assert address in reviewer.get("/staff/reports?state=closed").text


def test_the_lawyer_reads_the_note_on_the_page_of_the_case(app, reviewer, address):
    act(reviewer, address, "note", "Leave out <the name>.")
    public_id = database_case(app)
    page = browser_of(app, leila).get(f"/dashboard/cases/{public_id}").text
    assert "Leave out &lt;the name&gt;." in page and "reader@example.org" not in page


def database_case(app):
    with app.app_context():
        return database.session.scalars(select(Case.public_id)).one()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"act": ""}, "Choose what to do."),
        ({"act": "delete"}, "Choose what to do."),
        ({"act": "suspend", "words": "Words."}, "Choose the reason from the list."),
        ({"act": "take_down", "code": "because"}, "Choose the reason from the list."),
        ({"act": "note"}, "Write a sentence or more."),
        ({"act": "close", "words": " "}, "Write a sentence or more."),
        (
            {"act": "suspend", "code": "money", "words": "x" * 601},
            "This stands on the page. Use 600 characters or fewer.",
        ),
    ],
)
def test_what_is_missing_is_told_at_its_field(app, reviewer, address, fields, sentence):
    answer = press(reviewer, address, address, **{"words": "", "code": "", **fields})
    assert answer.status_code == 400 and complaints(answer) == [sentence]
    report, case = stored(app)
    assert case.suspended_at is None and not report.is_closed


def test_the_same_twice_is_quiet(reviewer, address):
    act(reviewer, address, "close", "Nothing in it.")
    again = act(reviewer, address, "close", "Nothing in it.")
    assert again.status_code == 303 and "That was done before." in reviewer.get(again.location).text


def test_a_closed_report_takes_no_note(app, reviewer, address):
    act(browser_of(app, dara), address, "close", "Nothing in it.")
    late = press(reviewer, "/settings/appearance", address, act="note", words="One more thing.")
    assert late.status_code == 409 and stored(app)[0].closed_because == "Nothing in it."


def test_nobody_works_on_a_report_about_their_own_page(app, address):
    with app.app_context():
        accounts.give_role(leila().user, "reviewer")
        database.session.commit()
    browser = browser_of(app, leila)
    page = browser.get(address)
    assert "Somebody else must look at it." in said(page) and 'name="act"' not in page.text
    assert press(browser, "/settings/appearance", address, act="close", words="Mine.").status_code == 409


@pytest.mark.parametrize("prefix", ["", "/fa"])
def test_each_kind_leads_to_the_page_that_is_meant(app, reviewer, prefix):
    with app.app_context():
        outcome = told.concluded("won", told.funded(title="Won"))
        story, update = told.told(outcome), told.post(outcome.case)
        made = {
            f"/cases/{outcome.case.slug}/updates/{update.n}": making.report(outcome.case, "update", place=update.n),
            f"/cases/{outcome.case.slug}#outcome": making.report(outcome.case, "outcome"),
            f"/stories/{story.slug}": making.report(outcome.case, "story"),
            f"/lawyers/{leila().slug}": making.about_lawyer(leila()),
        }
        wanted = {path: report.public_id for path, report in made.items()}
        database.session.commit()
    for path, public_id in wanted.items():
        assert f'href="{prefix}{path}"' in reviewer.get(f"{prefix}/staff/reports/{public_id}").text, path


def test_a_report_about_a_lawyers_page_offers_no_suspension(app, reviewer):
    with app.app_context():
        public_id = making.about_lawyer(leila()).public_id
        database.session.commit()
    page = reviewer.get(f"/staff/reports/{public_id}").text
    assert 'value="note"' in page and 'value="suspend"' not in page and 'value="take_down"' not in page


def test_what_is_closed_is_listed_page_by_page(app, reviewer, monkeypatch):
    monkeypatch.setattr("app.moderation.queries.PAGE", 2)
    with app.app_context():
        case = stages.live()
        for _ in range(5):
            service.close(making.report(case), mina(), "Nothing in it.")
        database.session.commit()
    first = reviewer.get("/staff/reports?state=closed").text
    assert first.count('href="/staff/reports/') == 2 and 'rel="next"' in first


def test_one_update_is_taken_down_from_the_page_and_everybody_reads_that_it_was(app, reviewer):
    with app.app_context():
        update = told.post(told.funded(title="Clean water"))
        report = making.report(update.case, "update", place=update.n)
        page = f"/cases/{update.case.slug}"
        database.session.commit()
        address = f"/staff/reports/{report.public_id}"
    visitor = app.test_client()
    assert "both grounds" in visitor.get(f"{page}/updates/1").text  # the control
    wrong = press(reviewer, address, address, act="take_update_down", words="", code="")
    assert wrong.status_code == 400 and complaints(wrong) == ["Choose the reason from the list."]
    assert act(reviewer, address, "take_update_down", code="privacy").status_code == 303
    for where in (f"{page}/updates/1?a", f"{page}/updates/?a", f"{page}?a", f"{page}/updates/1?b"):
        shown = visitor.get(where)
        assert shown.status_code == 200 and "An update was taken down on" in said(shown), where
        assert "both grounds" not in shown.text and "Permission granted" not in shown.text, where
        assert "somebody’s privacy or safety" in said(shown), where
    assert "Update taken down" in visitor.get("/takedowns").text
    assert act(reviewer, address, "put_update_back").status_code == 303
    assert "both grounds" in visitor.get(f"{page}/updates/1?c").text
