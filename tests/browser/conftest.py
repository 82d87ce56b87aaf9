"""A running portal and real browsers for it. Whatever a browser complains of fails the test that used it."""

from collections.abc import Generator
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from tests.browser import steps
from tests.browser.browsers import OPENED, browsers_for
from tests.browser.journey import Journey
from tests.browser.running import running_demo
from tests.cases import stages
from tests.support import chromium as chromium_of_this_machine
from tests.support.common import Missing
from tests.updates import making

# Nothing but this machine can be reached, whatever a page asks for.
CLOSED = ["--no-proxy-server", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Find or install the browser before the first test's time runs. If there is none, the tests say so."""
    if any(item.get_closest_marker("browser") for item in session.items):
        with suppress(Missing):
            chromium_of_this_machine.executable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell what the browsers of a failed test show, and what the portal said last."""
    report = yield
    if report.when == "call" and report.failed and (opened := item.stash.get(OPENED, None)):
        for page in opened.pages:
            report.sections.append((f"Browser at {page.url}", page.locator("main, body").last.inner_text()[:1500]))
        report.sections.extend(opened.running.last_words())
    return report


@pytest.fixture(scope="package")
def portal(tmp_path_factory):
    """The demo, running, with nobody in it."""
    with running_demo(tmp_path_factory.mktemp("browser") / "demo") as running:
        yield running


@pytest.fixture(scope="package")
def chromium():
    """A Chromium that reaches nothing but this machine."""
    path, flags = chromium_of_this_machine.executable(), [*chromium_of_this_machine.LAUNCH_FLAGS, *CLOSED]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def browse(request, portal, chromium):
    """`browse(PHONE, who=leila, script=False)` gives a page on the running demo; see `Browsers`."""
    with browsers_for(request.node, portal, chromium) as browse:
        yield browse


@pytest.fixture
def live(portal):
    """`live(target=500, closes_in=10)` opens a public case of Leila's (target in pounds) and gives its slug."""

    def make(*, target: int = 500, closes_in: int = 10, **values: Any) -> str:
        with portal.inside():
            case = stages.live(minor=target * 95, closes_in=closes_in, **values)
            assert case.target.minor == target * 100  # lines and fees of 3 and 2 per cent
            return case.slug

    return make


@pytest.fixture
def email():
    """The address of a backer who was never here."""
    return steps.backer()


@pytest.fixture(params=["en", "fa"])
def journey(request):
    journey = Journey(request.param)
    yield journey
    assert journey.found == []


@pytest.fixture
def pdf(tmp_path):
    """A certificate, or a court's order, as a file to choose."""
    path = tmp_path / "paper.pdf"
    path.write_bytes(making.PDF)
    return path
