"""The pipe command as a mail server runs it: a process for each mail, from its start to its exit."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from bench.figures import Figure, median, percentile
from bench.mails import make_mails
from bench.sink import Sink
from bench.site import Site, running_site

MAILS = 50
PIPES = 2
# Beyond it a mail server that starts the command for each mail would fall behind in a busy hour.
LONGEST_S = 0.15
_KEEP = 75
_TRIES = 25


def measure() -> list[Figure]:
    """One by one, two at once, and with the product down; the floor is a Python that does nothing."""
    mails = make_mails(MAILS * 3)
    with Sink() as sink, running_site(TOCSIN_SMTP_URL=sink.url) as site:
        floor = median([_seconds([sys.executable, "-c", "pass"]) for _ in range(_TRIES)])
        times = [_hand_in(site, mail) for mail in mails[:MAILS]]
        began = time.monotonic()
        _at_once(site, mails[MAILS:])
        rate = (len(mails) - MAILS) / (time.monotonic() - began)
    refused = median([_hand_in(site, mails[0], _KEEP) for _ in range(_TRIES)])
    middle, slow, nothing = median(times), percentile(times, 0.95), "python -c pass"
    return [
        Figure("pipe: start to exit 0, p50", middle, "s", nothing, floor, at_most=12),
        Figure("pipe: start to exit 0, p50", middle, "s", "the longest wanted", LONGEST_S, at_most=1),
        Figure("pipe: start to exit 0, p95", slow, "s", nothing, floor),
        Figure(f"pipe: {PIPES} at once, committed", rate, "mails/s", nothing, PIPES / floor, at_least=0.05),
        Figure("pipe: the product is down, start to exit 75, p50", refused, "s", nothing, floor, at_most=12),
    ]


def _at_once(site: Site, mails: Sequence[bytes]) -> None:
    def pipe(part: Sequence[bytes]) -> None:
        for mail in part:
            _hand_in(site, mail)

    threads = [threading.Thread(target=pipe, args=(mails[number::PIPES],)) for number in range(PIPES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _hand_in(site: Site, mail: bytes, wanted: int = 0) -> float:
    command = [str(Path(sys.executable).with_name("tocsin")), "mail-in", "--socket", site.mail_socket]
    return _seconds([*command, "--sender", "writer@writers.example"], mail, wanted)


def _seconds(command: list[str], stdin: bytes = b"", wanted: int = 0) -> float:
    """From the start of a process to its end. AssertionError when it ends otherwise than `wanted`."""
    began = time.perf_counter()
    done = subprocess.run(command, input=stdin, capture_output=True, check=False)
    took = time.perf_counter() - began
    assert done.returncode == wanted, done.stderr
    return took
