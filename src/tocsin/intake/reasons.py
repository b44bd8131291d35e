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
