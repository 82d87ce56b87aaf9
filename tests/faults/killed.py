"""Work done in a process of its own, which is killed at a chosen line of ours as `kill -9` does it.

Python's own tracing counts the lines of `app/` as they are run, so the portal needs no hook for this. Processes are
forked from a server that has imported everything and has no threads; one costs a tenth of a second.
"""

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import Any

from flask import Flask
from sqlalchemy import make_url, text
from stripe import HTTPClient

from app import create_app
from app.core import clock
from app.database import db, is_sqlite
from config import Settings
from tests.support.portal import settings

DOOMED = "doomed"
OURS = str(Path(__file__).resolve().parents[2] / "app")
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.faults.ready"])


@dataclass(frozen=True)
class Outcome:
    """What became of a process. `lines` are the places it passed, when it was not killed."""

    killed: bool
    lines: list[str]


def portal_of(app: Flask) -> dict[str, Any]:
    """What another process needs to run the same portal. Its connections to PostgreSQL bear a name of their own."""
    known: Settings = app.config["AMICUS"]
    url = known.database_url
    if url.startswith("postgresql"):
        named = make_url(url).update_query_dict({"application_name": DOOMED})
        url = named.render_as_string(hide_password=False)
    return {
        "data_dir": known.data_dir,
        "database_url": url,
        "stripe_api_base": known.stripe_api_base,
        "stripe_secret_key": known.stripe_secret_key.get_secret_value(),
        "mail_host": known.mail_host,
        "mail_port": known.mail_port,
    }


def start(app: Flask, work: Callable[..., object], *args: Any, line: int | None = None) -> tuple[Any, Connection]:
    """Begin `work(*args)` (an importable function) in another process; see `finish`."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    moved = clock._moved.total_seconds()
    process = processes.Process(target=_run, args=(portal_of(app), moved, work, args, line, theirs))
    process.start()
    theirs.close()
    return process, ours


def finish(running: tuple[Any, Connection], seconds: float = 60) -> Outcome:
    """Wait for the process. Raises AssertionError if it failed by itself."""
    process, ours = running
    try:
        lines = ours.recv() if ours.poll(seconds) else None
    except EOFError:
        lines = None
    process.join(seconds)
    killed = process.exitcode == -signal.SIGKILL
    assert killed or process.exitcode == 0, f"the process ended with {process.exitcode}"
    return Outcome(killed, lines or [])


def run(app: Flask, work: Callable[..., object], *args: Any, line: int | None = None) -> Outcome:
    """Do `work(*args)` in another process, which is killed when it comes to its `line`-th line of ours."""
    outcome = finish(start(app, work, *args, line=line))
    await_release(app)
    return outcome


def await_release(app: Flask, seconds: float = 10) -> None:
    """Wait until PostgreSQL notices that its client is dead: until then its locks stand, and others pass them by."""
    with app.app_context():
        if is_sqlite():
            return
        there = text("SELECT count(*) FROM pg_stat_activity WHERE application_name = :name")
        end = time.monotonic() + seconds
        with db.engine.connect() as connection:
            while connection.scalar(there, {"name": DOOMED}) and time.monotonic() < end:
                connection.rollback()
                time.sleep(0.01)


def _run(
    known: dict[str, Any],
    moved: float,
    work: Callable[..., object],
    args: tuple[Any, ...],
    line: int | None,
    told: Connection,
) -> None:
    HTTPClient.INITIAL_DELAY, HTTPClient.MAX_DELAY = 0.01, 0.02
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115  the log of a process that is killed helps nobody
    app = create_app(settings(**known))
    clock.move(moved)
    lines: list[str] = []

    def count(frame: FrameType, event: str, _arg: object) -> Any:
        if event == "line":
            lines.append(f"{frame.f_code.co_filename[len(OURS) + 1 :]}:{frame.f_lineno} {frame.f_code.co_name}")
            if len(lines) == line:
                os.kill(os.getpid(), signal.SIGKILL)
        return count

    def trace(frame: FrameType, _event: str, _arg: object) -> Any:
        return count if frame.f_code.co_filename.startswith(OURS) else None

    with app.app_context():
        sys.settrace(trace)
        try:
            work(*args)
        finally:
            sys.settrace(None)
    told.send(lines)
