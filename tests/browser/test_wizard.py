"""From an empty form to a live page: a lawyer writes, the client agrees, a reviewer approves, the lawyer publishes."""

import re
import time

import pytest
from playwright.sync_api import expect

from app.cases import drafting
from app.cases.kinds import KINDS
from tests.browser import steps
from tests.browser.browsers import DESKTOP, PHONE
from tests.browser.running import link_in, until
from tests.browser.steps import send, words
from tests.browser.writing import ENGLISH, PERSIAN, choose, client_agrees, decide, fill, write_page
from tests.cases import stages
from tests.people import leila, mina

LEILA = "leila@example.org"


@pytest.mark.parametrize("script", [True, False], ids=["script", "no_script"])
@pytest.mark.parametrize(("lang", "said"), [("en", ENGLISH), ("fa", PERSIAN)], ids=["en", "fa"])
def test_a_page_is_written_approved_and_published(browse, portal, email, lang, said, script):
    device, prefix = (DESKTOP, "") if lang == "en" else (PHONE, "/fa")
    page = browse(device, script=script, who=None if script else leila)
    if script:
        steps.sign_in(page, portal, leila, prefix)
    page.goto(f"{prefix}/cases/new")
    with portal.inside():
        deadline = stages.day(20)
    write_page(page, said, lang, deadline)
    assert said["title"] in words(page)
    send(page)
    page.wait_for_url(re.compile(r"/dashboard/cases/\w+$"))
    mine = page.url
    page.locator("main a[href$='/client']").click()
    fill(page, {"name": "Ellen Marsh", "email": email}, "name", "email")
    send(page)
    client_agrees(portal, browse(PHONE, script=script), email)

    decide(browse(DESKTOP, who=mina), said["title"], "approve")

    page.goto(mine)
    send(page)
    live = page.locator(".copybox code").inner_text()
    stranger = browse(PHONE, script=script)
    stranger.goto(live)
    assert said["title"] in words(stranger) and said["respondent"] in words(stranger)
    stranger.goto(f"{prefix}/cases/?sort=newest")
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
    client_agrees(portal, browse(PHONE), "ada@example.org")
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


# ---------------------------------------------------------------- how much is asked
@pytest.mark.parametrize("kind", KINDS)
def test_a_draft_asks_for_no_more_than_a_quarter_of_an_hour_of_typing(browse, portal, kind):
    with portal.inside():
        case = stages.empty_draft(leila())
        drafting.describe(case, title="Counted", area=stages.area(), kind=kind)
        public_id = case.public_id
    page, counts = browse(DESKTOP, who=leila), {}
    for step in drafting.STEPS:
        page.goto(f"/dashboard/cases/{public_id}/edit/{step}")
        boxes = page.locator("main form :is(.field, .field--rows):not(.field .field)")
        counts[step] = boxes.count()
    print(f"\n{kind}: {sum(counts.values())} fields on {len(counts)} pages and a last look: {counts}")
    assert sum(counts.values()) <= 32 and len(counts) == 7


# ---------------------------------------------------------------- nothing is lost
def saved(page):
    return page.locator("[data-autosave-status]").filter(has_text=re.compile("Saved at"))


def test_what_is_typed_is_saved_without_a_button_and_outlives_the_browser(browse, portal):
    with portal.inside():
        public_id = stages.empty_draft(leila()).public_id
    page = browse(DESKTOP, who=leila)
    page.goto(f"/dashboard/cases/{public_id}/edit/story")
    page.locator("[name=summary]").fill("Typed and not sent")
    page.locator("[name=story]").fill("Half a story")
    expect(saved(page)).to_be_visible(timeout=15_000)
    page.context.close()
    page = browse(PHONE, who=leila)
    page.goto(f"/dashboard/cases/{public_id}/edit/story")
    expect(page.locator("[name=summary]")).to_have_value("Typed and not sent")
    expect(page.locator("[name=story]")).to_have_value("Half a story")
    send(page)  # the saved part does not stand in the way of the button
    expect(page.locator(".error-summary")).to_contain_text("Write at least 50 words")


def close(page):
    page.close(run_before_unload=True)


def leave(page):
    page.goto("/dashboard/")


@pytest.mark.parametrize("go", [close, leave])
def test_what_is_typed_last_is_saved_as_the_tab_is_closed_or_left(browse, portal, go):
    with portal.inside():
        public_id = stages.empty_draft(leila()).public_id
    page, other = browse(PHONE, who=leila), browse(DESKTOP, who=leila)
    path = f"/dashboard/cases/{public_id}/edit/story"
    page.goto(path)
    long = "ماجرا " * 2500 + "پایان"  # more than a form that is packed for an address may carry on the way out
    page.locator("[name=story]").fill(long)
    go(page)

    def kept():
        other.goto(path)
        return other.locator("[name=story]").input_value() == long

    until(kept, lambda: "The last words are lost")


def test_typing_without_a_pause_is_saved_too(browse, portal):
    with portal.inside():
        public_id = stages.empty_draft(leila()).public_id
    page = browse(DESKTOP, who=leila)
    page.goto(f"/dashboard/cases/{public_id}/edit/story")
    page.locator("[name=story]").focus()
    end = time.monotonic() + 12
    while time.monotonic() < end and not saved(page).count():
        page.keyboard.type("word ", delay=40)
    assert saved(page).count()


def test_what_a_redrawn_page_shows_is_saved_without_a_further_word(browse, portal):
    with portal.inside():
        public_id = stages.empty_draft(leila()).public_id
    page = browse(DESKTOP, who=leila)
    page.goto(f"/dashboard/cases/{public_id}/edit/story")
    page.locator("[name=story]").fill("Only looked at")
    with page.expect_navigation():
        page.locator("[name=preview]").click()
    expect(saved(page)).to_be_visible(timeout=15_000)
    other = browse(PHONE, who=leila)
    other.goto(f"/dashboard/cases/{public_id}/edit/story")
    expect(other.locator("[name=story]")).to_have_value("Only looked at")


def test_what_is_typed_after_the_sign_in_lapsed_comes_back(browse, portal):
    with portal.inside():
        public_id = stages.empty_draft(leila()).public_id
    page = browse(DESKTOP, who=leila)
    page.goto(f"/dashboard/cases/{public_id}/edit/story")
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.locator("[name=story]").fill("Written while nobody was signed in")
    expect(page.locator("[data-autosave-status]")).to_contain_text("You are signed out", timeout=15_000)
    page.context.add_cookies(cookies)
    page.goto(f"/dashboard/cases/{public_id}/edit/story")
    expect(page.locator("[name=story]")).to_have_value("Written while nobody was signed in")
    expect(saved(page)).to_be_visible(timeout=15_000)


def test_whoever_signs_out_leaves_nothing_in_the_tab(browse, portal):
    with portal.inside():
        public_id = stages.empty_draft(leila()).public_id
    page = browse(DESKTOP)
    steps.sign_in(page, portal, leila)  # one of its own: it is ended here
    page.goto(f"/dashboard/cases/{public_id}/edit/story")
    page.locator("[name=story]").fill("A secret")
    assert "A secret" in page.evaluate("JSON.stringify({...sessionStorage})")
    page.locator("header form[action$='/sign-out'] button:visible").click()
    page.wait_for_url(re.compile("/account/sign-in"))
    assert page.evaluate("sessionStorage.length") == 0


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
