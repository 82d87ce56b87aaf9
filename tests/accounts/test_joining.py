"""Making an account, confirming it and resetting its password, through the pages."""

import pyotp
import pytest

from app.accounts import limits, queries, service
from app.database import db as database
from app.database import in_transaction
from tests.accounts import letters
from tests.accounts.conftest import PASSWORD
from tests.support.forms import send, token_of

SIGN_UP, RESET = "/account/sign-up", "/account/reset"
NEW = "a brand new horse"


def sign_up(client, email="new@example.org", name="Nadia", password=PASSWORD):
    return send(client, SIGN_UP, name=name, email=email, password=password)


def sign_in(client, email="new@example.org", password=PASSWORD):
    return send(client, "/account/sign-in", email=email, password=password)


def shown(client, answer):
    """All that can be told apart of an answer and the page it leads to, but for the session and the address typed."""
    page = client.get(answer.location)
    text = "\n".join(line for line in page.text.splitlines() if "csrf_token" not in line)
    headers = sorted(name for name, _value in answer.headers)
    return answer.status_code, answer.location, headers, page.status_code, text


# ---------------------------------------------------------------- joining
def test_somebody_joins_confirms_and_signs_in(app, client):
    answer = sign_up(client)
    assert (answer.status_code, answer.location) == (303, "/account/sign-up/sent")
    assert "new@example.org" in client.get(answer.location).text
    path = letters.link(app, "new@example.org", "account/confirm")
    page = client.get(path)
    assert page.status_code == 200 and "Confirm this address" in page.text
    done = send(client, path)
    assert (done.status_code, done.location) == (303, "/account/sign-in")
    assert "Your email address is confirmed." in client.get(done.location).text
    assert sign_in(client).location == "/account/"


def test_looking_at_the_link_confirms_nothing(app, client):
    sign_up(client)
    path = letters.link(app, "new@example.org", "account/confirm")
    for _ in range(3):
        client.get(path)
        client.head(path)
    with app.app_context():
        assert not queries.by_email("new@example.org").is_confirmed


def test_pressing_the_button_twice_is_quiet(app, client):
    sign_up(client)
    path = letters.link(app, "new@example.org", "account/confirm")
    csrf_token = token_of(client.get(path))
    for _ in range(2):
        answer = client.post(path, data={"csrf_token": csrf_token}, headers={"Referer": "https://localhost/"})
        assert answer.status_code == 303


def test_known_and_unknown_addresses_get_the_same_answer_with_the_same_work(app, client, nasrin, monkeypatch):
    hashed, hasher = [], service.hash_password
    monkeypatch.setattr(service, "hash_password", lambda password: hashed.append(in_transaction()) or hasher(password))
    known = shown(client, sign_up(client, nasrin))
    unknown = shown(client, sign_up(client, "never@example.org"))
    assert [part.replace(nasrin, "…") if isinstance(part, str) else part for part in known] == [
        part.replace("never@example.org", "…") if isinstance(part, str) else part for part in unknown
    ]
    assert hashed == [False, False]
    assert letters.names(app, nasrin) == ["accounts.already_registered"]
    assert letters.names(app, "never@example.org") == ["accounts.confirm"]


def test_joining_with_a_known_address_changes_nothing_there(app, client, nasrin):
    sign_up(client, nasrin, "Somebody else", "another password")
    assert sign_in(client, nasrin, "another password").status_code == 400
    assert sign_in(client, nasrin).status_code == 303


def test_the_letter_to_a_known_address_leads_to_a_new_password(app, client, nasrin):
    sign_up(client, nasrin)
    path = letters.link(app, nasrin, "account/reset")
    assert send(client, path, password=NEW).status_code == 303
    assert sign_in(client, nasrin, NEW).status_code == 303


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("name", "", "Enter your name."),
        ("name", "=?utf-8?q?x?=", "Enter a name of at most 120 characters"),
        ("email", "nobody", "Enter an email address, such as"),
        ("email", "a@b\r\nBcc: c@d.org", "Enter an email address, such as"),
        ("password", "short", "Choose a password of 10 characters or more."),
        ("password", "", "Enter your password."),
    ],
)
def test_what_cannot_be_used_is_told_at_its_field_and_the_rest_is_kept(client, field, value, told):
    typed = {"name": "Nadia", "email": "new@example.org", "password": PASSWORD, field: value}
    page = send(client, SIGN_UP, **typed)
    assert page.status_code == 400 and told in page.text and f'aria-describedby="{field}-' in page.text
    assert field == "name" or 'value="Nadia"' in page.text
    assert PASSWORD not in page.text


