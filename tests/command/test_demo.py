"""The demo company: what is loaded holds together, and its outage plays out."""

from __future__ import annotations

import email
import os
import re
import smtplib
import socket
import subprocess
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from django.db.models import Count
from tests.harness.processes import Installation
from tests.harness.waiting import PATIENCE_S, wait_until

from tocsin.command.children import tocsin
from tocsin.command.demo import company, play
from tocsin.command.demo.customers import BOTH, CLIENTS, MAIL
from tocsin.command.demo.loader import load
from tocsin.command.demo.loader.company import load_company
from tocsin.command.demo.outages import PAST
from tocsin.command.demo.place import check_is_demo, recall
from tocsin.command.demo.play import Play
from tocsin.command.demo.sink import MailSink, mails_to
from tocsin.command.demo.stories import TOPICS, VOICES
from tocsin.command.demo.tickets import COUNT, DAYS, LATELY, make_cases
from tocsin.command.faults import Fault
from tocsin.command.folders import hold
from tocsin.desk import queries as desk
from tocsin.desk.models import Attachment, Message, Ticket
from tocsin.incidents import queries as incidents
from tocsin.incidents import services
from tocsin.incidents.models import Incident
from tocsin.incidents.rules import matching
from tocsin.kernel import clock
from tocsin.kernel.actors import SYSTEM
from tocsin.kernel.models import SearchDocument
from tocsin.kernel.references import parse_reference
from tocsin.kernel.text import fold, guess_language
from tocsin.mailroom import queries as mailroom
from tocsin.mailroom.models import Delivery, InboundItem
from tocsin.people import queries as people
from tocsin.people.models import Customer, Staff

if TYPE_CHECKING:
    pass

NOW = datetime(2026, 5, 12, 9, 30, tzinfo=UTC)
# Of two years: ordinary days at ordinary and strange hours, and days on which calendars go wrong.
ORDINARY = [datetime(2027, 1, 4, 9, 30, tzinfo=UTC) + timedelta(days=27 * n, hours=7 * n) for n in range(27)]
STRANGE = [
    datetime.fromisoformat(f"{moment}+00:00")
    for moment in (
        "2026-11-30T12:00",  # a month ends
        "2027-01-01T00:10",
        "2027-01-31T23:50",
        "2027-02-28T22:05",
        "2027-03-28T00:59",  # the hour before clocks go forward in Athens, and the one after
        "2027-03-28T01:01",
        "2027-10-31T00:30",  # the hour that comes twice
        "2027-10-31T01:30",
        "2027-12-31T21:59",  # the year ends in Athens and, two hours later, here
        "2027-12-31T23:59",
        "2028-02-29T10:00",
        "2028-03-01T02:00",
        "2028-12-31T23:59",
    )
]
assert len(ORDINARY + STRANGE) == 40
# On this the company is also loaded: a leap day.
LOADED_ON = [datetime(2028, 2, 29, 10, tzinfo=UTC)]
CERTIFICATE = ("certificate", "πιστοποιητικο", "certifikat", "certificado", "сертификат")


# --- What is written, without a database ------------------------------------------------------------


def test_every_language_has_every_topic() -> None:
    assert set(VOICES) == set(company.LANGUAGES)
    for voice in VOICES.values():
        assert set(voice.stories) == set(TOPICS)


@pytest.mark.parametrize("now", ORDINARY + STRANGE, ids=str)
def test_it_is_the_same_company_on_every_day(now: datetime) -> None:
    assert who_writes_what(now) == who_writes_what(NOW)
    for language, word in zip(company.LANGUAGES, CERTIFICATE, strict=True):
        texts = [case.said[0].text for case in make_cases(now) if case.client.language == language]
        assert any(word in fold(text) for text in texts)


def who_writes_what(now: datetime) -> Counter[str]:
    """But for the year, which some of them name."""
    said = (
        f"{case.client.key} {case.department} {case.priority} {case.subject} {case.said[0].text}"
        for case in make_cases(now)
    )
    return Counter(re.sub(r"20\d\d", "year", text) for text in said)


@pytest.mark.parametrize("now", ORDINARY + STRANGE, ids=str)
def test_conversations_are_in_order_and_past(now: datetime) -> None:
    cases = make_cases(now)
    for case in cases:
        moments = [one.at for one in case.said]
        assert moments == sorted(moments)
        assert now - timedelta(days=DAYS + 1) < moments[0] <= moments[-1] < now
        assert case.said[0].kind == "customer"
        assert not any("{" in f"{case.subject}{one.text}" for one in case.said)
    waiting = [case for case in cases if case.status in ("new", "open")]
    assert 15 <= len(waiting) <= 60


@pytest.mark.parametrize("now", ORDINARY + STRANGE, ids=str)
def test_few_write_at_weekends(now: datetime) -> None:
    zone = ZoneInfo(company.TIME_ZONE)
    older = sorted(make_cases(now), key=lambda case: case.opened_at)[:COUNT]
    by_day = Counter(case.opened_at.astimezone(zone).weekday() for case in older)
    assert by_day[5] + by_day[6] < by_day[0]


