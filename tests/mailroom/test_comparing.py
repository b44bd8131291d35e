"""Received by the server against seen by us: what others do, what the server does, what breaks."""

from __future__ import annotations

import shutil
import time
import tracemalloc
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from tests.harness.mailservers import Dovecot
from tests.harness.waiting import wait_until
from tests.mailroom.boxes import host_of, place_of, save_mailbox
from tests.mailroom.reading import mail_program, read
from tests.mailroom.stand_ins import Upstairs, make_mail

from tocsin.channels.base import Retry
from tocsin.channels.email.imap import Fetched, ImapConnection
from tocsin.channels.email.imap_rounds import Fetcher, connected
from tocsin.channels.email.uids import Uids
from tocsin.kernel import clock
from tocsin.kernel.reasons import plain
from tocsin.mailroom import queries, services
from tocsin.mailroom.models import Account, InboundItem

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mailbox(dovecot: Dovecot) -> Account:
    return save_mailbox(address="support@example.test", is_default=True, fetch_url=dovecot.url)


def deliver(dovecot: Dovecot, *numbers: int) -> None:
    for number in numbers:
        dovecot.deliver(make_mail(f"Mail {number}"))


def compared(mailbox: Account) -> tuple[int, int, str, int]:
    """On the server, seen, missing, recovered, once more."""
    services.look_now(mailbox.pk)
    read(mailbox)
    found = place_of(mailbox).last_comparison
    return found.on_server, found.seen, found.which, found.recovered


def test_others_read_delete_and_move(dovecot: Dovecot, mailbox: Account) -> None:
    deliver(dovecot, *range(10))
    read(mailbox)
    assert compared(mailbox) == (10, 10, "", 0)
    with mail_program(dovecot) as other:
        other.store("1:3", "+FLAGS", r"(\Seen)")
        other.create("Elsewhere")
        other.copy("4:5", "Elsewhere")
        other.store("4:7", "+FLAGS", r"(\Deleted)")
        other.expunge()
    assert compared(mailbox) == (6, 6, "", 0)
    assert InboundItem.objects.count() == 10


def test_what_is_missing_is_fetched_at_once(dovecot: Dovecot, mailbox: Account) -> None:
    deliver(dovecot, *range(6))
    read(mailbox)
    lost = InboundItem.objects.filter(source_key__endswith=":2") | InboundItem.objects.filter(
        source_key__endswith=":5"
    )
    lost.delete()
    assert compared(mailbox) == (6, 6, "", 2)
    assert InboundItem.objects.count() == 6


def test_it_is_compared_every_hour(dovecot: Dovecot, mailbox: Account) -> None:
    host = host_of(mailbox)
    read(mailbox, host)
    first = place_of(mailbox).compared_at
    read(mailbox, host)
    assert place_of(mailbox).compared_at == first
    clock.move(timedelta(hours=1, seconds=1))
    try:
        read(mailbox, host)
    finally:
        clock.move(-timedelta(hours=1, seconds=1))
    assert place_of(mailbox).compared_at
    assert first
    assert place_of(mailbox).compared_at > first


def test_a_message_the_server_does_not_give(dovecot: Dovecot, mailbox: Account) -> None:
    """Dovecot can't open the file: it refuses, and says goodbye. All others come; that one is named."""
    deliver(dovecot, *range(30))
    with ImapConnection(dovecot.url) as imap:
        assert len(imap.uids()) == 30
    box = Path(dovecot._folder) / "mail" / dovecot.user
    (broken,) = [path for path in (box / "cur").iterdir() if b"Mail 17\r" in path.read_bytes()]
    content = broken.read_bytes()
    broken.unlink()
    broken.mkdir()
    host, rounds = host_of(mailbox), 0
    while place_of(mailbox).last_uid < 30 and rounds < 12:
        rounds += 1
        try:
            read(mailbox, host)
        except Retry:
            mailbox.refresh_from_db()
    assert place_of(mailbox).last_uid == 30
    assert InboundItem.objects.count() == 29
    if broken.exists():
        broken.rmdir()
    broken.write_bytes(content)
    shutil.chown(broken, box.stat().st_uid, box.stat().st_gid)
    services.look_now(mailbox.pk)
    read(mailbox)
    assert InboundItem.objects.count() == 30


