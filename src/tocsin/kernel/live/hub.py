"""One reader for all open screens of a web process: it hears what is announced, reads what there is, and
gives each screen what it asked for."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping
from typing import Any

import psycopg
from django.db import Error

from tocsin.kernel import notified
from tocsin.kernel.events import LIVE_CHANNEL
from tocsin.kernel.live import digests, presence, sessions
from tocsin.kernel.live.digests import Gathered, News
from tocsin.kernel.live.presence import Presence, here_of
from tocsin.kernel.live.replay import Batch, Database, Notice, connect, message, replay, snapshot_of
from tocsin.kernel.live.sessions import Sessions
from tocsin.kernel.live.streams import Stream, id_message
from tocsin.kernel.live.threads import AskingThread

log = logging.getLogger(__name__)

Names = Callable[[Collection[str]], Mapping[str, str]]
"""What listeners are called; asked in a thread of its own."""

# What is announced in quick succession is read together.
_GATHER_S = 0.1
DIGEST_EVERY_S = 1.0
# For an announcement that was lost.
_LOOK_EVERY_S = 10.0
_AGAIN_S = 1.0
_BACK_WITHIN_S = 2.0


class Hub:
    """It works while there are screens, and begins with the first."""

    def __init__(self, conninfo: str, thread: AskingThread, known: Sessions, names: Names) -> None:
        self._conninfo = conninfo
        self._thread = thread
        self._sessions = known
        self._names = names
        self._called: dict[str, str] = {}
        self._streams: set[Stream] = set()
        self._last = ""
        self._gathered = Gathered()
        self._is_at_work = False
        self._presence = Presence()
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self._reading = asyncio.Lock()
        self._db: Database | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        wake = self._in_loop(self._wake)
        self._ears = {
            LIVE_CHANNEL: notified.Ear(wake, listening=wake),
            presence.CHANNEL: notified.Ear(self._in_loop(self._hear_presence)),
        }
        for channel, ear in self._ears.items():
            notified.hear(channel, ear)

    @property
    def is_settled(self) -> bool:
        """Whether all that was read is told, so that a screen may go on from there."""
        return not self._gathered

    async def add(self, stream: Stream, last: str) -> Batch | None:
        """Let a screen in; what it missed since `last`, or None when it should load anew. Raises
        psycopg.Error, DataError among them for what is no snapshot."""
        self._streams.add(stream)
        self._begin()
        async with self._reading:
            db = await self._database()
            # The hub's own reading starts no later than this screen's replay ends: no gap between the two.
            self._last = self._last or await snapshot_of(db)
            missed = await replay(db, last or self._last)
        if missed is None:
            return None
        if place := stream.granted.place:
            await self._tell_presence([place])
            await self._show_presence(place, [stream])
        return Batch(self._undigested(missed.notices), missed.snapshot)

    def remove(self, stream: Stream) -> None:
        """Let a screen go. That its reader has left a place is told when they are not back in a moment, as
        who goes from one page of it to the next."""
        self._streams.discard(stream)
        if stream.granted.place:
            self._soon(self._tell_who_left(stream.granted.place))
        elif not self._streams:
            self._rest()

    async def writes(self, place: str, listener: str) -> None:
        """Somebody is writing there. Raises psycopg.Error."""
        await self._announce([presence.writing_payload(place, listener)])

    async def close(self) -> None:
        """End all streams: the server is stopping."""
        for stream in self._streams:
            stream.offer(None)
        for channel, ear in self._ears.items():
            notified.unhear(channel, ear)
        self._rest()
        if self._db:
            await self._db.close()

    # --- Reading -----------------------------------------------------------------------------------

    def _begin(self) -> None:
        if not self._is_at_work:
            self._is_at_work = True
            for work in (self._read, self._digest, self._check, self._watch_presence):
                self._soon(self._patiently(work))

    def _rest(self) -> None:
        """Nobody looks: the next screen begins anew."""
        self._is_at_work, self._last = False, ""
        for task in self._tasks:
            task.cancel()

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _patiently(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        while True:
            try:
                await work()
            except (psycopg.Error, Error) as error:
                log.warning("live screens lost the database, trying again: %s", error)
            except Exception:
                log.exception("a part of the live screens failed; it begins anew")
            await asyncio.sleep(_AGAIN_S)

    async def _read(self) -> None:
        while True:
            await self._fan_out()
            await asyncio.sleep(_GATHER_S)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), _LOOK_EVERY_S)
            self._news.clear()

    async def _fan_out(self) -> None:
        async with self._reading:
            db = await self._database()
            batch = await replay(db, self._last)
            self._last = batch.snapshot if batch else await snapshot_of(db)
        if batch is None:
            for stream in self._streams:
                stream.offer(None)  # each comes back by itself, and loads anew
            return
        batch = Batch(self._undigested(batch.notices), batch.snapshot)
        for stream in self._streams:
            if chunk := stream.encode(batch):
                stream.offer(chunk + id_message(batch.snapshot) if self.is_settled else chunk)

    async def _database(self) -> Database:
        if self._db is None or self._db.closed:
            self._db = await connect(self._conninfo)
        return self._db

    def _undigested(self, notices: Collection[Notice]) -> list[Notice]:
        """What is told at once; the rest is gathered."""
        left = (Notice(one.name, self._gathered.add(one.name, one.topics)) for one in notices)
        return [one for one in left if one.topics]

    # --- Digests -----------------------------------------------------------------------------------

    async def _digest(self) -> None:
        while True:
            await asyncio.sleep(DIGEST_EVERY_S)
            if self._gathered:
                snapshot, gathered = self._last, self._gathered.take()
                try:
                    for topic, news in gathered.items():
                        await self._tell(topic, news)
                except Exception:
                    self._gathered.put_back(gathered)
                    raise
                for stream in self._streams:
                    stream.offer(id_message(snapshot))

    async def _tell(self, topic: str, news: News) -> None:
        streams = [one for one in self._streams if topic in one.topics]
        if not streams:
            return
        load = digests.registered()[topic].load
        told = await self._thread.ask(load, news, {one.reader for one in streams})
        as_json: dict[int, bytes] = {}
        for stream in streams:
            if (mine := told.get(stream.reader)) is None:
                continue
            if id(mine.items) not in as_json:
                as_json[id(mine.items)] = json.dumps(mine.items).encode()
            if chunk := stream.encode_told(topic, mine, as_json[id(mine.items)]):
                stream.offer(chunk)

    # --- Sessions ----------------------------------------------------------------------------------

    async def _check(self) -> None:
        """End the screens of those who have signed out or work here no more."""
        while True:
            await asyncio.sleep(sessions.CHECK_EVERY_S)
            asked_for = list(self._streams)  # who comes while we ask was looked at just now
            whose = await self._sessions.whose({stream.session for stream in asked_for})
            for stream in asked_for:
                if whose.get(stream.session) != stream.granted.listener:
                    stream.offer(None)

    # --- Presence ----------------------------------------------------------------------------------

    async def _watch_presence(self) -> None:
        told_at = 0.0
        while True:
            if time.monotonic() - told_at > presence.TELL_ALL_EVERY_S:
                told_at = time.monotonic()
                await self._tell_presence({one.granted.place for one in self._streams if one.granted.place})
            for place in self._presence.forget():
                await self._show_presence(place)
            await asyncio.sleep(_AGAIN_S)

    async def _tell_who_left(self, place: str) -> None:
        await asyncio.sleep(_BACK_WITHIN_S)
        with contextlib.suppress(psycopg.Error):
            await self._tell_presence([place])
        if not self._streams:
            self._rest()

    async def _tell_presence(self, places: Collection[str]) -> None:
        """All processes of who is at these places on our screens."""
        here = here_of([(one.granted.place, one.granted.listener) for one in self._streams])
        await self._announce(self._presence.tell({place: here.get(place, ()) for place in places}))

    async def _announce(self, payloads: Iterable[str]) -> None:
        async with self._reading:
            db = await self._database()
            for payload in payloads:
                await db.execute("SELECT pg_notify(%s, %s)", [presence.CHANNEL, payload])

    def _hear_presence(self, payload: str) -> None:
        try:
            changed = self._presence.hear(payload)
        except (ValueError, KeyError, TypeError):
            log.warning("something else announced itself on %s: %s", presence.CHANNEL, payload[:100])
            return
        for place in changed:
            self._soon(self._show_presence(place))

    async def _show_presence(self, place: str, to: Collection[Stream] | None = None) -> None:
        """To the screens there, each without its own reader."""
        streams = to or [one for one in self._streams if one.granted.place == place]
        if not streams:
            return
        here = self._presence.at(place)
        called = await self._call(here)
        for stream in streams:
            others = [
                {"name": called[one], "writing": writes}
                for one, writes in here.items()
                if one != stream.granted.listener and one in called
            ]
            stream.offer(message("presence", {"place": place, "people": others}))

    async def _call(self, listeners: Collection[str]) -> Mapping[str, str]:
        if missing := [one for one in listeners if one not in self._called]:
            with contextlib.suppress(Error):
                self._called |= await self._thread.ask(self._names, missing)
        return self._called

    # --- What is announced -------------------------------------------------------------------------

    def _wake(self, _said: object) -> None:
        """Something was announced, or may have been before it was heard."""
        self._news.set()

    def _in_loop(self, act: Callable[[Any], None]) -> Callable[[Any], None]:
        """Announcements are heard in a thread, which may outlive the server's loop."""

        def heard(said: Any) -> None:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(act, said)

        return heard
