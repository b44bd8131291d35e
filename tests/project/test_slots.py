"""Requests take a place among those served when they have arrived whole, and not before."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.harness.asynchronous import run as run_async
from tests.harness.waiting import PATIENCE_S

Message = dict[str, Any]


async def echo(scope: Message, receive: Any, send: Any) -> None:
    """Answers with the body it got."""
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message["body"], message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


async def ask(app: Any, *messages: Message) -> list[Message]:
    """What is answered to these messages; after the last one the client is silent."""
    waiting, answered = list(messages), []

    async def receive() -> Message:
        return waiting.pop(0) if waiting else await asyncio.Event().wait()  # type: ignore[return-value]  # never

    async def send(message: Message) -> None:
        answered.append(message)

    await app({"type": "http"}, receive, send)
    return answered


def part(body: bytes, *, more: bool) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


@pytest.fixture
def app() -> Any:
    from tocsin.project.asgi import Limited

    return Limited(echo, 1)


def test_who_sends_slowly_keeps_nobody_waiting(app: Any) -> None:
    async def crowd() -> list[Message]:
        slow = [asyncio.create_task(ask(app, part(b"x", more=True))) for _ in range(3)]
        await asyncio.sleep(0)
        answer = await asyncio.wait_for(
            ask(app, part(b"he", more=True), part(b"llo", more=False)), PATIENCE_S
        )
        for one in slow:
            one.cancel()
        return answer

    start, body = run_async(crowd())
    assert (start["status"], body["body"]) == (200, b"hello")


def test_a_large_body_comes_through_whole_and_a_larger_one_is_refused(app: Any) -> None:
    from tocsin.project.asgi import Limited

    body = bytes(range(256)) * 4000
    assert run_async(ask(app, part(body, more=False)))[1]["body"] == body
    assert run_async(ask(app, part(b"", more=False)))[1]["body"] == b""
    smaller = Limited(echo, 1, largest=len(body) - 1)
    assert run_async(ask(smaller, part(body, more=True)))[0]["status"] == 413


def test_who_leaves_early_is_not_answered(app: Any) -> None:
    assert run_async(ask(app, part(b"x", more=True), {"type": "http.disconnect"})) == []
