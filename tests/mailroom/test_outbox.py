"""The outbox: written with its act, sent, recorded; in doubt only what a crash leaves in flight."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.db import connections, transaction
from tests.harness.actors import acting
from tests.harness.mailservers import SmtpSink
from tests.harness.waiting import wait_until
from tests.mailroom.boxes import save_mailbox
from tests.mailroom.stand_ins import Upstairs, make_mail

from tocsin.kernel import clock, reasons
from tocsin.kernel.reasons import plain
from tocsin.kernel.restart import patiently
from tocsin.mailroom import direct, queries, services
from tocsin.mailroom.models import DeadAddress, Delivery, DeliveryState, InFlight
from tocsin.mailroom.services.lanes import Lanes
from tocsin.mailroom.services.sending import Claim, Outcome
from tocsin.mailroom.services.upkeep import mark_unannounced

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sink(smtp_sink: SmtpSink, monkeypatch: pytest.MonkeyPatch) -> SmtpSink:
    """A sink that the product sends to."""
    monkeypatch.setattr(settings, "TOCSIN_SMTP_URL", smtp_sink.url)
    return smtp_sink


def new(to: str = "maria@customer.test", **fields: object) -> services.NewDelivery:
    return services.NewDelivery("email", to, "Subject", "Text", **fields)  # type: ignore[arg-type]  # test's shorthand


def write(*deliveries: services.NewDelivery) -> list[int]:
    with transaction.atomic():
        return services.write_deliveries(deliveries)


def state(pk: int) -> str:
    return Delivery.objects.get(pk=pk).state


def make_due() -> None:
    Delivery.objects.filter(state=DeliveryState.DEFERRED).update(next_attempt_at=clock.now())


def test_sent_with_our_message_id_and_told_once(sink: SmtpSink, upstairs: Upstairs) -> None:
    (pk,) = write(new(origin_ref="message:1"))
    assert services.dispatch() == 1
    (received,) = sink.to("maria@customer.test")
    row = Delivery.objects.get(pk=pk)
    assert received.message["Message-ID"].strip() == row.message_id
    assert (row.state, row.attempts, row.maybe_twice) == ("sent", 1, False)
    assert row.accepted_at
    assert "250" in row.answer
    assert services.announce() == 1
    assert services.announce() == 0
    assert upstairs.changes == [(pk,)]
    assert queries.delivery_by_message_ids([row.message_id])[row.message_id].origin_ref == "message:1"
    assert [one.id for one in queries.deliveries_of(["message:1"])["message:1"]] == [pk]


def test_a_state_that_comes_while_the_one_before_is_told_is_told_too(upstairs: Upstairs) -> None:
    """One process tells at a time, and what is marked meanwhile is told after."""
    ids = write(new(), new(to="ivan@customer.test"))
    with transaction.atomic():
        mark_unannounced(ids)
    meanwhile: list[int] = []

    def somebody_else() -> None:
        with transaction.atomic():
            mark_unannounced(ids[:1])
        meanwhile.append(services.announce())
        connections.close_all()

    with transaction.atomic():
        assert services.announce() == 2
        other = threading.Thread(target=somebody_else)
        other.start()
        other.join(30)
    assert meanwhile == [0], "it is not told beside the one before"
    assert services.announce() == 1
    assert upstairs.changes == [tuple(ids), (ids[0],)]


def test_what_is_told_at_once_is_bounded(upstairs: Upstairs) -> None:
    for start in range(0, 500, 100):
        with transaction.atomic():
            mark_unannounced(range(start, start + 100))
    while services.announce():
        pass
    assert [len(change) for change in upstairs.changes] == [300, 200]


def test_undone_act_sends_nothing(sink: SmtpSink) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        services.write_deliveries([new()])
        raise ZeroDivisionError
    assert services.dispatch() == 0
    with pytest.raises(RuntimeError):
        services.write_deliveries([new()])


def test_once_key_is_written_once() -> None:
    first = write(new(once_key="a"), new(once_key="b"), new())
    second = write(new(once_key="b"), new(once_key="c"), new(once_key="a"), new(once_key="c"))
    assert second[0] == first[1]
    assert second[2] == first[0]
    assert second[1] == second[3]
    assert Delivery.objects.count() == 4


def test_urgent_goes_first(sink: SmtpSink) -> None:
    write(
        new("a@x.test"), new("b@x.test", urgency=30), new("c@x.test", urgency=20), new("d@x.test", urgency=30)
    )
    services.dispatch()
    assert [one.rcpt_tos[0][0] for one in sink.messages] == ["b", "d", "c", "a"]


def test_later_then_sent(sink: SmtpSink) -> None:
    sink.fail("maria@customer.test", "451 4.7.1 greylisted", times=1)
    (pk,) = write(new())
    services.dispatch()
    row = Delivery.objects.get(pk=pk)
    assert row.state == "deferred"
    assert "greylisted" in row.answer
    assert row.next_attempt_at > clock.now() + timedelta(seconds=10)
    assert services.dispatch() == 0
    make_due()
    assert services.dispatch() == 1
    assert state(pk) == "sent"
    assert len(sink.messages) == 1


def test_given_up_after_48_hours_with_the_servers_words(sink: SmtpSink) -> None:
    sink.fail("maria@customer.test", "451 4.7.1 never today")
    (pk,) = write(new())
    Delivery.objects.update(tried_since=clock.now() - timedelta(hours=49))
    services.dispatch()
    row = Delivery.objects.get(pk=pk)
    assert row.state == "failed"
    said = reasons.word(row.answer, "es")
    assert said.startswith("Se desistió tras 48 horas.") and "never today" in said


def test_refused_for_good_and_the_address_is_not_tried_again(sink: SmtpSink, upstairs: Upstairs) -> None:
    sink.fail("maria@customer.test", "550 5.1.1 no such user")
    (pk,) = write(new())
    services.dispatch()
    assert state(pk) == "failed"
    assert DeadAddress.objects.filter(folded="maria@customer.test").exists()
    (again,) = write(new("Maria@Customer.test"))
    row = Delivery.objects.get(pk=again)
    assert row.state == "failed"
    said = reasons.word(row.answer, "es")
    assert said.startswith("No se intentó") and "no such user" in said
    services.announce()
    assert upstairs.changed == [pk, again]
    sink.fail("maria@customer.test", times=0)
    services.try_again(pk, acting())
    services.dispatch()
    assert state(pk) == "sent"
    (third,) = write(new())
    assert state(third) == "queued"


def test_a_refused_message_does_not_condemn_the_address(sink: SmtpSink) -> None:
    sink.fail_data("554 5.7.1 looks like spam")
    (pk,) = write(new())
    services.dispatch()
    assert state(pk) == "failed"
    assert not DeadAddress.objects.exists()


def test_a_bounce_marks_delivery_and_address(sink: SmtpSink, upstairs: Upstairs) -> None:
    (pk,) = write(new(origin_ref="notice:7"))
    services.dispatch()
    services.announce()
    bounce = services.take_in("email", "b:1", make_bounce(Delivery.objects.get(pk=pk)))
    services.drain()
    row = Delivery.objects.get(pk=pk)
    assert row.state == "bounced"
    assert "no such user" in row.answer.lower()
    assert row.accepted_at
    item = queries.inbound_by_id(bounce)
    assert item.state == "ignored"
    assert upstairs.arrived == []
    (told,) = upstairs.bounced
    assert (told.delivery_id, told.address, told.origin_ref) == (pk, "maria@customer.test", "notice:7")
    services.announce()
    assert upstairs.changed == [pk, pk]
    assert Delivery.objects.get(pk=write(new())[0]).state == "failed"
    # whoever writes to us is there
    services.take_in("email", "m:1", make_mail("I am here"))
    services.drain()
    assert Delivery.objects.get(pk=write(new())[0]).state == "queued"


def test_a_forged_bounce_for_somebody_else_marks_nothing(sink: SmtpSink, upstairs: Upstairs) -> None:
    (pk,) = write(new())
    services.dispatch()
    services.take_in(
        "email", "b:1", make_bounce(Delivery.objects.get(pk=pk), recipient="other@customer.test")
    )
    services.drain()
    assert state(pk) == "sent"
    assert not DeadAddress.objects.exists()


def test_our_own_mail_coming_back_is_ignored(sink: SmtpSink, upstairs: Upstairs) -> None:
    write(new())
    services.dispatch()
    pk = services.take_in("email", "own:1", sink.messages[0].content)
    services.drain()
    assert queries.inbound_by_id(pk).state == "ignored"
    assert upstairs.arrived == []


def in_flight(pk: int, process: str, *, at: datetime | None = None, outcome: object = None) -> None:
    InFlight.objects.create(delivery_id=pk, process=process, at=at or clock.now(), outcome=outcome)


def settle_for_the_dead() -> int:
    with direct.connect() as db:
        return services.settle_for_the_dead(db)


def a_dead_process() -> str:
    return f"{direct.own_name().split(':')[0]}:999999:1:1"


def test_a_dead_process_leaves_one_in_doubt_and_it_is_marked(sink: SmtpSink) -> None:
    (pk,) = write(new())
    before = Delivery.objects.get(pk=pk).message_id
    in_flight(pk, a_dead_process())
    assert services.dispatch() == 0, "somebody else has it, as far as is known"
    assert settle_for_the_dead() == 1
    assert settle_for_the_dead() == 0
    services.dispatch()
    row = Delivery.objects.get(pk=pk)
    assert (row.state, row.maybe_twice, row.message_id) == ("sent", True, before)
    assert len(sink.messages) == 1


def test_what_a_dead_process_recorded_is_settled_and_not_sent_again(
    sink: SmtpSink, upstairs: Upstairs
) -> None:
    (pk,) = write(new())
    now = clock.now()
    row = Delivery.objects.get(pk=pk)
    claim = Claim(
        pk, row.account_id, "email", row.to_address, row.payload, row.message_id, 0, row.tried_since
    )
    outcome = Outcome(claim, DeliveryState.SENT, plain("250 taken"), now, now)
    in_flight(pk, a_dead_process(), outcome=outcome.as_row())
    assert settle_for_the_dead() == 0
    row.refresh_from_db()
    assert (row.state, row.answer, row.attempts, row.accepted_at) == ("sent", "250 taken", 1, now)
    assert not row.maybe_twice
    assert services.dispatch() == 0
    assert not sink.messages
    services.announce()
    assert upstairs.changed == [pk]
    assert not InFlight.objects.exists()


def test_a_living_process_keeps_what_it_sends_and_another_machines_grows_old() -> None:
    mine, fresh, old = write(new(), new(), new())
    long_ago = clock.now() - timedelta(minutes=3)
    in_flight(mine, direct.own_name(), at=long_ago)
    in_flight(fresh, "elsewhere:1:1:1")
    in_flight(old, "elsewhere:2:1:1", at=long_ago)
    assert settle_for_the_dead() == 1
    assert queries.in_flight([mine, fresh, old]) == {mine, fresh}


def test_what_bounced_while_it_was_in_flight_stays_bounced(sink: SmtpSink) -> None:
    """A server's report can be quicker than our own note of its answer."""
    (pk,) = write(new())
    row = Delivery.objects.get(pk=pk)
    claim = Claim(
        pk, row.account_id, "email", row.to_address, row.payload, row.message_id, 0, row.tried_since
    )
    now = clock.now()
    outcome = Outcome(claim, DeliveryState.SENT, plain("250 taken"), now, now)
    in_flight(pk, a_dead_process(), outcome=outcome.as_row())
    Delivery.objects.filter(pk=pk).update(state="bounced", answer="nobody there")
    settle_for_the_dead()
    assert state(pk) == "bounced"
    assert not InFlight.objects.exists()


