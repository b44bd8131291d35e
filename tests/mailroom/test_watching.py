"""Mailboxes watched: counted by the hour, one alarm a silence, and its end by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from tests.mailroom.arrivals import hours as arrivals
from tests.mailroom.arrivals import round_the_clock
from tests.mailroom.boxes import save_mailbox
from tests.mailroom.stand_ins import make_mail

from tocsin.kernel import clock
from tocsin.kernel.models import LiveUpdate, LogEntry
from tocsin.mailroom import queries, services
from tocsin.mailroom.models import Account, ArrivalHour, Delivery, InboundItem
from tocsin.mailroom.services import watching
from tocsin.people.services import create_staff

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
_ARCHIVE = """
INSERT INTO mailroom_inbounditem (channel, source_key, blob_id, account_id, envelope, received_at, state,
    reason, from_address, message_subject, ticket_ref)
SELECT 'email', 'k' || n, 'x', %s, '{}', now() - n * interval '5 minutes', 'opened', '', '', '', ''
FROM generate_series(1, 20000) AS n
"""


@pytest.fixture
def mailbox() -> Account:
    return save_mailbox(address="support@example.test", fetch_url="imaps://u@h/INBOX")


@pytest.fixture
def lead() -> Client:
    """A lead who reads Greek; their browser."""
    person = create_staff(email="eleni@example.test", name="Eleni", role="lead", password="a long enough one")
    person.language = "el"
    person.save()
    create_staff(email="ben@example.test", name="Ben", role="agent", password="a long enough one")
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture(autouse=True)
def still() -> Iterator[None]:
    clock.forget()
    yield
    clock.forget()


def take_in(mailbox: Account, at: datetime, key: str) -> None:
    pk = services.take_in("email", key, make_mail(key), account_id=mailbox.pk)
    InboundItem.objects.filter(pk=pk).update(received_at=at)


def live_until(mailbox: Account, until: datetime) -> None:
    """Eight weeks of a mailbox that is busy round the clock, to that moment, one message as its last."""
    start = until.replace(minute=0, second=0, microsecond=0) - timedelta(weeks=8)
    rows = arrivals(round_the_clock(20), 8 + 1 / 168, 3)
    ArrivalHour.objects.bulk_create(
        ArrivalHour(account=mailbox, hour=start + number * HOUR, count=count + 1)
        for number, (_, count, _) in enumerate(rows)
    )
    Account.objects.filter(pk=mailbox.pk).update(last_arrival_at=until)


def look(hours: float) -> None:
    """So many hours pass, in each of which somebody looks."""
    for _ in range(round(hours * 2)):
        clock.move(HOUR / 2)
        watching.count_arrivals()
        watching.raise_silence_alarms()


def test_arrivals_are_counted_by_the_hour(mailbox: Account, lead: Client) -> None:
    now = clock.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    watching.count_arrivals()
    for number in range(3):
        take_in(mailbox, now, f"now {number}")
    ArrivalHour.objects.create(account=mailbox, hour=hour - HOUR, count=0)
    take_in(mailbox, hour - HOUR / 2, "committed late")
    watching.count_arrivals()
    assert list(ArrivalHour.objects.order_by("hour").values_list("hour", "count")) == [
        (hour - HOUR, 1),
        (hour, 3),
    ]
    mailbox.refresh_from_db()
    assert mailbox.last_arrival_at == now
    health = queries.account_health(hour)[0]
    assert (health.today, health.week) == (3, 4)


def test_an_hour_before_we_looked_is_not_made_up(mailbox: Account) -> None:
    watching.count_arrivals()
    assert ArrivalHour.objects.count() == 1


def test_one_alarm_a_silence_and_its_end(mailbox: Account, lead: Client) -> None:
    live_until(mailbox, clock.now())
    look(12)
    mailbox.refresh_from_db()
    assert mailbox.silent_alarm_at
    (warning,) = Delivery.objects.all()  # an agent gets none
    assert (warning.to_address, warning.origin_ref) == ("eleni@example.test", f"account:{mailbox.pk}")
    assert "σιωπηλ" in warning.payload["subject"]
    assert f"/mailroom/channels/{mailbox.pk}/" in warning.payload["text"]
    assert "support@example.test" in lead.get("/settings/").content.decode()
    take_in(mailbox, clock.now() + HOUR / 4, "at last")
    look(0.5)
    mailbox.refresh_from_db()
    assert mailbox.silent_alarm_at is None
    names = ["mailroom.account-silent", "mailroom.account-heard-again"]
    told = LogEntry.objects.filter(subjects__contains=[f"account:{mailbox.pk}"]).order_by("id")
    assert [one.name for one in told if one.name in names] == names
    shown = LiveUpdate.objects.filter(name__in=names).order_by("id")
    assert [(one.name, one.topics) for one in shown] == [(name, ["silence"]) for name in names]
    look(12)  # a second silence, a second alarm
    assert Delivery.objects.count() == 2


def test_three_days_off_are_no_silence(mailbox: Account, lead: Client) -> None:
    live_until(mailbox, clock.now())
    clock.move(timedelta(days=3))
    watching.count_arrivals()
    assert watching.raise_silence_alarms() == []


def test_the_switch(mailbox: Account, lead: Client) -> None:
    live_until(mailbox, clock.now())
    look(12)
    form = {"address": mailbox.address, "is_enabled": "on", "fetch_url": mailbox.settings["fetch_url"]}
    assert lead.post(f"/mailroom/channels/{mailbox.pk}/edit/", form).status_code == 302
    mailbox.refresh_from_db()
    assert (mailbox.watches_silence, mailbox.silent_alarm_at) == (False, None)
    look(2)
    assert Delivery.objects.count() == 1


def test_a_new_mailbox_raises_none(mailbox: Account) -> None:
    take_in(mailbox, clock.now(), "the first")
    look(24)
    assert not Account.objects.get().silent_alarm_at


def test_the_company_clock_counts(settings: object) -> None:
    """Eight in the morning in Athens is the same hour in summer and in winter."""
    settings.TIME_ZONE = "Europe/Athens"  # type: ignore[attr-defined]  # pytest-django's fixture
    winter, summer = datetime(2026, 1, 5, 6, tzinfo=UTC), datetime(2026, 7, 6, 5, tzinfo=UTC)
    assert [hour.hour for hour, _ in watching._local([(winter, 1), (summer, 1)])] == [8, 8]


def test_counting_costs_the_same_with_any_archive(mailbox: Account) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO mailroom_blob (sha256, size) VALUES ('x', 1)")
        cursor.execute(_ARCHIVE, [mailbox.pk])
        cursor.execute("ANALYZE mailroom_inbounditem")
        hour = clock.now().replace(minute=0, second=0, microsecond=0)
        cursor.execute("EXPLAIN (ANALYZE, FORMAT TEXT) " + watching._COUNT, {"hour": hour, "always": True})
        plan = "\n".join(line for (line,) in cursor.fetchall())
        cursor.execute("EXPLAIN " + watching._LAST)
        plan += "\n".join(line for (line,) in cursor.fetchall())
    assert "inbound_arrivals" in plan
    assert "Seq Scan on mailroom_inbounditem" not in plan


def test_old_hours_are_forgotten(mailbox: Account) -> None:
    for weeks in (1, 15, 17, 30):
        ArrivalHour.objects.create(account=mailbox, hour=clock.now() - timedelta(weeks=weeks), count=1)
    assert watching.forget_old_hours() == 2
