"""What our script adds for those whose browser runs it. Without it, all of this works too, in plainer ways."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.browsers import DESKTOP, PHONE
from tests.cases import stages
from tests.people import leila


def test_a_link_is_copied_and_the_page_says_so(browse, live, portal):
    slug = live()
    page = browse(DESKTOP, permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"/cases/{slug}")
    page.get_by_role("link", name="Copy link").first.click()
    expect(page.get_by_role("status").filter(has_text="Link copied").first).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{portal.place.portal}/cases/{slug}"


def test_the_devices_own_share_sheet_is_offered_where_there_is_one(browse, live):
    page = browse(PHONE)
    page.add_init_script("navigator.share = async what => { window.shared = what.url }")
    page.goto(f"/cases/{live()}")
    page.get_by_role("button", name="Share").first.click()
    assert page.evaluate("window.shared").endswith("/cases/" + page.url.rsplit("/", 1)[1])


def test_without_script_no_button_promises_what_it_cannot_do(browse, live):
    page = browse(PHONE, script=False)
    page.goto(f"/cases/{live()}")
    assert page.get_by_role("button", name="Share").count() == 0
    page.get_by_role("link", name="Copy link").first.click()
    expect(page.locator("h1")).to_be_visible()


@pytest.mark.parametrize(
    ("button", "written"), [("Bold", "**word**"), ("Italic", "_word_"), ("Quote", "\n> word"), ("Heading", "\n## word")]
)
def test_the_editors_buttons_mark_what_is_selected(browse, portal, button, written):
    with portal.inside():
        public_id = stages.empty_draft(leila()).public_id
    page = browse(DESKTOP, who=leila)
    page.goto(f"/dashboard/cases/{public_id}/edit/story")
    page.locator("[name=story]").fill("word")
    page.locator("[name=story]").select_text()
    page.get_by_role("button", name=button).click()
    expect(page.locator("[name=story]")).to_have_value(written)


def test_the_menu_of_a_phone_opens_and_leads_on(browse):
    for script in (True, False):
        page = browse(PHONE, script=script)
        page.goto("/")
        page.locator(".menu summary").tap()
        page.locator(".menu").get_by_role("link", name="How it works").tap()
        expect(page).to_have_url(re.compile("/how-it-works$"))


def test_a_chosen_theme_stays_and_one_comes_back_to_where_one_was(browse):
    page = browse(DESKTOP)
    page.goto("/fa/fees")
    page.locator("header .icon-btn[href*=appearance]").click()
    page.locator("[name=theme][value=dark]").check()
    steps.send(page)
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.url.endswith("/fa/fees")
