"""A hosting company for the story, set up through the API as its billing would, and customers who write."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.mime.text import MIMEText
from email.utils import formatdate, make_msgid
from typing import Any

from tests.harness.mailservers import Dovecot, Received
from tests.harness.processes import Installation
from tests.harness.waiting import PATIENCE_S, wait_until

MAIL_ONLY, WEB_ONLY, BOTH = range(1, 16), range(16, 31), range(31, 41)
MAIL_USERS = 25
SUPPORT = "support@tophost.example"


@dataclass
class Api:
    """A program with a token."""

    base: str
    token: str

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and answer."""
        request = urllib.request.Request(
            f"{self.base}/api/v1{path}",
            method=method,
            data=json.dumps(body).encode() if body is not None else None,
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def get(self, path: str) -> Any:
        """The answer; AssertionError unless it is 200."""
        status, body = self.call("GET", path)
        assert status == 200, body
        return body

    def post(self, path: str, body: Any) -> Any:
        """The answer; AssertionError unless it is 201."""
        status, answer = self.call("POST", path, body)
        assert status == 201, answer
        return answer


@dataclass
class Company:
    """The running product with its customers, and what their mailboxes hold."""

    installation: Installation
    api: Api
    dovecot: Dovecot
    passwords: dict[str, str] = field(default_factory=dict)

    @staticmethod
    def address(number: int) -> str:
        """Where customer `number` reads and writes."""
        return f"c{number}@customer{number}.example"

    @staticmethod
    def language(number: int) -> str:
        """Even customers are Greek, odd ones English."""
        return "el" if number % 2 == 0 else "en"

    def set_up(self) -> None:
        """Components, forty customers, five members of staff."""
        self.api.post(
            "/components", {"key": "web", "name": {"en": "Web hosting", "el": "Φιλοξενία ιστοσελίδων"}}
        )
        self.api.post(
            "/components",
            {
                "key": "mail",
                "name": {"en": "Mail", "el": "Αλληλογραφία"},
                "words": ["e-mail", "email", "mailbox", "imap", "μέιλ", "ηλεκτρονικό ταχυδρομείο"],
            },
        )
        for number in range(1, 41):
            uses = ["mail"] if number in MAIL_ONLY else ["web"] if number in WEB_ONLY else ["web", "mail"]
            self.api.post(
                "/customers",
                {
                    "key": f"c{number}",
                    "name": f"Customer {number}",
                    "language": self.language(number),
                    "addresses": [self.address(number)],
                    "components": uses,
                },
            )
        for name, role in (
            ("tina", "agent"),
            ("tom", "agent"),
            ("helen", "lead"),
            ("mark", "observer"),
            ("sally", "agent"),
        ):
            made = self.installation.run(
                "staff", "create", f"{name}@tophost.example", "--name", name.title(), "--role", role
            )
            assert made.returncode == 0, made.stderr
            self.passwords[name] = made.stdout.decode().strip()

    def write(
        self, number: int, subject: str, text: str, *, charset: str = "utf-8", answers: Received | None = None
    ) -> str:
        """Customer `number` sends a mail to the support mailbox; its Message-ID."""
        mail = MIMEText(text, "plain", charset)
        mail["From"] = f"Customer {number} <{self.address(number)}>"
        mail["To"] = SUPPORT
        mail["Subject"] = Header(subject, charset)
        mail["Date"] = formatdate(localtime=False)
        mail["Message-ID"] = message_id = make_msgid(domain=f"customer{number}.example")
        if answers:
            mail["In-Reply-To"] = answers.message["Message-ID"]
            mail["References"] = (
                f"{answers.message.get('References', '')} {answers.message['Message-ID']}".strip()
            )
        self.dovecot.deliver(mail.as_bytes())
        return message_id

    def ticket_of(self, number: int, nth: int = 0) -> dict[str, Any]:
        """The customer's ticket, the newest first."""

        def there() -> Any:
            items = self.api.get(f"/tickets?requester={self.address(number)}")["items"]
            return items[nth] if len(items) > nth else None

        found: dict[str, Any] = wait_until(there, f"customer {number} has a ticket")
        return found


def in_minutes(minutes: float) -> str:
    """A time from now as the API takes it."""
    return (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()
