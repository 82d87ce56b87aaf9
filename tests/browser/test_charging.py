"""What comes after a pledge: the target is met or missed, cards are charged or fail, and everybody is told."""

import pytest

from tests.browser import steps
from tests.browser.browsers import PHONE
from tests.browser.running import link_in
from tests.browser.steps import (
    ASKS_EACH_TIME,
    ASKS_ONCE,
    DECLINED_LATER,
    GOOD_TOO,
    answer_bank,
    enter_card,
    pledge,
    tidy,
    words,
)


def charges(portal, email):
    """What Stripe took from the cards of `email`'s pledges, in pence."""
    intents = [made.intent_id for made in portal.pledges(email) if made.intent_id]
    found = [portal.stripe.client.v1.payment_intents.retrieve(intent) for intent in intents]
    return [intent.amount_received for intent in found]


@pytest.mark.parametrize("card", [steps.GOOD, ASKS_ONCE])
def test_the_target_is_met_and_the_card_is_charged_once(browse, live, email, portal, card):
    page = browse(PHONE)
    mine = pledge(page, live(), email, card, "600")
    receipt = portal.letter(email, "Receipt")
    assert "Charged: £600.00" in receipt.text and charges(portal, email) == [60000]
    page.goto(mine)
    assert "Your card was charged £600.00 on" in words(page)
    page.goto(link_in(receipt, "/pledges/"))
    assert "Your card was charged £600.00 on" in words(page)
    subjects = [subject.split(":")[0] for subject in portal.letters(email)]
    assert subjects == ["Your pledge to Keep Thornley library open is recorded", "Target met", "Receipt"]


def test_after_the_target_a_pledge_is_paid_at_once(browse, live, email, portal):
    page, slug = browse(PHONE), live()
    pledge(page, slug, email, pounds="500")
    portal.wait_for_state(email, "collected")
    later = steps.backer()
    page.goto(f"/cases/{slug}/back")
    assert "Pledge and pay £25.00" in words(page) and "Charged today £25.00" in words(page)
    pledge(page, slug, later)
    assert "charg" in words(page)
    portal.letter(later, "Receipt")
    assert charges(portal, later) == [2500]


def test_a_declined_card_is_replaced_by_the_link_in_the_letter(browse, live, email, portal):
    page = browse(PHONE)
    pledge(page, live(), email, DECLINED_LATER, "600")
    letter = portal.letter(email, "Your card was declined")
    assert "Your pledge is kept for 7 days." in tidy(letter.text) and charges(portal, email) == [0]
    page = browse(PHONE, script=False)
    page.goto(link_in(letter, "/pledges/"))
    assert "Your card was declined." in words(page)
    page.get_by_role("button", name="Use another card").click()
    enter_card(page, GOOD_TOO)
    page.wait_for_url(steps.ITS_PAGE)
    assert "Your new card is saved. We are charging it now." in page.inner_text("body")
    assert "ending 4444" in portal.letter(email, "Receipt").text and charges(portal, email) == [60000]
    page.reload()
    assert "Your card was charged £600.00 on" in words(page)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no_script"])
def test_a_bank_that_asks_each_time_is_answered_by_the_link_in_the_letter(browse, live, email, portal, script):
    pledge(browse(PHONE), live(), email, ASKS_EACH_TIME, "600")
    letter = portal.letter(email, "Your bank asks you to approve this payment")
    page = browse(PHONE, script=script)
    page.goto(link_in(letter, "/pledges/"))
    for answer, state in (("Fail", "action_required"), ("Complete", "collected")):
        page.get_by_role("button", name="Approve and pay").click()
        page.get_by_role("link", name="Go to your bank").click()
        answer_bank(page, answer)
        page.wait_for_url(steps.ITS_PAGE)
        assert portal.states(email) == [state]
    assert "Your card was charged £600.00 on" in words(page)
    portal.letter(email, "Receipt")
    assert charges(portal, email) == [60000]


