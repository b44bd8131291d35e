"""Where mail to an address came back, the customer's next one is told; and everybody's part is shown."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.incidents.company import Company, accept

from tocsin.incidents import jobs
from tocsin.incidents.views import deliveries
from tocsin.kernel import clock
from tocsin.kernel.downloads import Download
from tocsin.mailroom.models import Delivery, DeliveryState
from tocsin.notices import queries
from tocsin.notices.models import Notice, Recipient
from tocsin.people import services as people


def test_the_next_address_is_told_and_that_is_written_down(company: Company) -> None:
    maria = company.customer("maria", "mail", addresses=["m1@example.test", "m2@example.test"])
    people.mark_bounced("email", "m1@example.test", "550 5.1.1 no such user")
    company.declare()
    jobs.write_notice(Notice.objects.get().pk)
    jobs.write_notice(Notice.objects.get().pk)
    (recipient,) = Recipient.objects.filter(customer=maria)
    assert (recipient.address, recipient.instead_of) == ("m2@example.test", "m1@example.test")
    assert [one.to_address for one in Delivery.objects.all()] == ["m2@example.test"]
    (sent,) = map(queries.as_sent, queries.notices_of_customer(maria.pk).items)
    assert (sent.address, sent.instead_of, sent.channel) == ("m2@example.test", "m1@example.test", "email")


def test_who_has_a_ticket_is_told_in_it_at_the_living_address(company: Company) -> None:
    company.customer("maria", "mail", addresses=["m1@example.test", "m2@example.test"])
    ticket = company.ticket("m1@example.test", "The mail is down since this morning.")
    people.mark_bounced("email", "m1@example.test", "550 5.1.1 no such user")
    company.declare()
    jobs.write_notice(Notice.objects.get().pk)
    recipient = Recipient.objects.get()
    assert (recipient.ticket_ref, recipient.instead_of) == (ticket.ref, "m1@example.test")
    assert recipient.delivery and recipient.delivery.to_address == "m2@example.test"


def signed_in(company: Company) -> Client:
    client = Client()
    client.force_login(company.lead, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_everybodys_part_failed_first(company: Company) -> None:
    for number in range(60):
        company.customer(f"c{number}", "mail")
    company.customer("nowhere", "mail", addresses=[])
    incident = company.declare()
    jobs.write_notice(Notice.objects.get().pk)
    refused = Delivery.objects.order_by("id").first()
    assert refused
    Delivery.objects.filter(pk=refused.pk).update(state=DeliveryState.FAILED, answer="=550 5.7.1 not with us")
    client = signed_in(company)
    address = f"/alerts/{incident.ref}/deliveries/"
    page = client.get(address).content.decode()
    assert "5.7.1 not with us" in page and "No address is known" in page
    assert page.count("<tr>") == 3
    waiting = client.get(f"{address}?state=waiting").content.decode()
    assert waiting.count("<tr>") == 51
    cursor = waiting.rpartition("cursor=")[2].partition('"')[0]
    assert client.get(f"{address}?state=waiting&cursor={cursor}").content.decode().count("<tr>") == 10
    answer = client.get(f"/alerts/{incident.ref}/deliveries.csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert len(rows) == 61
    assert {row["state"] for row in rows} == {"queued", "failed", "unreachable"}
    assert "'=550 5.7.1 not with us" in {row["words"] for row in rows}  # no formula of a spreadsheet


def test_the_file_of_all_parts_is_read_from_the_database_as_it_is_fetched(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "_AT_ONCE", 10)
    incident = company.declare()
    notice = Notice.objects.get()
    strangers = [
        Recipient(
            notice=notice, address=f"{n}@example.test", language="en", at=clock.now(), unreachable="bounced"
        )
        for n in range(30)
    ]
    Recipient.objects.bulk_create(strangers)
    answer = signed_in(company).get(f"/alerts/{incident.ref}/deliveries.csv")
    assert isinstance(answer, Download), "under ASGI anything else is read whole before its first byte"
    pieces = iter(answer.streaming_content)
    with CaptureQueriesContext(connection) as asked:
        first = next(pieces)
    assert len(asked) == 2 and "LIMIT 10" in asked[0]["sql"]  # and where these were tried before
    parts = [first, *pieces]
    assert [part.count(b"\r\n") for part in parts] == [11, 10, 10]
    rows = list(csv.DictReader(io.StringIO(b"".join(parts).decode())))
    assert [row["address"] for row in rows] == [one.address for one in strangers]


def test_the_customers_page_says_by_which_channel_and_whether_it_arrived(company: Company) -> None:
    maria = company.customer("maria", "mail", addresses=["m1@example.test", "m2@example.test"])
    people.mark_bounced("email", "m1@example.test", "550 5.1.1 no such user")
    company.declare()
    jobs.write_notice(Notice.objects.get().pk)
    accept(maria, clock.now())
    page = signed_in(company).get(f"/customer/{maria.pk}/").content.decode()
    assert "Taken by the server" in page and "· Mail" in page
    assert "instead of m1@example.test, where they were not reached" in page


@pytest.mark.parametrize("group", list(queries.GROUPS))
def test_counts_are_those_of_the_lists(company: Company, group: str) -> None:
    company.customer("maria", "mail")
    company.customer("nowhere", "mail", addresses=[])
    incident = company.declare()
    jobs.write_notice(Notice.objects.get().pk)
    assert queries.group_counts(incident.ref)[group] == queries.recipients(incident.ref, group).count()
