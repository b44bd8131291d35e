"""The house keeps its floors: foreign keys, URL names, templates and imports look down only."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps

from tocsin.channels.registry import channels

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


# A name in quotes that is also a channel's: a field of a form or of a person, a room, a word of English.
_NAMES_ALIKE = {
    ("command/staff.py", 'parser.add_argument("email")'),
    ("console/urls.py", 'app_name = "console"'),
    ("incidents/rules/matching.py", 'is_mail = part.startswith("email")'),
    ("mailroom/forms.py", 'widget=forms.EmailInput(attrs={"autocomplete": "email"}),'),
    ("mailroom/views.py", 'names = ("name", "email", "department", "subject", "text")'),
    ("people/models.py", 'USERNAME_FIELD = "email"'),
    ("people/services.py", '_check_address(email, "email")'),
    ("people/services.py", 'raise Conflict(reasons.SIGNS_IN_ALREADY(), ["email"])'),
    ("people/services.py", 'raise Conflict(reasons.ADDRESS_OF_ANOTHER(), ["email"])'),
    ("people/services.py", 'raise NotFound(reasons.NOBODY_SIGNS_IN(), ["email"])'),
    ("people/views.py", '"email": person.email,'),
    ("people/views.py", 'names = ("email", "name", "role", "password", "language")'),
}
# The demonstration company is made of mails, and says so.
_MADE_OF_MAIL = "command/demo/"


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


def _strings(path: Path) -> list[tuple[int, str]]:
    """Each string of the code that is no docstring, with its line."""
    tree = ast.parse(path.read_text())
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
    ]


def test_no_channel_is_known_by_name() -> None:
    """Outside its own folder nothing names a channel: which one it is, the registry says."""
    keys = "|".join(map(re.escape, channels()))
    is_key, in_text = re.compile(keys), re.compile(rf"(?<![=\w])'(?:{keys})'")
    in_tag = re.compile(rf"""{{[{{%][^{{}}]*["'](?:{keys})["'][^{{}}]*[}}%]}}""")
    wrong = []
    for path in [*SOURCE.rglob("*.py"), *SOURCE.rglob("*.html"), *SOURCE.rglob("*.txt")]:
        where = path.relative_to(SOURCE).as_posix()
        if room_of(path) == "channels" or "migrations" in path.parts or where.startswith(_MADE_OF_MAIL):
            continue
        text = path.read_text()
        lines = text.splitlines()
        if path.suffix == ".py":
            named = [no for no, said in _strings(path) if is_key.fullmatch(said) or in_text.search(said)]
            wrong += [(where, lines[no - 1].strip()) for no in named]
            wrong += [(where, no) for no in re.findall(rf"tocsin\.channels\.(?:{keys})\b", text)]
        else:
            wrong += [(where, found) for found in in_tag.findall(text)]
    assert set(wrong) == _NAMES_ALIKE, "neither a new one, nor one that is there no more"


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
