"""Running what channels run for long: a thread an account, and one at a time for each in the whole
installation."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any

import psycopg
from django.db import DatabaseError, InterfaceError, connections

from tocsin.channels.base import Retry
from tocsin.channels.hosting import Superseded
from tocsin.channels.registry import channel, channels
from tocsin.kernel.errors import BadSetting
from tocsin.kernel.locks import Lock
from tocsin.kernel.restart import patiently
from tocsin.mailroom import direct, queries, reasons, rules, services
from tocsin.mailroom.hosting import Host, Spool, pause
from tocsin.mailroom.services import accounts

_LOOK_FOR_ACCOUNTS_EVERY_S = 5.0
_RUNNING = Lock("mailroom.run-account")


def keep_running(stop: threading.Event) -> None:
    """Keep a thread for every account that is to be run, until `stop` is set."""
    services.ensure_accounts()
    runners: dict[tuple[int, int], _Runner] = {}
    while not stop.is_set():
        wanted = {(one.pk, one.version) for one in queries.accounts_to_run()}
        for key in runners.keys() - wanted:
            runners.pop(key).stop.set()
        for key in wanted - runners.keys():
            runners[key] = _Runner(key[0])
            runners[key].start()
        connections.close_all()
        stop.wait(_LOOK_FOR_ACCOUNTS_EVERY_S)
    for runner in runners.values():
        runner.stop.set()


def keep_serving(stop: threading.Event) -> None:
    """Keep a thread for every channel that is pushed to, until `stop` is set."""
    services.ensure_accounts()
    threads = [
        threading.Thread(target=_serve, args=(one.key, stop), name=f"serve-{one.key}", daemon=True)
        for one in channels().values()
        if one.serves
    ]
    connections.close_all()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _serve(key: str, stop: threading.Event) -> None:
    patiently(lambda until: channel(key).serve(Spool(key, until)), stop)


class _Runner(threading.Thread):
    def __init__(self, account_id: int) -> None:
        super().__init__(name=f"account-{account_id}", daemon=True)
        self.watch = Watch(account_id)
        self.stop = threading.Event()

    def run(self) -> None:
        """Until told to stop."""
        patiently(self._run, self.stop)

    def _run(self, stop: threading.Event) -> None:
        with direct.connect() as lock:
            if _is_ours(lock, self.watch.account_id):
                self.watch.run(stop, lock)
            else:  # another worker has it; should that one end, we take over
                stop.wait(_LOOK_FOR_ACCOUNTS_EVERY_S)


def _is_ours(lock: direct.Connection, account_id: int) -> bool:
    row = lock.execute("SELECT pg_try_advisory_lock(%s)", [_RUNNING.key_of(account_id)]).fetchone()
    return bool(row and row[0])


class Watch:
    """One account, run after run; each failure makes the pause longer, success forgets them."""

    def __init__(self, account_id: int) -> None:
        self.account_id = account_id
        self._memo: dict[str, Any] = {}
        self._failures = 0
        self._begun_at: datetime | None = None

    def run(self, stop: threading.Event, lock: direct.Connection | None = None) -> None:
        """Until `stop` is set, or until a failure is noted beside the account and its pause is over."""
        self._begun_at = queries.asked_at(self.account_id)
        try:
            host = Host(self.account_id, stop, self._memo, self._forget_failures, lock)
            channel(host.account.channel).run(host)
        except Retry as broken:
            self._failures += 1
            accounts.note_error(self.account_id, broken.reason, broken.trouble)
            self._pause(rules.fetch_pause(self._failures, wants_a_person=broken.needs_staff), stop, lock)
        except BadSetting as wrong:
            accounts.note_error(self.account_id, wrong.reason)
            self._pause(rules.fetch_pause(1, wants_a_person=True), stop, lock)
        except Superseded:  # whoever runs it now begins anew
            stop.wait(1)
        except (psycopg.Error, DatabaseError, InterfaceError):
            raise
        except Exception as fault:  # of our own making: staff shall see why nothing comes
            said = reasons.FETCHING_FAILED(error=f"{type(fault).__name__}: {fault}"[:500])
            accounts.note_error(self.account_id, said)
            raise

    def _forget_failures(self) -> None:
        self._failures = 0

    def _pause(self, seconds: float, stop: threading.Event, lock: direct.Connection | None) -> None:
        """Or until staff want it looked into, from when this run began."""
        pause(seconds, self.account_id, self._begun_at, stop, lock)
