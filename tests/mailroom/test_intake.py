"""Taking in: once a source's name, whatever comes, in whatever order."""

from __future__ import annotations

import os
import threading

import pytest
from django.db import connection, connections, transaction
from tests.harness.waiting import PATIENCE_S
from tests.mailroom.stand_ins import make_mail

from tocsin.mailroom import queries, services
from tocsin.mailroom.models import Blob, BlobPiece, InboundItem
from tocsin.mailroom.services.blobs import PIECE_BYTES

pytestmark = pytest.mark.django_db(transaction=True)


def test_same_source_key_is_taken_in_once() -> None:
    first = services.take_in("email", "imap:1:1:1", b"one")
    assert services.take_in("email", "imap:1:1:1", b"one, fetched again") == first
    assert InboundItem.objects.count() == 1
    assert b"".join(queries.read_blob(queries.inbound_by_id(first).blob_id)) == b"one"


def test_same_bytes_from_two_sources_are_two_items_and_one_blob() -> None:
    ids = services.take_in_many([services.Arrival("email", key, b"same") for key in ("a", "b", "a")])
    assert ids[0] == ids[2] != ids[1]
    assert Blob.objects.count() == 1


def test_large_and_empty_bytes_come_back_as_they_were() -> None:
    large = os.urandom(3 * PIECE_BYTES + 17)
    ids = services.take_in_many([services.Arrival("email", "l", large), services.Arrival("email", "e", b"")])
    content = [b"".join(queries.read_blob(queries.inbound_by_id(pk).blob_id)) for pk in ids]
    assert content == [large, b""]
    assert BlobPiece.objects.count() == 4


def test_many_threads_with_the_same_keys_get_the_same_ids() -> None:
    found: list[list[int]] = []

    def take() -> None:
        found.append(
            [services.take_in("email", f"k{number}", make_mail(f"{number % 5}")) for number in range(20)]
        )
        connections.close_all()

    threads = [threading.Thread(target=take) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len({tuple(ids) for ids in found}) == 1
    assert InboundItem.objects.count() == 20
    assert Blob.objects.count() == 5


def test_take_in_refuses_to_be_part_of_something_that_may_be_undone() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        services.take_in("email", "k", b"x")


def test_take_in_wakes_whoever_opens_the_spool() -> None:
    from tocsin.mailroom import direct

    with direct.connect() as listening:
        listening.execute(f"LISTEN {direct.SPOOL_CHANNEL}")
        services.take_in("email", "k", b"x")
        assert list(listening.notifies(timeout=PATIENCE_S, stop_after=1))


def test_a_lost_connection_is_an_error_and_nothing_is_half_there() -> None:
    services.take_in("email", "before", b"x")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    _terminate(pid)
    with pytest.raises(Exception, match=r"terminat|closed|lost"):
        services.take_in("email", "during", b"y")
    connection.close()
    assert services.take_in("email", "during", b"y")
    assert InboundItem.objects.count() == 2


def _terminate(pid: int) -> None:
    from tocsin.mailroom import direct

    with direct.connect() as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])
