"""Who wrote a mail that somebody of the company sent on to us."""

from __future__ import annotations

from tocsin.channels.registry import fold, usual_channel
from tocsin.desk.permissions import WORK_TICKETS
from tocsin.kernel.text import Forwarded, forwarded_mails, is_forward
from tocsin.mailroom import queries as mailroom
from tocsin.people import queries as people


def first_writer(sender: str, subject: str, text: str) -> Forwarded | None:
    """Who wrote what somebody of the company forwards, proven or not: the outermost writer of another domain.

    Asks the tables only about what is forwarded.
    """
    if not is_forward(subject):
        return None
    ours = {one.rpartition("@")[2] for one in mailroom.our_addresses()}
    domain = _domain(sender)
    if domain not in ours and not people.staff_by_addresses([sender], WORK_TICKETS):
        return None
    found = forwarded_mails(text, subject)
    return next((one for one in found if _domain(one.address) not in {*ours, domain}), None)


def _domain(address: str) -> str:
    return fold(usual_channel(), address).rpartition("@")[2]
