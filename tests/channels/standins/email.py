"""A real SMTP server that wants a login."""

from __future__ import annotations

import asyncio

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from tests.channels.standins.base import NoOtherSide
from tests.harness.processes import free_port

_ANSWERS = {
    "busy": "451 4.7.1 too many messages, later",
    "error": "554 5.0.0 not taken",
    "nothing wrong": "250 kept",
}


class StandIn(NoOtherSide):
    """Keeps what it takes, and answers as it is told."""

    secret = "s3cret-of-the-mail-server"
    sends = True
    fails = True

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
        return {"TOCSIN_SMTP_URL": f"smtp://tocsin:{self.secret}@127.0.0.1:{port}"}

    def stop(self) -> None:
        """Stop listening."""
        self._controller.stop()

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
