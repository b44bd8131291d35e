"""What the workers' memory grows by for mails of 40 MB, by every way in; the floor is the mail itself."""

from __future__ import annotations

import base64
import contextlib
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from tests.harness.mailservers import Dovecot

from bench.figures import Figure
from bench.intake import hand_in
from bench.sink import Sink
from bench.site import SUPPORT, Site, running_site

MB = 10**6
SIZE = 40 * MB
IN_A_ROW = 5
_PATIENCE_S = 120.0
_MOST_GROWTH = 5.0
_MOST_LEFT = 1.0


@dataclass(frozen=True)
class Growth:
    """How far the workers' resident memory rose above where it was, and what of it stayed; in bytes."""

    peak: int
    left: int


def measure() -> list[Figure]:
    """Each kind of mail by LMTP, then by the pipe command, then from IMAP, then several in a row."""
    with Sink() as sink, _mailbox() as dovecot:
        imap = {"TOCSIN_IMAP_URL": dovecot.url} if dovecot else {}
        with running_site(TOCSIN_SMTP_URL=sink.url, **imap) as site:
            hand_in(site, [_mail("warm", _text_body(1000))])
            _wait_opened(site, 1)
            return [*_by_lmtp(site), *_by_pipe(site), *(_by_imap(site, dovecot) if dovecot else ())]


def _by_lmtp(site: Site) -> list[Figure]:
    kinds = {
        "one attachment": _mail("file", _file_body(SIZE)),
        "plain text": _mail("text", _text_body(SIZE)),
        "a mail in the mail": _mail("nested", _nested_body(SIZE)),
    }
    figures = [
        _figure(f"40 MB by LMTP, {name}", _grown(site, 1, lambda raw=raw: hand_in(site, [raw])).peak)  # type: ignore[misc]
        for name, raw in kinds.items()
    ]
    row = [_mail(f"row {number}", _file_body(SIZE)) for number in range(IN_A_ROW)]
    grown = _grown(site, IN_A_ROW, lambda: hand_in(site, row))
    figures.append(_figure(f"{IN_A_ROW} × 40 MB over four connections of LMTP", grown.peak, None))
    return [*figures, _figure("what stays of them", grown.left, _MOST_LEFT)]


def _by_pipe(site: Site) -> list[Figure]:
    raw = _mail("pipe", _file_body(SIZE))

    def hand_over() -> None:
        done = site.installation.run("mail-in", input=raw)
        assert done.returncode == 0, done.stderr

    return [_figure("40 MB by the pipe command", _grown(site, 1, hand_over).peak)]


def _by_imap(site: Site, dovecot: Dovecot) -> list[Figure]:
    raw = _mail("imap", _file_body(SIZE))
    return [_figure("40 MB from IMAP", _grown(site, 1, lambda: dovecot.deliver(raw)).peak)]


def _figure(what: str, grown: int, at_most: float | None = _MOST_GROWTH) -> Figure:
    return Figure(f"workers' memory: {what}", grown / MB, "MB", "the mail", SIZE / MB, at_most=at_most)


def _grown(site: Site, mails: int, act: Callable[[], object]) -> Growth:
    """What the act and the opening of its mails made all workers together grow by, at most."""
    workers = [Path(f"/proc/{pid}") for pid in site.pids("worker")]
    for worker in workers:
        (worker / "clear_refs").write_text("5")  # the peak counts from now
    before, opened = _of(workers, "VmRSS"), _opened(site)
    act()
    _wait_opened(site, opened + mails)
    time.sleep(1)
    return Growth(_of(workers, "VmHWM") - before, max(_of(workers, "VmRSS") - before, 0))


def _of(processes: list[Path], name: str) -> int:
    """Bytes of all together; of peaks the sum, as if they came at one moment."""
    lines = [line for one in processes for line in (one / "status").read_text().splitlines()]
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


def _opened(site: Site) -> int:
    with psycopg.connect(site.database_url, autocommit=True) as connection:
        row = connection.execute(
            "SELECT count(*) FROM mailroom_inbounditem WHERE state = 'opened'"
        ).fetchone()
    return int(row[0]) if row else 0


def _wait_opened(site: Site, count: int) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while _opened(site) < count:
        assert time.monotonic() < deadline, f"{_opened(site)} of {count} opened"
        time.sleep(0.1)


@contextlib.contextmanager
def _mailbox() -> Iterator[Dovecot | None]:
    """A Dovecot, where it is installed."""
    dovecot = Dovecot()
    try:
        dovecot.start()
    except FileNotFoundError:
        yield None
        return
    try:
        yield dovecot
    finally:
        dovecot.end()


def _mail(name: str, body: bytes) -> bytes:
    who = f"{name.replace(' ', '-')}@writers.example"
    head = f"From: Writer <{who}>\r\nTo: {SUPPORT}\r\nSubject: Large: {name}\r\nMessage-ID: <{who}>\r\n"
    return head.encode() + body


def _text_body(size: int) -> bytes:
    line = b"Since this morning our shop answers very slowly, please look.\r\n"
    return b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + line * (size // len(line))


_FILE_HEAD = b"""Content-Type: multipart/mixed; boundary="parts"

--parts
Content-Type: text/plain

Please see the file.
--parts
Content-Type: application/zip
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="all.zip"

"""
_NESTED_HEAD = b"""Content-Type: multipart/mixed; boundary="outer"

--outer
Content-Type: message/rfc822

"""


def _file_body(size: int) -> bytes:
    content = random.Random(size).randbytes(size * 54 // 74 - 1000)
    return _crlf(_FILE_HEAD + base64.encodebytes(content) + b"--parts--\n")


def _nested_body(size: int) -> bytes:
    return _crlf(_NESTED_HEAD) + _mail("inner", _file_body(size)) + b"\r\n--outer--\r\n"


def _crlf(data: bytes) -> bytes:
    return data.replace(b"\n", b"\r\n")
