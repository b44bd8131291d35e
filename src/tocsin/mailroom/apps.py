"""The room's place in the house."""

from tocsin.kernel.apps import Room


class Mailroom(Room):
    """Floor 4."""

    name = "tocsin.mailroom"
    floor = 4
