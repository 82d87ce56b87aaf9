"""What goes wrong when a card is charged, and how the backer mends it from the mail."""

from tests.journeys.backer import ASKS_EACH_TIME, DECLINED
from tests.pledges.backing import said
from tests.pledges.money import cards_left, charged, tries


def test_a_bank_that_wants_an_approval_gets_it_by_the_link_in_the_mail(omid, river, stripe, work, told):
    omid.pledges(river, ASKS_EACH_TIME)
    work()
    words = told("needs your approval", "تأیید")
    assert len(omid.letters()) == 3 and words in omid.reads_last_letter() and charged(stripe) == {}
    paid = omid.approves(omid.follows_last_letter())
    assert told("Your card was charged £50.00 on", "۵۰٫۰۰ پوند") in said(paid)
    work(2)
    assert told("Receipt", "رسید") in omid.letters()[-1] and list(charged(stripe).values()) == [1]


def test_an_approval_that_fails_can_be_given_again(omid, river, stripe, work):
    omid.pledges(river, ASKS_EACH_TIME)
    work()
    page = omid.approves(omid.follows_last_letter(), "fail")
    assert charged(stripe) == {}
    omid.approves(page)
    work(2)
    assert list(charged(stripe).values()) == [1]


def test_a_declined_card_is_replaced_by_the_link_in_the_mail(omid, river, stripe, work, told):
    omid.pledges(river, DECLINED)
    work()
    assert told("Your card was declined.", "کارت") in omid.reads_last_letter() and charged(stripe) == {}
    omid.brings_another_card(omid.follows_last_letter())
    work(2)
    assert told("Receipt", "رسید") in omid.letters()[-1]
    assert told("ending 4444", "۴۴۴۴") in omid.reads_last_letter()
    assert list(charged(stripe).values()) == [1] and cards_left(stripe) == []


def test_a_card_that_stays_declined_is_tried_on_the_set_days_and_then_let_go(
    omid, river, stripe, work, pass_days, told
):
    omid.pledges(river, DECLINED)
    work()
    pass_days(8)
    assert tries(stripe) == 5 and charged(stripe) == {}
    assert told("did not succeed in time", "پایان") in omid.reads_last_letter()
    assert told("This pledge has lapsed.", "تعهد") in said(omid.follows_last_letter())
    assert cards_left(stripe) == []
