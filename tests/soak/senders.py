"""Mail servers that hand in mail and keep what was not taken, until it is.

Each mail carries a mark of its own in Message-ID, subject and text, so that it can be found again wherever
it ended up. What a sender was told is all that counts: exit code 0 or `250` means that it must be there.
"""

from __future__ import annotations

import random
import smtplib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage

from tests.harness.mailservers import Dovecot
from tests.harness.processes import Installation

DOMAIN = "writers.example"
SUPPORT = "support@tophost.example"
_PATIENCE_S = 150.0


@dataclass(frozen=True)
class Mail:
    """One mail and what it is recognised by."""

    mark: str
    sender: str
    content: bytes

    @property
    def message_id(self) -> str:
        """As a mail program would have made it."""
        return f"<{self.mark}@{DOMAIN}>"


def make_mail(mark: str, sender: str, text: str, answers: Mail | None = None) -> Mail:
    """A plain mail; with `answers` in the thread of an earlier one."""
    message = EmailMessage()
    message["From"], message["To"] = sender, SUPPORT
    message["Subject"] = f"{'Re: ' if answers else ''}My question {answers.mark if answers else mark}"
    message["Message-ID"] = f"<{mark}@{DOMAIN}>"
    if answers:
        message["In-Reply-To"] = message["References"] = answers.message_id
    message.set_content(f"{text}\n\n({mark})\n")
    return Mail(mark, sender, message.as_bytes())


@dataclass
class Senders:
    """Several mail servers at once, each with its mails in a row and its own pace."""

    installation: Installation
    dovecot: Dovecot | None
    dice: random.Random
    acknowledged: list[Mail] = field(default_factory=list)
    attempts: int = 0
    problems: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self, way: Callable[[Mail], bool], mails: list[Mail], within_s: float) -> None:
        """Send these in order by one way (`by_lmtp`, `by_command`, `by_imap`), in about so many seconds."""
        pauses = [self.dice.uniform(0, 2 * within_s / len(mails)) for _ in mails]
        thread = threading.Thread(target=self._send_all, args=(way, mails, pauses), daemon=True)
        self._threads.append(thread)
        thread.start()

    def wait(self) -> None:
        """Until every mail is acknowledged to its sender."""
        for thread in self._threads:
            thread.join()
        assert not self.problems, self.problems

    def by_lmtp(self, mail: Mail) -> bool:
        """As a mail server that speaks LMTP with the product's socket."""
        try:
            with smtplib.LMTP(str(self.installation.data / "run" / "mail.sock"), timeout=30) as lmtp:
                lmtp.sendmail(mail.sender, [SUPPORT], mail.content)
        except (OSError, smtplib.SMTPException):
            return False
        return True

    def by_command(self, mail: Mail) -> bool:
        """As a mail server that starts `tocsin mail-in`: its exit code decides."""
        done = self.installation.run(
            "mail-in", "--mailbox", SUPPORT, "--sender", mail.sender, input=mail.content
        )
        if done.returncode not in (0, 75):
            self.problems.append(f"mail-in ended with {done.returncode}: {done.stderr!r}")
        return done.returncode == 0

    def by_imap(self, mail: Mail) -> bool:
        """As a mail server that keeps it in a mailbox, from which the product fetches."""
        assert self.dovecot
        self.dovecot.deliver(mail.content)
        return True

    def _send_all(self, way: Callable[[Mail], bool], mails: list[Mail], pauses: list[float]) -> None:
        deadline = time.monotonic() + _PATIENCE_S
        for mail, pause in zip(mails, pauses, strict=True):
            time.sleep(pause)
            while not self._try(way, mail):
                if time.monotonic() > deadline:
                    self.problems.append(f"{mail.mark} was not taken in {_PATIENCE_S} s")
                    return
                time.sleep(0.3)

    def _try(self, way: Callable[[Mail], bool], mail: Mail) -> bool:
        taken = way(mail)
        with self._lock:
            self.attempts += 1
            if taken:
                self.acknowledged.append(mail)
        return taken
