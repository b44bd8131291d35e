"""The world around the help desk: mails go out, whoever gets them answers, and so on until all is at rest."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from tests.harness.mailservers import Received, SmtpSink
from tests.mailroom.boxes import save_mailbox

from tocsin.desk.models import Message, Ticket
from tocsin.kernel import clock
from tocsin.kernel.reasons import in_english
from tocsin.mailroom import services as mailroom
from tocsin.mailroom.models import InboundItem

SUPPORT = "support@example.test"
MOST_ROUNDS = 60
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Incoming:
    """A mail on its way to us, as a mail server hands it over; an empty `mail_from` is the null sender."""

    content: bytes
    mail_from: str


Answering = Callable[[Received], Iterable[Incoming]]


@dataclass
class World:
    """What was sent is in `sink`; `turns` says how often the two sides have spoken."""

    sink: SmtpSink
    turns: int = 0
    seen: int = 0
    pause: timedelta = field(default_factory=timedelta)

    def write(self, incoming: Incoming) -> None:
        """It arrives and is opened."""
        envelope = {"mail_from": incoming.mail_from, "rcpt_tos": [SUPPORT]}
        mailroom.take_in("email", f"loop:{next(_numbers)}", incoming.content, envelope=envelope)
        while mailroom.drain():
            pass

    def run(self, answering: Answering) -> None:
        """Until nobody has anything to say. AssertionError when that does not end."""
        while arrived := self._sent():
            self.turns += 1
            assert self.turns <= MOST_ROUNDS, f"no end after {self.turns} turns"
            if self.pause:
                clock.move(self.pause)
            for incoming in [answer for received in arrived for answer in answering(received)]:
                self.write(incoming)

    def _sent(self) -> list[Received]:
        """What goes out now."""
        mailroom.dispatch()
        mailroom.announce()
        new = self.sink.messages[self.seen :]
        self.seen += len(new)
        return new


def settle() -> None:
    """A department and a mailbox."""
    from tocsin.people import services as people

    support = people.save_department(key="support", name={"en": "Support"}, first_answer_minutes=120)
    save_mailbox(address=SUPPORT, department_id=support.pk, is_default=True)


def why_silent() -> list[str]:
    """What the tickets say about automatic answers that were not sent."""
    notes = Message.objects.filter(kind="note", text__contains="are paused").order_by("id")
    return list(notes.values_list("text", flat=True))


def tickets() -> int:
    """How many there are."""
    return Ticket.objects.count()


def reasons() -> list[str]:
    """Why mails were ignored, oldest first."""
    ignored = InboundItem.objects.filter(state="ignored").order_by("id")
    return [in_english(reason) for reason in ignored.values_list("reason", flat=True)]


def mail(sender: str, subject: str, text: str, **headers: str) -> bytes:
    """A plain mail; underscores in the names of headers stand for dashes."""
    number = next(_numbers)
    named = {"From": sender, "To": SUPPORT, "Subject": subject, "Message-ID": f"<{number}@robots.test>"}
    named |= {name.replace("_", "-"): value for name, value in headers.items() if value}
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode()
