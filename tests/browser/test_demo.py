"""The way through the demo that the README tells of: card page, mailbox, people and clock on the side page."""

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.axe import Axe
from tests.browser.browsers import DESKTOP, PHONE
from tests.browser.steps import answer_bank, enter_card, overflow, pledge, words
from tests.people import PASSWORD, dara


def test_a_letter_in_the_mailbox_leads_back_to_the_pledge(browse, live, email, portal):
    page = browse(DESKTOP)
    pledge(page, live(), email)
    portal.letter(email, "is recorded")
    page.goto(f"{portal.place.side_page}/mail")
    page.get_by_role("link", name=email).first.click()
    page.get_by_role("link", name="is recorded").click()
    with page.expect_popup() as opened:
        page.frame_locator("iframe").get_by_role("link", name="See or change your pledge").click()
    assert "You pay nothing today" in words(opened.value)


def test_a_code_on_the_side_page_signs_in(browse, portal):
    with portal.inside():
        email = dara().email
    page, side = browse(DESKTOP), browse(DESKTOP)
    page.goto("/account/sign-in")
    page.locator("[name=email]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    steps.send(page)
    side.goto(f"{portal.place.side_page}/people")
    page.locator("[name=code]").fill(side.get_by_role("row", name=email).locator(".code").inner_text())
    steps.send(page)
    assert email in words(page)


def test_the_clocks_button_lets_a_deadline_pass(browse, live, email, portal):
    page, slug = browse(PHONE), live(closes_in=7)
    pledge(page, slug, email)
    page.goto(f"{portal.place.side_page}/clock")
    page.get_by_role("button", name="+30 days").click()
    expect(page.locator("main")).to_contain_text("ahead of real time")
    portal.letter(email, "Target not met")


SIDE = ("/", "/tour/lawyer", "/tour/backer", "/tour/public", "/mail", "/people", "/cards", "/clock")


@pytest.mark.parametrize("path", SIDE)
def test_everybody_can_use_the_side_page(browse, portal, path):
    page = browse(DESKTOP)
    page.goto(portal.place.side_page + path)
    assert Axe(page).violations() == []
    page.set_viewport_size({"width": 320, "height": 800})
    assert overflow(page) <= 0


def test_everybody_can_use_the_card_page_and_the_banks(browse, live, email):
    page = browse(PHONE)
    steps.go_to_card_page(page, live(), email)
    assert Axe(page).violations() == [] and overflow(page) <= 0
    enter_card(page, steps.ASKS_ONCE)
    assert Axe(page).violations() == [] and overflow(page) <= 0
    answer_bank(page)
