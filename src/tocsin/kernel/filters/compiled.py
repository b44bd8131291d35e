"""A filter made ready: a `Q` for the database and a predicate for rows in hand, from one tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Q
from django.utils.translation import gettext as _

from tocsin.kernel.filters import tree as trees
from tocsin.kernel.filters.registry import Field, fields_of
from tocsin.kernel.filters.tree import Condition, Group
from tocsin.kernel.filters.types import Context, WrongValue

Row = TypeVar("Row")
# Comparisons that an index of one value answers.
_BY_INDEX = {"equals": {"few", "ordered"}, "one_of": {"few"}}
_Loaded = Mapping[str, Mapping[Any, Any]]


@dataclass(frozen=True)
class _Ready:
    """A condition with its field and what it compares with."""

    field: Field
    operator: str
    operand: Any

    @property
    def q(self) -> Q:
        return self.field.q(self.operator, self.operand)

    def holds(self, row: Any, loaded: _Loaded) -> bool:
        found = loaded[self.field.key].get(row.pk) if self.field.load else self.field.value(row)
        return self.field.type.holds(found, self.operator, self.operand)


@dataclass(frozen=True)
class Filter:
    """A filter of one kind of thing."""

    kind: str
    tree: Group
    context: Context
    _ready: Mapping[Condition, _Ready]

    @property
    def is_empty(self) -> bool:
        """Whether it asks nothing, so that everything passes."""
        return not any(True for _condition in self.tree.conditions())

    @property
    def q(self) -> Q:
        """For `queryset.filter`; no row comes twice by it."""
        return self._q_of(self.tree)

    def matches(self, row: Any) -> bool:
        """Whether a row passes; its related rows, where fields read them, must be at hand already."""
        return bool(self.select([row]))

    def select(self, rows: Sequence[Row]) -> list[Row]:
        """Those that pass, in their order."""
        loaded = {
            one.field.key: one.field.load(rows) for one in self._ready.values() if one.field.load is not None
        }
        return [row for row in rows if self._holds(self.tree, row, loaded)]

    def as_json(self) -> dict[str, Any]:
        """What it was made from, in one form."""
        return trees.dump(self.tree)

    def reach(self) -> str:
        """How an index finds what passes: `few` rows, `ordered` by the list's own order, or '' not at all."""
        return self._reach(self.tree)

    def ordered_part(self) -> Q:
        """The conditions that all must hold and an index answers in the list's own order."""
        found = Q()
        for member in self.tree.members if self.tree.joined == "all" else ():
            if isinstance(member, Condition) and self._reach(member) == "ordered":
                found &= self._ready[member].q
        return found

    def _q_of(self, node: Condition | Group) -> Q:
        if isinstance(node, Condition):
            return self._ready[node].q
        parts = [self._q_of(member) for member in node.members if _says_something(member)]
        found = parts[0] if parts else Q()
        for part in parts[1:]:
            found = found & part if node.joined == "all" else found | part
        return found

    def _holds(self, node: Condition | Group, row: Any, loaded: _Loaded) -> bool:
        if isinstance(node, Condition):
            return self._ready[node].holds(row, loaded)
        parts = (self._holds(member, row, loaded) for member in node.members if _says_something(member))
        if node.joined == "all" or not _says_something(node):
            return all(parts)
        return any(parts)

    def _reach(self, node: Condition | Group) -> str:
        if isinstance(node, Condition):
            index = self._ready[node].field.index
            return index if index in _BY_INDEX.get(node.operator, ()) else ""
        reaches = {self._reach(member) for member in node.members if _says_something(member)}
        if node.joined == "all":
            return "few" if "few" in reaches else "ordered" if "ordered" in reaches else ""
        return "few" if reaches == {"few"} else ""


def _says_something(node: Condition | Group) -> bool:
    return isinstance(node, Condition) or any(_says_something(member) for member in node.members)


def compile_tree(kind: str, tree: Group, context: Context) -> Filter:
    """Raises BadFilter, with a sentence for each condition at fault."""
    fields = fields_of(kind)
    ready: dict[Condition, _Ready] = {}
    problems: dict[str, str] = {}
    for condition in tree.conditions():
        try:
            ready[condition] = _made_ready(fields, condition, context)
        except _Wrong as error:
            problems[f"{condition.path}.{error.part}"] = error.what
    if problems:
        raise trees.bad(problems)
    return Filter(kind, tree, context, ready)


class _Wrong(Exception):
    def __init__(self, part: str, what: str) -> None:
        super().__init__(what)
        self.part, self.what = part, what


def _made_ready(fields: Mapping[str, Field], condition: Condition, context: Context) -> _Ready:
    field = fields.get(condition.field)
    if field is None:
        raise _Wrong("field", _("There is no field “%(field)s”.") % {"field": condition.field[:40]})
    operator = field.operator(condition.operator)
    if operator is None:
        raise _Wrong("is", _("This field knows no “%(operator)s”.") % {"operator": condition.operator[:40]})
    if operator.takes == "nothing":
        if condition.value is not None:
            raise _Wrong("value", _("No value belongs here."))
        return _Ready(field, operator.key, None)
    try:
        return _Ready(field, operator.key, field.type.operand(operator, condition.value, context))
    except WrongValue as error:
        raise _Wrong("value", str(error)) from error
