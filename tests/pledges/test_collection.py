"""Charging: once each, on the set days, and never a card that cannot be mended."""

import pytest

from app.cases.models import Case
from app.core import clock as now
from app.core.money import Money
from app.database import db as database
from app.jobs import queue
from app.ledger import queries as books
from app.ledger import service as ledger
from app.ledger.models import Entry
from app.payments import brake
from app.payments.gateway import OutcomeUnknown
from app.payments.provider import gateway
from app.payments.stripe_gateway import StripeGateway
from app.pledges import checkout, closing, collection, links
from app.pledges.models import Pledge
from tests.pledges.money import (
    ASKS_EACH_TIME,
    DAY,
    DECLINED,
    GOOD,
    NO_FUNDS,
    OTHER,
    attempts,
    back,
    cards_left,
    charged,
    end_leases,
    finish,
    letters,
    move,
    of_case,
    pounds,
    row,
    state_of,
    states,
    tries,
)
from tests.support import stand_in
from tests.support.portal import settings

pytestmark = pytest.mark.usefixtures("promises")
LOST, STOLEN, RUN_OUT = "4000000000009987", "4000000000009979", "4000000000000069"
CONFIRM = r"POST /v1/payment_intents/pi_\w+/confirm"


def meet(slug):
    """The case's pledges reach its target; they are due."""
    assert closing.check_target(of_case(slug))
    database.session.commit()


@pytest.fixture
def due(river):
    """`due(card)`: a pledge of £50 plus £2.50 tip that is to be charged now; its id."""

    def make(card=GOOD):
        pledge = back(river, pounds(50), card, Money(250, "GBP"))
        meet(river)
        return pledge

    return make


def fault(stripe, match, kind, times=1, **more):
    stripe.control("faults", faults=[{"match": match, "kind": kind, "times": times, **more}])


# ---------------------------------------------------------------- a good card
def test_a_due_pledge_is_charged_once_with_its_tip(due, stripe):
    pledge = due()
    assert collection.charge_due() == 1 and collection.charge_due() == 0
    assert (state_of(pledge), attempts(pledge)) == ("collected", ["succeeded"])
    assert stripe.client.v1.charges.list().data[0].amount == 5250


def test_the_books_say_who_holds_what(due, river):
    due()
    collection.charge_due()
    account = ledger.case_account(of_case(river))
    fee = 99  # 1.5 % of £52.50 and 20p, as the stand-in charges
    assert books.balance(ledger.STRIPE, "GBP") == Money(5250 - fee, "GBP")
    assert books.balance(account, "GBP") == Money(-(5000 - fee), "GBP")
    assert books.balance(ledger.TIPS, "GBP") == Money(-250, "GBP")
    assert books.balance(ledger.STRIPE_FEES, "GBP") == -books.balance(ledger.RECOVERED_FEES, "GBP") == Money(fee, "GBP")


def test_a_charge_without_a_fee_is_booked_too(due, stripe):
    stripe.control("config", config={"fee": [0, 1000, 0]})
    assert state_of(due()) == "due"
    collection.charge_due()
    assert [entry.kind for entry in database.session.query(Entry)] == ["pledge_collected"]


def test_the_receipt_is_written_with_the_charge_and_the_card_is_forgotten(due, stripe):
    due()
    collection.charge_due()
    assert letters("leila@example.org") == ["cases.target_met"]
    assert letters() == ["pledges.thanks", "pledges.target_met", "cases.target_met", "pledges.receipt"]
    queue.drain()
    assert cards_left(stripe) == []


def test_the_intent_holds_ids_only(due, stripe):
    pledge = due()
    collection.charge_due()
    intent = stripe.client.v1.payment_intents.retrieve(row(pledge).intent_id)
    assert intent.description == f"pledge_{pledge}" and set(intent.metadata.to_dict()) == {"pledge", "case"}
    assert "omid" not in str(intent).lower() and "wren" not in str(intent).lower()


def test_a_pledge_after_the_target_is_charged_by_the_same_path(funded, stripe):
    pledge = back(funded, pounds(25))
    assert state_of(pledge) == "due"
    collection.charge_due()
    assert state_of(pledge) == "collected" and letters() == ["pledges.thanks", "pledges.receipt"]


def test_nobody_is_charged_before_the_target(river, stripe):
    pledge = back(river, pounds(25))
    assert collection.charge_due() == 0
    assert (state_of(pledge), tries(stripe)) == ("pledged", 0)


def test_a_run_ends_after_its_time(funded):
    for _ in range(2):
        back(funded, pounds(25))
    assert collection.charge_due(seconds=0) == 0 and states() == ["due", "due"]
    assert collection.charge_due(seconds=60) == 2


