"""The JSON form of a filter: conditions, and groups of them joined by all or any.

    {"version": 1, "all": [{"field": "status", "is": "one_of", "value": ["new", "open"]},
                           {"any": [{"field": "subject", "is": "contains", "value": "invoice"},
                                    {"field": "priority", "is": "equals", "value": "urgent"}]}]}

A group may carry both lists: then all of the one and any of the other. An empty list says nothing.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _

from tocsin.kernel.errors import Refused

VERSION = 1
MOST_CONDITIONS = 50
MOST_LEVELS = 4
MOST_VALUES = 200
LONGEST_JSON = 20_000
"""Characters."""

# `empty` with the value false is what `not_empty` says.
_OPPOSITE = {"empty": "not_empty", "not_empty": "empty"}

Value = str | int | bool | tuple[str, ...] | None


class BadFilter(Refused):
    """A filter that cannot be taken. `fields` has a sentence for each place, such as `all[0].value`."""


@dataclass(frozen=True)
class Condition:
    """One field compared with a value."""

    field: str
    operator: str
    value: Value = None
    path: str = dataclasses.field(default="", compare=False)

    def as_json(self) -> dict[str, Any]:
        said: dict[str, Any] = {"field": self.field, "is": self.operator}
        if self.value is not None:
            said["value"] = list(self.value) if isinstance(self.value, tuple) else self.value
        return said


@dataclass(frozen=True)
class Group:
    """Conditions and groups of which all or any must hold. One with no members holds always."""

    joined: Literal["all", "any"] = "all"
    members: tuple[Condition | Group, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {self.joined: [member.as_json() for member in self.members]}

    def conditions(self) -> Iterator[Condition]:
        """Every condition, also of the groups within."""
        for member in self.members:
            yield from member.conditions() if isinstance(member, Group) else (member,)


def dump(tree: Group) -> dict[str, Any]:
    """The JSON form, with its version."""
    return {"version": VERSION, **tree.as_json()}


def parse(raw: str | Mapping[str, Any]) -> Group:
    """The shape alone: fields, operators and values are looked at by `compile`. Raises BadFilter."""
    said = _read(raw) if isinstance(raw, str) else raw
    parser = _Parser()
    tree = parser.whole(said)
    if parser.problems:
        raise bad(parser.problems)
    return tree


def bad(problems: Mapping[str, str]) -> BadFilter:
    """The refusal that says all of them."""
    return BadFilter(" ".join(_located(path, what) for path, what in problems.items()), dict(problems))


def _located(path: str, what: str) -> str:
    return f"{path}: {what}" if path else what


def _read(raw: str) -> Any:
    if len(raw) > LONGEST_JSON:
        raise bad({"": _("This filter is too long.")})
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise bad({"": _("This filter is not valid JSON.")}) from error


class _Parser:
    """Walks the JSON, and gathers what is wrong with it by place."""

    def __init__(self) -> None:
        self.problems: dict[str, str] = {}
        self._conditions = 0

    def whole(self, said: Any) -> Group:
        if isinstance(said, Mapping) and "version" in said:
            version = said["version"]
            if isinstance(version, bool) or version != VERSION:
                self._wrong(
                    "version", _("This version of filters is not known; %(known)s is.") % {"known": 1}
                )
                return Group()
            said = {key: part for key, part in said.items() if key != "version"}
        return self._group(said, "", level=1)

    def _group(self, said: Any, path: str, level: int) -> Group:
        if level > MOST_LEVELS:
            self._wrong(path, _("Groups are nested at most %(most)s deep.") % {"most": MOST_LEVELS})
        elif not isinstance(said, Mapping):
            self._wrong(path, _("A group is an object with “all” or “any”."))
        elif unknown := [key for key in said if key not in ("all", "any")]:
            self._wrong(path, _("“%(key)s” means nothing here.") % {"key": str(unknown[0])[:40]})
        else:
            both = {
                key: self._members(said[key], _at(path, key), level) for key in ("all", "any") if key in said
            }
            return _joined(both)
        return Group()

    def _members(self, said: Any, path: str, level: int) -> tuple[Condition | Group, ...]:
        if not isinstance(said, list | tuple):
            self._wrong(path, _("This must be a list of conditions."))
            return ()
        found: list[Condition | Group] = []
        for number, one in enumerate(said):
            if self._conditions > MOST_CONDITIONS:
                break
            found.append(self._member(one, f"{path}[{number}]", level))
        return tuple(found)

    def _member(self, said: Any, path: str, level: int) -> Condition | Group:
        if isinstance(said, Mapping) and not said.keys() & {"field", "is", "value"}:
            return self._group(said, path, level + 1)
        self._conditions += 1
        if self._conditions > MOST_CONDITIONS:
            self._wrong("", _("A filter has at most %(most)s conditions.") % {"most": MOST_CONDITIONS})
        return self._condition(said, path)

    def _condition(self, said: Any, path: str) -> Condition:
        if not isinstance(said, Mapping):
            self._wrong(path, _("A condition is an object with “field”, “is” and “value”."))
            return Condition("", "")
        for key in said:
            if key not in ("field", "is", "value"):
                self._wrong(path, _("“%(key)s” means nothing here.") % {"key": str(key)[:40]})
        names = [said.get(key) for key in ("field", "is")]
        for key, name in zip(("field", "is"), names, strict=True):
            if not isinstance(name, str) or not name:
                self._wrong(f"{path}.{key}", _("This must be a name."))
        field, operator = map(str, names)
        value = self._value(said.get("value"), f"{path}.value")
        if operator in _OPPOSITE and isinstance(value, bool):
            return Condition(field, operator if value else _OPPOSITE[operator], None, path)
        return Condition(field, operator, value, path)

    def _value(self, said: Any, path: str) -> Value:
        if said is None or isinstance(said, str | int):
            return said
        if isinstance(said, list | tuple) and all(isinstance(one, str) for one in said):
            if len(said) > MOST_VALUES:
                self._wrong(path, _("At most %(most)s values can be listed.") % {"most": MOST_VALUES})
            return tuple(dict.fromkeys(said))
        self._wrong(path, _("A value is a text, a whole number, yes or no, or a list of texts."))
        return None

    def _wrong(self, path: str, what: str) -> None:
        self.problems.setdefault(path, what)


def _at(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _joined(both: Mapping[str, tuple[Condition | Group, ...]]) -> Group:
    if both.get("all") and both.get("any"):
        return Group("all", (*both["all"], Group("any", both["any"])))
    return Group("any", both["any"]) if both.get("any") else Group("all", both.get("all", ()))
