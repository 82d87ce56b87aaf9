"""The side page: letters that came by SMTP, the people's codes, and the clock's buttons."""

import itertools
import os
import re
import smtplib
import time
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from io import BytesIO

import pyotp
import pytest
from sqlalchemy import create_engine, update
from sqlalchemy.orm import Session

from app.accounts.models import StaffRole, User
from app.core import clock as portal_clock
from app.database import Base
from app.i18n.catalog import ensure_compiled, extract_messages
from app.lawyers import registers
from app.lawyers.models import Lawyer
from app.seed import PASSPHRASE
from app.seed.people import PEOPLE, SRA
from app.storage.files import KINDS
from demo import clock, tour
from demo.mailbox import Mailbox
from demo.place import PASSWORD, ROOT, Place, links_file
from demo.side_page import create_side_page
from tests.support.common import free_port

SECRET = pyotp.random_base32()


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path, 8800)


@pytest.fixture
def mailbox(place):
    return Mailbox(place.mail_file, lambda: clock.now(place.clock_file))


@pytest.fixture
def client(place, mailbox):
    return create_side_page(place, mailbox).test_client()


@pytest.fixture
def send(mailbox):
    """Hands a letter to the mailbox's server."""
    port = free_port()

    def send(
        subject="Thank you",
        to=("omid@example.org",),
        text="Manage it: http://localhost:8800/pledges/abc",
        html="",
        date=None,
    ):
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = "Amicus <hello@amicus.example>", ", ".join(to), subject
        if date:
            letter._headers.append(("Date", date))  # as it is, or the library would put it right
        letter.set_content(text)
        if html:
            letter.add_alternative(html, subtype="html")
        with smtplib.SMTP("127.0.0.1", port) as server:
            server.send_message(letter)

    with mailbox.receiving(port):
        yield send


def test_letters_are_listed_newest_first(client, send):
    send("The first")
    send("از شما سپاسگزاریم")
    page = client.get("/mail").text
    assert 0 < page.index("از شما سپاسگزاریم") < page.index("The first")


def test_a_letter_to_two_people_arrives_twice_and_each_has_a_list(client, send):
    send(to=("omid@example.org", "leila@example.org"))
    assert client.get("/mail").text.count("Thank you") == 2
    assert client.get("/mail?to=leila@example.org").text.count("Thank you") == 1
    assert "No letter has arrived" in client.get("/mail?to=nobody@example.org").text


def test_the_list_goes_on_on_a_second_page(client, send):
    for number in range(51):
        send(f"Number {number}.")
    page = client.get("/mail").text
    assert "Number 1." in page and "Number 0." not in page
    assert "Number 0." in client.get("/mail?before=2").text and "Older letters" in page


def test_the_links_of_the_plain_text_can_be_followed(client, send):
    send()
    assert '<a href="http://localhost:8800/pledges/abc" rel="noopener" target="_blank">' in client.get("/mail/1").text


def test_the_html_stands_in_a_sandbox_and_its_links_open_beside(client, send):
    send(html="<html><head><title>x</title></head><body><a href='http://localhost:8800/'>Go</a></body></html>")
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in client.get("/mail/1").text
    letter = client.get("/mail/1/html")
    assert '<head><base target="_blank">' in letter.text
    assert (
        "sandbox" in letter.headers["Content-Security-Policy"]
        and "script" not in letter.headers["Content-Security-Policy"]
    )


def test_what_a_letter_says_is_escaped_on_our_page(client, send):
    send("<script>alert(1)</script>", text="<script>alert(2)</script>")
    assert "<script" not in client.get("/mail/1").text + client.get("/mail").text


def test_letters_outlive_a_restart(place, send):
    send("Kept")
    assert [line.subject for line in Mailbox(place.mail_file, lambda: clock.now(place.clock_file)).lines()] == ["Kept"]


def test_a_letter_bears_the_time_of_the_moved_clock(place, mailbox, send):
    clock.move(place.clock_file, 30 * 86400)
    send()
    assert mailbox.lines()[0].at.timestamp() == pytest.approx(time.time() + 30 * 86400, abs=60)


def test_a_letter_with_a_date_bears_that(mailbox, send):
    send(date="Thu, 05 Nov 2026 15:14:44 +0000")
    assert mailbox.lines()[0].at.isoformat() == "2026-11-05T15:14:44+00:00"


def test_a_date_that_is_none_is_passed_over(mailbox, send):
    send(date="the day before yesterday")
    assert abs(mailbox.lines()[0].at.timestamp() - time.time()) < 60


