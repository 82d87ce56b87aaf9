"""Letters to backers: what each says, in both languages, and when it is not sent."""

from datetime import timedelta

import pytest

from app.core import clock as now
from app.database import db as database
from app.mail.outbox import render
from app.pledges import collection, links
from app.pledges.models import Pledge
from tests.pledges.backing import (
    ASKS_EACH_TIME,
    LATER_DECLINED,
    meet_target,
    miss_target,
    pledge,
    press,
)

STATES = {
    "pledges.thanks": "pledged",
    "pledges.changed": "pledged",
    "pledges.withdrawn": "withdrawn",
    "pledges.target_met": "due",
    "pledges.receipt": "collected",
    "pledges.lapsed": "lapsed",
    "pledges.target_missed": "released",
    "pledges.too_late": "abandoned",
}


@pytest.fixture
def letter(app):
    """`letter(name, lang="en", **facts)` renders a letter about the only pledge as it stands; None if not true."""

    def write(name, lang="en", **facts):
        with app.app_context():
            return render(name, lang, {"pledge": database.session.query(Pledge).one().id, **facts})

    return write


@pytest.fixture
def turn(app):
    """Put the only pledge into a state that would take long to reach; its page's address."""

    def turn_into(state, **values):
        with app.app_context():
            row = database.session.query(Pledge).one()
            moment = now.now()
            for name, value in {"state": state, "collected_at": moment, "ended_at": moment, **values}.items():
                setattr(row, name, value)
            database.session.commit()
            return links.manage_url(row)

    return turn_into


# ---------------------------------------------------------------- every letter
@pytest.mark.parametrize("lang", ["en", "fa"])
@pytest.mark.parametrize("name", STATES)
@pytest.mark.forged
def test_every_letter_is_written_in_both_languages_with_the_way_to_the_pledge(client, river, letter, turn, name, lang):
    pledge(client, river)
    url = turn(STATES[name])
    written = letter(name, lang)
    assert written.subject and written.html.count(url) == 1 and url in written.text
    assert f'lang="{lang}"' in written.html and "\n\n\n\n" not in written.text
    assert "%(" not in written.text + written.html + written.subject


@pytest.mark.parametrize("lang", ["en", "fa"])
@pytest.mark.parametrize(
    ("name", "card"), [("pledges.card_failed", LATER_DECLINED), ("pledges.approve_payment", ASKS_EACH_TIME)]
)
def test_letters_about_a_failed_charge_are_written_in_both_languages(app, client, river, letter, name, card, lang):
    mine = pledge(client, river, card, amount_choice="50")
    meet_target(app, river)
    written = letter(name, lang, attempt=1)
    assert mine in written.text and mine in written.html and f'lang="{lang}"' in written.html
    assert ("£50.00" if lang == "en" else "۵۰٫۰۰\u00a0پوند") in written.text


@pytest.mark.parametrize("lang", ["en", "fa"])
@pytest.mark.parametrize("name", STATES)
@pytest.mark.forged
def test_a_letter_about_a_private_case_does_not_name_it(holder_of_private, letter, turn, name, lang):
    client, private = holder_of_private
    pledge(client, private)
    turn(STATES[name])
    written = letter(name, lang)
    assert "CANARY" not in written.subject + written.text + written.html and f"/cases/{private}" not in written.html


def test_what_a_backer_wrote_cannot_become_markup_in_a_letter(app, client, river, letter):
    pledge(client, river)
    with app.app_context():
        database.session.query(Pledge).one().case.title = "Fish & <b>chips</b>"
        database.session.commit()
    written = letter("pledges.thanks")
    assert "Fish &amp; &lt;b&gt;chips&lt;/b&gt;" in written.html and "Fish & <b>chips</b>" in written.text
    assert written.subject == "Your pledge to Fish & <b>chips</b> is recorded"


def test_a_persian_sentence_calls_a_title_a_case_and_sets_it_in_quotes(app, client, river, letter):
    pledge(client, river)
    with app.app_context():
        database.session.query(Pledge).one().case.title = "Clean water"
        database.session.commit()
    written = letter("pledges.thanks", "fa")
    assert "برای پروندهٔ «Clean water» تعهد کرده‌اید" in written.text and "<bdi>Clean water</bdi></a>»" in written.html
    assert "چهار رقم آخر: ۴۲۴۲" in written.text


