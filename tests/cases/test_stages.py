"""Stages of the money: in order, the first paid by the initial target, and every later change told to everybody."""

from datetime import UTC

import pytest

from app.cases import drafting, fields, publishing, review, stages
from app.cases.drafting import Prospects, Stage
from app.cases.models import CaseStageChange
from app.core.money import Money
from tests.cases import stages as cases
from tests.people import browser_of, kian, leila
from tests.pledges.backing import complaints, hidden, post, said

FIRST = Stage("Permission", "Without it there is no hearing.")
HEARING = Stage("The hearing", "Two days in court.", Money(600_000, "GBP"))
APPEAL = Stage("An appeal", "Only if there is one.", Money(300_000, "GBP"))


def planned(*later):
    """A live case with these later stages."""
    case = cases.draft()
    drafting.plan_stages(case, FIRST, later)
    return publish(case)


def publish(case):
    review.submit(cases.consented(case))
    cases.approve(case)
    publishing.publish(case)
    return case


def told(case):
    return [(row.title, row.amount) for row in case.stages]


def test_stages_stand_in_order_and_the_first_has_no_amount(case):
    drafting.plan_stages(case, Stage("Permission", "First", Money(1, "GBP")), [HEARING, APPEAL])
    assert told(case) == [("Permission", None), ("The hearing", HEARING.amount), ("An appeal", APPEAL.amount)]
    assert "stages" not in drafting.missing(case)


@pytest.mark.parametrize("first", [Stage("", "Why"), Stage("What", "")])
def test_the_first_stage_needs_a_title_and_a_reason(case, first):
    drafting.plan_stages(case, first)
    assert drafting.missing(case) == ["stages"]


@pytest.mark.parametrize(
    "later", [Stage("", "Why", HEARING.amount), Stage("What", "", HEARING.amount), Stage("A", "B")]
)
def test_a_later_stage_without_one_of_its_three_is_refused(case, later):
    with pytest.raises(drafting.StageLacks):
        drafting.plan_stages(case, FIRST, [later])


def test_there_is_room_for_six_later_stages(case):
    drafting.plan_stages(case, FIRST, [HEARING] * drafting.MOST_STAGES)
    with pytest.raises(drafting.TooManyStages):
        drafting.plan_stages(case, FIRST, [HEARING] * (drafting.MOST_STAGES + 1))


def test_a_reviewer_reads_the_stages_as_words(case):
    drafting.plan_stages(case, FIRST, [HEARING])
    words = fields.reads("stages", fields.said(case, "stages"))
    assert words == "Permission. Without it there is no hearing.\nThe hearing: £6,000.00. Two days in court."


# ---------------------------------------------------------------- which one is paid
def standing(case, pounds):
    rows = stages.standings(case, case.stages, Money(pounds * 100, "GBP"))
    return [(row.is_paid, row.is_next) for row in rows]


def test_the_target_pays_for_the_first_stage_and_what_is_beyond_it_for_the_next(case):
    drafting.plan_stages(case, FIRST, [HEARING, APPEAL])
    target = case.target.minor // 100 + 1
    assert standing(case, 0) == [(False, True), (False, False), (False, False)]
    assert standing(case, target) == [(True, False), (False, True), (False, False)]
    assert standing(case, target + 6000) == [(True, False), (True, False), (False, True)]
    assert standing(case, target + 9000) == [(True, False)] * 3


# ---------------------------------------------------------------- changed in public
def test_a_change_keeps_what_was_what_is_who_and_when(db, audited, clock):
    case, lawyer = planned(HEARING, APPEAL), leila().user
    version = case.version
    dearer = Stage("The hearing", "Three days in court.", Money(900_000, "GBP"))
    assert stages.change(case, [dearer], lawyer, seen=version) is True
    db.session.flush()
    db.session.expire_all()
    rows, changes = stages.told(case)
    assert [row.title for row in rows] == ["Permission", "The hearing"] and case.version == version + 1
    assert [(c.position, c.old_title, c.old_amount, c.new_amount, c.actor.name) for c in changes] == [
        (3, "An appeal", APPEAL.amount, None, "Leila Farahani"),
        (2, "The hearing", HEARING.amount, dearer.amount, "Leila Farahani"),
    ]
    assert audited(case)[-1] == "case.stages_changed"


def test_saving_what_stands_there_is_quiet(db, audited):
    case = planned(HEARING)
    assert stages.change(case, [HEARING], leila().user, seen=0) is False
    assert "case.stages_changed" not in audited(case)
    assert db.session.query(CaseStageChange).count() == 0


def test_a_change_to_a_page_that_has_moved_on_is_refused(db):
    case = planned()
    with pytest.raises(stages.Overtaken):
        stages.change(case, [HEARING], leila().user, seen=case.version - 1)


@pytest.mark.parametrize("made", [cases.draft, cases.in_review, cases.approved])
def test_stages_change_in_public_only_while_the_page_raises_money(db, made):
    with pytest.raises(stages.NotRaising):
        stages.change(made(), [HEARING], leila().user)


