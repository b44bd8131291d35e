"""The way of what came in, from top to bottom: identify → thread or open → classify → route → write →
announce → acknowledge (design §4). A batch goes it together, in statements whose number does not grow."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.desk import services as desk
from tocsin.desk.services import AnyTicket, NewTicket
from tocsin.intake import reasons, rules
from tocsin.intake.services import drafts
from tocsin.intake.services.acknowledgement import Due, acknowledge, expect_acknowledgements
from tocsin.intake.services.context import gather_context
from tocsin.intake.services.drafts import Placed
from tocsin.intake.services.forwarding import apply_forwarding
from tocsin.intake.services.isolation import together_or_one_by_one, understood
from tocsin.intake.services.parsing import InboundMessage
from tocsin.intake.services.reply_to import apply_reply_to
from tocsin.kernel.events import emit_many
from tocsin.mailroom import queries as mailroom_queries
from tocsin.mailroom import services as mailroom


def open_inbound(inbound_ids: Sequence[int]) -> None:
    """Open a batch of what came in; one that cannot be opened is set aside and stops nobody (rule 3 of the
    house). Safe to run twice."""
    waiting = mailroom_queries.still_waiting(inbound_ids)
    batch = understood([pk for pk in inbound_ids if pk in waiting])
    together_or_one_by_one(_open, batch)


def _open(batch: Sequence[InboundMessage]) -> None:
    # Identify: who speaks. A colleague who forwards, and a form's mailer, speak for somebody else.
    batch = apply_reply_to(apply_forwarding(batch))
    context = gather_context(batch)

    placed: list[Placed] = []
    opened: list[NewTicket] = []
    due: list[Due] = []
    ignored: list[int] = []
    for message in batch:
        # Thread: into the first conversation it points to in which its sender takes part.
        clues = context.clues(message)
        place = rules.find_place(clues, lambda ticket: context.may_join(message, clues, ticket))  # noqa: B023
        ticket: AnyTicket | None = place.joins

        # Classify: what machines send about nothing needs no ticket.
        answers_us = context.answers_us(message)
        if rules.is_noise(message.inbound.machine, answers_us=answers_us, joins=ticket is not None):
            ignored.append(message.inbound_id)
            continue

        # Open a ticket and route it to a department, or go on with the conversation.
        if ticket is None:
            ticket = drafts.ticket_of(message, context, department_id=context.department_for(message))
            opened.append(ticket)
            due += drafts.due_of(ticket, message)
        else:
            drafts.go_on(ticket, message, context, clues)
        context.remember(message, ticket)
        placed.append(Placed(message, ticket, opens=place.joins is None, near=place.near))
        ticket.message_count += placed[-1].entries

    # Write.
    acknowledgements = expect_acknowledgements(due)
    desk.new_tickets(opened)
    said = [drafts.message_of(one, context) for one in placed]
    notes = [note for one in placed for note in drafts.notes_of(one)]
    desk.new_messages([*said, *notes])
    desk.take_steps(drafts.steps_of(placed, said, context), columns=drafts.CONTINUED)

    # Announce: rooms above link what is about an incident.
    actors = [drafts.actor_of(one, context) for one in placed]
    emit_many([drafts.event_of(*pair) for pair in zip(placed, said, strict=True)], actors=actors)

    # Acknowledge: with the state of that incident.
    acknowledge(acknowledgements)
    mailroom.mark_opened({one.message.inbound_id: one.ticket.ref for one in placed})
    mailroom.ignore_all(ignored, reasons.NO_TICKET())
