"""Live screens: nothing is skipped, not even what commits late; strangers hear nothing."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Collection, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, transaction
from tests.harness.asynchronous import run as run_async
from tests.harness.waiting import PATIENCE_S

from tocsin.kernel import clock, events, live, live_updates
from tocsin.kernel.conninfo import conninfo
from tocsin.kernel.models import LiveUpdate

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True)
class BellRang(events.Signal, name="tests.bell-rang"):
    """Something happens in these tests."""

    bell: str

    def topics(self) -> list[str]:
        return [f"tower:{self.bell}"]


def ring(bell: str) -> None:
    with transaction.atomic():
        events.emit(BellRang(bell))


class Screen:
    """A browser's stream, as the ASGI server would drive it."""

    def __init__(
        self, app: live.LiveApp, token: str, last: str = "", since: str = "", session: str = "mine"
    ) -> None:
        self.sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.gone = asyncio.Event()
        query = f"token={token}&since={since}".encode()
        headers = [(b"cookie", f"theme=dark; tocsin_session={session}".encode())]
        headers += [(b"last-event-id", last.encode())] if last else []
        scope = {"type": "http", "path": "/live", "query_string": query, "headers": headers}
        self.task = asyncio.create_task(app(scope, self._receive, self.sent.put))

    async def _receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def status(self) -> int:
        return int((await asyncio.wait_for(self.sent.get(), PATIENCE_S))["status"])

    async def until(self, wanted: Callable[[str], bool]) -> str:
        text = ""
        while not wanted(text):
            message = await asyncio.wait_for(self.sent.get(), PATIENCE_S)
            text += message.get("body", b"").decode()
        return text

    async def leave(self) -> None:
        self.gone.set()
        await asyncio.wait_for(self.task, PATIENCE_S)


def bells(text: str) -> list[str]:
    return [
        json.loads(line[6:])["topics"][0].removeprefix("tower:")
        for line in text.splitlines()
        if line.startswith("data: {") and "topics" in line
    ]


def last_id(text: str) -> str:
    return [line[4:] for line in text.splitlines() if line.startswith("id: ")][-1]


SESSIONS = {"mine": "7", "theirs": "8"}


def holding(sessions: Collection[str]) -> dict[str, str]:
    """Those of these that are open, as the people room would say."""
    return {key: owner for key, owner in SESSIONS.items() if key in sessions}


def played(story: Callable[[live.LiveApp], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        app = live.LiveApp(conninfo, holding)
        try:
            await asyncio.wait_for(story(app), PATIENCE_S)
        finally:
            await app.close()

    run_async(run())


def test_an_event_reaches_the_open_screen_and_only_whom_it_concerns() -> None:
    async def story(app: live.LiveApp) -> None:
        east, all_towers = (
            Screen(app, live.make_token(["tower:east"], "7")),
            Screen(app, live.make_token(["tower:*"], "7")),
        )
        for screen in (east, all_towers):
            assert await screen.status() == 200
            await screen.until(lambda text: "id: " in text)
        await asyncio.to_thread(ring, "west")
        await asyncio.to_thread(ring, "east")
        assert bells(await east.until(lambda text: "east" in text)) == ["east"]
        assert bells(await all_towers.until(lambda text: "east" in text)) == ["west", "east"]
        await east.leave()
        await all_towers.leave()

    played(story)


def test_a_row_that_commits_after_a_later_one_is_not_skipped() -> None:
    async def story(app: live.LiveApp) -> None:
        screen = Screen(app, live.make_token(["tower:*"], "7"))
        await screen.status()
        await screen.until(lambda text: "id: " in text)
        slow = await psycopg.AsyncConnection.connect(conninfo())
        await slow.execute(
            "INSERT INTO kernel_liveupdate (name, topics, at) "
            "VALUES ('tests.bell-rang', '{tower:slow}', now())"
        )
        await asyncio.to_thread(ring, "quick")
        text = await screen.until(lambda text: "quick" in text and "id: " in text)
        assert bells(text) == ["quick"]
        await screen.leave()

        await slow.commit()
        await slow.close()
        back = Screen(app, live.make_token(["tower:*"], "7"), last=last_id(text))
        await back.status()
        assert bells(await back.until(lambda text: "id: " in text)) == ["slow"]
        await back.leave()

    played(story)


def test_what_happened_between_rendering_and_listening_is_replayed() -> None:
    since = live.current_snapshot()
    ring("meanwhile")

    async def story(app: live.LiveApp) -> None:
        screen = Screen(app, live.make_token(["tower:*"], "7"), since=since)
        await screen.status()
        assert bells(await screen.until(lambda text: "id: " in text)) == ["meanwhile"]
        await screen.leave()

    played(story)


@pytest.mark.parametrize("last", ["99999999999:99999999999:", "nonsense", "1:2:'; DROP TABLE x"])
def test_a_snapshot_that_is_not_ours_means_load_anew(last: str) -> None:
    async def story(app: live.LiveApp) -> None:
        screen = Screen(app, live.make_token(["tower:*"], "7"), last=last)
        await screen.status()
        assert "event: reset" in await screen.until(lambda text: "event: " in text)
        await screen.leave()

    played(story)


def test_who_was_away_for_too_long_loads_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "REPLAY_LIMIT", 3)
    since = live.current_snapshot()
    for number in range(4):
        ring(str(number))

    async def story(app: live.LiveApp) -> None:
        screen = Screen(app, live.make_token(["tower:*"], "7"), last=since)
        await screen.status()
        assert "event: reset" in await screen.until(lambda text: "event: " in text)
        await screen.leave()

    played(story)


def test_after_a_restore_old_rows_are_not_replayed() -> None:
    since = live.current_snapshot()
    ring("from another server")
    live_updates.forget_all()

    async def story(app: live.LiveApp) -> None:
        screen = Screen(app, live.make_token(["tower:*"], "7"), last=since)
        await screen.status()
        assert bells(await screen.until(lambda text: "id: " in text)) == []
        await screen.leave()

    played(story)


def test_a_forged_token_is_refused() -> None:
    async def story(app: live.LiveApp) -> None:
        for token in ("", "forged", live.make_token(["tower:*"], "7")[:-2] + "xx"):
            screen = Screen(app, token)
            assert await screen.status() == 403
            await screen.task

    played(story)


def test_the_stream_survives_a_broken_listening_connection() -> None:
    async def story(app: live.LiveApp) -> None:
        screen = Screen(app, live.make_token(["tower:*"], "7"))
        await screen.status()
        await screen.until(lambda text: "id: " in text)
        await asyncio.to_thread(ring, "before")
        await screen.until(lambda text: "before" in text)
        async with await psycopg.AsyncConnection.connect(conninfo(), autocommit=True) as killer:
            await killer.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND query LIKE 'LISTEN%'"
            )
        await asyncio.to_thread(ring, "after")
        assert bells(await screen.until(lambda text: "after" in text))[-1] == "after"
        await screen.leave()

    played(story)


