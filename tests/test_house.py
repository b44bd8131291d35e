"""The house keeps its floors: foreign keys, URL names, templates and imports look down only."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps

SOURCE = Path(__file__).parent.parent / "src" / "tocsin"
FLOORS = {
    config.label: config.floor for config in apps.get_app_configs() if config.name.startswith("tocsin.")
}

_URL = re.compile(
    r"""(?:\{%\s*url\s+|reverse(?:_lazy)?\(\s*|redirect\(\s*|url_name=)["']([a-z]+):[a-z-]+["']"""
)
_TEMPLATE = re.compile(r"""\{%\s*(?:extends|include)\s+["']([a-z]+)/""")
_FURNITURE = {"services", "queries", "events", "permissions"}
# Value objects and doors that rooms offer beside their furniture; each is named here on purpose.
_OFFERED = {
    ("people", "access"),
    ("people", "rules"),
    ("people", "forms"),
    ("people", "editing"),
    ("desk", "api"),
    ("channels", "accounts"),
    ("channels", "base"),
    ("channels", "hosting"),
    ("channels", "protocol"),
    ("channels", "registry"),
}


def room_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0]


def files(*endings: str) -> list[Path]:
    found = [path for ending in endings for path in SOURCE.rglob(f"*{ending}")]
    return [path for path in found if "migrations" not in path.parts and room_of(path) in FLOORS]


def test_foreign_keys_look_down_only() -> None:
    wrong = []
    for model in apps.get_models():
        here = model._meta.app_label
        for field in model._meta.get_fields():
            there = field.related_model._meta.app_label if field.concrete and field.related_model else here
            if here in FLOORS and there in FLOORS and there != here and FLOORS[there] >= FLOORS[here]:
                wrong.append(f"{model.__name__}.{field.name} → {there}")
    assert wrong == []


@pytest.mark.parametrize("pattern", [_URL, _TEMPLATE], ids=["url names", "templates"])
def test_pages_name_lower_rooms_only(pattern: re.Pattern[str]) -> None:
    wrong = []
    for path in files(".html", ".py"):
        here = room_of(path)
        for there in pattern.findall(path.read_text()):
            if there in FLOORS and there != here and FLOORS[there] >= FLOORS[here]:
                wrong.append(f"{path.relative_to(SOURCE)} → {there}")
    assert wrong == []


def test_other_rooms_are_entered_by_their_doors() -> None:
    """A room uses another's services, queries, events, and what is offered on purpose."""
    entered = re.compile(r"^from tocsin\.([a-z]+)(?:\.([a-z_]+))?(?:\.[a-z_.]+)? import (.+)$", re.MULTILINE)
    wrong = []
    for path in files(".py"):
        here = room_of(path)
        for there, furniture, names in entered.findall(path.read_text()):
            if there == here or there in {"kernel", "console"} or there not in FLOORS:
                continue
            used = (
                [furniture] if furniture else [name.split(" as ")[0].strip("( ") for name in names.split(",")]
            )
            wrong += [
                f"{path.relative_to(SOURCE)} → {there}.{part}"
                for part in used
                if part and part not in _FURNITURE | {"models"} and (there, part) not in _OFFERED
            ]
    assert wrong == []


def test_sql_names_tables_of_its_own_room_only() -> None:
    """What a room wants of another's tables it asks by the other's queries."""
    tables = {model._meta.db_table: model._meta.app_label for model in apps.get_models()}
    named = re.compile(rf"\b({'|'.join(map(re.escape, tables))})\b")
    wrong = [
        f"{path.relative_to(SOURCE)} → {table}"
        for path in files(".py")
        for table in sorted(set(named.findall(path.read_text())))
        if tables[table] not in {room_of(path), "procrastinate"}
    ]
    assert wrong == []


def test_rows_of_another_room_are_not_asked_for_by_its_models() -> None:
    """Models of other rooms are imported for their types; their rows come from the room's own queries."""
    wrong = []
    for path in files(".py"):
        text, here = path.read_text(), room_of(path)
        for there, names in re.findall(r"^ *from tocsin\.([a-z]+)\.models import (.+)$", text, re.MULTILINE):
            used = [name for name in re.findall(r"\w+", names) if re.search(rf"\b{name}\.objects\b", text)]
            if there not in (here, "kernel") and used:
                wrong.append(f"{path.relative_to(SOURCE)} → {there}.{used[0]}")
    assert wrong == []


def test_each_room_has_its_furniture_only() -> None:
    """Every room's app is declared, and on the floor that import-linter holds too."""
    contract = (SOURCE.parent.parent / "pyproject.toml").read_text()
    layers = re.search(r"^layers = \[(.*?)^\]", contract, re.MULTILINE | re.DOTALL)
    assert layers
    floors = layers.group(1).strip().splitlines()
    heights = {room: -place for place, floor in enumerate(floors) for room in re.findall(r"[a-z]+", floor)}
    declared = sorted(FLOORS, key=lambda room: FLOORS[room])
    assert set(declared) <= set(heights)
    assert [heights[room] for room in declared] == sorted(heights[room] for room in declared)


def test_every_template_loads() -> None:
    from django.template.loader import get_template

    for path in files(".html"):
        parts = path.parts
        get_template("/".join(parts[parts.index("templates") + 1 :]))


def test_what_is_stored_by_name_is_named_after_its_room() -> None:
    """Events, handlers and jobs: the name says where to look for them, and stays when the code moves
    inside."""
    from procrastinate.contrib.django import app

    from tocsin.kernel.events import Announcement, handlers

    found = {name: event.__module__ for name, event in Announcement.registry.items()}
    found |= {one.name: one.function.__module__ for each in handlers._handlers.values() for one in each}
    found |= {
        name: task.func.__module__ for name, task in app.tasks.items() if "tocsin" in task.func.__module__
    }
    assert len(found) > 50
    strangers = {name: module for name, module in found.items() if name.split(".")[0] != module.split(".")[1]}
    assert {name: module for name, module in strangers.items() if module.startswith("tocsin.")} == {}
