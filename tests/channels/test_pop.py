"""Fetching by POP3 from a real Dovecot, and from servers that misbehave as Dovecot never does."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.channels.test_fetching import numbered
from tests.harness.mailservers import Dovecot, has_pop3
from tests.harness.processes import free_port

from tocsin.channels.base import Retry
from tocsin.channels.email.pop import PopConnection, is_pop, lasting_name

needs_pop3 = pytest.mark.skipif(
    not has_pop3(), reason="Dovecot's POP3 is missing: apt-get install dovecot-pop3d"
)


def ended(number: int) -> bytes:
    """POP3 can only say whole lines, so the last one gets its end."""
    return numbered(number) + b"\r\n"


@needs_pop3
def test_names_last_and_mail_stays(dovecot: Dovecot) -> None:
    for number in range(3):
        dovecot.deliver(numbered(number))
    with PopConnection(dovecot.pop_url) as pop:
        first = pop.names()
        contents = {one.content for one in pop.fetch(first)}
        assert contents == {ended(number) for number in range(3)}
    dovecot.deliver(numbered(3))
    with PopConnection(dovecot.pop_url) as pop:
        names = pop.names()
        assert names.keys() > first.keys()
        new = {uidl: number for uidl, number in names.items() if uidl not in first}
        assert [one.content for one in pop.fetch(new)] == [ended(3)]


@needs_pop3
def test_long_lines_dots_and_large_mails(dovecot: Dovecot) -> None:
    odd = [
        b"Subject: long\r\n\r\n" + b"x" * 500_000 + b"\r\n",
        b"Subject: dots\r\n\r\n.\r\n..\r\n.x\r\n",
        b"Subject: large\r\n\r\n" + (b"y" * 76 + b"\r\n") * 150_000,
    ]
    for content in odd:
        dovecot.deliver(content)
    with PopConnection(dovecot.pop_url) as pop:
        assert {one.content for one in pop.fetch(pop.names())} == set(odd)


@needs_pop3
def test_every_failure_is_retry_and_tells_no_secret(
    dovecot: Dovecot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = dovecot.pop_url.replace(dovecot.password, "wr0ng-s3cret")
    nowhere = f"pop3://u:wr0ng-s3cret@127.0.0.1:{free_port()}"
    for url in (wrong, nowhere):
        with pytest.raises(Retry) as caught, PopConnection(url):
            pass
        assert caught.value.connection
        assert "wr0ng-s3cret" not in f"{caught.value} {caplog.text}"


def test_a_server_that_says_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"pop3://u:p@127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(Retry, match="in time"), PopConnection(url, timeout=0.3):
            pass


@contextmanager
def scripted(answers: dict[str, bytes], end: bytes = b"\r\n") -> Iterator[str]:
    """A server that answers commands by their first words, and hangs up after what has no `end`."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        thread = threading.Thread(target=_serve, args=(door, answers, end), daemon=True)
        thread.start()
        yield f"pop3://u:p@127.0.0.1:{door.getsockname()[1]}"
        thread.join(5)


def _serve(door: socket.socket, answers: dict[str, bytes], end: bytes) -> None:
    plug, _ = door.accept()
    with plug, plug.makefile("rb") as lines:
        plug.sendall(b"+OK hello\r\n")
        for line in lines:
            command = line.decode().strip()
            said = answers.get(command) or answers.get(command.split()[0], b"-ERR what\r\n")
            if not said.endswith(end):
                plug.sendall(said)
                return
            plug.sendall(said)


_OK = {
    "USER": b"+OK\r\n",
    "PASS": b"+OK\r\n",
    "QUIT": b"+OK\r\n",
    "UIDL": b"+OK\r\n1 a\r\n2 b\r\n3 c\r\n.\r\n",
}


def test_a_message_that_is_not_given_keeps_no_other_back() -> None:
    good = b"+OK\r\nSubject: x\r\n\r\ny\r\n.\r\n"
    with (
        scripted({**_OK, "RETR": good, "RETR 2": b"-ERR disk trouble\r\n"}) as url,
        PopConnection(url) as pop,
    ):
        assert [one.uidl for one in pop.fetch(pop.names())] == ["a", "c"]
        assert pop.refused == {"b": "disk trouble"}


def test_of_a_message_too_large_the_beginning_is_taken() -> None:
    good = b"+OK\r\nSubject: x\r\n\r\ny\r\n.\r\n"
    sizes = {"LIST 1": b"+OK 1 20\r\n", "LIST 2": b"+OK 2 99000000\r\n", "LIST 3": b"-ERR unknown\r\n"}
    with (
        scripted({**_OK, **sizes, "RETR": good, "RETR 2": b"-ERR not this\r\n", "TOP": good}) as url,
        PopConnection(url) as pop,
    ):
        found = list(pop.fetch(pop.names(), largest=1000))
    assert [(one.uidl, one.whole_size) for one in found] == [("a", 0), ("b", 99_000_000), ("c", 0)]


