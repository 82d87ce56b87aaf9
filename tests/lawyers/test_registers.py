"""Registers: looking somebody up, and taking over a file strictly, as a whole, or not at all."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select

from app.core.clock import now
from app.database import db as database
from app.lawyers import registers
from app.lawyers.labels import mistake_text
from app.lawyers.models import RegisterEntry, RegisterSnapshot
from app.lawyers.registers import BadSnapshot, CannotSay, FileFed, Found, NotFound
from app.lawyers.states import RegisterStatus
from tests.lawyers.badges import bring
from tests.people import browser_of, kian, leila, mina
from tests.support.forms import send

SRA = "Solicitors Regulation Authority"
LEILA = "612345,Leila Farahani,practising,Fenmoor Legal"
PAGE = "/staff/registers"


def read(content):
    return registers.read(SRA, BytesIO(content))


def mistakes(content):
    with pytest.raises(BadSnapshot) as refused:
        read(content)
    return [(mistake.line, mistake.code) for mistake in refused.value.mistakes]


def test_a_register_answers_by_the_number(db):
    bring(LEILA)
    found = FileFed().look_up(leila())
    assert isinstance(found, Found) and found.status is RegisterStatus.PRACTISING and found.name == "Leila Farahani"
    assert (found.source, found.as_of) == (f"{SRA} register", now().date())


def test_whoever_is_not_in_it_is_not_found_and_without_a_register_nobody_can_say(db):
    assert isinstance(FileFed().look_up(leila()), CannotSay)
    bring("598210,Priya Raman,practising,")
    assert isinstance(FileFed().look_up(leila()), NotFound) and isinstance(FileFed().look_up(kian()), CannotSay)


def test_what_staff_found_by_hand_answers_where_no_file_does(db):
    by_hand = registers.look_up(leila())
    assert isinstance(by_hand, Found) and by_hand.source == "SRA register"
    assert isinstance(registers.look_up(kian()), CannotSay)
    bring(LEILA)
    assert registers.look_up(leila()).source == f"{SRA} register"


def test_columns_may_stand_in_any_order_and_digits_in_any_script():
    rows = read("\ufeffName,Firm,NUMBER,status\r\nLeila Farahani,,۶۱۲۳۴۵,Practising\r\n\r\n".encode())
    assert rows == [{"number": "612345", "name": "Leila Farahani", "status": "practising", "firm": ""}]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", [(1, "columns")]),
        (b"number,name,status\n1,2,3", [(1, "columns")]),
        (b"number,name,status,firm,more\n", [(1, "columns")]),
        (b"number,name,status,firm\n", [(2, "empty")]),
        (b"number,name,status,firm\n612345,A,practising,\n612345,B,practising,", [(3, "twice")]),
        (
            b"number,name,status,firm\nX,A,practising,\n612345,A,dead,\n612346,,practising,",
            [(2, "number"), (3, "status"), (4, "missing")],
        ),
        (b"number,name,status,firm\n612345,A", [(2, "parts")]),
        (b"number,name,status,firm\n612345,A\x00B,practising,", [(2, "text")]),
        ("number,name,status,firm\n612345,A\u202eB,practising,".encode(), [(2, "text")]),
        (b"number,name,status,firm\n612345," + b"x" * 121 + b",practising,", [(2, "text")]),
        (b'number,name,status,firm\n612345,"A"B,practising,', [(2, "csv")]),
        (b"number,name,status,firm\n612345,\xff,practising,", [(2, "encoding")]),
    ],
)  # fmt: skip
def test_each_mistake_is_named_by_its_line(app, content, found):
    assert mistakes(content) == found
    with app.test_request_context():
        assert all(mistake_text(registers.Mistake(*mistake)) for mistake in found)


def test_no_more_mistakes_are_told_than_one_can_read():
    assert len(mistakes(b"number,name,status,firm\n" + b"x,y,z,\n" * 500)) == registers.MOST_MISTAKES


def test_a_file_that_is_too_large_or_has_too_many_entries_is_refused(monkeypatch):
    monkeypatch.setattr(registers, "MOST_ENTRIES", 2)
    lines = "".join(f"61234{n},A,practising,\n" for n in range(3))
    with pytest.raises(registers.TooMany):
        read(f"number,name,status,firm\n{lines}".encode())
    monkeypatch.setattr(registers, "LARGEST", 10)
    with pytest.raises(registers.TooLarge):
        read(f"number,name,status,firm\n{lines}".encode())


def test_a_newer_register_replaces_the_older_as_a_whole_and_leaves_others_alone(db):
    bring(LEILA, "598210,Priya Raman,practising,")
    bring("20177,Kian Daneshvar,practising,", key="bsb")
    bring("598210,Priya Raman,suspended,")
    held = dict(db.session.execute(select(RegisterEntry.number, RegisterEntry.status)).all())
    assert held == {"20177": "practising", "598210": "suspended"}
    assert db.session.scalar(select(func.count()).select_from(RegisterSnapshot)) == 3


def test_a_file_with_a_mistake_changes_nothing(db):
    bring(LEILA)
    with pytest.raises(BadSnapshot):
        bring("598210,Priya Raman,practising,", "x,y,z,")
    assert db.session.scalars(select(RegisterEntry.number)).all() == ["612345"]


def test_an_older_register_does_not_replace_a_newer_one_and_none_is_of_tomorrow(db):
    bring(LEILA)
    for day in (now().date() - timedelta(days=1), now().date() + timedelta(days=1)):
        with pytest.raises(registers.BadDay):
            bring(LEILA, as_of=day)
    with pytest.raises(registers.BadRegulator):
        bring(LEILA, key="other")


# ---------------------------------------------------------------- the pages and the command
def send_file(browser, content, day=None, **changes):
    day = day or now().date()
    fields = {"regulator": "sra", "as_of": [str(day.day), str(day.month), str(day.year)], **changes}
    return send(browser, PAGE, file=(BytesIO(content), "sra.csv"), **fields)


def test_staff_import_a_register_and_see_what_is_held(app):
    browser = browser_of(app, mina)
    assert "Bring a register" in browser.get(PAGE).text
    answer = send_file(browser, f"number,name,status,firm\n{LEILA}".encode())
    assert answer.location == PAGE
    shown = browser.get(PAGE).text
    assert "Imported: 1 entries." in shown and SRA in shown


def test_the_page_names_each_mistake_and_imports_nothing(app):
    browser = browser_of(app, mina)
    answer = send_file(browser, b"number,name,status,firm\nX,A,practising,\n612345,A,dead,\n")
    assert answer.status_code == 400 and "Line 2: This is no number of this regulator." in answer.text
    assert "Line 3: The status must be one of: practising" in answer.text
    with app.app_context():
        assert database.session.scalars(select(RegisterSnapshot)).all() == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"regulator": "nobody"}, "Choose a regulator."),
        ({"as_of": ["", "", ""]}, "Enter the day on which the register was like this"),
    ],
)
def test_what_is_missing_is_told_at_its_field(app, changes, told):
    answer = send_file(browser_of(app, mina), f"number,name,status,firm\n{LEILA}".encode(), **changes)
    assert answer.status_code >= 400 and told in answer.text


def test_a_register_of_tomorrow_is_told_at_the_day(app):
    day = now().date() + timedelta(days=2)
    answer = send_file(browser_of(app, mina), f"number,name,status,firm\n{LEILA}".encode(), day)
    assert answer.status_code == 400 and 'id="as_of-error"' in answer.text and "not in the future" in answer.text


@pytest.mark.parametrize("who", [leila, kian])
def test_registers_are_for_reviewers(app, who):
    assert browser_of(app, who).get(PAGE).status_code == 404


def test_operators_import_a_register_too(app, tmp_path):
    file = tmp_path / "sra.csv"
    file.write_text(f"number,name,status,firm\n{LEILA}\n")
    run = app.test_cli_runner().invoke
    done = run(args=["lawyers", "import-register", "sra", str(file), "--as-of", str(date(2026, 1, 5))])
    assert done.exit_code == 0 and "1 entries" in done.output
    file.write_text("number,name,status,firm\nX,Y,Z,\n")
    wrong = run(args=["lawyers", "import-register", "sra", str(file), "--as-of", str(date(2026, 1, 6))])
    assert wrong.exit_code == 1 and "Line 2: This is no number of this regulator." in wrong.output
