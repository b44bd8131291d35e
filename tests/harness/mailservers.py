"""Real mail servers on the loopback: an SMTP sink that keeps what it gets, and Dovecot for IMAP."""

from __future__ import annotations

import contextlib
import email
import email.message
import getpass
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from tests.harness.processes import free_port
from tests.harness.scratch import scratch_folder
from tests.harness.waiting import wait_until

_LARGEST = 64 * 2**20


@dataclass(frozen=True)
class Received:
    """One message the sink accepted."""

    mail_from: str
    rcpt_tos: list[str]
    content: bytes

    @property
    def message(self) -> email.message.Message:
        """Parsed, for looking at headers and text."""
        return email.message_from_bytes(self.content)

    @property
    def text(self) -> str:
        """The plain text part, decoded; '' when there is none."""
        for part in self.message.walk():
            if part.get_content_type() == "text/plain":
                payload = part.get_payload(decode=True)
                assert isinstance(payload, bytes)
                return payload.decode(part.get_content_charset() or "utf-8", "replace")
        return ""

    @property
    def subject(self) -> str:
        """The decoded subject."""
        return str(email.header.make_header(email.header.decode_header(self.message["Subject"] or "")))


@dataclass
class SmtpSink:
    """An SMTP server that keeps every message and can be told to refuse.

    `fail(address, "451 4.3.0 later", times=2)` refuses that recipient twice; without `times`, always.
    `fail_data("554 no")` refuses every message after its data. `pause` seconds are slept before each
    answer to DATA, so that a test can kill the sender between send and record.
    """

    port: int = field(default_factory=free_port)
    messages: list[Received] = field(default_factory=list)
    connections: int = 0
    pause: float = 0.0
    _refusals: dict[str, tuple[str, float]] = field(default_factory=dict)
    _data_refusal: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _controller: Controller | None = None

    @property
    def url(self) -> str:
        """For TOCSIN_SMTP_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen; also after a `stop`, on the same port and with the messages kept."""
        handler = _SinkHandler(self)
        self._controller = _SinkController(
            handler, hostname="127.0.0.1", port=self.port, data_size_limit=_LARGEST, enable_SMTPUTF8=True
        )
        before = self.connections
        self._controller.start()  # connects once itself to see that it works
        self.connections = before

    def stop(self) -> None:
        """Stop listening, as a mail server that is down."""
        if self._controller:
            self._controller.stop()
            self._controller = None

    def fail(self, address: str, reply: str = "550 5.1.1 no such user", times: float = float("inf")) -> None:
        """Answer RCPT TO this address with `reply`, so many times."""
        self._refusals[address.lower()] = (reply, times)

    def fail_data(self, reply: str = "") -> None:
        """Answer every DATA with `reply`; '' accepts again."""
        self._data_refusal = reply

    def to(self, address: str) -> list[Received]:
        """The messages accepted for this address, oldest first."""
        with self._lock:
            return [one for one in self.messages if address.lower() in map(str.lower, one.rcpt_tos)]

    def wait_for(self, count: int = 1, address: str = "") -> list[Received]:
        """Wait until so many messages (for the address) are there and return them."""

        def enough() -> list[Received]:
            found = self.to(address) if address else list(self.messages)
            return found if len(found) >= count else []

        return wait_until(enough, f"{count} message(s) for {address or 'anyone'} arrive")

    def clear(self) -> None:
        """Forget the messages."""
        with self._lock:
            self.messages.clear()

    def refusal_for(self, address: str) -> str:
        """The reply this recipient gets now; '' to accept."""
        with self._lock:
            reply, times = self._refusals.get(address.lower(), ("", 0))
            if times <= 0:
                return ""
            self._refusals[address.lower()] = (reply, times - 1)
            return reply

    def keep(self, received: Received) -> str:
        """Store the message and give the reply to its DATA."""
        time.sleep(self.pause)
        with self._lock:
            if self._data_refusal:
                return self._data_refusal
            self.messages.append(received)
            return f"250 2.0.0 kept as {len(self.messages)}"


class _SinkController(Controller):
    def factory(self) -> SMTP:
        handler = self.handler
        assert isinstance(handler, _SinkHandler)
        handler.sink.connections += 1
        return super().factory()


class _SinkHandler:
    def __init__(self, sink: SmtpSink) -> None:
        self.sink = sink

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = self.sink.refusal_for(address)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        return self.sink.keep(Received(envelope.mail_from or "", list(envelope.rcpt_tos), content))


