"""The room's place in the house."""

from tocsin.kernel.apps import Room


class Desk(Room):
    """Floor 5."""

    name = "tocsin.desk"
    floor = 5