@pytest.mark.parametrize("session", ["", "theirs", "ended", "x\x00y"])
def test_a_token_opens_nothing_without_a_session_of_the_same_person(session: str) -> None:
    async def story(app: live.LiveApp) -> None:
        screen = Screen(app, live.make_token(["tower:*"], "7"), session=session)
        assert await screen.status() == 403
        await screen.task

    played(story)


def test_when_nobody_can_say_whose_a_session_is_it_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(sessions: Collection[str]) -> dict[str, str]:
        raise OperationalError("the database is away")

    monkeypatch.setitem(globals(), "holding", away)
    test_a_token_opens_nothing_without_a_session_of_the_same_person("mine")


def test_a_screen_that_comes_while_sessions_are_looked_at_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    def slowly(sessions: Collection[str]) -> dict[str, str]:
        time.sleep(0.2)
        return {key: SESSIONS[key] for key in sessions}

    monkeypatch.setattr(live, "CHECK_EVERY_S", 0.05)
    monkeypatch.setitem(globals(), "holding", slowly)

    async def story(app: live.LiveApp) -> None:
        theirs = Screen(app, live.make_token(["tower:*"], "8"), session="theirs")
        await theirs.until(lambda text: "id: " in text)
        mine = Screen(app, live.make_token(["tower:*"], "7"))
        await mine.until(lambda text: "id: " in text)
        await asyncio.sleep(0.6)
        assert not mine.task.done()
        for screen in (mine, theirs):
            await screen.leave()

    played(story)


def test_the_stream_ends_soon_after_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "CHECK_EVERY_S", 0.1)
    open_ones = dict(SESSIONS)
    monkeypatch.setitem(globals(), "SESSIONS", open_ones)

    async def story(app: live.LiveApp) -> None:
        mine = Screen(app, live.make_token(["tower:*"], "7"))
        theirs = Screen(app, live.make_token(["tower:*"], "8"), session="theirs")
        for screen in (mine, theirs):
            assert await screen.status() == 200
            await screen.until(lambda text: "id: " in text)
        await asyncio.sleep(0.4)
        assert not mine.task.done()
        del open_ones["mine"]
        await asyncio.wait_for(mine.task, PATIENCE_S)
        await asyncio.to_thread(ring, "east")
        assert bells(await theirs.until(lambda text: "east" in text)) == ["east"]
        await theirs.leave()

    played(story)


def test_updates_that_no_screen_asks_for_any_more_are_forgotten() -> None:
    ring("long ago")
    LiveUpdate.objects.update(at=clock.now() - live_updates.KEPT - timedelta(minutes=1))
    ring("today")
    assert live_updates.forget_old() == 1
    assert live_updates.forget_old() == 0
    assert [one.topics for one in LiveUpdate.objects.all()] == [["tower:today"]]


def test_many_events_at_once_are_one_update() -> None:
    with transaction.atomic():
        events.emit_many([BellRang(str(number)) for number in range(1000)])
    assert len(LiveUpdate.objects.get().topics) == 1000
