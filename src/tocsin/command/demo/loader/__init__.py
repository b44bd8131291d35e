"""Fills an empty installation with the demo company.

Everything goes through the rooms' own verbs: first the company of today, then its last two months, in the
order of time (`history`).
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tocsin.command.demo.loader.company import load_company
from tocsin.command.demo.loader.history import History
from tocsin.command.demo.outage_tickets import make_outage_cases
from tocsin.command.demo.tickets import make_cases
from tocsin.command.faults import Fault
from tocsin.kernel import settings
from tocsin.kernel.events import SYSTEM
from tocsin.kernel.locks import Lock
from tocsin.kernel.setting_types import Text

LOADED_AT = settings.declare("command.demo_loaded_at", Text(40), "", label="When the demo company was loaded")
_LOADING = Lock("command.load-demo")


def load(now: datetime) -> bool:
    """Load the demo company as of `now`; False when it was loaded before.

    One transaction. Raises `Fault` on an installation with tickets or customers of its own.
    """
    with transaction.atomic():
        _LOADING.hold()
        if LOADED_AT.get():
            return False
        _refuse_real_installation()
        house = load_company(now)
        History(house, now).play(make_cases(now) + make_outage_cases(now))
        settings.change([LOADED_AT.to(now.isoformat())], actor=SYSTEM)
    return True


def _refuse_real_installation() -> None:
    from tocsin.desk.models import Ticket
    from tocsin.people.models import Customer

    if Ticket.objects.exists() or Customer.objects.exists():
        raise Fault(
            "This installation has tickets or customers of its own, so no demo is loaded into it. "
            "Choose another folder with --data."
        )