def test_who_is_signed_in_needs_no_second_account(client, nasrin):
    sign_in(client, nasrin)
    assert client.get(SIGN_UP).location == "/account/"


def test_the_letter_is_in_the_language_of_the_page(app, client):
    send(client, "/fa/account/sign-up", name="نادیا", email="new@example.org", password=PASSWORD)
    assert letters.link(app, "new@example.org", "account/confirm").startswith("/fa/account/confirm/")


# ---------------------------------------------------------------- not confirmed yet
@pytest.fixture
def waiting(app, client):
    """A browser in which somebody is signed in who has not confirmed their address."""
    sign_up(client)
    sign_in(client)
    return client


def test_who_has_not_confirmed_sees_a_strip_everywhere(waiting):
    for address in ("/", "/account/", "/cases/", "/nowhere"):
        assert 'href="/account/confirm"' in waiting.get(address).text, address


def test_the_strip_goes_with_the_button(app, waiting):
    done = send(waiting, letters.link(app, "new@example.org", "account/confirm"))
    assert done.location == "/account/" and 'href="/account/confirm"' not in waiting.get("/account/").text


def test_the_letter_can_be_asked_for_again(app, waiting):
    assert send(waiting, "/account/confirm").location == "/account/"
    assert "sent the email again" in waiting.get("/account/").text
    assert letters.names(app, "new@example.org") == ["accounts.confirm"] * 2


def test_letters_stop_after_some_and_it_is_told(app, waiting):
    for _ in range(limits.LETTERS_TO_ONE_ADDRESS + 1):
        send(waiting, "/account/confirm")
    assert "several emails already" in waiting.get("/account/").text
    assert len(letters.names(app, "new@example.org")) == 1 + limits.LETTERS_TO_ONE_ADDRESS  # they joined with one


def test_who_has_confirmed_needs_no_letter(client, nasrin):
    sign_in(client, nasrin)
    assert client.get("/account/confirm").location == "/account/"


# ---------------------------------------------------------------- a forgotten password
def test_a_new_password_by_letter(app, client, nasrin):
    assert send(client, RESET, email=nasrin).location == "/account/reset/sent"
    assert (
        "If this email has an account, we have sent it a link that works for 15 minutes."
        in client.get("/account/reset/sent").text
    )
    path = letters.link(app, nasrin, "account/reset")
    answer = send(client, path, password=NEW)
    assert (answer.status_code, answer.location) == (303, "/account/sign-in")
    assert sign_in(client, nasrin).status_code == 400 and sign_in(client, nasrin, NEW).status_code == 303
    assert letters.names(app, nasrin) == ["accounts.reset", "accounts.password_changed"]


def test_known_and_unknown_addresses_are_answered_alike(app, client, nasrin):
    known, unknown = (send(client, RESET, email=email) for email in (nasrin, "never@example.org"))
    assert shown(client, known) == shown(client, unknown)
    assert letters.names(app, "never@example.org") == []


def test_a_reset_ends_every_sign_in(app, client, nasrin):
    other = app.test_client()
    for browser in (client, other):
        sign_in(browser, nasrin)
    send(other, RESET, email=nasrin)
    send(app.test_client(), letters.link(app, nasrin, "account/reset"), password=NEW)
    assert [browser.get("/account/").status_code for browser in (client, other)] == [303, 303]


def test_a_reset_never_passes_the_second_factor_by(app, client, guarded):
    email, secret = guarded
    send(client, RESET, email=email)
    send(client, letters.link(app, email, "account/reset"), password=NEW)
    assert client.get("/account/").status_code == 303
    step = sign_in(client, email, NEW)
    assert step.location.startswith("/account/second-factor") and client.get("/account/").status_code == 303
    assert send(client, step.location, code=pyotp.TOTP(secret).now()).status_code == 303


