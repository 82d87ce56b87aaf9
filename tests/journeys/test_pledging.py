"""From the shared link to the mail: the target met, the target missed, the pledge taken back."""

import re

import pytest

from tests.journeys.backer import ASKS_WHEN_SAVED, GOOD, OTHER, Backer
from tests.pledges.backing import hidden, post, said
from tests.pledges.money import cards_left, charged, tries
from tests.support import stand_in


def test_the_target_is_met_and_the_card_is_charged_once(omid, river, stripe, work, told):
    thanks = omid.pledges(river)
    assert told("Your pledge of £50.00 is recorded.", "۵۰٫۰۰ پوند") in said(thanks)
    assert tries(stripe) == 0
    work()
    assert len(omid.letters()) == 3 and told("Receipt", "رسید") in omid.letters()[-1]
    assert told("Your card was charged £50.00", "۵۰٫۰۰ پوند") in omid.reads_last_letter()
    assert told("Your card was charged £50.00 on", "۵۰٫۰۰ پوند") in said(omid.follows_last_letter())
    assert list(charged(stripe).values()) == [1] and cards_left(stripe) == []


def test_the_page_shows_the_pledge_before_and_the_collection_after(omid, river, work, told):
    case = f"{omid.prefix}/cases/{river}"
    omid.pledges(river, amount_choice="25")
    assert told("£25", "۲۵ پوند") in said(omid.opens(case))
    Backer(omid.browser.application, omid.outbox, omid.lang, "sara@example.org").pledges(river, amount_choice="25")
    work()
    shown = said(omid.opens(case))
    assert told("£50", "۵۰ پوند") in shown and "Omid Rahimi" in shown


def test_the_target_is_missed_and_nobody_is_charged(omid, river, stripe, work, pass_days, told):
    sara = Backer(omid.browser.application, omid.outbox, omid.lang, "sara@example.org")
    omid.pledges(river, amount_choice="25")
    sara.pledges(river, OTHER, amount_choice="10")
    pass_days(11)
    for backer in (omid, sara):
        assert len(backer.letters()) == 2
        words = told("The target was not met, so you have not been charged.", "هدف تأمین نشد")
        assert words.split(",")[0] in backer.reads_last_letter()
        assert told("you have not been charged", "برداشت") in said(backer.follows_last_letter())
    assert (tries(stripe), cards_left(stripe)) == (0, [])


def test_a_bank_that_asks_when_the_card_is_saved_is_answered_on_the_way(omid, river, stripe, work, told):
    hosted = omid.goes_to_hosted_page(river)
    thanks = omid.comes_back(stand_in.pay(hosted, ASKS_WHEN_SAVED, three_ds="complete"))
    assert told("Your pledge of £50.00 is recorded.", "۵۰٫۰۰ پوند") in said(thanks)
    work()
    assert list(charged(stripe).values()) == [1] and told("Receipt", "رسید") in omid.letters()[-1]


def test_a_bank_that_says_no_when_the_card_is_saved_makes_no_pledge(omid, river, stripe, work):
    hosted = omid.goes_to_hosted_page(river)
    with pytest.raises(stand_in.CardRefused):
        stand_in.pay(hosted, ASKS_WHEN_SAVED, three_ds="fail")
    work()
    assert omid.letters() == [] and cards_left(stripe) == []
    omid.comes_back(stand_in.pay(hosted, GOOD))
    work()
    assert list(charged(stripe).values()) == [1]


def test_a_pledge_is_taken_back_by_the_link_in_the_mail(omid, river, stripe, work, pass_days, told):
    omid.pledges(river, amount_choice="25")
    work(1)
    page = omid.follows_last_letter()
    link = re.search(r'href="([^"]+/withdraw)"', page.text)[1]
    asked = omid.opens(link)
    assert cards_left(stripe) == ["4242"]  # the link alone does nothing: mail scanners follow links
    done = post(omid.browser, link, hidden(asked))
    assert told("You withdrew this pledge on", "۲۵٫۰۰ پوند") in said(omid.opens(done.location))
    work(2)
    assert len(omid.letters()) == 2 and cards_left(stripe) == []
    pass_days(11)
    assert len(omid.letters()) == 2 and tries(stripe) == 0


def test_a_pledge_after_the_target_is_paid_at_once(omid, funded, stripe, work, told):
    omid.pledges(funded)
    work(2)
    assert list(charged(stripe).values()) == [1] and told("Receipt", "رسید") in omid.letters()[-1]
