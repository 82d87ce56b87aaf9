"""Passkeys in a real Chromium with a virtual authenticator: made, used in place of password and code, used as proof."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from app.accounts import service
from app.accounts.models import SignIn
from app.core.clock import real_now
from app.database import db
from tests.browser import steps
from tests.browser.browsers import DESKTOP, PHONE
from tests.people import PASSWORD, sara

SIGN_IN, ACCOUNT = "/account/sign-in", "/account/"
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def authenticator(page: Page, **options: object):
    """Give the page's browser an authenticator; the session that commands it, and its id."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": {**KEY, **options}})
    return session, made["authenticatorId"]


def press(page: Page) -> None:
    page.locator("form[data-passkey] button").click()


def sign_out(page: Page) -> None:
    page.goto(ACCOUNT)
    page.locator("main form[action$='/sign-out'] button").click()
    page.wait_for_url("**/account/sign-in")


@pytest.mark.parametrize("prefix", ["", "/fa"])
@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_somebody_makes_a_passkey_and_signs_in_with_it_alone(browse, portal, device, prefix):
    def somebody():
        email = f"key{prefix[1:]}{device['viewport']['width']}@example.org"
        known = service.by_email(email) or service.register(email, "Sara Moradi", PASSWORD)
        return known

    page = browse(device)
    _session, _id = authenticator(page)
    steps.sign_in(page, portal, somebody, prefix)
    page.goto(f"{prefix}/account/passkeys/new")
    expect(page.locator("[data-passkey-missing]")).to_be_hidden()
    page.locator("[name=name]").fill("My phone")
    steps.send(page)
    expect(page.locator(".codes li")).to_have_count(10)
    page.goto(f"{prefix}{ACCOUNT}")
    page.locator("main form[action$='/sign-out'] button").click()
    page.wait_for_url(f"**{prefix}{SIGN_IN}")
    press(page)
    page.wait_for_url(f"**{prefix}{ACCOUNT}")
    page.goto(f"{prefix}/account/passkeys")
    expect(page.locator(".todo li")).to_contain_text("My phone")


def test_after_the_password_and_as_proof(browse, portal):
    page = browse(PHONE)
    session, key = authenticator(page)
    steps.sign_in(page, portal, sara)
    page.goto("/account/passkeys/new")
    steps.send(page)
    expect(page.locator(".codes")).to_be_visible()
    sign_out(page)
    page.locator("[name=email]").fill("sara@example.org")
    page.locator("[name=password]").fill(PASSWORD)
    steps.send(page)
    page.wait_for_url(re.compile("/second-factor"))
    press(page)
    page.wait_for_url(re.compile(r"\d/account/$"))
    with portal.inside():
        db.session.query(SignIn).update({"created_at": real_now() - timedelta(minutes=20)})
    page.goto("/account/email")
    page.wait_for_url("**/account/prove?next=**")
    session.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
    press(page)
    expect(page.locator("form[data-passkey] [role=status]")).to_contain_text("That did not work")
    session.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": True})
    press(page)
    page.wait_for_url("**/account/email")
    assert steps.overflow(page) <= 0


def test_without_script_nothing_of_it_is_in_the_way(browse, portal):
    page = browse(PHONE, script=False)
    page.goto(SIGN_IN)
    expect(page.locator("form[data-passkey]")).to_be_hidden()
    page.goto(SIGN_IN)
    expect(page.locator("[name=password]")).to_be_visible()
