"""What the mailroom has to say, as codes (`kernel.reasons`): a code stays, and never means anything else."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from tocsin.kernel.reasons import Reason

# What became of a thing that came in.
SAME_MAIL = Reason("mailroom.same_mail", gettext_noop("The same mail as inbound %(number)s."))
IN_TICKET = Reason("mailroom.in_ticket", gettext_noop("It is in %(ticket)s."))
OPENER_FAILED = Reason(
    "mailroom.opener_failed", gettext_noop("The room that opens it failed; see the worker's log.")
)
OPENING_FAILED = Reason("mailroom.opening_failed", gettext_noop("Opening it failed: %(error)s"))
READER_DIED = Reason("mailroom.reader_died", gettext_noop("Reading it ended the worker process."))
READER_FAILED = Reason("mailroom.reader_failed", gettext_noop("The reader failed: %(error)s"))
TRIED = Reason("mailroom.tried", gettext_noop("Tried %(count)s times."))

# What machines wrote to us.
BOUNCE = Reason("mailroom.bounce", gettext_noop("A mail server says that it could not deliver a mail."))
DELAY = Reason(
    "mailroom.delay", gettext_noop("A mail server says that it is still trying to deliver a mail.")
)
REPORT = Reason("mailroom.report", gettext_noop("A report of a mail system."))
RECEIPT = Reason("mailroom.receipt", gettext_noop("A read receipt."))
OWN = Reason("mailroom.own", gettext_noop("Our own mail coming back."))
ABOUT = Reason("mailroom.about", gettext_noop("It is about delivery %(delivery)s to %(address)s."))
PERHAPS_ABOUT = Reason(
    "mailroom.perhaps_about",
    gettext_noop("It names only %(address)s; it is perhaps about delivery %(delivery)s."),
)
NO_MAIL_OF_OURS = Reason("mailroom.no_mail_of_ours", gettext_noop("It is about a mail that we did not send."))
OTHER_RECIPIENT = Reason(
    "mailroom.other_recipient",
    gettext_noop("It is about our mail to %(address)s, but names %(named)s, to whom we did not write."),
)
NOBODY_NAMED = Reason("mailroom.nobody_named", gettext_noop("It names neither the mail nor its recipient."))
NOTHING_SENT = Reason(
    "mailroom.nothing_sent", gettext_noop("It names only %(address)s, to whom we sent nothing lately.")
)
SEVERAL_SENT = Reason(
    "mailroom.several_sent",
    gettext_noop("It names only %(address)s, to whom we sent several mails; which one it was can't be told."),
)

# How a delivery fares. What a server or a provider answered stands there in its own words.
NOT_TRIED = Reason(
    "mailroom.not_tried", gettext_noop("Not tried, since this address bounced before: %(reason)s")
)
GIVEN_UP = Reason("mailroom.given_up", gettext_noop("Given up after 48 hours."))
REHEARSED = Reason("mailroom.rehearsed", gettext_noop("A rehearsal: it was not let out."))
SENDING_FAILED = Reason("mailroom.sending_failed", gettext_noop("Sending it failed: %(error)s"))
PERHAPS_BACK = Reason(
    "mailroom.perhaps_back",
    gettext_noop("Perhaps this came back: a server's report names its recipient, and no mail. %(words)s"),
)
DELAYED = Reason("mailroom.delayed", gettext_noop("Delayed, and still tried: %(words)s"))
RECEIPT_SAYS = Reason("mailroom.receipt_says", gettext_noop("A receipt says: %(words)s"))

# Why an account can't be used.
FETCHING_FAILED = Reason("mailroom.fetching_failed", gettext_noop("Fetching failed: %(error)s"))

# Why an act is refused.
NO_MESSAGE = Reason("mailroom.no_message", gettext_noop("There is no such message."))
NO_DELIVERY = Reason("mailroom.no_delivery", gettext_noop("There is no such delivery."))
NOT_FAILED = Reason("mailroom.not_failed", gettext_noop("This delivery has not failed."))
NOT_SET_ASIDE = Reason("mailroom.not_set_aside", gettext_noop("This message is not set aside any more."))
NO_ACCOUNT = Reason("mailroom.no_account", gettext_noop("There is no such account."))
ACCOUNT_THERE = Reason(
    "mailroom.account_there", gettext_noop("There is an account with this address already.")
)
NOT_LIKE_THIS = Reason("mailroom.not_like_this", gettext_noop("The account can't be saved like this."))
NOTHING_TO_WRITE_BY = Reason(
    "mailroom.nothing_to_write_by", gettext_noop("There is no account to write by: %(channel)s.")
)
NO_CHANNEL = Reason("mailroom.no_channel", gettext_noop("There is no such channel."))
