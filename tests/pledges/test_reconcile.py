"""Our books against the provider's account, line by line."""

import pytest

from app.core.money import Money
from app.database import db as database
from app.ledger import queries as books
from app.ledger import service as ledger
from app.ledger.models import Entry
from app.payments import brake
from app.payments.gateway import OutcomeUnknown
from app.payments.provider import gateway
from app.pledges import collection, reconcile
from app.pledges.models import Pledge
from tests.pledges.money import back, charged, check, end_leases, letters, move, net, pounds, row, state_of
from tests.support.stand_in import StandIn

CONFIRM = r"POST /v1/payment_intents/pi_\w+/confirm"


@pytest.fixture(autouse=True)
def _inside(inside):
    yield
    database.session.rollback()


@pytest.fixture
def unheard(funded, stripe):
    """`unheard(pounds)`: a pledge that Stripe has charged while we never heard the answer; its id."""

    def make(amount=25):
        pledge = back(funded, pounds(amount))
        stripe.control("faults", faults=[{"match": CONFIRM, "kind": "drop_after", "times": 3}])
        collection.charge_due()
        assert (state_of(pledge), charged(stripe)[pledge]) == ("charging", 1)
        return pledge

    return make


def kinds():
    found = [entry.kind for entry in database.session.query(Entry).order_by(Entry.id)]
    database.session.rollback()
    return found


def test_what_nobody_reported_is_booked_from_the_account(unheard, stripe):
    pledge = unheard()
    report = reconcile.reconcile(since=reconcile.recent())
    assert (report.lines, report.booked, report.unknown) == (1, 1, []) and report.wrong is None
    assert state_of(pledge) == "collected" and letters()[-1] == "pledges.receipt"
    check(stripe)


def test_a_second_run_finds_nothing_to_do(unheard, stripe):
    unheard()
    reconcile.reconcile()
    report = reconcile.reconcile()
    assert (report.lines, report.booked, report.unknown, report.wrong) == (1, 0, [], [])
    assert brake.is_on() is None and kinds() == ["pledge_collected", "stripe_fee", "case_bears_fee"]
    check(stripe)


def test_the_recent_run_does_not_look_at_old_lines(unheard, stripe):
    pledge = unheard()
    move(stripe, 3 * 24 * 3600)
    assert reconcile.reconcile(since=reconcile.recent()).lines == 0
    assert reconcile.reconcile().booked == 1 and state_of(pledge) == "collected"


def test_more_lines_than_fit_on_one_of_stripes_pages(funded, stripe):
    client = stripe.client.v1
    for n in range(101):
        client.payment_intents.create(
            {"amount": 100 + n, "currency": "gbp", "confirm": True, "payment_method": "pm_card_visa"}
        )
    assert reconcile.reconcile().lines == 101


def test_a_payout_to_our_bank_is_booked_and_stops_nothing(unheard, stripe):
    unheard(50)
    reconcile.reconcile()
    move(stripe, 8 * 24 * 3600)
    assert stripe.control("clock", platform_payout=True)["payout"]
    report = reconcile.reconcile()
    assert (report.booked, report.unknown, report.wrong, brake.is_on()) == (1, [], [], None)
    assert books.balance(ledger.BANK, "GBP") == Money(5000 - 95, "GBP")
    assert books.balance(ledger.STRIPE, "GBP").minor == 0 == net(stripe)


# ---------------------------------------------------------------- what is not understood
def elsewhere(stripe: StandIn, **values):
    """A payment on our account that no pledge asked for."""
    known = {"amount": 700, "currency": "gbp", "confirm": True, "payment_method": "pm_card_visa"}
    return stripe.client.v1.payment_intents.create({**known, **values})


def test_an_unknown_payment_goes_to_suspense_and_stops_charging_once(funded, stripe):
    elsewhere(stripe)
    report = reconcile.reconcile()
    assert len(report.unknown) == 1 and "is not understood" in brake.is_on()
    assert books.balance(ledger.SUSPENSE, "GBP") == Money(-700, "GBP") and report.wrong == []
    assert books.balance(ledger.STRIPE, "GBP").minor == net(stripe)
    brake.release()
    database.session.commit()
    assert reconcile.reconcile().unknown == [] and brake.is_on() is None


