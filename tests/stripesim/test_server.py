"""What the stand-in promises beside the life of a charge: README.md, tested."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import stripe

from tests.support.stand_in import CardRefused, StandIn, authenticate, pay, stand_in

OURS = "http://127.0.0.1:9/done?session={CHECKOUT_SESSION_ID}"
GOOD, ASKS = "4242424242424242", "4000002500003155"


def saving_page(sim, **more):
    customer = sim.client.v1.customers.create({}).id
    return sim.client.v1.checkout.sessions.create(
        {"mode": "setup", "currency": "gbp", "customer": customer, "success_url": OURS, **more}
    )


def paying_page(sim, amount, currency="gbp"):
    price = {"currency": currency, "unit_amount": amount, "product_data": {"name": "A pledge"}}
    items = [{"quantity": 1, "price_data": price}]
    return sim.client.v1.checkout.sessions.create({"mode": "payment", "line_items": items, "success_url": OURS})


def read(url, **form):
    """Status and text of a page, or of the answer to a form sent to it."""
    try:
        answer = urllib.request.urlopen(url, urllib.parse.urlencode(form).encode() if form else None)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status, answer.read().decode()


def paused_at_the_bank(sim):
    """A Checkout page whose card was typed, and the address of the bank's page where the backer now is."""
    session = saving_page(sim)
    card = {"cardNumber": ASKS, "cardExpiry": "12/34", "cardCvc": "123", "billingName": "A"}
    read(session.url, **card)
    intent = sim.client.v1.setup_intents.retrieve(session.setup_intent)
    return session.id, intent.next_action.redirect_to_url.url


