"""Changing one's own account: name, address, password, sign-ins and the second factor."""

import re

import pyotp
import pytest
from sqlalchemy import select

from app.accounts import limits, queries, service
from app.accounts.models import SignIn
from app.database import db as database
from tests.accounts import letters
from tests.accounts.conftest import PASSWORD
from tests.people import browser_of, leila, mina
from tests.support.forms import send

NEW = "a brand new horse"
ACCOUNT, SET_UP, SCAN = "/account/", "/account/second-factor/set-up", "/account/second-factor/scan"
RENEW, OFF = "/account/second-factor/recovery-codes", "/account/second-factor/off"


@pytest.fixture
def browser(client, nasrin):
    """A browser in which Nasrin is signed in."""
    return signed_in(client, nasrin)


def signed_in(client, email, password=PASSWORD):
    assert send(client, "/account/sign-in", email=email, password=password).status_code == 303
    return client


def user_of(email):
    return queries.by_email(email)


# ---------------------------------------------------------------- name, address, password
def test_name_and_language_are_changed_with_the_password(app, browser, nasrin):
    assert send(browser, "/account/details", name="Nasrin Azari", lang="fa", password=PASSWORD).location == ACCOUNT
    with app.app_context():
        assert (user_of(nasrin).name, user_of(nasrin).lang) == ("Nasrin Azari", "fa")


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/account/details", {"name": "Somebody", "lang": "fa"}),
        ("/account/email", {"email": "new@example.org"}),
        ("/account/password", {"new_password": NEW}),
    ],
)
@pytest.mark.parametrize("password", ["", "wrong password"])
def test_nothing_is_changed_without_the_right_password(app, browser, nasrin, path, fields, password):
    page = send(browser, path, password=password, **fields)
    told = "This password is not right." if password else "Enter your password."
    assert page.status_code == 400 and told in page.text and "wrong password" not in page.text
    with app.app_context():
        user = user_of(nasrin)
        assert (user.name, user.lang) == ("Nasrin", "en") and service.password_matches(user.password_hash, PASSWORD)
    assert letters.names(app, nasrin) == letters.names(app, "new@example.org") == []


def test_guessing_the_password_of_somebody_who_left_the_browser_open_is_stopped(browser):
    answers = [send(browser, "/account/email", email="x@example.org", password=f"guess {n}") for n in range(11)]
    assert [answer.status_code for answer in answers] == [400] * limits.PROOFS + [429]


def test_a_name_that_staff_check_stays(app):
    browser = browser_of(app, leila)
    page = send(browser, "/account/details", name="Somebody Else", lang="en", password=PASSWORD)
    assert page.status_code == 409 and "cannot be changed here" in page.text
    assert send(browser, "/account/details", name="Leila Farahani", lang="fa", password=PASSWORD).status_code == 303


def test_a_language_that_we_do_not_speak_is_refused(browser):
    assert send(browser, "/account/details", name="Nasrin", lang="xx", password=PASSWORD).status_code == 400


def test_a_new_address_counts_once_its_letter_is_answered(app, browser, nasrin):
    send(browser, "/account/email", email="new@example.org", password=PASSWORD)
    page = browser.get(ACCOUNT).text
    assert nasrin in page and "The new address" in page
    send(browser, letters.link(app, "new@example.org", "account/confirm"))
    page = browser.get(ACCOUNT).text
    assert nasrin not in page and "The new address" not in page
    assert letters.names(app, nasrin) == ["accounts.email_changed"]
    signed_in(app.test_client(), "new@example.org")


def test_a_known_address_looks_like_any_other_to_who_asks_for_it(app, browser, guarded):
    pages = []
    for email in (guarded[0], "never@example.org"):
        answer = send(browser, "/account/email", email=email, password=PASSWORD)
        page = browser.get(answer.location).text.replace(email, "…")
        pages.append((answer.status_code, [line for line in page.splitlines() if "csrf_token" not in line]))
    assert pages[0] == pages[1]
    assert letters.names(app, guarded[0]) == ["accounts.already_registered"]


def test_an_address_taken_between_letter_and_button_is_told(app, browser, nasrin):
    send(browser, "/account/email", email="new@example.org", password=PASSWORD)
    path = letters.link(app, "new@example.org", "account/confirm")
    with app.app_context():
        service.register("new@example.org", "Somebody", PASSWORD)
        database.session.commit()
    assert send(browser, path).location == ACCOUNT
    assert "cannot be used for your account" in browser.get(ACCOUNT).text


