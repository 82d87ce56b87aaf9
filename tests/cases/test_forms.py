"""What the steps of the wizard refuse, and in which words."""

import re
from datetime import date, timedelta
from html import unescape

import jdatetime
import pytest

from app.core.text import ascii_digits
from tests.cases import stages
from tests.cases.writing import begin, boxes, case_of, filled, open_step, send_step
from tests.people import browser_of, leila
from tests.pledges.backing import complaints, post, said

LINE = {"lines-0-label": "Counsel", "lines-0-amount": "1000"}


@pytest.fixture
def lawyer(app):
    """A browser in which Leila is signed in."""
    return browser_of(app, leila)


@pytest.fixture
def draft(lawyer):
    """Where the steps of Leila's new draft stand."""
    return begin(lawyer)


def value_of(page, name):
    """What stands in the box `name`."""
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', page.text)
    return unescape(found[1]) if found else None


def dates_in(page):
    return re.findall(r'name="deadline"[^>]*value="([^"]*)"', page.text)


# ---------------------------------------------------------------- what must be there
@pytest.mark.parametrize(
    ("step", "fields", "sentence"),
    [
        ("about", {"title": " \x00\n"}, "Enter a title."),
        ("about", {"title": "x" * 121}, "This is 1 character too long. Use 120 or fewer."),
        ("about", {"title": "x" * 132}, "This is 12 characters too long. Use 120 or fewer."),
        ("about", {"title": "=?utf-8?q?x?="}, "Leave out the signs =? because email programs misread them."),
        ("about", {"area": ""}, "Choose an area of law."),
        ("about", {"area": "astrology"}, "Choose one of the answers."),
        ("about", {"kind": "duel"}, "Choose one of the answers."),
        ("parties", {"acting_for": ""}, "Say who you act for."),
        ("parties", {"respondent": "y" * 161}, "This is 1 character too long. Use 160 or fewer."),
        ("parties", {"legal_stage": "lunch"}, "Choose one of the answers."),
        ("parties", {"claim_number": ""}, "Enter the claim number: it is needed once a claim is filed."),
        ("parties", {"relief_sought": "z" * 601}, "This is 1 character too long. Use 600 or fewer."),
        ("story", {"summary": ""}, "Enter a summary."),
        ("story", {"summary": "s" * 201}, "This is 1 character too long. Use 200 or fewer."),
        ("story", {"story": ""}, "Write at least 50 words. There are 0 so far."),
        ("story", {"story": "One"}, "Write at least 50 words. There is 1 so far."),
        ("story", {"story": "w" * 20_001}, "This is 1 character too long. Use 20,000 or fewer."),
        ("deadline", {"costs_risk": ""}, "Say whether your client could have to pay the other side’s costs."),
        ("deadline", {"costs_risk": "maybe"}, "Choose one of the answers."),
        ("deadline", {"costs_risk": "capped"}, "Enter the cap that is agreed."),
        ("deadline", {"costs_risk": "capped", "costs_cap": "1e3"}, "Enter the amount in figures, such as 25.50."),
        ("deadline", {"costs_note": ""}, "Say in a sentence or two what your client could have to pay, and when."),
    ],
)
def test_each_wrong_field_has_its_own_sentence(app, lawyer, draft, step, fields, sentence):
    send_step(lawyer, draft, "about")  # the kind of case decides what must be said of costs
    before = case_of(app, draft).version
    page = send_step(lawyer, draft, step, **fields)
    assert page.status_code == 400 and sentence in complaints(page), complaints(page)
    assert f'id="{next(iter(fields))}' in page.text and 'aria-invalid="true"' in page.text
    assert "<title>Error: " in page.text and case_of(app, draft).version == before


def test_a_claim_number_is_not_needed_before_a_claim(app, lawyer, draft):
    assert send_step(lawyer, draft, "parties", legal_stage="pre_action", claim_number="").status_code == 303
    assert "parties" in case_of(app, draft).steps_done


