"""One journey in one language, every page looked at; and the way on which a stranger becomes a verified lawyer."""

from pathlib import Path
from typing import TypeVar

from playwright.sync_api import Page

from tests.browser.axe import Axe
from tests.browser.running import Running, link_in, until
from tests.browser.steps import overflow
from tests.browser.writing import choose, fill
from tests.people import PASSWORD

Said = TypeVar("Said")


class Journey:
    """One run in one language. `look` at each page that is reached; at the end, nothing may have been found."""

    def __init__(self, lang: str) -> None:
        self.lang, self.prefix = lang, "/fa" if lang == "fa" else ""
        self.found: list[str] = []

    def say(self, english: Said, persian: Said) -> Said:
        """The one that this run speaks."""
        return persian if self.lang == "fa" else english

    def look(self, page: Page) -> None:
        page.wait_for_load_state()
        assert page.locator("html").get_attribute("lang") == self.lang, page.url
        self.found += [f"{page.url}: {problem}" for problem in Axe(page).violations()]
        if (by := overflow(page)) > 0:
            self.found.append(f"{page.url} is {by} pixels too wide")

    def go(self, page: Page, path: str) -> None:
        answer = page.goto(path if path.startswith("http") else self.prefix + path)
        assert answer is not None and answer.ok, path
        self.look(page)

    def follow(self, page: Page, selector: str) -> None:
        """Press a link that leads to another page."""
        there = page.locator(selector).first.get_attribute("href") or ""
        page.locator(selector).first.click()
        page.wait_for_url(lambda url: url.partition("#")[0].endswith(there.partition("#")[0]))
        self.look(page)

    def send(self, page: Page, button: str = "main form .actions button:not(.btn--quiet)") -> None:
        """Send a form; what comes may find fault with it, but not with us."""
        with page.expect_navigation() as reached:
            page.locator(button).first.click()
        assert reached.value.status < 500, page.url
        self.look(page)


DECISION = "main form:has([name=decision]) .actions button"


def join(page: Page, portal: Running, journey: Journey, email: str) -> None:
    """Nadia Amini signs up, confirms the address by the letter, and signs in."""
    journey.go(page, "/account/sign-up")
    fill(page, {"name": "Nadia Amini", "email": email, "password": PASSWORD}, "name", "email", "password")
    journey.send(page)
    letter = portal.letter(email, "")
    assert dict(letter.headers)["Content-Language"] == journey.lang
    journey.go(page, link_in(letter, "/account/confirm/"))
    journey.send(page)
    fill(page, {"email": email, "password": PASSWORD}, "email", "password")
    journey.send(page)


def apply(page: Page, journey: Journey, certificate: Path) -> None:
    """Half-way, saved, gone on with, and sent in."""
    journey.go(page, "/lawyers/apply")
    choose(page, "profession", "solicitor")
    choose(page, "regulator", "sra")
    fill(page, {"registration_number": "634512", "firm": "Amini Law"}, "registration_number", "firm")
    journey.send(page, "main form button[name=later]")
    journey.go(page, "/lawyers/apply")
    assert page.locator("[name=firm]").input_value() == "Amini Law"
    fill(page, {"register_name": "Nadia Amini", "town": "Hull"}, "register_name", "town")
    journey.send(page)
    assert page.locator(".error-summary a[href='#evidence']").count()
    page.locator("[name=evidence]").set_input_files(certificate)
    journey.send(page)
    assert page.url.endswith("/lawyers/application")


def verify(staff: Page, journey: Journey, name: str) -> None:
    """One of staff looks at the longest waiting of this name, and would verify them."""
    journey.go(staff, "/staff/lawyers")
    staff.locator(".queue a", has_text=name).first.click()
    staff.wait_for_url("**/staff/lawyers/*")
    journey.look(staff)
    for kind in ("practising_certificate", "firm", "identity"):
        staff.locator(f"[name={kind}]").check()
        staff.locator(f"[name={kind}_source]").fill("SRA register")
    choose(staff, "decision", "approve")
    journey.send(staff, DECISION)


def set_codes_up(page: Page, side: Page, portal: Running, journey: Journey, email: str) -> None:
    """The portal asks for a second factor before anything else; the side page plays the app."""
    journey.go(page, "/dashboard/")
    assert "/second-factor/set-up" in page.url
    journey.send(page)
    side.goto(f"{portal.place.side_page}/people")
    page.locator("[name=code]").fill(side.get_by_role("row", name=email).locator(".code").inner_text())
    journey.send(page)
    assert page.locator(".codes li").count() == 10
    journey.follow(page, "main .row a.btn")


def agree(page: Page, portal: Running, journey: Journey, email: str, letters: int) -> None:
    """The client answers the link in the latest of so many letters; it takes one answer."""
    until(lambda: len(portal.letters(email)) == letters, lambda: f"{email} has {portal.letters(email)}")
    journey.go(page, link_in(portal.letter(email, ""), "/client/"))
    choose(page, "answer", "agree")
    journey.send(page)
    assert page.locator("[name=answer]").count() == 0


def open_page(reviewer: Page, journey: Journey, title: str) -> None:
    """The page of this title, among those that wait."""
    journey.go(reviewer, "/staff/cases")
    reviewer.locator(".queue a", has_text=title).first.click()
    reviewer.wait_for_url("**/staff/cases/*")
    journey.look(reviewer)


def approve(reviewer: Page, journey: Journey, title: str) -> None:
    """The reviewer opens the page of this title, ticks the whole checklist and approves."""
    open_page(reviewer, journey, title)
    for check in reviewer.locator("[name=checks]").all():
        check.check()
    choose(reviewer, "decision", "approve")
    journey.send(reviewer, DECISION)