def test_an_urgent_one_overtakes_what_was_fetched_before(sink: SmtpSink, dispatchers: Dispatchers) -> None:
    sink.pause = 0.02
    ids = write(*(new(f"c{number}@x.test") for number in range(200)))
    dispatchers.start(1)
    wait_until(lambda: len(sink.messages) > 5, "some are sent")
    write(new("urgent@x.test", urgency=30))
    wait_until(lambda: not Delivery.objects.filter(state="queued").exists(), "all are sent")
    order = [one.rcpt_tos[0] for one in sink.messages]
    assert len(order) == len(ids) + 1
    assert order.index("urgent@x.test") < 150


def test_one_process_at_a_time_has_a_lane_and_the_next_takes_it_over(
    sink: SmtpSink, dispatchers: Dispatchers
) -> None:
    dispatchers.start(2)
    write(new())
    wait_until(lambda: len(sink.messages) == 1, "it is sent")
    dispatchers.end_first()
    write(new("second@x.test"))
    wait_until(lambda: len(sink.messages) == 2, "the other has taken over")


def test_several_processes_send_everything_once(sink: SmtpSink, dispatchers: Dispatchers) -> None:
    ids = write(*(new(f"c{number}@x.test") for number in range(200)))
    dispatchers.start(4)
    wait_until(lambda: Delivery.objects.filter(state="sent").count() == len(ids), "all are sent")
    counts = Counter(one.rcpt_tos[0] for one in sink.messages)
    assert len(counts) == 200
    assert set(counts.values()) == {1}
    assert not Delivery.objects.filter(maybe_twice=True).exists()


