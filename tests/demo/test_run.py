"""The whole demo, as `make demo` runs it: it starts, serves, follows its clock, and leaves nobody behind."""

import html
import os
import random
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import requests

from demo import card_page, clock
from demo.mailbox import Mailbox
from demo.people import people
from demo.place import ROOT, Place, Unusable
from tests.pledges.backing import hidden

SLUG = "equal-pay-for-wrenfields-school-kitchens"
TOUR = ("/", "/tour/lawyer", "/tour/backer", "/tour/public", "/tour/private", "/tour/verification")
GONE = "/cases/is-there-a-case-about-the-drivers-rest-room"  # a public page that became private
PATIENCE = 60


@pytest.fixture
def place(tmp_path):
    """A folder, and four ports in a row that nobody listens on just now."""
    while True:
        place = Place(tmp_path / "demo", random.randrange(20_000, 32_000))
        with suppress(Unusable):
            place.check_ports()
            return place


@pytest.fixture
def browser():
    with requests.Session() as session:
        session.trust_env = False
        yield session


class Demo:
    """A runner that is up; `said` is what it printed."""

    def __init__(self, place, *more):
        command = [sys.executable, "-m", "demo", "--port", str(place.port), "--data", str(place.folder), *more]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
        self.said = ""
        for line in self.process.stdout:
            self.said += line
            if "Ctrl-C stops the demo" in line:
                break
        assert "Amicus is running" in self.said, self.said

    def stop(self):
        """Press Ctrl-C; the exit code, and the end of what it said."""
        self.process.send_signal(signal.SIGINT)
        rest, _ = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, rest


@contextmanager
def running(place, *more):
    demo = Demo(place, *more)
    try:
        yield demo
    finally:
        demo.process.kill()  # whom it started ends with it
        demo.process.wait()


def household_of(place):
    """Ids of all processes that live in the demo's folder."""
    mark = f"AMICUS_DATA_DIR={place.folder}\0".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if mark in entry.read_bytes():
                found.append(int(entry.parent.name))
    return found


def eventually(look):
    """What `look` finds, as soon as that is something."""
    end = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < end, "It did not come about in time"
        time.sleep(0.2)
    return found


def to_the_card_page(browser, place, email):
    """Fill in the pledge form and send it; the address of the hosted page."""
    form = browser.get(f"{place.portal}/cases/{SLUG}/back")
    filled = {"amount_choice": "25", "tip_choice": "0", "shown": "name", "name": "Nell", "email": email, "agree": "y"}
    answer = browser.post(
        form.url,
        data=hidden(form) | filled,
        headers={"Referer": form.url},
        allow_redirects=False,
    )
    assert answer.status_code == 303, answer.text[-2000:]
    return answer.headers["Location"]


def letters_to(place, email):
    return [line.subject for line in Mailbox(place.mail_file, lambda: clock.now(place.clock_file)).lines(email)]


def led_to(browser, place, path):
    """Every address that a page of the tour leads to, and what it answers; whoever must sign in is led to that."""
    page = browser.get(place.side_page + path)
    for address in sorted(set(re.findall(r'href="(http://localhost:[^"]+|/[^"#]*)', page.text))):
        whole = html.unescape(address) if address.startswith("http") else place.side_page + html.unescape(address)
        yield whole, browser.get(whole).status_code


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.timeout(600)
def test_a_first_run_shows_everything_and_a_second_one_remembers(place, browser):
    with running(place) as demo:
        assert "of 260 pledges" in demo.said and len(people(place)) == 17
        assert browser.get(f"{place.portal}/cases/{SLUG}").status_code == 200
        assert "pink-legal-tape" in browser.get(f"{place.side_page}/people").text
        moved = browser.get(f"http://127.0.0.1:{place.port}/cases/?area=environment", allow_redirects=False)
        assert moved.headers["Location"] == f"{place.portal}/cases/?area=environment"
        missing = {path: answer for path in TOUR for path, answer in led_to(browser, place, path) if answer >= 400}
        assert missing == {place.portal + GONE: 410, f"{place.portal}/fa{GONE}": 410}
        private = place.private_links().values()
        assert [browser.get(link).status_code for link in private] == [200, 200]

        # The browser never comes back from the card page: the webhook alone brings the word.
        card_page.pay(to_the_card_page(browser, place, "nell@example.org"), "4242 4242 4242 4242", "Nell")
        assert eventually(lambda: letters_to(place, "nell@example.org")) == [
            "Your pledge to Equal pay for Wrenfield’s school kitchens is recorded"
        ]

        told = subprocess.run(
            [sys.executable, "-m", "demo", "--data", str(place.folder), "clock", "--days", "30"],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert "30 days ahead of real time" in told.stdout
        eventually(lambda: len(letters_to(place, "nell@example.org")) == 2)
        eventually(lambda: "Nobody was charged" in browser.get(f"{place.portal}/cases/{SLUG}").text)

        assert len(household_of(place)) >= 5
        code, rest = demo.stop()
        assert code == 0 and "Stopping" in rest and household_of(place) == []

    moved = Place(place.folder, place.port + 4)
    with running(moved) as demo:
        assert "Making people" not in demo.said and len(letters_to(moved, "nell@example.org")) == 2
        assert browser.get(f"{moved.portal}/cases/{SLUG}").status_code == 200
        assert demo.stop()[0] == 0 and household_of(place) == []


def test_a_start_that_cannot_succeed_says_why_and_leaves_nothing(place):
    place.folder.mkdir()
    (place.folder / "thesis").touch()
    command = [sys.executable, "-m", "demo", "--port", str(place.port), "--data", str(place.folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env={**os.environ})
    assert done.returncode == 1 and "holds other things" in done.stderr
    assert [path.name for path in place.folder.iterdir()] == ["thesis"]
