"""One language of conditions for views, automation, routes, targets, audiences and streams (design §4b).

A room declares its fields once (`register`); a filter is JSON that people can keep and send around. `compile`
makes of it a `Q` for the database and a predicate for rows in hand, and refuses what it does not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tocsin.kernel.filters import registry, types
from tocsin.kernel.filters.compiled import Filter, compile_tree
from tocsin.kernel.filters.registry import Field, fields_of, kinds, register, registered
from tocsin.kernel.filters.tree import BadFilter, Condition, Group, dump, parse
from tocsin.kernel.filters.types import (
    AddressText,
    Choice,
    Choices,
    Context,
    Flag,
    Kind,
    Moment,
    Number,
    Operator,
    Option,
    Reference,
    Several,
    Text,
)

__all__ = [
    "AddressText",
    "BadFilter",
    "Choice",
    "Choices",
    "Condition",
    "Context",
    "Field",
    "Filter",
    "Flag",
    "Group",
    "Kind",
    "Moment",
    "Number",
    "Operator",
    "Option",
    "Reference",
    "Several",
    "Text",
    "compile",
    "dump",
    "fields_of",
    "kinds",
    "parse",
    "register",
    "registered",
    "registry",
    "types",
]


def compile(kind: str, said: str | Mapping[str, Any] | Group, context: Context | None = None) -> Filter:
    """A filter of this kind from its JSON, text or read. Raises BadFilter that names every place at fault.

    Without a context times are UTC, and values such as “me” mean nothing.
    """
    tree = said if isinstance(said, Group) else parse(said)
    return compile_tree(kind, tree, context or Context())
