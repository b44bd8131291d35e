"""A real SMTP server that wants a login."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from tests.channels.standins.base import NoOtherSide
from tests.harness import provider_reports
from tests.harness.processes import free_port
from tests.harness.provider_reports import Mail, Posted
from tests.harness.providers import Answer, Provider

from tocsin.channels.hosting import Request

_ANSWERS = {
    "busy": "451 4.7.1 too many messages, later",
    "error": "554 5.0.0 not taken",
    "nothing wrong": "250 kept",
}


def _request(path: str, posted: Posted) -> Request:
    given = {"Authorization": provider_reports.AUTHORIZATION, **posted.headers}
    headers = {name.lower(): value for name, value in given.items()}
    return Request(path, headers, posted.body, posted.content_type)


class StandIn(NoOtherSide):
    """Keeps what it takes, and answers as it is told."""

    secret = "s3cret-of-the-mail-server"
    sends = True
    fails = True
    _provider: Provider | None = None

    def start(self) -> dict[str, str]:
        """Listen on a free port."""
        self._how = "nothing wrong"
        self._kept: list[bytes] = []
        port = free_port()
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=port,
            authenticator=self._knows,
            auth_required=True,
            auth_require_tls=False,
            data_size_limit=2**26,
            enable_SMTPUTF8=True,
        )
        self._controller.start()
        url = f"smtp://tocsin:{self.secret}@127.0.0.1:{port}"
        return {"TOCSIN_SMTP_URL": url, **provider_reports.SETTINGS}

    def stop(self) -> None:
        """Stop listening."""
        self._controller.stop()
        if self._provider:
            self._provider.stop()
            self._provider = None

    def throttle(self, seconds: float) -> dict[str, str]:
        """As a provider does; by SMTP nobody says for how long."""
        self._provider = Provider("postmark").start()
        self._provider.answers += [Answer(429, {"Message": "Slow down"}, {"Retry-After": str(int(seconds))})]
        return {"TOCSIN_SMTP_URL": self._provider.url}

    def posted(self, raw: bytes) -> Request:
        """A report, since mails are signed by their senders and not by who brings them."""
        mail = Mail("m-1", "<1@tocsin.example.test>", "maria@example.com")
        return _request("mailgun/tracking/", provider_reports.post("mailgun", "delivered", mail))

    def wrongly_signed(self, raw: bytes) -> Request:
        """The same about somebody else."""
        good = self.posted(raw)
        said = json.loads(good.body)
        said["signature"]["signature"] = "0" * 64
        return replace(good, body=json.dumps(said).encode())

    def requests(self) -> list[Request]:
        """A report, and a mail that a provider took in for us."""
        content = {"email_rfc822": "Subject: Hello\r\n\r\nIs it down?", "email_rfc822_is_base64": False}
        relayed = {"content": content, "rcpt_to": "help@example.test", "msg_from": "maria@example.com"}
        mail = provider_reports.signed("sparkpost", [{"msys": {"relay_message": relayed}}])
        return [self.posted(b""), _request("sparkpost/inbound/", mail)]

    def received(self) -> list[bytes]:
        """The messages."""
        return list(self._kept)

    def refuse(self, how: str) -> None:
        """Answer so to DATA from now on."""
        self._how = how

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """The answer to one message."""
        if self._how == "silence":
            await asyncio.sleep(3)
        if self._how == "nothing wrong":
            self._kept.append(bytes(envelope.content or b""))
        return _ANSWERS.get(self._how, "451 late")

    def _knows(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        return AuthResult(success=getattr(data, "password", b"") == self.secret.encode(), handled=False)