def test_what_was_typed_is_kept_when_something_is_wrong(lawyer, draft):
    page = send_step(lawyer, draft, "parties", acting_for="<b>Readers</b>", respondent="", who_benefits="All & sundry")
    assert value_of(page, "acting_for") == "<b>Readers</b>" and "&lt;b&gt;Readers" in page.text
    assert "All &amp; sundry</textarea>" in page.text
    assert re.search(r'<input checked[^>]*value="permission"|value="permission"[^>]*checked', page.text)


def test_lines_are_joined_and_controls_are_left_out(app, lawyer, draft):
    send_step(lawyer, draft, "about", title="  Clean\r\nwater\x00 \u202efor\tall ")
    assert case_of(app, draft).title == "Clean water for all"


# ---------------------------------------------------------------- budget
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter the amount in figures, such as 25.50."),
        ("0", "Enter an amount above zero."),
        ("-1", "Enter the amount without a minus sign."),
        ("25,50", "Write pence after a full stop, such as 25.50."),
        ("1e3", "Enter the amount in figures, such as 25.50."),
        ("10\x00", "Enter the amount in figures, such as 25.50."),
        ("25.505", "Use fewer digits after the full stop, such as 25.50."),
        ("1000000.01", "Enter an amount of £1,000,000.00 or less."),
        ("9" * 5000, "Enter an amount of £1,000,000.00 or less."),
    ],
)
def test_an_amount_that_is_none_is_told_in_its_row(app, lawyer, draft, typed, sentence):
    page = send_step(lawyer, draft, "budget", **{"lines-1-label": "Court fee", "lines-1-amount": typed})
    assert (page.status_code, complaints(page)) == (400, [sentence])
    assert 'href="#lines-1-amount"' in page.text and 'aria-describedby="lines-1-amount-error"' in page.text
    assert case_of(app, draft).budget == []


@pytest.mark.parametrize(("typed", "minor"), [("۲٬۰۲۵٫۵۰", 202_550), ("٢٠٢٥٫٥", 202_550), ("£2,025.50", 202_550)])
def test_amounts_are_understood_in_every_way_people_write_them(app, lawyer, draft, typed, minor):
    assert send_step(lawyer, draft, "budget", **{"lines-0-amount": typed}).status_code == 303
    case = case_of(app, draft)
    assert [line.amount.minor for line in case.budget] == [minor] and case.target.minor > minor


def test_a_row_with_an_amount_needs_a_name_and_an_empty_row_is_none(app, lawyer, draft):
    page = send_step(lawyer, draft, "budget", **{"lines-1-label": "", "lines-1-amount": "20"})
    assert complaints(page) == ["Say what this line is for."]
    rows = {
        "lines-1-label": " ",
        "lines-1-detail": "",
        "lines-1-amount": "",
        "lines-2-label": "Fee",
        "lines-2-amount": "9",
    }
    assert send_step(lawyer, draft, "budget", **rows).status_code == 303
    assert [line.label for line in case_of(app, draft).budget] == ["Counsel’s fee", "Fee"]


@pytest.mark.parametrize("off", [-1, 1])
def test_a_target_that_is_off_by_a_penny_is_refused_with_the_right_sum(app, lawyer, draft, off):
    assert send_step(lawyer, draft, "budget").status_code == 303
    right = case_of(app, draft).target.minor
    page = send_step(lawyer, draft, "budget", target=f"{(right + off) / 100:.2f}")
    wrong = f"£{(right + off) / 100:,.2f}"
    told = f"The target must equal the budget lines plus fees: £{right / 100:,.2f}. You entered {wrong}."
    assert (page.status_code, complaints(page)) == (400, [told])
    assert 'href="#target"' in page.text and 'id="target-error"' in page.text
    assert send_step(lawyer, draft, "budget", target=f"{right / 100:.2f}").status_code == 303


