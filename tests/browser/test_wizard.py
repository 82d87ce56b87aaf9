"""From an empty form to a live page: a lawyer writes, somebody else approves, the lawyer publishes."""

import re
from datetime import timedelta

import jdatetime
import pytest
from playwright.sync_api import Page, expect

from app.core import clock
from tests.browser import steps
from tests.browser.browsers import DESKTOP, PHONE
from tests.browser.running import link_in
from tests.browser.steps import send, words
from tests.cases import stages
from tests.people import leila, mina

LEILA = "leila@example.org"
ENGLISH = {
    "title": "Clean air for Mill Lane",
    "acting_for": "Residents of Mill Lane",
    "respondent": "Harrowby City Council",
    "court": "Administrative Court, Leeds",
    "claim_number": "AC-2026-LDS-000117",
    "cause_of_action": "Judicial review of the decision of 3 March",
    "relief_sought": "An order that the council decides again.",
    "who_benefits": "About 900 people who live on the lane.",
    "summary": "A street asks the court to make its council count the lorries.",
    "story": "## What happened\n\n" + "The council opened the lane to lorries **without counting them**. " * 10,
    "costs_note": "We have asked the court for a cap.",
}
PERSIAN = {
    **ENGLISH,
    "title": "هوای پاک برای میل‌لین",
    "acting_for": "ساکنان میل‌لین",
    "respondent": "شورای شهر هاروبی",
    "court": "دادگاه اداری لیدز",
    "summary": "ساکنان یک خیابان از دادگاه می‌خواهند که شورای شهر کامیون‌ها را بشمارد.",
    "story": "## چه شد\n\n" + "شورا خیابان را **بدون شمارش** به روی کامیون‌ها باز کرد. " * 10,
}


def choose(page: Page, name: str, value: str) -> None:
    page.locator(f"[name={name}][value={value}]").check()


def fill(page: Page, said: dict[str, str], *names: str) -> None:
    for name in names:
        page.locator(f"[name={name}]").fill(said[name])


def write_page(page: Page, said: dict[str, str], lang: str, visibility: str = "public") -> None:
    """All steps of the wizard, from its first page to the last."""
    choose(page, "visibility", visibility)
    choose(page, "lang", lang)
    send(page)
    fill(page, said, "title")
    choose(page, "area", "environment")
    choose(page, "kind", "litigation")
    send(page)
    fill(page, said, "acting_for", "respondent", "court", "claim_number", "cause_of_action")
    fill(page, said, "relief_sought", "who_benefits")
    choose(page, "legal_stage", "issued")
    send(page)
    fill(page, said, "summary", "story")
    page.locator("[name=preview]").click()
    expect(page.locator(".preview .prose strong").first).to_be_visible()
    send(page)
    budget(page, lang)
    send(page)
    day = (clock.now() + timedelta(days=20)).date()
    parts = (day.day, day.month, day.year)
    if lang == "fa":
        jalali = jdatetime.date.fromgregorian(date=day)
        parts = (jalali.day, jalali.month, jalali.year)
    for box, number in zip(page.locator("[name=deadline]").all(), parts, strict=True):
        box.fill(in_digits(number, lang))
    choose(page, "costs_risk", "capped")
    page.locator("[name=costs_cap]").fill(in_digits(10000, lang))
    fill(page, said, "costs_note")
    send(page)


def budget(page: Page, lang: str) -> None:
    """Two lines, the second added; the target is worked out on the page."""
    for row, (label, pounds) in enumerate((("Counsel", 400), ("Court fees", 75))):
        if not page.locator(f"[name=lines-{row}-label]").count():
            page.locator("[name=add]").click()
        page.locator(f"[name=lines-{row}-label]").fill(label)
        page.locator(f"[name=lines-{row}-amount]").fill(in_digits(pounds, lang))
    page.locator("[name=update]").click()
    expect(page.locator("main .facts .total")).to_contain_text("۵۰۰" if lang == "fa" else "£500.00")


def in_digits(number: int, lang: str) -> str:
    return str(number).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")) if lang == "fa" else str(number)


def decide(page: Page, title: str, decision: str, comment: str = "", prefix: str = "") -> None:
    """A reviewer finds the page among those that wait, and decides."""
    page.goto(f"{prefix}/staff/")
    page.locator("main .acts a").click()
    page.locator(".queue a", has_text=title).last.click()
    choose(page, "decision", decision)
    page.locator("[name=comment]").fill(comment)
    send(page)
    page.wait_for_url(re.compile("/staff/cases$"))


