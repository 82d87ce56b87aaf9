"""Work written down, taken under a lease, done once, put back when it fails."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from app.core import clock as house_clock
from app.database import db as database
from app.jobs import queue, worker
from app.jobs.models import Job
from app.payments import brake


@pytest.fixture
def house(app):
    """The portal, with its context open and the worker's registers empty."""
    with app.app_context():
        yield app


@pytest.fixture(autouse=True)
def registers(monkeypatch):
    monkeypatch.setattr(queue, "READERS", {})
    monkeypatch.setattr(queue, "TICKS", [])


@pytest.fixture
def done():
    """What the reader `note` was called with, in order."""
    calls = []
    queue.job("note")(lambda **args: calls.append(args))
    return calls


def defer(name="note", **options):
    """Defer and commit."""
    written = queue.defer(name, **options)
    database.session.commit()
    return written


def only():
    """The only job as it stands now."""
    database.session.expire_all()
    return database.session.scalars(select(Job)).one()


# ---------------------------------------------------------------- deferring
def test_what_was_deferred_is_done_once_with_its_arguments(house, done):
    defer(args={"pledge": 7})
    assert queue.drain() == 1 and queue.drain() == 0
    assert done == [{"pledge": 7}] and only().done_at and only().leased_until is None


def test_work_of_a_transaction_that_was_undone_never_existed(house, done):
    queue.defer("note")
    database.session.rollback()
    assert queue.drain() == 0 and done == []


def test_work_waits_for_its_time(house, done, clock):
    defer(run_at=house_clock.now() + timedelta(hours=1))
    assert queue.drain() == 0
    clock.move(3601)
    assert queue.drain() == 1


def test_the_oldest_due_work_is_done_first(house, done):
    now = house_clock.now()
    for minutes in (1, 3, 2):
        defer(args={"n": minutes}, run_at=now - timedelta(minutes=minutes))
    queue.drain()
    assert [call["n"] for call in done] == [3, 2, 1]


def test_work_with_a_key_is_written_once_for_ever(house, done):
    assert defer(uniq="close:7") and not defer(uniq="close:7")
    queue.drain()
    assert not defer(uniq="close:7") and defer(uniq="close:8")
    assert len(done) == 1


def test_twenty_who_defer_with_one_key_at_once_write_one_row(app, done):
    def write(_n):
        with app.app_context():
            return defer(uniq="close:7")

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(write, range(20))).count(True) == 1


def test_no_more_than_asked_is_done(house, done):
    for _ in range(5):
        defer()
    assert queue.drain(limit=3) == 3 and len(done) == 3


# ---------------------------------------------------------------- leases
def test_work_in_somebodys_hands_is_not_taken_by_another(house, done):
    defer()
    assert queue.claim() and queue.claim() is None


def test_the_work_of_a_worker_that_died_is_taken_when_its_lease_is_over(house, done):
    defer()
    first = queue.claim()  # and is never heard of again
    with time_machine.travel(house_clock.real_now() + queue.LEASE - timedelta(seconds=2)):
        assert queue.claim() is None
    with time_machine.travel(house_clock.real_now() + queue.LEASE + timedelta(seconds=2)):
        second = queue.claim()
    assert (second.id, second.attempts) == (first.id, 2)


def test_moving_the_clock_of_a_demonstration_ends_no_lease(house, done, clock):
    defer()
    queue.claim()
    clock.move(86_400)
    assert queue.claim() is None


def test_workers_side_by_side_do_each_thing_once(app, done):
    with app.app_context():
        for n in range(20):
            defer(args={"n": n})

    def work(_n):
        with app.app_context():
            return queue.drain()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 20
    assert sorted(call["n"] for call in done) == list(range(20))


# ---------------------------------------------------------------- failures
@pytest.fixture
def failing():
    """The reader `fail`, which writes something and then cannot go on."""

    @queue.job("fail")
    def fail():
        brake.pull("half done", name="half")
        raise RuntimeError("no luck")


def test_work_that_fails_is_put_back_with_a_growing_pause(house, failing, clock):
    defer("fail")
    pauses = []
    for _ in range(3):
        assert queue.drain() == 1 and queue.drain() == 0
        pauses.append((only().run_at - house_clock.now()).total_seconds())
        clock.move(pauses[-1] + 1)
    assert [round(pause) for pause in pauses] == [2, 4, 8]
    assert only().attempts == 3 and "no luck" in only().last_error and only().done_at is None


def test_what_failing_work_had_written_is_undone(house, failing):
    defer("fail")
    queue.drain()
    assert brake.is_on("half") is None


def test_work_that_succeeds_keeps_what_it_wrote(house):
    queue.job("pull")(lambda: brake.pull("whole", name="half"))
    defer("pull")
    queue.drain()
    assert brake.is_on("half") == "whole" and only().done_at


def test_work_that_fails_does_not_keep_other_work_from_being_done(house, failing, done):
    defer("fail")
    defer()
    assert queue.drain() == 2 and len(done) == 1


def test_work_that_keeps_failing_is_given_up_and_stays_in_sight(house, failing, clock):
    defer("fail")
    for _ in range(queue.MOST_ATTEMPTS):
        assert queue.drain() == 1
        clock.move(3601)
    assert queue.drain() == 0
    assert only().dead_at and only().done_at is None and "no luck" in only().last_error


def test_work_that_nobody_here_can_read_is_put_back(house):
    """As when an older version runs beside a newer one."""
    defer("something new")
    queue.drain()
    assert only().done_at is None and "KeyError" in only().last_error


def test_a_reader_may_ask_to_be_called_again_later(house, clock):
    tries = []

    @queue.job("wait")
    def wait():
        tries.append(1)
        brake.pull("not yet", name="half")
        if len(tries) < 3:
            raise queue.Postpone(15)

    defer("wait")
    for expected in (1, 2, 3):
        assert queue.drain() == 1 and queue.drain() == 0
        assert len(tries) == expected and bool(brake.is_on("half")) is (expected == 3)
        clock.move(16)
    assert only().done_at and only().last_error is None and only().attempts == 1


def test_a_name_has_one_reader(done):
    with pytest.raises(ValueError, match="Two readers for the job note"):
        queue.job("note")(print)


# ---------------------------------------------------------------- the clock
def test_scheduled_work_is_deferred_once_in_each_stretch_however_many_ask(house, clock):
    calls = []
    queue.job("look", every_minutes=10)(lambda: calls.append(1))
    start = house_clock.now()
    clock.set(start.replace(minute=20, second=0) + timedelta(days=1))
    for minutes in (0, 0, 5, 9.9):
        clock.set(start.replace(minute=20, second=0) + timedelta(days=1, minutes=minutes))
        queue.defer_ticks()
        database.session.commit()
    queue.drain()
    assert len(calls) == 1
    clock.move(60)
    queue.defer_ticks()
    queue.drain()
    assert len(calls) == 2


# ---------------------------------------------------------------- the worker's loop
def test_a_beat_that_fails_stops_neither_the_others_nor_the_work(app, done, monkeypatch):
    beaten = []

    def bad():
        raise RuntimeError("no luck")

    monkeypatch.setattr(worker, "BEATS", [bad, lambda: beaten.append(1)])
    with app.app_context():
        defer()
    worker.beat(app)
    assert beaten == [1] and len(done) == 1
