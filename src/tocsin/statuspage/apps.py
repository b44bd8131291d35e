"""The room's place in the house."""

from tocsin.kernel.apps import Room


class Statuspage(Room):
    """Floor 9."""

    name = "tocsin.statuspage"
    floor = 9
