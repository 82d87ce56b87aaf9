"""The worker process: ``flask worker``.

huey keeps the schedule, from a minute up; the one-second loop beside it does what must be prompt: it folds the pledge
totals, does the deferred work and sends the letters. Any number of workers may run: each tick has a unique key, each
row is taken under a lease, and nothing is lost when one of them is killed.
"""

import signal
import threading
import time
from collections.abc import Callable

import structlog
from flask import Flask
from huey import SqliteHuey, crontab
from huey.consumer import Consumer

from app.database import db
from app.jobs import queue

log = structlog.get_logger()
Beat = Callable[[], object]
BEATS: list[Beat] = []


def each_second(beat: Beat) -> Beat:
    """Register `beat` to be called about once a second; it commits for itself."""
    BEATS.append(beat)
    return beat


def beat(app: Flask) -> None:
    """One round of the loop: every registered beat, then the due jobs."""
    with app.app_context():
        for call in [*BEATS, queue.drain]:
            try:
                call()
            except Exception:  # a beat that fails must not stop the others; it is tried again in a second
                db.session.rollback()
                log.error("beat failed", beat=getattr(call, "__name__", str(call)), exc_info=True)
            finally:
                db.session.remove()


class QuietConsumer(Consumer):
    """huey's consumer without its own signal handlers: the worker stops it."""

    def _set_signal_handlers(self) -> None:
        return


def run(app: Flask) -> None:
    """Work until SIGTERM or SIGINT."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    settings = app.config["AMICUS"]
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    huey = SqliteHuey("amicus", filename=str(settings.data_dir / "huey.sqlite3"))

    @huey.periodic_task(crontab(minute="*"))  # type: ignore[untyped-decorator]
    def tick() -> None:
        with app.app_context():
            queue.defer_ticks()
            db.session.commit()
            db.session.remove()

    consumer = QuietConsumer(huey, workers=1, periodic=True, check_worker_health=False)
    consumer.start()
    with app.app_context():
        queue.defer_ticks()
        db.session.commit()
        db.session.remove()
    log.info("worker ready")
    while not stopping.is_set():
        started = time.monotonic()
        beat(app)
        stopping.wait(max(0.05, 1.0 - (time.monotonic() - started)))
    consumer.stop(graceful=True)
    log.info("worker stopped")
