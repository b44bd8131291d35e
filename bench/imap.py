"""Mails per second out of a real Dovecot, from its mailbox to tickets; floor: fetching them alone."""

from __future__ import annotations

import shutil
import time

from tests.harness.mailservers import Dovecot

from bench.figures import Figure
from bench.intake import parse_floor, wait_opened
from bench.mails import make_mails
from bench.sink import Sink
from bench.site import Site, running_site
from tocsin.channels.email.imap import ImapConnection

MAILS = 3_000
_PATIENCE_S = 600.0
_PROCESSES = ("worker", "database")


def measure() -> list[Figure]:
    """A mailbox filled while nobody looked."""
    if not shutil.which("dovecot"):
        print("Dovecot is missing: apt-get install dovecot-imapd")
        return []
    dovecot = Dovecot()
    dovecot.start()
    try:
        return _measured(dovecot)
    finally:
        dovecot.end()


def _measured(dovecot: Dovecot) -> list[Figure]:
    with Sink() as sink, running_site(TOCSIN_SMTP_URL=sink.url, TOCSIN_IMAP_URL=dovecot.url) as site:
        dovecot.deliver(make_mails(1, MAILS)[0])  # warm: signed in, connections, templates
        wait_opened(site, 1)
        with site.worker_paused():
            for raw in make_mails(MAILS):
                dovecot.deliver(raw)
            fetched, fetch = _fetched(dovecot)
            _rate, floor = parse_floor(make_mails(MAILS // 4))
        worked = {name: site.cpu_seconds(name) for name in _PROCESSES}
        began = time.monotonic()
        opened = wait_opened(site, MAILS + 1) - began
        acknowledged = sink.wait_for(MAILS + 1, _PATIENCE_S) - began
        cost = {name: _cost(site, name, worked[name]) for name in _PROCESSES}
    unit, alone, only = "mails/s", "fetching them alone", MAILS / fetched
    spent, parsing = "ms CPU/mail", "stdlib parse of the same mails"
    return [
        Figure("IMAP: from the server to ticket", MAILS / opened, unit, alone, only, at_least=0.02),
        Figure("IMAP: to the acknowledgement in the sink", MAILS / acknowledged, unit, alone, only),
        Figure("IMAP: the worker's part", cost["worker"], spent, parsing, floor, at_most=80),
        Figure("IMAP: the database's part", cost["database"], spent, parsing, floor, at_most=80),
        Figure("stage: fetch", fetch, spent),
    ]


def _fetched(dovecot: Dovecot) -> tuple[float, float]:
    """Seconds for all by the clock, and milliseconds of CPU for one, in this process."""
    began, worked = time.monotonic(), time.process_time()
    with ImapConnection(dovecot.url) as connection:
        for group in connection.groups(connection.uids()):
            connection.fetch([message.uid for message in group])
    return time.monotonic() - began, 1000 * (time.process_time() - worked) / MAILS


def _cost(site: Site, name: str, before: float) -> float:
    return 1000 * (site.cpu_seconds(name) - before) / MAILS