def test_a_budget_of_nothing_or_outside_the_limits_is_refused(lawyer, draft):
    nothing = send_step(lawyer, draft, "budget", **{"lines-0-label": "", "lines-0-amount": ""})
    assert complaints(nothing) == ["Say what the money pays for, in at least one line."]
    little = complaints(send_step(lawyer, draft, "budget", **{"lines-0-amount": "1"}))
    assert little == ["The target must be between £500.00 and £1,000,000.00. The lines and fees come to £1.05."]


def test_there_is_room_for_twelve_lines(app, lawyer, draft):
    rows = {
        f"lines-{n}-{name}": value for n in range(13) for name, value in (("label", f"Item {n}"), ("amount", "100"))
    }
    page = send_step(lawyer, draft, "budget", **rows)
    assert complaints(page) == ["There is room for 12 lines. Put small amounts together in one."]
    assert value_of(page, "lines-12-label") == "Item 12"
    assert send_step(lawyer, draft, "budget", **dict(list(rows.items())[:24])).status_code == 303
    assert len(case_of(app, draft).budget) == 12


@pytest.mark.parametrize("place", ["²", "9" * 5000, "99", "x", "-1"])
def test_rows_with_forged_numbers_do_no_harm(lawyer, draft, place):
    page = send_step(lawyer, draft, "budget", **{f"lines-{place}-label": "Forged", "remove": place})
    assert page.status_code == 200 and value_of(page, "lines-0-label") == "Counsel’s fee"


def test_rows_are_added_and_removed_without_script_and_without_saving(app, lawyer, draft):
    more = send_step(lawyer, draft, "budget", add="1", **{"lines-1-label": "Court fee", "lines-1-amount": "900"})
    assert more.status_code == 200 and value_of(more, "lines-2-label") == ""
    assert "Lines together £5,400.00" in said(more) and case_of(app, draft).budget == []
    fields = {"lines-1-label": "Court fee", "lines-1-amount": "900", "remove": "0"}
    fewer = send_step(lawyer, draft, "budget", **fields)
    assert value_of(fewer, "lines-0-label") == "Court fee" and "Lines together £900.00" in said(fewer)
    last = send_step(lawyer, draft, "budget", remove="0")
    assert value_of(last, "lines-0-label") == ""


def test_a_thirteenth_row_is_not_added(lawyer, draft):
    rows = {f"lines-{n}-label": f"Item {n}" for n in range(12)}
    page = send_step(lawyer, draft, "budget", add="1", **rows)
    assert page.status_code == 400 and complaints(page)[0].startswith("There is room for 12 lines.")
    assert 'name="lines-12-label"' not in page.text


def test_the_sums_can_be_asked_for(app, lawyer, draft):
    page = send_step(lawyer, draft, "budget", update="1")
    words = "Lines together £4,500.00 Platform fee, 3% £142.11 Card fees, about 2% £94.74 Target £4,736.85"
    assert page.status_code == 200 and words in said(page)
    assert case_of(app, draft).target is None
    assert send_step(lawyer, draft, "budget", update="1", **{"lines-0-amount": "1e3"}).status_code == 400


# ---------------------------------------------------------------- deadline
@pytest.mark.parametrize(
    ("typed", "sentence", "box"),
    [
        (["", "", ""], "Enter the day on which pledging closes.", "deadline"),
        (["1", "", "2027"], "Enter the month too.", "deadline-month"),
        (["1", "1", ""], "Enter the year too.", "deadline-year"),
        (["", "1", "2027"], "Enter the day too.", "deadline"),
        (["31", "6", "2027"], "There is no such day. Check the day and the month.", "deadline"),
        (["1", "13", "2027"], "There is no such day. Check the day and the month.", "deadline"),
        (["30", "12", "1404"], "There is no such day. Check the day and the month.", "deadline"),
        (["one", "1", "2027"], "Enter day, month and year in figures.", "deadline"),
        (["1", "1", "27"], f"Enter the year with four digits, such as {date.today().year}.", "deadline-year"),
        (["1", "\x00", "2027"], "Enter the month too.", "deadline-month"),
        (["1", "1" * 9, "2027"], "Enter day, month and year in figures.", "deadline-month"),
    ],
)
def test_a_day_that_is_none_is_told_at_its_box(lawyer, draft, typed, sentence, box):
    page = send_step(lawyer, draft, "deadline", deadline=typed)
    assert page.status_code == 400 and complaints(page)[0] == sentence
    assert f'href="#{box}"' in page.text and f'id="{box}"' in page.text
    assert dates_in(page) == [text.replace("\x00", "") for text in typed]


