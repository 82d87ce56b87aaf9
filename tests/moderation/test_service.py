"""Reports: made once, taken up, acted on, closed with a reason."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.accounts.service import BadEmail
from app.audit.models import AuditEntry
from app.cases.drafting import BadChoice
from app.cases.models import Case
from app.cases.moves import IllegalMove
from app.cases.review import OwnCase
from app.cases.states import Visibility
from app.core import ids
from app.database import db as database
from app.jobs.models import Job
from app.mail.models import OutgoingLetter
from app.mail.outbox import render
from app.moderation import queries, service
from app.moderation.models import Report
from app.moderation.service import About
from app.pledges.states import PledgeState
from app.updates import jobs as update_jobs
from app.updates import queries as known_updates
from app.updates import service as update_service
from app.updates.service import BadChoice as UnknownReason
from app.updates.service import NotPosted
from tests.cases import stages
from tests.cases.backed import pledge
from tests.moderation import making
from tests.people import dara, leila, mina
from tests.updates import making as updates


def letters(name):
    database.session.flush()
    return database.session.scalars(select(OutgoingLetter).where(OutgoingLetter.name == name)).all()


def actions(report):
    entries = select(AuditEntry.action).where(AuditEntry.subject_kind == "reports", AuditEntry.subject_id == report.id)
    return list(database.session.scalars(entries.order_by(AuditEntry.id)))


# ---------------------------------------------------------------- made
def test_a_form_that_is_sent_twice_counts_once(db):
    about, key = About("case", leila().id, stages.live().id), ids.token()
    values = {"concern": "money", "words": "Why?", "email": "", "lang": "en", "form_key": key}
    assert [service.report(about, **values) for _ in range(3)] == [True, False, False]
    assert service.report(about, **{**values, "form_key": ids.token()}) is True


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"concern": "weather"}, BadChoice),
        ({"words": " \n"}, service.NoWords),
        ({"email": "no address"}, BadEmail),
        ({"email": "a@example.org\nBcc: b@example.org"}, BadEmail),
    ],
)
def test_what_cannot_be_a_report_is_refused(db, wrong, error):
    good = {"concern": "money", "words": "Why?", "email": "", "lang": "en", "form_key": ids.token()}
    with pytest.raises(error):
        service.report(About("case", leila().id, stages.live().id), **{**good, **wrong})


def test_twenty_times_at_once_is_one(app):
    with app.app_context():
        about, key = About("case", leila().id, stages.live().id), ids.token()
        database.session.commit()

    def send(_n):
        with app.app_context():
            done = service.report(about, concern="money", words="Why?", email="", lang="en", form_key=key)
            database.session.commit()
            return done

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(send, range(20))) == [False] * 19 + [True]
    with app.app_context():
        assert database.session.scalar(select(func.count()).select_from(Report)) == 1


# ---------------------------------------------------------------- worked on
def test_somebody_takes_it_up_and_another_may_take_it_over(db):
    report = making.report(stages.live())
    assert [service.take(report, mina()), service.take(report, mina())] == [True, False]
    assert (report.state, report.taken_by) == ("looking", mina().id)
    assert service.take(report, dara()) and report.taken_by == dara().id
    assert actions(report) == ["report.made", "report.taken", "report.taken"]


def test_the_lawyer_gets_a_note_and_a_second_press_sends_no_second(db):
    report = making.report(stages.live())
    assert service.write_to_lawyer(report, mina(), "Leave out the name.") is True
    assert service.write_to_lawyer(report, mina(), "Leave out the name.") is False
    (letter,) = letters("moderation.note")
    written = render(letter.name, "en", letter.facts)
    assert letter.to == leila().user.email and "Leave out the name." in written.text
    assert making.WORDS not in written.text and (report.state, report.taken_by) == ("looking", mina().id)
    assert [note.words for note in queries.notes_about(report.case)] == ["Leave out the name."]


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_a_note_about_a_private_page_waits_behind_the_sign_in(db, lang):
    case = stages.approved(None, Visibility.PRIVATE, title="CANARY")
    report = making.report(case)
    service.write_to_lawyer(report, mina(), "CANARY words")
    written = render("moderation.note", lang, letters("moderation.note")[0].facts)
    assert "CANARY" not in written.subject + written.text + written.html and case.public_id in written.text


def test_a_report_leads_to_a_suspension_and_back(db):
    report = making.report(stages.live())
    assert service.suspend(report, mina(), "money", "We are looking into it.") is True
    assert report.case.suspended_line == "We are looking into it."
    service.close(report, mina(), "Suspended until the budget is clear.")
    assert service.lift(report, dara()) is True and report.case.suspended_at is None


def test_a_report_leads_to_a_takedown_and_back(db):
    report = making.report(stages.live())
    assert service.take_down(report, mina(), "privacy") is True and report.case.taken_down_at is not None
    assert service.put_back(report, dara()) is True and report.case.taken_down_at is None


def test_the_line_on_the_page_is_said_and_short(db):
    report = making.report(stages.live())
    for line, error in ((" ", service.NoLine), ("x" * 601, service.LineTooLong)):
        with pytest.raises(error):
            service.suspend(report, mina(), "money", line)
    assert report.case.suspended_at is None


def test_a_lawyers_page_has_no_case_to_suspend(db):
    with pytest.raises(IllegalMove):
        service.suspend(making.about_lawyer(leila()), mina(), "lawyer", "We are looking into it.")


ACTS = {
    "take": lambda report, by: service.take(report, by),
    "note": lambda report, by: service.write_to_lawyer(report, by, "Words."),
    "suspend": lambda report, by: service.suspend(report, by, "money", "Words."),
    "take_down": lambda report, by: service.take_down(report, by, "money"),
    "lift": lambda report, by: service.lift(report, by),
    "put_back": lambda report, by: service.put_back(report, by),
    "close": lambda report, by: service.close(report, by, "Words."),
}


@pytest.mark.parametrize("act", ACTS)
def test_nobody_works_on_a_report_about_themselves(db, act):
    report = making.report(stages.live())
    with pytest.raises(OwnCase):
        ACTS[act](report, leila().user)
    ACTS[act](report, mina())  # the control


# ---------------------------------------------------------------- closed
def test_it_is_closed_once_with_a_reason_and_the_reporter_told_neutrally(db):
    report = making.report(stages.live(title="CANARY"), email="Reader@Example.org")
    with pytest.raises(service.NoLine):
        service.close(report, mina(), " ")
    assert [service.close(report, mina(), "CANARY: true."), service.close(report, dara(), "No.")] == [True, False]
    (letter,) = letters("moderation.answered")
    written = render(letter.name, letter.lang, letter.facts)
    assert letter.to == "reader@example.org"
    assert "CANARY" not in written.subject + written.text + written.html
    assert (report.state, report.closed_because, report.closed_by) == ("closed", "CANARY: true.", mina().id)


def test_who_left_no_address_gets_no_letter(db):
    service.close(making.report(stages.live()), mina(), "Nothing in it.")
    assert letters("moderation.answered") == []


@pytest.mark.parametrize("act", ["take", "note", "suspend", "take_down"])
def test_nothing_more_is_done_about_a_closed_one(db, act):
    report = making.report(stages.live())
    service.close(report, mina(), "Nothing in it.")
    with pytest.raises(IllegalMove):
        ACTS[act](report, dara())


# ---------------------------------------------------------------- what everybody may read
def test_the_public_log_counts_by_quarter_and_names_nobody(db):
    for n, code in enumerate(("money", "privacy")):
        service.suspend(making.report(stages.live(title=f"CANARY {n}")), mina(), code, "CANARY")
    service.take_down(making.report(db.session.scalars(select(Case)).first()), mina(), "order")
    found = queries.log()
    assert [(row.kind, row.code) for row in found] == [
        ("case.taken_down", "order"),
        ("case.suspended", "privacy"),
        ("case.suspended", "money"),
    ]
    (quarter,) = queries.by_quarter()
    assert quarter.total == 3 and dict(quarter.counts)["case.suspended"] == 2
    assert "CANARY" not in repr(found)


def test_the_log_goes_on_where_the_page_before_ended(db):
    for n in range(3):
        service.suspend(making.report(stages.live(title=f"Case {n}")), mina(), "money", "Words.")
    first = queries.log(limit=2)
    assert [row.id for row in queries.log(before=first[-1].id)] == [row.id for row in queries.log()[2:]]
    assert len(first) == 2


def test_what_was_undone_stays_in_the_log(db):
    report = making.report(stages.live())
    service.take_down(report, mina(), "order")
    service.put_back(report, mina())
    assert [row.kind for row in queries.log()] == ["case.taken_down"]


def test_a_failing_pledge_gets_the_time_of_the_suspension_back_when_it_is_lifted(db, clock):
    case = stages.live()
    report = making.report(case)
    failed = clock.now()
    found = pledge(case, 25, PledgeState.RETRY, first_failed_at=failed, next_at=failed + timedelta(days=2))
    service.suspend(report, mina(), "money", "We look into it.")
    db.session.flush()
    clock.move(5 * 86_400)
    assert service.lift(report, dara()) and not service.lift(report, dara())
    db.session.refresh(found)
    assert timedelta(days=4, hours=23) < found.first_failed_at - failed < timedelta(days=5, hours=1)
    assert "pledges.check_target" in db.session.scalars(select(Job.name)).all()


def test_while_the_lawyers_own_badge_rests_the_clocks_of_pledges_stand(db, clock):
    """The control: then it is `freeze.follow` that lets them go on."""
    case = stages.live()
    report = making.report(case)
    failed = clock.now()
    found = pledge(case, 25, PledgeState.RETRY, first_failed_at=failed, next_at=failed + timedelta(days=9))
    service.suspend(report, mina(), "money", "We look into it.")
    case.lawyer.frozen_since = clock.now()
    db.session.flush()
    clock.move(5 * 86_400)
    assert service.lift(report, dara())
    db.session.refresh(found)
    assert found.first_failed_at == failed


# ---------------------------------------------------------------- one update
def reported_update(**values):
    update = updates.post(updates.funded(**values))
    return update, making.report(update.case, "update", place=update.n)


def test_an_update_is_taken_down_alone_and_put_back(db):
    update, report = reported_update()
    assert service.take_update_down(report, mina(), "privacy") and not service.take_update_down(
        report, mina(), "privacy"
    )
    assert update.taken_down_at and update.case.taken_down_at is None and update.case.suspended_at is None
    line = known_updates.line_of(update, as_backer=True)
    assert (line.title, line.html) == ("", "") and line.down_at
    assert [measure.kind for measure in queries.log()] == ["update.taken_down"]
    assert queries.log()[0].code == "privacy" and queries.by_quarter()[0].total == 1
    assert service.put_update_back(report, dara()) and not service.put_update_back(report, dara())
    assert known_updates.line_of(update, as_backer=False).title == updates.WORDS.title
    assert len(letters("updates.measure")) == 2


def test_letters_about_an_update_that_is_down_are_dropped_and_written_once_it_is_back(db):
    update, report = reported_update()
    update_jobs.tell_backers(update.id)
    (waiting,) = letters("updates.posted")
    assert render(waiting.name, "en", waiting.facts) is not None
    service.take_update_down(report, mina(), "privacy")
    assert render(waiting.name, "en", waiting.facts) is None
    service.put_update_back(report, mina())
    assert render(waiting.name, "en", waiting.facts) is not None


def test_an_outcome_or_a_draft_cannot_be_taken_down_by_itself(db):
    ended = updates.concluded()
    report = making.report(ended.case, "update", place=ended.update.n)
    with pytest.raises(IllegalMove):
        service.take_update_down(report, mina(), "privacy")
    with pytest.raises(NotPosted):
        update_service.take_down(ended.update, "privacy", actor_id=mina().id)
    update, good = reported_update()
    with pytest.raises(UnknownReason):
        service.take_update_down(good, mina(), "weather")
    assert update.taken_down_at is None


def test_nobody_takes_down_an_update_of_their_own_case(db):
    _update, report = reported_update()
    with pytest.raises(OwnCase):
        service.take_update_down(report, report.lawyer.user, "privacy")