def test_a_refund_made_by_hand_goes_to_suspense(unheard, stripe):
    unheard()
    reconcile.reconcile()
    charge = stripe.client.v1.charges.list().data[0]
    stripe.client.v1.refunds.create({"charge": charge.id, "amount": 500})
    report = reconcile.reconcile()
    assert len(report.unknown) == 1 and report.wrong == [] and "refund" in brake.is_on()
    assert books.balance(ledger.STRIPE, "GBP").minor == net(stripe)


def test_a_payment_in_the_name_of_a_pledge_that_nobody_may_charge_goes_to_suspense(river, stripe):
    pledge = back(river, pounds(25))
    elsewhere(stripe, amount=2500, metadata={"pledge": str(pledge), "case": "1"})
    assert len(reconcile.reconcile().unknown) == 1 and state_of(pledge) == "pledged"


def test_one_line_that_does_not_fit_holds_up_no_other(unheard, stripe):
    strange = unheard()
    good = unheard(30)
    database.session.get_one(Pledge, strange).state = "withdrawn"
    database.session.commit()
    report = reconcile.reconcile()
    assert (report.booked, len(report.unknown), state_of(good)) == (1, 1, "collected")


def test_a_line_without_an_answer_waits_and_holds_up_no_other(unheard, stripe):
    first, second = unheard(), unheard(30)
    stripe.control("faults", faults=[{"match": "GET /v1/charges/ch_", "kind": "500", "times": 3}])
    with pytest.raises(OutcomeUnknown):
        reconcile.reconcile()
    assert [state_of(first), state_of(second)] == ["charging", "collected"]
    assert reconcile.reconcile().booked == 1 and state_of(first) == "collected"
    check(stripe)


# ---------------------------------------------------------------- differences
def test_books_that_tell_of_more_than_the_account_stop_charging(unheard, stripe):
    unheard()
    ledger.post("by hand", "test", {ledger.STRIPE: pounds(1), ledger.SUSPENSE: -pounds(1)})
    database.session.commit()
    assert reconcile.reconcile().wrong == ["GBP"] and "differ" in brake.is_on()


def test_a_line_booked_with_another_sum_stops_charging(unheard, stripe):
    unheard()
    line = gateway().balance_lines(since=None)[0]
    wrong = {ledger.STRIPE: pounds(1), ledger.SUSPENSE: -pounds(1)}
    ledger.post("by hand", "test", wrong, transaction=line.id)
    database.session.commit()
    assert line.id in reconcile.reconcile().wrong and line.id in brake.is_on()


def test_two_mistakes_that_cancel_each_other_are_found(unheard, stripe):
    unheard(), unheard(30)
    reconcile.reconcile()
    one, other = (line.id for line in gateway().balance_lines(since=None))
    for transaction, sum_ in ((one, pounds(1)), (other, -pounds(1))):
        ledger.post(
            f"by hand {transaction}", "test", {ledger.STRIPE: sum_, ledger.SUSPENSE: -sum_}, transaction=transaction
        )
    database.session.commit()
    assert sorted(reconcile.reconcile().wrong) == sorted([one, other])


def test_an_empty_account_beside_books_that_are_not_is_found(stripe, river):
    ledger.post("by hand", "test", {ledger.STRIPE: pounds(1), ledger.SUSPENSE: -pounds(1)})
    database.session.commit()
    assert reconcile.reconcile().wrong == ["GBP"]


def test_charging_goes_on_meanwhile_without_a_false_alarm(unheard, funded, stripe, monkeypatch):
    """Between our reading of the lines and our comparing of the sums another pledge is charged and booked."""
    unheard()
    back(funded, pounds(30))
    kind = type(gateway())
    read = kind.balance_lines

    def and_charge(self, **values):
        lines = read(self, **values)
        assert collection.charge_due() == 1
        return lines

    monkeypatch.setattr(kind, "balance_lines", and_charge)
    report = reconcile.reconcile()
    assert (report.wrong, report.booked, brake.is_on()) == ([], 1, None)
    end_leases()
    check(stripe)


def test_an_amount_in_another_currency_is_not_booked_as_ours(unheard, stripe, monkeypatch):
    pledge = unheard()
    kind = type(gateway())
    read = kind.read_intent

    def in_euros(self, intent):
        found = read(self, intent)
        return type(found)(
            **{**vars(found), "payment": type(found.payment)(**{**vars(found.payment), "currency": "eur"})}
        )

    monkeypatch.setattr(kind, "read_intent", in_euros)
    assert len(reconcile.reconcile().unknown) == 1 and state_of(pledge) == "charging"
    assert row(pledge).collected_at is None