class Inbox:
    """A webhook endpoint that notes what it gets; `slow` and `refusals` make it a bad one."""

    def __init__(self):
        self.seen, self.refusals, self.slow, inbox = [], 0, 0.0, self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                inbox.seen.append((re.search(rb'"type": "([a-z_.]+)"', body)[1].decode(), time.monotonic()))
                time.sleep(inbox.slow)
                inbox.refusals -= 1
                self.send_response(503 if inbox.refusals >= 0 else 200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def types(self, wanted, seconds=5.0):
        """The types seen, once there are as many as `wanted`."""
        end = time.monotonic() + seconds
        while len(self.seen) < wanted and time.monotonic() < end:
            time.sleep(0.01)
        return [kind for kind, _ in self.seen]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def inboxes():
    made = []

    def make():
        made.append(Inbox())
        return made[-1]

    yield make
    for inbox in made:
        inbox.close()


# ------------------------------------------------------------ the schema
def test_what_the_librarys_version_of_stripe_refuses_is_refused(sim):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        saving_page(sim, payment_method_types=["card"])
    assert refused.value.code == "payment_method_types_no_longer_supported"
    session = saving_page(sim, allowed_payment_method_types=["card"])
    assert session.payment_method_types == session.allowed_payment_method_types == ["card"]
    with pytest.raises(stripe.InvalidRequestError, match="Received unknown parameter: sucess_url"):
        saving_page(sim, sucess_url="x")


# ------------------------------------------------------------ hosted pages
def test_a_page_says_what_it_costs_in_its_own_currency(sim):
    for amount, currency, words in (
        (123450, "gbp", "£1,234.50"),
        (5007, "eur", "€50.07"),
        (900, "jpy", "¥900"),
    ):
        assert f">{words}<" in read(paying_page(sim, amount, currency).url)[1]


def test_pages_have_no_script_and_tell_their_language(sim):
    for url in (saving_page(sim).url, paused_at_the_bank(sim)[1], f"{sim.url}/nowhere"):
        text = read(url)[1]
        assert '<html lang="en" dir="ltr">' in text and "<script" not in text and "<title>" in text


def test_what_was_typed_stays_but_the_security_code(sim):
    session = saving_page(sim)
    typed = {"cardNumber": "4242 4242 4242 4241", "cardExpiry": "1 / 35", "cardCvc": "987", "billingName": "O <b>"}
    status, text = read(session.url, **typed)
    assert status == 402 and 'role="alert">Your card number is incorrect.' in text
    assert all(f'value="{kept}"' in text for kept in ("4242 4242 4242 4241", "1 / 35", "O &lt;b&gt;"))
    assert "987" not in text


@pytest.mark.parametrize("expiry", ["", "13 / 30", "soon", "01/20"])
def test_a_date_that_makes_no_sense_is_refused_on_the_page(sim, expiry):
    status, text = read(saving_page(sim).url, cardNumber=GOOD, cardExpiry=expiry, billingName="A")
    assert status == 402 and "Your card&#x27;s expiration" in text


def test_the_bank_page_is_not_answered_by_looking_at_it(sim):
    _, url = paused_at_the_bank(sim)
    urllib.request.urlopen(urllib.request.Request(url, method="HEAD")).close()
    assert authenticate(url).startswith("http://127.0.0.1:9/done?session=cs_test_")


def test_a_second_click_at_the_bank_leads_to_the_same_place(sim):
    _, url = paused_at_the_bank(sim)
    first = authenticate(url)
    assert authenticate(url) == first
    completed = sim.events("checkout.session.completed")
    assert len(completed) == 1


def test_a_second_click_on_save_leads_to_the_same_place(sim):
    session = saving_page(sim)
    first = pay(session.url, GOOD)
    with pytest.raises(urllib.error.URLError, match="refused"):  # our own address, where nobody listens
        urllib.request.urlopen(session.url, b"cardNumber=4242424242424242")
    assert first.endswith(session.id)


def test_a_page_that_expired_meanwhile_cannot_be_finished_at_the_bank(sim):
    session, url = paused_at_the_bank(sim)
    sim.client.v1.checkout.sessions.expire(session)
    with pytest.raises(CardRefused, match="expired"):
        authenticate(url)
    after = sim.client.v1.checkout.sessions.retrieve(session, {"expand": ["setup_intent"]})
    assert (after.status, after.setup_intent.status) == ("expired", "canceled")


def test_an_intent_that_names_a_strange_return_address_still_returns(sim):
    pm = sim.client.v1.payment_methods.create(
        {"type": "card", "card": {"number": ASKS, "exp_month": 1, "exp_year": 34}}
    )
    strange = "http://127.0.0.1:9/c/done/cs_test_unknown"
    setup = {"payment_method": pm.id, "confirm": True, "return_url": strange, "allowed_payment_method_types": ["card"]}
    intent = sim.client.v1.setup_intents.create(setup)
    assert authenticate(intent.next_action.redirect_to_url.url, "fail").endswith("redirect_status=failed")


@pytest.mark.parametrize("path", ["3ds", "c/pay", "setup"])
def test_a_page_for_the_wrong_kind_of_thing_is_not_found(sim, path):
    customer = sim.client.v1.customers.create({}).id
    assert read(f"{sim.url}/{path}/{customer}?key={sim.namespace}")[0] == 404


# ------------------------------------------------------------ webhooks
def test_a_dead_endpoint_holds_up_no_other(sim, inboxes):
    good = inboxes()
    sim.listen("http://127.0.0.1:9/dead", "whsec_1")
    sim.listen(good.url, "whsec_2")
    started = time.monotonic()
    for _ in range(5):
        sim.client.v1.customers.create({})
    assert good.types(5) == ["customer.created"] * 5
    assert time.monotonic() - started < 1


def test_a_refused_event_comes_again_while_later_ones_pass(sim, inboxes):
    inbox = inboxes()
    inbox.refusals = 2
    sim.listen(inbox.url, "whsec_1")
    customer = sim.client.v1.customers.create({}).id
    sim.client.v1.customers.update(customer, {"name": "A"})
    seen = inbox.types(4)
    assert sorted(seen) == ["customer.created"] * 2 + ["customer.updated"] * 2
    assert set(seen[:2]) == {"customer.created", "customer.updated"}


def test_a_deleted_endpoint_gets_nothing_more(sim, inboxes):
    inbox = inboxes()
    inbox.refusals = 1
    sim.listen(inbox.url, "whsec_1")
    sim.client.v1.customers.create({})
    inbox.types(1)
    (endpoint,) = sim.client.v1.webhook_endpoints.list().data
    sim.client.v1.webhook_endpoints.delete(endpoint.id)
    sim.client.v1.customers.create({})
    assert sim.client.v1.webhook_endpoints.list().data == []
    assert inbox.types(2, seconds=0.5) == ["customer.created"], "neither the refused event again nor the new one"


def test_held_events_are_delivered_in_the_order_asked_and_again_if_asked(sim, inboxes):
    inbox = inboxes()
    sim.listen(inbox.url, "whsec_1", "customer.created", "customer.updated")
    sim.control("config", config={"mode": "manual"})
    customer = sim.client.v1.customers.create({}).id
    sim.client.v1.customers.update(customer, {"name": "A"})
    created, updated = (event["id"] for event in sim.control("webhooks/held"))
    assert sim.control("webhooks/deliver", ids=[updated, created, updated]) == [
        [updated, True],
        [created, True],
        [updated, True],
    ]
    assert inbox.types(3) == ["customer.updated", "customer.created", "customer.updated"]
    assert sim.control("webhooks/held") == []


def test_a_redirect_is_no_receipt(sim):
    somewhere = {"return_url": saving_page(sim).url, "refresh_url": OURS}
    account = sim.client.v1.accounts.create({"country": "GB"}).id
    page = sim.client.v1.account_links.create({"account": account, "type": "account_onboarding", **somewhere}).url
    sim.listen(page, "whsec_1")  # whatever is sent there is answered by a redirect to a page that is fine
    sim.control("config", config={"mode": "manual"})
    sim.client.v1.customers.create({})
    (event,) = sim.control("webhooks/held")
    assert sim.control("webhooks/deliver") == [[event["id"], False]]


# ------------------------------------------------------------ controls
def test_a_mistyped_control_is_refused(sim):
    with pytest.raises(AssertionError, match="No such control: clok"):
        sim.control("clok", advance=1)
    with pytest.raises(AssertionError, match="kind must be one of"):
        sim.control("faults", faults=[{"match": ".", "kind": "decline"}])
    with pytest.raises(AssertionError, match="unknown: shufle"):
        sim.control("config", config={"shufle": True})
    with pytest.raises(AssertionError, match="No such charge"):
        sim.control("dispute", charge="ch_unknown")


def test_reset_forgets_one_account_or_all(tmp_path):
    with stand_in(tmp_path / "sim.sqlite3") as server:
        one, two, three = (server.account() for _ in range(3))
        for account in (one, two, three):
            account.client.v1.customers.create({})
        one.control("reset")
        assert [len(account.client.v1.customers.list().data) for account in (one, two, three)] == [0, 1, 1]
        server.control("reset", ns="*")
        assert [len(account.client.v1.customers.list().data) for account in (two, three)] == [0, 0]
    with stand_in(tmp_path / "sim.sqlite3") as server:
        assert len(server.account(three.namespace).client.v1.customers.list().data) == 0


def test_the_file_keeps_everything_over_a_restart(tmp_path):
    key = {"idempotency_key": "k"}
    with stand_in(tmp_path / "sim.sqlite3") as server:
        sim = server.account("kept")
        customer = sim.client.v1.customers.create({"email": "a@example.org"}, key).id
        other = sim.client.v1.customers.create({}).id
        sim.client.v1.customers.delete(other)
    with stand_in(tmp_path / "sim.sqlite3") as server:
        client = server.account("kept").client
        assert [c.id for c in client.v1.customers.list().data] == [customer]
        assert client.v1.customers.create({"email": "a@example.org"}, key).id == customer


def test_the_clock_file_moves_time_and_what_hangs_on_it(tmp_path):
    clock = tmp_path / "clock"
    with stand_in(clock_file=clock) as sim:
        session = saving_page(sim)
        assert sim.client.v1.checkout.sessions.retrieve(session.id).status == "open"
        clock.write_text("90000\n")
        time.sleep(0.55)  # it is looked at each half second
        assert sim.client.v1.customers.create({}).created - time.time() == pytest.approx(90000, abs=5)
        assert [event["data"]["object"]["id"] for event in sim.events("checkout.session.expired")] == [session.id]
        clock.write_text("")  # caught while being written anew
        clock.unlink()
        time.sleep(0.55)
        assert sim.client.v1.customers.create({}).created - time.time() == pytest.approx(0, abs=5)


def test_an_answer_under_a_used_key_names_the_first_request(sim):
    first = sim.client.v1.customers.create({}, {"idempotency_key": "k"}).last_response
    again = sim.client.v1.customers.create({}, {"idempotency_key": "k"}).last_response
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Original-Request"] == first.headers["Request-Id"] != again.headers["Request-Id"]


def test_a_live_key_is_refused(sim):
    client = stripe.StripeClient("sk_live_portal_key", base_addresses={"api": sim.url}, max_network_retries=0)
    with pytest.raises(stripe.AuthenticationError):
        client.v1.customers.create({})


# ------------------------------------------------------------ the program
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_the_program_says_when_it_is_ready_and_ends_at_once(tmp_path, how):
    command = [sys.executable, "-m", "stripesim", "--port", "0", "--db", str(tmp_path / "sim.sqlite3")]
    # A shell starts what runs behind it deaf to Ctrl-C, and programs pass that on.
    heard = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        program = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=os.getcwd())
    finally:
        signal.signal(signal.SIGINT, heard)
    with program:
        url = re.search(r"http://127\.0\.0\.1:\d+", program.stdout.readline())[0]
        StandIn(url).client.v1.customers.create({})
        started = time.monotonic()
        program.send_signal(how)
        assert program.wait(5) == 0 and time.monotonic() - started < 1
        assert program.stderr.read() == ""
