"""What a load balancer asks. Without a database: tests/web/test_errors.py."""

import pytest


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.parametrize("prefix", ["", "/fa"])
def test_a_healthy_process_says_ok_and_is_asked_again_each_time(client, path, prefix):
    answer = client.get(path)
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "ok\n", "text/plain")
    assert answer.headers["Cache-Control"] == "no-store" and "Set-Cookie" not in answer.headers


def test_the_questions_have_one_address(client):
    assert client.get("/fa/healthz").status_code == client.get("/fa/readyz").status_code == 404


def test_a_load_balancer_may_ask_by_address(app):
    """Where the site has a name, the question by another name is still answered, for it comes from inside."""
    asked = app.test_client().head("/healthz", base_url="https://localhost")
    assert asked.status_code == 200 and asked.text == ""
