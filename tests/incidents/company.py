"""A small hosting company for the tests: mail and web hosting, customers in several languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tocsin.catalog import services as catalog
from tocsin.desk.models import Ticket
from tocsin.incidents import services
from tocsin.incidents.models import Incident
from tocsin.intake import services as intake
from tocsin.kernel import clock
from tocsin.mailroom.models import Delivery
from tocsin.people import services as people
from tocsin.people.models import Customer, Staff

MESSAGE = {"en": "Mail is down. We are working on it.", "el": "Το mail δεν λειτουργεί. Το επισκευάζουμε."}


@dataclass
class Company:
    """What a test needs to hand."""

    lead: Staff
    agent: Staff
    observer: Staff

    def customer(
        self, key: str, *components: str, language: str = "en", addresses: Sequence[str] | None = None
    ) -> Customer:
        """A customer using these components; one address unless told otherwise."""
        mails = [f"{key}@example.test"] if addresses is None else addresses
        customer, _ = people.save_customer(key=key, name=key.title(), language=language, addresses=mails)
        catalog.set_uses(customer.pk, list(components))
        return customer

    def ticket(self, address: str, text: str, subject: str = "Question") -> Ticket:
        """What somebody writes."""
        ticket = intake.open_ticket(
            intake.TicketRequest(requester_address=address, subject=subject, text=text, channel="email")
        )
        ticket.refresh_from_db()
        return ticket

    def declare(self, *components: str, **changes: Any) -> Incident:
        """A Red Alert on *mail* unless told otherwise."""
        return services.declare(self.new(*components, **changes), actor=self.agent.actor)

    def new(self, *components: str, **changes: Any) -> services.NewIncident:
        """A whole declaration, with some of it changed."""
        now = clock.now()
        values: dict[str, Any] = {
            "title": "Mail is down",
            "component_keys": list(components) or ["mail"],
            "message": MESSAGE,
            "started_at": now - timedelta(minutes=10),
            "next_update_at": now + timedelta(minutes=30),
        }
        return services.NewIncident(**(values | changes))

    def update(self, incident: Incident, status: str = "identified", **changes: Any) -> Any:
        """An update of the incident."""
        values: dict[str, Any] = {
            "status": status,
            "message": {"en": f"Now it is {status}.", "el": f"Τώρα: {status}."},
            "next_update_at": None if status == "resolved" else clock.now() + timedelta(minutes=30),
        }
        return services.post_update(
            incident.ref or "", services.NewUpdate(**(values | changes)), actor=self.agent.actor
        )


def build() -> Company:
    """Staff, two services, three components."""
    people.save_department(key="support", name={"en": "Support"}, first_answer_minutes=120)
    staff = {
        role: people.create_staff(
            email=f"{role}@company.test", name=role.title(), role=role, password="quite long enough"
        )
        for role in ("lead", "agent", "observer")
    }
    catalog.save_service(key="hosting", name={"en": "Hosting", "el": "Φιλοξενία"})
    catalog.save_component(
        key="mail",
        name={"en": "Mail", "el": "Ηλεκτρονικό ταχυδρομείο"},
        words=["SMTP", "почта"],
        service="hosting",
    )
    catalog.save_component(
        key="web", name={"en": "Web hosting", "el": "Φιλοξενία ιστοσελίδων"}, service="hosting"
    )
    catalog.save_component(key="dns", name={"en": "Name servers"})
    return Company(**staff)


def accept(customer: Customer, at: datetime, *, number: int = 1, state: str = "sent") -> None:
    """A server took (or refused) the customer's delivery of a notice."""
    deliveries = Delivery.objects.filter(recipient__customer=customer, recipient__notice__number=number)
    deliveries.update(state=state, accepted_at=None if state == "failed" else at)
