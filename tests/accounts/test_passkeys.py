"""Passkeys: made, used in place of password and code or after the password, refused when anything is not right."""

import json
import re
from html import unescape

import pyotp
import pytest
from sqlalchemy import select

from app.accounts import passkeys, queries, second_factor, service
from app.accounts.models import Passkey
from app.audit.models import AuditEntry
from app.core.clock import real_now
from app.database import db as database
from tests.accounts import letters
from tests.accounts.conftest import PASSWORD
from tests.people import browser_of, leila, mina
from tests.support.authenticator import PRESENT, VERIFIED, Authenticator, encode
from tests.support.forms import send, token_of

ACCOUNT, KEYS, NEW = "/account/", "/account/passkeys", "/account/passkeys/new"
SIGN_IN, SECOND = "/account/sign-in", "/account/second-factor"
FAILED = "This passkey could not be used here."


def options_on(page):
    """What the page asks of a browser."""
    return json.loads(unescape(re.search(r'data-options="([^"]+)"', page.text)[1]))


def signed_in(client, email):
    send(client, SIGN_IN, email=email, password=PASSWORD)
    return client


def is_signed_in(client):
    return client.get(ACCOUNT).status_code == 200


def make(browser, device, **fields):
    page = browser.get(NEW)
    data = {"csrf_token": token_of(page), "answer": device.make(options_on(page)), "name": "My phone", **fields}
    return browser.post(NEW, data=data, headers={"Referer": page.request.url})


def answer(browser, path, text, to=None):
    page = browser.get(path)
    data = {"csrf_token": token_of(page), "answer": text if isinstance(text, str) else text(options_on(page))}
    return browser.post(to or f"{path}/passkey", data=data, headers={"Referer": page.request.url})


@pytest.fixture
def device(client, nasrin):
    """The only second factor of Nasrin."""
    made = Authenticator()
    assert make(signed_in(client, nasrin), made).status_code == 200
    return made


@pytest.fixture
def stranger(app):
    """A browser that was never here."""
    return app.test_client()


# ---------------------------------------------------------------- making one
def test_the_first_passkey_comes_with_recovery_codes_and_a_letter(app, client, nasrin):
    page = make(signed_in(client, nasrin), Authenticator())
    assert page.status_code == 200 and len(re.findall(r'<li><code dir="ltr">', page.text)) == 10
    assert letters.names(app, nasrin) == ["accounts.second_factor"]
    assert "My phone" in client.get(KEYS).text and "10 left" in client.get(ACCOUNT).text


def test_a_second_one_leaves_the_recovery_codes_as_they_are(client, nasrin, device):
    before = client.get(ACCOUNT).text
    assert make(client, Authenticator(), name="").location == KEYS
    assert "10 left" in before and "10 left" in client.get(ACCOUNT).text and "2 passkeys" in client.get(ACCOUNT).text


def test_codes_set_up_beside_a_passkey_leave_the_recovery_codes_too(app, nasrin, device):
    with app.app_context():
        user = queries.by_email(nasrin)
        second_factor.begin(user)
        secret = second_factor.pending(user)
        assert second_factor.complete(user, pyotp.TOTP(secret).at(real_now())) == []
        assert queries.recovery_codes_left(user) == 10 and user.totp_secret == secret


def test_what_is_asked_of_the_browser_names_this_site_and_not_the_same_key_twice(client, nasrin, device):
    asked = options_on(client.get(NEW))
    assert asked["rp"] == {"id": "localhost", "name": "Amicus"} and asked["attestation"] == "none"
    assert [key["id"] for key in asked["excludeCredentials"]] == [encode(device.id)]
    assert asked["excludeCredentials"][0]["transports"] == ["internal"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost"},
        {"origin": "https://localhost:444"},
        {"site": "evil.example"},
        {"flags": 0},
    ],
)
def test_a_key_made_for_another_site_or_by_nobody_is_not_kept(app, client, nasrin, wrong):
    page = make(signed_in(client, nasrin), Authenticator(**wrong))
    assert page.status_code == 400 and FAILED in page.text
    with app.app_context():
        assert not queries.by_email(nasrin).has_second_factor
    assert make(client, Authenticator()).status_code == 200, "the control: a good one is kept"


