"""Open some mails in this process and print how many and their CPU; run by `bench.growth`."""

from __future__ import annotations

import json
import random
import re
import sys
import time

import django

from bench.mails import make_mails

MAILS = 600
_WARM = 100


def main(kind: str, size: int) -> None:
    """`kind` is `new`, or `answers` to tickets of the archive of this `size`."""
    django.setup()
    from tocsin.mailroom import services

    ours = b"@%d.%s.example" % (size, kind.encode())
    mails = [raw.replace(b"@writers.example", ours) for raw in _mails(kind, size)]
    for start in range(0, len(mails), 50):
        batch = mails[start : start + 50]
        services.take_in_many(
            [services.Arrival("email", f"{kind}:{size}:{start + n}", raw) for n, raw in enumerate(batch)]
        )
    services.drain(_WARM)
    worked = time.process_time()
    while services.drain():
        pass
    print(json.dumps([MAILS, 1000 * (time.process_time() - worked) / MAILS]))


def _mails(kind: str, size: int) -> list[bytes]:
    mails = make_mails(MAILS + _WARM)
    if kind == "new" or not size:
        return mails
    from tocsin.desk.models import Ticket

    tickets = random.Random(size).sample(range(1, size), len(mails))
    requesters = dict(Ticket.objects.filter(pk__in=tickets).values_list("pk", "requester_address"))
    return [_answering(raw, ticket, requesters[ticket]) for raw, ticket in zip(mails, tickets, strict=True)]


def _answering(raw: bytes, ticket: int, requester: str) -> bytes:
    """The same mail as an answer to the first one of an old ticket, from whom wrote that."""
    sender = b"From: Customer <%s>" % requester.encode()
    answer = re.sub(rb"^From: .*$", sender, raw, count=1, flags=re.MULTILINE)
    return b"In-Reply-To: <%d@customers.example>\n" % ticket + answer


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
