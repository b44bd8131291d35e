"""The fields and comparisons there are, as `tocsin filters` prints them."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import translation

from tocsin.kernel.filters.registry import fields_of, kinds
from tocsin.kernel.filters.types import Kind

_VALUES = {
    "text": "a text",
    "choice": "a value of the field's list",
    "several": "a text, or a value of the field's list",
    "number": "a whole number",
    "flag": "true or false",
    "moment": "a day such as 2026-11-21, or a time such as 2026-11-21T10:00+02:00",
}
_TAKES = {"nothing": "nothing", "many": "a list", "span": "a span: 30m, 24h, 7d, 2w"}


def reference() -> str:
    """Markdown, in English, in the order of the editor."""
    with translation.override("en"):
        return "\n".join([*_fields(), *_comparisons()]).strip()


def _fields() -> Iterator[str]:
    for kind in kinds():
        yield f"## Fields of a {kind}\n\n| Field | Label | Values |\n|---|---|---|"
        for field in fields_of(kind).values():
            empty = ", may be empty" if field.type.absent else ""
            yield f"| `{field.key}` | {field.label} | {field.type.key}{empty} |"
        yield ""


def _comparisons() -> Iterator[str]:
    yield "## Comparisons\n\n| Values | `is` | Reads | `value` |\n|---|---|---|---|"
    for kind, example in sorted(_kinds_of_values().items()):
        for operator in example.operators:
            takes = _TAKES.get(operator.takes, _VALUES[kind])
            yield f"| {kind} | `{operator.key}` | {operator.label} | {takes} |"
    yield "| any that may be empty | `empty`, `not_empty` | is empty, is not empty | nothing |"


def _kinds_of_values() -> dict[str, Kind]:
    """One of each, the one with the most comparisons: a reference is a text that knows fewer."""
    found: dict[str, Kind] = {}
    for kind in kinds():
        for field in fields_of(kind).values():
            known = found.get(field.type.key)
            if known is None or len(field.type.operators) > len(known.operators):
                found[field.type.key] = field.type
    return found
