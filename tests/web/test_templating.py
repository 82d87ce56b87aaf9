"""What every template knows."""

import pytest
from flask import render_template_string

from app.accounts import service
from app.database import db as database
from tests.support.forms import send


@pytest.fixture
def omid(app, client):
    """A signed-in member who is no lawyer."""
    with app.app_context():
        service.register("omid.frame@example.org", "Omid <b>", "correct horse")
        database.session.commit()
    send(client, "/account/sign-in", email="omid.frame@example.org", password="correct horse")
    return client


def test_public_pages_know_somebody_who_is_signed_in(omid):
    page = omid.get("/fees").text
    assert "<bdi>Omid &lt;b&gt;</bdi>" in page and "Sign out" in page


def test_start_a_case_leads_everybody_to_what_comes_first(omid):
    page = omid.get("/fees").text
    assert 'href="/lawyers/start">Start a case' in page and 'href="/cases/new"' not in page
    assert omid.get("/lawyers/start").location == "/lawyers/apply"


def test_a_message_waits_for_a_page_that_has_a_session(omid):
    send(omid, "/account/", to="/account/sign-out")
    assert "You are signed out." not in omid.get("/fees").text
    assert "You are signed out." not in omid.get("/nowhere").text
    assert "You are signed out." in omid.get("/account/sign-in").text
    assert "You are signed out." not in omid.get("/account/sign-in").text


def test_an_error_leaves_a_message_for_the_next_page(omid):
    send(omid, "/account/", to="/account/sign-out")
    assert "You are signed out." not in omid.post("/account/sign-in").text
    assert "You are signed out." in omid.get("/account/sign-in").text


def test_the_present_page_is_marked_in_the_menu(client):
    assert 'href="/how-it-works" aria-current="page"' in client.get("/how-it-works").text
    assert 'href="/fa/how-it-works" aria-current="page"' in client.get("/fa/how-it-works").text


def test_letters_are_drawn_outside_a_request(app):
    with app.app_context():
        assert render_template_string("{{ site_name }}{{ viewer }}") == app.config["AMICUS"].site_name


def test_the_site_has_its_name_in_each_script_and_a_name_of_ones_own_stays(app, client, monkeypatch):
    assert "– آمیکوس</title>" in client.get("/fa/fees").text and "– Amicus</title>" in client.get("/fees").text
    renamed = app.config["AMICUS"].model_copy(update={"site_name": "Our Courts"})
    monkeypatch.setitem(app.config, "AMICUS", renamed)
    assert "– Our Courts</title>" in client.get("/fa/fees").text
