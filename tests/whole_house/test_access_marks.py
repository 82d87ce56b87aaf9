"""Every route says who may use it, and turns everybody else away."""

import pytest
from flask import Blueprint

from app import factory
from app.accounts import queries
from app.accounts import service as accounts
from app.accounts.models import User
from app.web import access
from tests.people import PASSWORD, browser_of, kian, leila, mina, omid
from tests.support.forms import token_of
from tests.support.portal import portal
from tests.whole_house.routes import fill, in_both_languages, mark, methods, rules

KINDS = {"public", "anyone", "signed_in", "lawyer", "staff", "by_token", "one_click", "returning", "provider"}
# Whole parts of the site are for some people only, whatever their single views say.
PARTS = {
    "/staff": "staff",
    "/dashboard": "lawyer",
    "/cases/new": "lawyer",
    "/p/": "by_token",
    "/client/": "by_token",
    "/pledges/": "by_token",
}


def finance() -> User:
    """Staff who review nothing."""
    user = queries.by_email("farid@example.org") or accounts.register("farid@example.org", "Farid Amini", PASSWORD)
    if not user.totp_secret:
        accounts.turn_on_second_factor(user)
    accounts.give_role(user, "finance")
    return user


# Who is turned away by which mark. Kian and Leila are lawyers, Mina is a reviewer.
STRANGERS = {"signed_in": [], "lawyer": [omid, mina, finance], "staff": [omid, leila, kian, finance]}


def test_every_route_wears_one_mark_that_we_know(app):
    for rule in rules(app):
        assert mark(app, rule).kind in KINDS, f"{rule.endpoint} wears an unknown mark"


def test_every_mark_is_worn_by_the_view_itself_and_kept_by_its_decorators(app):
    for endpoint, view in app.view_functions.items():
        assert isinstance(vars(view).get("access_mark"), access.Mark), f"give {endpoint} an access mark of its own"


@pytest.mark.parametrize(("part", "kind"), PARTS.items())
def test_whole_parts_of_the_site_wear_their_mark(app, part, kind):
    inside = [rule for rule in rules(app) if rule.rule.startswith(part)]
    others = {rule.endpoint for rule in inside if mark(app, rule).kind != kind} - {"manage.approved"}
    assert inside and not others


def test_staff_pages_name_roles_that_exist(app):
    for rule in rules(app):
        found = mark(app, rule)
        assert set(found.roles) <= set(access.STAFF_ROLES) and bool(found.roles) == (found.kind == "staff")


def test_a_portal_with_an_unmarked_view_does_not_start(app, monkeypatch, tmp_path):
    """The control: such a view is noticed before anybody can ask for it."""
    door = Blueprint("forgotten", __name__)
    door.add_url_rule("/forgotten", "view", lambda: "inside")
    monkeypatch.setattr(factory, "DOORS", (*factory.DOORS, (door, "/")))
    with pytest.raises(RuntimeError, match=r"Views without an access mark: \['forgotten.view'\]"), portal(tmp_path):
        pass


def test_a_view_that_is_added_later_without_a_mark_finds_nobody(app):
    app._got_first_request = False
    app.add_url_rule("/later", "later", lambda: "inside")
    app.add_url_rule("/later-marked", "later_marked", access.public(lambda: "inside"))
    client = app.test_client()
    assert client.get("/later").status_code == 404 and client.get("/later-marked").text == "inside"


def guarded(app):
    return [rule for rule in rules(app) if mark(app, rule).kind in STRANGERS]


def test_somebody_not_signed_in_is_asked_to_sign_in_wherever_that_is_needed(app, client):
    assert len(guarded(app)) > 10
    for rule in guarded(app):
        for address in (url for bare in fill(rule) for url in in_both_languages(bare)):
            if "GET" in methods(rule):
                answer = client.get(address)
                sign_in = "/fa/account/sign-in" if address.startswith("/fa") else "/account/sign-in"
                assert (answer.status_code, answer.location.split("?")[0]) == (303, sign_in), address


def test_whom_a_mark_does_not_name_finds_nothing_there_by_any_method(app):
    for who in {who for strangers in STRANGERS.values() for who in strangers}:
        browser = browser_of(app, who)
        csrf_token = token_of(browser.get("/settings/appearance"))
        for rule in guarded(app):
            if who not in STRANGERS[mark(app, rule).kind] or (who is finance and "finance" in mark(app, rule).roles):
                continue
            for method in methods(rule) - {"OPTIONS"}:
                (address,) = fill(rule)
                sent = {} if method in ("GET", "HEAD") else {"data": {"csrf_token": csrf_token}}
                answer = browser.open(address, method=method, headers={"Referer": "https://localhost/"}, **sent)
                assert answer.status_code == 404, f"{who.__name__}: {method} {address}"


def test_a_form_from_somebody_not_signed_in_finds_nothing(app, client):
    csrf_token = token_of(client.get("/settings/appearance"))
    for rule in guarded(app):
        for method in methods(rule) - {"GET", "HEAD", "OPTIONS"}:
            (address,) = fill(rule)
            data, headers = {"csrf_token": csrf_token}, {"Referer": "https://localhost/"}
            assert client.open(address, method=method, data=data, headers=headers).status_code == 404, address


def test_whom_a_mark_names_comes_in(app):
    """The control: the same addresses open for the right people."""
    for who, address in (
        (omid, "/account/"),
        (omid, "/me/"),
        (finance, "/staff/failures"),
        (kian, "/dashboard/"),
        (kian, "/cases/new"),
        (mina, "/staff/cases"),
    ):
        assert browser_of(app, who).get(address).status_code == 200, address


def test_public_pages_are_the_same_for_everybody_without_a_session(app, client):
    plain = [rule for rule in rules(app) if mark(app, rule).kind == "public" and not rule.arguments]
    assert len(plain) > 8
    for rule in plain:
        answer = client.get(rule.rule)
        assert answer.status_code == 200 and "Set-Cookie" not in answer.headers, rule.rule
        assert "Cookie" not in answer.headers.get("Vary", "") and 'name="csrf_token"' not in answer.text, rule.rule


def test_no_view_is_reached_by_a_second_name(app):
    """A rule with a default or an alias would let somebody in by a door that nobody watches."""
    assert not [rule.rule for rule in rules(app) if rule.alias or rule.defaults or rule.redirect_to]
