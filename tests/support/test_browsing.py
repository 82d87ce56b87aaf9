import pytest

from tests.support.browsing import goes, leads

SITE = "https://amicus.example/account/sign-in?a=b"


@pytest.mark.parametrize(
    "address",
    [
        *("//evil.example", "/\\evil.example", "\\\\evil.example", "////evil.example", "https:///evil.example"),
        *(" //evil.example", "/\t/evil.example", "\r\n//evil.example", "https:\\\\evil.example", "http:evil.example"),
        *("HTTPS://evil.example", "https://amicus.example@evil.example"),
    ],
)
def test_a_browser_leaves(address):
    assert goes(address, SITE).netloc.rpartition("@")[2] in ("evil.example", "")
    assert goes(address, SITE)[:2] != ("https", "amicus.example")


@pytest.mark.parametrize(
    "address", ["", "/", "/%09/evil.example", "/a//b", "?x=//evil.example", "https:evil.example", "#\\\\evil.example"]
)
def test_a_browser_stays(address):
    assert goes(address, SITE)[:2] == ("https", "amicus.example")


def test_a_script_is_no_place_of_ours():
    assert goes("java\nscript:alert(1)", SITE).scheme == "javascript"


def test_leads_are_read_as_a_browser_reads_them():
    assert leads('<a href="/a&amp;b">x</a><form action=//c></form><img src="d">') == ["/a&b", "//c", "d"]
