"""The rooms of the house are found where they stand: a folder with `apps.py` is one."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from importlib.util import find_spec

import tocsin
from tocsin.kernel.apps import Room


def find() -> list[str]:
    """Names of their packages, from the lowest floor up."""
    names = [f"tocsin.{module.name}" for module in pkgutil.iter_modules(tocsin.__path__) if module.ispkg]
    return sorted((name for name in names if find_spec(f"{name}.apps")), key=lambda name: (floor(name), name))


def floor(name: str) -> int:
    """On which floor a room stands, as its app says."""
    offered = vars(import_module(f"{name}.apps")).values()
    apps = [one for one in offered if isinstance(one, type) and issubclass(one, Room) and one is not Room]
    return apps[0].floor