# ---------------------------------------------------------------- soft declines
def test_a_soft_decline_is_tried_again_on_days_1_3_5_and_7_and_then_lapses(due, stripe):
    pledge = due(NO_FUNDS)
    tried_on = []
    for quarter in range(8 * 4):
        if collection.charge_due():
            tried_on.append(quarter / 4)
        collection.lapse_due()
        move(stripe, DAY // 4)
    assert tried_on == [0, 1, 3, 5, 7]
    assert (state_of(pledge), tries(stripe), charged(stripe)) == ("lapsed", 5, {})
    assert letters().count("pledges.card_failed") == 4 and letters().count("pledges.lapsed") == 1


def test_a_second_before_the_day_nothing_is_tried(due, stripe):
    pledge = due(DECLINED)
    collection.charge_due()
    left = (row(pledge).next_at - now.now()).total_seconds()
    move(stripe, left - 1)
    assert collection.charge_due() == 0
    move(stripe, 2)
    assert collection.charge_due() == 1 and attempts(pledge) == ["declined", "declined"]


def test_a_failing_pledge_is_shown_as_failing_until_it_is_paid(due, river):
    pledge = due(DECLINED)
    collection.charge_due()
    finish(checkout.open_page(pledge), OTHER)
    assert state_of(pledge) == "retry"
    collection.charge_due()
    assert (state_of(pledge), row(pledge).card_last4) == ("collected", "4444")


def test_a_lapsed_pledge_frees_its_card_and_its_intent(due, stripe):
    pledge = due(DECLINED)
    collection.charge_due()
    intent = row(pledge).intent_id
    for days in (1, 2, 2, 2):
        move(stripe, days * DAY)
        collection.charge_due()
    collection.lapse_due()
    queue.drain()
    assert state_of(pledge) == "lapsed" and cards_left(stripe) == []
    assert stripe.client.v1.payment_intents.retrieve(intent).status == "canceled"


def test_a_card_that_comes_just_before_the_end_is_not_lapsed_away(due, stripe, monkeypatch):
    """The list of what lapses is read first; what changes while its first pledges are ended must count."""
    pledge = due(ASKS_EACH_TIME)
    collection.charge_due()
    move(stripe, 7 * DAY - 60)
    url, lapse = checkout.open_page(pledge), collection._lapse
    move(stripe, 61)
    monkeypatch.setattr(collection, "_lapse", lambda one: (finish(url, OTHER), lapse(one)))
    assert collection.lapse_due() == 1 and state_of(pledge) == "retry"
    collection.charge_due()
    assert state_of(pledge) == "collected"


# ---------------------------------------------------------------- hard declines
def become(stripe, pledge, number):
    """Let the saved card turn into the test card `number`: lost, stolen, run out."""
    stripe.control("card", payment_method=row(pledge).payment_method, number=number)


@pytest.mark.parametrize("number", [LOST, STOLEN, RUN_OUT])
def test_a_hard_decline_is_never_tried_again(due, stripe, number):
    pledge = due()
    become(stripe, pledge, number)
    for _ in range(9):
        collection.charge_due()
        move(stripe, DAY)
        collection.lapse_due()
    assert (tries(stripe), attempts(pledge), state_of(pledge)) == (1, ["declined"], "lapsed")
    assert letters().count("pledges.card_failed") == 1


def test_a_card_that_is_gone_is_a_hard_decline(due, stripe):
    pledge = due()
    stripe.client.v1.payment_methods.detach(row(pledge).payment_method)
    collection.charge_due()
    assert (state_of(pledge), row(pledge).last_code) == ("action_required", "payment_method_unusable")
    assert "pledges.card_failed" in letters() and brake.is_on() is None
    finish(checkout.open_page(pledge), OTHER)
    collection.charge_due()
    assert state_of(pledge) == "collected"


def test_a_customer_that_is_gone_fails_one_pledge_and_stops_nobody(due, funded, stripe):
    pledge = due()
    stripe.client.v1.customers.delete(row(pledge).customer_id)
    other = back(funded, pounds(25))
    collection.charge_due()
    assert (state_of(pledge), state_of(other), brake.is_on()) == ("action_required", "collected", None)


# ---------------------------------------------------------------- the bank asks
def test_a_bank_that_asks_is_answered_by_the_link_in_the_letter(due, stripe):
    pledge = due(ASKS_EACH_TIME)
    collection.charge_due()
    assert (state_of(pledge), letters()[-1]) == ("action_required", "pledges.approve_payment")
    stand_in.authenticate(collection.authenticate(pledge))
    assert collection.look_again(pledge) == "collected" and attempts(pledge) == ["declined", "succeeded"]
    assert row(pledge).card_last4 == "3184"


def test_a_second_click_finds_the_same_page_of_the_bank(due):
    pledge = due(ASKS_EACH_TIME)
    collection.charge_due()
    assert collection.authenticate(pledge) == collection.authenticate(pledge)
    assert attempts(pledge) == ["declined", "action"]


def test_another_card_while_the_banks_page_is_open_leaves_one_success(due, stripe):
    pledge = due(ASKS_EACH_TIME)
    collection.charge_due()
    bank = collection.authenticate(pledge)
    finish(checkout.open_page(pledge), OTHER)
    collection.charge_due()
    assert attempts(pledge) == ["declined", "superseded", "succeeded"] and row(pledge).card_last4 == "4444"
    stand_in.authenticate(bank)
    assert collection.look_again(pledge) == "collected"


def test_a_bank_that_says_yes_to_the_old_card_after_all_ends_it(due, stripe):
    pledge = due(ASKS_EACH_TIME)
    collection.charge_due()
    bank = collection.authenticate(pledge)
    finish(checkout.open_page(pledge), OTHER)
    stand_in.authenticate(bank)
    collection.charge_due()
    assert (state_of(pledge), row(pledge).card_last4) == ("collected", "3184")


def test_a_bank_that_says_no_to_the_old_card_does_not_delay_the_new_one(due, stripe):
    pledge = due(ASKS_EACH_TIME)
    collection.charge_due()
    bank = collection.authenticate(pledge)
    finish(checkout.open_page(pledge), OTHER)
    stand_in.authenticate(bank, "fail")
    collection.look_again(pledge)
    assert state_of(pledge) == "retry" and collection.charge_due() == 1 and state_of(pledge) == "collected"


def test_an_approval_that_never_comes_lapses(due, stripe):
    pledge = due(ASKS_EACH_TIME)
    collection.charge_due()
    collection.authenticate(pledge)
    move(stripe, 7 * DAY - 60)
    collection.lapse_due()
    assert state_of(pledge) == "action_required"
    move(stripe, 120)
    collection.lapse_due()
    assert state_of(pledge) == "lapsed" and "pledges.lapsed" in letters()


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "500"])
def test_an_approval_that_got_no_answer_can_be_given_again(due, stripe, kind):
    pledge = due(ASKS_EACH_TIME)
    collection.charge_due()
    fault(stripe, CONFIRM, kind, times=3)
    with pytest.raises(OutcomeUnknown):
        collection.authenticate(pledge)
    assert state_of(pledge) == "charging"
    end_leases()
    collection.charge_due()
    assert state_of(pledge) == "action_required"
    back_to = stand_in.authenticate(collection.authenticate(pledge))
    assert back_to.startswith(links.manage_url(row(pledge), "/approved"))
    assert collection.look_again(pledge) == "collected"


