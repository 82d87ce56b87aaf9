"""Letters: written down once, handed to a real SMTP server, and what happens when that fails."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from jinja2 import DictLoader
from sqlalchemy import select

from app.core import clock as house_clock
from app.database import db as database
from app.database import in_transaction
from app.mail import outbox as letters
from app.mail.models import OutgoingLetter

TEXTS = {
    "test/note.subject.txt": "{{ subject }}",
    "test/note.txt": "Dear {{ name }},\n{{ _('Sign in') }}",
    "test/note.html": "<style>p{color:red}</style><p>Dear {{ name }}</p>",
}


@pytest.fixture
def house(app, outbox, monkeypatch):
    """The portal, its context open, with one letter of the tests: `note` says what its facts say."""
    templates = {f"email/{name}": text for name, text in TEXTS.items()}
    monkeypatch.setattr(app.jinja_env, "loader", DictLoader(templates))
    monkeypatch.setattr(letters, "WRITERS", {})

    @letters.letter("note")
    def note(name="Omid", subject="Thank you", is_true=True):
        return letters.Letter("test/note", {"name": name, "subject": subject}) if is_true else None

    with app.app_context():
        yield app


def post(key="pledge:1:thanks", to="omid@example.org", lang="en", name="note", **facts):
    """Write a letter down and commit."""
    written = letters.post(key, name, to=to, lang=lang, facts=facts)
    database.session.commit()
    return written


def only():
    """The only letter as it stands now."""
    database.session.expire_all()
    return database.session.scalars(select(OutgoingLetter)).one()


# ---------------------------------------------------------------- writing down
def test_a_letter_is_written_down_once_for_each_key(house, outbox):
    assert post() and not post() and not post(to="sara@example.org")
    assert letters.send_due() == 1 and letters.send_due() == 0
    assert outbox.recipients == [["omid@example.org"]]


def test_a_letter_of_a_transaction_that_was_undone_is_not_sent(house, outbox):
    letters.post("pledge:1:thanks", "note", to="omid@example.org", lang="en", facts={})
    database.session.rollback()
    assert letters.send_due() == 0


def test_many_letters_are_written_down_at_once_and_none_twice(house, outbox):
    post("update:7:0")
    many = [(f"update:7:{n}", f"backer{n}@example.org", "en", {"name": f"No. {n}"}) for n in range(1200)]
    letters.post_many("note", many)
    letters.post_many("note", many)
    database.session.commit()
    assert len(database.session.scalars(select(OutgoingLetter.key)).all()) == 1200


@pytest.mark.parametrize("to", ["a@b.org\nBcc: c@d.org", "a@b.org\r\n\r\nHello", "=?utf-8?q?a?=@b.org", "a@b.org\x00"])
def test_an_address_that_would_spoil_the_header_is_refused(house, to):
    with pytest.raises(ValueError, match="mail header"):
        post(to=to)


# ---------------------------------------------------------------- sending
def test_a_letter_arrives_with_both_parts_and_the_portals_sender(house, outbox):
    post(name="note")
    letters.send_due()
    letter = outbox.one("omid@example.org", "Thank you")
    text, html = letter.get_body("plain").get_content(), letter.get_body("html").get_content()
    assert text.split() == ["Dear", "Omid,", "Sign", "in"] and 'style="color' in html
    assert letter["From"] == house.config["AMICUS"].mail_from
    assert letter["Auto-Submitted"] == "auto-generated" and only().sent_at and only().attempts == 1


def test_a_letter_wears_the_styles_of_letters_and_keeps_the_dark_ones(house, outbox):
    post(name="note")
    letters.send_due()
    html = outbox.one("omid@example.org").get_body("html").get_content()
    assert "margin: 0 0 16px" in html and "@media (prefers-color-scheme: dark)" in html


def test_a_letter_bears_the_date_of_the_house(house, outbox, clock):
    clock.move(30 * 86400)
    post(name="note")
    letters.send_due()
    date = outbox.one("omid@example.org")["Date"].datetime
    assert abs((date - clock.now()).total_seconds()) < 60


def test_a_letter_speaks_its_readers_language(house, outbox):
    post(lang="fa")
    letters.send_due()
    letter = outbox.one("omid@example.org")
    assert "ورود" in letter.get_body("plain").get_content() and letter["Content-Language"] == "fa"


def test_a_letter_that_is_no_longer_true_is_dropped(house, outbox):
    post(is_true=False)
    assert letters.send_due() == 1 and letters.send_due() == 0
    assert outbox.messages == [] and only().dropped_at and only().sent_at is None


def test_a_subject_is_one_line_whatever_a_title_says(house, outbox):
    post(subject="Thank you\r\nBcc: everybody@example.org\n\nfor all")
    letters.send_due()
    letter = outbox.one("omid@example.org")
    assert letter["Subject"] == "Thank you Bcc: everybody@example.org for all" and letter["Bcc"] is None
    assert outbox.recipients == [["omid@example.org"]]


@pytest.mark.parametrize("subject", ["=?utf-8?q?Hello?=", "Thank\x00you", "Thank\u202eyou"])
def test_a_subject_that_would_spoil_the_header_is_not_sent(house, outbox, subject):
    post(subject=subject)
    letters.send_due()
    assert outbox.messages == [] and "cannot stand in a mail header" in only().last_error


def test_smtp_is_spoken_outside_any_transaction(house, outbox, monkeypatch):
    held, hand_over = [], letters.EmailMultiAlternatives.send
    monkeypatch.setattr(
        letters.EmailMultiAlternatives, "send", lambda message: held.append(in_transaction()) or hand_over(message)
    )
    post()
    letters.send_due()
    assert held == [False] and len(outbox.messages) == 1


# ---------------------------------------------------------------- failures
def test_a_server_that_asks_to_wait_gets_the_letter_later(house, outbox, clock):
    outbox.refuse("451 4.3.0 Try again later", times=1)
    post()
    assert letters.send_due() == 1 and letters.send_due() == 0
    assert only().sent_at is None and "451" in only().last_error
    clock.move(letters.PAUSES[0] + 1)
    letters.send_due()
    assert len(outbox.messages) == 1 and only().sent_at and only().last_error is None


def test_the_pauses_grow_and_the_letter_is_never_lost(house, outbox, clock):
    outbox.refuse("451 4.3.0 Try again later")
    post()
    pauses = []
    for _ in range(len(letters.PAUSES) + 2):
        assert letters.send_due() == 1
        pauses.append(round((only().next_at - house_clock.now()).total_seconds()))
        clock.move(pauses[-1] + 1)
    assert pauses == [*letters.PAUSES, letters.PAUSES[-1], letters.PAUSES[-1]]
    outbox.clear()
    letters.send_due()
    assert len(outbox.messages) == 1


def test_a_letter_in_doubt_is_sent_again_under_one_message_id(house, outbox, clock):
    outbox.drop_after_data()
    post()
    letters.send_due()
    assert only().sent_at is None
    clock.move(letters.PAUSES[0] + 1)
    letters.send_due()
    first, second = outbox.messages
    assert first["Message-ID"] == second["Message-ID"] and only().sent_at


def test_two_letters_have_two_message_ids_that_tell_nothing(house, outbox):
    post("pledge:1:thanks")
    post("pledge:1:receipt")
    letters.send_due()
    ids = {letter["Message-ID"] for letter in outbox.messages}
    assert len(ids) == 2 and not any("pledge" in name for name in ids)


def test_a_refused_address_does_not_keep_others_waiting(house, outbox):
    outbox.refuse("550 5.1.1 No such person", at="rcpt", to="gone@example.org")
    post("one", to="gone@example.org")
    post("two")
    assert letters.send_due() == 2
    assert outbox.recipients == [["omid@example.org"]]


def test_letters_that_are_due_together_leave_by_one_connection(house, outbox):
    for n in range(3):
        post(f"one {n}")
    letters.send_due()
    assert len(outbox.peers) == 3 and len(set(outbox.peers)) == 1


def test_after_a_connection_that_broke_the_next_letter_takes_another(house, outbox):
    outbox.drop_after_data()
    post("one")
    post("two", to="sara@example.org")
    assert letters.send_due() == 2
    assert outbox.recipients == [["omid@example.org"], ["sara@example.org"]] and len(set(outbox.peers)) == 2


@pytest.mark.parametrize("name", ["broken", "unheard of"])
def test_a_letter_that_cannot_be_written_does_not_keep_others_waiting(house, outbox, name):
    @letters.letter("broken")
    def broken():
        raise RuntimeError("no luck")

    post("one", name=name)
    post("two")
    assert letters.send_due() == 2
    assert outbox.recipients == [["omid@example.org"]]
    waiting = database.session.scalars(select(OutgoingLetter).where(OutgoingLetter.sent_at.is_(None))).one()
    assert waiting.last_error and waiting.next_at > house_clock.now() + timedelta(minutes=59)


def test_without_a_server_letters_wait(house, clock):
    house.extensions["mailman"].port = 9
    post()
    letters.send_due()
    assert only().sent_at is None and "ConnectionRefused" in only().last_error


# ---------------------------------------------------------------- leases
def test_the_letter_of_a_worker_that_died_is_sent_when_its_lease_is_over(house, outbox):
    post()
    letters._claim()  # and the worker is never heard of again
    assert letters.send_due() == 0
    with time_machine.travel(house_clock.real_now() + letters.LEASE + timedelta(seconds=1)):
        assert letters.send_due() == 1
    assert len(outbox.messages) == 1


def test_workers_side_by_side_send_each_letter_once(house, outbox):
    for n in range(12):
        post(f"letter:{n}", to=f"backer{n}@example.org")

    def work(_n):
        with house.app_context():
            return letters.send_due()

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(work, range(3))) == 12
    assert sorted(outbox.recipients) == sorted([f"backer{n}@example.org"] for n in range(12))


def test_a_kind_of_letter_has_one_writer(house):
    with pytest.raises(ValueError, match="Two writers for the letter note"):
        letters.letter("note")(print)
