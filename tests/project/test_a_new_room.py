"""A room that is laid beside the product is part of it, and nothing else is edited."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from bench.site import Browser
from tests.harness.processes import Installation
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.long


@pytest.fixture
def installation(data_folder: Path, fresh_database: str) -> Iterator[Installation]:
    """A whole installation with the guest book of `plus/tocsin`."""
    one = Installation(data_folder, fresh_database, PYTHONPATH=str(Path(__file__).parent / "plus"))
    yield one
    one.end()


def posted(installation: Installation, token: str, body: dict[str, Any]) -> dict[str, Any]:
    request = Request(f"{installation.url}/api/v1/guestbook", json.dumps(body).encode())
    request.add_header("Authorization", f"Bearer {token}")
    request.add_header("Content-Type", "application/json")
    with urlopen(request) as answer:  # our own address
        found: dict[str, Any] = json.load(answer)
    return found


def test_a_room_brings_all_its_furniture(installation: Installation) -> None:
    installation.start_up()
    made = installation.run("staff", "create", "ada@example.test", "--role", "admin")
    browser = Browser(installation.port, "ada@example.test", made.stdout.decode().strip())
    assert re.search(r'<a[^>]+href="/guestbook/"', browser.get("/inbox/").decode())  # in the menu
    assert "Write in the guest book" in browser.get("/account/roles/agent/").decode()
    assert "Letters at most" in browser.get("/account/settings/guestbook/").decode()

    browser.post("/guestbook/", words="It was lovely here")  # a verb, an event, and who hears it
    wait_until(lambda: "It was lovely here (thanked)" in browser.get("/guestbook/").decode())
    assert "guestbook.thank" in installation.run("events").stdout.decode()
    assert "guest_words" in installation.run("filters").stdout.decode()

    assert "It was lovely" in browser.get("/search/?q=loveli").decode()

    token = installation.run("api-key", "create", "till").stdout.decode().strip()
    assert posted(installation, token, {"words": "By a program"})["id"] == 2
