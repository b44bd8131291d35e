"""Where the demo's mail arrives: an SMTP server on the loopback that keeps every mail as a file.

Nothing leaves the machine. The files are named so that they sort by time and say whom they are for, and their
texts are written out, so that any program shows them: on its way a mail carries other scripts as base64.
"""

from __future__ import annotations

import asyncio
import email
import itertools
import re
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

FOLDER = "sent-mail"
_LARGEST = 64 * 2**20
_UNSAFE = re.compile(r"[^A-Za-z0-9@._+-]")


class MailSink:
    """Keeps what comes in on a socket that listens already, so that nobody is refused before it runs."""

    def __init__(self, folder: Path, plug: socket.socket) -> None:
        self.folder = folder
        self._plug = plug
        self._numbers = itertools.count(1)

    @property
    def url(self) -> str:
        """For TOCSIN_SMTP_URL."""
        return f"smtp://127.0.0.1:{self._plug.getsockname()[1]}"

    def run(self) -> int:
        """Take mail until the process ends."""
        self.folder.mkdir(mode=0o755, exist_ok=True)
        asyncio.run(self._serve())
        return 0

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(self._connection, sock=self._plug)
        await server.serve_forever()

    def _connection(self) -> SMTP:
        return SMTP(self, hostname="demo", data_size_limit=_LARGEST, enable_SMTPUTF8=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the mail under a name of its own, whole or not at all. The name is aiosmtpd's."""
        path = self.folder / self._name(envelope.rcpt_tos)
        half = path.with_suffix(".part")
        half.write_bytes(_readable(_bytes(envelope.content)))
        half.rename(path)
        return f"250 2.0.0 kept as {path.name}"

    def _name(self, recipients: list[str]) -> str:
        who = _UNSAFE.sub("_", recipients[0] if recipients else "nobody")[:80]
        return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{next(self._numbers):05}-{who}.eml"


def mails_to(folder: Path, address: str) -> Iterator[Path]:
    """The mails that were sent to an address, newest first."""
    yield from sorted(folder.glob(f"*-{_UNSAFE.sub('_', address)[:80]}.eml"), reverse=True)


def _bytes(content: bytes | str | None) -> bytes:
    return content.encode() if isinstance(content, str) else content or b""


def _readable(mail: bytes) -> bytes:
    """The mail with its texts as plain bytes in place of base64 or quoted-printable; the rest as it came."""
    message = email.message_from_bytes(mail)
    for part in message.walk():
        encoded = str(part["Content-Transfer-Encoding"] or "").lower() in ("base64", "quoted-printable")
        text = part.get_payload(decode=True) if part.get_content_maintype() == "text" and encoded else None
        if isinstance(text, bytes):
            part.replace_header("Content-Transfer-Encoding", "8bit")
            part.set_payload(text.decode("ascii", "surrogateescape"))
    return message.as_bytes()
