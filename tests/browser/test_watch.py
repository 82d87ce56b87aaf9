"""The watch over the browsers sees what it is there for."""

import pytest
from playwright.sync_api import Error

from tests.browser.watch import Watch


@pytest.fixture
def watched(portal, chromium):
    """A page on the portal, and the watch over it."""
    context, watch = chromium.new_context(), Watch(portal.place.portal)
    watch.over(context)
    page = context.new_page()
    page.goto(f"{portal.place.portal}/fees")
    yield page, watch
    context.close()


def test_a_good_page_gives_no_reason_to_complain(watched):
    page, watch = watched
    page.goto(page.url.replace("/fees", "/nowhere"))
    assert page.locator("h1").count() == 1 and watch.problems == []


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("console.error('oh no')", "oh no"),
        ("setTimeout(() => { throw Error('broken') })", "broken"),
        ("document.body.setAttribute('style', 'color: red')", "Content Security Policy"),
        ("new Image().src = 'https://elsewhere.example/pixel.png'", "Content Security Policy"),
        ("new Image().src = '/nowhere.png'", "404"),
    ],
)
def test_what_goes_wrong_on_a_page_is_told(watched, script, told):
    page, watch = watched
    page.evaluate(f"() => {{ {script} }}")
    page.wait_for_timeout(300)
    assert any(told in problem for problem in watch.problems), watch.problems


def test_another_host_is_told_and_cannot_be_reached(watched):
    page, watch = watched
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("http://elsewhere.example/")
    assert any("asked of another host" in problem for problem in watch.problems)
