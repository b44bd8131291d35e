"""The whole way with a provider, through real processes: a mail is posted to us, its acknowledgement goes out
by the provider, and the provider reports that it arrived."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import socket
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from tests.harness.processes import Installation
from tests.harness.provider_reports import AUTHORIZATION, SETTINGS, Mail, post
from tests.harness.providers import Provider, seen
from tests.harness.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.processes


def tell(url: str, path: str, body: bytes, authorization: str = AUTHORIZATION) -> int:
    """Post as a provider does; the status."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE_S)
    headers = {"Authorization": authorization, "Content-Type": "application/json"}
    connection.request("POST", f"/channels/email/default/webhook/{path}/", body, headers)
    return connection.getresponse().status


def one(db: psycopg.Connection[Any], query: str) -> Any:
    row = db.execute(query).fetchone()
    return row and row[0]


def test_there_and_back(installation: Installation, provider: Provider) -> None:
    installation.env |= {
        **SETTINGS,
        "TOCSIN_SMTP_URL": provider.url,
        "TOCSIN_MAIL_FROM": "support@example.test",
    }
    web, _worker = installation.start_web(), installation.start_worker()
    raw = (
        "From: Maria <maria@customer.test>\r\nSubject: Down\r\nMessage-ID: <1@customer.test>\r\n\r\nHelp\r\n"
    )
    mail = {"FromFull": {}, "RawEmail": raw, "MessageID": "pm-1", "OriginalRecipient": "support@example.test"}
    assert tell(installation.url, "postmark/inbound", json.dumps(mail).encode()) == 200
    wait_until(lambda: provider.sent, "the acknowledgement is sent")
    acknowledgement = seen("postmark", provider.sent[0])
    assert acknowledgement.to == "maria@customer.test"
    assert acknowledgement.headers["In-Reply-To"] == "<1@customer.test>"
    assert acknowledgement.headers["Auto-Submitted"] == "auto-replied"
    with psycopg.connect(installation.env["DATABASE_URL"], autocommit=True) as db:
        wait_until(lambda: one(db, "SELECT state FROM mailroom_delivery") == "sent", "it is recorded")
        ref = str(one(db, "SELECT provider_ref FROM mailroom_delivery")).partition(":")[2]
        report = post("postmark", "delivered", Mail(ref, acknowledgement.name, "maria@customer.test"))
        assert tell(installation.url, "postmark/tracking", report.body, "Basic bm86bm8=") == 401
        assert tell(installation.url, "postmark/tracking", report.body) == 200
        wait_until(lambda: one(db, "SELECT state FROM mailroom_delivery") == "delivered", "it arrived")
        untold = "SELECT count(*) FROM mailroom_unannounced"
        wait_until(lambda: one(db, untold) == 0, "and everybody heard")
    _turned_away_at_once(installation.url)
    assert "the-key-of-the-account" not in web.output + _worker.output


def test_a_post_with_a_large_file_is_taken_whole(installation: Installation) -> None:
    """As Postmark posts it: the source, and the file in base64 beside it."""
    installation.env |= SETTINGS
    installation.start_web()
    file = base64.encodebytes(b"y" * 57 * 300_000).decode().replace("\n", "\r\n")
    head = "From: Maria <maria@customer.test>\r\nSubject: Large\r\nMessage-ID: <2@customer.test>\r\n"
    raw = f"{head}Content-Transfer-Encoding: base64\r\n\r\n{file}"
    mail = {"FromFull": {}, "RawEmail": raw, "MessageID": "pm-2", "OriginalRecipient": "support@example.test"}
    body = json.dumps(mail | {"Attachments": [{"Name": "y", "Content": file}]}).encode()
    assert len(body) > 45 * 2**20
    assert tell(installation.url, "postmark/inbound", body) == 200
    with psycopg.connect(installation.env["DATABASE_URL"], autocommit=True) as db:
        kept = one(db, "SELECT sha256 FROM mailroom_blob")
        assert kept == hashlib.sha256(raw.encode()).hexdigest()


def _turned_away_at_once(url: str) -> None:
    """A stranger who announces much is answered before a byte of it has come."""
    parts = urlsplit(url)
    head = (
        "POST /channels/email/default/webhook/postmark/inbound/ HTTP/1.1\r\nHost: x\r\n"
        "Content-Length: 30000000\r\n\r\n"
    )
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=PATIENCE_S) as plug:
        plug.sendall(head.encode())
        assert plug.recv(100).startswith(b"HTTP/1.1 401")