def test_backends_killed_while_sending_lose_and_double_nothing(
    sink: SmtpSink, dispatchers: Dispatchers
) -> None:
    ids = write(*(new(f"c{number}@x.test") for number in range(150)))
    sink.pause = 0.005
    dispatchers.start(3)
    for _ in range(6):
        time.sleep(0.15)
        _terminate_dispatchers()
    wait_until(lambda: Delivery.objects.filter(state="sent").count() == len(ids), "all are sent")
    counts = Counter(one.rcpt_tos[0] for one in sink.messages)
    # the process lives and holds the server's answer, so that even what was in flight is recorded
    assert set(counts.values()) == {1}
    assert len(counts) == len(ids)


def test_a_server_that_is_down_is_waited_for(sink: SmtpSink, dispatchers: Dispatchers) -> None:
    sink.stop()
    (pk,) = write(new())
    dispatchers.start(1)
    wait_until(lambda: state(pk) == "deferred", "the attempt failed")
    sink.start()
    make_due()
    services.queue_what_is_due()
    wait_until(lambda: state(pk) == "sent", "it is sent")
    assert len(sink.messages) == 1


def test_results_not_told_are_told_by_whoever_comes_next(sink: SmtpSink, upstairs: Upstairs) -> None:
    ids = write(*(new(f"c{number}@x.test") for number in range(250)))
    services.dispatch()
    assert upstairs.changes == []
    while services.announce():
        pass
    assert sum(map(len, upstairs.changes)) == 250
    assert sorted(upstairs.changed) == sorted(ids)