def test_a_subject_that_was_folded_has_no_space_before_it(mailbox, send):
    send("Your pledge to Equal pay for Wrenfield’s school kitchens is recorded, and here is more of it")
    assert mailbox.lines()[0].subject[:4] == mailbox.letter(1).subject[:4] == "Your"


def test_the_start_page_leads_to_private_pages_once_there_are_some(client, place):
    assert "Private pages" not in client.get("/").text
    links_file(place.folder).write_text('{"مادری": "http://localhost:8800/p/abc"}')
    assert '<a href="http://localhost:8800/p/abc" dir="auto">مادری</a>' in client.get("/").text


def test_an_unknown_letter_is_not_found(client):
    assert client.get("/mail/7").status_code == client.get("/mail/7/html").status_code == 404


@pytest.mark.parametrize(("step", "seconds"), [("hour", 3600), ("day", 86400), ("week", 604800), ("month", 2592000)])
def test_a_button_moves_the_clock_ahead(client, place, step, seconds):
    clock.move(place.clock_file, 60)
    assert client.post("/clock", data={"step": step}).status_code == 303
    assert place.clock_file.read_text() == f"{seconds + 60}\n"


def test_the_portal_follows_the_clock_file(client, place, monkeypatch):
    portal_clock.set_offset_file(place.clock_file)
    monkeypatch.setattr(portal_clock, "_LOOK_EVERY", 0)
    client.post("/clock", data={"step": "day"})
    moved = portal_clock.now() - portal_clock.real_now()
    portal_clock.set_offset_file(None)
    assert moved.total_seconds() == pytest.approx(86400, abs=1)


def test_a_step_that_is_no_button_moves_nothing(client, place):
    assert client.post("/clock", data={"step": "-1"}).status_code == 400
    assert clock.ahead(place.clock_file) == 0


def test_another_site_cannot_press_the_button(client, place):
    answer = client.post("/clock", data={"step": "day"}, headers={"Origin": "http://elsewhere.example"})
    assert answer.status_code == 403 and clock.ahead(place.clock_file) == 0


def test_the_clock_neither_goes_back_nor_out_of_sight(client, place):
    with pytest.raises(clock.BadMove, match="only goes forward"):
        clock.move(place.clock_file, -1)
    clock.move(place.clock_file, clock.FARTHEST)
    assert "at most ten years" in client.post("/clock", data={"step": "hour"}).text


@pytest.fixture
def database(place):
    """A database as the portal has it, with a reviewer, a lawyer and somebody who left."""
    engine = create_engine(f"sqlite:///{place.database}")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        mina = User(email="mina@example.org", name="Mina", password_hash="", totp_secret=SECRET)
        mina.roles = [StaffRole(role="reviewer"), StaffRole(role="finance", ended_at=clock.now(place.clock_file))]
        leila = User(email="leila@example.org", name="Leila", password_hash="")
        registered = {"profession": "solicitor", "regulator": "SRA", "registration_number": "1", "town": "Leeds"}
        lawyer = Lawyer(user=leila, slug="leila", firm="Rad Law", state="verified", **registered)
        gone = User(email="gone@example.org", name="Gone", password_hash="", disabled_at=clock.now(place.clock_file))
        session.add_all([mina, leila, lawyer, gone])
        session.commit()
    return engine


def test_people_stand_with_role_password_and_present_code(client, database):
    codes = {pyotp.TOTP(SECRET).now()}
    page = client.get("/people").text
    codes.add(pyotp.TOTP(SECRET).now())  # a step may have ended in between
    assert any(f">{code}<" in page for code in codes)
    assert "Staff: reviewer<" in page and "Lawyer at Rad Law, verified" in page and PASSWORD in page
    assert "none needed" in page and "Gone" not in page


def test_a_lawyer_who_had_a_badge_stands_with_what_ended_it(client, database):
    for because, told in (("changed", "pending again after a change"), ("lapsed", "verification expired")):
        with Session(database) as session:
            session.execute(update(Lawyer).values(state="applied", pending_because=because))
            session.commit()
        assert f"Lawyer at Rad Law, {told}" in client.get("/people").text


