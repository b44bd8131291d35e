"""Fetching by IMAP from a real Dovecot."""

from __future__ import annotations

import imaplib
import socket
import threading
import urllib.parse
from datetime import UTC, datetime, timedelta

import pytest
from tests.channels.corpus.case import mail
from tests.channels.fetching import fetched
from tests.harness.mailservers import Dovecot
from tests.harness.processes import free_port
from tests.harness.waiting import PATIENCE_S

from tocsin.channels.base import Retry
from tocsin.channels.email.filing import FilingRefused
from tocsin.channels.email.imap import ImapConnection
from tocsin.channels.email.uids import Uids


def numbered(number: int) -> bytes:
    """A small mail."""
    return mail(f"Subject: mail {number}", f"Message-ID: <{number}@example.com>")


def test_fetches_what_is_new_and_marks_nothing(dovecot: Dovecot) -> None:
    for number in range(7):
        dovecot.deliver(numbered(number))
    with ImapConnection(dovecot.url) as mailbox:
        found = fetched(mailbox, batch=3)
        assert [one.uid for one in found] == sorted(one.uid for one in found)
        assert {one.content for one in found} == {numbered(number) for number in range(7)}
        assert abs(found[0].received_at - datetime.now(UTC)) < timedelta(minutes=5)
        again = fetched(mailbox, found[3].uid)
        assert [one.uid for one in again] == [one.uid for one in found[4:]]
        assert fetched(mailbox, found[-1].uid) == []
        dovecot.deliver(numbered(8))
        assert len(fetched(mailbox, found[-1].uid)) == 1
    assert flags(dovecot) == [b"", b"", b"", b"", b"", b"", b"", b""]


def test_a_large_mail_goes_alone(dovecot: Dovecot) -> None:
    large = mail(body=b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * 300_000)
    for content in (numbered(1), large, numbered(2)):
        dovecot.deliver(content)
    with ImapConnection(dovecot.url) as mailbox:
        assert {one.content for one in fetched(mailbox)} == {numbered(1), numbered(2), large}


def test_idle_tells_of_new_mail(dovecot: Dovecot) -> None:
    dovecot.deliver(numbered(1))
    with ImapConnection(dovecot.url) as mailbox:
        last = max(one.uid for one in fetched(mailbox))
        assert not mailbox.wait(0.3)
        timer = threading.Timer(0.5, dovecot.deliver, [numbered(2)])
        timer.start()
        assert mailbox.wait(PATIENCE_S)
        timer.join()
        assert len(fetched(mailbox, last)) == 1


def test_what_comes_while_others_are_fetched_is_told(dovecot: Dovecot) -> None:
    dovecot.deliver(numbered(1))
    with ImapConnection(dovecot.url) as mailbox:
        last = mailbox.uids()
        dovecot.deliver(numbered(2))
        mailbox.fetch(list(last))
        assert mailbox.wait(PATIENCE_S)
        assert str(mailbox.uids(1)) == "2"


@pytest.mark.parametrize(
    ("after", "left", "moved"), [("keep", 2, 0), ("delete", 0, 0), ("move:Tocsin/Done", 0, 2)]
)
def test_what_becomes_of_them(dovecot: Dovecot, after: str, left: int, moved: int) -> None:
    for number in range(2):
        dovecot.deliver(numbered(number))
    folder = after.partition(":")[2].replace("/", ".") or "INBOX"
    with ImapConnection(dovecot.url) as mailbox:
        mailbox.done_with(mailbox.uids(), after.replace("/", "."))
        assert len(fetched(mailbox)) == left
    if moved:
        with ImapConnection(dovecot.url.replace("/INBOX", f"/{folder}")) as other:
            assert len(fetched(other)) == moved


