"""Every job that is deferred has a reader, every letter that is posted a writer, and none waits for nobody."""

import ast
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from app.core.clock import real_now
from app.database import db as database
from app.jobs.models import Job
from app.jobs.queue import READERS, TICKS, defer_ticks, drain
from app.mail.outbox import WRITERS
from app.web import throttle
from app.web.models import ThrottleHit
from config import ROOT

# Which argument of these functions names a job or a letter.
DEFERS = {"defer": 0, "defer_many": 0}
POSTS = {"post": 1, "post_many": 0}


def named(calls: dict[str, int], sources: Iterator[str]) -> set[str]:
    """The names that are written out in calls of these functions."""
    found = set()
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            place = calls.get(node.func.id)
            if place is not None and len(node.args) > place and isinstance(node.args[place], ast.Constant):
                found.add(node.args[place].value)
    return found


def sources() -> Iterator[str]:
    return (path.read_text("utf-8") for path in sorted((ROOT / "app").rglob("*.py")))


def test_every_deferred_job_has_a_reader(app):
    deferred = named(DEFERS, sources())
    assert deferred >= {"pledges.check_target", "pledges.handle_event", "pledges.detach_card"}
    missing = deferred - READERS.keys()
    assert not missing, f"Write a reader for these jobs (@job in a jobs.py that factory.LISTENERS names): {missing}"


def test_every_posted_letter_has_a_writer(app):
    posted = named(POSTS, sources())
    assert posted >= {"pledges.thanks", "pledges.target_met"}
    missing = posted - WRITERS.keys()
    assert not missing, f"Write these letters (@letter in an emails.py that factory.LISTENERS names): {missing}"


def test_a_name_without_a_reader_is_noticed():
    """The control."""
    source = 'def f():\n    defer("cases.forgotten", {})\n    post(f"k", "cases.unwritten", to=x)\n    other("no.job")'
    assert named(DEFERS, iter([source])) == {"cases.forgotten"}
    assert named(POSTS, iter([source])) == {"cases.unwritten"}


def test_no_reader_waits_for_a_job_that_nobody_defers(app):
    assert READERS.keys() == named(DEFERS, sources()) | {tick.name for tick in TICKS}


def test_jobs_are_named_after_the_room_that_reads_them(app):
    for name, reader in READERS.items():
        assert reader.__module__ == f"app.{name.split('.')[0]}.jobs", name


def test_every_scheduled_job_runs_through_in_an_empty_house(app):
    with app.app_context():
        defer_ticks()
        database.session.commit()
        assert drain() == len(TICKS) > 5
        left = database.session.scalars(select(Job).where(Job.done_at.is_(None)))
        assert [(job.name, job.last_error) for job in left] == []


def test_a_scheduled_job_is_deferred_once_in_its_time_however_many_schedulers_there_are(app, clock):
    clock.set(real_now().replace(hour=12, minute=0, second=5, microsecond=0))
    with app.app_context():
        for _ in range(3):
            defer_ticks()
        clock.move(60)
        defer_ticks()
        names = list(database.session.scalars(select(Job.name)))
        database.session.rollback()
    for tick in TICKS:
        assert names.count(tick.name) == (2 if tick.minutes == 1 else 1), tick


def test_what_limits_counted_is_thrown_away_when_nothing_looks_at_it_any_more(app):
    with app.app_context():
        with time_machine.travel(real_now() - throttle.KEPT - timedelta(hours=1)):
            throttle.note("test", "old")
        throttle.note("test", "young")
        database.session.commit()
        READERS["privacy.retain"]()
        database.session.commit()
        assert database.session.scalar(select(func.count()).select_from(ThrottleHit)) == 1
        assert throttle.was_noted("test", "young")


@pytest.mark.parametrize(
    "name", ["operations.prune", "operations.check_books", "pledges.reconcile_all", "privacy.retain"]
)
def test_what_must_happen_again_and_again_is_on_the_schedule(app, name):
    assert name in {tick.name for tick in TICKS}
