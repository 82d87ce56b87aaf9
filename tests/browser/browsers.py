"""Browsers for one test, what they are held in, and the watch over them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import steps
from tests.browser.running import Running
from tests.browser.steps import Person
from tests.browser.watch import Watch

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}


class Browsers:
    """Gives pages of browsers that were never on the running portal before. One watch is kept over all of them."""

    def __init__(self, running: Running, chromium: Browser) -> None:
        place = running.place
        self.running, self.watch = running, Watch(place.portal, place.stand_in, place.side_page)
        self._chromium, self._contexts = chromium, list[BrowserContext]()

    def __call__(
        self, device: dict[str, Any] = PHONE, *, who: Person | None = None, script: bool = True, **more: Any
    ) -> Page:
        """A page of a new browser, in which `who` has signed in; `more` goes to Playwright's context."""
        if who:
            more["storage_state"] = self._signed_in(who)
        context = self._chromium.new_context(
            base_url=self.running.place.portal,
            java_script_enabled=script,
            reduced_motion="reduce",
            **device,
            **more,
        )
        context.set_default_timeout(10_000)
        self.watch.over(context)
        self._contexts.append(context)
        return context.new_page()

    @property
    def pages(self) -> list[Page]:
        """Every page that is open."""
        return [page for context in self._contexts for page in context.pages]

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _signed_in(self, who: Person) -> Any:
        known = self.running.sign_ins
        if who not in known:
            page = self()
            steps.sign_in(page, self.running, who)
            known[who] = page.context.storage_state()
            page.context.close()
        return known[who]


OPENED = pytest.StashKey[Browsers]()


@contextmanager
def browsers_for(test: pytest.Item, running: Running, chromium: Browser) -> Iterator[Browsers]:
    """Browsers for one test, which fails if the watch saw anything."""
    opened = test.stash[OPENED] = Browsers(running, chromium)
    yield opened
    opened.close()
    assert opened.watch.problems == []