def test_the_sizes_of_many_are_asked_for_at_once() -> None:
    good = b"+OK\r\nSubject: x\r\n\r\ny\r\n.\r\n"
    sizes = b"+OK\r\n" + b"".join(b"%d %d\r\n" % (one, one * 100) for one in range(1, 31)) + b".\r\n"
    with scripted({**_OK, "LIST": sizes, "RETR": good, "TOP": good}) as url, PopConnection(url) as pop:
        found = list(pop.fetch({f"u{one}": one for one in range(1, 31)}, largest=2900))
    assert [one.whole_size for one in found] == [0] * 29 + [3000]


def test_nothing_more_is_asked_where_nothing_is_new() -> None:
    with scripted(_OK) as url, PopConnection(url) as pop:
        assert list(pop.fetch({}, largest=1000)) == []
        assert pop.names() == {"a": 1, "b": 2, "c": 3}


@pytest.mark.parametrize(
    ("sent", "content"),
    [
        (b"a\nb\r\n", b"a\nb\r\n"),
        (b"a\rb\r\r\n\rc\n\r\n", b"a\rb\r\r\n\rc\n\r\n"),
        (b"..x\r\n..\r\n...\r\n", b".x\r\n.\r\n..\r\n"),
        (b".x\r\n", b".x\r\n"),
        (b"a\n..b\r\n", b"a\n..b\r\n"),
        (b"a\n.\n.\r\n+OK\r\n", b"a\n.\n.\r\n+OK\r\n"),
        (b"", b""),
        (b"\x00\xff\r\n", b"\x00\xff\r\n"),
    ],
)
def test_bytes_stay_as_they_are(sent: bytes, content: bytes) -> None:
    after = b"+OK\r\nnext\r\n.\r\n"
    with (
        scripted({**_OK, "RETR 1": b"+OK 9 octets\r\n" + sent + b".\r\n", "RETR": after}) as url,
        PopConnection(url) as pop,
    ):
        found = [one.content for one in pop.fetch({"a": 1, "b": 2})]
    assert found == [content, b"next\r\n"]


def test_a_server_that_ends_lines_by_lf_alone() -> None:
    told = b"+OK\na\n..b\n\n.\n"
    with scripted({**_OK, "RETR": told}, end=b"\n") as url, PopConnection(url) as pop:
        assert [one.content for one in pop.fetch({"a": 1, "b": 2})] == [b"a\n.b\n\n"] * 2


def test_an_end_that_should_have_been_none() -> None:
    """A server that hands on a message ending in LF and says the end right behind it."""
    with scripted({**_OK, "RETR": b"+OK\r\na\nb\n.\r\n"}) as url:
        got = []
        with pytest.raises(Retry), PopConnection(url, timeout=0.3) as pop:
            for one in pop.fetch({"a": 1, "b": 2}):
                got.append(one.content)
        assert got == [b"a\nb\n"]
    cut = b"+OK\r\na\nb\n"
    with (
        scripted({**_OK, "RETR": cut}, end=b"\n") as url,
        PopConnection(url, timeout=0.3) as pop,
        pytest.raises(Retry, match="in time"),
    ):
        list(pop.fetch({"a": 1}))


@needs_pop3
def test_lone_crs_from_a_real_server(dovecot: Dovecot) -> None:
    odd = b"Subject: x\r\n\r\n\ra\rb\r\r\n\r\r\n..\r\n"
    dovecot.deliver(odd)
    with PopConnection(dovecot.pop_url) as pop:
        assert [one.content for one in pop.fetch(pop.names())] == [odd]


@needs_pop3
def test_what_is_deleted_is_gone_when_the_session_ends_well(dovecot: Dovecot) -> None:
    for number in range(3):
        dovecot.deliver(numbered(number))
    with pytest.raises(ZeroDivisionError), PopConnection(dovecot.pop_url) as pop:
        pop.delete(pop.names().values())
        raise ZeroDivisionError
    with PopConnection(dovecot.pop_url) as pop:
        names = pop.names()
        assert len(names) == 3
        pop.delete([1, 3])
    with PopConnection(dovecot.pop_url) as pop:
        assert list(pop.names()) == [list(names)[1]]


def test_a_connection_that_breaks_in_a_message() -> None:
    with scripted({**_OK, "RETR": b"+OK\r\nSubject: x\r\n\r\nhal"}) as url:
        got = []
        with pytest.raises(Retry), PopConnection(url) as pop:
            for one in pop.fetch(pop.names()):
                got.append(one)
        assert got == []


@pytest.mark.parametrize("answer", [b"-ERR none\r\n", b"+OK\r\nnonsense\r\n.\r\n", b"+OK\r\nx y\r\n.\r\n"])
def test_a_server_without_lasting_names(answer: bytes) -> None:
    with scripted({**_OK, "UIDL": answer}) as url, pytest.raises(Retry), PopConnection(url) as pop:
        pop.names()


@pytest.mark.parametrize("url", ["", "pop3://host", "imap://u@h", "pop3s://"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(ValueError, match="pop3s://"):
        PopConnection(url)


def test_names_of_other_places_differ() -> None:
    assert lasting_name("pop3s://a@h.test", "1") != lasting_name("pop3s://b@h.test", "1")
    assert lasting_name("pop3s://a@h.test", "1") == lasting_name("pop3://a:p@h.test:110/", "1")
    assert is_pop("pop3s://a@h") and not is_pop("imaps://a@h/INBOX")
