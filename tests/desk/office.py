"""A small company, and mails as they really come in."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from tests.mailroom.boxes import save_mailbox

from tocsin.desk import queries, services
from tocsin.desk.models import Message, Ticket
from tocsin.intake import services as intake
from tocsin.kernel.events import SYSTEM
from tocsin.mailroom import services as mailroom
from tocsin.mailroom.models import Account, Delivery, InboundItem
from tocsin.people import services as people
from tocsin.people.models import Customer, Department, Staff

CUSTOMER = "maria@customer.test"
OTHER_ADDRESS = "accounts@customer.test"
STRANGER = "eve@elsewhere.test"
GREEK = "Καλημέρα σας, από το πρωί δεν λειτουργεί το ηλεκτρονικό ταχυδρομείο μας. Μπορείτε να το δείτε;"

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Office:
    """Who is there."""

    support: Department
    sales: Department
    agent: Staff
    salesman: Staff
    lead: Staff
    customer: Customer
    mailbox: Account


def build() -> Office:
    """Make them."""
    support = people.save_department(
        key="support", name={"en": "Support", "el": "Υποστήριξη"}, first_answer_minutes=240
    )
    sales = people.save_department(key="sales", name={"en": "Sales"}, first_answer_minutes=2880, position=1)
    customer, _ = people.save_customer(key="c1", name="Aegean Ferries", addresses=[CUSTOMER, OTHER_ADDRESS])
    mailbox = save_mailbox(address="support@example.test", department_id=support.pk, is_default=True)
    return Office(
        support=support,
        sales=sales,
        agent=_staff("agent@example.test", "Nikos", "agent", ["support", "sales"]),
        salesman=_staff("sales@example.test", "Iva", "agent", ["sales"]),
        lead=_staff("lead@example.test", "Ana", "lead", []),
        customer=customer,
        mailbox=mailbox,
    )


def _staff(email: str, name: str, role: str, departments: list[str]) -> Staff:
    return people.create_staff(
        email=email, name=name, role=role, password="long enough", departments=departments
    )


def mail(text: str = "Hello, my mail does not work since this morning.", **fields: Any) -> bytes:
    """A mail; `fields` are headers with `_` for `-`, an empty one is left out."""
    message = EmailMessage()
    number = next(_numbers)
    headers = {
        "From": f"Maria <{CUSTOMER}>",
        "To": "support@example.test",
        "Subject": "Mail is down",
        "Message_ID": f"<m{number}@customer.test>",
        "Date": "Sat, 21 Nov 2026 10:00:00 +0200",
    }
    for name, value in (headers | fields).items():
        if value:
            message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def arrive(*mails: bytes) -> list[Message]:
    """Take mails in and open them as one batch; the messages they became, in order."""
    first = InboundItem.objects.count()
    box = Account.objects.get().pk
    arrivals = [mailroom.Arrival("email", f"test:{first + n}", one, box) for n, one in enumerate(mails)]
    ids = mailroom.take_in_many(arrivals)
    intake.open_inbound(ids)
    found = {
        one.inbound_id: one for one in Message.objects.filter(inbound_id__in=ids).select_related("ticket")
    }
    return [found[pk] for pk in ids if pk in found]


def arrive_one(text: str = "Hello, my mail does not work since this morning.", **fields: Any) -> Ticket:
    """One mail, and the ticket it went to."""
    return arrive(mail(text, **fields))[0].ticket


def link(ticket: Ticket, *, actor: str = SYSTEM, update: str = "", instead_of: str = "") -> bool:
    """Link it to a record as a room above does; whether that changed anything."""
    one = services.NewLink(ticket.pk, "Says “mail”.", update, instead_of)
    return bool(services.link_tickets([one], record_ref="I-0000018", label="Mail", actor=actor))


def fresh(ticket: Ticket) -> Ticket:
    """The ticket as it is now."""
    return queries.ticket_by_ref(ticket.ref)


def sent(address: str = CUSTOMER) -> list[Delivery]:
    """What was written to somebody, oldest first."""
    return list(Delivery.objects.filter(to_address=address).order_by("id"))
