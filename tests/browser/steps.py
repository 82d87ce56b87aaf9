"""What people do with the pages: by their fields and buttons, in either language."""

import os
import re
from collections.abc import Callable
from datetime import date
from itertools import count
from pathlib import Path

import jdatetime
from playwright.sync_api import Locator, Page, expect

from app.accounts.models import User
from app.lawyers.models import Lawyer
from demo.place import ROOT
from tests.browser.running import Running, until
from tests.people import PASSWORD, fresh_code

GOOD = "4242 4242 4242 4242"
GOOD_TOO = "5555 5555 5555 4444"
ASKS_ONCE = "4000 0025 0000 3155"  # the bank wants to be asked when the card is saved
ASKS_EACH_TIME = "4000 0027 6000 3184"  # … and at every payment
DECLINED_LATER = "4000 0000 0000 0341"  # can be saved; each charge is declined
DECLINED_NOW = "4000 0000 0000 0002"
THANKS = re.compile(r"/pledges/[^/]+/thanks$")
ITS_PAGE = re.compile(r"/pledges/[^/]+$")
Person = Callable[[], User | Lawyer]
_PICTURES = ROOT / "pictures"
_backers = count(1)
# Whether the middle of what has the focus is on the screen and not covered by something else.
_IN_SIGHT = """() => {
  const it = document.activeElement, box = it.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return !!top && (it.contains(top) || top.contains(it) || it.labels?.[0]?.contains(top));
}"""


def backer() -> str:
    """The address of a backer who was never here. Each process has its own portal, so a count will do."""
    return f"backer{next(_backers)}@example.org"


# ---------------------------------------------------------------- pledging
def fill_pledge(page: Page, email: str, pounds: str = "25", **fields: str) -> None:
    """Fill in the pledge form that is open; `fields` by name, such as `message`."""
    if page.locator(f"[name=amount_choice][value='{pounds}']").count():
        page.locator(f"[name=amount_choice][value='{pounds}']").check()
    else:
        page.locator("[name=amount_choice][value=other]").check()
        page.locator("[name=amount_other]").fill(pounds)
    for name, value in {"name": "Omid Rahimi", "email": email, **fields}.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=agree]").check()


def pledge_button(page: Page) -> Locator:
    """The button that leads to the card page."""
    return page.locator("form[data-pledge] .actions button.btn--lg")


def go_to_card_page(page: Page, slug: str, email: str, pounds: str = "25", prefix: str = "", **fields: str) -> None:
    """From the case's page to Stripe's."""
    page.goto(f"{prefix}/cases/{slug}")
    back_this_case(page)
    fill_pledge(page, email, pounds, **fields)
    pledge_button(page).click()
    expect(page.locator("[name=cardNumber]")).to_be_visible()


def back_this_case(page: Page) -> None:
    """Press the button that one sees: on a phone that of the bar at the bottom."""
    page.locator("a[href$='/back']:visible").first.click()
    expect(page.locator("form[data-pledge]")).to_be_visible()


def enter_card(page: Page, number: str) -> None:
    """Type a card into Stripe's page and send it."""
    page.get_by_label("Card number").fill(number)
    page.get_by_label("Expiry").fill("12 / 34")
    page.get_by_label("CVC").fill("123")
    page.get_by_label("Cardholder name").fill("O Rahimi")
    page.get_by_role("button", name=re.compile("Save card|Pay")).click()


def answer_bank(page: Page, answer: str = "Complete") -> None:
    """Press “Complete authentication” or “Fail authentication” on the bank's page."""
    page.get_by_role("button", name=f"{answer} authentication").click()


def pledge(page: Page, slug: str, email: str, card: str = GOOD, pounds: str = "25", prefix: str = "") -> str:
    """Pledge all the way; the path of the pledge's own page."""
    go_to_card_page(page, slug, email, pounds, prefix)
    enter_card(page, card)
    if card in (ASKS_ONCE, ASKS_EACH_TIME):
        answer_bank(page)
    page.wait_for_url(THANKS)
    return page.url.removesuffix("/thanks")


# ---------------------------------------------------------------- the keyboard
def tab_to(page: Page, selector: str) -> None:
    """Press Tab until `selector` has the focus; it must then be in sight."""
    wanted = page.locator(selector)
    expect(wanted).to_be_attached()
    _tab_until(page, lambda: bool(wanted.evaluate("it => it === document.activeElement")), selector)


def tab_to_words(page: Page, text: str) -> None:
    """Press Tab until what has the focus says `text`; it must then be in sight."""
    _tab_until(page, lambda: page.evaluate("document.activeElement.textContent").strip() == text, text)


def _tab_until(page: Page, is_there: Callable[[], bool], what: str) -> None:
    for _ in range(80):
        if is_there():
            assert page.evaluate(_IN_SIGHT), f"{what} has the focus and cannot be seen"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"The keyboard does not reach {what}")


# ---------------------------------------------------------------- accounts
def sign_in(page: Page, portal: Running, who: Person, prefix: str = "") -> None:
    """Sign in with address and password, and with a one-time code if the page asks for one."""
    with portal.inside():
        person = who()
        email = (person.user if isinstance(person, Lawyer) else person).email
    page.goto(f"{prefix}/account/sign-in")
    page.locator("[name=email]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    send(page)
    if "/second-factor" in page.url:
        with portal.inside():
            code = fresh_code(email)
        page.locator("[name=code]").fill(code)
        send(page)
    page.wait_for_url(re.compile(r"/account/$"))


def send(page: Page) -> None:
    """Press the button that sends the form in the page's main part."""
    with page.expect_navigation():  # a click alone does not wait for the page that it leads to
        page.locator("main form .actions button:not(.btn--quiet)").click()


def in_digits(number: int, lang: str) -> str:
    return str(number).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")) if lang == "fa" else str(number)


def fill_day(page: Page, name: str, day: date, lang: str) -> None:
    """Type `day` into its three boxes, by the calendar and in the digits of the language."""
    known = jdatetime.date.fromgregorian(date=day) if lang == "fa" else day
    expect(page.locator(f"[name={name}]")).to_have_count(3)
    for box, number in zip(page.locator(f"[name={name}]").all(), (known.day, known.month, known.year), strict=True):
        box.fill(in_digits(number, lang))


# ---------------------------------------------------------------- looking
def words(page: Page) -> str:
    """The words of the page's main part, as one line."""
    return " ".join(page.locator("main").inner_text().split())


def tidy(text: str) -> str:
    """`text` with plain spaces."""
    return " ".join(text.split())


def look_until(page: Page, path: str, text: str) -> None:
    """Open `path` again and again until its main part says `text`."""

    def look() -> bool:
        page.goto(path)
        return text in words(page)

    until(look, lambda: f"{path} never said {text!r}, but: {words(page)}")


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def picture(page: Page, name: str) -> None:
    """With PICTURES=1 in the environment, keep the whole page as pictures/<name>.png."""
    if os.environ.get("PICTURES", "0") in ("", "0"):
        return
    path = Path(_PICTURES / f"{name}.png")
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, full_page=True)