def test_an_approval_refused_unheard_is_told_and_not_repeated_for_ever(due, stripe):
    pledge = due(ASKS_EACH_TIME)
    collection.charge_due()
    finish(checkout.open_page(pledge), DECLINED)
    collection.charge_due()  # the new card is declined: the backer approves on the session, and hears nothing
    fault(stripe, CONFIRM, "drop_after", times=3)
    with pytest.raises(OutcomeUnknown):
        collection.authenticate(pledge)
    end_leases()
    collection.charge_due()
    assert (state_of(pledge), attempts(pledge)) == ("retry", ["declined", "declined", "declined"])


# ---------------------------------------------------------------- no answer
@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "500", "429"])
@pytest.mark.parametrize("match", ["POST /v1/payment_intents$", CONFIRM, "GET /v1/payment_intents/"])
def test_a_charge_without_an_answer_is_charged_once(due, stripe, kind, match):
    pledge = due()
    fault(stripe, match, kind, times=3)
    collection.charge_due()
    assert state_of(pledge) == "charging" and collection.charge_due() == 0  # it rests
    end_leases()
    collection.charge_due()
    assert state_of(pledge) == "collected" and charged(stripe) == {pledge: 1}


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
def test_a_charge_without_an_answer_whose_key_is_forgotten_is_charged_once(due, stripe, kind):
    pledge = due()
    fault(stripe, CONFIRM, kind, times=3)
    collection.charge_due()
    stripe.control("prune_idempotency")
    end_leases()
    collection.charge_due()
    assert charged(stripe) == {pledge: 1} and attempts(pledge) == ["succeeded"]


