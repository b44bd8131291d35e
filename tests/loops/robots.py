"""Those who answer every mail they get, each with manners of its own."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.harness.mailservers import Received
from tests.loops.world import Incoming, mail

_THANKS = "Thank you for your message number {number}. We will come back to you as soon as we can."


@dataclass
class Responder:
    """Thanks for every mail. `headers` are its marks; with `threads` it names what it answers.

    `new_subject`, `new_sender`, `new_words`: another one each time; `quotes`: with our mail below; `times`:
    so many answers to each.
    """

    address: str = "robot@elsewhere.test"
    headers: dict[str, str] = field(default_factory=dict)
    threads: bool = True
    new_subject: bool = False
    new_sender: bool = False
    new_words: bool = False
    quotes: bool = False
    times: int = 1
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def __call__(self, received: Received) -> Iterator[Incoming]:
        """Its answers to a mail."""
        for _ in range(self.times):
            yield self.answer(received)

    def answer(self, received: Received) -> Incoming:
        """One of them."""
        number = next(self._numbers)
        sender = self._sender(number)
        subject = f"Our case {number}" if self.new_subject else f"Re: {received.subject}"
        content = mail(sender, subject, self._words(number, received), **self._marks(received))
        return Incoming(content, sender)

    def _sender(self, number: int) -> str:
        name, _, domain = self.address.partition("@")
        return f"{name}-{number}@{domain}" if self.new_sender else self.address

    def _words(self, number: int, received: Received) -> str:
        words = _THANKS.format(number=number)
        if self.new_words:
            words += " " + "".join(chr(ord("a") + int(digit)) for digit in str(number)) * 3
        if self.quotes:
            words += f"\n\nYou wrote:\n{received.text}"
        return words

    def _marks(self, received: Received) -> dict[str, str]:
        if not self.threads:
            return self.headers
        message_id = received.message["Message-ID"]
        known = received.message.get("References", "")
        return {"In_Reply_To": message_id, "References": f"{known} {message_id}".strip(), **self.headers}


def vacation(received: Received) -> Iterator[Incoming]:
    """An old program of whoever got it: no marks, no thread, our subject behind its own words."""
    number = len(received.content)
    sender = received.rcpt_tos[0]
    yield Incoming(mail(sender, f"Holiday notice {number}", "mail is not read before Monday."), sender)


def echoing_list(received: Received) -> Iterator[Incoming]:
    """A mailing list of which we are a member: our mail, with another sender, subject and Message-ID."""
    address = received.rcpt_tos[0]
    lines = received.content.split(b"\r\n\r\n", 1)
    kept = [
        line
        for line in lines[0].split(b"\r\n")
        if not line.lower().startswith((b"from:", b"message-id:", b"subject:"))
    ]
    own = [
        f"From: Support via users <{address}>".encode(),
        f"Message-ID: <{len(received.content)}.{id(received)}@lists.test>".encode(),
        f"Subject: [users] {received.subject}".encode(),
        b"List-Id: <users.lists.test>",
    ]
    yield Incoming(
        b"\r\n".join([*own, *kept]) + b"\r\n\r\n" + lines[1] + b"\r\n-- \r\nusers list\r\n", address
    )
