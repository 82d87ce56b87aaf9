"""Every page, in both languages, wide and narrow, light and dark: axe finds nothing, and nothing overflows."""

import json
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import CDPSession, Page

from tests.browser.browsers import DESKTOP, PHONE, browsers_for
from tests.browser.running import standing_still
from tests.browser.scenery import SCENES, build
from tests.browser.steps import overflow, picture

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NARROWEST = {"width": 320, "height": 800}


@pytest.fixture(scope="package")
def still(tmp_path_factory, databases):
    """A portal in which nothing moves, and the places in it."""
    with standing_still(tmp_path_factory.mktemp("still") / "portal", databases) as running:
        yield running, build(running)


@pytest.fixture
def visit(request, still, chromium):
    """`visit(name, prefix)` gives the page of that scene, with what is done there first."""
    running, places = still
    with browsers_for(request.node, running, chromium) as browse:

        def visit(name: str, prefix: str = "", **more: Any) -> Page:
            scene = SCENES[name]
            page = browse(DESKTOP, who=scene.who, **more)
            page.goto(prefix + scene.path.format(**places))
            if scene.act:
                scene.act(page)
            return page

        yield visit


class Axe:
    """axe-core in a page, past the page's own policy against foreign scripts."""

    def __init__(self, page: Page) -> None:
        self._session: CDPSession = page.context.new_cdp_session(page)
        self._evaluate(AXE)

    def violations(self, **options: Any) -> list[str]:
        """What axe finds, in words; `options` are those of `axe.run`."""
        asked = json.dumps({"resultTypes": ["violations"], **options})
        found = json.loads(self._evaluate(f"axe.run(document, {asked}).then(r => JSON.stringify(r.violations))"))
        return [
            f"{rule['id']}: {node['html'][:200]} {' '.join(node['failureSummary'].split())[:300]}"
            for rule in found
            for node in rule["nodes"]
        ]

    def _evaluate(self, expression: str) -> Any:
        asked = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        answer = self._session.send("Runtime.evaluate", asked)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")


@pytest.mark.parametrize("prefix", ["", "/fa"], ids=["en", "fa"])
@pytest.mark.parametrize("name", SCENES)
def test_everybody_can_use_the_page(visit, name, prefix):
    page = visit(name, prefix)
    page.evaluate("document.fonts.ready.then(() => true)")
    axe, found = Axe(page), []
    for size in (DESKTOP["viewport"], PHONE["viewport"]):
        page.set_viewport_size(size)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            # The scheme changes colours and nothing else.
            only = {"type": "tag", "values": TAGS} if scheme == "light" else ["color-contrast"]
            found += [f"{size['width']} {scheme} {problem}" for problem in axe.violations(runOnly=only)]
            picture(page, f"{name}{prefix.replace('/', '-')}-{size['width']}-{scheme}")
        page.evaluate("for (const it of document.querySelectorAll('main details')) it.open = true")
    page.set_viewport_size(NARROWEST)
    assert found == [] and overflow(page) <= 0


def test_a_chosen_theme_is_as_readable_as_the_devices_own(visit):
    for theme, device in (("dark", "light"), ("light", "dark")):
        page = visit("case_busy", color_scheme=device)
        page.context.add_cookies([{"name": "theme", "value": theme, "url": page.url}])
        page.reload()
        assert page.locator("html").get_attribute("data-theme") == theme
        assert Axe(page).violations(runOnly=["color-contrast"]) == []


def test_axe_would_find_what_is_wrong(visit):
    page = visit("fees")
    page.evaluate("""() => {
        const icon = document.querySelector('link[rel=icon]').href;
        document.querySelector('h1').remove();
        document.querySelector('main').append(document.createElement('input'), Object.assign(new Image(), {src: icon}));
        document.querySelector('main p').setAttribute('hidden', '');
    }""")
    rules = {problem.split(":")[0] for problem in Axe(page).violations(runOnly={"type": "tag", "values": TAGS})}
    assert {"page-has-heading-one", "label", "image-alt"} <= rules
