"""Why a ticket belongs to an incident, or is closed with it, as codes (`kernel.reasons`): a code stays, and
never means anything else."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from tocsin.kernel.reasons import Reason

NAMES_IT_AND_AFFECTED = Reason(
    "incidents.names_it_and_affected", gettext_noop("It says “%(phrase)s”, and the customer is affected.")
)
HINTS_AND_AFFECTED = Reason(
    "incidents.hints_and_affected",
    gettext_noop("It says “%(phrase)s” and the customer is affected, but nothing that is broken is named."),
)
NOT_AFFECTED = Reason(
    "incidents.not_affected",
    gettext_noop("It says “%(phrase)s”, but as far as we know the customer does not use it."),
)
CUSTOMER_UNKNOWN = Reason(
    "incidents.customer_unknown",
    gettext_noop("It says “%(phrase)s”, but we do not know which customer it is."),
)
ANSWERS_NOTICE = Reason("incidents.answers_notice", gettext_noop("It answers our notice about this."))
CHOSEN = Reason("incidents.chosen", gettext_noop("%(who)s chose it when declaring."))
ATTACHED = Reason("incidents.attached", gettext_noop("%(who)s attached it."))
DETACHED = Reason("incidents.detached", gettext_noop("%(who)s detached it."))
DISMISSED = Reason("incidents.dismissed", gettext_noop("%(who)s says it is about something else."))
RESOLVED = Reason("incidents.resolved", gettext_noop("%(incident)s is resolved."))
DECLINED = Reason("incidents.declined", gettext_noop("The customer says that this is not their problem."))

# What a note of ours tells the agent.
TOLD_ELSEWHERE = Reason(
    "incidents.told_elsewhere",
    gettext_noop("The customer was told on another request that it works again: %(title)s"),
)