def test_the_target_is_missed_and_nobody_is_charged(browse, live, email, portal):
    page, slug = browse(PHONE), live(closes_in=8)
    mine = pledge(page, slug, email)
    portal.move_clock(days=9)
    letter = portal.letter(email, "Target not met")
    assert "so you have not been charged" in tidy(letter.text)
    page.goto(mine)
    assert "The target was not met, so you have not been charged." in words(page)
    page.goto(f"/cases/{slug}/back")
    assert "This case did not meet its target" in words(page) and "Nobody was charged." in words(page)
    (made,) = portal.pledges(email)
    assert (made.state, made.intent_id) == ("released", None)
    cards = portal.stripe.client.v1.customers.payment_methods.list(made.customer_id)
    assert cards.data == []


def test_a_card_page_that_is_still_open_at_the_deadline_takes_no_card(browse, live, email, portal):
    page, slug = browse(PHONE), live(closes_in=8)
    steps.go_to_card_page(page, slug, email)
    portal.move_clock(days=9)
    steps.look_until(page.context.new_page(), f"/cases/{slug}/back", "This case did not meet its target")
    enter_card(page, steps.GOOD)
    assert "This checkout session has expired" in page.inner_text("body")
    assert portal.states(email) == ["started"]


# ---------------------------------------------------------------- word of a saved card comes by three ways
@pytest.fixture
def held_webhooks(portal):
    """Stripe sends nothing until asked."""
    portal.stripe.control("config", config={"mode": "manual"})
    yield portal.stripe
    portal.stripe.control("webhooks/deliver")
    portal.stripe.control("config", config={"mode": "auto"})


def when_the_card_is_taken(page, what):
    """Have `what` happen after Stripe took the card and before the browser hears of it; it gets Playwright's route."""

    def hold(route):
        answer = route.fetch(max_redirects=0)
        if answer.status == 303:
            what(route)
        route.fulfill(response=answer)

    page.route("**/c/pay/**", hold)


def close_at_stripes_page(page, slug, email):
    """Save a card on Stripe's page and never arrive back: the battery is empty."""
    steps.go_to_card_page(page, slug, email)
    when_the_card_is_taken(page, lambda route: route.abort())
    with page.expect_event("requestfailed"):
        enter_card(page, steps.GOOD)
    page.context.close()


def test_a_browser_that_never_comes_back_is_made_good_by_the_webhook(browse, live, email, portal):
    close_at_stripes_page(browse(PHONE), live(), email)
    portal.letter(email, "is recorded")
    assert portal.states(email) == ["pledged"]


def test_without_browser_and_webhook_the_worker_looks_at_stripes_page(browse, live, email, portal, held_webhooks):
    close_at_stripes_page(browse(PHONE), live(), email)
    assert portal.states(email) == ["started"]
    portal.move_clock(minutes=2)
    portal.hurry("pledges.read_pages")
    portal.letter(email, "is recorded")
    assert portal.states(email) == ["pledged"]


def test_the_same_webhook_twice_counts_once(browse, live, email, portal, held_webhooks):
    page = browse(PHONE)
    pledge(page, live(), email, pounds="600")
    ids = [event["id"] for event in held_webhooks.events()[-6:]]
    for _ in range(2):
        assert all(taken for _id, taken in held_webhooks.control("webhooks/deliver", ids=ids))
    portal.letter(email, "Receipt")
    held_webhooks.control("webhooks/deliver")
    assert charges(portal, email) == [60000] and portal.states(email) == ["collected"]
    assert sum("is recorded" in subject for subject in portal.letters(email)) == 1


def test_a_webhook_that_outruns_the_browser_changes_nothing_for_the_backer(browse, live, email, portal):
    page = browse(PHONE)
    steps.go_to_card_page(page, live(), email)
    when_the_card_is_taken(page, lambda _route: portal.wait_for_state(email, "pledged"))
    enter_card(page, steps.GOOD)
    page.wait_for_url(steps.THANKS)
    assert "Your pledge of £25.00 is recorded." in words(page) and portal.states(email) == ["pledged"]
