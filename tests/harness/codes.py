"""Keep the page of codes in step with the rooms: `make codes`.

The page only grows. A new code is added at the end of its room's table, and a better wording is taken over;
a code that is gone, or has other values, is refused: what was kept with it must still be read.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import NamedTuple

PAGE = Path(__file__).parents[2] / "docs/reference/codes.md"
_ROW = re.compile(r"^\| `([a-z]+\.[a-z0-9_]+)` \| (.*?) \| (.*) \|$", re.MULTILINE)


class Row(NamedTuple):
    """A code as the page has it."""

    code: str
    values: tuple[str, ...]
    text: str


def on_the_page() -> list[Row]:
    """Every code ever used, in the order of the page."""
    return [
        Row(code, tuple(re.findall(r"`(\w+)`", values)), text)
        for code, values, text in _ROW.findall(PAGE.read_text())
    ]


def in_the_rooms() -> list[Row]:
    """Every code that the rooms declare, as they declare them."""
    from tocsin.kernel.reasons import declared

    return [Row(one.code, one.names, one.text) for one in declared().values()]


def problems(page: list[Row], rooms: list[Row]) -> list[str]:
    """What must never be: a code of the page that is gone, or that has other values than it had."""
    now = {one.code: one for one in rooms}
    found = [f"{one.code} is gone" for one in page if one.code not in now]
    return found + [
        f"{one.code} had the values {one.values} and has {now[one.code].values}"
        for one in page
        if one.code in now and now[one.code].values != one.values
    ]


def merged(page: list[Row], rooms: list[Row]) -> list[Row]:
    """The page's codes in their order, worded as now, and the new ones behind those of their prefix."""
    now = {one.code: one for one in rooms}
    known = {one.code for one in page}
    rows = [now[one.code] for one in page] + [one for one in rooms if one.code not in known]
    prefixes = list(dict.fromkeys(_prefix(one) for one in rows))
    return sorted(rows, key=lambda one: prefixes.index(_prefix(one)))


def written(rows: list[Row]) -> str:
    """The page: what stands before its first table, and the tables."""
    introduction = PAGE.read_text().partition("\n## ")[0].strip()
    tables = [_table(prefix, rows) for prefix in dict.fromkeys(map(_prefix, rows))]
    return "\n\n".join([introduction, *tables]) + "\n"


def _table(prefix: str, rows: list[Row]) -> str:
    lines = [f"## {prefix}", "", "| Code | Values | In English |", "|---|---|---|"]
    for one in rows:
        if _prefix(one) == prefix:
            values = ", ".join(f"`{name}`" for name in one.values) or "–"
            lines.append(f"| `{one.code}` | {values} | {one.text} |")
    return "\n".join(lines)


def _prefix(row: Row) -> str:
    return row.code.partition(".")[0]


def main() -> int:
    """Bring the page up to date, unless something is gone."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tocsin.project.settings")
    import django

    django.setup()
    page, rooms = on_the_page(), in_the_rooms()
    if wrong := problems(page, rooms):
        print(
            "\n".join([*wrong, "A code is never taken away; declare it again, and give new ones new names."])
        )
        return 1
    PAGE.write_text(written(merged(page, rooms)))
    print(f"{PAGE.name}: {len(rooms)} codes, {len(rooms) - len(page)} of them new")
    return 0


if __name__ == "__main__":
    sys.exit(main())
