"""Sending by lanes: each account has its own, so that one that is down or slow holds up no other."""

from __future__ import annotations

import threading

from django.db.models import Exists, OuterRef

from tocsin.channels.registry import channel, channels
from tocsin.kernel.notified import Wake
from tocsin.mailroom import direct, queries
from tocsin.mailroom.models import Account, Delivery, DeliveryState
from tocsin.mailroom.services.lane import Lane
from tocsin.mailroom.services.turns import Login
from tocsin.mailroom.services.upkeep import queue_what_is_due

_LOOK_FOR_WORK_EVERY_S = 30.0


class Lanes:
    """All lanes of this process, each begun when there is something to send by it. Those of one login share
    its connections."""

    def __init__(self) -> None:
        self._lanes: dict[int, Lane] = {}
        self._logins: dict[str, Login] = {}
        self._threads: list[threading.Thread] = []

    def run(self, stop: threading.Event) -> None:
        """Keep every lane going until `stop` is set. Raises django.db.Error; begun again, it goes on."""
        news = Wake(direct.OUTBOX_CHANNEL)
        while not stop.is_set():
            for account in _accounts_with_work():
                self._lane_of(account, stop).wake()
            news.wait(stop, _LOOK_FOR_WORK_EVERY_S)
        for lane in self._lanes.values():
            lane.wake()
        for thread in self._threads:
            thread.join()

    def _lane_of(self, account: Account, stop: threading.Event) -> Lane:
        if account.pk not in self._lanes:
            name = _login_of(account)
            login = self._logins.setdefault(name, Login(name, channel(account.channel).can.connections))
            lane = self._lanes[account.pk] = Lane(account, login)
            thread = threading.Thread(target=lane.run, args=(stop,), name=f"lane-{account.pk}", daemon=True)
            self._threads.append(thread)
            thread.start()
        return self._lanes[account.pk]


def dispatch(limit: int = 1_000_000) -> int:
    """Send what is due now by one connection an account, at most `limit`; returns the number of attempts."""
    queue_what_is_due()
    attempts = 0
    for account in _accounts_with_work():
        attempts += Lane(account, Login(_login_of(account), 1), 1).run_until_idle(limit - attempts)
    return attempts


def _login_of(account: Account) -> str:
    return channel(account.channel).sends_by(queries.account_value(account, lenient=True))


def _accounts_with_work() -> list[Account]:
    queued = Delivery.objects.filter(state=DeliveryState.QUEUED, account=OuterRef("pk"))
    enabled = Account.objects.filter(is_enabled=True, channel__in=list(channels()))
    return list(enabled.filter(Exists(queued)).order_by("pk"))
