"""Opening the spool: nothing lost, nothing twice, one poison mail stops nobody."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest
from django.db import connection, connections
from tests.harness.actors import acting
from tests.harness.waiting import PATIENCE_S
from tests.mailroom.stand_ins import Upstairs, make_mail

from tocsin.kernel import clock
from tocsin.kernel.errors import Conflict
from tocsin.kernel.reasons import in_english, plain
from tocsin.mailroom import direct, queries, services
from tocsin.mailroom.models import InboundItem, InboundState, OpeningAttempt

pytestmark = pytest.mark.django_db(transaction=True)


def take(*mails: bytes) -> list[int]:
    first = InboundItem.objects.count()
    return services.take_in_many(
        [services.Arrival("email", f"test:{first + n}", mail) for n, mail in enumerate(mails)]
    )


def drain_all(rounds: int = 60) -> None:
    for _ in range(rounds):
        if not services.drain():
            return


def states() -> dict[int, str]:
    return dict(InboundItem.objects.values_list("pk", "state"))


def test_opened_in_order_with_sender_and_subject(upstairs: Upstairs) -> None:
    ids = take(*(make_mail(f"Subject {number}") for number in range(5)))
    assert services.drain() == 5
    assert upstairs.arrived == ids
    item = queries.inbound_by_id(ids[0])
    assert (item.state, item.from_address, item.message_subject) == (
        "opened",
        "maria@customer.test",
        "Subject 0",
    )
    assert services.drain() == 0
    assert not OpeningAttempt.objects.exists()


def test_the_same_mail_twice_is_one_message(upstairs: Upstairs) -> None:
    mail = make_mail("Twice")
    first, second = take(mail, mail)
    services.drain()
    (third,) = take(mail)
    services.drain()
    assert upstairs.arrived == [first]
    for pk in (second, third):
        item = queries.inbound_by_id(pk)
        assert item.state == "ignored"
        assert item.ticket_ref == queries.ticket_of(item) == f"T-{first:07d}"
        assert in_english(item.reason) == f"The same mail as inbound {first}. It is in T-{first:07d}."
        assert item.message_subject == "Twice"


def test_same_message_id_with_other_content_is_a_new_message(upstairs: Upstairs) -> None:
    take(make_mail("A", "one", Message_ID="<x@y>"), make_mail("A", "two", Message_ID="<x@y>"))
    services.drain()
    assert len(upstairs.arrived) == 2


def test_two_workers_with_the_same_mails_open_each_once(upstairs: Upstairs) -> None:
    mails = [make_mail(f"Same {number}") for number in range(30)]
    ids = take(*mails, *reversed(mails))
    start = threading.Barrier(2)

    def work() -> None:
        start.wait()
        while services.drain(10):
            pass
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    drain_all()
    found = states()
    assert sorted(found[pk] for pk in ids) == ["ignored"] * 30 + ["opened"] * 30
    opened = InboundItem.objects.filter(state=InboundState.OPENED)
    assert len(set(opened.values_list("message_subject", flat=True))) == 30
    assert opened.exclude(ticket_ref="").count() == 30


def test_a_room_that_fails_on_one_mail_gets_the_others(upstairs: Upstairs) -> None:
    ids = take(*(make_mail(f"Mail {number}") for number in range(6)))
    poison = ids[2]

    def fail(pk: int) -> None:
        if pk == poison:
            raise ValueError("cannot open this")

    upstairs.open_one = fail
    drain_all()
    _make_due()
    drain_all()
    _make_due()
    drain_all()
    found = states()
    assert found.pop(poison) == "set_aside"
    assert set(found.values()) == {"opened"}
    item = queries.inbound_by_id(poison)
    assert item.message_subject == "Mail 2"
    assert item.reason


def test_read_again_after_a_mend(upstairs: Upstairs) -> None:
    (pk,) = take(make_mail("Later"))
    services.set_aside(pk, "for now")
    with pytest.raises(Conflict):
        services.set_aside(pk, "twice")
    services.read_again(pk, acting())
    services.drain()
    assert states()[pk] == "opened"
    with pytest.raises(Conflict):
        services.read_again(pk)


def test_a_backend_that_dies_in_the_middle_loses_nothing(upstairs: Upstairs) -> None:
    ids = take(*(make_mail(f"Mail {number}") for number in range(8)))
    died: list[int] = []

    def die_once(pk: int) -> None:
        if pk == ids[4] and not died:
            died.append(pk)
            _terminate_own_backend()

    upstairs.open_one = die_once
    with pytest.raises(Exception, match=r"terminat|clos|lost|Database error"):
        services.drain()
    connection.close()
    assert set(states().values()) == {"spooled"}
    # the database's fault and not the mails': nothing counts against them
    assert not OpeningAttempt.objects.exists()
    drain_all()
    assert set(states().values()) == {"opened"}


@pytest.mark.processes
def test_a_mail_that_kills_the_worker_is_set_aside_and_the_others_pass(upstairs: Upstairs) -> None:
    ids = take(make_mail("good one"), make_mail("KILL"), make_mail("good two"))
    for _ in range(8):
        done = subprocess.run(
            [sys.executable, "-c", _DRAIN], env=os.environ.copy(), check=False, timeout=PATIENCE_S
        )
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL
    assert [states()[pk] for pk in ids] == ["opened", "set_aside", "opened"]
    assert "Tried 3 times. " in in_english(queries.inbound_by_id(ids[1]).reason)
    assert queries.inbound_by_id(ids[1]).message_subject == "KILL"


_DRAIN = """
import os, signal, time
import django
django.setup()
from tocsin.kernel.events import Handler, handlers
from tocsin.mailroom import queries, services
from tocsin.mailroom.events import PostArrived
from tocsin.channels import registry
kind = registry.channel("email")
class Deadly:
    def __getattr__(self, name): return getattr(kind, name)
    def parse(self, raw, envelope):
        if b"KILL" in raw: os.kill(os.getpid(), signal.SIGKILL)
        return kind.parse(raw, envelope)
