"""Django in the web process: requests take a thread when they have arrived whole, and keep it to the end."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import psycopg
import pytest
from django.db import connection, connections
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import translation
from tests.harness.asynchronous import run as run_async
from tests.harness.waiting import PATIENCE_S

from tocsin.kernel.conninfo import conninfo
from tocsin.project import django_app
from tocsin.project.django_app import DjangoApp

Message = dict[str, Any]


def app(respond: Callable[[Any, Any], Any], threads: int = 1) -> DjangoApp:
    """With an answer of the test's in place of Django's."""
    made = DjangoApp(threads)
    made._handler.respond = respond  # type: ignore[method-assign]  # that is the point
    return made


def echo(scope: Message, body: Any) -> HttpResponse:
    return HttpResponse(body.read())


async def ask(app: Any, *messages: Message, path: str = "/") -> list[Message]:
    """What is answered to these messages; after the last one the client is silent."""
    waiting, answered = list(messages), []

    async def receive() -> Message:
        return waiting.pop(0) if waiting else await asyncio.Event().wait()  # type: ignore[return-value]  # never

    async def send(message: Message) -> None:
        answered.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
    await app(scope, receive, send)
    return answered


def part(body: bytes = b"", *, more: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


GONE = {"type": "http.disconnect"}


def test_who_sends_slowly_keeps_nobody_waiting() -> None:
    async def crowd() -> list[Message]:
        one = app(echo)
        slow = [asyncio.create_task(ask(one, part(b"x", more=True))) for _ in range(3)]
        await asyncio.sleep(0)
        answer = await asyncio.wait_for(ask(one, part(b"he", more=True), part(b"llo")), PATIENCE_S)
        for task in slow:
            task.cancel()
        return answer

    start, body = run_async(crowd())
    assert (start["status"], body["body"]) == (200, b"hello")


def test_no_more_requests_than_threads_are_in_at_once() -> None:
    inside, most, counting = 0, 0, threading.Lock()

    def busy(scope: Message, body: Any) -> HttpResponse:
        nonlocal inside, most
        with counting:
            inside += 1
            most = max(most, inside)
        time.sleep(0.01)
        with counting:
            inside -= 1
        return HttpResponse()

    async def crowd() -> None:
        one = app(busy, threads=3)
        await asyncio.gather(*(ask(one, part()) for _ in range(20)))

    run_async(crowd())
    assert most == 3


def test_a_large_body_comes_through_whole_and_a_larger_one_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    body = bytes(range(256)) * 4000

    async def came_back() -> bytes:
        return b"".join(one["body"] for one in (await ask(app(echo), part(body)))[1:])

    assert run_async(came_back()) == body
    monkeypatch.setattr("tocsin.project.django_app.LARGEST_BODY", len(body) - 1)
    assert run_async(ask(app(echo), part(body, more=True)))[0]["status"] == 413


def test_who_leaves_early_is_not_answered() -> None:
    assert run_async(ask(app(echo), part(b"x", more=True), GONE)) == []


def test_a_file_is_read_as_it_is_taken_and_no_further_than_its_reader_stays() -> None:
    """And in the language of the request, whichever thread reads on."""
    read: list[str] = []
    closed: list[bool] = []

    def pieces() -> Iterator[bytes]:
        while True:
            read.append(translation.get_language() or "")
            yield b"x"

    def file(scope: Message, body: Any) -> StreamingHttpResponse:
        response = StreamingHttpResponse(pieces(), headers={"Content-Language": "el"})
        response._resource_closers.append(lambda: closed.append(True))  # type: ignore[attr-defined]  # Django's
        return response

    async def leave_after_three() -> None:
        taken, gone = 0, asyncio.Event()
        messages = [part()]

        async def receive() -> Message:
            if messages:
                return messages.pop()
            await gone.wait()
            return GONE

        async def send(message: Message) -> None:
            nonlocal taken
            taken += bool(message.get("body"))
            if taken == 3:
                gone.set()
            await asyncio.sleep(0)

        await app(file, threads=2)({"type": "http"}, receive, send)

    run_async(leave_after_three())
    assert 3 <= len(read) <= 5 and set(read) == {"el"}
    assert closed == [True]


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_database_ended_is_replaced_before_it_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(connections.settings, "default", deepcopy(connections.settings["default"]))
    django_app.keep_connections()
    backends: list[int] = []

    def end(backend: int) -> None:
        with psycopg.connect(conninfo()) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])

    def backend(scope: Message, body: Any) -> HttpResponse:
        django_app._let_go_if_lost()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            backends.append(cursor.fetchone()[0])
        return HttpResponse()

    async def story() -> None:
        one = app(backend)
        await ask(one, part())
        await ask(one, part())
        await asyncio.to_thread(end, backends[0])
        await ask(one, part())
        one._pool.submit(lambda: connections.close_all()).result()

    run_async(story())
    assert backends[0] == backends[1] != backends[2]
