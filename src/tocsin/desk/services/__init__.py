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
from tocsin.desk.services.matters import SystemMessage, detach_matter, write_system_messages
from tocsin.desk.services.matters_in_bulk import Tie, attach_matters, close_quietly
from tocsin.desk.services.records import NewAttachment
from tocsin.desk.services.repeats import AnsweredMeanwhile, SaidAlready
from tocsin.desk.services.requesters import change_requester
from tocsin.desk.services.signatures import save_signature
from tocsin.desk.services.undelivered import believe_again, note_deliveries, send_again

__all__ = [
    "ANYONE",
    "AnsweredMeanwhile",
    "NewAttachment",
    "SaidAlready",
    "SystemMessage",
    "Tie",
    "add_note",
    "assign",
    "attach_matters",
    "believe_again",
    "change_requester",
    "close_quietly",
    "close_silent",
    "detach_matter",
    "forward",
    "mark_read",
    "note_deliveries",
    "reply",
    "save_signature",
    "send_again",
    "set_priority",
    "set_status",
    "timeframe_words",
    "write_system_messages",
]
