"""The types of cases: what each asks for, and what it offers to begin with."""

import pytest

from app.accounts import service
from app.cases import drafting, kinds, labels
from app.cases.kinds import KINDS
from app.cases.models import BudgetLine, Case, CaseStage
from app.database import db as database
from app.i18n.locale import using_language
from tests.cases import stages
from tests.cases.stages import PARTIES
from tests.cases.writing import begin, case_of, open_step, send_step
from tests.people import browser_of, leila
from tests.pledges.backing import complaints, hidden, post


def parties(**said):
    return drafting.Parties(**{**PARTIES, **said})


def test_there_is_a_template_for_every_type_of_case():
    assert KINDS.keys() == labels.KINDS.keys()
    assert all(kind.outline and kind.lines and kind.raising and kind.stages for kind in KINDS.values())


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_a_template_names_only_what_there_is_and_fits(app, kind):
    fields = drafting.Parties.__annotations__.keys()
    assert kind.skips <= fields and kind.names.keys() <= fields - kind.skips and kind.facts.keys() <= fields
    assert set(kind.stages) <= labels.LEGAL_STAGES.keys() and len(kind.raising) <= drafting.MOST_STAGES + 1
    for lang in ("en", "fa"):
        with app.test_request_context(), using_language(lang):
            assert all(len(str(label)) <= BudgetLine.label.type.length for label in kind.lines)
            for title, reason in kind.raising:
                assert len(str(title)) <= CaseStage.title.type.length
                assert len(str(reason)) <= CaseStage.reason.type.length


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_type_skips_is_not_asked_for_and_all_else_is(case, kind):
    drafting.describe(case, title="A title", area=case.area, kind=kind)
    known = KINDS[kind]
    whole = parties(legal_stage=known.stages[-1])
    drafting.set_parties(case, whole)
    assert "parties" not in drafting.missing(case)
    assert not any(getattr(case, name) for name in known.skips)
    for name in set(PARTIES) - known.skips:
        drafting.set_parties(case, parties(**{"legal_stage": known.stages[-1], name: ""}))
        lacks = known.needs(name, "" if name == "legal_stage" else known.stages[-1])
        assert ("parties" in drafting.missing(case)) is lacks, name


def test_another_type_asks_again_and_loses_nothing_until_it_is_answered(case):
    drafting.describe(case, title=case.title, area=case.area, kind="inquest")
    assert "parties" in drafting.missing(case) and case.respondent == PARTIES["respondent"]
    drafting.describe(case, title=case.title, area=case.area, kind="litigation")
    assert drafting.missing(case) == []


def test_a_stage_of_another_type_is_refused(case):
    drafting.describe(case, title=case.title, area=case.area, kind="law_reform")
    with pytest.raises(drafting.BadChoice) as refused:
        drafting.set_parties(case, parties(legal_stage="permission"))
    assert refused.value.field == "legal_stage"


# ---------------------------------------------------------------- the form
@pytest.fixture
def lawyer(app):
    return browser_of(app, leila)


@pytest.fixture
def draft(lawyer):
    return begin(lawyer)


def pressed(client, draft, step, **fields):
    """The step, after the button that offers a template."""
    path = f"{draft}/edit/{step}"
    return post(client, path, hidden(client.get(path)), template="1", **fields)


def test_the_form_asks_an_inquest_for_no_respondent(app, lawyer, draft):
    assert send_step(lawyer, draft, "about", kind="inquest").status_code == 303
    page = lawyer.get(f"{draft}/edit/parties").text
    assert 'name="respondent"' not in page and "Coroner’s court" in page and "Inquest opened" in page
    forged = send_step(lawyer, draft, "parties", legal_stage="opened", respondent="Forged")
    assert forged.status_code == 303 and case_of(app, draft).respondent == ""


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_a_template_is_offered_in_the_language_of_the_page_and_saves_nothing(app, lawyer, lang):
    draft = begin(lawyer, lang=lang)
    send_step(lawyer, draft, "about", kind="inquest")
    known = KINDS["inquest"]
    with app.test_request_context(), using_language(lang):
        heading, line, (stage, _why) = str(known.outline[0]), str(known.lines[0]), known.raising[0]
        stage = str(stage)
    assert f"## {heading}" in pressed(lawyer, draft, "story", story="").text
    assert f'value="{line}"' in pressed(lawyer, draft, "budget").text
    assert f'value="{stage}"' in pressed(lawyer, draft, "stages").text
    case = case_of(app, draft)
    assert (case.story_markdown, case.budget, case.target) == ("", [], None)


def test_a_template_never_takes_the_place_of_what_is_there(lawyer, draft):
    assert "## " not in pressed(lawyer, draft, "story", story="My own words").text
    written = {"lines-0-label": "My own line", "lines-0-amount": ""}
    page = pressed(lawyer, draft, "budget", **written).text
    assert 'value="My own line"' in page and "Barrister" not in page
    page = pressed(lawyer, draft, "stages", title="My own stage", reason="", **{"later-0-title": "Mine too"}).text
    assert 'value="My own stage"' in page and 'value="Mine too"' in page and 'letter before claim"' not in page


