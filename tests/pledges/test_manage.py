"""The page of one pledge, and what its holder can do there."""

import re

import pytest

from app.core import clock as now
from app.core.money import Money
from app.database import db as database
from app.pledges import collection, links
from app.pledges.models import Pledge
from app.pledges.states import PledgeState
from tests.pledges.backing import (
    ASKS_EACH_TIME,
    LATER_DECLINED,
    complaints,
    fill,
    hidden,
    local,
    meet_target,
    miss_target,
    pledge,
    post,
    press,
    said,
)
from tests.support import stand_in

SUMS = {"amount_choice": "25", "tip_choice": "0"}
OTHER_CARD = "5555555555554444"


@pytest.fixture
def mine(client, river):
    """The page of a pledge of £25 to an open case."""
    return pledge(client, river)


def set_pledge(app, **values):
    """Put the only pledge into a state that would take long to reach."""
    with app.app_context():
        row = database.session.query(Pledge).one()
        for name, value in values.items():
            setattr(row, name, value)
        database.session.commit()


# ---------------------------------------------------------------- the link
def test_an_altered_link_opens_nothing(client, mine):
    for wrong in (mine[:-1], mine[:-1] + ("a" if mine[-1] != "a" else "b"), mine.replace(".1.", ".2."), "/pledges/x"):
        assert client.get(wrong).status_code == client.get(wrong + "/thanks").status_code == 404
        assert client.get(wrong + "/withdraw").status_code == client.get(wrong + "/approved").status_code == 404


def test_an_old_link_is_answered_like_one_that_never_existed(app, client, mine):
    never = client.get("/pledges/0000000000.1." + "a" * 32)
    set_pledge(app, link_version=2)
    old = client.get(mine)
    assert old.status_code == never.status_code == 404 and said(old) == said(never)


def test_the_page_is_kept_nowhere(client, mine):
    headers = client.get(mine).headers
    assert headers["Cache-Control"] == "no-store" and "noindex" in headers["X-Robots-Tag"]


def test_a_mail_scanner_that_follows_the_links_changes_nothing(client, mine, pledges):
    before = [vars(row).get("state") for row in pledges()]
    for path in ("", "/thanks", "/withdraw", "/amount", "/appearance", "/approve"):
        assert client.get(mine + path).status_code in (200, 303)
    assert client.get(mine + "/card").status_code == 405
    assert [row.state for row in pledges()] == before == ["pledged"]


@pytest.mark.parametrize("path", ["/withdraw", "/amount", "/appearance", "/card", "/approve"])
def test_no_form_acts_without_our_mark(client, mine, pledges, path):
    assert client.post(mine + path, data=SUMS).status_code == 400
    assert [row.state for row in pledges()] == ["pledged"]


# ---------------------------------------------------------------- every state in its own words
@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("started", "This pledge is not finished. No card is saved and nothing was charged."),
        ("abandoned", "This pledge came too late."),
        ("pledged", "You pay nothing today £25.00 is charged only if pledges reach £50 by"),
        ("due", "The target is met. We will now charge £25.00 to your card ending 4242 ."),
        ("charging", "We do not know the result yet. Do not pay again."),
        ("collected", "Your card was charged £25.00 on"),
        ("withdrawn", "You withdrew this pledge on"),
        ("released", "The target was not met, so you have not been charged. We have removed your saved card."),
        ("cancelled", "This pledge was cancelled."),
        ("lapsed", "This pledge has lapsed. The payment did not succeed in time."),
    ],
)
@pytest.mark.forged
def test_each_state_has_its_own_words(app, client, mine, state, words):
    moment = now.now()
    set_pledge(app, state=state, collected_at=moment, ended_at=moment)
    page = client.get(mine)
    assert page.status_code == 200 and words in said(page)


@pytest.mark.forged
def test_every_state_is_told(app, client, mine):
    moment, told = now.now(), set()
    for state in PledgeState:
        set_pledge(app, state=state, first_failed_at=moment, next_at=moment, collected_at=moment, ended_at=moment)
        told.add(said(client.get(mine)))
    assert len(told) == len(PledgeState) - 1  # a retry that is due and a charge that runs read the same


def test_a_charge_whose_outcome_is_unknown_is_never_called_no_charge(app, client, mine):
    set_pledge(app, state="charging")
    words = said(client.get(mine))
    assert "not charged" not in words and "nothing was charged" not in words.lower()


