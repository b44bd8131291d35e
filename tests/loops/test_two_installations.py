"""Two installations, each a customer of the other: real workers, real SMTP between them, and a bad relay."""

from __future__ import annotations

import email
import smtplib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

import psycopg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from tests.conftest import make_data_folder
from tests.harness import database
from tests.harness.processes import Installation, free_port
from tests.harness.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.processes

_QUIET_S = 1.5
_UNFINISHED = """
SELECT (SELECT count(*) FROM mailroom_inbounditem WHERE state = 'spooled')
     + (SELECT count(*) FROM mailroom_delivery WHERE state IN ('queued', 'deferred'))
"""


@dataclass
class Relay:
    """Hands every mail on; one that `strips` takes away all by which a machine or a thread is known."""

    target: int
    strips: bool = False
    port: int = field(default_factory=free_port)
    carried: int = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Carry one mail."""
        self.carried += 1
        content = envelope.content
        assert isinstance(content, bytes)
        with smtplib.SMTP("127.0.0.1", self.target) as client:
            mail = self._stripped(content) if self.strips else content
            client.sendmail(envelope.mail_from or "", envelope.rcpt_tos, mail)
        return "250 carried"

    def _stripped(self, content: bytes) -> bytes:
        whole = email.message_from_bytes(content)
        bare = EmailMessage()
        bare["From"], bare["To"] = whole["From"], whole["To"]
        bare["Subject"] = f"Letter {self.carried}"
        bare.set_content(f"A letter of {self.carried} lines.")
        return bare.as_bytes()


@dataclass
class Side:
    """One installation with its worker, its database, and the relay that brings it mail."""

    name: str
    listens: int
    relay: Relay
    url: str
    data: Path
    installation: Installation | None = None

    def start(self, sends_to: int) -> None:
        """Its worker."""
        self.installation = Installation(
            self.data,
            self.url,
            TOCSIN_MAIL_FROM=f"support@{self.name}.test",
            TOCSIN_SMTP_URL=f"smtp://127.0.0.1:{sends_to}",
            TOCSIN_SMTP_LISTEN=f"127.0.0.1:{self.listens}",
            TOCSIN_SECRET_KEY=f"of {self.name}",
        )
        self.installation.start_worker()
        wait_until(lambda: (self.data / "run" / "mail.sock").exists(), f"{self.name} listens")

    def count(self, question: str) -> int:
        """A number from its database."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            row = connection.execute(question).fetchone()  # type: ignore[arg-type]  # the test's own words
        return int(row[0]) if row else 0

    @property
    def sent(self) -> int:
        """How many mails it has written."""
        return self.count("SELECT count(*) FROM mailroom_delivery")

    @property
    def tickets(self) -> int:
        """How many it has."""
        return self.count("SELECT count(*) FROM desk_ticket")


@pytest.fixture
def sides() -> Iterator[tuple[Side, Side]]:
    """Each sends by a relay to the other."""
    if problem := database.migration_problem():
        pytest.fail(problem, pytrace=False)
    made = []
    for name in ("a", "b"):
        port = free_port()
        made.append(Side(name, port, Relay(port), database.create_database(), make_data_folder()))
    a, b = made
    relays = [Controller(one.relay, hostname="127.0.0.1", port=one.relay.port) for one in made]
    try:
        for relay in relays:
            relay.start()
        a.start(b.relay.port)
        b.start(a.relay.port)
        yield a, b
    finally:
        for side in made:
            if side.installation:
                side.installation.end()
            database.drop_database(side.url)
        for relay in relays:
            relay.stop(no_assert=True)


def until_rest(*sides: Side) -> None:
    """Until nothing happens on any side for a while."""
    deadline, quiet_since, before = time.monotonic() + PATIENCE_S, time.monotonic(), [-1]
    while time.monotonic() - quiet_since < _QUIET_S:
        assert time.monotonic() < deadline, f"no rest: {before}"
        now = [number for one in sides for number in (one.relay.carried, one.sent, one.count(_UNFINISHED))]
        if now != before or any(one.count(_UNFINISHED) for one in sides):
            quiet_since, before = time.monotonic(), now
        time.sleep(0.1)


def write(to: Side, sender: str, subject: str) -> None:
    """A mail as a person of the other side writes it."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, f"support@{to.name}.test", subject
    mail["Message-ID"] = f"<{subject.replace(' ', '.')}@{to.name}.test>"
    mail.set_content("How do I change the address on my invoices?")
    with smtplib.SMTP("127.0.0.1", to.listens) as client:
        client.send_message(mail)


def test_each_is_the_others_customer(sides: tuple[Side, Side]) -> None:
    a, b = sides
    write(a, "support@b.test", "A question")
    until_rest(a, b)
    assert (a.sent, a.tickets) == (1, 1), "the question is acknowledged"
    assert (b.sent, b.tickets) == (0, 1), "an automatic mail is shown and not answered"

    for side in sides:
        side.relay.strips = True
    write(a, "support@b.test", "Another question")
    until_rest(a, b)
    sent, tickets = (a.sent - 1, b.sent), (a.tickets - 1, b.tickets - 1)
    assert sum(sent) <= 6, "three each"
    assert sum(tickets) <= 7
    paused = "SELECT count(*) FROM desk_message WHERE kind = 'note' AND text LIKE '%are paused%'"
    assert a.count(paused) + b.count(paused) == 1, "and staff see why it stopped"
