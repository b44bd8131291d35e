"""What other rooms ask about incidents."""

from tocsin.incidents.queries.digest import ALERTS_ON, digest
from tocsin.incidents.queries.figures import Figures, figures
from tocsin.incidents.queries.public import public_incidents
from tocsin.incidents.queries.reading import (
    IncidentView,
    UpdateView,
    alerts_on,
    alerts_shown,
    headings_of,
    incident_by_ref,
    incident_if_any,
    newest_id,
    open_incidents,
    recent,
    view_of,
)
from tocsin.incidents.queries.room import (
    Happening,
    LinkedTicket,
    TicketStanding,
    alerts_of_tickets,
    attached_count,
    attached_tickets,
    audience_of,
    links_of_ticket,
    suggested_count,
    suggested_tickets,
    timeline,
    unclosed_count,
)

__all__ = [
    "ALERTS_ON",
    "Figures",
    "Happening",
    "IncidentView",
    "LinkedTicket",
    "TicketStanding",
    "UpdateView",
    "alerts_of_tickets",
    "alerts_on",
    "alerts_shown",
    "attached_count",
    "attached_tickets",
    "audience_of",
    "digest",
    "figures",
    "headings_of",
    "incident_by_ref",
    "incident_if_any",
    "links_of_ticket",
    "newest_id",
    "open_incidents",
    "public_incidents",
    "recent",
    "suggested_count",
    "suggested_tickets",
    "timeline",
    "unclosed_count",
    "view_of",
]