def test_a_challenge_makes_one_key(client, nasrin):
    signed_in(client, nasrin)
    page = client.get(NEW)
    asked, mark = options_on(page), token_of(page)
    cookie = client.get_cookie("__Host-session").value
    answers = []
    for _ in range(2):
        client.set_cookie("__Host-session", cookie)
        data = {"csrf_token": mark, "answer": Authenticator().make(asked)}
        answers.append(client.post(NEW, data=data, headers={"Referer": page.request.url}).status_code)
    assert answers == [200, 400]


def test_one_key_serves_one_account(app, client, nasrin, device, guarded):
    other = app.test_client()
    step = send(other, SIGN_IN, email=guarded[0], password=PASSWORD).location
    send(other, step, code=pyotp.TOTP(guarded[1]).now())
    page = make(other, device)
    assert page.status_code == 409 and "in use already" in page.text


def test_an_address_that_is_not_confirmed_gets_no_passkey(app, client, nasrin):
    signed_in(client, nasrin)
    with app.app_context():
        queries.by_email(nasrin).confirmed_at = None
        database.session.commit()
    page = client.get(NEW)
    assert "Confirm your email address first." in page.text
    sent = {"csrf_token": token_of(client.get("/account/details")), "answer": "{}"}
    assert client.post(NEW, data=sent, headers={"Referer": "https://localhost/"}).status_code in (400, 409)


@pytest.mark.parametrize("name", ["x" * 61, "a\nb", "=?x?="])
def test_a_name_that_does_not_fit_is_told_at_its_field(client, nasrin, name):
    signed_in(client, nasrin)
    assert make(client, Authenticator(), name=name).status_code in (400, 200)
    page = client.get(KEYS).text
    assert "x" * 61 not in page and "=?x?=" not in page


@pytest.mark.parametrize("junk", ["", "x", "[]", "{}", "null", '{"id": 1}', "[" * 3000, '{"id":"' + "a" * 30000 + '"}'])
def test_junk_is_refused_wherever_a_passkey_is_wanted(client, stranger, nasrin, device, junk):
    assert answer(client, NEW, junk, to=NEW).status_code == 400
    assert answer(stranger, SIGN_IN, junk).location.startswith(SIGN_IN) and not is_signed_in(stranger)


# ---------------------------------------------------------------- in place of password and code
def test_a_passkey_alone_signs_in(stranger, device):
    assert answer(stranger, SIGN_IN, device.show).location == ACCOUNT
    assert is_signed_in(stranger) and "Last used" in stranger.get(KEYS).text


def test_it_leads_to_where_one_was_going(stranger, device):
    page = stranger.get(f"{SIGN_IN}?next=/fees")
    to = unescape(re.search(r'action="([^"]*passkey[^"]*)"', page.text)[1])
    assert answer(stranger, SIGN_IN, device.show, to=to).location == "/fees"


REFUSED = {
    "another site": {"origin": "https://evil.example"},
    "plain http": {"origin": "http://localhost"},
    "another name": {"site": "evil.example"},
    "nobody there": {"flags": 0},
    "owner not checked": {"flags": PRESENT},
    "somebody else’s handle": {"handle": b"somebody"},
}


@pytest.mark.parametrize("wrong", REFUSED.values(), ids=REFUSED)
def test_an_answer_that_is_not_right_signs_nobody_in(stranger, device, wrong):
    good = {name: getattr(device, name) for name in wrong}
    for name, value in wrong.items():
        setattr(device, name, value)
    assert answer(stranger, SIGN_IN, device.show).location.startswith(SIGN_IN)
    assert FAILED in stranger.get(SIGN_IN).text and not is_signed_in(stranger)
    for name, value in good.items():
        setattr(device, name, value)
    assert answer(stranger, SIGN_IN, device.show).location == ACCOUNT, "the control"


def test_a_forged_signature_signs_nobody_in(stranger, device):
    forged = Authenticator(id=device.id, handle=device.handle, count=9)
    answer(stranger, SIGN_IN, forged.show)
    answer(stranger, SIGN_IN, lambda asked: device.show(asked, signature=encode(b"x" * 70)))
    answer(stranger, SIGN_IN, lambda asked: device.show(asked | {"challenge": encode(b"x" * 24)}))
    assert not is_signed_in(stranger)


