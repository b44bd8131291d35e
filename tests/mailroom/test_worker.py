"""The worker process as it is started in earnest, killed with -9 while it takes in, opens and sends."""

from __future__ import annotations

import smtplib
import time
from collections import Counter
from pathlib import Path

import psycopg
import pytest
from tests.harness.mailservers import SmtpSink
from tests.harness.processes import Installation
from tests.harness.waiting import wait_until
from tests.mailroom.stand_ins import make_mail

MAILS = 60


@pytest.fixture
def running(data_folder: Path, fresh_database: str, smtp_sink: SmtpSink) -> Installation:
    return Installation(
        data_folder, fresh_database, TOCSIN_SMTP_URL=smtp_sink.url, TOCSIN_MAIL_FROM="support@example.test"
    )


@pytest.mark.processes
def test_killed_while_busy_nothing_is_lost_and_doubles_are_marked(
    running: Installation, fresh_database: str, smtp_sink: SmtpSink
) -> None:
    smtp_sink.pause = 0.01
    worker = running.start_worker()
    try:
        taken: set[str] = set()
        left = [make_mail(f"Mail {number}", sender=f"c{number}@customer.test") for number in range(MAILS)]
        kill_at = {50, 30, 10}
        deadline = time.monotonic() + 60
        while left and time.monotonic() < deadline:
            if len(left) in kill_at:
                kill_at.remove(len(left))
                time.sleep(0.15)
                worker.kill9()
                worker.start()
            answer = _push(running, left[0])
            if answer:
                taken.add(answer)
                left.pop(0)
        assert not left, worker.output
        with psycopg.connect(fresh_database, autocommit=True) as db:
            wait_until(lambda: _spooled(db) == 0, "everything is opened")
            wait_until(lambda: _unsent(db) == 0, "everything is sent")
            states = dict(db.execute("SELECT id::text, state FROM mailroom_inbounditem").fetchall())
            assert taken <= states.keys()
            # a kill between our commit and the answer makes the client send the mail again: it is ignored
            assert Counter(states.values())["opened"] == MAILS
            doubtful = db.execute("SELECT message_id FROM mailroom_delivery WHERE maybe_twice").fetchall()
        sent = Counter(one.message["Message-ID"].strip() for one in smtp_sink.messages)
        twice = {name for name, count in sent.items() if count > 1}
        assert twice <= {row[0] for row in doubtful}
        assert worker.stop() == 0, worker.output
    finally:
        running.end()


def _push(running: Installation, raw: bytes) -> str:
    """The inbound id, or '' when the worker is not there or was killed before its answer."""
    try:
        with smtplib.LMTP(str(running.data / "run" / "mail.sock")) as client:
            client.ehlo_or_helo_if_needed()
            client.mail("x@customer.test")
            client.rcpt("support@example.test")
            code, words = client.data(raw)
    except (OSError, smtplib.SMTPException):
        time.sleep(0.05)
        return ""
    return words.decode().rpartition("inbound ")[2] if code == 250 else ""


def _spooled(db: psycopg.Connection[tuple[object, ...]]) -> object:
    row = db.execute("SELECT count(*) FROM mailroom_inbounditem WHERE state = 'spooled'").fetchone()
    return row and row[0]


def _unsent(db: psycopg.Connection[tuple[object, ...]]) -> object:
    row = db.execute("SELECT count(*) FROM mailroom_delivery WHERE state <> 'sent'").fetchone()
    return row and row[0]
