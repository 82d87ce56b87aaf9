"""Showing again who one is before something sensitive: by password and code, or by passkey, and then on."""

import re
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import update

from app.accounts import limits, queries
from app.accounts.models import SignIn
from app.core.clock import real_now
from app.database import db as database
from app.web.access import mark_of
from tests.accounts.conftest import PASSWORD
from tests.accounts.test_passkeys import answer, make
from tests.people import browser_of, fresh_code, leila, mina
from tests.support.authenticator import PRESENT, Authenticator
from tests.support.forms import send, token_of

PROVE, EMAIL = "/account/prove", "/account/email"
# What wants a proof that is not old. Whoever adds something sensitive adds it here.
SENSITIVE = {
    "settings.email",
    "settings.password",
    "settings.set_up",
    "settings.scan",
    "settings.renew",
    "settings.turn_off",
    "keyring.new",
    "keyring.remove",
    "ending.as_staff",
    "lawyers_admin.review",
}


@pytest.fixture
def browser(client, nasrin):
    """A browser in which Nasrin is signed in."""
    assert send(client, "/account/sign-in", email=nasrin, password=PASSWORD).status_code == 303
    return client


def age(app, minutes):
    """Let every sign-in be so old."""
    with app.app_context():
        database.session.execute(update(SignIn).values(created_at=real_now() - timedelta(minutes=minutes)))
        database.session.commit()


def test_what_is_sensitive_says_so_by_itself(app):
    found = {name for name, view in app.view_functions.items() if getattr(view, "asks_again", False)}
    assert found >= SENSITIVE
    assert {mark_of(app, name).kind for name in found} <= {"signed_in", "lawyer", "staff"}


@pytest.mark.parametrize("prefix", ["", "/fa"])
@pytest.mark.parametrize(("minutes", "asks"), [(14, False), (16, True)])
def test_who_signed_in_lately_is_asked_nothing(app, browser, minutes, asks, prefix):
    age(app, minutes)
    page = browser.get(prefix + EMAIL)
    assert page.status_code == (303 if asks else 200)
    assert not asks or page.location == f"{prefix}{PROVE}?next={prefix}{EMAIL}"


@pytest.mark.settings(fresh_minutes=60)
def test_how_long_a_proof_lasts_is_a_setting(app, browser):
    age(app, 59)
    assert browser.get(EMAIL).status_code == 200
    age(app, 61)
    assert browser.get(EMAIL).status_code == 303


def test_the_password_is_proof_where_there_is_no_second_factor_and_leads_back(app, browser):
    age(app, 16)
    path = browser.get(EMAIL).location
    assert send(browser, path, password="wrong password").status_code == 400
    assert browser.get(EMAIL).status_code == 303, "the control: a wrong one proves nothing"
    assert send(browser, path, password=PASSWORD).location == EMAIL
    assert browser.get(EMAIL).status_code == 200


def test_who_was_asked_just_now_is_not_asked_for_the_password_again(app, browser):
    assert 'name="password"' in browser.get(EMAIL).text
    age(app, 16)
    send(browser, PROVE, password=PASSWORD)
    assert 'name="password"' not in browser.get(EMAIL).text
    assert send(browser, EMAIL, email="new@example.org").status_code == 303


def test_with_codes_a_code_is_part_of_the_proof_and_counts_once(app, guarded):
    email, secret = guarded
    browser = app.test_client()
    step = send(browser, "/account/sign-in", email=email, password=PASSWORD).location
    used = pyotp.TOTP(secret).now()
    send(browser, step, code=used)
    age(app, 16)
    for sent in ({}, {"proof_code": used}, {"proof_code": "000000"}):
        assert send(browser, PROVE, password=PASSWORD, **sent).status_code == 400
    with app.app_context():
        code = fresh_code(email)
    assert send(browser, PROVE, password="wrong password", proof_code=code).status_code == 400
    assert send(browser, PROVE, password=PASSWORD, proof_code=code).status_code == 303
    assert browser.get(EMAIL).status_code == 200


def test_a_passkey_is_proof_if_it_made_sure_of_its_owner(app, browser):
    device = Authenticator()
    make(browser, device)
    age(app, 16)
    device.flags = PRESENT
    answer(browser, PROVE, device.show)
    assert browser.get(EMAIL).status_code == 303
    device.flags = Authenticator.flags
    page = browser.get(f"{PROVE}?next={EMAIL}")
    to = re.search(r'action="([^"]*/passkey[^"]*)"', page.text)[1]
    assert answer(browser, PROVE, device.show, to=to).location == EMAIL and browser.get(EMAIL).status_code == 200


def test_a_proof_is_for_one_sign_in_and_grows_old(app, browser, nasrin):
    other = app.test_client()
    send(other, "/account/sign-in", email=nasrin, password=PASSWORD)
    age(app, 16)
    send(browser, PROVE, password=PASSWORD)
    assert browser.get(EMAIL).status_code == 200 and other.get(EMAIL).status_code == 303
    with app.app_context():
        database.session.execute(update(SignIn).values(proved_at=real_now() - timedelta(minutes=16)))
        database.session.commit()
    assert browser.get(EMAIL).status_code == 303


def test_a_form_that_was_opened_in_time_is_taken_for_as_long_again(app, browser, nasrin):
    page = browser.get(EMAIL)
    data = {"csrf_token": token_of(page), "email": "new@example.org", "password": PASSWORD}
    age(app, 31)
    late = browser.post(EMAIL, data=data, headers={"Referer": page.request.url})
    assert late.status_code == 409 and "send this again" in late.text and PROVE in late.text
    assert "The new address" not in browser.get("/account/").text
    age(app, 29)
    assert browser.post(EMAIL, data=data, headers={"Referer": page.request.url}).status_code == 303


def test_guessing_here_is_stopped_and_leads_to_no_other_site(browser):
    assert send(browser, f"{PROVE}?next=//evil.example/", password=PASSWORD).location == "/account/"
    answers = [send(browser, PROVE, password=f"guess {n}").status_code for n in range(limits.PROOFS)]
    assert set(answers[:-1]) == {400} and answers[-1] == 429


def test_proving_needs_a_sign_in(client):
    assert client.get(PROVE).location.startswith("/account/sign-in")


@pytest.mark.parametrize(("who", "path"), [(mina, "/staff/lawyers/{0}"), (leila, "/account/second-factor/off")])
def test_staff_prove_who_they_are_before_they_decide(app, who, path):
    browser = browser_of(app, who)
    with app.app_context():
        path = path.format(leila().public_id)
        email = queries.by_email(f"{who.__name__}@example.org").email
        database.session.commit()
    age(app, 16)
    asked = browser.get(path)
    assert asked.location.startswith(PROVE)
    with app.app_context():
        code = fresh_code(email)
    assert send(browser, asked.location, password=PASSWORD, proof_code=code).location == path
    assert browser.get(path).status_code == 200