def test_a_key_that_nobody_has_here_is_told_the_same_as_a_wrong_one(stranger, device):
    answer(stranger, SIGN_IN, Authenticator(handle=device.handle).show)
    assert FAILED in stranger.get(SIGN_IN).text and not is_signed_in(stranger)


def test_an_answer_counts_once_though_cookie_and_answer_are_sent_again(app, stranger, device):
    page = stranger.get(SIGN_IN)
    device.counts, device.count = False, 0  # so that nothing but the challenge tells
    with app.app_context():
        database.session.scalars(select(Passkey)).one().sign_count = 0
        database.session.commit()
    data = {"csrf_token": token_of(page), "answer": device.show(options_on(page))}
    cookie, found = stranger.get_cookie("__Host-session").value, []
    for _ in range(2):
        stranger.set_cookie("__Host-session", cookie)
        stranger.post(f"{SIGN_IN}/passkey", data=data, headers={"Referer": page.request.url})
        found.append(is_signed_in(stranger))
    assert found == [True, False]


def test_a_challenge_is_old_after_ten_minutes_and_serves_one_purpose(client, stranger, nasrin, device):
    stranger.get(SIGN_IN)
    with stranger.session_transaction() as session:
        known = session["challenges"]["sign_in"]
        session["challenges"] = {"sign_in": {**known, "until": int(real_now().timestamp()) - 1}}
    old = device.show({"challenge": known["challenge"]})
    assert answer(stranger, "/account/reset", old, to=f"{SIGN_IN}/passkey").location.startswith(SIGN_IN)
    asked = options_on(client.get(NEW))
    assert answer(client, "/account/details", device.show(asked), to="/account/prove/passkey").location.startswith(
        "/account/prove"
    )
    assert not is_signed_in(stranger)


def test_two_windows_share_a_challenge(stranger, device):
    first = options_on(stranger.get(SIGN_IN))
    assert options_on(stranger.get(SIGN_IN))["challenge"] == first["challenge"]


def test_a_copy_of_a_key_is_refused_and_its_owner_told(app, stranger, nasrin, device):
    copy = Authenticator(**{name: getattr(device, name) for name in ("key", "id", "handle", "count")})
    assert answer(stranger, SIGN_IN, device.show).location == ACCOUNT
    other = app.test_client()
    answer(other, SIGN_IN, copy.show)
    assert not is_signed_in(other) and letters.names(app, nasrin)[-1] == "accounts.second_factor"
    with app.app_context():
        assert "account.passkey_copied" in database.session.scalars(select(AuditEntry.action)).all()


def test_a_key_that_does_not_count_is_taken_as_it_is(app, client, nasrin):
    device = Authenticator(counts=False)
    make(signed_in(client, nasrin), device)
    for _ in range(2):
        other = app.test_client()
        assert answer(other, SIGN_IN, device.show).location == ACCOUNT


def test_a_closed_account_is_like_an_unknown_key(app, stranger, nasrin, device):
    with app.app_context():
        service.disable(queries.by_email(nasrin))
        database.session.commit()
    answer(stranger, SIGN_IN, device.show)
    assert FAILED in stranger.get(SIGN_IN).text and not is_signed_in(stranger)


def test_a_session_planted_before_is_worth_nothing_after(stranger, device):
    stranger.get(SIGN_IN)
    with stranger.session_transaction() as session:
        session["planted"] = "x"
    answer(stranger, SIGN_IN, device.show)
    with stranger.session_transaction() as session:
        assert "planted" not in session and "challenges" not in session


# ---------------------------------------------------------------- after the password
def test_after_the_password_the_passkey_is_asked_for(stranger, nasrin, device):
    step = send(stranger, SIGN_IN, email=nasrin, password=PASSWORD).location
    assert step.startswith(SECOND) and not is_signed_in(stranger)
    asked = options_on(stranger.get(step))
    assert [key["id"] for key in asked["allowCredentials"]] == [encode(device.id)]
    device.flags = PRESENT  # the password is the other factor
    assert answer(stranger, SECOND, device.show).location == ACCOUNT and is_signed_in(stranger)


def test_nobody_comes_to_the_second_step_without_a_password(stranger, device):
    text = device.show({"challenge": encode(b"x" * 24)})
    assert answer(stranger, SIGN_IN, text, to=f"{SECOND}/passkey").location.startswith(SIGN_IN)


