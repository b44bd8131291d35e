"""The form of the editor: lines and groups as they were typed, and the JSON that they say."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

from django.http import QueryDict

from tocsin.kernel import filters
from tocsin.kernel.filters.tree import MOST_LEVELS

Path = tuple[int, ...]
"""Where a line or group stands: its number in the group that holds it, after that group's own."""

NAME = re.compile(r"c((?:\.[0-9]{1,3})*)\.(join|field|is|value|unit|was)")


@dataclass(frozen=True)
class Draft:
    """A condition as it stands in the form, perhaps not finished."""

    field: str = ""
    operator: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class DraftGroup:
    """A group as it stands in the form."""

    joined: Literal["all", "any"] = "all"
    members: tuple[Draft | DraftGroup, ...] = ()


def draft_from(data: QueryDict) -> DraftGroup | None:
    """The form as it was sent, after its buttons did what they say; None where there is none in it."""
    if "c.join" not in data:
        return None
    names = {found[0]: found for name in data if (found := NAME.fullmatch(name))}
    paths = {path_of(found[1]) for found in names.values()}
    return _act(_read(data, paths, ()), data.get("do", ""))


def draft_of(tree: filters.Group) -> DraftGroup:
    """A filter as it stands in the form."""
    members = tuple(
        draft_of(member) if isinstance(member, filters.Group) else line_of(member) for member in tree.members
    )
    return DraftGroup(tree.joined, members)


def said(kind: str, draft: DraftGroup) -> tuple[dict[str, Any], dict[str, Path]]:
    """JSON for `filters.compile`, and the place in the form of each place in it. Lines without a field are
    left out."""
    saying = _Saying(kind)
    return {"version": 1, **saying.group(draft, "", ())}, saying.places


def path_of(written: str) -> Path:
    return tuple(int(number) for number in written.split(".") if number)


def name_of(path: Path) -> str:
    return ".".join(["c", *map(str, path)])


def _read(data: QueryDict, paths: set[Path], at: Path) -> DraftGroup:
    inner = sorted({path[: len(at) + 1] for path in paths if len(path) > len(at) and path[: len(at)] == at})
    members: list[Draft | DraftGroup] = []
    for path in inner if len(at) < MOST_LEVELS else []:
        is_group = f"{name_of(path)}.join" in data
        members.append(_read(data, paths, path) if is_group else _condition(data, name_of(path)))
    return DraftGroup("any" if data.get(f"{name_of(at)}.join") == "any" else "all", tuple(members))


def _condition(data: QueryDict, name: str) -> Draft:
    chosen = data.get(f"{name}.field", "")
    if data.get(f"{name}.was", chosen) != chosen:  # another field has other comparisons and values
        return Draft(chosen)
    values = [line for value in data.getlist(f"{name}.value") for line in value.splitlines() if line.strip()]
    if (unit := data.get(f"{name}.unit", "")) and values:
        values = [f"{values[0].strip()}{unit}"]
    return Draft(chosen, data.get(f"{name}.is", ""), tuple(dict.fromkeys(values)))


def line_of(condition: filters.Condition) -> Draft:
    value = condition.value
    if value is None:
        values: tuple[str, ...] = ()
    elif isinstance(value, bool):
        values = ("true" if value else "false",)
    else:
        values = value if isinstance(value, tuple) else (str(value),)
    return Draft(condition.field, condition.operator, values)


def _act(root: DraftGroup, do: str) -> DraftGroup:
    """After `add:PATH`, `group:PATH` (into the group there) or `remove:PATH`."""
    what, _colon, written = do.partition(":")
    path = path_of(written) if re.fullmatch(r"(\.[0-9]{1,3})*", written) else ()
    if what == "add":
        return _changed(root, path, lambda group: replace(group, members=(*group.members, Draft())))
    if what == "group":
        return _changed(root, path, _with_group)
    if what == "remove" and path:
        return _changed(root, path[:-1], lambda group: _without(group, path[-1]))
    return root


def _with_group(group: DraftGroup) -> DraftGroup:
    inner = DraftGroup("any" if group.joined == "all" else "all", (Draft(),))
    return replace(group, members=(*group.members, inner))


def _changed(group: DraftGroup, path: Path, change: Callable[[DraftGroup], DraftGroup]) -> DraftGroup:
    if not path:
        return change(group)
    members = list(group.members)
    number = path[0]
    inner = members[number] if number < len(members) else None
    if isinstance(inner, DraftGroup):
        members[number] = _changed(inner, path[1:], change)
    return replace(group, members=tuple(members))


def _without(group: DraftGroup, number: int) -> DraftGroup:
    return replace(group, members=tuple(one for n, one in enumerate(group.members) if n != number))


class _Saying:
    """Makes JSON of lines and groups, and notes where each stood."""

    def __init__(self, kind: str) -> None:
        self._fields = filters.fields_of(kind)
        self.places: dict[str, Path] = {}

    def group(self, draft: DraftGroup, at: str, path: Path) -> dict[str, Any]:
        members: list[dict[str, Any]] = []
        before = f"{at}.{draft.joined}" if at else draft.joined
        for number, member in enumerate(draft.members):
            if isinstance(member, Draft) and not member.field:
                continue
            here, inner = f"{before}[{len(members)}]", (*path, number)
            self.places[here] = inner
            if isinstance(member, DraftGroup):
                members.append(self.group(member, here, inner))
            else:
                members.append(self._condition(member))
        return {draft.joined: members}

    def _condition(self, draft: Draft) -> dict[str, Any]:
        field = self._fields.get(draft.field)
        operator = operator_of(field, draft.operator) if field else None
        condition: dict[str, Any] = {"field": draft.field, "is": operator.key if operator else draft.operator}
        if operator is None or operator.takes in ("one", "span"):
            condition["value"] = _typed(field, draft.values[0] if draft.values else "")
        elif operator.takes == "many":
            condition["value"] = list(draft.values)
        return condition


def _typed(field: filters.Field | None, value: str) -> str | int | bool:
    """Yes and no, and a whole number, as JSON has them."""
    if field and field.type.key == "flag" and value in ("true", "false"):
        return value == "true"
    if field and field.type.key == "number" and re.fullmatch(r"-?[0-9]{1,10}", value.strip()):
        return int(value)
    return value


def operator_of(field: filters.Field, key: str) -> filters.Operator:
    """The comparison that was chosen, or the field's first."""
    return field.operator(key) or field.type.offered()[0]
