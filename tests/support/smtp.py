"""A real SMTP server that keeps what it gets, and that can be told to misbehave."""

import email
import email.policy
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any, Literal

from aiosmtpd.controller import Controller

from tests.support.common import free_port

logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # dropped connections are our own doing


@dataclass
class _Fault:
    at: Literal["rcpt", "data", "after_data"]
    reply: str
    to: str | None
    times: int | None


@dataclass
class Sink:
    """What arrived, oldest first, and the faults that wait to happen."""

    host: str = "127.0.0.1"
    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)  # the same, as they came over the wire
    recipients: list[list[str]] = field(default_factory=list)  # of the envelope, one list for each message
    peers: list[tuple[str, int]] = field(default_factory=list)  # the connections that brought them
    _faults: list[_Fault] = field(default_factory=list)

    def to(self, address: str) -> list[EmailMessage]:
        """Messages that were handed over for `address`, whatever their header says."""
        return [message for message, to in zip(self.messages, self.recipients, strict=True) if address in to]

    def subjects(self, address: str | None = None) -> list[str]:
        return [str(message["Subject"]) for message in (self.messages if address is None else self.to(address))]

    def one(self, address: str, subject: str = "") -> EmailMessage:
        """The only message to `address` whose subject contains `subject`; an assertion tells what there is instead."""
        found = [message for message in self.to(address) if subject in str(message["Subject"])]
        assert len(found) == 1, f"{len(found)} letters to {address} about {subject!r}; there are {self.subjects()}"
        return found[0]

    def clear(self) -> None:
        """Forget the messages and the faults."""
        self.messages.clear()
        self.raw.clear()
        self.recipients.clear()
        self.peers.clear()
        self._faults.clear()

    def refuse(
        self,
        reply: str = "451 4.3.0 Try again later",
        *,
        at: Literal["rcpt", "data"] = "data",
        to: str | None = None,
        times: int | None = None,
    ) -> None:
        """Answer `reply` to the recipient or to the message; only for `to`, and so many `times`, if given."""
        self._faults.append(_Fault(at, reply, to, times))

    def drop_after_data(self, *, to: str | None = None, times: int | None = 1) -> None:
        """Take the message and hang up without a word: the sender cannot know whether it arrived."""
        self._faults.append(_Fault("after_data", "", to, times))

    def _due(self, at: str, recipients: list[str]) -> str | None:
        for fault in self._faults:
            if fault.at == at and fault.times != 0 and (fault.to is None or fault.to in recipients):
                if fault.times:
                    fault.times -= 1
                return fault.reply
        return None

    # ------------------------------------------------------------ called by aiosmtpd, in its thread
    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if reply := self._due("rcpt", [address]):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        recipients = list(envelope.rcpt_tos)
        if reply := self._due("data", recipients):
            return reply
        self.messages.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        self.raw.append(envelope.content)
        self.recipients.append(recipients)
        self.peers.append(session.peer)
        if self._due("after_data", recipients) is not None:
            server.transport.abort()
        return "250 OK"


@contextmanager
def smtp_sink() -> Iterator[Sink]:
    """A sink listening on 127.0.0.1; see its `port`."""
    sink = Sink()
    for attempt in range(5):
        sink.port = free_port()
        controller = Controller(sink, hostname=sink.host, port=sink.port)
        try:
            controller.start()
            break
        except OSError:  # somebody took the port first
            if attempt == 4:
                raise
    try:
        yield sink
    finally:
        controller.stop()
