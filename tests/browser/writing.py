"""Writing a case's page with the wizard, in either language, and deciding on it."""

import re
from collections.abc import Callable
from datetime import date

from playwright.sync_api import Page, expect

from tests.browser.running import Running, link_in
from tests.browser.steps import fill_day, in_digits, send

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
    "benefits_place": "Harrowby",
    "prospects_note": "The council did not count, and the rules say that it must.",
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


def write_page(
    page: Page, said: dict[str, str], lang: str, deadline: date, look: Callable[[Page], None] = lambda _page: None
) -> None:
    """All steps of the wizard, from its first page to the last; `look` is called on each that is reached."""

    def on() -> None:
        send(page)
        look(page)

    choose(page, "visibility", "public")
    choose(page, "lang", lang)
    on()
    fill(page, said, "title")
    choose(page, "area", "environment")
    choose(page, "kind", "litigation")
    on()
    fill(page, said, "acting_for", "respondent", "court", "claim_number", "cause_of_action")
    fill(page, said, "relief_sought", "who_benefits", "benefits_place")
    page.locator("[name=benefits_number]").fill(in_digits(900, lang))
    choose(page, "legal_stage", "issued")
    on()
    fill(page, said, "summary", "story")
    page.locator("[name=preview]").click()
    expect(page.locator(".preview .prose strong").first).to_be_visible()
    on()
    budget(page, lang)
    on()
    page.locator("[name=template]").click()  # the usual stages of such a case
    for row, pounds in enumerate((2000, 4000, 3000)):
        page.locator(f"[name=later-{row}-amount]").fill(in_digits(pounds, lang))
    on()
    fill_day(page, "deadline", deadline, lang)
    choose(page, "costs_risk", "capped")
    page.locator("[name=costs_cap]").fill(in_digits(10000, lang))
    choose(page, "costs_insurance", "none")
    fill(page, said, "costs_note", "prospects_note")
    choose(page, "prospects", "reasonable")
    on()


def budget(page: Page, lang: str) -> None:
    """Two lines, the second added; the target is worked out on the page."""
    for row, (label, pounds) in enumerate((("Counsel", 400), ("Court fees", 75))):
        if not page.locator(f"[name=lines-{row}-label]").count():
            page.locator("[name=add]").click()
        page.locator(f"[name=lines-{row}-label]").fill(label)
        page.locator(f"[name=lines-{row}-amount]").fill(in_digits(pounds, lang))
    page.locator("[name=update]").click()
    expect(page.locator("main .facts .total")).to_contain_text("۵۰۰" if lang == "fa" else "£500.00")


def client_agrees(portal: Running, page: Page, email: str) -> None:
    """The client opens the latest letter to `email`, reads and agrees."""
    page.goto(link_in(portal.letter(email, ""), "/client/"))
    choose(page, "answer", "agree")
    send(page)
    expect(page.locator("[name=answer]")).to_have_count(0)


def decide(page: Page, title: str, decision: str, comment: str = "", prefix: str = "") -> None:
    """A reviewer finds the page among those that wait, and decides."""
    page.goto(f"{prefix}/staff/cases")
    page.locator(".queue a", has_text=title).last.click()
    choose(page, "decision", decision)
    for check in page.locator("[name=checks]").all() if decision == "approve" else ():
        check.check()
    page.locator("[name=comment]").fill(comment)
    send(page)
    page.wait_for_url(re.compile("/staff/cases$"))
