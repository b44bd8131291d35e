"""Where each room's pages hang; a room without pages has no `urls.py`."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from tocsin.kernel.apps import rooms
from tocsin.project import health

handler400 = "tocsin.console.faults.not_understood"
handler403 = "tocsin.console.faults.not_allowed"
handler404 = "tocsin.console.faults.not_found"
handler500 = "tocsin.console.faults.our_fault"

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health.health, name="health"),
    # The highest floor first: `tickets/new/` of a higher room goes before `tickets/<ref>/` of a lower one.
    *(
        path(room.address, include(f"{room.name}.urls"))
        for room in reversed(rooms())
        if find_spec(f"{room.name}.urls")
    ),
]
