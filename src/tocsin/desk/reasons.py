"""What the desk has to say, as codes (`kernel.reasons`): a code stays, and never means anything else."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from tocsin.kernel.reasons import Reason

# Why a ticket changed.
SILENT = Reason("desk.silent", gettext_noop("No answer for %(days)s days."))

# Why an act is refused.
NO_FILE = Reason("desk.no_file", gettext_noop("There is no such file."))
NO_TICKET = Reason("desk.no_ticket", gettext_noop("There is no ticket “%(ref)s”."))
NO_SUCH_TICKET = Reason("desk.no_such_ticket", gettext_noop("There is no such ticket."))
NO_VIEW = Reason("desk.no_view", gettext_noop("There is no view “%(view)s”."))
NO_STATUS = Reason("desk.no_status", gettext_noop("“%(status)s” is not a status."))
STATUS_ALREADY = Reason("desk.status_already", gettext_noop("The ticket is “%(status)s” already."))
NO_SUCH_STEP = Reason("desk.no_such_step", gettext_noop("A ticket can't go from “%(old)s” to “%(new)s”."))
NO_PRIORITY = Reason("desk.no_priority", gettext_noop("“%(priority)s” is not a priority."))
PRIORITY_ALREADY = Reason("desk.priority_already", gettext_noop("The priority is “%(priority)s” already."))
TAKEN = Reason("desk.taken", gettext_noop("Somebody else was quicker: the ticket is %(whose)s."))
DEPARTMENT_ALREADY = Reason(
    "desk.department_already", gettext_noop("The ticket is with “%(department)s” already.")
)
NOTHING_WRITTEN = Reason("desk.nothing_written", gettext_noop("Write something first."))
EMPTY = Reason("desk.empty", gettext_noop("This field is empty."))
NOT_BY_ANSWER = Reason("desk.not_by_answer", gettext_noop("A ticket can't become “%(status)s” by an answer."))
NO_ADDRESS = Reason(
    "desk.no_address", gettext_noop("We have no address of this customer, so no answer can be sent.")
)
SENT_ALREADY = Reason("desk.sent_already", gettext_noop("This was sent already."))
NOT_MAIL = Reason("desk.not_mail", gettext_noop("This is not a mail address."))
REQUESTER_ALREADY = Reason("desk.requester_already", gettext_noop("It is the ticket of %(address)s already."))
NO_DELIVERY = Reason("desk.no_delivery", gettext_noop("There is no such delivery in this ticket."))
NO_STAFF = Reason("desk.no_staff", gettext_noop("There is no such member of staff."))
NO_PART = Reason("desk.no_part", gettext_noop("This address has no part in the ticket."))
NO_ORIGINAL = Reason(
    "desk.no_original", gettext_noop("This message was written here; there is no other original.")
)
NO_MESSAGE = Reason("desk.no_message", gettext_noop("There is no such message in this ticket."))
NO_PLACE = Reason("desk.no_place", gettext_noop("There is no such department or account."))
ANSWERED_MEANWHILE = Reason(
    "desk.answered_meanwhile",
    gettext_noop(
        "%(name)s answered while you were writing. Read it above; press the button again to send yours, too."
    ),
)
COLLEAGUE_ANSWERED_MEANWHILE = Reason(
    "desk.colleague_answered_meanwhile",
    gettext_noop(
        "A colleague answered while you were writing. Read it above; press the button again to send "
        "yours, too."
    ),
)
SAID_DIFFERENTLY = Reason(
    "desk.said_differently",
    gettext_noop(
        "From this page something was sent already; it stands in the conversation. What you wrote now "
        "differs from it and was not sent: press the button again to send it, too."
    ),
)
NOTE_LEFT = Reason(
    "desk.note_left", gettext_noop("You left this note already; it stands in the conversation.")
)
ANSWER_SENT = Reason(
    "desk.answer_sent",
    gettext_noop("You sent this answer already; it stands in the conversation. It was not sent again."),
)
