"""A notice to 10,000 customers, from the click that declares it to the last mail in a local sink."""

from __future__ import annotations

import email.policy
import smtplib
import time
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import psycopg

from bench.figures import Figure
from bench.sink import Sink
from bench.site import Site, running_site

CUSTOMERS = 10_000
_PATIENCE_S = 600.0
_PROCESSES = ("worker", "database")
_TEXT = "Storage does not answer since this morning. We have found the cause and exchange a part. " * 3

_LOAD = """
WITH made AS (
    INSERT INTO people_customer (key, name, language, tier, created_at)
    SELECT 'n' || n, 'Company ' || n, CASE WHEN n %% 2 = 0 THEN 'el' ELSE 'en' END, '', now()
    FROM generate_series(1, %(count)s) n RETURNING id, key
), met AS (
    INSERT INTO people_contact (customer_id, name, language, created_at)
    SELECT id, key, '', now() FROM made RETURNING id, name
), reached AS (
    INSERT INTO people_address (contact_id, channel, value, folded, managed, position, bounce_reason)
    SELECT id, 'email', name || '@customers.example', name || '@customers.example', true, 0, '' FROM met
)
INSERT INTO catalog_use (customer_id, component_id)
SELECT made.id, component.id FROM made, catalog_component component
"""


def measure() -> list[Figure]:
    """Mails per second in all, and how long the first one and the click itself took."""
    with Sink() as sink:
        with running_site(TOCSIN_SMTP_URL=sink.url) as site:
            _load(site)
            worked = {name: site.cpu_seconds(name) for name in _PROCESSES}
            click_s, first_s, rate = _declare(site, sink)
            cost = {name: 1000 * (site.cpu_seconds(name) - worked[name]) / CUSTOMERS for name in _PROCESSES}
        floor, floor_cost = _floor(sink)
    name = "smtplib sending prepared bytes over one connection"
    return [
        Figure(f"notice to {CUSTOMERS:,}, click to last mail", rate, "mails/s", name, floor, at_least=0.05),
        Figure("notice: the worker's part", cost["worker"], "ms CPU/mail", name, floor_cost, at_most=25),
        Figure("notice: the database's part", cost["database"], "ms CPU/mail", name, floor_cost, at_most=25),
        Figure(f"notice to {CUSTOMERS:,}: the click is answered", click_s, "s"),
        Figure(f"notice to {CUSTOMERS:,}: click to first mail", first_s, "s"),
    ]


def _load(site: Site) -> None:
    site.post("/components", {"key": "storage", "name": {"en": "Storage", "el": "Αποθήκευση"}})
    with psycopg.connect(site.database_url, autocommit=True) as connection:
        connection.execute(_LOAD, {"count": CUSTOMERS})
        connection.execute("VACUUM ANALYZE")


def _declare(site: Site, sink: Sink) -> tuple[float, float, float]:
    before = sink.count()
    began = time.monotonic()
    site.post(
        "/incidents",
        {
            "title": "Storage is down",
            "impact": "critical",
            "components": ["storage"],
            "started_at": datetime.now(UTC).isoformat(),
            "message": {
                "en": _TEXT,
                "el": "Η αποθήκευση δεν απαντά από το πρωί. Αλλάζουμε ένα εξάρτημα. " * 3,
            },
            "next_update_at": (datetime.now(UTC) + timedelta(hours=1)).isoformat(),
        },
    )
    click = time.monotonic() - began
    first = sink.wait_for(before + 1, _PATIENCE_S) - began
    return click, first, CUSTOMERS / (sink.wait_for(before + CUSTOMERS, _PATIENCE_S) - began)


def _floor(sink: Sink) -> tuple[float, float]:
    """Mails per second and CPU milliseconds a mail, for a quarter of them: prepared, one after the other."""
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"], message["To"], message["Subject"] = (
        "support@bench.example",
        "a@b.example",
        "Storage is down",
    )
    message.set_content(_TEXT)
    data, count = message.as_bytes(), CUSTOMERS // 4
    with smtplib.SMTP("127.0.0.1", sink.port) as smtp:
        smtp.ehlo()
        began, worked = time.perf_counter(), time.process_time()
        for number in range(count):
            smtp.sendmail("support@bench.example", [f"n{number}@customers.example"], data)
        rate = count / (time.perf_counter() - began)
        return rate, 1000 * (time.process_time() - worked) / count
