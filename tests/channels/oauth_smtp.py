"""A mail server that takes mail from who shows an access token by XOAUTH2, as Microsoft's and Google's do."""

from __future__ import annotations

import base64
import json
import ssl
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from tests.channels.token_server import TokenServer
from tests.harness.processes import free_port


class OAuthSmtp:
    """Believes the tokens that the provider calls active, for one user. With a `context` only after STARTTLS.

    `refusal` is what it says in place of taking the next data."""

    def __init__(
        self, provider: TokenServer, context: ssl.SSLContext | None = None, user: str = "support@example.test"
    ) -> None:
        self.port = free_port()
        self.user = user
        self.refusal = ""
        self.logins: list[str] = []
        self.messages: list[bytes] = []
        self.encrypted: list[bool] = []
        self._provider = provider
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            auth_required=True,
            auth_require_tls=context is not None,
            auth_exclude_mechanism=["PLAIN", "LOGIN"],
            tls_context=context,
        )

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """For TOCSIN_SMTP_URL, by the mailbox of the same name."""
        return f"smtp://{self.place}?oauth={self.user}"

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    async def auth_XOAUTH2(self, server: SMTP, arguments: list[str]) -> AuthResult:
        shown = base64.b64decode(arguments[1]).decode()
        self.logins.append(shown)
        believed = {f"user={self.user}\x01auth=Bearer {one}\x01\x01" for one in self._provider.active}
        if shown in believed:
            return AuthResult(success=True, auth_data=object())
        why = json.dumps({"status": "400", "schemes": "Bearer", "scope": "https://mail.google.com/"})
        answer: Any = await server.challenge_auth(why)  # a client that says nothing to it is stuck here
        assert answer == b""
        return AuthResult(success=False, handled=False, message="535 5.7.3 Authentication unsuccessful")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.refusal:
            return self.refusal
        self.encrypted.append(session.ssl is not None)
        self.messages.append(bytes(envelope.content or b""))
        return "250 2.0.0 OK"
