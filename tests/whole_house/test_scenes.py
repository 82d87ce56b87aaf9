"""Every page stands among the scenes that axe looks at (tests/browser/test_axe.py)."""

import re

import pytest
from werkzeug.exceptions import NotFound

from tests.browser.scenery import SCENES
from tests.whole_house.routes import methods, rules

# Reached by doing something on the page of another scene.
BY_THE_WAY = {
    "accounts.second_factor": "second_factor",
    "accounts.recovery_code": "recovery_code",
    "joining.letter_sent": "sign_up_sent",
    "settings.scan": "scan",
    "privacy.sent": "data_sent",
}
# No page of ours: an answer for machines, a file, or a redirect whenever it is asked for with GET.
NO_PAGE = {
    "dashboard.links",
    "dashboard.publish",
    "filing.asked",
    "filing.own",
    "filing.show",
    "filing.submitted",
    "lawyers.start",
    "manage.approved",
    "operations.healthz",
    "operations.readyz",
    "pages.robots",
    "updates.order",
    "updates_desk.no_change",
    "updates_desk.story",
}


def shown(app):
    """The endpoints at which scenes begin."""
    adapter, found = app.url_map.bind("localhost"), set()
    for scene in SCENES.values():
        path = re.sub(r"{\w+}", "1", scene.path).partition("?")[0]
        try:
            found.add(adapter.match(path, method="GET")[0])
        except NotFound:
            assert scene.path == "/nowhere"
    return found


def test_every_page_has_a_scene(app):
    pages = {rule.endpoint for rule in rules(app) if "GET" in methods(rule)} - NO_PAGE
    without = pages - shown(app) - BY_THE_WAY.keys()
    assert not without, f"add scenes for {sorted(without)} to tests/browser/scenery.py"
    assert {rule.endpoint for rule in rules(app)} >= NO_PAGE
    assert BY_THE_WAY.keys() <= pages and set(BY_THE_WAY.values()) <= SCENES.keys()


def test_a_page_without_a_scene_would_be_told(app):
    (name,) = (name for name, scene in SCENES.items() if scene.path == "/contact")
    without = {key: scene for key, scene in SCENES.items() if key != name}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.whole_house.test_scenes.SCENES", without)
        assert "pages.contact" not in shown(app)
