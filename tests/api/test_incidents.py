"""Declaring and updating a Red Alert by a program."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from tocsin.catalog import services as catalog
from tocsin.people import services as people

pytestmark = pytest.mark.django_db


def post(client: Client, path: str, body: dict[str, Any]) -> tuple[int, Any]:
    response = client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json")
    return response.status_code, response.json()


def in_minutes(minutes: int) -> str:
    return (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()


@pytest.fixture
def client() -> Client:
    """A program, at a company that runs mail."""
    catalog.save_component(key="mail", name={"en": "Mail"})
    return Client(headers={"Authorization": f"Bearer {people.create_api_token('monitoring')[1]}"})


def declaration(**changes: Any) -> dict[str, Any]:
    """A whole one, with some of it changed."""
    return {
        "title": "Mail is down",
        "impact": "major",
        "components": ["mail"],
        "started_at": in_minutes(-10),
        "message": {"en": "We are looking into it."},
        "next_update_at": in_minutes(30),
        **changes,
    }


def test_declared_updated_and_resolved(client: Client) -> None:
    status, made = post(client, "/incidents", declaration())
    assert (status, made["status"], made["components"]) == (201, "investigating", ["mail"])
    assert 600 <= made["figures"]["time_to_declare_s"] < 660
    said = {"status": "identified", "message": {"en": "A disk."}, "next_update_at": in_minutes(20)}
    status, updated = post(client, f"/incidents/{made['ref']}/updates", said)
    assert (status, updated["updates"][0]["message"]) == (201, {"en": "A disk."})
    said = {"status": "resolved", "message": {"en": "It works again."}}
    status, ended = post(client, f"/incidents/{made['ref']}/updates", said)
    assert (status, ended["status"], ended["next_update_at"]) == (201, "resolved", None)
    assert client.get(f"/api/v1/incidents/{made['ref']}").json() == ended


@pytest.mark.parametrize(
    ("given", "title", "titles"),
    [
        ("Mail is down", "Mail is down", {}),
        (
            {"el": "Χωρίς email", "en": "Mail is down"},
            "Mail is down",
            {"el": "Χωρίς email", "en": "Mail is down"},
        ),
        ({"el": "Χωρίς email"}, "Χωρίς email", {"el": "Χωρίς email"}),
    ],
)
def test_the_title_is_a_text_or_texts_by_language(
    client: Client, given: Any, title: str, titles: dict[str, str]
) -> None:
    status, made = post(client, "/incidents", declaration(title=given))
    assert (status, made["title"], made["titles"]) == (201, title, titles)


@pytest.mark.parametrize("given", ["", {}, {"en": " "}, {"Greek": "Χωρίς email"}, {"en": "x" * 201}, 7])
def test_a_title_that_is_none(client: Client, given: Any) -> None:
    status, answer = post(client, "/incidents", declaration(title=given))
    assert status == 422
    assert any(field.startswith("title") for field in answer["fields"])