def test_a_new_password_ends_every_other_sign_in(app, browser, nasrin):
    other = signed_in(app.test_client(), nasrin)
    assert send(browser, "/account/password", password=PASSWORD, new_password=NEW).location == ACCOUNT
    assert browser.get(ACCOUNT).status_code == 200 and other.get(ACCOUNT).status_code == 303
    assert letters.names(app, nasrin) == ["accounts.password_changed"]
    signed_in(app.test_client(), nasrin, NEW)


def test_a_weak_new_password_is_told_at_its_field(browser):
    page = send(browser, "/account/password", password=PASSWORD, new_password="short")
    assert page.status_code == 400 and "10 characters or more" in page.text


# ---------------------------------------------------------------- sign-ins
def test_sign_ins_are_listed_by_device_and_ended_one_by_one(app, browser, nasrin):
    other = app.test_client()
    other.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (iPhone; like Mac OS X) Version/18.0 Safari/604.1"
    signed_in(other, nasrin)
    page = browser.get("/account/sign-ins").text
    assert "Safari, iPhone" in page and "This one" in page
    (row,) = re.findall(r'name="end" value="(\d+)"', page)
    assert send(browser, "/account/sign-ins", end=row).status_code == 303
    assert browser.get(ACCOUNT).status_code == 200 and other.get(ACCOUNT).status_code == 303


def test_all_others_are_ended_at_once(app, browser, nasrin):
    others = [signed_in(app.test_client(), nasrin) for _ in range(3)]
    send(browser, "/account/sign-ins", end="others")
    assert browser.get(ACCOUNT).status_code == 200
    assert {other.get(ACCOUNT).status_code for other in others} == {303}


@pytest.mark.parametrize("end", ["", "x", "-1", "9" * 30, "٣", "999999"])
def test_ending_what_is_not_there_ends_nothing(browser, end):
    assert send(browser, "/account/sign-ins", end=end).status_code == 303
    assert browser.get(ACCOUNT).status_code == 200


def test_nobody_ends_the_sign_in_of_somebody_else(app, browser, guarded):
    email, secret = guarded
    other = app.test_client()
    step = send(other, "/account/sign-in", email=email, password=PASSWORD).location
    send(other, step, code=pyotp.TOTP(secret).now())
    with app.app_context():
        theirs = database.session.scalars(select(SignIn).where(SignIn.user_id == user_of(email).id)).one().id
    send(browser, "/account/sign-ins", end=str(theirs))
    assert other.get(ACCOUNT).status_code == 200


# ---------------------------------------------------------------- the second factor
def secret_on(page):
    return re.search(r'<code dir="ltr">([A-Z2-7 ]+)</code>', page.text)[1].replace(" ", "")


def codes_on(page):
    return re.findall(r'<li><code dir="ltr">([0-9a-z-]{19})</code>', page.text)


def set_up(browser, path=SET_UP):
    """Walk through setting up; the secret, and the page with the recovery codes."""
    answer = send(browser, path)
    assert answer.status_code == 303, answer.text
    secret = secret_on(browser.get(answer.location))
    return secret, send(browser, answer.location, code=pyotp.TOTP(secret).now())


def test_codes_are_set_up_by_a_drawing_or_by_typing_and_then_asked_for(app, browser, nasrin):
    _secret, page = set_up(browser)
    assert page.status_code == 200 and len(codes_on(page)) == 10 and page.headers["Cache-Control"] == "no-store"
    assert letters.names(app, nasrin) == ["accounts.second_factor"]
    step = send(app.test_client(), "/account/sign-in", email=nasrin, password=PASSWORD).location
    assert step.startswith("/account/second-factor")


def test_the_page_draws_the_secret_and_says_it(browser):
    page = browser.get(send(browser, SET_UP).location)
    assert '<svg aria-hidden="true"' in page.text and len(secret_on(page)) == 32


def test_a_wrong_code_turns_nothing_on_and_keeps_the_secret(app, browser, nasrin):
    path = send(browser, SET_UP).location
    secret = secret_on(browser.get(path))
    page = send(browser, path, code="12 34")
    assert page.status_code == 400 and "This code is not right" in page.text and secret_on(page) == secret
    with app.app_context():
        assert user_of(nasrin).totp_secret is None


def test_recovery_codes_are_shown_once(browser):
    _secret, page = set_up(browser)
    codes = codes_on(page)
    assert browser.get(SCAN).location.startswith(SET_UP)
    for path in (ACCOUNT, SET_UP, RENEW):
        assert not [code for code in codes if code in browser.get(path).text]
    assert "10 left" in browser.get(ACCOUNT).text


