"""A large file goes through a real web process without ever lying in its memory."""

from __future__ import annotations

import hashlib
import os
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.console.test_browser import _session_of
from tests.harness.processes import Installation

pytestmark = pytest.mark.django_db(transaction=True)
SIZE = 40 * 2**20
MOST_MORE = 16 * 2**20


@pytest.fixture
def web(data_folder: Path) -> Iterator[Installation]:
    installation = Installation(data_folder, os.environ["DATABASE_URL"])
    yield installation
    installation.end()


def test_forty_megabytes_take_little_memory(web: Installation) -> None:
    from tests.desk import office as offices

    from tocsin.desk import services
    from tocsin.intake import services as intake

    office = offices.build()
    content = os.urandom(2**20) * 40
    new = intake.TicketRequest(
        requester_address="a@elsewhere.test",
        subject="S",
        text="T",
        attachments=[services.NewAttachment("logs.bin", "application/octet-stream", content)],
        acknowledge=False,
    )
    ticket = intake.open_ticket(new)
    file = ticket.messages.get().attachments.get()
    process = web.start_web()
    cookie = _session_of(office.lead, web.url)
    request = urllib.request.Request(
        f"{web.url}/tickets/{ticket.ref}/attachments/{file.pk}/",
        headers={"Cookie": f"{cookie['name']}={cookie['value']}"},
    )
    with urllib.request.urlopen(f"{web.url}/health/") as warm:
        warm.read()
    before = _peak(process.pid)
    digest = hashlib.sha256()
    with urllib.request.urlopen(request) as answer:
        assert answer.headers["Content-Length"] == str(SIZE)
        while piece := answer.read(2**16):
            digest.update(piece)
    grown = _peak(process.pid) - before
    assert digest.hexdigest() == hashlib.sha256(content).hexdigest()
    assert grown < MOST_MORE


def _peak(pid: int) -> int:
    """The most memory that the process has had, in bytes."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1]) * 1024
