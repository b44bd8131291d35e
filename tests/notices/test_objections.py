"""What providers report of a notice: it counts as sent, as lost, or stops the next."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from tests.incidents.company import Company

from tocsin.channels.base import Report
from tocsin.incidents import jobs
from tocsin.kernel import clock
from tocsin.mailroom import services as mailroom
from tocsin.mailroom.models import Delivery
from tocsin.notices import queries, services
from tocsin.notices.models import Notice, Recipient, Unsubscribed
from tocsin.people.models import Customer


def told(company: Company, *names: str) -> dict[str, Customer]:
    """Customers whom a provider took the first notice for."""
    customers = {name: company.customer(name, "mail") for name in names}
    company.declare()
    jobs.write_notice(Notice.objects.get().pk)
    for one in Delivery.objects.all():
        Delivery.objects.filter(pk=one.pk).update(
            state="sent", accepted_at=clock.now(), provider_ref=f"postmark:{one.to_address}"
        )
    return customers


def report(name: str, kind: str, *, final: bool = False) -> None:
    to = f"{name}@example.test"
    one = Report(
        "postmark", f"postmark:{to}", "", to, kind, final, f"Postmark: {kind}", None, f"{name}{kind}"
    )
    mailroom.write_reports([one])
    mailroom.settle_reports()


def test_figures_follow_the_reports(company: Company) -> None:
    told(company, "anna", "boris", "carla", "dora")
    ref = Notice.objects.get().record_ref
    assert queries.totals(ref) == (4, 0)
    report("anna", "delivered")
    report("boris", "bounced", final=True)
    report("carla", "complained")
    assert queries.totals(ref) == (3, 1)
    progress = queries.progress([Notice.objects.get().pk])[Notice.objects.get().pk]
    assert (progress.sent, progress.failed, progress.waiting) == (3, 1, 0)
    states = {row.address: queries.as_sent(row) for row in Recipient.objects.select_related("notice")}
    assert states["anna@example.test"].state == "delivered"
    assert states["boris@example.test"].why == "Postmark: bounced"


def test_who_called_a_notice_spam_gets_no_more(company: Company) -> None:
    customers = told(company, "carla", "anna")
    carla = customers["carla"]
    report("carla", "complained")
    report("carla", "unsubscribed")
    assert Unsubscribed.objects.get().customer == carla
    client = Client()
    client.force_login(company.lead, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("desk:customer", args=[carla.pk])).content.decode()
    assert "They called a mail of ours spam" in page
    assert "Called spam" in page
    services.subscribe_again(carla.pk)
    assert queries.refusal_of(carla.pk) == ""


def test_who_unsubscribed_before_may_still_complain(company: Company) -> None:
    customers = told(company, "carla")
    report("carla", "unsubscribed")
    assert queries.refusal_of(customers["carla"].pk) == "They asked for no more mails about faults."
    report("carla", "complained")
    assert "spam" in queries.refusal_of(customers["carla"].pk)


def test_a_stranger_may_complain_too(company: Company) -> None:
    services.heed_objection("nobody@example.test", is_complaint=True)
    assert not Unsubscribed.objects.exists()


@pytest.mark.parametrize(("how", "why"), [("unsubscribed", "unsubscribed"), ("complained", "complained")])
def test_the_next_notice_names_the_reason(company: Company, how: str, why: str) -> None:
    carla = company.customer("carla", "mail")
    services.heed_objection("Carla@example.test", is_complaint=how == "complained")
    company.declare()
    jobs.write_notice(Notice.objects.get().pk)
    assert Recipient.objects.get(customer=carla).unreachable == why
    assert not Delivery.objects.exists()
