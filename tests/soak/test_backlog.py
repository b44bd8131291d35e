"""A mailbox with the mail of three days off, fetched by a worker that is killed with -9 on the way.

Each kill comes while messages are being fetched, stored or moved. In the end each is one message of one
ticket, none is missing, the mailbox's comparison says so, and all lie in the folder they were to be moved to.
`make soak ARGS="-k backlog"`; a small one is part of `make test`.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from tests.harness.mailservers import Dovecot, SmtpSink
from tests.harness.processes import Installation, ProductProcess
from tests.harness.waiting import wait_until
from tests.soak import checks
from tests.soak.senders import DOMAIN, SUPPORT, Mail

from tocsin.command.postgres import running_url

DONE = "Done"
_AWAY = timedelta(days=3)
_REST_S = 1800.0


@dataclass
class Site:
    """A running installation that has not seen its mailbox yet."""

    installation: Installation
    up: ProductProcess
    dovecot: Dovecot

    @property
    def data(self) -> Path:
        return self.installation.data

    def fetched(self) -> int:
        """How many messages are in the spool; 0 while nobody can say."""
        with contextlib.suppress(psycopg.Error):
            return int(checks.ask(self.data, "SELECT count(*) FROM mailroom_inbounditem")[0][0])
        return 0

    def kill_worker(self) -> bool:
        """End the worker as a crash does; the supervisor starts another."""
        for process in self.up.children("worker"):
            with contextlib.suppress(psutil.Error):
                process.kill()
                return True
        return False


@pytest.fixture
def site(data_folder: Path, smtp_sink: SmtpSink) -> Iterator[Site]:
    if not shutil.which("dovecot"):
        pytest.skip("Dovecot is missing: apt-get install dovecot-imapd")
    dovecot = Dovecot()
    dovecot.start()
    dovecot.stop()  # it is switched on again when its mail is there
    installation = Installation(
        data_folder,
        TOCSIN_SMTP_URL=smtp_sink.url,
        TOCSIN_MAIL_FROM=SUPPORT,
        TOCSIN_IMAP_URL=dovecot.url,
        TOCSIN_MOVABLE_CLOCK="",
    )
    try:
        yield Site(installation, installation.start_up(), dovecot)
    finally:
        installation.end()
        dovecot.end()


def make_mails(count: int, dice: random.Random) -> list[Mail]:
    """Questions of strangers, written over three days; most are short, some have a file, a few are large."""
    mails = []
    for number in range(count):
        mark = f"b{number}-{dice.randrange(10**9)}"
        written = datetime.now(UTC) - _AWAY * (1 - number / count)
        size = 300_000 if number % 500 == 7 else 20_000 if number % 10 == 3 else 300
        text = "I can not sign in since the weekend. " * (size // 40)
        lines = [text[start : start + 74] for start in range(0, len(text), 74)]
        content = "\r\n".join(
            [
                f"From: Writer {number} <w{number}@{DOMAIN}>",
                f"To: {SUPPORT}",
                f"Subject: My question {mark}",
                f"Message-ID: <{mark}@{DOMAIN}>",
                f"Date: {format_datetime(written)}",
                "",
                *lines,
                f"({mark})",
                "",
            ]
        )
        mails.append(Mail(mark, f"w{number}@{DOMAIN}", content.encode()))
    return mails


def take_the_backlog(site: Site, count: int, kills: int, seed: int) -> dict[str, Any]:
    """All of it; returns the figures. AssertionError when anything was lost or doubled."""
    dice = random.Random(seed)
    mails = make_mails(count, dice)
    wished = json.dumps({"afterwards": "move", "move_to": DONE})
    moving = f"settings = settings || '{wished}', version = version + 1"
    wait_until(lambda: _change(site, moving), "there is a mailbox")
    for mail in mails:
        site.dovecot.deliver(mail.content)
    began = time.monotonic()
    site.dovecot.start()
    _change(site, "asked_at = now()")  # ends the pause after the failures
    killed_at = _kill_on_the_way(site, sorted(dice.sample(range(count // 20, count), kills)))
    wait_until(lambda: site.fetched() >= count, f"all {count} are fetched", patience_s=_REST_S)
    fetched = time.monotonic()
    checks.wait_for_rest(site.data, count, _REST_S)
    settled = time.monotonic()
    repeated = checks.check_mails(site.data, mails)
    _check_the_mailbox(site, count)
    return {
        "mails": count,
        "killed": len(killed_at),
        "at": killed_at,
        "fetched_s": round(fetched - began, 1),
        "all_tickets_s": round(settled - began, 1),
        "fetched twice": repeated,
    }


def _change(site: Site, values: str) -> bool:
    """Whether there was a mailbox to change."""
    with contextlib.suppress(psycopg.Error), psycopg.connect(str(running_url(site.data))) as db:
        return db.execute(f"UPDATE mailroom_account SET {values} WHERE channel = 'email'").rowcount == 1
    return False


def _kill_on_the_way(site: Site, moments: list[int]) -> list[int]:
    """Kill the worker each time so many are fetched; how many were, when it died."""
    killed_at = []
    for moment in moments:
        wait_until(
            lambda moment=moment: site.fetched() >= moment, f"{moment} are fetched", patience_s=_REST_S
        )
        wait_until(site.kill_worker, "there is a worker to kill")
        killed_at.append(site.fetched())
    return killed_at


def _check_the_mailbox(site: Site, count: int) -> None:
    (rows, sources) = checks.ask(
        site.data, "SELECT count(*), count(DISTINCT source_key) FROM mailroom_inbounditem"
    )[0]
    assert rows == sources == count
    wait_until(lambda: _state(site)[0] == "", "all are moved")
    assert _in_folder(site.dovecot, "INBOX") == 0
    assert _in_folder(site.dovecot, DONE) == count
    _, error, last_error, comparison = _state(site)
    assert (error, last_error, comparison.get("missing")) == ("", "", 0)


def _state(site: Site) -> tuple[Any, ...]:
    place = "coalesce(state->>'untidied', ''), coalesce(state->>'tidy_error', '')"
    columns = f"{place}, last_error, coalesce(state->'comparison', '{{}}')"
    return checks.ask(site.data, f"SELECT {columns} FROM mailroom_account WHERE channel = 'email'")[0]


def _in_folder(dovecot: Dovecot, folder: str) -> int:
    import imaplib

    with imaplib.IMAP4("127.0.0.1", dovecot.port) as client:
        client.login(dovecot.user, dovecot.password)
        found = client.select(folder, readonly=True)[1]
        return int(found[0] or 0)


def run(site: Site, count: int, kills: int, capsys: pytest.CaptureFixture[str]) -> None:
    """With the seed and the figures printed, and the processes' words when it fails."""
    seed = int(os.environ.get("SOAK_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
    with capsys.disabled():
        print(f"\nbacklog, seed {seed}: ", end="", flush=True)
    try:
        figures = take_the_backlog(site, count, kills, seed)
    except BaseException:
        print(site.up.output[-30_000:])
        raise
    with capsys.disabled():
        print(json.dumps(figures), flush=True)


@pytest.mark.processes
def test_a_small_backlog(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    run(site, 300, 2, capsys)


@pytest.mark.soak
def test_ten_thousand_after_three_days_off(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    run(site, 10_000, 10, capsys)
