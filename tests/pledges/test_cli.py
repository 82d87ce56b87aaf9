"""``flask pledges explain``: the life of one pledge in plain words."""

from datetime import timedelta

import pytest

from app.core.money import Money
from app.database import db as database
from app.mail.outbox import send_due
from app.pledges.models import Pledge
from tests.pledges.backing import ASKS_EACH_TIME, GOOD_CARD, LATER_DECLINED, fill, meet_target, pledge


@pytest.fixture
def explain(app):
    """Run ``flask pledges explain``; what it says."""

    def run(which, *, exit_code=0):
        result = app.test_cli_runner().invoke(args=["pledges", "explain", str(which)])
        assert result.exit_code == exit_code, result.output
        return result.output

    return run


def back(client, slug, card=GOOD_CARD):
    """Two pledges that reach the target together, the second by `card`."""
    pledge(client, slug, email="sara@example.org")
    pledge(client, slug, card, tip_choice="other", tip_other="1.50")


def test_a_pledge_that_waits_is_told(explain, client, river, pledges):
    pledge(client, river)
    (mine,) = pledges()
    said = explain(mine.id)
    assert f"Pledge {mine.id} ({mine.public_id}) by Omid Rahimi <omid@example.org>" in said
    assert "hosted page 1 (cs_test_" in said and "was completed: a card is saved" in said
    assert "pledged, with the visa card ending 4242" in said and mine.consent_text in said
    assert "Now pledged: it counts, and the card is charged only if the target is met." in said
    assert "No payment was ever asked of the provider." in said


def test_a_collected_pledge_is_told_with_its_entries(explain, app, client, river, pledges):
    back(client, river)
    meet_target(app, river)
    said = explain(pledges()[1].public_id)
    assert "charge 1 sent by the worker" in said and "charge 1 succeeded" in said
    assert "booked pledge_collected (charge:ch_" in said and "asset:stripe" in said and "−£1.50" in said
    assert "booked stripe_fee" in said and "booked case_bears_fee" in said
    assert "as succeeded." in said and "not booked here yet" not in said


def test_what_happened_stands_in_order(explain, app, client, river, pledges):
    back(client, river)
    meet_target(app, river)
    said = explain(pledges()[1].id)
    told = ["started", "hosted page 1", "pledged, with", "due: the target", "charge 1 sent", "charge 1 succeeded"]
    places = [said.index(words) for words in told]
    assert places == sorted(places)


def test_a_declined_card_is_told_with_its_code_and_the_next_try(explain, app, client, river, pledges):
    back(client, river, LATER_DECLINED)
    meet_target(app, river)
    said = explain(pledges()[1].id)
    assert "charge 1 was declined: generic_decline" in said and "Now retry:" in said
    assert "The last charge failed with generic_decline." in said and "Tried 20" in said
    assert "Letter pledges.card_failed waits to be sent." in said


def test_a_bank_that_asks_is_told_with_when_it_ends(explain, app, client, river, pledges):
    back(client, river, ASKS_EACH_TIME)
    meet_target(app, river)
    said = explain(pledges()[1].id)
    assert "was declined: authentication_required" in said and "Now action_required:" in said and "Ends 20" in said


def test_letters_are_told_when_they_are_sent(explain, app, client, river, pledges, outbox):
    pledge(client, river)
    with app.app_context():
        send_due()
    said = explain(pledges()[0].id)
    assert "letter pledges.thanks written down" in said and "letter pledges.thanks sent" in said
    assert "waits to be sent" not in said


def test_a_page_that_was_never_completed_is_told(explain, client, river, pledges):
    fill(client, f"/cases/{river}/back")
    said = explain(pledges()[0].id)
    assert "Now started:" in said and "Hosted page 1 is open." in said


def test_a_consent_given_anew_is_told_when_it_was_given(explain, app, client, river, pledges):
    pledge(client, river)
    assert "form was sent\n                     agreed to the terms" in explain(pledges()[0].id)
    with app.app_context():
        database.session.get_one(Pledge, pledges()[0].id).consented_at += timedelta(hours=1)
        database.session.commit()
    assert "form was sent\n20" in explain(pledges()[0].id)


def test_a_private_case_is_told_without_its_title(explain, holder_of_private, pledges):
    client, slug = holder_of_private
    pledge(client, slug)
    said = explain(pledges()[0].id)
    assert "and private" in said and "CANARY" not in said


def test_without_the_provider_the_rest_is_told(explain, app, client, river, pledges, stripe):
    back(client, river)
    meet_target(app, river)
    stripe.control("faults", faults=[{"match": "GET /v1/payment_intents/*", "kind": "500", "times": 20}])
    said = explain(pledges()[1].id)
    assert "The provider does not tell of pi_" in said and "entries" not in said.split("does not tell")[0]
    assert "Now collected: the card was charged." in said


@pytest.mark.forged
def test_a_success_that_is_not_booked_yet_is_told(explain, app, client, river, pledges):
    back(client, river)
    meet_target(app, river)
    with app.app_context():
        database.session.get_one(Pledge, pledges()[1].id).state = "charging"
        database.session.commit()
    assert "Its success is not booked here yet" in explain(pledges()[1].id)


@pytest.mark.parametrize("which", ["999", "never", "0" * 30, "١", ""])
def test_a_pledge_that_is_not_there_is_told(explain, which):
    assert f"There is no pledge {which}" in explain(which, exit_code=1)


def test_amounts_are_told_to_the_penny(explain, client, river, pledges):
    pledge(client, river, tip_choice="other", tip_other="1.50")
    assert pledges()[0].tip == Money(150, "GBP")
    assert "£25.00 and a tip of £1.50; shown as name and amount" in explain(pledges()[0].id)
