"""Live screens: nothing is skipped, not even what commits late; strangers hear nothing."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Collection, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, transaction
from tests.harness.asynchronous import run as run_async
from tests.harness.waiting import PATIENCE_S

from tocsin.kernel import clock, events, live, live_updates
from tocsin.kernel.conninfo import conninfo
from tocsin.kernel.live import digests, hub, presence, replay, sessions
from tocsin.kernel.models import LiveUpdate

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("announcements_are_heard"),
]


@dataclass(frozen=True)
class BellRang(events.Signal, name="tests.bell-rang"):
    """Something happens in these tests."""

    bell: str

    def topics(self) -> list[str]:
        return [f"tower:{self.bell}", "towers"]


def ring(bell: str) -> None:
    with transaction.atomic():
        events.emit(BellRang(bell))


class Screen:
    """A browser's stream, as the ASGI server would drive it."""

    def __init__(
        self, app: live.LiveApp, token: str, *, last: str = "", since: str = "", session: str = "mine"
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


def entry(*topics: str, listener: str = "7", place: str = "", interest: str = "") -> str:
    return live.make_token(live.Pass(listener, topics, place, interest))


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


def names(listeners: Collection[str]) -> dict[str, str]:
    return {key: {"7": "Maria", "8": "Nikos"}[key] for key in listeners}


def played(story: Callable[[live.LiveApp], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        app = live.LiveApp(conninfo, holding, names)
        try:
            await asyncio.wait_for(story(app), PATIENCE_S)
        finally:
            await app.close()

    run_async(run())


def test_an_event_reaches_the_open_screen_and_only_whom_it_concerns() -> None:
    async def story(app: live.LiveApp) -> None:
        east, all_towers = (
            Screen(app, entry("tower:east")),
            Screen(app, entry("towers")),
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
        screen = Screen(app, entry("towers"))
        await screen.status()
        await screen.until(lambda text: "id: " in text)
        slow = await psycopg.AsyncConnection.connect(conninfo())
        await slow.execute(
            "INSERT INTO kernel_liveupdate (name, topics, at) "
            "VALUES ('tests.bell-rang', '{tower:slow,towers}', now())"
        )
        await asyncio.to_thread(ring, "quick")
        text = await screen.until(lambda text: "quick" in text and "id: " in text)
        assert bells(text) == ["quick"]
        await screen.leave()

        await slow.commit()
        await slow.close()
        back = Screen(app, entry("towers"), last=last_id(text))
        await back.status()
        assert bells(await back.until(lambda text: "id: " in text)) == ["slow"]
        await back.leave()

    played(story)


def test_what_happened_between_rendering_and_listening_is_replayed() -> None:
    since = live.current_snapshot()
    ring("meanwhile")

    async def story(app: live.LiveApp) -> None:
        screen = Screen(app, entry("towers"), since=since)
        await screen.status()
        assert bells(await screen.until(lambda text: "id: " in text)) == ["meanwhile"]
        await screen.leave()

    played(story)


@pytest.mark.parametrize("last", ["99999999999:99999999999:", "nonsense", "1:2:'; DROP TABLE x"])
def test_a_snapshot_that_is_not_ours_means_load_anew(last: str) -> None:
    async def story(app: live.LiveApp) -> None:
        screen = Screen(app, entry("towers"), last=last)
        await screen.status()
        assert "event: reset" in await screen.until(lambda text: "event: " in text)
        await screen.leave()

    played(story)


def test_who_was_away_for_too_long_loads_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "REPLAY_LIMIT", 3)
    since = live.current_snapshot()
    for number in range(4):
        ring(str(number))

    async def story(app: live.LiveApp) -> None:
        screen = Screen(app, entry("towers"), last=since)
        await screen.status()
        assert "event: reset" in await screen.until(lambda text: "event: " in text)
        await screen.leave()

    played(story)


def test_after_a_restore_old_rows_are_not_replayed() -> None:
    since = live.current_snapshot()
    ring("from another server")
    live_updates.forget_all()

    async def story(app: live.LiveApp) -> None:
        screen = Screen(app, entry("towers"), last=since)
        await screen.status()
        assert bells(await screen.until(lambda text: "id: " in text)) == []
        await screen.leave()

    played(story)


def test_a_forged_token_is_refused() -> None:
    async def story(app: live.LiveApp) -> None:
        for token in ("", "forged", entry("towers")[:-2] + "xx"):
            screen = Screen(app, token)
            assert await screen.status() == 403
            await screen.task

    played(story)


def test_the_stream_survives_a_broken_listening_connection() -> None:
    async def story(app: live.LiveApp) -> None:
        screen = Screen(app, entry("towers"))
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
        screen = Screen(app, entry("towers"), session=session)
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

    monkeypatch.setattr(sessions, "CHECK_EVERY_S", 0.05)
    monkeypatch.setitem(globals(), "holding", slowly)

    async def story(app: live.LiveApp) -> None:
        theirs = Screen(app, entry("towers", listener="8"), session="theirs")
        await theirs.until(lambda text: "id: " in text)
        mine = Screen(app, entry("towers"))
        await mine.until(lambda text: "id: " in text)
        await asyncio.sleep(0.6)
        assert not mine.task.done()
        for screen in (mine, theirs):
            await screen.leave()

    played(story)


def test_the_stream_ends_soon_after_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "CHECK_EVERY_S", 0.1)
    open_ones = dict(SESSIONS)
    monkeypatch.setitem(globals(), "SESSIONS", open_ones)

    async def story(app: live.LiveApp) -> None:
        mine = Screen(app, entry("towers"))
        theirs = Screen(app, entry("towers", listener="8"), session="theirs")
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
    assert [one.topics for one in LiveUpdate.objects.all()] == [["tower:today", "towers"]]


def test_many_events_at_once_are_one_update() -> None:
    with transaction.atomic():
        events.emit_many([BellRang(str(number)) for number in range(1000)])
    assert len(LiveUpdate.objects.get().topics) == 1001


# --- Digests ---------------------------------------------------------------------------------------


@dataclass
class Tower:
    """A digest of these tests: what it was asked, and what it answers."""

    asked: list[tuple[digests.News, set[digests.Reader]]] = field(default_factory=list)
    numbers: dict[str, str] = field(default_factory=dict)
    silent_for: str = ""

    def load(
        self, news: digests.News, readers: Collection[digests.Reader]
    ) -> dict[digests.Reader, digests.Told]:
        self.asked.append((news, set(readers)))
        items = [{"key": one.removeprefix("tower:")} for one in sorted(news.about)]
        told = digests.Told(items, self.numbers)
        return {one: told for one in readers if one.listener != self.silent_for}


@pytest.fixture
def tower(monkeypatch: pytest.MonkeyPatch) -> Tower:
    monkeypatch.setattr(digests, "_digests", {})
    monkeypatch.setattr(hub, "DIGEST_EVERY_S", 0.3)
    one = Tower()
    live.register(live.Digest("towers", one.load))
    return one


def told(text: str) -> list[Any]:
    """The digests in a stream."""
    blocks = [block.splitlines() for block in text.split("\n\n") if block.startswith("event: digest")]
    return [json.loads(block[1].removeprefix("data: ")) for block in blocks]


def test_many_events_are_one_digest_for_all_who_look(tower: Tower) -> None:
    tower.numbers = {"bells": "3"}

    async def story(app: live.LiveApp) -> None:
        since = await asyncio.to_thread(live.current_snapshot)
        mine = Screen(app, entry("towers", interest="east"), since=since)
        theirs = Screen(app, entry("towers", listener="8"), since=since, session="theirs")
        for screen in (mine, theirs):
            await screen.until(lambda text: "id: " in text)
        for bell in ("east", "west", "east"):
            await asyncio.to_thread(ring, bell)

        def has_all(text: str) -> bool:
            return {item["key"] for one in told(text) for item in one["items"]} == {"east", "west"}

        heard = [
            await screen.until(lambda text: has_all(text) and "id: " in text) for screen in (mine, theirs)
        ]
        for text in heard:
            assert told(text)[0]["topic"] == "towers" and told(text)[0]["numbers"] == {"bells": "3"}
            assert "event: live" not in text, "what is told in digests is not told twice"
            assert text.rstrip().splitlines()[-1].startswith("id: "), "only then does it know all of it"
        assert all(one["numbers"] == {} for one in told(heard[0])[1:]), "what it knows already"
        for news, readers in tower.asked:
            assert news.names == {"tests.bell-rang"}
            assert readers == {digests.Reader("7", "east"), digests.Reader("8")}
        for screen in (mine, theirs):
            await screen.leave()

    played(story)


def test_what_was_missed_comes_with_the_next_digest(tower: Tower) -> None:
    since = live.current_snapshot()
    ring("meanwhile")

    async def story(app: live.LiveApp) -> None:
        screen = Screen(app, entry("towers"), since=since)
        text = await screen.until(lambda text: "id: " in text)
        assert [one["items"] for one in told(text)] == [[{"key": "meanwhile"}]]
        await screen.leave()

    played(story)


def test_who_is_told_nothing_still_goes_on_from_there(tower: Tower) -> None:
    tower.silent_for = "7"

    async def story(app: live.LiveApp) -> None:
        screen = Screen(app, entry("towers"))
        first = last_id(await screen.until(lambda text: "id: " in text))
        await asyncio.to_thread(ring, "east")
        text = await screen.until(lambda text: "id: " in text)
        assert not told(text) and last_id(text) != first
        await screen.leave()

    played(story)


def test_a_digest_that_fails_is_asked_again(tower: Tower, caplog: pytest.LogCaptureFixture) -> None:
    load, failed = tower.load, []

    def fails_once(news: digests.News, readers: Collection[digests.Reader]) -> Any:
        if not failed:
            failed.append(True)
            raise OperationalError("the database is away")
        return load(news, readers)

    live.register(live.Digest("towers", fails_once))

    async def story(app: live.LiveApp) -> None:
        screen = Screen(app, entry("towers"))
        await screen.until(lambda text: "id: " in text)
        await asyncio.to_thread(ring, "east")
        text = await screen.until(lambda text: "id: " in text)
        assert [one["items"] for one in told(text)] == [[{"key": "east"}]]
        await screen.leave()

    played(story)
    assert failed and "live screens lost the database" in caplog.text


# --- Presence --------------------------------------------------------------------------------------


def people(text: str) -> Any:
    """Who is said to be there, by the last word of it."""
    blocks = [block.splitlines() for block in text.split("\n\n") if block.startswith("event: presence")]
    said = [json.loads(block[1].removeprefix("data: ")) for block in blocks]
    return {one["name"]: one["writing"] for one in said[-1]["people"]} if said else None


async def post(app: live.LiveApp, token: str, session: str) -> int:
    """Say that somebody writes; the status."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": token.encode(), "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    headers = [(b"cookie", f"tocsin_session={session}".encode())]
    scope = {"type": "http", "method": "POST", "path": "/live", "query_string": b"", "headers": headers}
    await app(scope, receive, send)
    return int(sent[0]["status"])


def test_who_is_at_the_same_place_is_seen_from_process_to_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "_BACK_WITHIN_S", 0.2)
    monkeypatch.setattr(presence, "WRITING_S", 1.0)

    async def story(app: live.LiveApp) -> None:
        other = live.LiveApp(conninfo, holding, names)
        mine = Screen(app, entry("towers", place="tower:east"))
        elsewhere = Screen(app, entry("towers", listener="8", place="tower:west"), session="theirs")
        theirs = Screen(other, entry("towers", listener="8", place="tower:east"), session="theirs")
        await mine.until(lambda text: people(text) == {"Nikos": False})
        await theirs.until(lambda text: people(text) == {"Maria": False})
        assert await post(other, entry(place="tower:east", listener="8"), "theirs") == 204
        await mine.until(lambda text: people(text) == {"Nikos": True})
        await mine.until(lambda text: people(text) == {"Nikos": False})
        await theirs.leave()
        await mine.until(lambda text: people(text) == {})
        assert people(await elsewhere.until(lambda text: people(text) is not None)) == {}
        await elsewhere.leave()
        await mine.leave()
        await other.close()

    played(story)


def test_who_goes_from_a_page_to_the_next_has_not_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "_BACK_WITHIN_S", 1.0)

    async def story(app: live.LiveApp) -> None:
        mine = Screen(app, entry("towers", place="tower:east"))
        theirs = Screen(app, entry(listener="8", place="tower:east"), session="theirs")
        await mine.until(lambda text: people(text) == {"Nikos": False})
        await theirs.leave()
        back = Screen(app, entry(listener="8", place="tower:east"), session="theirs")
        await back.until(lambda text: people(text) == {"Maria": False})
        await asyncio.sleep(1.5)
        seen = b"".join(mine.sent.get_nowait()["body"] for _ in range(mine.sent.qsize())).decode()
        assert people(seen) in (None, {"Nikos": False})
        for screen in (mine, back):
            await screen.leave()

    played(story)


def test_a_process_that_begins_later_hears_who_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "TELL_ALL_EVERY_S", 0.5)

    async def story(app: live.LiveApp) -> None:
        mine = Screen(app, entry("towers", place="tower:east"))
        await mine.until(lambda text: people(text) == {})
        later = live.LiveApp(conninfo, holding, names)
        theirs = Screen(later, entry(listener="8", place="tower:east"), session="theirs")
        await theirs.until(lambda text: people(text) == {"Maria": False})
        for screen in (mine, theirs):
            await screen.leave()
        await later.close()

    played(story)


@pytest.mark.parametrize("session", ["", "theirs", "ended"])
def test_nobody_writes_for_somebody_else(session: str) -> None:
    async def story(app: live.LiveApp) -> None:
        assert await post(app, entry(place="tower:east"), session) == 403
        assert await post(app, "forged", "mine") == 403
        assert await post(app, entry("towers"), "mine") == 403, "at no place"
        assert await post(app, "x" * 20_000, "mine") == 403

    played(story)


def test_a_process_that_was_killed_leaves_nobody_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "_SILENT_S", -1.0)
    known = presence.Presence()
    other = presence.Presence()
    for payload in other.tell({"tower:east": ["8"]}):
        assert known.hear(payload) == {"tower:east"}
    assert known.at("tower:east") == {}
    assert known.forget() == {"tower:east"}


def test_who_is_where_is_told_in_parts_that_fit() -> None:
    one = presence.Presence()
    here = {f"ticket:T-{number:07}": ["1", "22", "333"] for number in range(1000)}
    parts = list(one.tell(here))
    assert len(parts) > 1 and max(map(len, parts)) < 8000
    heard = presence.Presence()
    for part in parts:
        heard.hear(part)
    assert set(heard.at("ticket:T-0000999")) == {"1", "22", "333"}