@pytest.mark.parametrize("now", ORDINARY + STRANGE, ids=str)
def test_nothing_of_the_last_hours_is_taken_for_the_outage(now: datetime) -> None:
    known_by = mail_words()
    for case in make_cases(now):
        if now - case.opened_at < LATELY:
            finding = matching.judge(f"{case.subject}\n{case.said[0].text}", known_by, in_audience=True)
            assert finding.verdict != matching.Verdict.ATTACH, case.subject


def test_customers_write_in_their_language() -> None:
    asks = [case for case in make_cases(NOW) if case.said[0].kind == "customer"]
    wrong = [
        case.said[0].text
        for case in asks
        if guess_language(case.said[0].text) not in (case.client.language, None)
    ]
    assert wrong == []


def test_no_real_mail_domain() -> None:
    for client in CLIENTS:
        assert client.address.endswith(".example")
    for person in company.STAFF:
        assert person.address.endswith(".example")


def test_who_writes_about_the_outage_names_what_is_broken() -> None:
    known_by = mail_words()
    for voice in VOICES.values():
        for subject, text in voice.mail_is_down:
            finding = matching.judge(f"{subject}\n{text}", known_by, in_audience=True)
            assert finding.verdict == matching.Verdict.ATTACH, text
        for exchange in voice.stories["slow"]:
            finding = matching.judge(f"{exchange.subjects[0]}\n{exchange.ask}", known_by, in_audience=False)
            assert finding.verdict == matching.Verdict.NOTHING, exchange.ask


def mail_words() -> matching.Vocabulary:
    part = next(part for part in company.COMPONENTS if part.key == "mail")
    return matching.vocabulary([*part.name.values(), *part.words])


# --- What is loaded ---------------------------------------------------------------------------------


@pytest.fixture
def staff(db: None) -> None:
    load_company(clock.now())


@pytest.mark.parametrize("now", LOADED_ON, ids=str)
def test_the_loaded_company_holds_together(db: None, now: datetime) -> None:
    clock.move(now - clock.now())
    assert load(now)
    check_counts()
    check_references_and_times(now)
    check_mail()
    check_incidents(now)
    check_search()
    assert load(clock.now()) is False, "it is loaded once"


def check_counts() -> None:
    assert Customer.objects.count() == 40
    assert {person.email for person in Staff.objects.all()} == {person.address for person in company.STAFF}
    lead = people.first_lead()
    assert lead is not None
    assert lead.email == company.HEAD_OF_SUPPORT.address
    assert 250 <= Ticket.objects.count() <= 400
    by_language = Counter(Ticket.objects.values_list("language", flat=True))
    assert set(by_language) == set(company.LANGUAGES)
    assert min(by_language.values()) >= 25
    assert set(Ticket.objects.values_list("status", flat=True)) >= {
        "new",
        "open",
        "pending",
        "answered",
        "closed",
    }
    assert Attachment.objects.count() >= 15


def check_references_and_times(now: datetime) -> None:
    for ticket in Ticket.objects.annotate(said=Count("messages")):
        assert parse_reference(ticket.ref, "T") == ticket.ref
        assert ticket.message_count == ticket.said
        assert ticket.opened_at <= ticket.activity_at < now
        assert (ticket.status == "closed") == (ticket.closed_at is not None)
        assert (ticket.status in ("answered", "pending")) == (ticket.waiting_since is not None)
    last: dict[int, datetime] = {}
    for message in Message.objects.order_by("ticket_id", "id"):
        assert last.get(message.ticket_id, message.at) <= message.at < now, "ids and times agree"
        last[message.ticket_id] = message.at


def check_mail() -> None:
    """Every mail is there as it came, and reads as what the ticket shows; nothing waits to be sent."""
    assert Delivery.objects.exclude(state="sent").count() == 0
    assert Message.objects.filter(kind="customer", inbound=None).count() == 0
    assert InboundItem.objects.exclude(state="opened").count() == 0
    for message in Message.objects.filter(attachments__isnull=False)[:5]:
        assert message.inbound_id
        inbound = mailroom.parsed_inbound(message.inbound_id).inbound
        assert inbound.text.strip() == message.text.strip()
        assert inbound.message_id == message.rfc_message_id
        assert [one.name for one in inbound.attachments] == [one.name for one in message.attachments.all()]


def check_incidents(now: datetime) -> None:
    rows = Incident.objects.order_by("declared_at")
    assert [row.title for row in rows.filter(kind="unplanned")] == [outage.titles["en"] for outage in PAST]
    assert rows.filter(kind="scheduled", scheduled_for__gt=now, next_update_at__gt=now).count() == 1
    mail_users = sum(client.uses in (MAIL, BOTH) for client in CLIENTS)
    found = incidents.figures(rows[0].ref or "")
    assert found.affected == found.informed == mail_users
    # Those who wrote of it, and perhaps somebody whose everyday question met it.
    assert PAST[0].contacts <= found.contacts_attached <= PAST[0].contacts + 2
    assert found.informed_first_rate is not None
    assert 0.5 < found.informed_first_rate < 1
    assert found.sent == mail_users * len(PAST[0].words)
    attached = Ticket.objects.filter(linked_ref=rows[0].ref)
    assert attached.count() == found.contacts_attached
    assert not attached.exclude(status="closed").exists()


