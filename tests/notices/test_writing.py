"""One delivery for each recipient, whatever happens in between."""

from __future__ import annotations

from itertools import pairwise

import pytest
from django.test import Client
from tests.incidents.company import Company, accept

from tocsin.incidents import jobs
from tocsin.incidents import services as incidents
from tocsin.kernel import clock
from tocsin.mailroom.models import Delivery
from tocsin.notices import links, queries, services
from tocsin.notices.models import Notice, Recipient
from tocsin.people import services as people


def test_each_customer_gets_one_mail_in_their_language(company: Company) -> None:
    company.customer("maria", "mail", language="el", addresses=["m1@example.test", "m2@example.test"])
    company.customer("ivan", "mail", language="ru")
    company.customer("nikos", "web")
    company.declare()
    notice = Notice.objects.get()
    jobs.write_notice(notice.pk)
    jobs.write_notice(notice.pk)
    mails = {row.to_address: row.payload for row in Delivery.objects.all()}
    assert set(mails) == {"m1@example.test", "ivan@example.test"}
    assert "Το mail δεν λειτουργεί" in mails["m1@example.test"]["text"]
    assert "Mail is down" in mails["ivan@example.test"]["text"]
    assert all(payload["unsubscribe_url"].startswith("http://testserver/u/") for payload in mails.values())
    notice.refresh_from_db()
    assert notice.written_at


def test_a_job_killed_in_the_middle_goes_on_where_it_was(company: Company) -> None:
    for number in range(23):
        company.customer(f"c{number}", "mail")
    company.declare()
    notice = Notice.objects.get()
    after = incidents.write_next_batch(notice.pk, size=5)
    incidents.write_next_batch(notice.pk, after or 0, size=5)
    assert Recipient.objects.count() == 10
    jobs.write_notice(notice.pk)  # begun again from the start, as after a kill -9
    assert Recipient.objects.count() == Delivery.objects.count() == 23
    assert Recipient.objects.filter(delivery=None).count() == 0
    assert queries.progress([notice.pk])[notice.pk] == queries.Progress(23, 23, 0, 0, 0)


def test_who_cannot_be_reached_is_recorded_with_the_reason(company: Company) -> None:
    company.customer("nowhere", "mail", addresses=[])
    gone = company.customer("gone", "mail")
    tired = company.customer("tired", "mail")
    people.mark_bounced("email", "gone@example.test", "550 no such user")
    services.unsubscribe(tired.pk)
    incident = company.declare()
    jobs.write_notice(Notice.objects.get().pk)
    assert dict(Recipient.objects.values_list("customer__key", "unreachable")) == {
        "nowhere": "no_address",
        "gone": "bounced",
        "tired": "unsubscribed",
    }
    assert not Delivery.objects.exists()
    assert {one.customer_id for one in queries.not_reached(incident.ref or "")} >= {gone.pk, tired.pk}
    assert all(one.why for one in queries.not_reached(incident.ref or ""))


def test_an_unsubscribed_customer_is_still_answered_in_their_ticket(company: Company) -> None:
    tired = company.customer("tired", "mail")
    services.unsubscribe(tired.pk)
    ticket = company.ticket("tired@example.test", "mail is down")
    company.declare()
    jobs.write_notice(Notice.objects.get().pk)
    recipient = Recipient.objects.get()
    assert (recipient.ticket_ref, recipient.unreachable) == (ticket.ref, "")


def test_with_attached_tickets_the_notice_is_a_reply_on_the_newest(company: Company) -> None:
    company.customer("maria", "mail", language="el")
    tickets = [company.ticket("maria@example.test", f"mail is down {n}") for n in range(3)]
    assert all(one.opened_at <= two.opened_at for one, two in pairwise(tickets))
    company.declare()
    jobs.write_notice(Notice.objects.get().pk)
    recipient = Recipient.objects.select_related("delivery").get()
    assert recipient.ticket_ref == tickets[-1].ref
    assert recipient.delivery is not None
    payload = recipient.delivery.payload
    assert tickets[-1].ref in payload["subject"]
    assert "/n/" in payload["text"]
    assert Delivery.objects.filter(origin_ref__startswith="notice:").count() == 1


def test_a_reply_speaks_one_language_where_the_notice_lacks_the_customers(company: Company) -> None:
    company.customer("ivan", "mail", language="ru")
    company.ticket("ivan@example.test", "mail is down")
    company.declare()
    notice = Notice.objects.get()
    jobs.write_notice(notice.pk)
    (mail,) = Delivery.objects.filter(origin_ref=f"notice:{notice.pk}")
    assert "Mail is down" in mail.payload["text"]
    assert "Is your matter another one?" in mail.payload["text"]


def test_what_a_customer_was_told_and_whether_it_arrived(company: Company) -> None:
    maria = company.customer("maria", "mail")
    incident = company.declare()
    company.update(incident)
    for notice in Notice.objects.order_by("pk"):
        jobs.write_notice(notice.pk)
    accept(maria, clock.now(), number=1)
    page = queries.notices_of_customer(maria.pk, size=1)
    newest = queries.as_sent(page.items[0])
    assert (newest.moment, newest.state, newest.accepted_at) == ("update", "queued", None)
    oldest = queries.as_sent(queries.notices_of_customer(maria.pk, page.next, size=1).items[0])
    assert (oldest.moment, oldest.state, oldest.record_ref) == ("fault", "sent", incident.ref)
    assert oldest.accepted_at


def test_one_click_unsubscribe(company: Company, client: Client) -> None:
    maria = company.customer("maria", "mail", language="el")
    address = links.unsubscribe_url(maria.pk).removeprefix("http://testserver")
    assert client.get(address).status_code == 200
    assert not queries.is_unsubscribed(maria.pk), "GET never acts"
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert strict.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert queries.is_unsubscribed(maria.pk)
    strict.post(address, {"again": "1"})
    assert not queries.is_unsubscribed(maria.pk)


@pytest.mark.parametrize("token", ["x", "1", "1:forged", "a" * 400])
def test_a_forged_link_is_a_clear_page(company: Company, client: Client, token: str) -> None:
    assert client.post(f"/u/{token}/").status_code == 404
