"""What is answered when something is wrong."""

import logging

import pytest
from flask import abort
from sqlalchemy import event

from app.core.errors import N_, Conflict, Forbidden, Invalid, NotFound, TooMany
from app.core.money import Money
from app.database import db as database
from app.web.access import public


class Dear(Conflict):
    message = N_("Enter an amount of %(minimum)s or more.")


@pytest.fixture
def failing(app, client, monkeypatch):
    """Open a page whose view raises what it is given."""
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)

    def open_page(error, path="/contact"):
        def view():
            if isinstance(error, int):
                abort(error)
            raise error

        monkeypatch.setitem(app.view_functions, "pages.contact", public(view))
        return client.get(path)

    return open_page


def test_a_page_that_is_not_there(client):
    answer = client.get("/nowhere")
    assert answer.status_code == 404 and "We can’t find that page" in answer.text


@pytest.mark.parametrize("error", [403, 401, NotFound(), Forbidden(), Forbidden("This is private.")])
def test_missing_and_forbidden_look_the_same(failing, client, error):
    hidden, missing = failing(error), client.get("/nowhere")
    assert hidden.status_code == missing.status_code == 404
    same_address = (
        hidden.text.replace("/contact", "/…"),
        missing.text.replace("/nowhere", "/…").replace("/contact", "/…"),
    )
    assert same_address[0] == same_address[1]
    assert dict(hidden.headers, **{"Content-Length": ""}) == dict(missing.headers, **{"Content-Length": ""})


def test_errors_are_stored_and_indexed_nowhere(client):
    answer = client.get("/nowhere")
    assert answer.headers["Cache-Control"] == "no-store" and "noindex" in answer.headers["X-Robots-Tag"]


def test_a_refusal_is_told_in_its_own_sentence_and_status(failing):
    answer = failing(Dear(minimum=Money(500, "GBP")))
    assert answer.status_code == 409 and "Enter an amount of £5.00 or more." in answer.text


def test_a_refusal_is_told_in_the_language_of_the_page(failing):
    page = failing(Dear(minimum=Money(500, "GBP")), "/fa/contact")
    assert '<html lang="fa" dir="rtl"' in page.text and "۵٫۰۰\u00a0پوند" in page.text


def test_a_sentence_with_markup_in_it_is_shown_as_it_is(failing):
    assert "&lt;script&gt;" in failing(Invalid("<script>alert(1)</script>")).text


def test_too_many_says_when_to_come_back(failing):
    answer = failing(TooMany(90))
    assert answer.status_code == 429 and answer.headers["Retry-After"] == "90"
    assert "Try again in 2 minutes." in answer.text


@pytest.mark.parametrize("code", [400, 405, 409, 413, 429, 503])
def test_what_http_has_a_number_for(failing, code):
    answer = failing(code)
    assert answer.status_code == code and "<h1>" in answer.text


def test_a_method_that_an_address_does_not_know_names_those_it_does(client):
    answer = client.put("/fees")
    assert answer.status_code == 405 and "GET" in answer.headers["Allow"]


def test_our_own_fault_is_a_plain_page_with_a_reference_and_no_trace(failing, capsys):
    answer = failing(RuntimeError("the secret of leila@example.org"))
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text and "Reference" in answer.text
    assert "secret" not in answer.text and "Traceback" not in answer.text and "RuntimeError" not in answer.text


def test_the_log_names_the_view_and_not_the_address(failing, capsys, caplog):
    with caplog.at_level(logging.DEBUG):
        failing(RuntimeError("boom"), "/contact?token=abcdef")
    said = capsys.readouterr().out + caplog.text
    assert "pages.contact" in said and "boom" in said and "abcdef" not in said


def test_two_faults_have_two_references(failing):
    pages = {failing(RuntimeError("x")).text for _ in range(2)}
    assert len(pages) == 2


def test_a_form_without_our_mark_is_told_what_to_do(client):
    answer = client.post("/account/sign-in", data={"email": "x"})
    assert answer.status_code == 400 and "send the form once more" in answer.text


def test_a_redirect_is_no_error(failing, client):
    assert client.get("/account").status_code == 308


@pytest.fixture
def database_gone(app):
    """No connection can be made, as when the server is down."""
    with app.app_context():
        engine = database.engine

    def refuse(dialect, *_rest):
        raise dialect.loaded_dbapi.OperationalError("the server is gone")

    engine.dispose()
    event.listen(engine, "do_connect", refuse)
    yield
    event.remove(engine, "do_connect", refuse)


def test_without_a_database_pages_say_so_and_the_process_stays_up(client, database_gone):
    answer = client.get("/")
    assert answer.status_code == 503 and answer.headers["Retry-After"]
    assert "We are not available" in answer.text and "server is gone" not in answer.text
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503


def test_without_a_database_somebody_signed_in_gets_the_same_page(client, database_gone):
    with client.session_transaction() as session:
        session["_user_id"] = "token"
    assert client.get("/account/").status_code == 503


def test_the_database_is_asked_again_when_it_is_back(client):
    assert client.get("/readyz").text == "ok\n"


@pytest.mark.parametrize(
    "host",
    [
        "www.example:dr.frankenstein@evil.tld",
        "localhost.",
        "localhost\tevil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "xn--evil-hqa.example",
        "evil.example#localhost",
    ],
)
def test_a_host_that_is_not_ours_is_refused_and_never_repeated(client, host):
    answer = client.get("/account/sign-in", headers={"Host": host})
    assert answer.status_code in (308, 400)
    assert "evil" not in answer.text + answer.headers.get("Location", "")
