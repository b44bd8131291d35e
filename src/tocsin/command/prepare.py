"""What `tocsin up` does to a database before web and worker start: migrate, and make the first login.

A process of its own, so that the supervisor stays small: `python -m tocsin.command.prepare`.
"""

from __future__ import annotations

import os
import sys

from tocsin.command.faults import Fault
from tocsin.command.installation import database_faults

FIRST_LOGIN = "admin@localhost"


def prepare() -> None:
    """Bring the database to the newest state; nobody who could sign in means a first login is made."""
    import django

    django.setup()
    with database_faults():
        from tocsin.command.migrate import mark_up_to_date, migrate

        migrate()
        _make_first_login()
        mark_up_to_date(os.environ["DATABASE_URL"])


def _make_first_login() -> None:
    from django.contrib.auth import get_user_model

    from tocsin.command.staff import create

    if get_user_model().objects.exists():
        return
    password = create(FIRST_LOGIN, "Administrator", "admin")
    print(f"Your first login: {FIRST_LOGIN}, password {password} (shown only now).", flush=True)


if __name__ == "__main__":
    try:
        prepare()
    except Fault as fault:
        sys.exit(f"tocsin: {fault}")
