"""The verbs of the incidents room: the only code that changes its tables."""

from tocsin.incidents.services.access import tickets_for
from tocsin.incidents.services.declaring import NewIncident, declare
from tocsin.incidents.services.manual import attach, detach, dismiss
from tocsin.incidents.services.matching import match_again, match_new
from tocsin.incidents.services.notify import close_remaining, write_next_batch, write_to_outsiders
from tocsin.incidents.services.opt_out import Claimed, claimed, decline
from tocsin.incidents.services.overdue import warn_overdue
from tocsin.incidents.services.updating import NewUpdate, post_update

__all__ = [
    "Claimed",
    "NewIncident",
    "NewUpdate",
    "attach",
    "claimed",
    "close_remaining",
    "declare",
    "decline",
    "detach",
    "dismiss",
    "match_again",
    "match_new",
    "post_update",
    "tickets_for",
    "warn_overdue",
    "write_next_batch",
    "write_to_outsiders",
]
