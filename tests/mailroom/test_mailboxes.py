"""The mailbox that is there without anybody making it."""

from __future__ import annotations

import threading

import pytest
from django.db import connections

from tocsin.mailroom import queries, services

pytestmark = pytest.mark.django_db(transaction=True)


def test_loops_that_start_together_make_one_default_mailbox() -> None:
    start = threading.Barrier(8)
    found: list[int] = []

    def seed() -> None:
        start.wait(10)
        services.ensure_accounts()
        found.append(queries.accounts("email")[0].pk)
        connections.close_all()

    threads = [threading.Thread(target=seed) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert [one.address for one in queries.accounts("email")] == ["support@example.test"]
