"""The web process: which application answers."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import pytest
from django.test import Client
from tests.harness.asynchronous import run as run_async

from tocsin.project.asgi import Tocsin
from tocsin.project.database_url import database_settings


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/live", "LiveApp"),
        ("/status", "PublicApp"),
        ("/status/", "PublicApp"),
        ("/banner.js", "PublicApp"),
        ("/static/console/tocsin.css", "ServeStaticASGI"),
        ("/statuses/", "DjangoApp"),
        ("/inbox/", "DjangoApp"),
    ],
)
def test_each_address_has_its_application(path: str, name: str) -> None:
    scope = {"path": path, "headers": []}
    assert type(Tocsin()._app_for(scope)).__name__ == name


@pytest.mark.parametrize(
    "length",
    [b"2000", b"2000000", b"", b"x"],
)
def test_only_what_is_posted_to_a_channel_may_be_larger_than_a_form(length: bytes) -> None:
    headers = [(b"content-length", length)] if length else []
    path = "/channels/email/default/webhook/mailgun/inbound/"
    posts = Tocsin()._app_for({"path": path, "headers": headers})
    assert type(posts).__name__ == "Door"
    assert type(posts._app).__name__ == ("DjangoApp" if length == b"2000" else "Posts")


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
