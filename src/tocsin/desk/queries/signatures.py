"""Signatures as they are written down, and whose counts for a ticket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tocsin.desk.models import Ticket
from tocsin.desk.services import letters
from tocsin.desk.services.records import delivery_channel
from tocsin.desk.settings import SIGNATURE
from tocsin.kernel.translated import in_language
from tocsin.mailroom import queries as mailroom
from tocsin.people import queries as people


@dataclass(frozen=True)
class Signature:
    """Who signs: as the mail's sender, and under its text."""

    sender: str
    text: str


def of_department(department_id: int) -> str:
    """The place of a department's signature."""
    return f"department:{department_id}"


def of_account(account_id: int) -> str:
    """The place of an account's own signature."""
    return f"account:{account_id}"


def texts_at(place: str) -> Mapping[str, str]:
    """What is written down at a place, by language; nothing where it has none of its own."""
    return SIGNATURE.get(place)


def signature_for(ticket: Ticket, agent: str) -> Signature:
    """What stands under an answer in this ticket by somebody of this name ('' for a program)."""
    places = [of_department(ticket.department_id)]
    account = mailroom.sending_account(delivery_channel(ticket), ticket.account)
    if account:
        places.insert(0, of_account(account.pk))
    texts = next((texts for place in places if (texts := texts_at(place))), {})
    company = people.company_name()
    department = in_language(ticket.department.name, ticket.language)
    template = in_language(texts, ticket.language) or letters.DEFAULT_SIGNATURE
    return Signature(
        sender=", ".join(name for name in (agent, company) if name),
        text=letters.signature(agent=agent, department=department, company=company, template=template),
    )
