"""The side page: letters that came by SMTP, the people's codes, and the clock's buttons."""

import smtplib
import time
from email.message import EmailMessage

import pyotp
import pytest
from sqlalchemy import create_engine, update
from sqlalchemy.orm import Session

from app.accounts.models import StaffRole, User
from app.core import clock as portal_clock
from app.database import Base
from app.lawyers.models import Lawyer
from demo import clock
from demo.mailbox import Mailbox
from demo.place import PASSWORD, Place
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
        subject="Thank you", to=("omid@example.org",), text="Manage it: http://localhost:8800/pledges/abc", html=""
    ):
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = "Amicus <hello@amicus.example>", ", ".join(to), subject
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


def test_a_code_that_was_used_is_not_offered_again(client, database):
    with Session(database) as session:
        session.execute(update(User).values(totp_last_step=int(time.time()) // 30 + 1))
        session.commit()
    page = client.get("/people").text
    assert "used; wait for the next" in page and 'class="code"' not in page


def test_before_there_is_a_database_nobody_is_listed(client):
    assert "Nobody has an account yet" in client.get("/people").text


@pytest.mark.parametrize("path", ["/", "/mail", "/people", "/cards", "/clock"])
def test_every_page_opens_and_sets_no_cookie(client, path):
    page = client.get(path)
    assert page.status_code == 200 and "Set-Cookie" not in page.headers
    assert "unsafe" not in page.headers["Content-Security-Policy"] and "style=" not in page.text


def test_a_foreign_host_name_is_refused(client):
    assert client.get("/people", headers={"Host": "evil.example"}).status_code == 400