# ---------------------------------------------------------------- withdrawing
def test_a_backer_withdraws_with_the_link_alone(app, client, mine, pledges, letters):
    assert "Withdraw your pledge?" in said(client.get(mine + "/withdraw"))
    stranger = app.test_client()
    assert press(stranger, mine + "/withdraw", mine + "/withdraw").location == mine
    assert "You withdrew this pledge on" in said(client.get(mine))
    assert [row.state for row in pledges()] == ["withdrawn"]
    assert [name for name, _facts in letters()] == ["pledges.thanks", "pledges.withdrawn"]


def test_withdrawing_twice_is_quiet(client, mine, letters):
    marks = hidden(client.get(mine + "/withdraw"))
    for _ in range(2):
        answer = post(client, mine + "/withdraw", marks)
        assert answer.status_code == 303
    assert [name for name, _facts in letters()] == ["pledges.thanks", "pledges.withdrawn"]


def test_too_late_to_withdraw_is_told_with_the_moment(client, mine, pledges, clock):
    marks = hidden(client.get(mine + "/withdraw"))
    until = re.search(r"until (.*? London time)", said(client.get(mine)))[1]
    clock.move(9 * 86400 + 60)
    late = post(client, mine + "/withdraw", marks)
    for page in (late, client.get(mine + "/withdraw")):
        assert page.status_code == 409 and f"You could withdraw this pledge until {until}." in said(page)
    assert [row.state for row in pledges()] == ["pledged"]


def test_a_withdrawal_after_the_target_is_refused_with_the_reason(app, client, river, pledges):
    mine = pledge(client, river, amount_choice="50")
    marks = hidden(client.get(mine + "/withdraw"))
    meet_target(app, river)
    page = post(client, mine + "/withdraw", marks)
    assert page.status_code == 409 and "The target was met on" in said(page)
    assert [row.state for row in pledges()] == ["collected"]


# ---------------------------------------------------------------- changing
def test_name_and_message_can_be_changed(client, mine, pledges):
    answer = press(
        client, mine + "/appearance", mine + "/appearance", shown="initials", name="Omid R", message="Thank you"
    )
    assert "Your changes are saved." in client.get(answer.location).text
    (row,) = pledges()
    assert (row.shown, row.name, row.message) == ("initials", "Omid R", "Thank you")


def test_a_wrong_change_of_appearance_is_told_and_changes_nothing(client, mine, pledges):
    page = press(client, mine + "/appearance", mine + "/appearance", shown="name", name="", message="New")
    assert (page.status_code, complaints(page)) == (400, ["Enter your full name."])
    assert "New</textarea>" in page.text and [row.message for row in pledges()] == [""]


def test_a_lower_amount_stands_at_once(client, mine, pledges, letters):
    answer = press(client, mine + "/amount", mine + "/amount", amount_choice="10", tip_choice="10")
    assert "Your pledge is now £11.00." in client.get(answer.location).text
    assert [(row.amount.minor, row.tip.minor) for row in pledges()] == [(1000, 100)]
    assert [name for name, _facts in letters()] == ["pledges.thanks", "pledges.changed"]


def test_a_higher_amount_needs_the_consent_and_the_card_again(client, mine, pledges):
    refused = press(client, mine + "/amount", mine + "/amount", amount_choice="50", tip_choice="0")
    assert complaints(refused) == ["Tick the box to agree to the higher amount."]
    sent = press(client, mine + "/amount", mine + "/amount", amount_choice="50", tip_choice="0", agree="y")
    assert [row.amount.minor for row in pledges()] == [2500]
    answer = client.get(local(stand_in.pay(sent.location, OTHER_CARD)))
    page = client.get(answer.location)
    assert "Your pledge is now £50.00, on the card ending 4444." in page.text
    (row,) = pledges()
    assert row.amount == Money(5000, "GBP") and "£50.00 once" in row.consent_text


def test_a_wrong_amount_is_told_and_the_pledge_stays(client, mine, pledges):
    page = press(client, mine + "/amount", mine + "/amount", amount_choice="other", amount_other="4.99", tip_choice="0")
    assert (page.status_code, complaints(page)) == (400, ["Enter an amount of £5.00 or more."])
    assert [row.amount.minor for row in pledges()] == [2500]


def test_another_card_takes_the_place_of_the_first(client, mine, pledges):
    sent = press(client, mine, mine + "/card")
    client.get(local(stand_in.pay(sent.location, OTHER_CARD)))
    assert [(row.state, row.card_last4) for row in pledges()] == [("pledged", "4444")]


def test_in_one_tab_withdrawn_in_the_other_changed_only_withdraws(client, mine, pledges):
    marks = hidden(client.get(mine + "/amount"))
    press(client, mine + "/withdraw", mine + "/withdraw")
    answer = post(client, mine + "/amount", marks, amount_choice="10", tip_choice="0")
    assert "The amount of this pledge cannot be changed any more." in client.get(answer.location).text
    assert [(row.state, row.amount.minor) for row in pledges()] == [("withdrawn", 2500)]


