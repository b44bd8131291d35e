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


def main(kind: str, run: int) -> None:
    """`kind` is `new`, each from somebody new; `again`, from those same people;
    or `answers`, each to another ticket that is there. Every `run` has mails of its own."""
    django.setup()
    from tocsin.desk.models import Ticket
    from tocsin.mailroom import services

    mails = make_mails(MAILS + _WARM, first=10_000 * run)
    if kind == "again":
        mails = [raw.replace(b"@writers.example>", b"@again.example>") for raw in mails]
    if kind == "answers":
        mails = [_answering(raw, *ticket) for raw, ticket in zip(mails, _tickets(), strict=True)]
    for start in range(0, len(mails), 50):
        batch = mails[start : start + 50]
        services.take_in_many(
            [services.Arrival("email", f"{kind}:{run}:{start + n}", raw) for n, raw in enumerate(batch)]
        )
    services.drain(_WARM)
    newest = Ticket.objects.latest("id").pk
    worked = time.process_time()
    while services.drain():
        pass
    worked = time.process_time() - worked
    made = Ticket.objects.filter(pk__gt=newest).count()
    assert made == (0 if kind == "answers" else MAILS), f"{made} tickets of {MAILS} mails"
    print(json.dumps([MAILS, 1000 * worked / MAILS]))


def _tickets() -> list[tuple[str, str]]:
    """Message-ID and sender of the first message of as many tickets as there are mails to answer them, spread
    over the archive."""
    from tocsin.desk.models import Message, MessageKind, Ticket

    last = Ticket.objects.latest("id").pk
    some = random.Random(last).sample(range(1, last + 1), min(last, 4 * (MAILS + _WARM)))
    mailed = Message.objects.filter(ticket__in=some, kind=MessageKind.CUSTOMER).exclude(rfc_message_id="")
    firsts = mailed.order_by("ticket", "id").distinct("ticket")
    return list(firsts.values_list("rfc_message_id", "from_address")[: MAILS + _WARM])


def _answering(raw: bytes, message_id: str, writer: str) -> bytes:
    """The same mail as an answer to another one, from whom wrote that."""
    sender = b"From: Customer <%s>" % writer.encode()
    answer = re.sub(rb"^From: .*$", sender, raw, count=1, flags=re.MULTILINE)
    return b"In-Reply-To: %s\n" % message_id.encode() + answer


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
