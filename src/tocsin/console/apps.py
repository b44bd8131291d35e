"""The room's place in the house."""

from tocsin.kernel.apps import Room


class Console(Room):
    """Floor 1."""

    name = "tocsin.console"
    floor = 1
    address = "console/"
