"""The journeys that must always work, as people take them in the running demo, in both languages.

Every page that somebody passes is looked at by axe, and is no wider than its window.
"""

from urllib.parse import quote

import pytest

from tests.browser import steps
from tests.browser.browsers import DESKTOP, PHONE
from tests.browser.journey import DECISION, agree, apply, approve, join, open_page, set_codes_up, verify
from tests.browser.running import link_in
from tests.browser.steps import ASKS_ONCE, answer_bank, enter_card, send, words
from tests.browser.writing import ENGLISH, PERSIAN, choose, fill, write_page
from tests.cases import stages
from tests.people import dara, leila, mina, nima
from tests.pledges import money
from tests.updates import making

TITLES = {"en": "Keep the footpath at Marram", "fa": "راه پیاده‌روی مارام بماند"}
LEILA = "leila@example.org"


# ---------------------------------------------------------------- the first journey
@pytest.mark.timeout(600)
def test_a_lawyer_signs_up_is_verified_and_opens_a_case(browse, portal, journey, pdf):
    lawyer, client = f"nadia.{journey.lang}@example.org", f"ellen.{journey.lang}@example.org"
    said = journey.say(ENGLISH, PERSIAN) | {"title": journey.say("Quiet nights on Mill Lane", "شب‌های آرام میل‌لین")}
    page = browse(DESKTOP)
    join(page, portal, journey, lawyer)
    apply(page, journey, pdf)
    for member in (mina, dara):
        verify(browse(DESKTOP, who=member), journey, "Nadia Amini")
    portal.letter(lawyer, journey.say("You are verified", "تأیید"))
    set_codes_up(page, browse(DESKTOP), portal, journey, lawyer)

    # The page is written, the client asked, the page sent in; the client agrees on a phone.
    journey.go(page, "/cases/new")
    with portal.inside():
        deadline = stages.day(20)
    write_page(page, said, journey.lang, deadline, journey.look)
    check = page.url
    journey.follow(page, "main a[href$='/client']")
    fill(page, {"name": "Ellen Marsh", "email": client}, "name", "email")
    journey.send(page)
    page.goto(check)
    journey.send(page)
    mine = page.url
    agree(browse(PHONE), portal, journey, client, letters=1)

    # A reviewer comments on the story; the lawyer finds that beside the field and changes it.
    reviewer = browse(DESKTOP, who=mina)
    open_page(reviewer, journey, said["title"])
    reviewer.evaluate("for (const it of document.querySelectorAll('main details')) it.open = true")
    reviewer.locator("[name=comments-story]").fill("Say over how many days you counted.")
    choose(reviewer, "decision", "request_changes")
    journey.send(reviewer, DECISION)
    journey.go(page, link_in(portal.letter(lawyer, said["title"]), "/dashboard/"))
    assert "Say over how many days you counted." in words(page)
    journey.follow(page, "main a[href$='#remark-story']")
    assert "Say over how many days you counted." in page.locator("#remark-story").inner_text()
    page.locator("[name=story]").fill(said["story"] + journey.say("\n\nWe counted for 14 days.", "\n\n۱۴ روز شمردیم."))
    journey.send(page)
    journey.go(page, check)
    journey.send(page)

    # The client agreed to other words: approval has to wait until they were asked again.
    approve(reviewer, journey, said["title"])
    assert reviewer.locator(".error-summary").count()
    agree(browse(PHONE), portal, journey, client, letters=2)
    approve(reviewer, journey, said["title"])

    # Published by the lawyer, found by a stranger.
    journey.go(page, mine)
    journey.send(page)
    live = page.locator(".copybox code").first.inner_text()
    stranger = browse(PHONE)
    journey.go(stranger, live)
    assert said["title"] in words(stranger) and stranger.locator("a[href$='/back']:visible").count()
    journey.go(stranger, "/cases/?sort=newest")
    assert said["title"] in words(stranger)


# ---------------------------------------------------------------- the second


