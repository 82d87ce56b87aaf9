"""Every page, in both languages, wide and narrow, light and dark: axe finds nothing, and nothing overflows."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.axe import COLOURS, EVERYTHING, Axe
from tests.browser.browsers import DESKTOP, PHONE, browsers_for
from tests.browser.running import standing_still
from tests.browser.scenery import SCENES, build
from tests.browser.steps import overflow, picture

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


@pytest.mark.parametrize("prefix", ["", "/fa"], ids=["en", "fa"])
@pytest.mark.parametrize("name", SCENES)
def test_everybody_can_use_the_page(visit, name, prefix):
    page = visit(name, prefix)
    page.evaluate("document.fonts.ready.then(() => true)")
    axe, found = Axe(page), []
    for size in (DESKTOP["viewport"], PHONE["viewport"]):
        page.set_viewport_size(size)
        # No language has colours of its own: in Persian the dark is looked at where everything is opened.
        for scheme in ("light",) if prefix and size is DESKTOP["viewport"] else ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            # The scheme changes colours and nothing else.
            rules = EVERYTHING if scheme == "light" else COLOURS
            found += [f"{size['width']} {scheme} {problem}" for problem in axe.violations(rules)]
            picture(page, f"{name}{prefix.replace('/', '-')}-{size['width']}-{scheme}")
        page.evaluate("for (const it of document.querySelectorAll('main details')) it.open = true")
    page.set_viewport_size(NARROWEST)
    assert found == [] and overflow(page) <= 0
    page.set_viewport_size(DESKTOP["viewport"])
    axe.double_text()
    assert overflow(page) <= 0


def test_a_chosen_theme_is_as_readable_as_the_devices_own(visit):
    for theme, device in (("dark", "light"), ("light", "dark")):
        page = visit("case_busy", color_scheme=device)
        page.context.add_cookies([{"name": "theme", "value": theme, "url": page.url}])
        page.reload()
        assert page.locator("html").get_attribute("data-theme") == theme
        assert Axe(page).violations(COLOURS) == []


def test_axe_would_find_what_is_wrong(visit):
    page = visit("fees")
    page.evaluate("""() => {
        const icon = document.querySelector('link[rel=icon]').href;
        document.querySelector('h1').remove();
        document.querySelector('main').append(document.createElement('input'), Object.assign(new Image(), {src: icon}));
        document.querySelector('main p').setAttribute('hidden', '');
    }""")
    rules = {problem.split(":")[0] for problem in Axe(page).violations()}
    assert {"page-has-heading-one", "label", "image-alt"} <= rules
