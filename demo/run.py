"""`make demo`: starts everything in order, says where it is, and stops it in order."""

import json
import signal
import sys
import urllib.request
from collections.abc import Callable
from types import FrameType

from demo.place import PASSWORD, ROOT, STRIPE_ACCOUNT, STRIPE_KEY, WEBHOOK_SECRET, Place, Unusable, shown
from demo.processes import Broken, Household

_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class _Stopped(Exception):
    """Somebody asked the demo to stop."""


def run(place: Place, *, fresh: bool) -> int:
    """Run the demo until Ctrl-C or SIGTERM; the exit code."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        with place.taken():
            place.check_ports()
            if fresh or not place.is_seeded():
                place.empty()
            with Household(ROOT, place.environment(), place.logs) as household:
                try:
                    _bring_up(place, household)
                    _say(_welcome(place))
                    household.watch()
                finally:
                    _ignore_signals()
                    _say("\nStopping …")
    except _Stopped:
        return 0
    except (Unusable, Broken) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _bring_up(place: Place, household: Household) -> None:
    _say("Starting …")
    start_stand_in(place, household)
    side = ("--port", str(place.port), "--data", str(place.folder))
    household.start("side", "demo", *side, "side", ready=lambda said: "ready" in said)
    household.run("migrate", "flask", "db", "upgrade")
    household.wait_until_ready()
    if not place.is_seeded():
        _say("Making people, cases and pledges …")
        household.run("seed", "demo.seeding", tell=_progress)
        place.mark_seeded()
    start_web(place, household)
    household.start("worker", "flask", "worker", ready=lambda said: "worker ready" in said)
    _subscribe(place)
    household.wait_until_ready()


def start_stand_in(place: Place, household: Household) -> None:
    stand_in = ("--port", str(place.stand_in_port), "--db", str(place.stand_in_file))
    household.start(
        "stripe", "stripesim", *stand_in, "--clock-file", str(place.clock_file), ready=lambda said: "operations" in said
    )


def start_web(place: Place, household: Household) -> None:
    web = ("--interface", "wsgi", "--no-ws", "--workers", "2", "--blocking-threads", "2", "--host", "127.0.0.1")
    household.start("web", "granian", *web, "--port", str(place.port), "wsgi:app", ready=_web_is_ready(place))


def _web_is_ready(place: Place) -> Callable[[str], bool]:
    def ready(_said: str) -> bool:
        try:
            with _direct.open(f"{place.portal}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    return ready


def _subscribe(place: Place) -> None:
    """Have the stand-in send its webhooks to our port, and nowhere else: the demo may have moved since last time."""
    ours, subscribed = f"http://127.0.0.1:{place.port}/webhooks/stripe", False
    for endpoint in _ask_stand_in(place, "GET", "/v1/webhook_endpoints?limit=100")["data"]:
        if endpoint["url"] == ours and endpoint["status"] == "enabled":
            subscribed = True
        else:
            _ask_stand_in(place, "DELETE", f"/v1/webhook_endpoints/{endpoint['id']}")
    if not subscribed:
        wish = {"ns": STRIPE_ACCOUNT, "url": ours, "secret": WEBHOOK_SECRET}
        _ask_stand_in(place, "POST", "/_test/webhooks/endpoint", json.dumps(wish).encode())


def _ask_stand_in(place: Place, method: str, path: str, body: bytes | None = None) -> dict[str, list[dict[str, str]]]:
    headers = {"Authorization": f"Bearer {STRIPE_KEY}"}
    asked = urllib.request.Request(place.stand_in + path, body, headers, method=method)  # noqa: S310
    with _direct.open(asked, timeout=10) as answer:
        said: dict[str, list[dict[str, str]]] = json.load(answer)
        return said


def _welcome(place: Place) -> str:
    return f"""
Amicus is running.

  The portal       {place.portal}        in Persian: {place.portal}/fa/
  The side page    {place.side_page}        guided tour, mailbox, people and their codes, test cards, clock
  Stripe stand-in  {place.stand_in}        opens by itself when you back a case
  Logs             {shown(place.logs)}

Everyone's password is {PASSWORD}. Ctrl-C stops the demo; make demo FRESH=1 starts it afresh.
"""


def _say(words: str) -> None:
    print(words, flush=True)


def _progress(line: str) -> None:
    """Lines that begin with two spaces are meant for whoever waits; at a terminal each stands in place of the last."""
    if line.startswith("  "):
        print(line, end="\r" if sys.stdout.isatty() else "\n", flush=True)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise _Stopped


def _ignore_signals() -> None:
    """Stopping takes a moment; a second Ctrl-C must not leave half of it undone."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
