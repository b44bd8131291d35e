"""Where each room's pages hang; a room without pages has no `urls.py`."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from tocsin.project import health

_PREFIXES = {
    "people": "account/",
    "console": "console/",
    "catalog": "catalog/",
    "api": "api/v1/",
    "mailroom": "",
    "incidents": "",
    "notices": "",
    "intake": "",
    "desk": "",
}

handler400 = "tocsin.console.faults.not_understood"
handler403 = "tocsin.console.faults.not_allowed"
handler404 = "tocsin.console.faults.not_found"
handler500 = "tocsin.console.faults.our_fault"

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health.health, name="health"),
    *(
        path(prefix, include(f"tocsin.{room}.urls"))
        for room, prefix in _PREFIXES.items()
        if find_spec(f"tocsin.{room}.urls")
    ),
]
