"""Where a form may send somebody next."""

import json
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from app.web.redirects import local_path, path_of

CORPUS = Path(__file__).parents[1] / "data" / "open-redirect.jsonl"
ROWS = [json.loads(line) for line in CORPUS.read_text("utf-8").splitlines()]
SITE = "https://amicus.example/account/sign-in"


def as_a_browser_goes(path):
    """Browsers drop tabs and line ends and read a backslash as a slash."""
    for dropped in "\t\r\n":
        path = path.replace(dropped, "")
    return urlsplit(urljoin(SITE, path.replace("\\", "/").strip()))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_nothing_leads_to_another_site(row):
    goes = as_a_browser_goes(local_path(row["p"], "/"))
    assert (goes.scheme, goes.netloc) == ("https", "amicus.example")


def test_the_corpus_would_lead_away_without_the_check():
    assert any(as_a_browser_goes(row["p"]).netloc == "evil.example" for row in ROWS)


@pytest.mark.parametrize("path", ["/", "/account#pledges", "/fa/cases/?area=environment", "/cases/حق-کودکان", "/a//b"])
def test_paths_of_this_site_are_followed(path):
    assert local_path(path, "/elsewhere") == path


@pytest.mark.parametrize(
    "path", [None, "", "fees", "//evil.example", "/\\evil.example", "/a\nb", "javascript:alert(1)"]
)
def test_anything_else_leads_to_the_usual_place(path):
    assert local_path(path, "/usual") == "/usual"


def test_the_page_one_came_from_counts_only_on_this_host():
    assert path_of("https://amicus.example/fa/cases/?area=x", "amicus.example") == "/fa/cases/?area=x"
    assert path_of("https://evil.example/fees", "amicus.example") is None
    assert path_of("http://[broken", "amicus.example") is None
    assert path_of(None, "amicus.example") is None
