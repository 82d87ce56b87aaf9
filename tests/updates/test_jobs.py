"""Telling the backers, slice by slice, and reminding the lawyer by the clock."""

import pytest
from sqlalchemy import select

from app.cases import stages
from app.cases.drafting import Stage
from app.core.money import Money
from app.database import db as database
from app.jobs import queue
from app.jobs.models import Job
from app.mail.models import OutgoingLetter
from app.mail.outbox import render
from app.pledges.models import Pledge
from app.updates import jobs, readers, service
from tests.cases.backed import pledge
from tests.updates import making

DAY = 86400


def letters(db, name="updates.posted"):
    return list(
        db.session.scalars(select(OutgoingLetter).where(OutgoingLetter.name == name).order_by(OutgoingLetter.id))
    )


def tell(db):
    """Do the telling jobs one after the other, as the worker would, in this transaction."""
    done = set()
    while waiting := [
        job for job in db.session.scalars(select(Job).where(Job.name == "updates.tell_backers")) if job.id not in done
    ]:
        jobs.tell_backers(**waiting[0].args)
        done.add(waiting[0].id)


def test_every_backer_gets_one_letter_in_their_language(db):
    case = making.funded(backers=("omid@example.org", "sara@example.org"))
    pledge(case, 5, email="reza@example.org", lang="fa")
    update = making.post(case)
    tell(db)
    assert {(row.to, row.lang) for row in letters(db)} == {
        ("omid@example.org", "en"),
        ("sara@example.org", "en"),
        ("reza@example.org", "fa"),
    }
    assert all(row.facts.keys() == {"update", "pledge"} and row.facts["update"] == update.id for row in letters(db))


def test_slices_are_deferred_one_by_one_and_repeated_ones_write_none_twice(db, monkeypatch):
    monkeypatch.setattr(readers, "SLICE", 3)
    monkeypatch.setattr(readers.slice_of, "__defaults__", (3,))
    case = making.funded(backers=tuple(f"backer{n}@example.org" for n in range(8)))
    update = making.post(case)
    tell(db)
    assert len(letters(db)) == 8 and len({row.to for row in letters(db)}) == 8
    jobs.tell_backers(update.id)
    jobs.tell_backers(update.id)
    assert len(letters(db)) == 8


def test_whoever_unsubscribed_is_not_written_to(db):
    case = making.funded(backers=("omid@example.org", "sara@example.org"))
    readers.unsubscribe(pledge(case, 5, email="sara@example.org"))
    making.post(case)
    tell(db)
    assert [row.to for row in letters(db)] == ["omid@example.org"]


def test_an_outcome_has_a_letter_of_its_own(case, db):
    making.concluded("lost", case)
    tell(db)
    assert [row.to for row in letters(db, "updates.concluded")] == ["omid@example.org"] and letters(db) == []


def test_a_case_without_backers_tells_nobody(db):
    making.post(making.funded(backers=()))
    tell(db)
    assert letters(db) == []


@pytest.mark.one_database
def test_the_worker_does_all_of_it(app):
    with app.app_context():
        making.post(making.funded())
        database.session.commit()
        queue.drain()
        assert [row.to for row in letters(database)] == ["omid@example.org"]


# ---------------------------------------------------------------- reminders
def reminders(db):
    return [(row.facts["days"], row.to) for row in letters(db, "updates.due")]


def test_the_lawyer_is_reminded_four_times_and_never_twice(case, db, clock):
    case.legal_stage = "issued"
    for _day in range(90):
        clock.move(DAY)
        jobs.remind()
        jobs.remind()
    assert reminders(db) == [(days, "leila@example.org") for days in (-7, 0, 7, 14)]


def test_after_a_pause_only_the_latest_reminder_is_sent(case, db, clock):
    case.legal_stage = "issued"
    clock.move(75 * DAY)
    jobs.remind()
    assert reminders(db) == [(14, "leila@example.org")]


def test_a_year_of_punctual_updates_brings_one_reminder_each(case, db, clock):
    case.legal_stage = "issued"
    for day in range(1, 361):
        clock.move(DAY)
        jobs.remind()
        if day % 59 == 0:
            making.post(case)
    assert [days for days, _to in reminders(db)] == [-7] * 6


def test_nobody_is_reminded_of_what_is_not_owed(db, clock):
    making.concluded("lost")
    clock.move(400 * DAY)
    jobs.remind()
    assert reminders(db) == []


def test_nothing_has_changed_counts_as_an_update(case, db, clock):
    case.legal_stage = "issued"
    clock.move(59 * DAY)
    service.say_unchanged(case, after=0)
    jobs.remind()
    assert reminders(db) == []


# ---------------------------------------------------------------- other stages
def restaged(case, *titles):
    later = [Stage(title, "It may come to that.", Money(500_00, "GBP")) for title in titles]
    return stages.change(case, later, case.lawyer.user)


def tell_of_stages(db):
    for job in db.session.scalars(select(Job).where(Job.name == "updates.tell_of_stages")):
        jobs.tell_of_stages(**job.args)


def test_backers_are_told_once_of_each_change_of_the_stages(db):
    case = making.funded(backers=("omid@example.org", "sara@example.org"))
    readers.unsubscribe(pledge(case, 5, email="reza@example.org"))
    restaged(case, "The appeal", "The Supreme Court")  # two stages, one change
    tell_of_stages(db)
    tell_of_stages(db)
    told = letters(db, "updates.stages_changed")
    assert {row.to for row in told} == {"omid@example.org", "sara@example.org"} and len(told) == 2
    assert not restaged(case, "The appeal", "The Supreme Court"), "nothing changes"
    restaged(case, "The appeal")
    tell_of_stages(db)
    assert len(letters(db, "updates.stages_changed")) == 4


def test_the_letter_about_stages_names_a_public_case_and_no_private_one(db):
    for case, is_named in ((making.funded(title="Zq"), True), (making.funded_private(title="Zq"), False)):
        restaged(case, "Zqstage")
        tell_of_stages(db)
        last = letters(db, "updates.stages_changed")[-1]
        said = render(last.name, "en", last.facts)
        assert ("Zq" in said.subject + said.text + said.html) == is_named and "Zqstage" not in said.text
        assert "List-Unsubscribe" in said.headers


def test_who_unsubscribed_meanwhile_gets_no_letter_about_stages(db):
    case = making.funded()
    restaged(case, "The appeal")
    tell_of_stages(db)
    (waiting,) = letters(db, "updates.stages_changed")
    assert render(waiting.name, "en", waiting.facts) is not None
    readers.unsubscribe(db.session.get(Pledge, waiting.facts["pledge"]))
    assert render(waiting.name, "en", waiting.facts) is None