@pytest.mark.parametrize("lacks", [set(), {"MOVE"}, {"MOVE", "UIDPLUS"}])
def test_what_others_marked_as_deleted_stays(dovecot: Dovecot, lacks: set[str]) -> None:
    """However the server can move: nothing goes but what we moved."""
    for number in range(3):
        dovecot.deliver(numbered(number))
    with imaplib.IMAP4("127.0.0.1", dovecot.port) as other:
        other.login(dovecot.user, dovecot.password)
        other.select("INBOX")
        other.store("2", "+FLAGS", r"(\Deleted)")
        with ImapConnection(dovecot.url) as mailbox:
            mailbox._offers -= lacks
            mailbox.done_with(Uids.of([1, 3]), "move:Gebüro & Söhne")
            mailbox.done_with(Uids.of([1, 3]), "move:Gebüro & Söhne")  # once more, as after a crash
            left = mailbox.uids()
    assert str(left) == ("1:3" if "UIDPLUS" in lacks else "2")
    url = dovecot.url.replace("/INBOX", "/" + urllib.parse.quote("Gebüro & Söhne"))
    with ImapConnection(url) as moved:
        assert {one.content for one in fetched(moved)} == {numbered(0), numbered(2)}


def test_a_folder_that_cannot_be_made_is_said_and_the_connection_lives(dovecot: Dovecot) -> None:
    dovecot.deliver(numbered(1))
    with ImapConnection(dovecot.url) as mailbox:
        with pytest.raises(FilingRefused, match="could not be made"):
            mailbox.done_with(Uids.of([1]), "move:a//b..")
        assert len(mailbox.uids()) == 1


def test_an_empty_message_and_one_that_is_gone(dovecot: Dovecot) -> None:
    dovecot.deliver(b"")
    dovecot.deliver(numbered(1))
    with ImapConnection(dovecot.url) as mailbox:
        assert [one.content for one in mailbox.fetch([1, 2, 7])] == [b"", numbered(1)]


def test_the_beginning_of_a_message_and_its_time(dovecot: Dovecot) -> None:
    large = mail(body=(b"y" * 70 + b"\r\n") * 3000)
    dovecot.deliver(large)
    with ImapConnection(dovecot.url) as mailbox:
        ((group,),) = mailbox.groups(mailbox.uids())
        (found,) = mailbox.fetch_beginning(group, 1000)
        assert (found.content, found.whole_size) == (large[:1000], len(large))
        assert mailbox.arrival_times(mailbox.uids()) == {1: found.received_at}


def test_a_server_without_esearch_gives_the_same(dovecot: Dovecot) -> None:
    for number in range(5):
        dovecot.deliver(numbered(number))
    with ImapConnection(dovecot.url) as mailbox:
        found = [str(mailbox.uids()), str(mailbox.uids(3)), str(mailbox.uids(5))]
        mailbox._offers -= {"ESEARCH"}
        assert (
            [str(mailbox.uids()), str(mailbox.uids(3)), str(mailbox.uids(5))] == found == ["1:5", "4:5", ""]
        )


def test_every_failure_is_retry_and_tells_no_secret(dovecot: Dovecot) -> None:
    wrong = dovecot.url.replace(dovecot.password, "wr0ng-s3cret")
    nowhere = f"imap://u:wr0ng-s3cret@127.0.0.1:{free_port()}/INBOX"
    for url in (wrong, nowhere, dovecot.url + "-missing"):
        with pytest.raises(Retry) as caught:
            ImapConnection(url).connect()
        assert caught.value.connection
        assert "wr0ng-s3cret" not in str(caught.value)
        assert dovecot.password not in str(caught.value)


def test_a_server_that_says_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(Retry):
        ImapConnection(f"imap://u:p@127.0.0.1:{silent.getsockname()[1]}", timeout=0.3).connect()


def test_goes_on_after_the_server_was_down(dovecot: Dovecot) -> None:
    dovecot.deliver(numbered(1))
    with ImapConnection(dovecot.url, timeout=5) as mailbox:
        assert len(fetched(mailbox)) == 1
        dovecot.stop()
        with pytest.raises(Retry):
            fetched(mailbox)
        dovecot.start()
        assert len(fetched(mailbox)) == 1


@pytest.mark.parametrize("url", ["", "imap://host/INBOX", "smtp://u@h", "pop://u@h"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(ValueError, match="imaps://"):
        ImapConnection(url)


def flags(dovecot: Dovecot) -> list[bytes]:
    """What another mail program sees."""
    with imaplib.IMAP4("127.0.0.1", dovecot.port) as client:
        client.login(dovecot.user, dovecot.password)
        client.select("INBOX", readonly=True)
        lines = client.fetch("1:*", "(FLAGS)")[1]
    return [line.partition(b"FLAGS (")[2].rstrip(b")").replace(b"\\Recent", b"").strip() for line in lines]
