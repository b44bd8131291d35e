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

# Why an act is refused.
NO_INCIDENT = Reason("incidents.no_incident", gettext_noop("There is no incident “%(ref)s”."))
NO_TICKET = Reason("incidents.no_ticket", gettext_noop("There is no ticket “%(ref)s”."))
NO_COMPONENT = Reason("incidents.no_component", gettext_noop("There is no component “%(key)s”."))
LINK_BROKEN = Reason(
    "incidents.link_broken",
    gettext_noop("This link is not complete. Open it again from the mail, or answer the mail."),
)
REQUEST_GONE = Reason(
    "incidents.request_gone", gettext_noop("This link belongs to a request that is no longer there.")
)
DECLARED_ALREADY = Reason(
    "incidents.declared_already",
    gettext_noop("%(who)s declared “%(title)s” (%(ref)s) a moment ago. Nothing was declared twice."),
)
TICKET_TAKEN = Reason("incidents.ticket_taken", gettext_noop("This ticket belongs to %(ref)s already."))
RESOLVED_NO_TICKETS = Reason(
    "incidents.resolved_no_tickets",
    gettext_noop("This incident is resolved. Tickets are no longer attached to it."),
)
RESOLVED_NO_UPDATES = Reason(
    "incidents.resolved_no_updates",
    gettext_noop("This incident is resolved. If it is broken again, declare a new one."),
)
UPDATED_ALREADY = Reason(
    "incidents.updated_already",
    gettext_noop("%(who)s posted an update a moment ago. Read it before you post yours."),
)
NO_PAGE_PART = Reason("incidents.no_page_part", gettext_noop("There is no such part of the page."))

# What is missing or wrong in a declaration or an update; the codes of `rules.checks`.
PROBLEMS = {
    problem: Reason(f"incidents.{problem}", text)
    for problem, text in (
        ("no_title", gettext_noop("Say in a few words what is broken.")),
        ("long_title", gettext_noop("The title is too long. Up to 200 characters are shown.")),
        ("unknown_kind", gettext_noop("The kind is unplanned or scheduled.")),
        ("unknown_impact", gettext_noop("The impact is minor, major or critical.")),
        ("no_components", gettext_noop("Choose at least one component, so that we know whom to tell.")),
        ("long_words", gettext_noop("Up to 40 words of up to 60 characters each can be given.")),
        ("long_message", gettext_noop("The message is too long. Up to 5,000 characters are sent.")),
        ("unknown_language", gettext_noop("A text needs the code of its language, such as en or el.")),
        (
            "no_message",
            gettext_noop("Write what customers are told, at least in English or in your company's language."),
        ),
        (
            "no_next_update",
            gettext_noop("Say when the next news comes. Silence is what worries people most."),
        ),
        ("past_next_update", gettext_noop("The next news must lie in the future.")),
        ("no_zone", gettext_noop("The time needs a time zone, such as 2026-03-01T14:00:00+02:00.")),
        ("no_start", gettext_noop("Say since when it is broken.")),
        (
            "future_start",
            gettext_noop("The start lies in the future. For planned work choose a scheduled incident."),
        ),
        ("old_start", gettext_noop("The start lies more than 30 days back. Please check it.")),
        ("no_window", gettext_noop("Planned work needs a beginning and an end.")),
        ("ends_before_start", gettext_noop("The end must come after the beginning.")),
        ("past_window", gettext_noop("This time is already over.")),
        ("unknown_status", gettext_noop("The status is investigating, identified, monitoring or resolved.")),
    )
}
