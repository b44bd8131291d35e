"""Signatures as they are written down, and whose counts for a ticket."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.desk.models import Ticket
from tocsin.desk.services import letters
from tocsin.kernel.models import Setting
from tocsin.kernel.translated import in_language
from tocsin.people import queries as people

QUOTING = "desk.quote_last_message"
_KEY = "desk.signature:"


@dataclass(frozen=True)
class Signature:
    """Who signs: as the mail's sender, and under its text."""

    sender: str
    text: str


def of_department(department_id: int) -> str:
    """The place of a department's signature."""
    return f"department:{department_id}"


def of_mailbox(mailbox_id: int) -> str:
    """The place of a mailbox's own signature."""
    return f"mailbox:{mailbox_id}"


def key_of(place: str) -> str:
    """The setting that holds it."""
    return f"{_KEY}{place}"


def texts_at(places: list[str]) -> dict[str, dict[str, str]]:
    """What is written down at these places, by language; nothing for those with none of their own."""
    rows = Setting.objects.filter(key__in=[key_of(place) for place in places])
    return {key.removeprefix(_KEY): texts for key, texts in rows.values_list("key", "value")}


def signature_for(ticket: Ticket, agent: str) -> Signature:
    """What stands under an answer in this ticket by somebody of this name ('' for a program)."""
    places = [of_department(ticket.department_id)]
    if ticket.mailbox_id:
        places.insert(0, of_mailbox(ticket.mailbox_id))
    written = texts_at(places)
    texts = next((written[place] for place in places if place in written), {})
    company = people.company_name()
    department = in_language(ticket.department.name, ticket.language)
    template = in_language(texts, ticket.language) or letters.DEFAULT_SIGNATURE
    return Signature(
        sender=", ".join(name for name in (agent, company) if name),
        text=letters.signature(agent=agent, department=department, company=company, template=template),
    )


def quotes_last_message() -> bool:
    """Whether answers carry what the customer wrote last; they do unless staff say otherwise."""
    value = Setting.objects.filter(key=QUOTING).values_list("value", flat=True).first()
    return value is not False
