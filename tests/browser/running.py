"""A portal, really running: its processes, its mailbox, its clock, its Stripe, and a way into its database."""

import os
import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from flask import Flask
from playwright.sync_api import StorageState

from app.core import clock as house_clock
from app.database import db
from app.jobs.queue import defer
from app.operations import invariants
from app.pledges.models import Pledge
from demo import clock
from demo.mailbox import Letter, Mailbox
from demo.place import ROOT, STRIPE_ACCOUNT, Place, Unusable
from demo.processes import Household
from demo.run import start_stand_in, start_web
from tests.support.databases import Databases
from tests.support.portal import portal
from tests.support.stand_in import StandIn

# Looking at everything takes longer than a proof of who one is lasts.
PATIENT = {"AMICUS_FRESH_MINUTES": "1440"}
PATIENCE = 20.0  # seconds; the worker looks about once a second
DAY = 86400
Found = TypeVar("Found")


class Running:
    """A portal with nobody in it: whoever needs a case makes it, at the moment that its clock shows.

    `sign_ins` is what browsers keep of those who signed in here, by person: codes are scarce.
    """

    def __init__(self, place: Place, app: Flask) -> None:
        self.place = place
        self.stripe = StandIn(place.stand_in, STRIPE_ACCOUNT)
        self.sign_ins: dict[object, StorageState] = {}
        self._app = app
        self._mailbox = Mailbox(place.mail_file, lambda: clock.now(place.clock_file))

    # ------------------------------------------------------------ its database
    @contextmanager
    def inside(self) -> Iterator[None]:
        """An application context on its database and clock, committed at the end."""
        house_clock.set_offset_file(self.place.clock_file)
        try:
            with self._app.app_context():
                yield
                db.session.commit()
        finally:
            house_clock.set_offset_file(None)

    def pledges(self, email: str) -> list[Pledge]:
        """The pledges of `email` as they are now, oldest first."""
        with self.inside():
            found = db.session.query(Pledge).filter_by(email=email).order_by(Pledge.id).all()
            db.session.expunge_all()
        return found

    def states(self, email: str) -> list[str]:
        return [pledge.state for pledge in self.pledges(email)]

    def wait_for_state(self, email: str, state: str) -> None:
        """Return when the only pledge of `email` is in `state`."""
        until(
            lambda: self.states(email) == [state], lambda: f"pledges of {email} are {self.states(email)}, not {state}"
        )

    # ------------------------------------------------------------ its time
    @property
    def ahead(self) -> int:
        """Seconds by which its clock is ahead."""
        return clock.ahead(self.place.clock_file)

    def move_clock(self, *, days: float = 0, minutes: float = 0) -> None:
        """Let time pass for web, worker and Stripe together. There is no way back."""
        clock.move(self.place.clock_file, int(days * DAY + minutes * 60))
        time.sleep(0.8)  # everybody looks at the file at least twice a second

    def hurry(self, job: str) -> None:
        """Let the worker do a scheduled job now, which it would otherwise do at the next full minute."""
        with self.inside():
            defer(job)

    # ------------------------------------------------------------ its mailbox
    def letters(self, to: str) -> list[str]:
        """Subjects of the letters to `to`, oldest first."""
        return [line.subject for line in self._mailbox.lines(to)][::-1]

    def letter(self, to: str, subject: str) -> Letter:
        """The latest letter to `to` whose subject contains `subject`; waits for it."""

        def look() -> Letter | None:
            found = next((line for line in self._mailbox.lines(to) if subject in line.subject), None)
            return self._mailbox.letter(found.id) if found else None

        return until(look, lambda: f"no letter about {subject!r} to {to}; there are {self.letters(to)}")

    # ------------------------------------------------------------ its logs
    def last_words(self) -> list[tuple[str, str]]:
        """The end of what web and worker said, by name."""
        logs = [log for folder in (self.place.logs, _logs(self.place.folder)) for log in folder.glob("w*.log")]
        return [(log.name, "\n".join(log.read_text(errors="replace").splitlines()[-40:])) for log in logs]


def link_in(letter: Letter, path: str) -> str:
    """The first address in the letter's text that contains `path`."""
    found = re.search(rf"https?://\S*{re.escape(path)}\S*", letter.text)
    assert found, f"no link to {path} in: {letter.text}"
    return found[0]


def until(look: Callable[[], Found], problem: Callable[[], str]) -> Found:
    """What `look` gives as soon as that is something; an AssertionError with `problem` when patience is over."""
    end = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < end, problem()
        time.sleep(0.1)
    return found


@contextmanager
def running_demo(folder: Path) -> Iterator[Running]:
    """`python -m demo` in `folder` on free ports, without its seed. At the end its books must balance."""
    place = _free_place(folder)
    with place.taken():
        place.mark_seeded()
    with Household(ROOT, dict(os.environ), _logs(folder)) as household:
        command = ("demo", "--port", str(place.port), "--data", str(folder))
        household.start("demo", *command, ready=lambda said: "Amicus is running" in said)
        household.wait_until_ready()
        with portal(folder, **_settings(place)) as app:
            running = Running(place, app)
            yield running
            with running.inside():
                assert invariants.broken() == []


@contextmanager
def standing_still(folder: Path, databases: Databases) -> Iterator[Running]:
    """Web server and Stripe without the worker: any state can be made and looked at, for nothing moves by itself."""
    place = _free_place(folder)
    folder.mkdir()
    with (
        databases.migrated("sqlite", folder),
        Household(ROOT, {**place.environment(), **PATIENT}, _logs(folder)) as household,
        portal(folder, **_settings(place)) as app,
    ):
        start_stand_in(place, household)
        start_web(place, household)
        household.wait_until_ready()
        yield Running(place, app)


def _logs(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}-logs")


def _free_place(folder: Path) -> Place:
    """Four ports below those that outgoing connections take."""
    while True:
        place = Place(folder, random.randrange(20_000, 32_000, 4))
        with suppress(Unusable):
            place.check_ports()
            return place


def _settings(place: Place) -> dict[str, object]:
    """The demo's settings by field name, but for the folder."""
    found: dict[str, object] = {}
    for name, value in place.environment().items():
        if name.startswith(("AMICUS_", "STRIPE_")):
            found[name.removeprefix("AMICUS_").lower()] = value
    found.pop("data_dir")
    return found
