"""Whether an address has an account, told by time: ``python -m bench.enumeration [--tries 200]``.

Each of the six doors that take an address is asked in turn with one that has an account and one that has none, inside
one process, on SQLite, with the real cost of hashing. What was written is taken back between the tries, outside the
time that is measured. Medians in milliseconds; a difference that stands out of the spread would tell.
"""

import argparse
import logging
import re
import tempfile
import time
from collections.abc import Callable
from html import unescape
from pathlib import Path
from statistics import median, quantiles

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete

from app.accounts import service
from app.accounts.models import OneTimeLink, User
from app.database import db
from app.jobs.models import Job
from app.web.models import ThrottleHit
from tests.cases import stages
from tests.people import PASSWORD, browser_of, omid
from tests.pledges.backing import FILLED
from tests.support.databases import upgrade
from tests.support.portal import portal
from tests.support.stand_in import stand_in

KNOWN, UNKNOWN = "nasrin@example.org", "never1@example.org"
_HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
Door = tuple[str, dict[str, str], FlaskClient]


def doors(app: Flask) -> dict[str, Door]:
    """Path and fields of each form, and the browser that sends it."""
    his, nobodys = browser_of(app, omid), app.test_client()
    with app.app_context():
        slug = stages.live(title="Clean water").slug
        db.session.commit()
    pledge = {name: value for name, value in FILLED.items() if name != "email"}
    return {
        "sign in": ("/account/sign-in", {"password": "wrong password"}, nobodys),
        "sign up": ("/account/sign-up", {"name": "Nasrin", "password": PASSWORD}, nobodys),
        "forgotten password": ("/account/reset", {}, nobodys),
        "another address": ("/account/email", {"password": PASSWORD}, his),
        "claiming": ("/me/find-pledges", {}, his),
        "backing": (f"/cases/{slug}/back", pledge, nobodys),
    }


def once(door: Door, email: str) -> float:
    """Seconds from sending the form to the answer."""
    path, fields, browser = door
    page = browser.get(path)
    tags = _HIDDEN.findall(page.text)
    marks = {tag.split('name="')[1].split('"')[0]: unescape(tag.split('value="')[1].split('"')[0]) for tag in tags}
    data, headers = {**marks, **fields, "email": email}, {"Referer": page.request.url}
    start = time.perf_counter()
    browser.post(path, data=data, headers=headers)
    return time.perf_counter() - start


def tidier(app: Flask) -> Callable[[], None]:
    """Take back what a try wrote, so that the next finds what the first did."""

    def tidy() -> None:
        with app.app_context():
            for row in (ThrottleHit, Job, OneTimeLink):
                db.session.execute(delete(row))
            db.session.execute(delete(User).where(User.email == UNKNOWN))
            db.session.commit()

    return tidy


def report(name: str, known: list[float], unknown: list[float]) -> None:
    """One line: both medians, their difference, and the spread between quartiles of the known."""
    low, _middle, high = quantiles(known, n=4)
    pair = [median(times) * 1e3 for times in (known, unknown)]
    print(f"{name:20}{pair[0]:12.2f}{pair[1]:12.2f}{pair[1] - pair[0]:+12.2f}{(high - low) * 1e3:12.2f}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--tries", type=int, default=200)
    tries = options.parse_args().tries
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder, stand_in() as running:
        stripe = running.account()
        url = f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        with portal(Path(folder), database_url=url, stripe_api_base=stripe.url, stripe_secret_key=stripe.key) as app:
            upgrade(app)
            with app.app_context():
                service.register(KNOWN, "Nasrin", PASSWORD)
                db.session.commit()
            tidy, found = tidier(app), doors(app)
            print(
                f"{'medians of ' + str(tries):20}{'known ms':>12}{'unknown ms':>12}{'difference':>12}{'quartiles':>12}"
            )
            for name, door in found.items():
                times: dict[str, list[float]] = {KNOWN: [], UNKNOWN: []}
                for n in range(tries + 5):
                    for email in (KNOWN, UNKNOWN) if n % 2 else (UNKNOWN, KNOWN):
                        tidy()
                        taken = once(door, email)
                        if n >= 5:  # the first tries warm up
                            times[email].append(taken)
                report(name, times[KNOWN], times[UNKNOWN])


if __name__ == "__main__":
    main()