def test_accounts_of_one_login_share_its_connections(
    sink: SmtpSink, dispatchers: Dispatchers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In turn, in one of the processes, and with nothing in doubt that is not being sent."""
    monkeypatch.setattr(settings, "TOCSIN_SMTP_CONNECTIONS", 3)
    sink.pause = 0.01
    ours = [save_mailbox(address=f"{name}@example.test", name=name).pk for name in ("busy", "quiet", "third")]
    before = sink.connections
    write(*(new(f"busy{number}@x.test", account_id=ours[0]) for number in range(120)))
    dispatchers.start(2)
    sink.wait_for(10)
    write(*(new(f"{pk}-{number}@x.test", account_id=pk) for pk in ours[1:] for number in range(20)))
    in_doubt = []
    while Delivery.objects.exclude(state="sent").exists():
        in_doubt.append(InFlight.objects.filter(outcome=None).count())
    assert max(in_doubt) <= 3
    assert sink.connections - before <= 3
    order = [one.rcpt_tos[0].startswith("busy") for one in sink.messages]
    assert len(order) == 160 and order[-1], "the quiet ones did not wait for the busy one"
    logins = [login for one in dispatchers.lanes for login in one._logins.values()]
    assert sum(login._session is not None for login in logins) == 1


def test_a_login_is_taken_over_when_its_process_ends(sink: SmtpSink, dispatchers: Dispatchers) -> None:
    (first,) = write(new())
    dispatchers.start(1)
    wait_until(lambda: state(first) == "sent", "the first process sends")
    dispatchers.start(1)
    dispatchers.end_first()
    (second,) = write(new())
    wait_until(lambda: state(second) == "sent", "the second process sends")


class Dispatchers:
    """Sending as the workers do it, in threads of this process."""

    def __init__(self) -> None:
        self._workers: list[tuple[threading.Event, threading.Thread]] = []
        self.lanes: list[Lanes] = []

    def start(self, count: int) -> None:
        for _ in range(count):
            stop = threading.Event()
            thread = threading.Thread(target=self._run, args=(stop,))
            self._workers.append((stop, thread))
            thread.start()

    def _run(self, stop: threading.Event) -> None:
        self.lanes.append(Lanes())
        patiently(self.lanes[-1].run, stop)
        connections.close_all()

    def end_first(self) -> None:
        stop, thread = self._workers.pop(0)
        stop.set()
        thread.join()

    def end(self) -> None:
        for stop, _thread in self._workers:
            stop.set()
        for _stop, thread in self._workers:
            thread.join()


@pytest.fixture
def dispatchers(announcements_are_heard: None) -> Iterator[Dispatchers]:
    one = Dispatchers()
    yield one
    one.end()


def _terminate_dispatchers() -> None:
    with direct.connect() as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND (query LIKE '%%mailroom_inflight%%' "
            "OR query LIKE '%%mailroom_delivery%%' OR query LIKE 'LISTEN tocsin_outbox%%')"
        )


def make_bounce(delivery: Delivery, recipient: str = "") -> bytes:
    """As Postfix reports that there is nobody (RFC 3464)."""
    recipient = recipient or delivery.to_address
    lines = [
        "From: MAILER-DAEMON@mx.customer.test (Mail Delivery System)",
        "To: support@example.test",
        "Subject: Undelivered Mail Returned to Sender",
        "Auto-Submitted: auto-replied",
        f"Message-ID: <{recipient}.bounce@mx.customer.test>",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        "",
        "--b",
        "Content-Type: text/plain; charset=us-ascii",
        "",
        f"<{recipient}>: host mx.customer.test said: 550 5.1.1 No such user",
        "",
        "--b",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.customer.test",
        "",
        f"Final-Recipient: rfc822; {recipient}",
        "Action: failed",
        "Status: 5.1.1",
        "Diagnostic-Code: smtp; 550 5.1.1 No such user",
        "",
        "--b",
        "Content-Type: text/rfc822-headers",
        "",
        f"Message-ID: {delivery.message_id}",
        f"To: {delivery.to_address}",
        "Subject: Subject",
        "",
        "--b--",
        "",
    ]
    return "\r\n".join(lines).encode()
