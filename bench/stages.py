"""The stages of taking mail in, one after the other in this one process; run by `bench.intake`."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence

import django

from bench.mails import make_mails

MAILS = 400
_BATCH = 50


def main() -> None:
    """Print for each stage its mails per second and its milliseconds of this process's CPU a mail."""
    django.setup()
    from tocsin.mailroom import services

    mails = [raw.replace(b"@writers.example", b"@stages.example") for raw in make_mails(MAILS)]
    single, batched = mails[: MAILS // 2], mails[MAILS // 2 :]
    rates = {
        "spool, one commit each": _rate(len(single), lambda: _spool_singly(single)),
        "spool, 50 in a commit (IMAP)": _rate(len(batched), lambda: _spool_together(batched)),
        "read by channels.email": _rate(len(mails), lambda: _read(mails)),
        "open: read, write ticket, announce, acknowledge": _rate(len(mails), lambda: _drain(services.drain)),
    }
    print(json.dumps(rates))


def _rate(count: int, act: Callable[[], None]) -> tuple[float, float]:
    began, worked = time.perf_counter(), time.process_time()
    act()
    return count / (time.perf_counter() - began), 1000 * (time.process_time() - worked) / count


def _spool_singly(mails: Sequence[bytes]) -> None:
    from tocsin.mailroom import services

    for number, raw in enumerate(mails):
        services.take_in("email", f"bench:{number}", raw)


def _spool_together(mails: Sequence[bytes]) -> None:
    from tocsin.mailroom import services

    for start in range(0, len(mails), _BATCH):
        batch = [
            services.Arrival("email", f"bench-many:{start + number}", raw)
            for number, raw in enumerate(mails[start : start + _BATCH])
        ]
        services.take_in_many(batch)


def _read(mails: Sequence[bytes]) -> None:
    from tocsin.channels.registry import channel

    email = channel("email")
    for raw in mails:
        email.parse(raw, {})


def _drain(drain: Callable[[], int]) -> None:
    while drain():
        pass


if __name__ == "__main__":
    main()
