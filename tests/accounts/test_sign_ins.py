"""The life of a sign-in: what ends it ends it everywhere, whatever cookie somebody kept; and nobody is locked out."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from app.accounts import by_letter, limits, queries, second_factor, service
from app.accounts.models import OneTimeLink, User
from app.database import db as database
from app.mail.models import OutgoingLetter
from tests.accounts import letters
from tests.accounts.conftest import PASSWORD
from tests.accounts.test_passkeys import answer, make, options_on
from tests.people import browser_of, mina
from tests.support.authenticator import Authenticator
from tests.support.forms import send, token_of

ACCOUNT, SIGN_IN = "/account/", "/account/sign-in"
OWNERS, STRANGERS = "198.51.100.7", "203.0.113.1"


def kept_cookie(app, email):
    """The cookie of a sign-in, as somebody might have copied it."""
    browser = app.test_client()
    assert send(browser, SIGN_IN, email=email, password=PASSWORD).status_code == 303
    return browser, browser.get_cookie(app.config["SESSION_COOKIE_NAME"]).value


def opens(app, cookie):
    browser = app.test_client()
    browser.set_cookie(app.config["SESSION_COOKIE_NAME"], cookie)
    return browser.get(ACCOUNT).status_code == 200


ENDS = {
    "a new password by letter": lambda user: service.set_password(user, "hash"),
    "a role": lambda user: service.give_role(user, "editor"),
    "the end of a role": lambda user: service.take_role(user, "reviewer"),
    "disabling": service.disable,
    "a forgotten second factor": second_factor.forget,
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_an_old_cookie_opens_nothing_after(app, nasrin, end):
    with app.app_context():
        service.give_role(queries.by_email(nasrin), "reviewer")
        database.session.commit()
    _browser, cookie = kept_cookie(app, nasrin)
    assert opens(app, cookie), "the control: it opened before"
    with app.app_context():
        end(queries.by_email(nasrin))
        database.session.commit()
    assert not opens(app, cookie)


def test_an_old_cookie_opens_nothing_after_signing_out_or_ending_it_from_elsewhere(app, nasrin):
    first, cookie = kept_cookie(app, nasrin)
    other, others = kept_cookie(app, nasrin)
    send(first, "/account/sign-ins", end="others")
    assert opens(app, cookie) and not opens(app, others) and other.get(ACCOUNT).status_code == 303
    send(first, ACCOUNT, to="/account/sign-out")
    assert not opens(app, cookie)


def test_a_role_given_twice_ends_nothing_and_rights_die_with_it(app):
    browser = browser_of(app, mina)
    with app.app_context():
        service.give_role(mina(), "reviewer")
        database.session.commit()
    assert browser.get("/staff/lawyers").status_code == 200
    with app.app_context():
        service.take_role(mina(), "reviewer")
        service.take_role(mina(), "reviewer")
        database.session.commit()
    assert browser_of(app, lambda: queries.by_email("mina@example.org")).get("/staff/lawyers").status_code == 404


# ---------------------------------------------------------------- nobody is locked out by somebody else
def from_(client, address):
    client.environ_base["REMOTE_ADDR"] = address
    return client


def at_home(app, email):
    """A browser of the owner, who signed in from their network before and signed out."""
    browser = from_(app.test_client(), OWNERS)
    send(browser, SIGN_IN, email=email, password=PASSWORD)
    return browser


def test_a_stranger_who_knows_the_password_uses_up_no_codes_of_the_owner(app, nasrin):
    owner, device = at_home(app, nasrin), Authenticator()
    make(owner, device)
    thief = from_(app.test_client(), STRANGERS)
    send(thief, SIGN_IN, email=nasrin, password=PASSWORD)
    tried = [send(thief, "/account/recovery-code", code="0000-0000-0000-0000").status_code for _ in range(6)]
    assert tried[-1] == 429, "the control: the stranger is stopped"
    again = from_(app.test_client(), OWNERS)
    send(again, SIGN_IN, email=nasrin, password=PASSWORD)
    assert send(again, "/account/recovery-code", code="0000-0000-0000-0000").status_code == 400


def test_a_passkey_gets_in_whatever_was_guessed_and_from_wherever(app, nasrin):
    device = Authenticator()
    make(at_home(app, nasrin), device)
    thief = from_(app.test_client(), STRANGERS)
    guesses = [send(thief, SIGN_IN, email=nasrin, password="wrong password").status_code for _ in range(11)]
    assert guesses[-1] == 429
    for address in (STRANGERS, "192.0.2.1"):
        assert answer(from_(app.test_client(), address), SIGN_IN, device.show).location == ACCOUNT


def test_who_kept_a_sign_in_cannot_keep_the_owner_from_proving_who_they_are(app, nasrin):
    owner, thief = at_home(app, nasrin), from_(kept_cookie(app, nasrin)[0], STRANGERS)
    guesses = [send(thief, "/account/prove", password="wrong password").status_code for _ in range(limits.PROOFS + 1)]
    assert guesses[-1] == 429 and send(owner, "/account/prove", password=PASSWORD).status_code == 303


def test_letters_are_refused_no_longer_than_the_links_in_them_work(app, nasrin):
    shortest = min(kind.lasts.total_seconds() for kind in by_letter.KINDS.values())
    assert shortest >= limits.LETTERS_WINDOW
    owner = at_home(app, nasrin)
    send(owner, ACCOUNT, to="/account/sign-out")
    for n in range(limits.LETTERS_TO_ONE_ADDRESS + 1):
        send(from_(app.test_client(), f"203.0.{n}.1"), "/account/reset", email=nasrin)
    before = len(letters.names(app, nasrin))
    send(owner, "/account/reset", email=nasrin)
    assert before == limits.LETTERS_TO_ONE_ADDRESS and len(letters.names(app, nasrin)) == before + 1


# ---------------------------------------------------------------- many at once
def test_twenty_equal_registrations_make_one_account_and_get_one_answer(app):
    def join(_: int) -> tuple[int, str]:
        fields = {"name": "Nasrin", "email": "nasrin@example.org", "password": PASSWORD}
        made = send(app.test_client(), "/account/sign-up", **fields)
        return made.status_code, made.location

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(join, range(20)))
    assert answers == {(303, "/account/sign-up/sent")}
    assert letters.names(app, "nasrin@example.org").count("accounts.confirm") == 1
    with app.app_context():
        assert database.session.scalar(select(func.count()).select_from(User)) == 1
        kinds = database.session.scalars(select(OneTimeLink.kind)).all()
        assert kinds.count("confirm") == 1
        assert database.session.scalar(select(func.count()).select_from(OutgoingLetter)) == len(kinds)


def test_twenty_equal_answers_of_a_passkey_open_one_sign_in(app, nasrin):
    device = Authenticator(counts=False)
    make(at_home(app, nasrin), device)
    browser = app.test_client()
    page = browser.get(SIGN_IN)
    data = {"csrf_token": token_of(page), "answer": device.show(options_on(page))}
    cookie = browser.get_cookie(app.config["SESSION_COOKIE_NAME"]).value

    def press(_: int) -> bool:
        other = app.test_client()
        other.set_cookie(app.config["SESSION_COOKIE_NAME"], cookie)
        sent = other.post(f"{SIGN_IN}/passkey", data=data, headers={"Referer": page.request.url})
        return sent.location == ACCOUNT

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(press, range(20))).count(True) == 1