def check_search() -> None:
    lead = people.first_lead()
    assert lead is not None
    for word in CERTIFICATE:
        assert desk.search(word, lead).items, word
    documents = SearchDocument.objects.filter(kind="ticket").values_list("part", flat=True)
    said = Message.objects.exclude(machine="acknowledgement")  # which says nothing that one would look for
    assert set(documents) == set(said.values_list("pk", flat=True))
    assert SearchDocument.objects.filter(kind="incident").exists()


def test_no_outage_is_played_into_an_open_alert(staff: None, tmp_path: Path) -> None:
    incident = _declare("mail")
    with pytest.raises(Fault, match=rf"{incident.ref} “Broken”.* http://demo\.test/alerts/{incident.ref}/"):
        Play(tmp_path, "http://demo.test", fast=True).run()


def test_the_news_page_is_called_green_only_when_it_is(staff: None) -> None:
    assert play.news_page() == "the news page is green"
    incident = _declare("web-athens")
    assert play.news_page() == f"the news page still shows {incident.ref}"


def _declare(component: str) -> Incident:
    new = services.NewIncident(
        "Broken", [component], {"en": "!"}, clock.now() + timedelta(hours=1), clock.now()
    )
    return services.declare(new, actor=SYSTEM)


def test_mails_are_kept_readable(tmp_path: Path) -> None:
    plug = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=MailSink(tmp_path, plug).run, daemon=True).start()
    mail = EmailMessage()
    mail["Subject"] = "Βλάβη"
    mail.set_content("Το email δεν λειτουργεί.\n", cte="base64")
    mail.add_attachment(b"\0\1", maintype="application", subtype="octet-stream", filename="x.bin")
    with smtplib.SMTP(*plug.getsockname(), timeout=PATIENCE_S) as server:
        server.send_message(mail, "us@example.test", "maria@example.test")
    (kept,) = mails_to(tmp_path, "maria@example.test")
    assert "\nΤο email δεν λειτουργεί.\n" in kept.read_text()
    read = email.message_from_bytes(kept.read_bytes(), policy=policy.default)
    assert read["Subject"] == "Βλάβη"
    text, attachment = read.iter_parts()
    assert text.get_content() == "Το email δεν λειτουργεί.\n" and attachment.get_content() == b"\0\1"


def test_a_real_installation_is_left_alone(db: None) -> None:
    people_services = pytest.importorskip("tocsin.people.services")
    people_services.save_customer(key="K-1", name="Somebody real", addresses=["real@example.test"])
    with pytest.raises(Fault, match="of its own"):
        load(clock.now())


def test_the_folder_of_a_real_installation_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    (tmp_path / "postgres").mkdir()
    with pytest.raises(Fault, match="not a demo"):
        check_is_demo(tmp_path)


# --- The whole of it ----------------------------------------------------------------------------------


@pytest.mark.processes
def test_the_outage_plays_out(bare_installation: Installation) -> None:
    """Loading, real mails, the alert, the silence, the end, with its own database; then a second start."""
    one = bare_installation
    arguments = ["demo", "--data", str(one.data), "--port", str(one.port)]
    demo = one.start(*arguments)
    one.wait_ready(demo)
    wait_until(lambda: "Logins" in demo.output, "the logins are shown")
    for person in company.STAFF:
        assert person.password in demo.output

    played = one.run("demo", "--data", str(one.data), "--outage", "--fast")
    output = played.stdout.decode()
    assert played.returncode == 0, output + played.stderr.decode()
    assert "10 tickets are attached" in output
    assert "30 of 30 affected customers are informed" in output
    assert "back in the queue: yes, priority high" in output
    assert "in the queue: yes, attached: no" in output
    assert "is warned" in output
    assert "Contacts attached         13" in output
    assert "Informed first            20 (67%)" in output
    check_sent_mail(one.data / "sent-mail")

    assert demo.stop() == 0
    demo.start()
    one.wait_ready(demo)
    assert demo.output.count("Loading the demo company.") == 1
    demo.stop()


def check_sent_mail(folder: Path) -> None:
    """The mails arrived in the sink, the coordinator's warning among them, and nowhere else."""
    names = [path.name for path in folder.iterdir()]
    assert all(name.endswith(".eml") for name in names)
    assert [name for name in names if company.HEAD_OF_SUPPORT.address in name]
    # A notice of each moment to each affected customer, and the answers to who wrote.
    assert len(names) >= 90


def test_a_second_demo_is_refused_and_the_note_of_the_first_stays(tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text('{"url": "http://127.0.0.1:1"}')
    lock = hold(tmp_path / "up.lock")
    assert lock is not None
    try:
        second = subprocess.run(
            tocsin("demo", "--data", str(tmp_path), "--port", "2"),
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        os.close(lock)
    assert second.returncode and "is running on" in second.stderr
    assert recall(tmp_path) == {"url": "http://127.0.0.1:1"}
