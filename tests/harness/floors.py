"""What import-linter checks: imports look down only. The floors stand in each room's `apps.py`."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from importlinter.contracts.layers import LayersContract

from tocsin.project import rooms

# These are no rooms: they put the rooms together.
_ABOVE = ["command", "project"]


class FloorsContract(LayersContract):  # type: ignore[misc]  # import-linter is not typed
    """Layers of one container, made of the floors; a folder that is on none breaks it."""

    type_name = "floors"

    def __init__(self, name: str, session_options: dict[str, Any], contract_options: dict[str, Any]) -> None:
        made = {"layers": [*_ABOVE, *_floors()], "containers": ["tocsin"], "exhaustive": "true"}
        super().__init__(name, session_options, contract_options | made)


def _floors() -> list[str]:
    """From the highest down, as `console | channels`: those of one floor do not import each other."""
    floors = groupby(rooms.find(), rooms.floor)
    return [" | ".join(name.rpartition(".")[2] for name in names) for _floor, names in floors][::-1]