def test_a_message_that_ends_the_connection_keeps_no_other_back(
    dovecot: Dovecot, mailbox: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(dovecot, *range(8))
    fetch = ImapConnection.fetch

    def broken(imap: ImapConnection, uids: Sequence[int]) -> list[Fetched]:
        if 4 in uids:
            imap.close()
            raise Retry(60, plain("broke off"), connection=True)
        return fetch(imap, uids)

    monkeypatch.setattr(ImapConnection, "fetch", broken)
    host = host_of(mailbox)
    for _ in range(5):
        try:
            read(mailbox, host)
        except Retry:
            continue
    mailbox.refresh_from_db()
    assert InboundItem.objects.count() == 7
    assert (place_of(mailbox).last_uid, place_of(mailbox).last_comparison.which) == (8, "4")
    monkeypatch.undo()
    assert compared(mailbox) == (8, 8, "", 1)


def test_the_server_went_back_to_an_older_copy(
    dovecot: Dovecot, mailbox: Account, upstairs: Upstairs, tmp_path: Path
) -> None:
    """The same UIDVALIDITY and the same UIDs, which now name other messages."""
    box = Path(dovecot._folder) / "mail" / dovecot.user
    deliver(dovecot, 1, 2, 3)
    read(mailbox)
    dovecot.stop()
    shutil.copytree(box, tmp_path / "copy", copy_function=_with_owner)
    dovecot.start()
    deliver(dovecot, 4, 5)
    read(mailbox)
    validity = place_of(mailbox).uid_validity
    dovecot.stop()
    shutil.rmtree(box)
    shutil.copytree(tmp_path / "copy", box, copy_function=_with_owner)
    for folder in (box, *(path for path in box.rglob("*") if path.is_dir())):
        dovecot._give(folder, "mail")
    dovecot.start()
    taken_in = int(time.time())
    wait_until(lambda: time.time() >= taken_in + 1)  # the date of arrival, in seconds, tells messages apart
    deliver(dovecot, 6, 7, 8)
    read(mailbox)
    while services.drain():
        pass
    assert place_of(mailbox).uid_validity == validity
    assert sorted(upstairs.subjects) == [f"Mail {number}" for number in range(1, 9)]


@pytest.mark.parametrize("there_first", [0, 2])
def test_what_comes_during_the_first_connection_is_taken_once(
    dovecot: Dovecot, mailbox: Account, there_first: int
) -> None:
    """The server's next UID, told when the connection began, is soon one that we know."""
    deliver(dovecot, *range(there_first))
    host = host_of(mailbox)
    fetcher = Fetcher(host)
    with connected(host) as imap:
        fetcher.round(imap)
        deliver(dovecot, 7, 8)
        for _ in range(2):
            assert imap.wait(0.1) in (True, False)
            fetcher.round(imap)
    mailbox.refresh_from_db()
    assert place_of(mailbox).numbering == 0
    assert InboundItem.objects.count() == there_first + 2


def _with_owner(source: str, target: str) -> str:
    shutil.copy2(source, target)
    stat = Path(source).stat()
    shutil.chown(target, stat.st_uid, stat.st_gid)
    return target


def test_another_server_with_the_same_numbers(dovecot: Dovecot, mailbox: Account) -> None:
    """The source is changed, and the new one happens to have the same UIDVALIDITY."""
    deliver(dovecot, 1, 2)
    read(mailbox)
    before = place_of(mailbox).numbering
    other = save_mailbox(
        account_id=mailbox.pk, address=mailbox.address, fetch_url=dovecot.url.replace("/INBOX", "/Inbox")
    )
    assert (place_of(other).numbering, place_of(other).last_uid, place_of(other).compared_at) == (
        before + 1,
        0,
        "",
    )
    read(other)
    assert InboundItem.objects.count() == 4  # the desk's fingerprints tell the repeats


def test_a_hundred_thousand_are_compared_by_ranges(django_assert_num_queries: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO mailroom_blob (sha256, size) VALUES ('x', 1)")
        cursor.execute(
            "INSERT INTO mailroom_inbounditem (channel, source_key, blob_id, envelope, received_at, state,"
            " reason, from_address, message_subject, ticket_ref)"
            " SELECT 'email', 'imap:7:1:' || n, 'x', '{}', now(), 'opened', '', '', '', ''"
            " FROM generate_series(1, 100000) AS n WHERE n NOT IN (5, 70000)"
        )
    tracemalloc.start()
    with django_assert_num_queries(10):  # type: ignore[operator]  # pytest-django's fixture
        assert queries.unrecorded("imap:7:1:", Uids.parse("1:100000").ranges) == [5, 70000]
    assert tracemalloc.get_traced_memory()[1] < 3 * 2**20
    tracemalloc.stop()


def test_a_large_mail_is_in_memory_once(dovecot: Dovecot, mailbox: Account) -> None:
    size = 30 * 2**20
    deliver(dovecot, 1)
    for number in range(2):
        dovecot.deliver(make_mail(f"Large {number}", ("y" * 74 + "\r\n") * (size // 76)))
    tracemalloc.start()
    assert read(mailbox) == 3
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2.6 * size
