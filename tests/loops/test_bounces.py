"""Servers that send everything back: no bounce becomes a ticket or is answered; each marks its delivery."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from tests.channels.corpus.bounces import CASES, GONE, OURS
from tests.channels.corpus.case import Case
from tests.harness.mailservers import Received

if TYPE_CHECKING:
    from tests.loops.world import Incoming, World

_OF_OURS = [
    case for case in CASES if case.expected["machine"] in ("bounce", "delay") and case.expected["bounce"]
]
_NO_STYLE = """Sorry, this letter could not be handed over and comes back to you.

It was meant for one of our users, who is not here any more.
"""


def send_back(world: World, style: Case, mail_from: str) -> None:
    """Everything we send to GONE comes back in this style."""
    from tests.loops.world import Incoming, mail

    def bounce(received: Received) -> Iterator[Incoming]:
        message_id = received.message["Message-ID"].encode()
        yield Incoming(style.raw.replace(OURS.encode(), message_id), mail_from)

    world.write(Incoming(mail(GONE, "A question", "How do I change the address on my invoices?"), GONE))
    world.run(bounce)


@pytest.mark.parametrize("style", _OF_OURS, ids=lambda case: case.name)
def test_each_style_marks_its_delivery_and_ends(world: World, style: Case) -> None:
    from tests.loops.world import reasons, tickets

    from tocsin.kernel.reasons import in_english
    from tocsin.mailroom.models import Delivery

    send_back(world, style, "")
    delivery = Delivery.objects.get()
    if style.expected["machine"] == "bounce":
        assert delivery.state == "bounced"
    else:
        assert delivery.state == "sent"
        assert in_english(delivery.answer).startswith("Delayed")
    assert (len(world.sink.messages), tickets()) == (1, 1)
    assert len(reasons()) == 1
    assert f"It is about delivery {delivery.pk} to {GONE}." in reasons()[0]


@pytest.mark.parametrize("mail_from", ["bounces@mx.example.com", "MAILER-DAEMON"])
def test_whatever_envelope_sender_it_has(world: World, mail_from: str) -> None:
    from tests.loops.world import tickets

    from tocsin.mailroom.models import Delivery

    style = next(case for case in _OF_OURS if case.name == "Exim (cPanel) by a pipe that knows no sender")
    send_back(world, style, mail_from)
    assert (len(world.sink.messages), tickets()) == (1, 1)
    assert Delivery.objects.get().state == "bounced"


def test_a_server_whose_words_nobody_knows_and_that_hides(world: World) -> None:
    """No marks, a sender of its own, and not even our number: like any robot that hides."""
    from tests.loops.world import Incoming, mail, tickets, why_silent

    def send_back(received: Received) -> Iterator[Incoming]:
        yield Incoming(mail("mx@example.com", f"Letter {id(received)}", _NO_STYLE), "mx@example.com")

    world.write(Incoming(mail(GONE, "A question", "How do I change my address?"), GONE))
    world.run(send_back)
    assert (len(world.sink.messages), tickets()) == (4, 5)
    assert "Automatic answers to mx@example.com are paused" in why_silent()[0]


def test_an_agents_answer_that_bounces_is_marked_and_reopens_nothing(world: World) -> None:
    from tests.loops.world import Incoming, mail, tickets

    from tocsin.desk import services as desk
    from tocsin.desk.models import Ticket
    from tocsin.mailroom.models import Delivery
    from tocsin.people import services as people

    agent = people.create_staff(email="a@example.test", name="Nikos", role="lead", password="long enough")
    world.write(Incoming(mail(GONE, "A question", "How do I change my address?"), GONE))
    world.run(lambda received: ())
    desk.reply(Ticket.objects.get().ref, "In the settings.", actor=agent.actor)

    def bounce(received: Received) -> Iterator[Incoming]:
        message_id = received.message["Message-ID"].encode()
        yield Incoming(_OF_OURS[0].raw.replace(OURS.encode(), message_id), "")

    world.run(bounce)
    assert Delivery.objects.latest("id").state == "bounced"
    assert tickets() == 1


def test_an_out_of_office_answer_to_an_agent_reopens_nothing(world: World) -> None:
    from tests.loops.robots import Responder
    from tests.loops.world import Incoming, mail

    from tocsin.desk import services as desk
    from tocsin.desk.models import Message, Ticket
    from tocsin.people import services as people

    agent = people.create_staff(email="a@example.test", name="Nikos", role="lead", password="long enough")
    world.write(
        Incoming(mail("maria@customer.test", "A question", "How do I change my address?"), "m@x.test")
    )
    world.run(lambda received: ())
    desk.reply(Ticket.objects.get().ref, "In the settings.", actor=agent.actor)
    world.run(Responder("maria@customer.test", {"Auto_Submitted": "auto-replied"}))
    ticket = Ticket.objects.get()
    assert ticket.status == "answered"
    assert Message.objects.filter(machine="auto-reply", ticket=ticket).count() == 1
