"""What the intake has to say, as codes (`kernel.reasons`): a code stays, and never means anything else."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from tocsin.kernel.reasons import Reason

# What became of a mail.
NO_TICKET = Reason(
    "intake.no_ticket", gettext_noop("An automatic answer to something we sent; it needs no ticket.")
)
NOT_OPENED = Reason("intake.not_opened", gettext_noop("It could not be opened: %(error)s"))

# What an agent has to know about a message.
WRITTEN_THROUGH = Reason(
    "intake.written_through",
    gettext_noop(
        "Written through %(address)s. Answers go to the address that was entered there; "
        "nobody has confirmed it."
    ),
)
ASKS_FOR_ANSWERS_AT = Reason(
    "intake.asks_for_answers_at",
    gettext_noop(
        "It asks for answers at %(address)s. They go to its sender all the same, since "
        "nobody has confirmed that both are one."
    ),
)
LAYOUT_CUT = Reason(
    "intake.layout_cut",
    gettext_noop("The layout is too long or too tangled to be shown whole; the original has it."),
)

# What a note of ours tells the agent.
FORWARDED_BY = Reason("intake.forwarded_by", gettext_noop("Forwarded by %(name)s (%(address)s)."))
SENT_BY_CUSTOMER = Reason("intake.sent_by_customer", gettext_noop("The customer sent it on: %(moment)s"))
STANDS_NEAR = Reason(
    "intake.stands_near",
    gettext_noop(
        "This message answers %(other)s, but %(sender)s has no part in that conversation, "
        "so it has a ticket of its own, and nothing of the other one was shown to them."
    ),
)
STANDS_NEAR_UNNAMED = Reason(
    "intake.stands_near_unnamed",
    gettext_noop(
        "This message answers %(other)s, but its sender, who has no address, has no part in that "
        "conversation, so it has a ticket of its own, and nothing of the other one was shown to them."
    ),
)
STANDS_NEAR_BY_FORM = Reason(
    "intake.stands_near_by_form",
    gettext_noop(
        "This message names %(other)s, but it came through %(sender)s, where anybody can enter any address, "
        "so it has a ticket of its own, and nothing of the other one was shown to them."
    ),
)
PAUSED = Reason(
    "intake.paused",
    gettext_noop(
        "Automatic answers to %(who)s are paused: there were %(count)s in a short time, and it looks like"
        " a machine that answers them. What you write is sent as always."
    ),
)

# Why an act is refused.
NOT_LIKE_THIS = Reason("intake.not_like_this", gettext_noop("The ticket can't be opened like this."))
EMPTY = Reason("intake.empty", gettext_noop("This field is empty."))
NOT_MAIL = Reason("intake.not_mail", gettext_noop("This is not a mail address."))
USE_ONE_OF = Reason("intake.use_one_of", gettext_noop("Use one of: %(known)s."))