def test_a_decline_without_an_answer_is_read_from_the_same_request(due, stripe):
    pledge = due(DECLINED)
    fault(stripe, CONFIRM, "drop_after", times=3)
    collection.charge_due()
    end_leases()
    collection.charge_due()
    assert (state_of(pledge), attempts(pledge), tries(stripe)) == ("retry", ["declined"], 1)


def test_a_new_card_is_sent_although_the_banks_page_for_the_old_one_is_open(due, stripe):
    pledge = due(ASKS_EACH_TIME)
    collection.charge_due()
    collection.authenticate(pledge)
    finish(checkout.open_page(pledge), OTHER)
    fault(stripe, CONFIRM, "drop_before", times=3)
    collection.charge_due()
    end_leases()
    collection.charge_due()
    assert (state_of(pledge), row(pledge).card_last4) == ("collected", "4444")


def test_a_request_that_changed_since_it_was_sent_gets_a_new_key(due, stripe):
    """As after a deployment that moved the site: the address of the return is part of the request."""
    pledge = due(ASKS_EACH_TIME)
    collection.charge_due()
    fault(stripe, CONFIRM, "drop_after", times=3)
    with pytest.raises(OutcomeUnknown):
        collection.authenticate(pledge)
    stripe.control("faults", faults=[])
    intent, attempt = row(pledge).intent_id, row(pledge).attempts[-1]
    database.session.get_one(Pledge, pledge).link_version = 2
    database.session.commit()
    stand_in.authenticate(gateway().read_intent(intent).action_url, "fail")
    for _ in range(2):
        end_leases()
        collection.charge_due()
    assert state_of(pledge) == "action_required" and attempts(pledge)[attempt.n - 1] == "superseded"


def test_a_worker_that_slept_through_its_lease_begins_nothing(due, stripe):
    pledge = due()
    assert collection.claim() == pledge
    end_leases()
    collection.charge_due()  # another worker
    collection.charge(pledge)  # the sleeper wakes up
    assert attempts(pledge) == ["succeeded"] and charged(stripe) == {pledge: 1}


def test_a_sleeper_does_not_try_a_hard_declined_card_again(due, stripe):
    pledge = due()
    become(stripe, pledge, STOLEN)
    assert collection.claim() == pledge
    end_leases()
    collection.charge_due()
    collection.charge(pledge)
    assert (attempts(pledge), tries(stripe)) == (["declined"], 1)


def test_a_card_saved_while_the_old_one_is_being_charged_waits_for_the_answer(due, stripe):
    pledge = due(DECLINED)
    collection.charge_due()
    url = checkout.open_page(pledge)
    move(stripe, DAY - 3600)
    stand_in.pay(url, OTHER)
    move(stripe, 3700)
    assert collection.claim() == pledge
    checkout.read_due()
    assert row(pledge).pages[-1].state == "open"
    collection.charge(pledge)
    move(stripe, 2 * 3600)
    checkout.read_due()
    collection.charge_due()
    assert (state_of(pledge), row(pledge).card_last4) == ("collected", "4444")


# ---------------------------------------------------------------- the brake
@pytest.fixture
def instead(app, stripe, monkeypatch):
    """`instead(kind, **settings)`: from now on the provider is reached by this kind of gateway."""

    def change(kind=StripeGateway, **changed):
        known = {"stripe_api_base": stripe.url, "stripe_secret_key": stripe.key}
        made = kind(settings(app.config["AMICUS"].data_dir, **{**known, **changed}))
        monkeypatch.setitem(app.extensions, "amicus_gateway", made)

    return change


def go_on():
    """A person has looked, and takes the brake off."""
    brake.release()
    database.session.commit()
    end_leases()


def test_a_refused_key_stops_charging_and_says_so(due, instead):
    pledge = due()
    instead(stripe_secret_key="sk_nobody")
    collection.charge_due()
    assert "refuses our key" in brake.is_on() and collection.charge_due() == 0
    assert (state_of(pledge), letters()[-1]) == ("charging", "cases.target_met")
    instead()
    go_on()
    collection.charge_due()
    assert state_of(pledge) == "collected"


def test_with_the_brake_on_nobody_is_charged_by_any_door(due, stripe):
    pledge = due(ASKS_EACH_TIME)
    collection.charge_due()
    brake.pull("for a test")
    database.session.commit()
    with pytest.raises(collection.ChargingStopped):
        collection.authenticate(pledge)
    assert (state_of(pledge), attempts(pledge)) == ("action_required", ["declined"])
    assert collection.charge_due() == 0


