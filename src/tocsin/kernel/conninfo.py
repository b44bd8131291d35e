"""The connection string for those who talk to PostgreSQL beside Django."""

from __future__ import annotations

from django.conf import settings
from psycopg.conninfo import make_conninfo

_NOT_LIBPQ = {"pool"}


def conninfo() -> str:
    """What psycopg needs to reach the installation's database; holds the password, so never log it."""
    database = settings.DATABASES["default"]
    options = {key: value for key, value in database["OPTIONS"].items() if key not in _NOT_LIBPQ}
    named = {
        "dbname": database["NAME"],
        "user": database["USER"],
        "password": database["PASSWORD"],
        "host": database["HOST"],
        "port": database["PORT"],
    }
    return make_conninfo("", **{key: value for key, value in {**named, **options}.items() if value})