def test_a_reset_ends_a_sign_in_that_waits_for_its_code(app, client, guarded):
    email, _secret = guarded
    step = sign_in(client, email).location
    browser = app.test_client()
    send(browser, RESET, email=email)
    send(browser, letters.link(app, email, "account/reset"), password=NEW)
    assert client.get(step).location.startswith("/account/sign-in")


def test_a_link_works_once_and_a_used_one_is_like_one_that_never_was(app, client, nasrin):
    send(client, RESET, email=nasrin)
    path = letters.link(app, nasrin, "account/reset")
    client.get(send(client, path, password=NEW).location)
    used, never = client.get(path), client.get("/account/reset/" + "0" * 32)
    assert used.status_code == never.status_code == 404 and "This link does not work any more" in used.text
    assert used.text.replace(path.rsplit("/", 1)[1], "…") == never.text.replace("0" * 32, "…")


def test_a_weak_new_password_is_told_and_the_link_still_works(app, client, nasrin):
    send(client, RESET, email=nasrin)
    path = letters.link(app, nasrin, "account/reset")
    assert "10 characters or more" in send(client, path, password="short").text
    assert send(client, path, password=NEW).status_code == 303


def test_a_new_password_is_hashed_outside_any_transaction(app, client, nasrin, monkeypatch):
    held, hasher = [], service.hash_password
    monkeypatch.setattr(service, "hash_password", lambda password: held.append(in_transaction()) or hasher(password))
    send(client, RESET, email=nasrin)
    send(client, letters.link(app, nasrin, "account/reset"), password=NEW)
    assert held == [False]


@pytest.mark.parametrize("odd", ["", "nobody", "a@b\r\nBcc: c@d.org", "\ud7ff@x.org"])
def test_what_is_no_address_is_told_at_the_field(client, odd):
    assert send(client, RESET, email=odd).status_code == 400


# ---------------------------------------------------------------- limits
@pytest.mark.parametrize(
    "ask",
    [
        lambda client, n: sign_up(client, f"new{n}@example.org"),
        lambda client, n: send(client, RESET, email=f"new{n}@example.org"),
    ],
    ids=["sign-up", "reset"],
)
def test_one_network_asks_for_so_many_letters_and_no_more(client, ask):
    answers = [ask(client, n) for n in range(limits.LETTERS_FROM_ONE_NETWORK + 1)]
    assert {answer.status_code for answer in answers[:-1]} == {303}
    assert answers[-1].status_code == 429 and int(answers[-1].headers["Retry-After"]) > 0


@pytest.mark.parametrize("email", ["nasrin@example.org", "never@example.org"])
def test_one_address_gets_so_many_letters_and_the_answer_stays_the_same(app, client, nasrin, email):
    answers = []
    for n in range(limits.LETTERS_TO_ONE_ADDRESS + 3):
        client.environ_base["REMOTE_ADDR"] = f"203.0.{n}.1"
        answers.append(shown(client, send(client, RESET, email=email)))
    assert len({str(answer) for answer in answers}) == 1
    wanted = limits.LETTERS_TO_ONE_ADDRESS if email == nasrin else 0
    assert len(letters.names(app, email)) == wanted


def test_somebody_else_asking_does_not_keep_the_owner_from_a_new_password(app, client, nasrin):
    """When the letters to an address are used up, those that were sent still work."""
    for n in range(10):
        client.environ_base["REMOTE_ADDR"] = f"203.0.{n}.1"
        send(client, RESET, email=nasrin)
    client.environ_base["REMOTE_ADDR"] = "198.51.100.1"
    assert send(client, RESET, email=nasrin).status_code == 303
    assert send(client, letters.link(app, nasrin, "account/reset"), password=NEW).status_code == 303


def test_trying_links_that_cost_a_hash_is_stopped(app, client, nasrin, monkeypatch):
    monkeypatch.setattr(limits, "LINKS_FROM_ONE_NETWORK", 2)
    for n in range(3):
        send(client, RESET, email=nasrin)
        answer = send(client, letters.link(app, nasrin, "account/reset"), password=f"{NEW} {n}")
    assert answer.status_code == 429
    with app.app_context():
        user = queries.by_email(nasrin)
        assert service.password_matches(user.password_hash, f"{NEW} 1")
        database.session.rollback()
