"""The web process: which application answers, and how many requests reach Django at once."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest
from django.test import Client
from tests.harness.asynchronous import run as run_async

from tocsin.project.asgi import LARGEST_BODY, LARGEST_POST, Limited, Tocsin
from tocsin.project.database_url import database_settings


def test_no_more_requests_than_slots_are_in_at_once() -> None:
    inside, most = 0, 0

    async def app(scope: Any, receive: Any, send: Any) -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0.01)
        inside -= 1

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def crowd() -> None:
        limited = Limited(app, slots=3)
        await asyncio.gather(*(limited({}, receive, None) for _ in range(20)))  # type: ignore[arg-type]  # app takes any

    run_async(crowd())
    assert most == 3


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/live", "LiveApp"),
        ("/status", "PublicApp"),
        ("/status/", "PublicApp"),
        ("/banner.js", "PublicApp"),
        ("/statuses/", "Limited"),
        ("/inbox/", "Limited"),
    ],
)
def test_each_address_has_its_application(path: str, name: str) -> None:
    assert type(Tocsin()._app_for(path)).__name__ == name


@pytest.mark.parametrize("purpose", ["inbound/", "inbound/mime", "tracking/"])
def test_only_posted_mail_may_be_larger_than_a_form(purpose: str) -> None:
    posts = Tocsin()._app_for(f"/mailroom/providers/mailgun/{purpose}")
    assert type(posts).__name__ == "Door"
    assert posts._app._largest == (LARGEST_BODY if purpose == "tracking/" else LARGEST_POST)


def test_starting_and_stopping_is_answered() -> None:
    said: list[str] = []
    asked = iter(["lifespan.startup", "lifespan.shutdown"])

    async def receive() -> MutableMapping[str, Any]:
        return {"type": next(asked)}

    async def send(message: MutableMapping[str, Any]) -> None:
        said.append(message["type"])

    run_async(Tocsin()({"type": "lifespan"}, receive, send))
    assert said == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


@pytest.mark.django_db
def test_health() -> None:
    assert Client().get("/health/").json() == {"database": "answers"}


def test_the_database_address_in_all_its_forms() -> None:
    tcp = database_settings("postgresql://ann:p%40ss@db.example:5433/tocsin?sslmode=require")
    assert (tcp["USER"], tcp["PASSWORD"], tcp["HOST"], tcp["PORT"]) == ("ann", "p@ss", "db.example", "5433")
    assert (tcp["NAME"], tcp["OPTIONS"]) == ("tocsin", {"sslmode": "require"})
    socket = database_settings("postgresql://tocsin@/tocsin?host=/run/tocsin")
    assert (socket["HOST"], socket["PORT"]) == ("/run/tocsin", "")
    with pytest.raises(ValueError, match="postgresql"):
        database_settings("sqlite:///x")
