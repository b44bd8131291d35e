"""`tocsin mail-in`: hands in one mail, or leaves it with the mail server."""

import io
import os
import resource
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.harness.waiting import PATIENCE_S

from tocsin.command.mail_in import DEFAULT_MAILBOX, UNKNOWN_SENDER, deliver, lmtp_lines

MAIL = b"From: a@b.test\nSubject: caf\xe9\n\n.dot\n..two\nlone \r cr\n"


class TinyLmtp(threading.Thread):
    """Answers one conversation; `replies` overrides the answer to a command."""

    def __init__(
        self, path: Path, replies: dict[str, bytes] | None = None, *, hangs_up: bool = False
    ) -> None:
        super().__init__(daemon=True)
        self.hangs_up = hangs_up
        self.replies = replies or {}
        self.commands: list[str] = []
        self.content = b""
        self._listener = socket.socket(socket.AF_UNIX)
        here = Path.cwd()
        os.chdir(path.parent)  # the path may be too long for the kernel
        self._listener.bind(path.name)
        os.chdir(here)
        self._listener.listen()
        self.start()

    def run(self) -> None:
        plug, _ = self._listener.accept()
        with plug, plug.makefile("rwb") as wire:
            self._say(wire, "greeting", b"220 tiny LMTP")
            for line in iter(lambda: b"" if self.hangs_up and self.content else wire.readline(), b""):
                command = line.decode().strip()
                self.commands.append(command)
                verb = command.split()[0]
                if verb == "QUIT":
                    break
                if verb == "LHLO":
                    self._say(wire, verb, b"250-tiny\r\n250 8BITMIME")
                elif verb == "DATA":
                    self._take(wire)
                else:
                    self._say(wire, verb, b"250 fine")

    def _take(self, wire: io.BufferedRWPair) -> None:
        self._say(wire, "DATA", b"354 go on")
        lines = list(iter(wire.readline, b".\r\n")) if b"354" in self.replies.get("DATA", b"354") else []
        self.content = b"".join(lines)
        if not lines:
            return
        self._say(wire, "end", b"250 2.0.0 Ok: inbound 4711")

    def _say(self, wire: io.BufferedRWPair, key: str, default: bytes) -> None:
        wire.write(self.replies.get(key, default) + b"\r\n")
        wire.flush()


@pytest.fixture
def run_folder(data_folder: Path) -> Iterator[Path]:
    folder = data_folder / "run"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


def mail_in(data: Path, *options: str, mail: bytes = MAIL, **env: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "tocsin.command", "mail-in", *options],
        input=mail,
        env={"PATH": os.environ["PATH"], "TOCSIN_DATA": str(data), **env},
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )


def test_it_prints_the_inbound_id_alone(run_folder: Path) -> None:
    server = TinyLmtp(run_folder / "mail.sock")
    done = mail_in(run_folder.parent)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"4711\n", b"")
    assert f"RCPT TO:<{DEFAULT_MAILBOX}>" in server.commands
    assert f"MAIL FROM:<{UNKNOWN_SENDER}>" in server.commands


def test_dots_are_doubled_line_ends_made_whole_and_all_other_bytes_kept(run_folder: Path) -> None:
    server = TinyLmtp(run_folder / "mail.sock")
    mail_in(run_folder.parent, "--mailbox", "sales@example.test", "--sender", "<a@b.test>")
    expected = b"From: a@b.test\r\nSubject: caf\xe9\r\n\r\n..dot\r\n...two\r\nlone \r cr\r\n"
    assert server.content == expected
    assert "RCPT TO:<sales@example.test>" in server.commands
    assert "MAIL FROM:<a@b.test>" in server.commands


def test_a_server_that_names_an_empty_sender_means_it(run_folder: Path) -> None:
    server = TinyLmtp(run_folder / "mail.sock")
    mail_in(run_folder.parent, SENDER="")
    assert "MAIL FROM:<>" in server.commands


def test_who_hangs_up_after_taking_it_has_taken_it(run_folder: Path) -> None:
    TinyLmtp(run_folder / "mail.sock", hangs_up=True)
    assert mail_in(run_folder.parent).returncode == 0


@pytest.mark.parametrize(
    "replies",
    [
        {"greeting": b"421 too busy"},
        {"LHLO": b"500 what"},
        {"MAIL": b"451 later"},
        {"RCPT": b"550 no such mailbox"},
        {"DATA": b"554 no"},
        {"end": b"451 4.3.0 the database is away"},
        {"end": b"552 too big"},
        {"end": b""},
    ],
)
def test_every_refusal_leaves_the_mail_with_the_mail_server(
    run_folder: Path, replies: dict[str, bytes]
) -> None:
    TinyLmtp(run_folder / "mail.sock", replies)
    done = mail_in(run_folder.parent)
    assert done.returncode == 75
    assert done.stdout == b""
    assert done.stderr.startswith(b"tocsin mail-in: not stored")
    assert b"Traceback" not in done.stderr


def test_nobody_there_and_nothing_to_hand_in_are_75_too(run_folder: Path) -> None:
    assert mail_in(run_folder.parent).returncode == 75
    TinyLmtp(run_folder / "mail.sock")
    assert mail_in(run_folder.parent, mail=b"").returncode == 75
    assert mail_in(run_folder.parent, "--no-such-option").returncode == 75


def test_a_server_that_hangs_up_is_75(run_folder: Path) -> None:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(run_folder / "mail.sock"))
    listener.listen()
    threading.Thread(target=lambda: listener.accept()[0].close(), daemon=True).start()
    assert mail_in(run_folder.parent).returncode == 75


def test_a_path_too_long_for_a_socket_works(data_folder: Path) -> None:
    folder = data_folder / ("long-" * 30) / "run"
    folder.mkdir(parents=True)
    TinyLmtp(folder / "mail.sock")
    assert mail_in(folder.parent).stdout == b"4711\n"


def test_big_mails_stream_through(run_folder: Path) -> None:
    server = TinyLmtp(run_folder / "mail.sock")
    mail = b"Subject: big\n\n" + b"x" * 30_000_000 + b"\n" + b".\n" * 1000
    assert deliver(io.BytesIO(mail), str(run_folder / "mail.sock"), "") == "4711"
    server.join(10)
    assert len(server.content) == len(mail) + 2 + 1000 + 1 + 1000


@pytest.mark.parametrize(
    "mail", [b"a\r\nb", b"a\nb\n", b".\n", b"\n", b"a\rb\r\n", b"." * 70000 + b"\r\n", b"x" * 65535 + b"\r\n"]
)
def test_the_server_gets_back_what_was_sent(mail: bytes) -> None:
    wire = io.BytesIO(mail)
    sent = b"".join(lmtp_lines(wire.readline(65536), wire))
    undone = (
        b"".join(line.removeprefix(b".") for line in sent.splitlines(keepends=True))
        if b"\r" not in mail.replace(b"\r\n", b"")
        else sent
    )
    assert undone.rstrip(b"\r\n") == mail.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n").rstrip(b"\r\n")
    assert sent.endswith(b"\r\n")


def test_it_loads_no_framework_and_costs_little(run_folder: Path) -> None:
    code = (
        "import sys, tocsin.command; code = tocsin.command.main(['mail-in']);"
        "heavy = {'django', 'psycopg', 'procrastinate'} & set(sys.modules); print(code, list(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], input=MAIL, capture_output=True, check=False)
    assert done.stdout == b"75 []\n"
    before = _of_children()
    mail_in(run_folder.parent)
    assert _of_children() - before < 0.5, "CPU seconds of a whole run; measured at 0.05"


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
