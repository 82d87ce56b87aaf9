"""The pages that explain, and the setting for light and dark."""

import re

import pytest

from app.pages.views import DISALLOWED
from app.pledges.service import TERMS_VERSION
from tests.support.forms import send, token_of

EXPLAINING = ["/", "/how-it-works", "/fees", "/terms", "/privacy", "/contact"]
APPEARANCE = "/settings/appearance"


@pytest.mark.parametrize("path", [*EXPLAINING, APPEARANCE, "/account/sign-in"])
@pytest.mark.parametrize(("prefix", "start"), [("", '<html lang="en" dir="ltr"'), ("/fa", '<html lang="fa" dir="rtl"')])
def test_every_page_opens_in_both_languages(client, path, prefix, start):
    page = client.get(prefix + path)
    assert page.status_code == 200 and start in page.text
    assert len(re.findall("<h1", page.text)) == 1 and "<title>" in page.text


@pytest.mark.parametrize("path", [*EXPLAINING, APPEARANCE, "/account/sign-in", "/nowhere"])
def test_no_link_of_the_frame_or_the_pages_is_dead(client, path):
    page = client.get(path)
    links = {link.split("#")[0].split("?")[0] for link in re.findall(r'href="(/[^"]*)"', page.text)}
    for link in links - {path, f"/fa{path}"}:
        assert client.get(link).status_code in (200, 303), link


@pytest.mark.parametrize("path", EXPLAINING)
def test_links_to_a_part_of_a_page_find_it(client, path):
    for link, part in re.findall(r'href="(/[^"#]*)?#([^"]+)"', client.get(path).text):
        assert f'id="{part}"' in client.get(link or path).text, (link, part)


@pytest.mark.parametrize("path", EXPLAINING)
def test_public_pages_carry_no_form(client, path):
    assert "<form" not in client.get(path).text


def test_the_numbers_on_the_pages_are_the_settings(client, app, monkeypatch):
    other = app.config["AMICUS"].model_copy(
        update={"platform_fee_rate": 425, "card_fee_fixed": 33, "withdraw_hours": 36, "retry_days": (2, 9)}
    )
    monkeypatch.setitem(app.config, "AMICUS", other)
    fees, terms = client.get("/fees").text, client.get("/terms").text
    assert "4.25%" in fees and "£0.33" in fees
    assert "36 hours before" in terms and "2 and 9 days" in terms
    assert "4.25%" in client.get("/").text


def test_numbers_are_written_as_the_language_writes_them(client):
    page = client.get("/fa/fees").text
    assert "۳٪" in page and "۱٫۵٪" in page


def test_the_terms_name_the_version_that_a_pledge_stores(client):
    assert TERMS_VERSION in client.get("/terms").text


def test_robots_are_kept_from_what_is_not_theirs_in_both_languages(client):
    answer = client.get("/robots.txt")
    assert answer.mimetype == "text/plain"
    for path in DISALLOWED:
        assert f"Disallow: {path}\n" in answer.text and f"Disallow: /fa{path}\n" in answer.text
    assert "Disallow: /\n" not in answer.text and "Disallow: /cases/\n" not in answer.text


# ---------------------------------------------------------------- appearance
def theme_on(client, path="/fees"):
    found = re.search(r'<html[^>]* data-theme="(\w+)"', client.get(path).text)
    return found and found[1]


def test_a_theme_is_remembered_and_taken_back(client):
    assert theme_on(client) is None
    assert send(client, APPEARANCE, theme="dark").status_code == 303
    assert theme_on(client) == "dark"
    send(client, APPEARANCE, theme="")
    assert theme_on(client) is None


def test_the_form_shows_what_is_chosen(client):
    send(client, APPEARANCE, theme="light")
    assert re.search(r'<input[^>]* checked[^>]* value="light"', client.get(APPEARANCE).text)


@pytest.mark.parametrize("odd", ["dark onload=x", '"><script>', "DARK", "automatic"])
def test_a_theme_we_do_not_have_changes_nothing(client, odd):
    assert send(client, APPEARANCE, theme=odd).status_code == 400
    client.set_cookie("theme", odd)
    assert theme_on(client) is None and "<script>" not in client.get("/fees").text


def save_coming_from(client, referrer):
    page = client.get(APPEARANCE, headers={"Referer": referrer})
    came_from = re.search(r'name="next"[^>]* value="([^"]*)"', page.text)[1]
    data = {"csrf_token": token_of(page), "theme": "dark", "next": came_from}
    return client.post(APPEARANCE, data=data, headers={"Referer": page.request.url}).location


def test_one_returns_to_where_one_came_from(client):
    here = client.get(APPEARANCE).request.host_url
    assert save_coming_from(client, f"{here}fa/fees") == "/fa/fees"


@pytest.mark.parametrize("referrer", ["https://evil.example/fees", "//evil.example", "http://[", ""])
def test_one_does_not_return_to_another_site(client, referrer):
    assert save_coming_from(client, referrer) == "/"


def test_a_forged_return_leads_home(client):
    assert send(client, APPEARANCE, theme="dark", next="//evil.example").location == "/"


# ---------------------------------------------------------------- the frame
def test_a_stranger_sees_a_way_to_sign_in_and_nobodys_name(client):
    page = client.get("/").text
    assert ">Sign in</a>" in page and "Sign out" not in page
