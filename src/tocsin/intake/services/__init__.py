"""The verbs of intake: each makes tickets of what came in, in one transaction."""

from tocsin.intake.services.inbound import open_post
from tocsin.intake.services.opening import NewTicket, open_ticket

__all__ = ["NewTicket", "open_post", "open_ticket"]
