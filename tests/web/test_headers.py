"""Headers that every answer carries, and those that public pages must not."""

import pytest

from app.web import headers

PUBLIC = ["/", "/how-it-works", "/fees", "/terms", "/privacy", "/contact", "/robots.txt", "/healthz", "/nowhere"]


@pytest.mark.parametrize("path", [*PUBLIC, "/account/sign-in", "/settings/appearance", "/static/nothing.css"])
def test_every_answer_carries_the_security_headers(client, path):
    answer = client.get(path)
    for name, value in headers.ALWAYS.items():
        assert answer.headers[name] == value


def test_the_policy_allows_our_own_files_and_nothing_inline():
    assert "default-src 'none'" in headers.CSP and "unsafe" not in headers.CSP and "*" not in headers.CSP


@pytest.mark.parametrize("path", [*PUBLIC, *(f"/fa{path}" for path in PUBLIC)])
def test_a_public_page_neither_sets_a_cookie_nor_varies_by_one(client, path):
    answer = client.get(path)
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")


@pytest.mark.parametrize("path", PUBLIC)
def test_neither_does_it_for_a_theme_or_somebody_elses_cookie(client, path):
    client.set_cookie("theme", "dark")
    client.set_cookie("other", "x")
    answer = client.get(path)
    assert "Set-Cookie" not in answer.headers and "Cookie" not in answer.headers.get("Vary", "")


def test_a_page_with_a_form_does_vary(client):
    answer = client.get("/account/sign-in")
    assert "Set-Cookie" in answer.headers and "Cookie" in answer.headers["Vary"]


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(app, client):
    cookie = client.get("/account/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/;" in cookie + ";"
    assert ("Secure" in cookie) == app.config["AMICUS"].is_secure
    assert cookie.startswith("__Host-") == app.config["AMICUS"].is_secure


def test_strict_transport_is_asked_for_on_https_only():
    def inner(environ, start_response):
        start_response("200 OK", [])
        return []

    seen: dict[bool, list[str]] = {}
    for secure in (True, False):
        layer = headers.SecurityHeaders(inner, secure=secure)
        layer({}, lambda _status, sent, secure=secure: seen.update({secure: [name for name, _value in sent]}))
    assert "Strict-Transport-Security" in seen[True] and "Strict-Transport-Security" not in seen[False]


def test_a_view_may_say_otherwise(app):
    with app.test_request_context():
        answer = headers.allow_checkout(app.make_response("x"))
    assert app.config["AMICUS"].checkout_origin in answer.headers["Content-Security-Policy"]
