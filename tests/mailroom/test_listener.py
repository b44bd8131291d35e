"""Mail that is pushed to us: acknowledged when it is committed, and byte for byte."""

from __future__ import annotations

import base64
import os
import shutil
import smtplib
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections
from tests.harness import asynchronous
from tests.harness.processes import free_port
from tests.harness.waiting import PATIENCE_S, wait_until
from tests.mailroom.boxes import save_mailbox
from tests.mailroom.stand_ins import make_mail

from tocsin.channels.email import listener
from tocsin.command.mail_in import UNKNOWN_SENDER
from tocsin.mailroom import direct, queries, services
from tocsin.mailroom.hosting import Spool
from tocsin.mailroom.models import InboundItem

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A running listener; its TCP port."""
    number = free_port()
    monkeypatch.setattr(settings, "TOCSIN_SMTP_LISTEN", f"127.0.0.1:{number}")
    services.ensure_accounts()
    stop = threading.Event()
    thread = threading.Thread(target=listener.listen, args=(Spool("email", stop),))
    thread.start()
    wait_until(lambda: listener.socket_path().exists() and _is_open(number), "it listens")
    yield number
    stop.set()
    thread.join()
    assert not listener.socket_path().exists()


def lmtp() -> smtplib.LMTP:
    return smtplib.LMTP(str(listener.socket_path()))


def stored(answer: bytes) -> tuple[InboundItem, bytes]:
    item = queries.inbound_by_id(int(answer.decode().rpartition("inbound ")[2]))
    return item, b"".join(queries.read_blob(item.blob_id))


def send(client: smtplib.SMTP, raw: bytes, *to: str) -> tuple[int, bytes]:
    client.ehlo_or_helo_if_needed()
    client.mail("maria@customer.test")
    for one in to or ("support@example.test",):
        client.rcpt(one)
    return client.data(raw)


def test_a_sender_whom_the_pipe_command_does_not_know_is_no_empty_one(port: int) -> None:
    with lmtp() as client:
        client.ehlo_or_helo_if_needed()
        client.mail(UNKNOWN_SENDER)
        client.rcpt("support@example.test")
        item, _content = stored(client.data(make_mail("By a pipe"))[1])
    assert "mail_from" not in item.envelope
    assert queries.parse_inbound(item).inbound.machine == ""


def test_lmtp_answers_with_the_id_of_what_is_committed(port: int) -> None:
    raw = make_mail("Dots", ".leading\r\n..two\r\nend .\r\n.")
    with lmtp() as client:
        code, words = send(client, raw)
    assert code == 250
    assert words.startswith(b"2.0.0 Ok: inbound ")
    item, content = stored(words)
    assert content == raw
    assert item.account and item.account.is_default
    assert item.envelope["mail_from"] == "maria@customer.test"
    assert item.envelope["rcpt_tos"] == ["support@example.test"]


def test_the_mailbox_is_the_recipients(port: int) -> None:
    sales = save_mailbox(address="Sales@example.test")
    with lmtp() as client:
        for recipient in ("sales@example.test", "SALES+T-0000018.0123456789@example.test"):
            assert stored(send(client, make_mail(recipient), recipient)[1])[0].account == sales
        for recipient in ("mailbox+default@tocsin.invalid", "nobody@example.test"):
            mailbox = stored(send(client, make_mail(recipient), recipient)[1])[0].account
            assert mailbox and mailbox.is_default


def test_lmtp_answers_for_each_recipient(port: int) -> None:
    with socket.socket(socket.AF_UNIX) as plug:
        plug.settimeout(PATIENCE_S)
        plug.connect(str(listener.socket_path()))
        wire = plug.makefile("rwb")
        wire.write(b"LHLO here\r\nMAIL FROM:<>\r\nRCPT TO:<a@x.test>\r\nRCPT TO:<b@x.test>\r\nDATA\r\n")
        wire.flush()
        while not wire.readline().startswith(b"354"):
            pass
        wire.write(b"Subject: x\r\n\r\ntext\r\n.\r\nQUIT\r\n")
        wire.flush()
        answers = [line[:3] for line in wire]
    assert answers == [b"250", b"250", b"221"]
    assert InboundItem.objects.count() == 1


def test_smtp_on_tcp_and_the_empty_mail(port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port) as client:
        assert send(client, b"")[0] == 250
        assert send(client, make_mail("After it"))[0] == 250
    assert InboundItem.objects.count() == 2


def test_swaks_gets_its_mail_in(port: int) -> None:
    if not shutil.which("swaks"):
        pytest.skip("swaks is missing: apt-get install swaks")
    done = subprocess.run(
        [
            "swaks",
            "--server",
            "127.0.0.1",
            "--port",
            str(port),
            "--to",
            "support@example.test",
            "--from",
            "a@b.test",
        ],
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert InboundItem.objects.count() == 1


def test_one_endless_line_and_a_million_lines(port: int) -> None:
    endless = b"Subject: endless\r\n\r\n" + b"x" * 5_000_000 + b"\r\n"
    many = b"".join(b"X-%d: y\r\n" % number for number in range(1_000_000)) + b"\r\nbody\r\n"
    with lmtp() as client:
        for raw in (endless, many):
            _, content = stored(send(client, raw)[1])
            assert content == raw


def test_a_file_of_40_mib_is_taken(port: int) -> None:
    line = base64.encodebytes(b"y" * 57).replace(b"\n", b"\r\n")
    raw = b"Subject: forty\r\nContent-Transfer-Encoding: base64\r\n\r\n" + line * (40 * 2**20 // 57 + 1)
    with lmtp() as client:
        _, content = stored(send(client, raw)[1])
    assert content == raw


def test_too_large_is_refused_and_the_connection_goes_on(port: int) -> None:
    line = b"y" * 998 + b"\r\n"
    with lmtp() as client:
        client.ehlo_or_helo_if_needed()
        code, _ = client.mail("a@b.test", ["SIZE=70000000"])
        assert code == 552
        code, words = send(client, line * 63_000)
        assert code == 552, words
        assert send(client, make_mail("small"))[0] == 250
    assert InboundItem.objects.count() == 1


def test_slow_strangers_on_tcp_do_not_keep_the_mail_server_waiting(port: int) -> None:
    slow = [socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) for _ in range(9)]
    for plug in slow:
        plug.sendall(b"HELO x\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<c@d.test>\r\nDATA\r\n")
    time.sleep(0.3)
    with lmtp() as client:
        assert send(client, make_mail("Meanwhile"))[0] == 250
    for plug in slow:
        plug.close()


def begin(port: int, host: str = "127.0.0.1", more: bytes = b"") -> socket.socket:
    """A client that is in the midst of a mail."""
    plug = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S, source_address=(host, 0))
    plug.sendall(b"HELO x\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<c@d.test>\r\nDATA\r\n" + more)
    return plug


def hears(plug: socket.socket) -> bytes:
    """All that is said until the listener hangs up."""
    return b"".join(iter(lambda: plug.recv(1000), b""))


def test_many_slow_strangers_keep_no_small_mail_and_one_address_no_large_one_waiting(port: int) -> None:
    large = b"y" * 998 + b"\r\n"
    slow = [begin(port) for _ in range(9)] + [begin(port, more=large * 400) for _ in range(9)]
    time.sleep(0.3)
    with smtplib.SMTP("127.0.0.1", port, timeout=PATIENCE_S) as client:
        assert send(client, make_mail("Small"))[0] == 250
    with smtplib.SMTP("127.0.0.1", port, timeout=PATIENCE_S, source_address=("127.0.0.2", 0)) as client:
        assert send(client, large * 2000)[0] == 250
    with smtplib.SMTP("127.0.0.1", port, timeout=1) as client:
        with pytest.raises(smtplib.SMTPServerDisconnected) as raised:
            send(client, large * 20_000)
        assert isinstance(raised.value.__context__, TimeoutError), "it waits, and was not sent away"
    for plug in slow:
        plug.close()
    with smtplib.SMTP("127.0.0.1", port, timeout=PATIENCE_S) as client:
        assert send(client, large * 2000)[0] == 250, "their turns are free again"


def test_a_mail_may_take_long_while_it_keeps_coming(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "_LOOK_S", 1)
    monkeypatch.setattr(listener, "_LEAST_IN_A_LOOK", 100)
    steady, slow = begin(port), begin(port)
    slow.sendall(b"Subject: slow\r\n")
    with ThreadPoolExecutor(1) as thread:
        told = thread.submit(hears, slow)
        while not told.done():
            steady.sendall(b"y" * 498 + b"\r\n")
            time.sleep(0.02)
    assert told.result().rpartition(b"\r\n354 ")[1], "it was heard out until the mail, and then left"
    steady.sendall(b".\r\nQUIT\r\n")
    assert b"Ok: inbound" in hears(steady)
    assert InboundItem.objects.count() == 1


def test_what_a_client_may_pile_up_before_a_mail_is_bounded(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "_MOST_RECIPIENTS", 3)
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.sock.sendall(b"x" * 3_000_000 + b"\r\n")  # type: ignore[union-attr]  # it is connected
        assert client.getreply()[0] == 500
        client.helo()
        client.mail("a@b.test")
        assert [client.rcpt(f"{number}@b.test")[0] for number in range(5)] == [250, 250, 250, 452, 452]


def test_a_second_worker_waits_and_takes_over(port: int) -> None:
    stop = threading.Event()
    second = threading.Thread(target=listener.listen, args=(Spool("email", stop),))
    second.start()
    time.sleep(0.3)
    stop.set()
    second.join(PATIENCE_S)
    assert not second.is_alive()
    lock = listener.socket_path().with_name("mail.lock")
    assert lock.stat().st_mode & 0o077 == 0
    with lmtp() as client:  # the first one's socket is still its own
        assert send(client, make_mail("Still here"))[0] == 250


def test_a_database_that_is_away_means_later(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connections.settings["default"]["OPTIONS"]["pool"], "timeout", 1)
    raw = make_mail("Later")
    with _locked_out(), lmtp() as client:
        code, words = send(client, raw)
        assert code == 451, words
    with lmtp() as client:
        assert send(client, raw)[0] == 250
    assert InboundItem.objects.count() == 1


class _locked_out:
    """The database takes no new connections and drops those it has, as while it restarts."""

    def __enter__(self) -> None:
        self._alter("false")

    def __exit__(self, *_: object) -> None:
        self._alter("true")

    def _alter(self, allowed: str) -> None:
        name = connection.settings_dict["NAME"]
        connection.close()
        connection.close_pool()
        with psycopg.connect(os.environ["TOCSIN_TEST_SERVER"], autocommit=True) as server:
            server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {allowed}")
            server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )
            time.sleep(0.05)


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_names_of_processes_tell_the_dead_from_the_living() -> None:
    name = direct.own_name()
    assert direct.is_surely_alive(name)
    assert not direct.is_surely_dead(name)
    space, _, birth, *_ = name.split(":")
    assert direct.is_surely_dead(f"{space}:4194303:{birth}:1")
    assert direct.is_surely_dead(f"{space}:{name.split(':')[1]}:1:1")
    for foreign in (f"other.{space}:1:1:1", "", "nonsense"):
        assert not direct.is_surely_dead(foreign)
        assert not direct.is_surely_alive(foreign)


def test_a_listener_whose_keeper_fails_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(_keeper: object) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr(listener._Keeper, "run", fails)
    with pytest.raises(RuntimeError, match="out of order"):
        asynchronous.run(listener._serve(Spool("email", threading.Event())))
