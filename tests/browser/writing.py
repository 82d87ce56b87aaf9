"""Writing a case's page with the wizard, in either language, and deciding on it."""

import re
from collections.abc import Callable
from datetime import date
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.browser.running import Running, link_in
from tests.browser.steps import fill_day, in_digits, send

ENGLISH = {
    "title": "Clean air for Mill Lane",
    "instruction_by": "Ellen Marsh",
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


class Hand:
    """Fills in the forms of `page`, and keeps what was done: for every path and field, whether it was a choice, a line
    or a text, and what was typed; and how often a button was pressed.

    A day is one field, though it has three boxes. `look` is called on each page that a form leads to.
    """

    def __init__(self, page: Page, look: Callable[[Page], None] = lambda _page: None) -> None:
        self.page, self._look = page, look
        self.done: dict[tuple[str, str], tuple[str, str]] = {}
        self.presses: dict[str, int] = {}  # of buttons, by path

    def choose(self, name: str, value: str) -> None:
        choose(self.page, name, value)
        self._keep(name, "choice")

    def fill(self, name: str, text: str) -> None:
        box = self.page.locator(f"[name={name}]")
        box.fill(text)
        self._keep(name, "text" if box.evaluate("it => it.tagName") == "TEXTAREA" else "line", text)

    def fill_day(self, name: str, day: date, lang: str) -> None:
        fill_day(self.page, name, day, lang)
        self._keep(name, "line", "".join(box.input_value() for box in self.page.locator(f"[name={name}]").all()))

    def press(self, name: str) -> None:
        """A button of this name, which draws the page anew."""
        self._press()
        with self.page.expect_navigation():
            self.page.locator(f"button[name={name}]").first.click()

    def send(self) -> None:
        self._press()
        send(self.page)
        self._look(self.page)

    def _keep(self, name: str, how: str, text: str = "") -> None:
        self.done[self._path, name] = how, text

    def _press(self) -> None:
        self.presses[self._path] = self.presses.get(self._path, 0) + 1

    @property
    def _path(self) -> str:
        return urlsplit(self.page.url).path


def begin(hand: Hand, lang: str) -> None:
    """The first page, whose sending begins the draft."""
    hand.choose("visibility", "public")
    hand.choose("lang", lang)


def _about(hand: Hand, said: dict[str, str], lang: str, deadline: date) -> None:
    hand.fill("title", said["title"])
    hand.choose("area", "environment")
    hand.choose("kind", "litigation")


def _parties(hand: Hand, said: dict[str, str], lang: str, deadline: date) -> None:
    hand.choose("instruction_kind", "client_care")
    hand.fill("instruction_by", said["instruction_by"])
    hand.fill_day("instruction_on", date(2026, 3, 3), lang)
    for name in ("acting_for", "respondent", "court", "claim_number", "cause_of_action"):
        hand.fill(name, said[name])
    for name in ("relief_sought", "who_benefits", "benefits_place"):
        hand.fill(name, said[name])
    hand.fill("benefits_number", in_digits(900, lang))
    hand.choose("legal_stage", "issued")


def _story(hand: Hand, said: dict[str, str], lang: str, deadline: date) -> None:
    hand.fill("summary", said["summary"])
    hand.fill("story", said["story"])
    hand.press("preview")
    expect(hand.page.locator(".preview .prose strong").first).to_be_visible()


def _budget(hand: Hand, said: dict[str, str], lang: str, deadline: date) -> None:
    """Two lines; the target is worked out on the page."""
    for row, (label, pounds) in enumerate((("Counsel", 400), ("Court fees", 75))):
        if not hand.page.locator(f"[name=lines-{row}-label]").count():
            hand.press("add")
        hand.fill(f"lines-{row}-label", label)
        hand.fill(f"lines-{row}-amount", in_digits(pounds, lang))
    hand.press("update")
    expect(hand.page.locator("main .facts .total")).to_contain_text("۵۰۰" if lang == "fa" else "£500.00")


def _stages(hand: Hand, said: dict[str, str], lang: str, deadline: date) -> None:
    hand.press("template")  # the usual stages of such a case
    for row, pounds in enumerate((2000, 4000, 3000)):
        hand.fill(f"later-{row}-amount", in_digits(pounds, lang))


def _deadline(hand: Hand, said: dict[str, str], lang: str, deadline: date) -> None:
    hand.fill_day("deadline", deadline, lang)
    hand.choose("costs_risk", "capped")
    hand.fill("costs_cap", in_digits(10000, lang))
    hand.choose("costs_insurance", "none")
    hand.fill("costs_note", said["costs_note"])
    hand.choose("prospects", "reasonable")
    hand.fill("prospects_note", said["prospects_note"])


# What is filled in on each page after the first, by the step's name and in order.
STEPS: dict[str, Callable[[Hand, dict[str, str], str, date], None]] = {
    "about": _about,
    "parties": _parties,
    "story": _story,
    "budget": _budget,
    "stages": _stages,
    "deadline": _deadline,
}


def write_page(
    page: Page, said: dict[str, str], lang: str, deadline: date, look: Callable[[Page], None] = lambda _page: None
) -> Hand:
    """All steps of the wizard, from its first page to the last; `look` is called on each that is reached."""
    hand = Hand(page, look)
    begin(hand, lang)
    hand.send()
    for write in STEPS.values():
        write(hand, said, lang, deadline)
        hand.send()
    return hand


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