@pytest.mark.parametrize("script", [True, False], ids=["script", "no_script"])
@pytest.mark.parametrize(("lang", "said"), [("en", ENGLISH), ("fa", PERSIAN)], ids=["en", "fa"])
def test_a_page_is_written_approved_and_published(browse, portal, lang, said, script):
    device, prefix = (DESKTOP, "") if lang == "en" else (PHONE, "/fa")
    page = browse(device, script=script, who=None if script else leila)
    if script:
        steps.sign_in(page, portal, leila, prefix)
    page.goto(f"{prefix}/cases/new")
    write_page(page, said, lang)
    assert said["title"] in words(page)
    send(page)
    page.wait_for_url(re.compile(r"/dashboard/cases/\w+$"))
    mine = page.url

    decide(browse(DESKTOP, who=mina), said["title"], "approve")

    page.goto(mine)
    send(page)
    live = page.locator(".copybox code").inner_text()
    stranger = browse(PHONE, script=script)
    stranger.goto(live)
    assert said["title"] in words(stranger) and said["respondent"] in words(stranger)
    stranger.goto(f"{prefix}/cases/")
    expect(stranger.get_by_role("link", name=said["title"]).first).to_be_visible()


def test_what_a_reviewer_asks_for_is_changed_and_sent_in_again(browse, portal):
    with portal.inside():
        case = stages.in_review(leila(), title="Keep the footbridge")
        public_id = case.public_id
    reviewer, page = browse(DESKTOP, who=mina), browse(PHONE, who=leila)
    decide(reviewer, "Keep the footbridge", "request_changes", "Say who owns the bridge.")
    page.goto(link_in(portal.letter(LEILA, "Keep the footbridge"), "/dashboard/"))
    assert "Say who owns the bridge." in words(page)
    page.goto(f"/dashboard/cases/{public_id}/edit/about")
    page.locator("[name=title]").fill("Keep the town’s footbridge")
    send(page)
    page.goto(f"/dashboard/cases/{public_id}/check")
    send(page)
    decide(reviewer, "Keep the town’s footbridge", "approve")
    page.goto(link_in(portal.letter(LEILA, "Keep the town’s footbridge"), "/dashboard/"))
    send(page)
    assert "The page is live." in page.inner_text("body")


def test_a_draft_that_was_left_goes_on_where_it_was_left(browse):
    page = browse(PHONE, who=leila)
    page.goto("/cases/new")
    choose(page, "visibility", "private")
    choose(page, "lang", "en")
    send(page)
    fill(page, {"title": "A draft left behind"}, "title")
    choose(page, "area", "employment")
    choose(page, "kind", "advice")
    send(page)
    expect(page.locator("[name=respondent]")).to_be_visible()
    page.context.close()
    page = browse(DESKTOP, who=leila)
    page.goto("/dashboard/")
    page.get_by_role("link", name="A draft left behind", exact=True).click()
    expect(page.locator("[name=respondent]")).to_be_visible()
    page.locator(".steps a:visible", has_text="The case").click()
    expect(page.locator("[name=title]")).to_have_value("A draft left behind")
    expect(page.locator("[name=area][value=employment]")).to_be_checked()


def test_a_target_that_is_off_by_a_penny_is_refused_with_the_right_sum(browse, portal):
    with portal.inside():
        public_id = stages.draft(leila(), title="Off by a penny", minor=47500).public_id
    page = browse(DESKTOP, who=leila)
    page.goto(f"/dashboard/cases/{public_id}/edit/budget")
    page.locator("[name=target]").fill("500.01")
    send(page)
    expect(page.locator(".error-summary")).to_contain_text("£500.00. You entered £500.01.")
    expect(page.locator("[name=target]")).to_have_value("500.01")


def test_the_keyboard_alone_writes_a_step(browse, portal):
    with portal.inside():
        public_id = stages.empty_draft(leila()).public_id
    page = browse(DESKTOP, who=leila)
    page.goto(f"/dashboard/cases/{public_id}/edit/about")
    steps.tab_to(page, "[name=title]")
    page.keyboard.type("By keyboard alone")
    for name in ("area", "kind"):
        steps.tab_to(page, f"[name={name}] >> nth=0")
        page.keyboard.press("Space")
    steps.tab_to(page, "main form .actions button >> nth=0")
    page.keyboard.press("Enter")
    expect(page.locator("[name=respondent]")).to_be_visible()
