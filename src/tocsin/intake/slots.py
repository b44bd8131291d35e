"""What intake puts into the console's frame."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tocsin.console import slots
from tocsin.desk.permissions import WORK_TICKETS
from tocsin.people import queries as people


def _works_tickets(request: HttpRequest) -> bool:
    return people.may(request.user, WORK_TICKETS)


slots.add_command(
    slots.PaletteCommand(5, _("New ticket"), "intake:new", "square-pen", keys="c", visible=_works_tickets)
)
slots.fill("row_action", slots.Piece(90, "intake/parts/new_button.html", visible=_works_tickets))
