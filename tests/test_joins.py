"""Columns of a lower room that a query of a higher one may join to, each named: they can't be renamed or
change their meaning without a look at who reads them. Whatever else a room wants to know of another it asks
by that room's `queries`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from django.apps import apps
from django.db import models
from tests.test_house import FLOORS, files, room_of

JOINED = {
    # Names that stand in rows and lists, and what filters and acknowledgements go by.
    "people.Staff": {"name"},
    "people.Contact": {"name"},
    "people.Customer": {"name", "tier"},
    "people.Department": {"key", "first_answer_minutes"},
    "catalog.Component": {"service"},
    # A list of an incident's tickets in their order, with those that are still to be answered.
    "desk.Ticket": {"department_id", "requester", "status", "linked_ref"},
    # Counts of an announcement: over tens of thousands of recipients they are the database's to make.
    "mailroom.Delivery": {"state", "accepted_at", "answer", "channel", "to_address"},
}


def test_joins_to_other_rooms_are_the_named_ones() -> None:
    found: dict[str, set[str]] = {}
    for path in files(".py"):
        for target, column in _joins(path):
            found.setdefault(target._meta.label.replace("tocsin_", ""), set()).add(column)
    assert found == JOINED


def _joins(path: Path) -> Iterator[tuple[type[models.Model], str]]:
    """Lookups such as `ticket__status` that go through a foreign key to a column of another room."""
    links = _links_out_of(room_of(path))
    for word in _words(path):
        parts = word.lstrip("-").split("__")
        for link, column in pairwise(parts):
            target = links.get(link)
            if target and column in _columns(target):
                yield target, column
                break


def _links_out_of(room: str) -> dict[str, type[models.Model]]:
    return {
        field.name: field.related_model
        for model in apps.get_models()
        if model._meta.app_label == room
        for field in model._meta.get_fields()
        if isinstance(field.related_model, type)
        and FLOORS.get(field.related_model._meta.app_label, 99) < FLOORS[room]
    }


def _columns(model: type[models.Model]) -> set[str]:
    concrete = model._meta.concrete_fields
    return ({field.name for field in concrete} | {field.attname for field in concrete}) - {"id"}


def _words(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.keyword) and node.arg:
            yield node.arg
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            yield node.value
