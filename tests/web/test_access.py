"""Who comes through which door."""

import pytest
from flask import Blueprint, Flask, g

from app.web import access
from app.web.visitor import NOBODY, Visitor

MEMBER = Visitor(user_id=1, name="Omid")
LAWYER = Visitor(user_id=2, name="Leila", lawyer_id=7)
REVIEWER = Visitor(user_id=3, name="Mina", roles=frozenset({"reviewer"}))
FINANCE = Visitor(user_id=4, name="Dara", roles=frozenset({"finance"}))
ADMIN = Visitor(user_id=5, name="Tara", roles=frozenset({"admin"}))
AUDITOR = Visitor(user_id=6, name="Noor", roles=frozenset({"auditor"}))
EVERYBODY = [NOBODY, MEMBER, LAWYER, REVIEWER, FINANCE, ADMIN, AUDITOR]


@pytest.fixture
def ask():
    """GET or POST an address of a small house with one door of every kind, as `visitor`."""
    house = Flask(__name__)
    accounts = Blueprint("accounts", __name__)
    accounts.add_url_rule("/sign-in", "sign_in", access.anyone(lambda: "sign in"))
    house.register_blueprint(accounts)
    marks = {
        "public": access.public,
        "anyone": access.anyone,
        "signed-in": access.signed_in,
        "lawyer": access.lawyer,
        "review": access.staff("reviewer"),
        "audit": access.staff("auditor"),
        "token": access.by_token,
        "back": access.returning,
        "unmarked": lambda view: view,
    }
    for name, mark in marks.items():
        house.add_url_rule(f"/{name}", name, mark(lambda: "inside"), methods=["GET", "POST"])
    house.before_request(access.guard)

    def go(visitor: Visitor, path: str, method: str = "GET"):
        with house.test_request_context(path, method=method):
            g.visitor = visitor
            return house.full_dispatch_request()

    return go


def let_in(ask, path, method="GET"):
    return [visitor for visitor in EVERYBODY if ask(visitor, path, method).status_code == 200]


@pytest.mark.parametrize("path", ["/public", "/anyone", "/token", "/back"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_open_doors_let_everybody_in(ask, path, method):
    assert let_in(ask, path, method) == EVERYBODY


@pytest.mark.parametrize(
    ("path", "who"),
    [
        ("/signed-in", [MEMBER, LAWYER, REVIEWER, FINANCE, ADMIN, AUDITOR]),
        ("/lawyer", [LAWYER]),
        ("/review", [REVIEWER, ADMIN]),
        ("/audit", [AUDITOR]),
        ("/unmarked", []),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_other_doors_let_in_whom_they_name(ask, path, who, method):
    assert let_in(ask, path, method) == who


def test_somebody_not_signed_in_is_asked_to_and_comes_back(ask):
    answer = ask(NOBODY, "/review?page=2")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/review?page%3D2")


def test_a_form_from_somebody_not_signed_in_finds_nothing(ask):
    assert ask(NOBODY, "/review", "POST").status_code == 404


def test_a_door_one_may_not_use_looks_like_one_that_is_not_there(ask):
    refused, missing = ask(MEMBER, "/review"), ask(MEMBER, "/nowhere")
    assert refused.status_code == missing.status_code == 404
    assert refused.get_data() == missing.get_data()


def test_a_view_wears_one_mark():
    with pytest.raises(TypeError, match="two access marks"):
        access.signed_in(access.public(lambda: ""))


def test_staff_marks_name_roles_that_exist():
    with pytest.raises(ValueError, match="king"):
        access.staff("king")
    with pytest.raises(ValueError, match="Unknown"):
        access.staff()


def test_every_view_of_the_portal_wears_a_mark(app):
    unmarked = [rule.endpoint for rule in app.url_map.iter_rules() if access.mark_of(app, rule.endpoint) is None]
    assert unmarked == []


def test_staff_and_lawyer_views_send_strangers_away(app, client):
    """Every guarded address without a placeholder, tried by somebody who is not signed in."""
    guarded = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if access.mark_of(app, rule.endpoint).kind in ("signed_in", "lawyer", "staff")
        and not rule.arguments
        and "GET" in rule.methods
    ]
    assert "/account/" in guarded
    for address in guarded:
        answer = client.get(address)
        assert (answer.status_code, answer.location.split("?")[0]) == (303, "/account/sign-in"), address
