"""A ticket opened by hand or by a program."""

from __future__ import annotations

import pytest
from tests.desk.office import CUSTOMER, Office, sent

from tocsin.desk import services as desk
from tocsin.intake import services
from tocsin.intake.services import TicketRequest
from tocsin.kernel.errors import Refused


def test_a_ticket_opened_by_hand_is_acknowledged_in_the_language_chosen(office: Office) -> None:
    new = TicketRequest(
        CUSTOMER, "Phone: mail is down", "She called.", language="es", department="sales", priority="high"
    )
    ticket = services.open_ticket(new, actor=office.agent.actor)
    assert (ticket.language, ticket.department, ticket.priority_rank) == ("es", office.sales, 2)
    assert ticket.customer == office.customer
    assert not ticket.verified
    assert "en un plazo de 2 días" in sent()[0].payload["text"]
    desk.reply(ticket.ref, "Hola", actor=office.agent.actor)
    assert sent()[1].payload["in_reply_to"] == sent()[0].message_id


def test_a_bad_ticket_names_its_faults(office: Office) -> None:
    with pytest.raises(Refused) as refused:
        services.open_ticket(TicketRequest("nobody", "", "text", priority="x", language="xx"))
    assert set(refused.value.fields) == {"requester", "subject", "priority", "language"}