@pytest.mark.parametrize(
    ("typed", "number"), [("240", 240), ("9,400", 9400), ("۹٬۴۰۰", 9400), ("٢٤٠", 240), ("8 000", None)]
)
def test_how_many_benefit_is_read_in_all_digits(app, lawyer, draft, typed, number):
    answer = send_step(lawyer, draft, "parties", benefits_number=typed)
    assert answer.status_code == (303 if number else 400)
    assert case_of(app, draft).benefits_number == number


@pytest.mark.parametrize("typed", ["0", "-3", "many", "1.5", "9" * 11, "²"])
def test_a_number_of_people_that_is_none_is_told_at_its_field(app, lawyer, draft, typed):
    page = send_step(lawyer, draft, "parties", benefits_number=typed)
    assert (page.status_code, complaints(page)) == (400, ["Enter a whole number in figures, such as 240."])
    assert 'id="benefits_number-error"' in page.text and case_of(app, draft).acting_for == ""


# ---------------------------------------------------------------- saved while writing
def autosave(client, draft, step, marks, **fields):
    headers = {"Referer": "https://localhost/", "X-Autosave": "1"}
    return client.post(f"{draft}/edit/{step}", data={**marks, **fields}, headers=headers)


def test_a_script_saves_what_is_there_and_goes_nowhere(app, lawyer, draft):
    marks = open_step(lawyer, draft, "story")
    answer = autosave(lawyer, draft, "story", marks, summary="Half", story="A beginning")
    case = case_of(app, draft)
    assert (answer.status_code, answer.json["errors"], answer.json["version"]) == (200, {}, case.version)
    assert (case.summary, case.story_markdown) == ("Half", "A beginning") and "story" not in case.steps_done
    again = send_step(lawyer, draft, "story", marks=marks | {"seen": answer.json["seen"]})
    assert again.status_code == 303


def test_what_cannot_be_read_keeps_what_was_stored_and_the_rest_is_saved(app, lawyer, draft):
    send_step(lawyer, draft, "deadline")
    before = case_of(app, draft).deadline_at
    marks = open_step(lawyer, draft, "deadline")
    fields = {"deadline": ["31", "6", "2027"], "costs_risk": "uncapped", "costs_note": "New words", "prospects": "test"}
    answer = autosave(lawyer, draft, "deadline", marks, **fields)
    case = case_of(app, draft)
    assert answer.status_code == 200
    assert answer.json["errors"] == {"deadline": "There is no such day. Check the day and the month."}
    assert (case.deadline_at, case.costs_note, case.prospects) == (before, "New words", "test")


def test_saving_nothing_new_changes_no_version(app, lawyer, draft):
    send_step(lawyer, draft, "about")
    before, marks = case_of(app, draft).version, open_step(lawyer, draft, "about")
    answer = autosave(lawyer, draft, "about", marks, title=stages.WORDS["title"], area="government", kind="litigation")
    assert answer.status_code == 200 and case_of(app, draft).version == before


def test_a_script_does_not_undo_what_another_tab_saved(app, lawyer, draft):
    marks = open_step(lawyer, draft, "about")
    send_step(lawyer, draft, "about", title="From the other tab")
    answer = autosave(lawyer, draft, "about", marks, title="From this one")
    assert answer.status_code == 409 and "Another tab" in next(iter(answer.json["errors"].values()))
    assert case_of(app, draft).title == "From the other tab"


def test_a_script_without_our_mark_or_of_a_stranger_saves_nothing(app, lawyer, draft):
    marks = open_step(lawyer, draft, "about")
    assert autosave(lawyer, draft, "about", marks | {"csrf_token": "forged"}, title="X").status_code == 400
    assert autosave(app.test_client(), draft, "about", marks, title="X").status_code in (400, 404)
    assert case_of(app, draft).title == ""


@pytest.mark.parametrize("public_id", ["{draft}", "/dashboard/cases/0123456789abcdefghjk"])
def test_words_that_come_after_the_sign_in_ended_are_shown_to_be_copied_and_saved_nowhere(
    app, lawyer, draft, public_id
):
    marks, story = open_step(lawyer, draft, "story"), "A story with <b>tags</b> & signs"
    ended = app.test_client()
    path = public_id.format(draft=draft) + "/edit/story"
    page = post(ended, path, marks, story=story)
    assert page.status_code == 400 and "What you typed was not saved" in page.text
    assert (
        "A story with &lt;b&gt;tags&lt;/b&gt; &amp; signs" in page.text and "no-store" in page.headers["Cache-Control"]
    )
    assert "<form" not in page.text.split("<main")[1].split("</main>")[0]
    with app.app_context():
        service.end_others(leila().user, None)
        database.session.commit()
    page = post(lawyer, path, marks, story=story)
    assert page.status_code == 404 and "&lt;b&gt;tags" in page.text and case_of(app, draft).story_markdown == ""


def test_words_typed_elsewhere_are_not_shown_again(client):
    page = client.post("/account/sign-in", data={"password": "a long secret password"})
    assert page.status_code == 400 and "secret" not in page.text


def test_every_case_of_the_table_has_room_for_the_longest_people(db, case):
    drafting.set_parties(case, parties(benefits_number=9_000_000_000))
    db.session.flush()
    assert db.session.get(Case, case.id).benefits_number == 9_000_000_000


def test_the_kinds_with_costs_are_those_that_a_court_can_make_pay():
    assert {name for name, kind in KINDS.items() if kind.has_costs} == {"litigation", "intervention", "defence"}
    assert not kinds.of(None).skips
