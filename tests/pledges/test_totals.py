"""Totals: appended, rolled up, exact at every moment."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from app.core.money import Money
from app.database import db as database
from app.jobs import queue
from app.jobs.models import Job
from app.operations import invariants
from app.pledges import queries, totals
from app.pledges.models import CaseDay, CaseTotals, Pledge, PledgeDelta
from app.pledges.states import MOVES, PledgeState
from tests.pledges.conftest import open_case
from tests.pledges.money import case_of, details, pounds, service, start

S = PledgeState


@pytest.fixture
def pledge(inside, river):
    """A started pledge of £25, in the session."""
    return database.session.get_one(Pledge, start(river, pounds(25)))


def shown(slug):
    """What the case's page shows: pledged, backers, collected, collections, failing; pence."""
    found = queries.totals(case_of(slug))
    sums = found.pledged.minor, found.backers, found.collected.minor, found.collections, found.failing.minor
    database.session.rollback()
    return sums


def join(slug, pence):
    """A pledge that joins, without Stripe: the totals see no difference."""
    made = service.start(case_of(slug), details(Money(pence, "GBP")))
    totals.change(made, state=S.PLEDGED)
    database.session.commit()
    return made.id


def test_a_change_shows_at_once_and_after_the_roll_up(pledge, river):
    totals.change(pledge, state=S.PLEDGED)
    database.session.commit()
    assert shown(river) == (2500, 1, 0, 0, 0)
    assert totals.roll_up() == 1 and totals.roll_up() == 0
    assert shown(river) == (2500, 1, 0, 0, 0)


@pytest.mark.parametrize(
    ("states", "sums"),
    [
        ([S.PLEDGED], (2500, 1, 0, 0, 0)),
        ([S.PLEDGED, S.WITHDRAWN], (0, 0, 0, 0, 0)),
        ([S.PLEDGED, S.RELEASED], (2500, 1, 0, 0, 0)),
        ([S.PLEDGED, S.DUE, S.CHARGING], (2500, 1, 0, 0, 0)),
        ([S.PLEDGED, S.DUE, S.CHARGING, S.RETRY], (2500, 1, 0, 0, 2500)),
        ([S.PLEDGED, S.DUE, S.CHARGING, S.ACTION_REQUIRED, S.CHARGING, S.COLLECTED], (2500, 1, 2500, 1, 0)),
        ([S.DUE, S.CHARGING, S.RETRY, S.LAPSED], (0, 0, 0, 0, 0)),
        ([S.DUE, S.CHARGING, S.RETRY, S.LAPSED, S.COLLECTED], (2500, 1, 2500, 1, 0)),
        ([S.DUE, S.CANCELLED], (0, 0, 0, 0, 0)),
        ([S.ABANDONED], (0, 0, 0, 0, 0)),
    ],
)
def test_each_way_a_pledge_can_go(pledge, river, states, sums):
    for state in states:
        totals.change(pledge, state=state)
        database.session.commit()
        totals.roll_up()
        pledge = database.session.query(Pledge).one()
    assert shown(river) == sums and not invariants._totals()


def test_an_illegal_move_changes_nothing(pledge, river):
    for state in set(S) - MOVES[S.STARTED] - {S.STARTED}:
        with pytest.raises(totals.IllegalMove):
            totals.change(pledge, state=state)
    assert pledge.state == S.STARTED and database.session.query(PledgeDelta).count() == 0


def test_a_repeated_change_is_quiet(pledge):
    assert totals.change(pledge, state=S.PLEDGED, amount=pounds(30))
    assert not totals.change(pledge, state=S.PLEDGED, amount=pounds(30))
    assert database.session.query(PledgeDelta).count() == 1


def test_a_changed_amount_moves_the_sums_by_the_difference(pledge, river):
    totals.change(pledge, state=S.PLEDGED)
    totals.change(pledge, amount=pounds(40))
    totals.change(pledge, amount=Money(1001, "GBP"))
    database.session.commit()
    assert shown(river) == (1001, 1, 0, 0, 0)


def test_days_add_up_to_the_sum(inside, river, clock):
    for pence in (500, 700, 900):
        join(river, pence)
        totals.roll_up()
        clock.move(24 * 3600)
    join(river, 1100)
    assert [sum_ for _day, sum_ in queries.daily(case_of(river))] == [500, 1200, 2100, 3200]
    assert database.session.scalar(select(func.sum(CaseDay.pledged))) == 2100  # today's waits for its roll-up


def test_a_roll_up_takes_no_more_than_it_is_told(inside, river):
    for _ in range(5):
        join(river, 500)
    assert [totals.roll_up(2) for _ in range(4)] == [2, 2, 1, 0] and shown(river)[:2] == (2500, 5)


def test_a_roll_up_that_dies_leaves_everything_as_it_was(inside, river, monkeypatch):
    join(river, 500)
    monkeypatch.setattr(totals, "_wake_target_checks", lambda _ids: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        totals.roll_up()
    database.session.rollback()
    assert shown(river)[0] == 500 and database.session.query(CaseTotals).count() == 0


def test_the_page_is_newer_after_a_roll_up(inside, river):
    before = case_of(river).version
    join(river, 500)
    totals.roll_up()
    assert case_of(river).version == before + 1


def test_reaching_the_target_wakes_the_verdict_and_a_penny_below_does_not(inside, river):
    join(river, 4999)
    totals.roll_up()
    assert database.session.query(Job).count() == 0
    join(river, 500)
    totals.roll_up()
    assert [job.name for job in database.session.query(Job)] == ["pledges.check_target"]
    queue.drain()
    assert case_of(river).state == "funded"


def test_sums_are_exact_at_every_moment_while_many_write_and_two_roll_up(app, inside, river):
    """A reader beside them sees only sums that some number of whole pledges comes to, and never a smaller one."""
    other, writers, each = open_case(app, "other"), 4, 12
    done, seen = threading.Event(), []

    def write(n):
        with app.app_context():
            for k in range(each):
                join((river, other)[k % 2], 500 + n)
                database.session.remove()

    def in_a_loop(work):
        with app.app_context():
            while not done.is_set():
                work()
                database.session.remove()

    def read():
        seen.append((shown(river)[:2], shown(other)[:2]))

    with ThreadPoolExecutor(writers + 3) as threads:
        loops = [threads.submit(in_a_loop, work) for work in (totals.roll_up, totals.roll_up, read)]
        for writer in [threads.submit(write, n) for n in range(writers)]:
            writer.result()
        done.set()
        for loop in loops:
            loop.result()
    read()
    whole = sum((500 + n) * each // 2 for n in range(writers))
    assert seen[-1] == ((whole, writers * each // 2),) * 2
    for of_case in zip(*seen, strict=True):
        assert all(500 * backers <= pence <= 503 * backers for pence, backers in of_case)
        assert all(one[1] <= next_[1] for one, next_ in itertools.pairwise(of_case))
    assert not invariants._totals()


def test_a_total_altered_by_hand_is_found(inside, river):
    join(river, 500)
    totals.roll_up()
    database.session.query(CaseTotals).update({"pledged": 501})
    assert invariants._totals() == [f"case {case_of(river).id} shows other totals than its pledges have"]