def test_the_key_of_somebody_else_is_no_second_step(app, stranger, nasrin, device, guarded):
    send(stranger, SIGN_IN, email=guarded[0], password=PASSWORD)
    with app.app_context():
        asked = json.loads(passkeys.to_use(encode(b"x" * 24), verified=False))
    page = stranger.get(SECOND)
    assert "data-passkey" not in page.text
    assert answer(stranger, SECOND, device.show(asked)).location.startswith(SECOND) and not is_signed_in(stranger)


def test_a_recovery_code_stands_in_for_a_lost_passkey(app, client, stranger, nasrin):
    codes = re.findall(r'<li><code dir="ltr">([^<]+)', make(signed_in(client, nasrin), Authenticator()).text)
    send(stranger, SIGN_IN, email=nasrin, password=PASSWORD)
    assert send(stranger, "/account/recovery-code", code=codes[0]).location == ACCOUNT and is_signed_in(stranger)


def test_a_new_password_by_letter_does_not_pass_the_passkey_by(app, stranger, nasrin, device):
    send(stranger, "/account/reset", email=nasrin)
    send(stranger, letters.link(app, nasrin, "account/reset"), password="a brand new horse")
    assert not is_signed_in(stranger)
    step = send(stranger, SIGN_IN, email=nasrin, password="a brand new horse").location
    assert step.startswith(SECOND) and not is_signed_in(stranger)
    assert answer(stranger, SECOND, device.show).location == ACCOUNT


# ---------------------------------------------------------------- taking one away
def remove(browser, at=-1):
    paths = re.findall(r'href="(/account/passkeys/\d+/remove)"', browser.get(KEYS).text)
    return send(browser, paths[at])


def test_a_removed_passkey_opens_nothing_and_the_owner_is_told(app, client, stranger, nasrin, device):
    assert remove(client).location == KEYS
    answer(stranger, SIGN_IN, device.show)
    assert not is_signed_in(stranger) and letters.names(app, nasrin) == ["accounts.second_factor"] * 2
    with app.app_context():
        assert queries.recovery_codes_left(queries.by_email(nasrin)) == 0
    assert send(stranger, SIGN_IN, email=nasrin, password=PASSWORD).location == ACCOUNT


def test_nobody_removes_the_passkey_of_somebody_else(app, client, device):
    path = re.search(r'href="(/account/passkeys/\d+/remove)"', client.get(KEYS).text)[1]
    assert browser_of(app, mina).get(path).status_code == 404


@pytest.mark.parametrize("who", [leila, mina])
def test_who_needs_a_second_factor_keeps_the_last_of_either_kind(app, who):
    browser = browser_of(app, who)
    make(browser, Authenticator())
    assert send(browser, "/account/second-factor/off").location == ACCOUNT, "a passkey stays"
    page = browser.get(re.search(r'href="(/account/passkeys/\d+/remove)"', browser.get(KEYS).text)[1])
    assert "keep codes or a passkey" in page.text
    assert send(browser, ACCOUNT, to=page.request.path).status_code == 409
    make(browser, Authenticator())
    assert remove(browser).status_code == 303, "another passkey stays"


def test_a_passkey_is_all_that_staff_and_verified_lawyers_need(app):
    with app.app_context():
        user = leila().user
        user.totp_secret = None
        database.session.commit()
        email = user.email
    browser = signed_in(app.test_client(), email)
    assert browser.get("/dashboard/").location.startswith("/account/second-factor/set-up")
    assert "Make a passkey instead" in browser.get("/account/second-factor/set-up").text
    make(browser, Authenticator())
    assert browser.get("/dashboard/").status_code == 200


def test_an_operator_forgets_passkeys_too(app, nasrin, device):
    with app.app_context():
        user = queries.by_email(nasrin)
        second_factor.forget(user)
        database.session.commit()
        assert not user.has_second_factor and not database.session.scalars(select(Passkey)).all()


def test_an_account_has_only_so_many(client, nasrin, device, monkeypatch):
    monkeypatch.setattr(passkeys, "MOST", 1)
    page = make(client, Authenticator())
    assert page.status_code == 409 and "Remove one first" in page.text


def test_verified_means_what_it_says():
    assert Authenticator().flags == PRESENT | VERIFIED