def test_a_code_that_was_used_is_not_offered_again(client, database):
    with Session(database) as session:
        session.execute(update(User).values(totp_last_step=int(time.time()) // 30 + 1))
        session.commit()
    page = client.get("/people").text
    assert "used; wait for the next" in page and 'class="code"' not in page


def test_before_there_is_a_database_nobody_is_listed(client):
    assert "Nobody has an account yet" in client.get("/people").text


def test_whoever_sets_an_app_up_finds_the_code_of_the_new_secret(client, database):
    until = datetime.now(UTC) + timedelta(minutes=5)
    with Session(database) as session:
        session.execute(update(User).where(User.name == "Leila").values(pending_totp_secret=SECRET))
        session.execute(update(User).where(User.name == "Leila").values(pending_totp_until=until))
        session.commit()
    assert client.get("/people").text.count("to set the app up") == 1
    with Session(database) as session:
        session.execute(update(User).values(pending_totp_until=until - timedelta(minutes=6)))
        session.commit()
    assert "to set the app up" not in client.get("/people").text


def test_only_who_was_there_from_the_start_has_the_known_password(client, database, place):
    assert "the one they chose</td>" not in client.get("/people").text
    place.mark_seeded()
    os.utime(place.folder / "seeded", (time.time() - 60, time.time() - 60))
    assert client.get("/people").text.count("the one they chose</td>") == 2


# ---------------------------------------------------------------- the guided tour
TOUR = ("/tour/lawyer", "/tour/backer", "/tour/public", "/tour/private", "/tour/verification")
TEMPLATES = [*ROOT.joinpath("demo", "templates").glob("*tour*.html")]


def test_the_start_page_leads_to_every_journey_and_each_to_the_next(client):
    start = client.get("/").text
    assert all(f'href="{path}"' in start for path in TOUR)
    for here, there in itertools.pairwise(TOUR):
        assert f'<p><a href="{there}"' in client.get(here).text


def test_each_step_can_be_taken_in_either_language(client, place):
    for path in TOUR:
        page = client.get(path).text
        english = set(re.findall(rf'href="{place.portal}(/[^"]*)"', page)) - {"/"}
        persian = {there for there in english if there.startswith("/fa")}
        assert persian and english - persian == {there.removeprefix("/fa") for there in persian} - {"/"}


def test_what_the_tour_says_to_press_is_called_so_by_the_portal():
    known = extract_messages()
    called = {(row.label, "") for rows in vars(tour).values() if isinstance(rows, tuple) for row in rows}
    for template in TEMPLATES:
        called |= set(re.findall(r"label\('([^']+)'(?:, '([^']+)')?\)", template.read_text()))
    assert len(called) > 40
    assert {name for name, context in called if known.get(name, context or None) is None} == set()


def test_a_label_is_told_in_both_languages_once_the_portal_has_its_translations():
    ensure_compiled()
    assert tour.label("Send the application").endswith('<span class="fa" lang="fa" dir="rtl">ارسال درخواست</span>')
    assert tour.label("No such button") == "<b>No such button</b>"


@pytest.mark.parametrize("name", tour.PAPERS)
def test_papers_can_be_downloaded_and_are_what_the_portal_takes(client, name):
    paper = client.get(f"/papers/{name}")
    assert paper.data.startswith(KINDS["pdf"].magic) and name in paper.headers["Content-Disposition"]
    assert client.get("/papers/secret.pdf").status_code == 404


def test_the_register_can_be_imported_and_names_lawyers_of_the_seed(client):
    register = client.get(f"/papers/{tour.REGISTER}")
    assert register.mimetype == "text/csv"
    found = {entry["number"]: entry["status"] for entry in registers.read(SRA, BytesIO(register.data))}
    seeded = {person.practice.number for person in PEOPLE.values() if person.practice}
    assert set(found) <= seeded and sorted(found.values()) == ["practising"] * 5 + ["suspended"]


def test_the_passphrase_stands_beside_the_links_to_private_pages(client, place):
    assert PASSPHRASE not in client.get("/").text
    links_file(place.folder).write_text('{"مادری": "http://localhost:8800/p/abc"}')
    for path in ("/", "/tour/private"):
        page = client.get(path).text
        assert PASSPHRASE in page and "http://localhost:8800/p/abc" in page


@pytest.mark.parametrize("path", ["/", "/mail", "/people", "/cards", "/clock", *TOUR])
def test_every_page_opens_and_sets_no_cookie(client, path):
    page = client.get(path)
    assert page.status_code == 200 and "Set-Cookie" not in page.headers
    assert "unsafe" not in page.headers["Content-Security-Policy"] and "style=" not in page.text


def test_a_foreign_host_name_is_refused(client):
    assert client.get("/people", headers={"Host": "evil.example"}).status_code == 400
