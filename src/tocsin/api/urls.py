"""The REST API, version 1: mounts the rooms' routers."""

from __future__ import annotations

from importlib import import_module

from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from ninja import NinjaAPI

from tocsin.api import errors, reasons
from tocsin.api.auth import TokenAuth

# A room may add acts to the router of a lower one: it is imported before that is mounted.
ROUTERS = ("catalog", "mailroom", "desk", "intake", "incidents")

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
for router in dict.fromkeys([import_module(f"tocsin.{room}.api").router for room in ROUTERS]):
    api.add_router("", router)


def nothing_here(request: HttpRequest) -> HttpResponse:
    """Also a wrong address is answered in the API's own shape."""
    return errors.answer(api, request, reasons.NOTHING_HERE(), {}, 404)


urlpatterns = [path("", errors.in_our_shape(api)), re_path(r"^.*$", nothing_here)]
