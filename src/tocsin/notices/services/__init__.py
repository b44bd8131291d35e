"""The verbs of the notices room: the only code that changes its tables."""

from tocsin.notices.services.following import follow_up, follow_up_late
from tocsin.notices.services.refusals import heed_objection, subscribe_again, unsubscribe
from tocsin.notices.services.ways import Addressee
from tocsin.notices.services.writing import finish, make_notice, write_to

__all__ = [
    "Addressee",
    "finish",
    "follow_up",
    "follow_up_late",
    "heed_objection",
    "make_notice",
    "subscribe_again",
    "unsubscribe",
    "write_to",
]
