"""The REST API, version 1: mounts the rooms' routers."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from ninja import NinjaAPI

from tocsin.api import errors, reasons
from tocsin.api.auth import TokenAuth
from tocsin.kernel.apps import rooms

# A room may add acts to the router of a lower one: all are imported before one is mounted.
_ROUTERS = [import_module(f"{room.name}.api").router for room in rooms() if find_spec(f"{room.name}.api")]

api = NinjaAPI(
    title="Tocsin",
    version="1",
    description=(
        "Tickets, customers and incidents. Lists are `{items, next}`, errors `{error, reasons, fields}`."
    ),
    auth=TokenAuth(),
    openapi_url="openapi.json",
    docs_url=None,
    urls_namespace="api",
)
errors.install(api)
for router in dict.fromkeys(_ROUTERS):
    api.add_router("", router)


def nothing_here(request: HttpRequest) -> HttpResponse:
    """Also a wrong address is answered in the API's own shape."""
    return errors.answer(api, request, reasons.NOTHING_HERE(), {}, 404)


urlpatterns = [path("", errors.in_our_shape(api)), re_path(r"^.*$", nothing_here)]
