"""The verbs of the incidents room: the only code that changes its tables."""

from tocsin.incidents.services.arriving import consider_again, consider_new
from tocsin.incidents.services.byhand import attach, detach, dismiss
from tocsin.incidents.services.declaring import NewIncident, declare
from tocsin.incidents.services.declining import Claimed, claimed, decline
from tocsin.incidents.services.overdue import warn_overdue
from tocsin.incidents.services.seeing import tickets_for
from tocsin.incidents.services.telling import close_remaining, write_next_batch, write_to_outsiders
from tocsin.incidents.services.updating import NewUpdate, post_update

__all__ = [
    "Claimed",
    "NewIncident",
    "NewUpdate",
    "attach",
    "claimed",
    "close_remaining",
    "consider_again",
    "consider_new",
    "declare",
    "decline",
    "detach",
    "dismiss",
    "post_update",
    "tickets_for",
    "warn_overdue",
    "write_next_batch",
    "write_to_outsiders",
]
