"""The real worker, `flask worker`, killed again and again while it charges."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.core.money import Money
from tests.faults import killed, work
from tests.pledges.money import back, charged, end_leases, letters, pounds, row, states
from tests.support.portal import WEBHOOK_SECRET

pytestmark = [pytest.mark.faults, pytest.mark.timeout(0)]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def worker(app, tmp_path):
    """`worker()` starts the real one; whatever still runs is ended."""
    known = killed.portal_of(app)
    environ = {
        "PATH": os.environ["PATH"],
        "FLASK_APP": "wsgi",
        "AMICUS_BASE_URL": "https://localhost",
        "AMICUS_SECRET_KEY": app.config["SECRET_KEY"],
        "AMICUS_DATA_DIR": str(known["data_dir"]),
        "AMICUS_MAIL_HOST": known["mail_host"],
        "AMICUS_MAIL_PORT": str(known["mail_port"]),
        "DATABASE_URL": known["database_url"],
        "STRIPE_API_BASE": known["stripe_api_base"],
        "STRIPE_SECRET_KEY": known["stripe_secret_key"],
        "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
    }
    started, log = [], (tmp_path / "worker.log").open("wb")

    def start():
        command = [sys.executable, "-m", "flask", "worker"]
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=subprocess.STDOUT)
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()
    log.close()


def wait_until(there, seconds=180):
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end, f"it did not come; {states()}"
        time.sleep(0.1)


def test_a_worker_killed_while_it_charges_charges_each_pledge_once(inside, funded, stripe, worker, chance, runs, sound):
    """The moment is chosen by what Stripe has seen, and by chance; the next worker takes over."""
    pledges = []
    for _ in range(max(2, runs // 10)):
        pledges += [back(funded, pounds(20), tip=Money(100, "GBP")) for _ in range(5)]
        before = sum(charged(stripe).values())
        process = worker()
        wanted = before + chance.randint(1, 4)
        wait_until(lambda wanted=wanted: sum(charged(stripe).values()) >= wanted)
        time.sleep(chance.random() * 0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
        end_leases()
        assert max(charged(stripe).values()) == 1
    pledges.append(back(funded, pounds(20), tip=Money(100, "GBP")))  # which shows that the last worker is at work
    process = worker()
    wait_until(lambda: set(states()) == {"collected"})
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    end_leases()
    work.rounds(2)
    for pledge in pledges:
        assert letters(row(pledge).email) == ["pledges.thanks", "pledges.receipt"]
