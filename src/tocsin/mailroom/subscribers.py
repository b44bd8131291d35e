"""What the mailroom listens to."""

from __future__ import annotations

from tocsin.kernel.events import Announced, subscribe
from tocsin.mailroom.events import DeliveriesChanged
from tocsin.mailroom.services import staff
from tocsin.people.events import StaffAddressToProve


@subscribe(StaffAddressToProve, name="mailroom.send-code")
def send_code(announced: Announced[StaffAddressToProve]) -> None:
    """Written down in the same act as the address."""
    staff.send_code(announced.event.address_id)


@subscribe(DeliveriesChanged, name="mailroom.follow-up-staff-notices")
def follow_up_staff_notices(announced: Announced[DeliveriesChanged]) -> None:
    """Who was not reached at one address is told at the next."""
    staff.follow_up(announced.event.ids)