def test_a_supporter_backs_a_case_and_hears_how_it_ended(browse, live, email, portal, journey, pdf):
    title = TITLES[journey.lang]
    slug, page = live(title=title), browse(PHONE)

    # The shared link, the pledge, the bank's question, and back.
    journey.go(page, f"/cases/{slug}")
    assert title in words(page)
    steps.back_this_case(page)
    journey.look(page)
    steps.fill_pledge(page, email, "600")
    assert journey.say("You pay nothing today", "امروز هیچ مبلغی نمی‌پردازید") in words(page)
    steps.pledge_button(page).click()
    enter_card(page, ASKS_ONCE)
    answer_bank(page)
    page.wait_for_url(steps.THANKS)
    journey.look(page)
    assert page.locator(".share, [class*=share]").count()

    # The letter leads to the pledge without an account; the target is met, and there is a receipt.
    thanks = portal.letter(email, "")
    assert dict(thanks.headers)["Content-Language"] == journey.lang
    journey.go(page, link_in(thanks, "/pledges/"))
    portal.wait_for_state(email, "collected")
    portal.letter(email, journey.say("Receipt", "رسید"))
    page.reload()
    journey.look(page)
    assert journey.say("£600.00", "۶۰۰٫۰۰ پوند") in words(page)

    # The lawyer posts an update, and the backer reads it.
    lawyer = browse(DESKTOP, who=leila)
    journey.go(lawyer, "/dashboard/")
    lawyer.get_by_role("link", name=title).first.click()
    lawyer.wait_for_url("**/dashboard/cases/*")
    journey.look(lawyer)
    mine = lawyer.url
    journey.follow(lawyer, "main a[href$='/updates/new']")
    lawyer.locator("[name=title]").fill("The judge has walked the path")
    lawyer.locator("[name=body]").fill("In **boots**, and with a map.")
    journey.send(lawyer, "button[name=preview]:visible")
    journey.send(lawyer, "button[name=post]")
    update = portal.letter(email, journey.say("Update:", "گزارش"))
    journey.go(page, link_in(update, f"/cases/{quote(slug)}"))
    assert "The judge has walked the path" in words(page) and "boots" in words(page)

    # The outcome concludes the case, and its headline follows from its code.
    lawyer.goto(mine)
    journey.follow(lawyer, "main a[href$='/outcome']")
    lawyer.locator("[name=code][value=won]").check()
    with portal.inside():
        today = stages.day(0)
    steps.fill_day(lawyer, "decided_on", today, journey.lang)
    lawyer.locator("[name=court]").fill(journey.say("The High Court", "دادگاه عالی"))
    lawyer.locator("[name=effect]").fill("The path stays open.")
    lawyer.locator("[name=account]").fill("The judge had walked it.")
    lawyer.locator("[name=tells_story]").check()
    send(lawyer)
    journey.look(lawyer)
    assert lawyer.locator(".error-summary").count() and lawyer.locator("[name=effect]").input_value()
    lawyer.locator("[name=document]").set_input_files(pdf)
    journey.send(lawyer)
    ended = portal.letter(email, journey.say("Won:", "پیروزی"))
    journey.go(page, f"/cases/{slug}")
    assert journey.say("Won. The High Court decided for", "پیروزی") in words(page)

    # Enough letters about this case: one button, and it can be taken back.
    journey.go(page, link_in(ended, "/unsubscribe/"))
    journey.send(page)
    assert page.locator("form[action*=undo], form[action$='/again']").count() or page.locator("main form").count()


# ---------------------------------------------------------------- the third
def concluded(portal, slug, code):
    """Somebody backs the case to its target and is charged; then its outcome is recorded."""
    email = steps.backer()
    with portal.inside():
        money.back(slug, money.pounds(600), email=email)
    portal.wait_for_state(email, "collected")
    with portal.inside():
        making.concluded(code, money.case_of(slug))


def test_the_public_reads_a_story_and_goes_on_to_open_cases(browse, live, portal, journey):
    # An area of law that no other test here uses, so that the page has room for this very case among those like it.
    title, told = TITLES[journey.lang] + "…", journey.say("The path that stayed", "راهی که ماند")
    concluded(portal, live(title=title, area_slug="criminal-justice"), "won")
    concluded(portal, live(title=journey.say("A lost cause", "دعوای باخته")), "lost")
    like_it = live(title=journey.say("Keep the brook clean", "جوی پاک بماند"), area_slug="criminal-justice")

    # The editor finds the draft that was written from the outcome, and publishes it.
    editor = browse(DESKTOP, who=nima)
    steps.look_until(editor, f"{journey.prefix}/staff/stories", title)
    journey.look(editor)
    editor.locator("main li", has_text=title).get_by_role("link").first.click()
    editor.wait_for_url("**/staff/stories/*")
    journey.look(editor)
    editor.locator("[name=title]").fill(told)
    journey.send(editor, "button[name=preview]:visible")
    journey.send(editor, "button[name=publish]")
    portal.letter(LEILA, "Your case is told as a success story")

    # The gallery, narrowed by links and by the form: all of it stands in the address.
    page = browse(PHONE)
    journey.go(page, "/")
    journey.follow(page, "main a[href$='/stories/'], footer a[href$='/stories/']")
    journey.follow(page, "main a[href*='outcome=won']")
    page.locator("select[name=area]").select_option("criminal-justice")
    journey.send(page, "main form button")
    assert "outcome=won" in page.url and "area=criminal-justice" in page.url
    page.get_by_role("link", name=told).first.click()
    page.wait_for_url("**/stories/*")
    journey.look(page)
    assert told in words(page) and journey.say("Won. The High Court", "پیروزی") in words(page)
    story = page.url

    # What was lost is as easily found; and the story leads on to an open case like it.
    journey.follow(page, "main a[href$='/outcomes/']")
    journey.follow(page, "main a[href*='outcome=lost']")
    assert journey.say("A lost cause", "دعوای باخته") in words(page)
    page.goto(story)
    journey.follow(page, f"main a[href$='/cases/{quote(like_it)}']")
    assert page.locator("a[href$='/back']:visible").count()
