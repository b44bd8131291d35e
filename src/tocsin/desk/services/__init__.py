"""The verbs of the desk: the only code that changes its tables. Each is one transaction, one event."""

from tocsin.desk.rules import WRITTEN_BY_STAFF
from tocsin.desk.services.changes import (
    ANYONE,
    assign,
    close_silent,
    forward,
    set_priority,
    set_status,
)
from tocsin.desk.services.conversation import add_note, mark_read, reply
from tocsin.desk.services.letters import letter, subject_or_default
from tocsin.desk.services.linking import NewLink, close_quietly, link_tickets, unlink_ticket
from tocsin.desk.services.records import (
    LONGEST_MESSAGE_ID,
    MOST_REFERENCES,
    File,
    NewAttachment,
    can_be_told,
    delivery_channel,
    held,
)
from tocsin.desk.services.repeats import AnsweredMeanwhile, SaidAlready
from tocsin.desk.services.requesters import change_requester
from tocsin.desk.services.signatures import save_signature
from tocsin.desk.services.statuses import Step, customer_step, take_steps
from tocsin.desk.services.system_messages import (
    SystemMessage,
    redirect_messages,
    write_system_messages,
)
from tocsin.desk.services.undelivered import believe_again, note_deliveries, send_again
from tocsin.desk.services.writing import (
    AnyTicket,
    NewMessage,
    NewTicket,
    count_messages,
    new_messages,
    new_tickets,
    note,
    number_messages,
)

__all__ = [
    "ANYONE",
    "LONGEST_MESSAGE_ID",
    "MOST_REFERENCES",
    "WRITTEN_BY_STAFF",
    "AnsweredMeanwhile",
    "AnyTicket",
    "File",
    "NewAttachment",
    "NewLink",
    "NewMessage",
    "NewTicket",
    "SaidAlready",
    "Step",
    "SystemMessage",
    "add_note",
    "assign",
    "believe_again",
    "can_be_told",
    "change_requester",
    "close_quietly",
    "close_silent",
    "count_messages",
    "customer_step",
    "delivery_channel",
    "forward",
    "held",
    "letter",
    "link_tickets",
    "mark_read",
    "new_messages",
    "new_tickets",
    "note",
    "note_deliveries",
    "number_messages",
    "redirect_messages",
    "reply",
    "save_signature",
    "send_again",
    "set_priority",
    "set_status",
    "subject_or_default",
    "take_steps",
    "unlink_ticket",
    "write_system_messages",
]
