"""Private pages: the link is shown once, leaves the address bar, and ends when the lawyer says so."""

import re

import pytest

from app.cases.states import Visibility
from tests.browser.browsers import DESKTOP, PHONE
from tests.browser.running import link_in
from tests.browser.steps import pledge, send, words
from tests.cases import stages
from tests.people import leila

STRIP = "This page is private."


@pytest.fixture
def private(portal):
    """`private("Title")` opens a private case of Leila's; the public id and the link's path."""

    def make(title):
        with portal.inside():
            case, token = stages.live_private(leila(), title=title, minor=47500, closes_in=10)
            return case.public_id, f"/p/{token}"

    return make


def answer(page, path):
    """What a 404 says, but for the address itself."""
    response = page.goto(path)
    assert response.status == 404
    return response.text().replace(path, "/…")


def test_the_link_is_shown_once_and_opens_the_page_in_any_browser(browse, portal):
    with portal.inside():
        public_id = stages.approved(leila(), Visibility.PRIVATE, title="The Moradi family").public_id
    lawyer = browse(DESKTOP, who=leila)
    lawyer.goto(f"/dashboard/cases/{public_id}")
    send(lawyer)
    link = lawyer.locator(".copybox code").inner_text()
    assert re.fullmatch(rf"{portal.place.portal}/p/\w{{26,}}", link)
    lawyer.goto(f"/dashboard/cases/{public_id}")
    assert "/p/" not in lawyer.content()
    for script in (True, False):
        holder = browse(PHONE, script=script)
        holder.goto(link)
        assert holder.url == f"{portal.place.portal}/cases/{public_id}"
        assert STRIP in holder.inner_text("body") and "The Moradi family" in words(holder)
        holder.reload()
        assert "The Moradi family" in words(holder)


def test_whoever_has_no_link_finds_nothing(browse, private, portal):
    public_id, _link = private("The Karimi family")
    page = browse(PHONE)
    assert answer(page, f"/cases/{public_id}") == answer(page, "/cases/0123456789abcdefghjk")
    page.goto("/cases/?status=any")
    assert "Karimi" not in page.content()


def test_a_link_that_was_ended_opens_nothing_and_closes_what_it_opened(browse, private, portal):
    public_id, link = private("The Ahmadi family")
    holder, late, lawyer = browse(PHONE), browse(PHONE), browse(DESKTOP, who=leila)
    assert holder.goto(link).status == 200
    lawyer.goto(f"/dashboard/cases/{public_id}")
    lawyer.get_by_role("link", name="End this link").click()
    send(lawyer)
    assert "The link has ended." in lawyer.inner_text("body")
    assert answer(late, link) == answer(late, "/p/" + "a" * 32)
    assert holder.reload().status == 404


@pytest.mark.parametrize("prefix", ["", "/fa"], ids=["en", "fa"])
def test_a_backer_of_a_private_case_keeps_the_page_by_their_letter(browse, private, portal, email, prefix):
    public_id, link = private("The Rostami family")
    page = browse(PHONE)
    page.goto(prefix + link)
    pledge(page, public_id, email, prefix=prefix)
    assert page.locator(".share").count() == 0
    letter = portal.letter(email, "")
    assert "Rostami" not in letter.subject + letter.text + letter.html
    elsewhere = browse(DESKTOP)
    elsewhere.goto(link_in(letter, "/pledges/"))
    elsewhere.locator(f"main a[href$='/cases/{public_id}']").click()
    assert "The Rostami family" in words(elsewhere)
