"""The room's place in the house."""

from tocsin.kernel.apps import Room


class Channels(Room):
    """Floor 1."""

    name = "tocsin.channels"
    floor = 1
