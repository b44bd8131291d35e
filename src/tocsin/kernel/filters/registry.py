"""Fields by kind of thing, as the rooms declare them in their `filters.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import Q

from tocsin.kernel.errors import NotFound
from tocsin.kernel.filters.types import Kind, Operator, Text_
from tocsin.kernel.reasons import NO_FILTERS

Read = Callable[[Any], Any]
Load = Callable[[Sequence[Any]], Mapping[Any, Any]]
Condition = Callable[[str, Any], Q]


@dataclass(frozen=True)
class Field:
    """Something a filter can ask about.

    The value comes from the row's `column` in SQL and by `read(row)` in Python, where it is not the attribute
    of that name. A field of a room above has `condition(operator, operand)` for SQL and `load(rows)`, which
    returns the values by primary key in a number of queries that does not depend on theirs.
    """

    key: str
    label: Text_
    type: Kind
    order: int = 100
    column: str = ""
    read: Read | None = None
    condition: Condition | None = None
    load: Load | None = None
    # What an index answers: *few*, the rows themselves; *ordered*, those of one value as the list goes.
    index: Literal["", "few", "ordered"] = ""

    def operator(self, key: str) -> Operator | None:
        """The comparison of this name, where the field's kind of values has it."""
        return next((one for one in self.type.offered() if one.key == key), None)

    def q(self, operator: str, operand: Any) -> Q:
        """The comparison in SQL."""
        if self.condition:
            return self.condition(operator, operand)
        return self.type.condition(self.column or self.key, operator, operand)

    def value(self, row: Any) -> Any:
        """What a row has, for a field without `load`."""
        return self.read(row) if self.read else getattr(row, self.column or self.key)


_fields: dict[str, dict[str, Field]] = {}


def register(kind: str, *fields: Field) -> None:
    """Declare fields of a kind of thing, such as `ticket`. Two of one key are a mistake (ValueError)."""
    known = _fields.setdefault(kind, {})
    for field in fields:
        if field.key in known:
            raise ValueError(f"{kind} has a filter field {field.key!r} already")
        known[field.key] = field


def fields_of(kind: str) -> Mapping[str, Field]:
    """The fields of a kind by key, in their order. Raises NotFound."""
    if kind not in _fields:
        raise NotFound(NO_FILTERS(kind=kind[:40]))
    ordered = sorted(_fields[kind].values(), key=lambda field: (field.order, field.key))
    return {field.key: field for field in ordered}


def kinds() -> list[str]:
    """What can be filtered."""
    return sorted(_fields)


@contextmanager
def registered(kind: str, *fields: Field) -> Iterator[None]:
    """For tests: these fields too, inside."""
    before = {name: dict(known) for name, known in _fields.items()}
    register(kind, *fields)
    try:
        yield
    finally:
        _fields.clear()
        _fields.update(before)
