"""Signing in and out through the pages."""

import re
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select, update

from app.accounts import queries, service
from app.accounts.models import SignIn
from app.core.clock import real_now
from app.database import db as database
from app.database import in_transaction
from tests.accounts.conftest import PASSWORD
from tests.support.forms import send

SIGN_IN = "/account/sign-in"


def sign_in(client, email, password=PASSWORD, query=""):
    return send(client, SIGN_IN + query, email=email, password=password)


def is_signed_in(client):
    return client.get("/account/").status_code == 200


def session_of(client):
    with client.session_transaction() as session:
        return dict(session)


def test_the_right_password_signs_in(client, nasrin):
    answer = sign_in(client, nasrin)
    assert (answer.status_code, answer.location) == (303, "/account/")
    assert "nasrin@example.org" in client.get("/account/").text


def test_an_unknown_address_gets_the_same_answer_as_a_wrong_password(client, nasrin):
    wrong = sign_in(client, nasrin, "wrong password")
    unknown = sign_in(client, "never@example.org", "wrong password")
    assert wrong.status_code == unknown.status_code == 400
    assert "The email address or the password is not right." in wrong.text
    assert without_what_differs(wrong.text, nasrin) == without_what_differs(unknown.text, "never@example.org")


def without_what_differs(text, email):
    return [line for line in text.replace(email, "…").splitlines() if "csrf_token" not in line]


def test_the_address_that_was_typed_is_kept_and_the_password_is_not(client, nasrin):
    page = sign_in(client, nasrin, "wrong password").text
    assert f'value="{nasrin}"' in page and "wrong password" not in page


def test_an_empty_form_is_told_at_its_fields(client):
    page = sign_in(client, "", "")
    assert page.status_code == 400
    assert "Enter your email address." in page.text and "Enter your password." in page.text


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "odd", ["a\x00b@example.org", "'; DROP TABLE users; --", "\ud7ff" * 300, "=?x?=\r\nBcc: a@b.c"]
)
def test_odd_addresses_are_simply_wrong(client, odd):
    assert sign_in(client, odd).status_code == 400


def test_a_disabled_account_is_answered_like_a_wrong_password(client, app, nasrin):
    with app.app_context():
        service.disable(queries.by_email(nasrin))
        database.session.commit()
    answer = sign_in(client, nasrin)
    assert answer.status_code == 400 and "The email address or the password is not right." in answer.text


def test_disabling_ends_a_sign_in_at_once(client, app, nasrin):
    sign_in(client, nasrin)
    assert is_signed_in(client)
    with app.app_context():
        service.disable(queries.by_email(nasrin))
        database.session.commit()
    assert not is_signed_in(client)


def test_signing_out_ends_the_sign_in_on_the_server_too(client, app, nasrin):
    sign_in(client, nasrin)
    stolen = client.get_cookie(app.config["SESSION_COOKIE_NAME"]).value
    assert send(client, "/account/", to="/account/sign-out").status_code == 303
    client.set_cookie(app.config["SESSION_COOKIE_NAME"], stolen)
    assert not is_signed_in(client)


def test_signing_out_twice_is_quiet(client, nasrin):
    sign_in(client, nasrin)
    send(client, "/account/", to="/account/sign-out")
    page = send(client, SIGN_IN, to="/account/sign-out")
    assert page.status_code == 303
    assert "You are signed out." in client.get(page.location).text


def test_a_sign_in_lasts_thirty_days_of_real_time(client, app, clock, nasrin):
    sign_in(client, nasrin)
    clock.move(90 * 86_400)
    assert is_signed_in(client)
    with app.app_context():
        row = database.session.scalars(select(SignIn)).one()
        assert row.expires_at - row.created_at == timedelta(days=30)
        database.session.execute(update(SignIn).values(expires_at=real_now() - timedelta(seconds=1)))
        database.session.commit()
    assert not is_signed_in(client)


def test_the_database_holds_no_token_that_would_sign_in(client, app, nasrin):
    sign_in(client, nasrin)
    token = session_of(client)["_user_id"]
    with app.app_context():
        assert database.session.scalars(select(SignIn.token_hash)).one() != token
        assert queries.identity(token).user.email == nasrin


def test_a_session_planted_before_signing_in_is_worth_nothing_after(client, nasrin):
    with client.session_transaction() as session:
        session["planted"] = "x"
        session["grants"] = {"case1": (7, 1)}
    client.get(SIGN_IN)
    mark_before = session_of(client)["csrf_token"]
    sign_in(client, nasrin)
    after = session_of(client)
    assert "planted" not in after and after.get("csrf_token") != mark_before
    assert after["grants"] == {"case1": (7, 1)}


def test_signing_out_forgets_private_cases_too(client, nasrin):
    sign_in(client, nasrin)
    with client.session_transaction() as session:
        session["grants"] = {"case1": (7, 1)}
    send(client, "/account/", to="/account/sign-out")
    assert "grants" not in session_of(client)


def test_a_page_for_the_signed_in_leads_back_after_signing_in(client, nasrin):
    asked = client.get("/account/")
    assert (asked.status_code, asked.location) == (303, "/account/sign-in?next=/account/")
    assert sign_in(client, nasrin, query="?next=/fees").location == "/fees"


