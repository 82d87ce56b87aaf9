"""Ways out of a folder: no address leads to a file that was not meant."""

from pathlib import Path
from urllib.parse import quote

import pytest

from app.web.access import public
from tests.support.corpora import rows

ROWS = rows("path-traversal")
PREFIXES = ("/static/", "/cases/", "/stories/", "/")


def address(prefix, text):
    """The row as it stands, for its percent signs are part of it, and with what no address may hold escaped."""
    return prefix + quote(text.encode("utf-8", "surrogatepass").lstrip(b"/"), safe="%/\\.:;=&?@")


@pytest.mark.parametrize("prefix", PREFIXES)
def test_no_row_finds_a_file(client, prefix):
    for row in ROWS:
        answer = client.get(address(prefix, row["text"]))
        assert answer.status_code < 500, row
        assert b"root:" not in answer.data, row
        if prefix != "/":
            assert answer.status_code in (301, 302, 303, 308, 400, 404), row
    assert len(ROWS) == 295


def test_a_careless_route_would_hand_one_out(app, client):
    @public
    def careless(name):
        wanted = Path(app.root_path, name)
        return wanted.read_text() if wanted.is_file() else ("", 404)

    app._got_first_request = False
    app.add_url_rule("/careless/<path:name>", "careless", careless)
    assert any(b"root:" in client.get(address("/careless/", row["text"])).data for row in ROWS)
