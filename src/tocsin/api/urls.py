"""The REST API, version 1: mounts the rooms' routers."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from ninja import NinjaAPI

from tocsin.api import errors
from tocsin.api.auth import TokenAuth

ROUTERS = ("catalog", "mailroom", "desk", "incidents")

api = NinjaAPI(
    title="Tocsin",
    version="1",
    description="Tickets, customers and incidents. Lists are `{items, next}`, errors `{error, fields}`.",
    auth=TokenAuth(),
    openapi_url="openapi.json",
    docs_url=None,
    urls_namespace="api",
)
errors.install(api)
for room in filter(lambda room: find_spec(f"tocsin.{room}.api"), ROUTERS):
    api.add_router("", import_module(f"tocsin.{room}.api").router)


def nothing_here(request: HttpRequest) -> HttpResponse:
    """Also a wrong address is answered in the API's own shape."""
    return errors.answer(api, request, "There is nothing here. See /api/v1/openapi.json.", {}, 404)


urlpatterns = [path("", errors.in_our_shape(api)), re_path(r"^.*$", nothing_here)]