def test_somebody_reading_persian_is_asked_and_comes_back_in_persian(client):
    assert client.get("/fa/account/").location == "/fa/account/sign-in?next=/fa/account/"


def test_somebody_signed_in_is_not_asked_again(client, nasrin):
    sign_in(client, nasrin)
    assert client.get(SIGN_IN + "?next=/fees").location == "/fees"


def test_sign_in_pages_are_stored_nowhere(client):
    assert client.get(SIGN_IN).headers["Cache-Control"] == "no-store"


def test_without_our_mark_nobody_is_signed_in(client, nasrin):
    assert client.post(SIGN_IN, data={"email": nasrin, "password": PASSWORD}).status_code == 400
    assert not is_signed_in(client)


@pytest.mark.parametrize("email", ["nasrin@example.org", "never@example.org"])
def test_a_password_is_verified_outside_any_transaction(client, nasrin, monkeypatch, email):
    held, verify = [], service.password_matches
    monkeypatch.setattr(service, "password_matches", lambda *pair: held.append(in_transaction()) or verify(*pair))
    sign_in(client, email)
    assert held == [False]


# ---------------------------------------------------------------- the second factor
def test_the_password_alone_does_not_sign_in_where_a_code_is_wanted(client, guarded):
    email, _secret = guarded
    assert sign_in(client, email).location.startswith("/account/second-factor")
    assert not is_signed_in(client)


def test_password_and_code_sign_in_and_lead_on(client, guarded):
    email, secret = guarded
    step = sign_in(client, email, query="?next=/fees").location
    answer = send(client, step, code=pyotp.TOTP(secret).now())
    assert (answer.status_code, answer.location) == (303, "/fees")
    assert is_signed_in(client)


def test_a_wrong_code_is_told_at_its_field(client, guarded):
    step = sign_in(client, guarded[0]).location
    answer = send(client, step, code="12 34")
    assert answer.status_code == 400 and "This code is not right" in answer.text
    assert not is_signed_in(client)


def test_a_code_that_was_used_does_not_sign_in_a_second_browser(app, guarded):
    email, secret = guarded
    code = pyotp.TOTP(secret).now()
    first, second = app.test_client(), app.test_client()
    assert send(first, sign_in(first, email).location, code=code).status_code == 303
    assert send(second, sign_in(second, email).location, code=code).status_code == 400


def test_nobody_comes_to_the_code_without_a_password(client, guarded):
    assert client.get("/account/second-factor").location.startswith(SIGN_IN)


def test_the_code_must_follow_the_password_within_ten_minutes(client, guarded):
    sign_in(client, guarded[0])
    with client.session_transaction() as session:
        session["code_wanted"] = {**session["code_wanted"], "until": int(real_now().timestamp()) - 1}
    assert client.get("/account/second-factor").location.startswith(SIGN_IN)


def test_guessing_codes_is_stopped(client, guarded):
    step = sign_in(client, guarded[0]).location
    answers = [send(client, step, code="000000").status_code for _ in range(6)]
    assert answers == [400] * 5 + [429]


# ---------------------------------------------------------------- limits
def try_in_vain(client, email, times, address):
    client.environ_base["REMOTE_ADDR"] = address
    return [sign_in(client, email, "wrong password").status_code for _ in range(times)]


def test_guessing_one_account_is_stopped_whatever_the_address(client, nasrin):
    for network in range(5):
        try_in_vain(client, nasrin, 2, f"203.0.{network}.1")
    client.environ_base["REMOTE_ADDR"] = "203.0.99.1"
    refused = sign_in(client, nasrin)
    assert refused.status_code == 429 and 0 < int(refused.headers["Retry-After"]) <= 600
    assert "too many attempts" in refused.text


def test_somebody_else_guessing_does_not_lock_the_owner_out_of_their_own_network(client, nasrin):
    client.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    sign_in(client, nasrin)
    send(client, "/account/", to="/account/sign-out")
    assert try_in_vain(client, nasrin, 11, "203.0.113.1")[-1] == 429
    client.environ_base["REMOTE_ADDR"] = "198.51.100.9"
    assert sign_in(client, nasrin).status_code == 303


def test_an_unknown_address_is_limited_like_a_known_one(client, nasrin):
    known = try_in_vain(client, nasrin, 11, "203.0.113.1")
    unknown = try_in_vain(client, "never@example.org", 11, "198.51.100.1")
    assert known == unknown == [400] * 10 + [429]


def test_signing_in_rightly_uses_no_attempts_up(client, nasrin):
    for _ in range(12):
        assert sign_in(client, nasrin).status_code == 303
        send(client, "/account/", to="/account/sign-out")


def test_opening_the_form_counts_nothing(client, nasrin):
    for _ in range(60):
        client.get(SIGN_IN)
    assert sign_in(client, nasrin).status_code == 303


def test_signing_in_leads_to_no_other_site(client, nasrin):
    assert sign_in(client, nasrin, query="?next=//evil.example/fees").location == "/account/"


def test_the_account_page_says_in_which_language_our_emails_come(client, nasrin):
    send(client, "/account/sign-in", email=nasrin, password=PASSWORD)
    page = client.get("/account/").text
    assert re.search(r"Language of our emails</dt><dd class=\"value\">English</dd>", page)
