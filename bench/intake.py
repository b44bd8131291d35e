"""Mails taken in per second, end to end and durable: LMTP → spool → drain → ticket, acknowledged."""

from __future__ import annotations

import email
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

import psycopg

from bench.figures import Figure
from bench.mails import make_mails
from bench.sink import Sink
from bench.site import SUPPORT, Site, running_site

MAILS = 1_500
WARM = 40
CONNECTIONS = 4
_PATIENCE_S = 300.0
_PROCESSES = ("worker", "database")


def measure() -> list[Figure]:
    """End to end, then the stages by themselves, then the floors."""
    mails = make_mails(MAILS)
    with Sink() as sink, running_site(TOCSIN_SMTP_URL=sink.url) as site:
        hand_in(site, make_mails(WARM, MAILS))  # warm: connections, caches, templates
        wait_opened(site, WARM)
        worked = {name: site.cpu_seconds(name) for name in _PROCESSES}
        taken, opened, acknowledged = _end_to_end(site, mails, sink)
        cost = {name: 1000 * (site.cpu_seconds(name) - worked[name]) / MAILS for name in _PROCESSES}
        stages = _stages(site)
        (parse, parse_cost), insert = parse_floor(mails), _insert_floor(site, mails)
    unit, parsed, inserted = "mails/s", "stdlib parse of the same mails", "one committed insert each"
    return [
        Figure("taken in over LMTP and committed", taken, unit, inserted, insert, at_least=0.02),
        Figure("from LMTP to ticket", opened, unit, inserted, insert, at_least=0.01),
        Figure("from LMTP to ticket", opened, unit, parsed, parse, at_least=0.02),
        Figure("from LMTP to the acknowledgement in the sink", acknowledged, unit, parsed, parse),
        Figure("all of it, the worker", cost["worker"], "ms CPU/mail", parsed, parse_cost, at_most=80),
        Figure(
            "all of it, the database's part", cost["database"], "ms CPU/mail", parsed, parse_cost, at_most=80
        ),
        *(Figure(f"stage: {name}", rate, unit) for name, (rate, _) in stages.items()),
        *(Figure(f"stage: {name}", cost, "ms CPU/mail") for name, (_, cost) in stages.items()),
    ]


def _end_to_end(site: Site, mails: Sequence[bytes], sink: Sink) -> list[float]:
    """Mails per second until the last `250`, until the last ticket, and until the last acknowledgement."""
    began = time.monotonic()
    hand_in(site, mails)
    taken = time.monotonic()
    opened = wait_opened(site, len(mails) + WARM)
    acknowledged = sink.wait_for(len(mails) + WARM, _PATIENCE_S)
    return [len(mails) / (moment - began) for moment in (taken, opened, acknowledged)]


def hand_in(site: Site, mails: Sequence[bytes]) -> None:
    """Over several connections at once, as a mail server does."""
    parts = [mails[number::CONNECTIONS] for number in range(CONNECTIONS)]
    threads = [threading.Thread(target=_lmtp, args=(site.mail_socket, part)) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _lmtp(path: str, mails: Sequence[bytes]) -> None:
    """The least that speaks LMTP, so that what is measured is the product and not the client."""
    with socket.socket(socket.AF_UNIX) as plug:
        plug.connect(path)
        wire = plug.makefile("rb")
        _expect(wire.readline(), b"220")
        _say(plug, wire, b"LHLO bench\r\n")
        for raw in mails:
            content = b"\r\n".join(raw.splitlines()).replace(b"\r\n.", b"\r\n..")
            _say(plug, wire, b"MAIL FROM:<bounces@writers.example>\r\n")
            _say(plug, wire, b"RCPT TO:<%s>\r\n" % SUPPORT.encode())
            _say(plug, wire, b"DATA\r\n", b"354")
            _say(plug, wire, content + b"\r\n.\r\n")
        wire.close()


def _say(plug: socket.socket, wire: object, words: bytes, wanted: bytes = b"250") -> None:
    plug.sendall(words)
    line = wire.readline()  # type: ignore[attr-defined]  # a buffered reader
    while line[3:4] == b"-":
        line = wire.readline()  # type: ignore[attr-defined]
    _expect(line, wanted)


def _expect(line: bytes, wanted: bytes) -> None:
    assert line.startswith(wanted), line


def wait_opened(site: Site, count: int) -> float:
    """The moment when so many are opened."""
    deadline = time.monotonic() + _PATIENCE_S
    with psycopg.connect(site.database_url, autocommit=True) as connection:
        while True:
            row = connection.execute(
                "SELECT count(*) FROM mailroom_inbounditem WHERE state = 'opened'"
            ).fetchone()
            if row and row[0] >= count:
                return time.monotonic()
            assert time.monotonic() < deadline, f"{row} of {count} opened"
            time.sleep(0.02)


def _stages(site: Site) -> dict[str, tuple[float, float]]:
    """Each stage by itself, in a process that has the installation's database and no worker beside it."""
    env = {**site.installation.env, "DATABASE_URL": site.database_url}
    env["DJANGO_SETTINGS_MODULE"] = "tocsin.project.settings"
    command = [sys.executable, "-m", "bench.stages"]
    with site.worker_paused():
        done = subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True)
    rates: dict[str, tuple[float, float]] = json.loads(done.stdout)
    return rates


def parse_floor(mails: Sequence[bytes]) -> tuple[float, float]:
    """Mails per second and milliseconds of CPU for one, with the library's fastest policy."""
    began, worked = time.perf_counter(), time.process_time()
    for raw in mails:
        message = email.message_from_bytes(raw)
        for part in message.walk():
            if not part.is_multipart():
                part.get_payload(decode=True)
    rate = len(mails) / (time.perf_counter() - began)
    return rate, 1000 * (time.process_time() - worked) / len(mails)


def _insert_floor(site: Site, mails: Sequence[bytes]) -> float:
    with psycopg.connect(site.database_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE bench_floor (id bigint GENERATED ALWAYS AS IDENTITY, raw bytea)")
        began = time.perf_counter()
        for raw in mails:
            connection.execute("INSERT INTO bench_floor (raw) VALUES (%b)", [raw])
        rate = len(mails) / (time.perf_counter() - began)
        connection.execute("DROP TABLE bench_floor")
    return rate
