"""The kernel as a Django app, and the furniture that every room's app shares."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps


class Room(AppConfig):
    """A room of the house: knows its floor and loads what it listens to and offers (design §4)."""

    default = False
    floor: int = 0
    address = ""
    """Where its pages hang, such as `account/`."""

    def __init_subclass__(cls) -> None:
        """Django takes a module's config by `default`, which a room must not inherit from its base."""
        cls.default = True

    FURNITURE = ("permissions", "reasons", "settings", "events", "subscribers", "slots", "filters", "search")

    def ready(self) -> None:
        """Import the furniture that registers itself."""
        for furniture in self.FURNITURE:
            if find_spec(f"{self.name}.{furniture}"):
                import_module(f"{self.name}.{furniture}")


def rooms() -> list[Room]:
    """All rooms, from the lowest floor up."""
    return [room for room in apps.get_app_configs() if isinstance(room, Room)]


class Kernel(Room):
    """Floor 0."""

    name = "tocsin.kernel"
    floor = 0
