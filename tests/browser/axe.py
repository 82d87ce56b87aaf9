"""Whether everybody can use a page: axe-core, and the reader's own size of text."""

import json
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import CDPSession, Page

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text()
EVERYTHING = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = ["color-contrast"]


class Axe:
    """axe-core in a page, past the page's own policy against foreign scripts; and the reader's own size of text."""

    def __init__(self, page: Page) -> None:
        self._session: CDPSession = page.context.new_cdp_session(page)
        self._evaluate(AXE)

    def violations(self, rules: Any = EVERYTHING) -> list[str]:
        """What axe finds, in words."""
        asked = json.dumps({"resultTypes": ["violations"], "runOnly": rules})
        found = json.loads(self._evaluate(f"axe.run(document, {asked}).then(r => JSON.stringify(r.violations))"))
        return [
            f"{rule['id']}: {node['html'][:200]} {' '.join(node['failureSummary'].split())[:300]}"
            for rule in found
            for node in rule["nodes"]
        ]

    def double_text(self) -> None:
        """As if the reader had doubled the size of text in the browser's settings."""
        self._session.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})

    def _evaluate(self, expression: str) -> Any:
        asked = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        answer = self._session.send("Runtime.evaluate", asked)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")