@pytest.mark.parametrize(
    ("path", "fields"), [("/card", {}), ("/amount", {"amount_choice": "100", "tip_choice": "0", "agree": "y"})]
)
def test_without_the_provider_the_pledge_stays_as_it_is(client, mine, pledges, stripe, path, fields):
    marks = hidden(client.get(mine + "/amount"))
    stripe.control("faults", faults=[{"match": "POST /v1/checkout/sessions", "kind": "500", "times": 20}])
    page = post(client, mine + path, marks, **fields)
    assert page.status_code == 503 and "Nothing was charged and no card was saved." in said(page)
    assert [(row.state, row.amount.minor) for row in pledges()] == [("pledged", 2500)]


# ---------------------------------------------------------------- paying what failed
def test_a_declined_card_is_replaced_by_the_link_and_then_charged(app, client, river, pledges):
    mine = pledge(client, river, LATER_DECLINED, amount_choice="50")
    meet_target(app, river)
    words = said(client.get(mine))
    assert "Your card was declined." in words and "We will try the card again on" in words
    sent = press(client, mine, mine + "/card")
    page = client.get(client.get(local(stand_in.pay(sent.location, OTHER_CARD))).location)
    assert "Your new card is saved. We are charging it now." in page.text
    with app.app_context():
        collection.charge_due()
    assert "Your card was charged £50.00 on" in said(client.get(mine))


def test_a_payment_is_approved_on_the_banks_page(app, client, river, pledges):
    mine = pledge(client, river, ASKS_EACH_TIME, amount_choice="50")
    meet_target(app, river)
    assert "Your bank asks you to approve this payment." in said(client.get(mine))
    page = press(client, mine, mine + "/approve")
    bank = re.search(r'<a class="btn btn--lg" href="([^"]+)"', page.text)[1].replace("&amp;", "&")
    back = client.get(local(stand_in.authenticate(bank)))
    assert back.location == mine and "Your card was charged £50.00 on" in said(client.get(mine))


def test_a_payment_refused_at_the_bank_can_be_tried_again(app, client, river, pledges):
    mine = pledge(client, river, ASKS_EACH_TIME, amount_choice="50")
    meet_target(app, river)
    for outcome in ("fail", "complete"):
        page = press(client, mine, mine + "/approve")
        bank = re.search(r'<a class="btn btn--lg" href="([^"]+)"', page.text)[1].replace("&amp;", "&")
        client.get(local(stand_in.authenticate(bank, outcome)))
        assert [row.state for row in pledges()] == [{"fail": "action_required", "complete": "collected"}[outcome]]


def test_an_approval_without_an_answer_never_says_that_nothing_was_charged(app, client, river, stripe, pledges):
    mine = pledge(client, river, ASKS_EACH_TIME, amount_choice="50")
    meet_target(app, river)
    marks = hidden(client.get(mine))
    stripe.control("faults", faults=[{"match": "POST /v1/payment_intents", "kind": "500", "times": 20}])
    page = post(client, mine + "/approve", marks)
    assert page.status_code == 202 and "Do not pay again. We will email you the result." in said(page)
    assert "not charged" not in said(page) and [row.state for row in pledges()] == ["charging"]


def test_there_is_nothing_to_approve_on_a_pledge_that_stands(client, mine, pledges):
    assert press(client, mine, mine + "/approve").location == mine
    assert [row.state for row in pledges()] == ["pledged"]


# ---------------------------------------------------------------- thanks
def test_thanks_has_ways_to_share_a_public_case_and_none_for_a_private_one(app, client, mine, holder_of_private):
    assert "wa.me" in client.get(mine + "/thanks").text
    private_client, private = holder_of_private
    page = private_client.get(pledge(private_client, private) + "/thanks")
    assert page.status_code == 200 and "wa.me" not in page.text and "data-copy" not in page.text


def test_thanks_for_a_pledge_that_ended_leads_to_its_page(app, client, river, mine):
    miss_target(app, river)
    assert client.get(mine + "/thanks").location == mine
    assert "The target was not met, so you have not been charged." in said(client.get(mine))


def test_an_unfinished_pledge_leads_back_to_its_form(app, client, river, pledges):
    fill(client, f"/cases/{river}/back", name="Omid R")
    with app.app_context():
        token = links.token_of(database.session.query(Pledge).one())
    resume = re.search(r'href="([^"]*resume=[^"]*)"', client.get(f"/pledges/{token}").text)[1]
    assert 'value="Omid R"' in client.get(resume).text
