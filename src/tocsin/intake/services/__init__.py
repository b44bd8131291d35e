"""The verbs of intake: each makes tickets of what came in, in one transaction."""

from tocsin.intake.services.inbound import open_inbound
from tocsin.intake.services.opening import TicketRequest, open_ticket

__all__ = ["TicketRequest", "open_inbound", "open_ticket"]