# ---------------------------------------------------------------- what they say
def test_thanks_promises_no_charge_before_the_target(client, river, letter):
    pledge(client, river, tip_choice="10")
    text = letter("pledges.thanks").text
    assert "You pay nothing today. £27.50 is charged only if pledges reach £50 by" in text
    assert "Your pledge: £25.00\nTip for Amicus: £2.50\nCard: ending 4242\nCharged today: £0.00" in text
    assert "You can withdraw until" in text


def test_thanks_close_to_the_deadline_does_not_offer_to_withdraw(client, river, letter, clock):
    clock.move(9 * 86400 + 3600)
    pledge(client, river)
    assert "withdraw" not in letter("pledges.thanks").text


def test_thanks_after_the_target_says_that_the_card_is_charged(client, funded, letter):
    pledge(client, funded)
    text = letter("pledges.thanks").text
    assert "your card is charged now" in text and "You pay nothing today" not in text


def test_the_receipt_names_every_sum(app, client, river, letter, pledges):
    pledge(client, river, amount_choice="50", tip_choice="5")
    meet_target(app, river)
    (row,) = pledges()
    text = letter("pledges.receipt").text
    for line in ("Your contribution: £50.00", "Tip for Amicus: £2.50", "Card: ending 4242", "Charged: £52.50"):
        assert line in text
    assert f"Reference: {row.public_id}" in text and f"Date: {row.collected_at:%-d %B %Y}" in text


def test_a_first_decline_keeps_the_pledge_for_seven_days(app, client, river, letter):
    pledge(client, river, LATER_DECLINED, amount_choice="50")
    meet_target(app, river)
    written = letter("pledges.card_failed", attempt=1)
    assert "Your card was declined. Your pledge is kept for 7 days." in written.text
    assert "We will try the card again on" in written.text and written.subject == "Your card was declined"


def test_a_last_decline_asks_for_another_card(app, client, river, letter, turn):
    pledge(client, river, LATER_DECLINED, amount_choice="50")
    meet_target(app, river)
    turn("action_required", next_at=now.now() + timedelta(days=2), first_failed_at=now.now() - timedelta(days=5))
    text = letter("pledges.card_failed", attempt=1).text
    assert "kept for 2 days." in text and "We cannot try this card again. Use another card before" in text


# ---------------------------------------------------------------- no longer true
@pytest.mark.parametrize("name", STATES)
@pytest.mark.forged
def test_a_letter_that_is_no_longer_true_is_not_written(client, river, letter, turn, name):
    pledge(client, river)
    turn("started")
    assert letter(name) is None


@pytest.mark.forged
def test_no_letter_says_that_a_card_failed_once_the_payment_has_succeeded(app, client, river, letter, turn):
    pledge(client, river, LATER_DECLINED, amount_choice="50")
    meet_target(app, river)
    turn("collected")
    assert letter("pledges.card_failed", attempt=1) is None


def test_only_the_last_failed_try_is_told(app, client, river, letter, clock):
    pledge(client, river, LATER_DECLINED, amount_choice="50")
    meet_target(app, river)
    clock.move(86400 + 60)
    with app.app_context():
        collection.charge_due()
    assert letter("pledges.card_failed", attempt=1) is None
    assert "kept for 6 days." in letter("pledges.card_failed", attempt=2).text


def test_a_letter_about_a_failed_card_is_not_written_once_another_card_is_there(app, client, river, letter, turn):
    pledge(client, river, LATER_DECLINED, amount_choice="50")
    meet_target(app, river)
    turn("retry", next_at=now.now())
    assert letter("pledges.card_failed", attempt=1) is None


def test_a_withdrawn_pledge_is_not_thanked_for(client, river, letter):
    mine = pledge(client, river)
    press(client, mine + "/withdraw", mine + "/withdraw")
    assert letter("pledges.thanks") is None and letter("pledges.withdrawn") is not None


def test_a_target_that_was_missed_is_told_without_a_charge(app, client, river, letter):
    pledge(client, river)
    miss_target(app, river)
    text = letter("pledges.target_missed").text
    assert "The target was not met, so you have not been charged. We have removed your saved card." in text