@pytest.mark.parametrize("ahead", [-1, 0, 6, 61, 4000])
def test_a_day_that_is_past_too_near_or_too_far_is_refused(app, lawyer, draft, ahead):
    when = stages.day(ahead)
    page = send_step(lawyer, draft, "deadline", deadline=boxes(when))
    assert page.status_code == 400
    assert complaints(page)[0].startswith("The deadline must be 7 to 60 days away, between ")
    assert dates_in(page) == boxes(when) and case_of(app, draft).deadline_at is None


@pytest.mark.parametrize("ahead", [7, 60])
def test_the_first_and_the_last_day_will_do(app, lawyer, draft, ahead):
    assert send_step(lawyer, draft, "deadline", deadline=boxes(stages.day(ahead))).status_code == 303
    assert case_of(app, draft).deadline_at.date() == stages.day(ahead)


def test_days_are_understood_in_both_calendars_and_all_digits(app, lawyer, draft):
    when = stages.day(30)
    jalali = jdatetime.date.fromgregorian(date=when)
    persian = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
    typed = [str(part).translate(persian) for part in (jalali.day, jalali.month, jalali.year)]
    assert send_step(lawyer, draft, "deadline", deadline=typed).status_code == 303
    assert case_of(app, draft).deadline_at.date() == when
    page = lawyer.get(f"{draft}/edit/deadline")
    assert dates_in(page) == boxes(when)
    assert [ascii_digits(text) for text in dates_in(lawyer.get(f"/fa{draft}/edit/deadline"))] == boxes(when)


def test_the_persian_page_says_a_deadline_in_both_calendars(lawyer, draft):
    page = send_step(lawyer, f"/fa{draft}", "deadline", deadline=boxes(date.today() + timedelta(days=1)))
    first = jdatetime.date.fromgregorian(date=stages.day(7))
    assert page.status_code == 400
    assert jdatetime.date.j_months_fa[first.month - 1] in complaints(page)[0]


def test_a_cap_is_kept_only_where_one_is_agreed(app, lawyer, draft):
    send_step(lawyer, draft, "deadline", costs_risk="capped", costs_cap="۱۰٬۰۰۰")
    assert case_of(app, draft).costs_cap.minor == 1_000_000
    send_step(lawyer, draft, "deadline", costs_risk="none", costs_cap="nonsense", costs_note="")
    case = case_of(app, draft)
    assert (case.costs_risk, case.costs_cap) == ("none", None) and "deadline" in case.steps_done


def test_a_note_on_costs_is_not_needed_where_nobody_can_lose_them(app, lawyer, draft):
    send_step(lawyer, draft, "about", kind="inquest")
    assert send_step(lawyer, draft, "deadline", costs_note="").status_code == 303
    assert "deadline" in case_of(app, draft).steps_done
    send_step(lawyer, draft, "about", kind="litigation")
    assert "deadline" not in case_of(app, draft).steps_done


# ---------------------------------------------------------------- both languages
def test_numbers_stand_in_the_language_of_each_page(lawyer, draft):
    assert "Up to 120 characters" in lawyer.get(f"{draft}/edit/about").text
    assert "۱۲۰" in said(lawyer.get(f"/fa{draft}/edit/about"))
    assert "Up to 120 characters" in lawyer.get(f"{draft}/edit/about").text


def test_a_form_that_was_sent_before_its_key_is_read_is_refused(lawyer):
    marks = open_step(lawyer, begin(lawyer), "about") | {"form_key": "mine"}
    page = post(lawyer, "/cases/new", marks, **filled("visibility"))
    assert (page.status_code, complaints(page)) == (400, ["Load the page again and send the form once more."])
