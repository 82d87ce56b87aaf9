"""Settings that staff change: what holds when, who must agree, and what is kept."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.accounts import service as accounts
from app.audit.models import AuditEntry
from app.core import clock as house_clock
from app.database import db as database
from app.mail.models import OutgoingLetter
from app.settings import queries, service
from app.settings.known import ALL, BY_NAME, PAIRS
from app.settings.models import SettingChange
from config import Settings
from tests.people import browser_of, dara, mina, roya, staff
from tests.support.forms import send, token_of

DAY = 86_400


def nadia():
    """Staff: another administrator."""
    user = dara()
    accounts.give_role(user, "admin")
    return user


def change(name, value, reason="We thought again.", **more):
    return service.change(BY_NAME[name], value, reason, by_id=more.pop("by", roya)().id, **more)


def committed(app, *changes):
    """Make changes and commit them; their ids."""
    with app.app_context():
        rows = [change(*one) if isinstance(one, tuple) else one() for one in changes]
        database.session.commit()
        queries.forget()
        return [row.id for row in rows]


def now(app, name):
    with app.app_context():
        return getattr(queries.in_force(), name)


# ---------------------------------------------------------------- what holds
def test_until_somebody_changes_it_the_environment_holds(app):
    with app.app_context():
        assert queries.in_force() is app.config["AMICUS"]


def test_a_change_holds_at_once_for_everything_that_asks(app, client):
    assert "3 working days" in client.get("/policy").text
    committed(app, ("review_days", 5))
    assert now(app, "review_days") == 5
    assert "5 working days" in app.test_client().get("/policy?fresh").text


def test_a_planned_change_holds_from_its_day_on_and_not_before(app, clock):
    committed(app, lambda: change("review_days", 7, starts_at=house_clock.now() + timedelta(days=3)))
    assert now(app, "review_days") == 3
    clock.move(4 * DAY)
    assert now(app, "review_days") == 7


def test_the_change_that_begins_last_holds_and_not_the_one_that_was_written_last(app, clock):
    committed(
        app, lambda: change("review_days", 7, starts_at=house_clock.now() + timedelta(days=3)), ("review_days", 4)
    )
    assert now(app, "review_days") == 4
    clock.move(4 * DAY)
    assert now(app, "review_days") == 7


def test_asking_opens_no_transaction_and_costs_one_question_a_second(app):
    committed(app, ("review_days", 5))
    with app.app_context():
        database.session.rollback()
        queries.in_force()
        assert not database.session().in_transaction()
        kept = app.extensions["amicus_settings"]
        assert queries.in_force().review_days == 5 and app.extensions["amicus_settings"] is kept


def test_a_change_by_another_process_is_noticed_after_a_second(app, monkeypatch):
    assert now(app, "review_days") == 3
    with app.app_context():
        change("review_days", 5)
        database.session.commit()
    monkeypatch.setattr(queries, "BELIEVED", 0)
    assert now(app, "review_days") == 5


def test_the_page_of_a_case_has_another_version_after_a_change(app):
    with app.app_context():
        before = queries.mark()
    committed(app, ("review_days", 5))
    with app.app_context():
        assert queries.mark() != before


# ---------------------------------------------------------------- what is taken
def test_every_setting_is_a_field_with_limits_that_its_default_keeps(app):
    for known in ALL:
        assert known.least <= Settings.model_fields[known.name].default <= known.most, known.name
        assert known.takes(known.least) and known.takes(known.most), known.name
        assert not known.takes(known.least - 1) and not known.takes(known.most + 1), known.name
    assert {name for pair in PAIRS for name in pair} <= BY_NAME.keys()


@pytest.mark.parametrize(
    ("name", "value", "reason", "error"),
    [
        ("review_days", 0, "Why not.", service.OutOfRange),
        ("review_days", 61, "Why not.", service.OutOfRange),
        ("review_days", 3, "Why not.", service.NothingChanges),
        ("review_days", 5, "  ", service.NoReason),
        ("review_days", 5, "x" * 601, service.ReasonTooLong),
        ("deadline_days_min", 61, "Why not.", service.WrongOrder),
        ("minimum_pledge", 6_000_00, "Why not.", service.WrongOrder),
    ],
)
def test_what_cannot_be_is_refused(db, name, value, reason, error):
    with pytest.raises(error):
        change(name, value, reason)


def test_a_pair_that_would_cross_later_is_refused_too(db):
    change("deadline_days_max", 20, starts_at=house_clock.now() + timedelta(days=9))
    with pytest.raises(service.WrongOrder):
        change("deadline_days_min", 30)
    assert change("deadline_days_min", 20).value == 20


@pytest.mark.parametrize("days", [-1, 0, 400])
def test_a_change_begins_after_now_and_within_a_year(db, days):
    with pytest.raises(service.BadStart):
        change("review_days", 5, starts_at=house_clock.now() + timedelta(days=days))


# ---------------------------------------------------------------- the second word
@pytest.mark.parametrize(
    ("name", "value", "needs"),
    [
        ("second_reviewer_from", 30_000_00, True),
        ("second_reviewer_from", 20_000_00, False),
        ("fresh_minutes", 30, True),
        ("fresh_minutes", 5, False),
        ("evidence_days", 91, True),
        ("paid_days", 2000, True),  # what is let go too early cannot be brought back
        ("review_days", 10, False),
    ],
)
def test_what_makes_people_less_safe_needs_a_second_administrator(db, name, value, needs):
    assert change(name, value).needs_second == needs


def test_a_way_down_and_up_again_does_not_avoid_the_second(db):
    change("fresh_minutes", 5)
    assert change("fresh_minutes", 15).needs_second


def test_a_proposal_counts_for_nothing_until_another_administrator_confirms_it(app):
    (id_,) = committed(app, ("fresh_minutes", 60))
    assert now(app, "fresh_minutes") == 15
    with app.app_context():
        service.confirm(database.session.get_one(SettingChange, id_), by_id=nadia().id)
        database.session.commit()
        queries.forget()
    assert now(app, "fresh_minutes") == 60


def test_nobody_confirms_or_refuses_their_own(db):
    row = change("fresh_minutes", 60)
    for act in (service.confirm, service.refuse):
        with pytest.raises(service.OwnChange):
            act(row, by_id=roya().id)
    with pytest.raises(service.OwnChange):
        service.withdraw(row, by_id=nadia().id)
    assert service.withdraw(row, by_id=roya().id).answer == "withdrawn"


@pytest.mark.both_databases
def test_the_database_itself_refuses_who_confirms_their_own(db):
    row, words = change("fresh_minutes", 60), "INSERT INTO setting_answers (change_id, answer, proposed_by, by_id, at)"
    values = {"change": row.id, "by": roya().id, "at": "2026-01-01"}
    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(text(f"{words} VALUES (:change, 'confirmed', :by, :by, :at)"), values)
    service.confirm(row, by_id=nadia().id)  # the control


def test_a_change_is_answered_once(db):
    row = change("fresh_minutes", 60)
    service.refuse(row, by_id=nadia().id)
    for act in (service.confirm, service.refuse, service.withdraw):
        with pytest.raises(service.Answered):
            act(row, by_id=nadia().id)
    assert change("fresh_minutes", 60).needs_second, "it may be proposed again"


def test_while_one_waits_no_other_is_made(db):
    change("fresh_minutes", 60)
    with pytest.raises(service.Waits):
        change("fresh_minutes", 5)


def test_what_is_planned_can_be_withdrawn_and_what_has_begun_cannot(db):
    planned = change("review_days", 7, starts_at=house_clock.now() + timedelta(days=3))
    begun = change("review_days", 4)
    service.withdraw(planned, by_id=nadia().id)
    with pytest.raises(service.Answered):
        service.withdraw(begun, by_id=roya().id)
    row = queries.row_of(BY_NAME["review_days"], queries.history("review_days"))
    assert (row.value, row.planned) == (4, [])


@pytest.mark.both_databases
@pytest.mark.parametrize("words", ["UPDATE {} SET by_id = by_id", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["setting_changes", "setting_answers"])
def test_what_was_written_stays(db, table, words):
    service.confirm(change("fresh_minutes", 60), by_id=nadia().id)
    with pytest.raises(DBAPIError, match="append-only"), db.session.begin_nested():
        db.session.execute(text(words.format(table)))


# ---------------------------------------------------------------- in the browser
def test_an_administrator_changes_a_setting_and_all_are_told(app):
    with app.app_context():
        nadia(), mina()
        database.session.commit()
    browser = browser_of(app, roya)
    assert "Staff answer a page" in browser.get("/staff/settings").text
    answer = send(browser, "/staff/settings/review_days", value="۵", reason="Two of us are away.")
    assert answer.status_code == 303 and now(app, "review_days") == 5
    page = browser.get("/staff/settings/review_days").text
    assert "Two of us are away." in page and "Roya Kent" in page and "3 working days" in page
    with app.app_context():
        letters = database.session.scalars(select(OutgoingLetter).where(OutgoingLetter.name == "settings.changed"))
        assert sorted(row.to for row in letters) == ["dara@example.org", "roya@example.org"]
        noted = database.session.scalars(select(AuditEntry).where(AuditEntry.action == "setting.changed")).one()
        assert (noted.details["old"], noted.details["value"]) == (3, 5)


def test_two_administrators_make_people_wait_less_often_for_a_second_reviewer(app):
    first, second = browser_of(app, roya), browser_of(app, nadia)
    page = "/staff/settings/second_reviewer_from"
    assert send(first, page, value="30,000", reason="Costs have risen.").status_code == 303
    assert now(app, "second_reviewer_from") == 25_000_00
    assert "1 change of a setting waits" in second.get("/staff/").text
    shown = first.get(page)
    assert "Confirm the change" not in shown.text and "Withdraw the change" in shown.text
    own = first.post(
        f"{page}/changes/1", data={"csrf_token": token_of(shown), "answer": "confirm"}, headers=_from(page)
    )
    assert own.status_code == 409 and "Another administrator must decide" in own.text
    shown = second.get(page)
    data = {"csrf_token": token_of(shown), "answer": "confirm"}
    assert second.post(f"{page}/changes/1", data=data, headers=_from(page)).status_code == 303
    assert now(app, "second_reviewer_from") == 30_000_00
    assert "£30,000" in app.test_client().get("/policy?fresh").text


def _from(page):
    return {"Referer": f"https://localhost{page}"}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"value": "", "reason": "x"}, "Enter a whole number from 1 to 60."),
        ({"value": "0", "reason": "x"}, "Enter a whole number from 1 to 60."),
        ({"value": "9" * 400, "reason": "x"}, "Enter a whole number from 1 to 60."),
        ({"value": "5.5", "reason": "x"}, "Enter a whole number from 1 to 60."),
        ({"value": "٥²", "reason": "x"}, "Enter a whole number from 1 to 60."),
        ({"value": "5", "reason": " "}, "Say why, in a sentence or more."),
        ({"value": "5", "reason": "kept words", "starts_on": ["31", "6", "2030"]}, "There is no such day."),
        ({"value": "5", "reason": "kept words", "starts_on": ["1", "6", "2020"]}, "Choose a day from tomorrow on"),
        ({"value": "3", "reason": "kept words"}, "It has this value then already."),
    ],
)
def test_what_is_wrong_is_told_at_the_box_and_what_was_typed_stays(app, typed, said):
    answer = send(browser_of(app, roya), "/staff/settings/review_days", **typed)
    assert answer.status_code == 400 and said in answer.text and 'aria-invalid="true"' in answer.text
    assert "kept words" not in typed["reason"] or "kept words" in answer.text
    assert now(app, "review_days") == 3


def test_only_administrators_see_settings_and_only_known_ones_are_there(app):
    for who in (mina, lambda: staff("auditor"), lambda: staff("finance")):
        browser = browser_of(app, who)
        assert browser.get("/staff/settings").status_code == 404
        assert browser.get("/staff/settings/review_days").status_code == 404
    admin = browser_of(app, roya)
    assert admin.get("/staff/settings/secret_key").status_code == 404
    assert admin.get("/staff/settings/review_days").status_code == 200  # the control


def test_an_old_proof_is_asked_for_again(app, monkeypatch):
    browser = browser_of(app, roya)
    with app.app_context():
        database.session.execute(text("UPDATE sign_ins SET created_at = '2020-01-01', proved_at = '2020-01-01'"))
        database.session.commit()
    assert "/account/prove" in browser.get("/staff/settings/review_days").location


def test_operators_list_settings_and_read_their_history(app):
    committed(app, ("review_days", 5), ("fresh_minutes", 60))
    run = app.test_cli_runner().invoke
    listed = run(args=["settings", "list"]).output
    assert (
        "review_days = 5 working_days  (environment: 3)" in listed and "fresh_minutes = 15 minutes  1 waiting" in listed
    )
    told = run(args=["settings", "history", "review_days"]).output
    assert "3 -> 5" in told and "We thought again." in told
    assert "never changed" in run(args=["settings", "history", "paid_days"]).output
