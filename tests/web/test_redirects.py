"""Where a form may send somebody next. Through the doors: tests/corpora/test_redirects.py."""

import pytest

from app.web.redirects import local_path, path_of
from tests.support.browsing import goes
from tests.support.corpora import rows

ROWS = rows("open-redirect")
SITE = "https://amicus.example/account/sign-in"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_nothing_leads_to_another_site(row):
    there = goes(local_path(row["text"], "/"), SITE)
    assert (there.scheme, there.netloc) == ("https", "amicus.example")


def test_the_corpus_would_lead_away_without_the_check():
    assert len(ROWS) == 325
    assert sum(goes(row["text"], SITE).netloc != "amicus.example" for row in ROWS) > 200


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