def test_the_lawyer_changes_stages_and_everybody_reads_it(app, client, made):
    path = f"/dashboard/cases/{made(planned, HEARING)}/stages"
    lawyer = browser_of(app, leila)
    assert 'value="The hearing"' in lawyer.get(path).text
    row = {"later-0-title": "The full hearing", "later-0-reason": "Three days", "later-0-amount": "9000"}
    answer = post(lawyer, path, hidden(lawyer.get(path)), **row)
    assert answer.status_code == 303
    page = said(client.get("/cases/keep-thornley-library-open"))
    assert "1 change to the stages" in page and "The hearing · £6,000 · Two days in court." in page
    assert "The full hearing · £9,000 · Three days" in page


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"later-0-title": ""}, "Name this stage."),
        ({"later-0-reason": ""}, "Say why this stage is needed."),
        ({"later-0-amount": "some"}, "Enter the amount in figures, such as 25.50."),
    ],
)
def test_what_is_wrong_is_told_in_its_row_and_nothing_is_changed(app, made, row, sentence):
    path = f"/dashboard/cases/{made(planned, HEARING)}/stages"
    lawyer = browser_of(app, leila)
    typed = {"later-0-title": "A", "later-0-reason": "B", "later-0-amount": "1"} | row
    page = post(lawyer, path, hidden(lawyer.get(path)), **typed)
    assert (page.status_code, complaints(page)) == (400, [sentence])
    assert 'value="The hearing"' in lawyer.get(path).text


def test_rows_are_added_without_script_and_another_lawyer_finds_nothing(app, made):
    path = f"/dashboard/cases/{made(planned)}/stages"
    lawyer = browser_of(app, leila)
    page = post(lawyer, path, hidden(lawyer.get(path)), add="1")
    assert page.status_code == 200 and 'name="later-1-title"' in page.text
    assert browser_of(app, kian).get(path).status_code == 404


# ---------------------------------------------------------------- prospects and costs
@pytest.mark.parametrize(
    ("scale", "note", "is_told"),
    [("", "", False), ("strong", "", False), ("strong", "Why", True), ("withheld", "", True)],
)
def test_a_page_tells_its_prospects_or_that_they_are_withheld(case, scale, note, is_told):
    drafting.assess(case, Prospects(scale, note))
    assert ("deadline" in drafting.missing(case)) is not is_told


def test_a_note_is_dated_when_its_words_change_and_withholding_says_nothing_more(case, clock):
    written = case.prospects_on
    clock.move(3 * 86_400)
    drafting.assess(case, Prospects(case.prospects, case.prospects_note))
    assert case.prospects_on == written
    drafting.assess(case, Prospects("withheld", "Not to be kept"))
    assert case.prospects_note == "" and case.prospects_on > written


def test_two_hundred_words_are_enough(case):
    drafting.assess(case, Prospects("test", "word " * 200))
    with pytest.raises(drafting.TooManyWords) as refused:
        drafting.assess(case, Prospects("test", "word " * 201))
    assert refused.value.field == "prospects_note" and refused.value.values == {"most": 200, "words": 201}


def test_a_scale_that_is_not_offered_is_refused(case):
    with pytest.raises(drafting.BadChoice):
        drafting.assess(case, Prospects("certain", "It is"))


def test_the_page_says_what_a_backer_can_owe_and_how_the_lawyer_sees_it(client, made):
    made(cases.live)
    page = said(client.get("/cases/keep-thornley-library-open"))
    assert "Nothing beyond the pledge." in page and "No insurance" in page
    assert "Reasonable: about as likely to succeed as to fail" in page and cases.WORDS["prospects_note"] in page


def test_a_withheld_note_says_so_in_those_words(client, made):
    def withheld():
        case = cases.draft()
        drafting.assess(case, Prospects("withheld", ""))
        return publish(case)

    made(withheld)
    page = said(client.get("/cases/keep-thornley-library-open"))
    assert "Withheld: privilege" in page and "It says nothing about the case either way." in page


# ---------------------------------------------------------------- the court's clock
def test_pledging_closes_at_one_where_the_court_is(client, case):
    drafting.set_deadline(case, cases.day(20), cases.costs(), "America/New_York")
    assert (case.time_zone, case.deadline_at.hour) == ("America/New_York", 13)
    assert case.deadline_at.astimezone(UTC).hour in (17, 18)


def test_a_zone_without_a_court_is_refused(case):
    with pytest.raises(drafting.BadChoice) as refused:
        drafting.set_deadline(case, cases.day(20), cases.costs(), "Antarctica/Troll")
    assert refused.value.field == "time_zone"


def test_insurance_is_told_where_there_is_something_to_insure(case):
    bare = drafting.CostsRisk("uncapped", None, "A note")
    drafting.set_deadline(case, cases.day(20), bare)
    assert drafting.missing(case) == ["deadline"]
    drafting.set_deadline(case, cases.day(20), drafting.CostsRisk("none", None, "", "held"))
    assert drafting.missing(case) == [] and case.costs_insurance == ""
