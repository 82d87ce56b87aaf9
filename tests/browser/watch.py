"""What must never happen in a browser, collected while a test uses it."""

from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response

_NOT_FETCHED = ("about", "blob", "data")


class Watch:
    """Errors in the console (breaches of our policy are told there), requests to other hosts, faults of the server."""

    def __init__(self, *origins: str) -> None:
        self._origins = origins
        self._errors: list[tuple[str, str]] = []  # where and what
        self._refused: set[str] = set()  # pages and autosaves that were answered by 4xx: the test wanted them

    def over(self, context: BrowserContext) -> None:
        """Watch every page of `context` from now on."""
        context.on("console", self._console)
        context.on(
            "weberror", lambda error: self._errors.append((error.page.url if error.page else "", str(error.error)))
        )
        context.on("request", self._request)
        context.on("response", self._response)

    @property
    def problems(self) -> list[str]:
        """What happened, in words."""
        return [
            f"{where}: {what}"
            for where, what in self._errors
            if not (what.startswith("Failed to load resource") and where in self._refused)
        ]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._errors.append((message.location.get("url", ""), message.text))

    def _request(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in _NOT_FETCHED and f"{url.scheme}://{url.netloc}" not in self._origins:
            self._errors.append((request.url, "asked of another host"))

    def _response(self, response: Response) -> None:
        is_asked_for = response.request.is_navigation_request() or "x-autosave" in response.request.headers
        if is_asked_for and 400 <= response.status < 500:
            self._refused.add(response.url)
        elif response.status >= 500:
            self._errors.append((response.url, f"answered by {response.status}"))
