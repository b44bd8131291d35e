"""The verbs of the desk: the only code that changes its tables. Each is one transaction, one event."""

from tocsin.desk.services.changes import (
    ANYONE,
    assign,
    close_silent,
    forward,
    set_priority,
    set_status,
)
from tocsin.desk.services.conversation import add_note, mark_read, reply
from tocsin.desk.services.letters import timeframe_words
from tocsin.desk.services.linking import NewLink, close_quietly, link_tickets, unlink_ticket
from tocsin.desk.services.records import NewAttachment
from tocsin.desk.services.repeats import AnsweredMeanwhile, SaidAlready
from tocsin.desk.services.requesters import change_requester
from tocsin.desk.services.signatures import save_signature
from tocsin.desk.services.statuses import Step, take_steps
from tocsin.desk.services.system_messages import SystemMessage, write_system_messages
from tocsin.desk.services.undelivered import believe_again, note_deliveries, send_again

__all__ = [
    "ANYONE",
    "AnsweredMeanwhile",
    "NewAttachment",
    "NewLink",
    "SaidAlready",
    "Step",
    "SystemMessage",
    "add_note",
    "assign",
    "believe_again",
    "change_requester",
    "close_quietly",
    "close_silent",
    "forward",
    "link_tickets",
    "mark_read",
    "note_deliveries",
    "reply",
    "save_signature",
    "send_again",
    "set_priority",
    "set_status",
    "take_steps",
    "timeframe_words",
    "unlink_ticket",
    "write_system_messages",
]
