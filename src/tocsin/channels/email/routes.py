"""Two ways out: the first server, and a second one for as long as the first cannot be used.

Whether the first works is known to all threads of a process together. When connections to it have failed
for longer than a moment, mail goes by the second; every now and then one mail tries the first again, and
when that goes through, all do.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Protocol

from tocsin.channels.base import Outbound, Permanent, Receipt, Retry
from tocsin.channels.email import reasons
from tocsin.channels.email.providers.table import is_provider
from tocsin.channels.email.smtp import SmtpConnection
from tocsin.kernel.errors import BadSetting
from tocsin.kernel.reasons import Kept, join

log = logging.getLogger(__name__)

MOMENT_S = 10.0
LOOK_AGAIN_S = 30.0
_AFTER_SETTING_S = 300.0


class Condition:
    """Of the first server, as its users find it; shared by threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._broken_since: float | None = None
        self._look_again_at = 0.0

    def is_to_be_tried(self) -> bool:
        """Whether the next mail goes by the first server; of many asking while it is broken, one is told so
        every LOOK_AGAIN_S."""
        with self._lock:
            now = time.monotonic()
            if not self._is_broken(now):
                return True
            if now < self._look_again_at:
                return False
            self._look_again_at = now + LOOK_AGAIN_S
            return True

    def note_failure(self, began: float) -> bool:
        """A try that began then failed; whether that has gone on for longer than a moment."""
        with self._lock:
            self._broken_since = min(began, self._broken_since or began)
            now = time.monotonic()
            if not self._is_broken(now):
                return False
            self._look_again_at = max(self._look_again_at, now + LOOK_AGAIN_S)
            return True

    def note_success(self) -> bool:
        """It works; whether it did not before."""
        with self._lock:
            was_broken, self._broken_since = self._broken_since is not None, None
            return was_broken

    def _is_broken(self, now: float) -> bool:
        return self._broken_since is not None and now - self._broken_since >= MOMENT_S


class Way(Protocol):
    """A kept connection to somebody who sends for us."""

    @property
    def server(self) -> object:
        """By whom, in words without a secret."""

    def send(self, outbound: Outbound) -> Receipt:
        """Send one message. Raises Permanent or Retry."""

    def check(self) -> str:
        """Try it without sending; what the other side says. Raises Retry."""

    def close(self) -> None:
        """The next `send` connects again."""


def way_by(url: str, *, patience_s: float | None = None) -> Way:
    """The way out that an address names: a mail server, or a provider. Raises BadSetting."""
    if is_provider(url):
        from tocsin.channels.email.providers.sending import ProviderConnection

        return ProviderConnection(url)
    return SmtpConnection(url, timeout=patience_s) if patience_s else SmtpConnection(url)


class NoWay:
    """Where a setting names no way out: a fault of the route, which the second one makes good."""

    def __init__(self, setting: str, fault: Kept) -> None:
        self.server = setting
        self._reason = reasons.SETTING_WRONG(setting=setting, reason=fault)

    def send(self, outbound: Outbound) -> Receipt:
        """Never. Raises Retry."""
        raise Retry(_AFTER_SETTING_S, self._reason, connection=True)

    def check(self) -> str:
        """Raises Retry."""
        raise Retry(_AFTER_SETTING_S, self._reason, connection=True)

    def close(self) -> None:
        """Nothing is open."""


def way_of_setting(setting: str, url: str, *, patience_s: float | None = None) -> Way:
    """The way out that a setting names, however wrong."""
    try:
        return way_by(url, patience_s=patience_s)
    except BadSetting as fault:
        return NoWay(setting, fault.reason)


@dataclass(frozen=True)
class Routes:
    """Connections to both servers, with what all threads know of the first. One thread at a time."""

    first: Way
    second: Way | None
    condition: Condition

    def send(self, outbound: Outbound) -> Receipt:
        """Send by the first server, or by the second while the first is broken. Raises Permanent, Retry."""
        if self.second is None:
            return self.first.send(outbound)
        if not self.condition.is_to_be_tried():
            return self._by_second(outbound, reasons.FIRST_FAILING(server=self.first.server))
        began = time.monotonic()
        try:
            receipt = self.first.send(outbound)
        except Retry as problem:
            if problem.connection and self.condition.note_failure(began):
                return self._by_second(outbound, problem.reason)
            # Not `throttled`: the account need not wait, since there is another way.
            raise Retry(problem.after, problem.reason, connection=problem.connection) from None
        if self.condition.note_success():
            log.info("mail goes out by %s again", self.first.server)
        return _named(receipt, reasons.BY_SERVER(server=self.first.server))

    def close(self) -> None:
        """The next `send` connects again."""
        self.first.close()
        if self.second:
            self.second.close()

    def _by_second(self, outbound: Outbound, why: Kept) -> Receipt:
        assert self.second is not None
        try:
            receipt = self.second.send(outbound)
        except Permanent as refusal:
            raise self._judged(refusal) from None
        except Retry as problem:
            both = join(why, reasons.SECOND_FAILS(reason=problem.reason))
            raise Retry(problem.after, both, connection=problem.connection) from None
        return _named(receipt, reasons.BY_SECOND(server=self.second.server))

    def _judged(self, refusal: Permanent) -> Exception:
        """That there is no such recipient is believed. Whatever else the second server dislikes (often: to
        send for us at all) is no reason to give a mail up which the first would take."""
        if refusal.nobody_there:
            return refusal
        assert self.second is not None
        waits = reasons.SECOND_REFUSES(server=self.second.server, reason=refusal.reason)
        return Retry(LOOK_AGAIN_S, waits)


class KeptRoutes:
    """Connections that stay open between two messages, each used by one thread at a time: there are never
    more than were in use at once, whoever uses them."""

    def __init__(self, condition: Condition) -> None:
        self._condition = condition
        self._urls = ("", "")
        self._idle: list[Routes] = []
        self._lock = threading.Lock()

    @contextmanager
    def taken(self, first: str, second: str) -> Iterator[Routes]:
        """By the servers of these settings, the latter '' where there is none."""
        with self._lock:
            others = [] if self._urls == (first, second) else self._idle
            if others:
                self._idle = []
            self._urls = (first, second)
            routes = self._idle.pop() if self._idle else None
        for one in others:
            one.close()
        if routes is None:
            way = way_of_setting("TOCSIN_SMTP_FALLBACK_URL", second) if second else None
            routes = Routes(way_of_setting("TOCSIN_SMTP_URL", first), way, self._condition)
        try:
            yield routes
        finally:
            with self._lock:
                keeps = self._urls == (first, second)
                if keeps:
                    self._idle.append(routes)
            if not keeps:
                routes.close()


def _named(receipt: Receipt, by: Kept) -> Receipt:
    return replace(receipt, answer=join(receipt.answer, by))
