"""What `tocsin demo` does to its database before web and worker start: migrate, and load the company.

A process of its own, so that the supervisor stays small: `python -m tocsin.command.demo.prepare`.
"""

from __future__ import annotations

import os
import sys

from tocsin.command.faults import Fault
from tocsin.command.installation import database_faults


def prepare() -> None:
    """Bring the database to the newest state and load the demo company into it, once."""
    import django

    django.setup()
    with database_faults():
        from tocsin.command.demo.loader import load
        from tocsin.command.migrate import mark_up_to_date, migrate
        from tocsin.kernel import clock

        migrate()
        print("Loading the demo company.", flush=True)
        load(clock.now())
        mark_up_to_date(os.environ["DATABASE_URL"])


if __name__ == "__main__":
    try:
        prepare()
    except Fault as fault:
        sys.exit(f"tocsin: {fault}")
