import smtplib
from email.message import EmailMessage

import pytest

from tests.support.smtp import Sink, smtp_sink


@pytest.fixture
def sink():
    with smtp_sink() as sink:
        yield sink


def send(sink: Sink, *to: str, subject: str = "Thank you — سپاس") -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "hello@amicus.example", to[0], subject
    message.set_content("Grüße und سلام\n")
    with smtplib.SMTP(sink.host, sink.port, timeout=10) as server:
        server.send_message(message, to_addrs=list(to))


def test_what_is_sent_arrives_whole(sink):
    send(sink, "omid@example.org")
    letter = sink.one("omid@example.org", "Thank you")
    assert letter["Subject"] == "Thank you — سپاس" and letter.get_content().strip() == "Grüße und سلام"


def test_letters_are_found_by_the_envelope(sink):
    send(sink, "omid@example.org", "hidden@example.org")
    assert sink.subjects("hidden@example.org") == sink.subjects() == ["Thank you — سپاس"]
    with pytest.raises(AssertionError, match="0 letters to sara"):
        sink.one("sara@example.org")
    sink.clear()
    assert sink.messages == [] and sink.to("omid@example.org") == []


@pytest.mark.parametrize(("reply", "code"), [("451 4.3.0 Later", 451), ("554 5.7.1 Never", 554)])
def test_a_letter_can_be_refused_so_many_times(sink, reply, code):
    sink.refuse(reply, times=1)
    with pytest.raises(smtplib.SMTPDataError) as refused:
        send(sink, "omid@example.org")
    assert refused.value.smtp_code == code and sink.messages == []
    send(sink, "omid@example.org")
    assert len(sink.messages) == 1


def test_one_address_can_be_refused_among_others(sink):
    sink.refuse("550 5.1.1 No such person", at="rcpt", to="gone@example.org")
    send(sink, "omid@example.org", "gone@example.org")
    assert sink.recipients == [["omid@example.org"]]
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(sink, "gone@example.org")


def test_a_connection_dropped_after_the_letter_leaves_the_sender_in_doubt(sink):
    sink.drop_after_data()
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(sink, "omid@example.org")
    assert len(sink.messages) == 1
    send(sink, "omid@example.org")
    assert len(sink.messages) == 2
