"""Backing a case: from the case's page over the form and Stripe's page to the thanks, and to the letter."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.browsers import DESKTOP, PHONE
from tests.browser.running import link_in
from tests.browser.steps import (
    ASKS_ONCE,
    DECLINED_NOW,
    GOOD,
    ITS_PAGE,
    THANKS,
    back_this_case,
    enter_card,
    fill_pledge,
    go_to_card_page,
    pledge,
    pledge_button,
    words,
)

BOTH = pytest.mark.parametrize("script", [True, False], ids=["script", "no_script"])


# ---------------------------------------------------------------- two screens
@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desktop"])
@BOTH
def test_a_guest_pledges_in_two_screens(browse, live, email, portal, device, script):
    page, slug = browse(device, script=script), live()
    go_to_card_page(page, slug, email, message="Good luck")
    expect(page.locator("main")).to_contain_text("You pay nothing today. Your card will be charged £25.00 once")
    enter_card(page, GOOD)
    page.wait_for_url(THANKS)
    assert "Your pledge of £25.00 is recorded." in words(page)
    assert f"We have written to {email}." in words(page) and portal.states(email) == ["pledged"]
    letter = portal.letter(email, "is recorded")
    page.goto(link_in(letter, "/pledges/"))
    assert "You pay nothing today" in words(page)


@BOTH
def test_a_pledge_in_persian(browse, live, email, portal, script):
    page, slug = browse(PHONE, script=script), live()
    page.goto(f"/fa/cases/{slug}")
    assert page.locator("html").get_attribute("dir") == "rtl"
    back_this_case(page)
    fill_pledge(page, email, "۳۵", name="سارا مرادی", message="پایدار باشید")
    assert script is False or "۳۵٫۰۰" in pledge_button(page).inner_text()
    pledge_button(page).click()
    enter_card(page, GOOD)
    page.wait_for_url(THANKS)
    assert "/fa/pledges/" in page.url and "۳۵٫۰۰ پوند" in words(page)
    (made,) = portal.pledges(email)
    assert (made.amount.minor, made.lang, made.name) == (3500, "fa", "سارا مرادی")
    page.goto(link_in(portal.letter(email, "ثبت شد"), "/fa/pledges/"))
    assert "۳۵٫۰۰ پوند" in words(page)


def test_a_backer_is_on_the_page_at_once(browse, live, email):
    page, slug = browse(PHONE), live()
    pledge(page, slug, email)
    page.goto(f"/cases/{slug}")
    assert "Omid Rahimi" in words(page) and "£25" in words(page)


# ---------------------------------------------------------------- cards
@BOTH
def test_the_bank_is_asked_before_a_card_is_saved(browse, live, email, portal, script):
    page = browse(PHONE, script=script)
    pledge(page, live(), email, ASKS_ONCE)
    assert portal.states(email) == ["pledged"]


def test_a_card_refused_by_bank_or_page_is_told_and_another_one_does(browse, live, email, portal):
    page = browse(PHONE)
    go_to_card_page(page, live(), email)
    enter_card(page, DECLINED_NOW)
    expect(page.get_by_role("alert")).to_contain_text("declined")
    enter_card(page, ASKS_ONCE)
    steps.answer_bank(page, "Fail")
    expect(page.get_by_role("alert")).to_contain_text("unable to authenticate")
    assert portal.states(email) == ["started"]
    enter_card(page, GOOD)
    page.wait_for_url(THANKS)
    assert portal.states(email) == ["pledged"]


# ---------------------------------------------------------------- hasty and hesitant people
def test_a_double_click_makes_one_pledge(browse, live, email, portal):
    page = browse(DESKTOP)
    page.goto(f"/cases/{live()}/back")
    fill_pledge(page, email)
    pledge_button(page).dblclick()
    enter_card(page, GOOD)
    page.wait_for_url(THANKS)
    (made,) = portal.pledges(email)
    assert made.state == "pledged"


def test_a_double_click_on_the_card_page_makes_one_pledge(browse, live, email, portal):
    page = browse(DESKTOP)
    go_to_card_page(page, live(), email)
    for label, value in {"Card number": GOOD, "Expiry": "12 / 34", "CVC": "123", "Cardholder name": "O R"}.items():
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="Save card").dblclick()
    page.wait_for_url(THANKS)
    assert portal.states(email) == ["pledged"]


def test_going_back_after_paying_makes_no_second_pledge(browse, live, email, portal):
    page = browse(PHONE)
    mine = pledge(page, live(), email)
    page.go_back()
    assert "You're all done here" in page.inner_text("body")
    page.go_back()
    assert "You have pledged £25.00 to this case already. This form makes a second pledge." in words(page)
    page.get_by_role("link", name="See or change your pledge").click()
    assert page.url == mine and portal.states(email) == ["pledged"]


def test_two_tabs_make_one_pledge(browse, live, email, portal):
    one, slug = browse(DESKTOP), live()
    other = one.context.new_page()
    for tab in (one, other):
        tab.goto(f"/cases/{slug}/back")
    fill_pledge(one, email)
    fill_pledge(other, email, "50")
    pledge_button(one).click()
    pledge_button(other).click()
    enter_card(other, GOOD)
    other.wait_for_url(THANKS)
    enter_card(one, GOOD)  # the page in the first tab was closed by the second
    assert "expired" in one.inner_text("body")
    assert [(made.state, made.amount.minor) for made in portal.pledges(email)] == [("pledged", 5000)]


@BOTH
def test_coming_back_from_the_card_page_keeps_what_was_typed(browse, live, email, portal, script):
    page = browse(PHONE, script=script)
    go_to_card_page(page, live(), email, "33", message="Hope")
    page.get_by_role("link", name="Back").click()
    expect(page.locator("[name=amount_other]")).to_have_value("33")
    expect(page.locator("[name=email]")).to_have_value(email)
    expect(page.locator("[name=message]")).to_have_value("Hope")
    expect(page.locator("[name=agree]")).not_to_be_checked()
    page.locator("[name=agree]").check()
    pledge_button(page).click()
    enter_card(page, GOOD)
    page.wait_for_url(THANKS)
    assert [made.amount.minor for made in portal.pledges(email)] == [3300]


# ---------------------------------------------------------------- the form
@BOTH
def test_mistakes_are_told_at_their_fields_and_what_was_typed_stays(browse, live, email, script):
    page = browse(PHONE, script=script)
    page.goto(f"/cases/{live()}/back")
    fill_pledge(page, "omid.example.org", "4.99", message="Hope")
    page.locator("[name=agree]").uncheck()
    pledge_button(page).click()
    summary = page.locator(".error-summary")
    expect(summary.get_by_role("link")).to_have_text(
        [
            "Enter an amount of £5.00 or more.",
            "Enter an email address, such as name@example.org.",
            "Tick the box to agree before you pledge.",
        ]
    )
    assert page.title().startswith("Error:")
    expect(page.locator("[name=message]")).to_have_value("Hope")
    if script:
        expect(summary).to_be_focused()
    summary.get_by_role("link", name=re.compile("email address")).click()
    expect(page.locator("[name=email]")).to_be_focused()
    expect(page.locator("[name=email]")).to_have_attribute("aria-invalid", "true")


def test_the_sums_follow_what_is_chosen(browse, live, email):
    page = browse(PHONE)
    page.goto(f"/cases/{live()}/back")
    fill_pledge(page, email, "100")
    page.locator("[name=tip_choice][value='10']").check()
    assert "Pledge £110.00" in pledge_button(page).inner_text()
    page.locator("[name=tip_choice][value=other]").check()
    page.locator("[name=tip_other]").fill("1,234.5")
    assert "Pledge £1,334.50" in pledge_button(page).inner_text()


def test_without_script_the_sums_are_brought_up_to_date_by_a_button(browse, live, email):
    page = browse(PHONE, script=False)
    page.goto(f"/cases/{live()}/back")
    fill_pledge(page, email, "100")
    assert "Pledge £25.00" in pledge_button(page).inner_text()
    page.get_by_role("button", name="Update the sums").click()
    assert "Pledge £100.00" in pledge_button(page).inner_text()
    expect(page.locator("[name=email]")).to_have_value(email)


def test_the_keyboard_alone_makes_a_pledge(browse, live, email, portal):
    page = browse(DESKTOP)
    page.goto(f"/cases/{live()}")
    steps.tab_to_words(page, "Skip to main content")
    page.keyboard.press("Enter")
    steps.tab_to_words(page, "Back this case")
    page.keyboard.press("Enter")
    expect(page.locator("form[data-pledge]")).to_be_visible()
    steps.tab_to(page, "[name=amount_choice]:checked")
    page.keyboard.press("ArrowRight")
    for name, typed in (("name", "Omid Rahimi"), ("email", email), ("message", "Hope")):
        steps.tab_to(page, f"[name={name}]")
        page.keyboard.type(typed)
    steps.tab_to(page, "[name=agree]")
    page.keyboard.press("Space")
    steps.tab_to(page, "form[data-pledge] .actions button.btn--lg")
    page.keyboard.press("Enter")
    for name, typed in (("cardNumber", GOOD), ("cardExpiry", "1234"), ("cardCvc", "123"), ("billingName", "O Rahimi")):
        steps.tab_to(page, f"[name={name}]")
        page.keyboard.type(typed)
    page.keyboard.press("Enter")
    page.wait_for_url(THANKS)
    assert [(made.amount.minor, made.message) for made in portal.pledges(email)] == [(5000, "Hope")]


# ---------------------------------------------------------------- the link in the letter
@BOTH
def test_a_pledge_is_withdrawn_by_the_link_in_the_letter(browse, live, email, portal, script):
    pledge(browse(PHONE), live(), email)
    page = browse(PHONE, script=script)
    page.goto(link_in(portal.letter(email, "is recorded"), "/pledges/"))
    page.get_by_role("link", name="Withdraw your pledge").click()
    assert portal.states(email) == ["pledged"]  # a mail scanner comes as far as here
    page.get_by_role("button", name="Withdraw the pledge").click()
    page.wait_for_url(ITS_PAGE)
    assert "You withdrew this pledge on" in words(page) and portal.states(email) == ["withdrawn"]
    assert "Nothing was charged" in steps.tidy(portal.letter(email, "is withdrawn").text)


def test_amount_and_card_are_changed_by_the_link_in_the_letter(browse, live, email, portal):
    page = browse(PHONE)
    pledge(page, live(), email)
    page.goto(link_in(portal.letter(email, "is recorded"), "/pledges/"))
    page.get_by_role("link", name="Change the amount").click()
    page.locator("[name=amount_choice][value='10']").check()
    page.get_by_role("button", name="Change to £10.00").click()
    assert "Your pledge is now £10.00." in page.inner_text("body")
    page.get_by_role("link", name="Change the amount").click()
    page.locator("[name=amount_choice][value='50']").check()
    page.locator("[name=agree]").check()
    page.get_by_role("button", name="Change to £50.00").click()
    enter_card(page, steps.GOOD_TOO)
    page.wait_for_url(ITS_PAGE)
    assert "Your pledge is now £50.00, on the card ending 4444." in page.inner_text("body")
    assert [(made.amount.minor, made.card_last4) for made in portal.pledges(email)] == [(5000, "4444")]