registry.channels()["email"] = Deadly()
def open_post(announced):
    for pk in announced.event.inbound_ids: services.mark_opened({pk: f"T-{pk:07d}"})
handlers._handlers[PostArrived] = [Handler("tests.open-post", PostArrived, open_post, False, False)]
from tocsin.mailroom.models import InboundItem
while InboundItem.objects.filter(state="spooled").exists():
    if not services.drain(): time.sleep(0.3)
"""


def test_a_reader_that_raises_sets_aside_with_the_reason(
    upstairs: Upstairs, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tocsin.channels import base, registry
    from tocsin.channels.email.channel import EmailChannel

    class Broken(EmailChannel):
        def parse(self, raw: bytes, envelope: base.Envelope) -> base.Inbound:
            raise base.Unreadable(plain("No head or tail.")) if b"Unreadable" in raw else RuntimeError("oops")

    monkeypatch.setitem(
        registry.channels(), "broken", Broken()
    )  # a channel of its own, as a room would add one
    bad = [services.take_in("broken", f"b:{name}", make_mail(name)) for name in ("Unreadable", "Crash")]
    (good,) = take(make_mail("Good"))
    services.drain()
    assert [states()[pk] for pk in [*bad, good]] == ["set_aside", "set_aside", "opened"]
    first, second = (queries.inbound_by_id(pk) for pk in bad)
    assert in_english(first.reason) == "No head or tail."
    assert "oops" in in_english(second.reason)
    assert (first.from_address, first.message_subject) == ("maria@customer.test", "Unreadable")


def test_a_batch_is_bounded_by_its_bytes(upstairs: Upstairs) -> None:
    take(*(make_mail(f"Big {number}", "y" * 10_800_000) for number in range(3)), make_mail("small"))
    assert services.drain() == 2
    drain_all()
    assert set(states().values()) == {"opened"}


def test_thirty_megabytes_and_a_million_header_lines(upstairs: Upstairs) -> None:
    large = make_mail("Large", ("z" * 74 + "\r\n") * 400_000)
    headers = b"".join(b"X-%d: y\r\n" % number for number in range(1_000_000))
    ids = take(large, headers + make_mail("Many headers"), make_mail("after"))
    drain_all()
    assert [states()[pk] for pk in ids] == ["opened"] * 3
    assert queries.parsed_inbound(ids[1]).inbound.defects  # its head is read up to a bound, and that is said
    assert queries.inbound_by_id(ids[1]).blob.size > 10_000_000


def _make_due() -> None:
    OpeningAttempt.objects.update(retry_at=clock.now())


def _terminate_own_backend() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    with direct.connect() as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])
    connection.cursor().execute("SELECT 1")
