"""Names of hosts that are not ours: nothing is answered under them."""

import pytest

from tests.support.corpora import rows

ROWS = rows("host-header")
PAGES = ("/", "/fa/", "/cases/", "/robots.txt", "/account/sign-in", "/account/reset")


@pytest.mark.parametrize("page", PAGES)
def test_a_strange_host_is_refused_and_named_nowhere(client, page):
    refused = 0
    for row in ROWS:
        answer = client.get(page, headers={"Host": row["text"]})
        assert answer.status_code == 400, row
        assert "evil" not in answer.get_data(as_text=True) + str(answer.headers), row
        refused += 1
    assert refused == 7


@pytest.mark.parametrize("page", PAGES)
def test_a_forwarded_host_is_ignored(client, page):
    for row in ROWS:
        given = {"X-Forwarded-Host": row["text"], "X-Host": row["text"], "X-Original-URL": row["text"]}
        answer = client.get(page, headers=given)
        assert answer.status_code == 200, row
        assert "evil" not in answer.get_data(as_text=True) + str(answer.headers), row


@pytest.mark.parametrize("page", PAGES)
def test_our_own_host_is_answered(client, page):
    assert client.get(page, headers={"Host": "localhost"}).status_code == 200