def test_a_recovery_code_signs_in_once(app, browser, nasrin):
    code = codes_on(set_up(browser)[1])[0]
    first, second = app.test_client(), app.test_client()
    for other, status in ((first, 303), (second, 400)):
        step = send(other, "/account/sign-in", email=nasrin, password=PASSWORD).location
        path = re.search(r'href="(/account/recovery-code[^"]*)"', other.get(step).text)[1]
        assert send(other, path, code=code.upper()).status_code == status
    assert "9 left" in first.get(ACCOUNT).text and second.get(ACCOUNT).status_code == 303


def test_guessing_recovery_codes_is_stopped(app, browser, nasrin):
    set_up(browser)
    other = app.test_client()
    send(other, "/account/sign-in", email=nasrin, password=PASSWORD)
    answers = [send(other, "/account/recovery-code", code="0000-0000-0000-0000").status_code for _ in range(6)]
    assert answers[-1] == 429 and set(answers) == {400, 429}


def test_nobody_comes_to_a_recovery_code_without_a_password(client, nasrin):
    assert client.get("/account/recovery-code").location.startswith("/account/sign-in")


def test_new_codes_take_the_place_of_the_old(app, browser, nasrin):
    old = codes_on(set_up(browser)[1])
    new = codes_on(send(browser, RENEW))
    assert len(new) == 10 and not set(new) & set(old)


def test_codes_are_turned_off_and_no_longer_asked_for(app, browser, nasrin):
    set_up(browser)
    assert send(browser, OFF).location == ACCOUNT
    signed_in(app.test_client(), nasrin)
    assert letters.names(app, nasrin) == ["accounts.second_factor"] * 2
    assert browser.get(OFF).location == ACCOUNT and browser.get(RENEW).location == SET_UP


@pytest.mark.parametrize("who", [leila, mina])
def test_staff_and_verified_lawyers_cannot_turn_codes_off(app, who):
    browser = browser_of(app, who)
    assert (
        "keep codes or a passkey" in browser.get(OFF).text
        and 'href="/account/second-factor/off"' not in browser.get(ACCOUNT).text
    )
    assert send(browser, ACCOUNT, to=OFF).status_code == 409
    with app.app_context():
        person = who()
        assert getattr(person, "user", person).totp_secret


def test_an_address_that_is_not_confirmed_gets_no_second_factor(app, browser, nasrin):
    with app.app_context():
        user_of(nasrin).confirmed_at = None
        database.session.commit()
    assert "Confirm your email address first." in browser.get(SET_UP).text
    assert send(browser, ACCOUNT, to=SET_UP).status_code == 400
    assert browser.get(SCAN).location.startswith(SET_UP)


# ---------------------------------------------------------------- who must have it
def without_codes(app, who):
    """A browser of somebody who must have a second factor and has none."""
    with app.app_context():
        person = who()
        user = getattr(person, "user", person)
        user.totp_secret = None
        email = user.email
        database.session.commit()
    return signed_in(app.test_client(), email)


@pytest.mark.parametrize(
    ("who", "path"),
    [(mina, "/staff/lawyers"), (leila, "/dashboard/"), (leila, "/cases/new"), (leila, "/fa/dashboard/")],
)
def test_staff_and_verified_lawyers_set_it_up_before_they_go_on(app, who, path):
    browser = without_codes(app, who)
    led = browser.get(path)
    prefix = "/fa" if path.startswith("/fa") else ""
    assert (led.status_code, led.location) == (303, f"{prefix}{SET_UP}?next={path}")
    assert "You need this before you go on." in browser.get(f"{SET_UP}?next={path}").text
    _secret, page = set_up(browser, f"{SET_UP}?next={path}")
    assert f'href="{path}"' in page.text and browser.get(path).status_code == 200


def test_a_form_of_who_owes_it_does_nothing(app):
    browser = without_codes(app, leila)
    answer = send(browser, ACCOUNT, to="/cases/new", visibility="public", lang="en")
    assert (answer.status_code, answer.location) == (303, SET_UP)


def test_pages_that_need_no_second_factor_stay_open_to_who_owes_it(app):
    browser = without_codes(app, leila)
    assert [browser.get(path).status_code for path in (ACCOUNT, "/lawyers/application", "/cases/")] == [200] * 3


def test_who_may_not_come_in_is_not_led_to_set_anything_up(app, browser):
    assert browser.get("/staff/lawyers").status_code == 404
    assert without_codes(app, mina).get("/dashboard/").status_code == 404