class Careless(StripeGateway):
    """Sends what Stripe does not know."""

    def confirm_intent(self, intent, **values):
        self._call(lambda: self._client.v1.payment_intents.confirm(intent, {"nonsense": "yes"}))


def test_a_mistake_of_ours_stops_charging_and_blames_no_card(due, instead):
    pledge = due()
    instead(Careless)
    collection.charge_due()
    assert f"refuses to charge pledge {pledge}: parameter_unknown" in brake.is_on()
    assert state_of(pledge) == "charging" and "pledges.card_failed" not in letters()
    instead()
    go_on()
    collection.charge_due()
    assert state_of(pledge) == "collected"


def test_an_amount_that_is_not_the_pledges_stops_charging(due, stripe):
    pledge = due()
    fault(stripe, CONFIRM, "drop_before", times=3)
    collection.charge_due()
    database.session.get_one(Pledge, pledge).tip = Money(0, "GBP")
    database.session.commit()
    end_leases()
    collection.charge_due()
    assert f"Pledge {pledge} was charged 5250, not 5000" in brake.is_on()
    database.session.get_one(Pledge, pledge).tip = Money(250, "GBP")
    database.session.commit()


def test_a_suspended_case_is_not_collected_for(due, river, funded):
    pledge, other = due(), back(funded, pounds(25))
    suspend(river, now.now())
    collection.charge_due()
    assert (state_of(pledge), state_of(other)) == ("due", "collected")
    suspend(river, None)
    collection.charge_due()
    assert state_of(pledge) == "collected"


def suspend(slug, moment):
    database.session.query(Case).filter_by(slug=slug).update({"suspended_at": moment})
    database.session.commit()


def test_what_was_begun_for_a_case_is_ended_after_its_suspension(due, river, stripe):
    pledge = due()
    fault(stripe, CONFIRM, "drop_after", times=3)
    collection.charge_due()
    suspend(river, now.now())
    end_leases()
    collection.charge_due()
    assert state_of(pledge) == "collected"


# ---------------------------------------------------------------- who reports it
def test_a_success_counts_whoever_reports_it(due, stripe):
    pledge = due()
    fault(stripe, CONFIRM, "drop_after", times=3)
    collection.charge_due()
    assert collection.apply(gateway().read_intent(row(pledge).intent_id)) == "collected"
    assert collection.apply(gateway().read_intent(row(pledge).intent_id)) == "collected"
    assert letters().count("pledges.receipt") == 1 and attempts(pledge) == ["succeeded"]


def test_an_old_failure_says_nothing_about_a_newer_try(due, stripe):
    pledge = due(DECLINED)
    collection.charge_due()
    old = gateway().read_intent(row(pledge).intent_id)
    finish(checkout.open_page(pledge), OTHER)
    assert collection.claim() == pledge
    collection._take_attempt(pledge, off_session=True)
    collection.apply(old)
    collection.apply(old, attempt_n=1)
    assert state_of(pledge) == "charging" and attempts(pledge) == ["declined", "open"]
    end_leases()
    collection.charge_due()
    assert state_of(pledge) == "collected"


def elsewhere(stripe, pledge, **values):
    """An intent that Stripe has and our books do not, as after an older backup was restored."""
    whose = row(pledge)
    known = {"amount": whose.total.minor, "currency": "gbp", "customer": whose.customer_id}
    named = {"metadata": {"pledge": str(pledge), "case": str(whose.case_id)}}
    return stripe.client.v1.payment_intents.create({**known, **named, **values}).id


def test_a_charge_that_an_older_backup_does_not_know_is_found_and_not_repeated(due, stripe):
    pledge = due()
    paid = {"confirm": True, "off_session": True, "payment_method": row(pledge).payment_method}
    intent = elsewhere(stripe, pledge, **paid)
    assert collection.apply(gateway().read_intent(intent)) == "collected"
    assert collection.charge_due() == 0


def test_a_number_in_somebodys_metadata_is_no_proof(due, stripe):
    pledge = due()
    for wrong in (elsewhere(stripe, pledge, amount=100), elsewhere(stripe, pledge, currency="eur")):
        assert collection.apply(gateway().read_intent(wrong)) is None
    for said in ("", "²", "9" * 40, "x", str(pledge + 1)):
        intent = elsewhere(stripe, pledge, metadata={"pledge": said})
        assert collection.apply(gateway().read_intent(intent)) is None
    assert row(pledge).intent_id is None


def test_a_pledge_that_nobody_may_charge_takes_no_intent(river, stripe):
    pledge = back(river, pounds(25))
    assert collection.apply(gateway().read_intent(elsewhere(stripe, pledge))) is None