class Dovecot:
    """A Dovecot of our own: one mailbox per user name, any user name, one password.

    With a `certificate` (its file and its key's) it also speaks TLS, at once or after STARTTLS. With an
    `introspection` address it takes access tokens by XOAUTH2 that this address calls active.
    """

    password = "secret-for-tests"  # opens nothing but a temporary folder

    def __init__(
        self, user: str = "support", certificate: tuple[Path, Path] | None = None, introspection: str = ""
    ) -> None:
        self.user = user
        self.port, self.imaps_port, self.pop_port, self.pops_port = (free_port() for _ in range(4))
        self._certificate = certificate
        self._introspection = introspection
        self._folder = scratch_folder("imap")
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count(1)

    @property
    def url(self) -> str:
        """For TOCSIN_IMAP_URL."""
        return f"imap://{self.user}:{self.password}@127.0.0.1:{self.port}/INBOX"

    def start(self) -> None:
        """Start it, or start it again with the mailbox kept."""
        owner = _mail_owner()
        (self._folder / "mail").mkdir(exist_ok=True)
        self._give(self._folder / "mail", owner)
        config = self._folder / "dovecot.conf"
        config.write_text(_dovecot_config(self._folder, self.port, owner) + self._extras())
        self._process = subprocess.Popen(
            ["dovecot", "-F", "-c", str(config)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=(self._folder / "stderr.log").open("ab"),
            start_new_session=True,
        )
        wait_until(self._greets, f"Dovecot answers\n{self.log}")

    def stop(self) -> None:
        """Stop it, as a mail server that is down; all its processes at once, as asked it takes a second."""
        if self._process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def end(self) -> None:
        """Stop it and remove its mail."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def deliver(self, content: bytes, user: str = "") -> None:
        """Put a message into the inbox, byte for byte, as a mail server's local delivery does."""
        owner = _mail_owner()
        box = self._folder / "mail" / (user or self.user)
        for folder in (box, *(box / part for part in ("tmp", "new", "cur"))):
            if not folder.exists():
                folder.mkdir(mode=0o700)
                self._give(folder, owner)
        name = f"{time.time_ns()}.{os.getpid()}_{next(self._numbers)}.{socket.gethostname()}"
        (box / "tmp" / name).write_bytes(content)
        self._give(box / "tmp" / name, owner)
        (box / "tmp" / name).rename(box / "new" / name)

    @property
    def log(self) -> str:
        """What Dovecot says."""
        logs = [self._folder / name for name in ("dovecot.log", "stderr.log")]
        return "\n".join(path.read_text(errors="replace") for path in logs if path.exists())

    @property
    def pop_url(self) -> str:
        """The same mailbox by POP3."""
        return f"pop3://{self.user}:{self.password}@127.0.0.1:{self.pop_port}"

    def _extras(self) -> str:
        text = ""
        if has_pop3():
            text += _POP3.format(port=self.pop_port, tls_port=self.pops_port if self._certificate else 0)
        if self._certificate:
            certificate, key = self._certificate
            text += _TLS.format(port=self.imaps_port, certificate=certificate, key=key)
        if self._introspection:
            settings = self._folder / "oauth2.conf.ext"
            settings.write_text(_INTROSPECTION.format(url=self._introspection))
            settings.chmod(0o644)
            text += _XOAUTH2.format(settings=settings)
        return text

    def _greets(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as plug:
            return plug.recv(4) == b"* OK"
        return False

    def _give(self, path: Path, owner: str) -> None:
        if os.geteuid() == 0:
            entry = pwd.getpwnam(owner)
            os.chown(path, entry.pw_uid, entry.pw_gid)


def has_pop3() -> bool:
    """Whether Dovecot's part for POP3 is installed."""
    return Path("/usr/lib/dovecot/pop3").exists()


def _mail_owner() -> str:
    """Dovecot opens no mailbox as root."""
    return "mail" if os.geteuid() == 0 else getpass.getuser()


def _dovecot_config(folder: Path, port: int, owner: str) -> str:
    """Everything in one folder; as an ordinary user also without the accounts Dovecot else changes to."""
    entry = pwd.getpwnam(owner)
    unprivileged = "" if os.geteuid() == 0 else _UNPRIVILEGED.format(user=owner, gid=entry.pw_gid)
    return _DOVECOT.format(
        folder=folder, port=port, uid=entry.pw_uid, gid=entry.pw_gid, password=Dovecot.password
    ) + unprivileged.replace("GROUP", _group_name(entry.pw_gid))


def _group_name(gid: int) -> str:
    import grp

    return grp.getgrgid(gid).gr_name


_DOVECOT = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
first_valid_gid = 1
imap_idle_notify_interval = 1 s
mail_max_userip_connections = 100
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u allow_all_users=yes
}}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""

_POP3 = """
protocols = imap pop3
pop3_no_flag_updates = yes
service pop3-login {{
  inet_listener pop3 {{
    port = {port}
  }}
  inet_listener pop3s {{
    port = {tls_port}
  }}
}}
"""

_TLS = """
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
service imap-login {{
  inet_listener imaps {{
    port = {port}
  }}
}}
"""

_XOAUTH2 = """
auth_mechanisms = plain login xoauth2
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {settings}
}}
"""

_INTROSPECTION = """
introspection_mode = auth
introspection_url = {url}
username_attribute = username
active_attribute = active
active_value = true
"""

_UNPRIVILEGED = """
default_internal_user = {user}
default_login_user = {user}
default_internal_group = GROUP
service imap-login {{
  chroot =
}}
service anvil {{
  chroot =
}}
service pop3-login {{
  chroot =
}}
"""


@pytest.fixture
def smtp_sink() -> Iterator[SmtpSink]:
    """A sink that is listening."""
    sink = SmtpSink()
    sink.start()
    yield sink
    sink.stop()


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    """A running Dovecot with the empty mailbox `support`."""
    if not shutil.which("dovecot"):
        pytest.skip("Dovecot is missing: apt-get install dovecot-imapd")
    server = Dovecot()
    server.start()
    yield server
    server.end()
